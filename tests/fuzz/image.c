/* tests/fuzz/image.c: any bytes as a kernel, an initrd or firmware: Image, gzip, zstd, EFI zboot.
 */
#include "loader/image.h"
#include "loader/initrd.h"
#include "tests/fuzz/loading.h"

/* Made once: it doesn't change. */
static const struct isa *isa_of(unsigned xlen)
{
    static struct isa *isas[2];
    struct isa **isa = &isas[xlen == 64];
    struct ext_set extensions = isa_default_extensions(xlen);
    if (!*isa) *isa = isa_create(xlen, &extensions, NULL);
    FUZZ_REQUIRE(*isa);
    return *isa;
}

static void as_kernel(const struct blob *blob, const struct isa *isa)
{
    struct loading loading;
    struct loaded loaded;
    struct error err = {""};
    loading_init(&loading);
    bool done =
        image_load_kernel(blob, isa, LOADING_BASE + (2 << 20), &loading.placement, &loaded, &err);
    FUZZ_REQUIRE(done || err.text[0]);
    loading_check(&loading);
    loading_fini(&loading);
}

static void as_firmware(const struct blob *blob, const struct isa *isa)
{
    struct loading loading;
    struct loaded loaded;
    struct error err = {""};
    loading_init(&loading);
    bool done = image_load_firmware(blob, isa, LOADING_BASE, &loading.placement, &loaded, &err);
    FUZZ_REQUIRE(done || err.text[0]);
    loading_check(&loading);
    loading_fini(&loading);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const struct blob blob = {.name = "input", .bytes = bytes, .size = size};
    struct error err = {""};
    as_kernel(&blob, isa_of(64));
    as_kernel(&blob, isa_of(32));
    as_firmware(&blob, isa_of(64));
    FUZZ_REQUIRE(initrd_check(&blob, &err) || err.text[0]);
    return 0;
}
