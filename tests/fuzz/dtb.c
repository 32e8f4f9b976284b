/* tests/fuzz/dtb.c: any bytes as a device tree, which then gets properties as machine/fdt.c adds.
 */
#include <libfdt.h>

#include "loader/dtb.h"
#include "tests/fuzz/fuzz.h"

#define ROOM 4096

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const char text[] = "console=ttyS0";
    const struct blob blob = {.name = "input", .bytes = bytes, .size = size};
    struct error err = {""};
    void *tree = dtb_open(&blob, ROOM, &err);
    FUZZ_REQUIRE(tree || err.text[0]);
    if (!tree) return 0;
    int node = fdt_path_offset(tree, "/chosen");
    if (node < 0) node = fdt_add_subnode(tree, 0, "chosen");
    if (node >= 0 && fdt_setprop(tree, node, "bootargs", text, sizeof text) == 0)
        FUZZ_REQUIRE(fdt_pack(tree) == 0 && fdt_check_full(tree, fdt_totalsize(tree)) == 0);
    free(tree);
    return 0;
}
