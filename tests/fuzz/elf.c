/* tests/fuzz/elf.c: any bytes as an ELF file: loaded into RAM or refused with a reason. */
#include "loader/elf.h"
#include "loader/elf_symbol.h"
#include "tests/fuzz/loading.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const struct blob blob = {.name = "input", .bytes = bytes, .size = size};
    for (unsigned xlen = 32; xlen <= 64; xlen += 32) {
        struct loading loading;
        struct elf_image image;
        struct error err = {""};
        uint64_t value;
        loading_init(&loading);
        bool loaded =
            elf_load(&blob, xlen, LOADING_BASE, &loading.placement, "kernel", &image, &err);
        FUZZ_REQUIRE(loaded || err.text[0]);
        FUZZ_REQUIRE(!loaded || image.low <= image.high);
        (void)elf_symbol(&blob, "tohost", &value);
        loading_check(&loading);
        loading_fini(&loading);
    }
    return 0;
}
