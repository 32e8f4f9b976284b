/* tests/fuzz/replay.c: runs a fuzzer on given files, each once: the corpus, or what it found.
 *
 *   fuzz_ELF FILE...
 */
#include <stdio.h>

#include "tests/fuzz/fuzz.h"

static int replay(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0) return 1;
    size_t size = (size_t)ftell(file);
    rewind(file);
    uint8_t *bytes = malloc(size ? size : 1); /* exactly as long: a sanitizer sees one beyond */
    int failed = !bytes || fread(bytes, 1, size, file) != size;
    if (!failed) (void)LLVMFuzzerTestOneInput(bytes, size);
    free(bytes);
    fclose(file);
    return failed;
}

int main(int argc, char **argv)
{
    int failed = 0;
    for (int i = 1; i < argc; i++) {
        if (!replay(argv[i])) continue;
        fprintf(stderr, "%s: can't be read\n", argv[i]);
        failed = 1;
    }
    printf("%d inputs\n", argc - 1);
    return failed || argc == 1;
}
