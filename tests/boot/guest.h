/* tests/boot/guest.h: the command line that boots Debian's kernel, from the test's environment. */
#ifndef RIVET_TESTS_BOOT_GUEST_H
#define RIVET_TESTS_BOOT_GUEST_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { GUEST_ABSENT = 77 }; /* ctest counts this exit status as skipped */

struct guest_line {
    char kernel[4096], initrd[4096];
    char *argv[32];
};

/* RIVET names the program, GUEST the directory guest/fetch and guest/initramfs filled. `append` is
 * the kernel's command line, `more` a NULL-terminated list of options, or NULL. */
static inline char *const *guest_command(struct guest_line *line, const char *append,
                                         char *const more[])
{
    const char *rivet = getenv("RIVET"), *guest = getenv("GUEST");
    int n = 0;
    snprintf(line->kernel, sizeof line->kernel, "%s/Image", guest ? guest : "guest/cache");
    snprintf(line->initrd, sizeof line->initrd, "%s/initrd.cpio.gz", guest ? guest : "guest/cache");
    char *const fixed[] = {(char *)(rivet ? rivet : "build/rivet"),
                           "-M",
                           "virt",
                           "-nographic",
                           "-m",
                           "512M",
                           "-kernel",
                           line->kernel,
                           "-initrd",
                           line->initrd,
                           "-append",
                           (char *)append};
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        line->argv[n++] = fixed[i];
    for (; more && *more && n < 31; more++)
        line->argv[n++] = *more;
    line->argv[n] = NULL;
    if (access(line->kernel, R_OK) != 0 || access(line->initrd, R_OK) != 0) {
        fprintf(stderr, "no guest at %s: run guest/fetch, then guest/initramfs\n", line->kernel);
        exit(GUEST_ABSENT);
    }
    return line->argv;
}

#endif
