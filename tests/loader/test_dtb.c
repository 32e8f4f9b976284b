/* tests/loader/test_dtb.c: a device tree is taken whole or refused with the reason. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include "loader/dtb.h"

#define MOST 1024

/* / { compatible = "riscv-virtio"; chosen { bootargs = "quiet"; }; }; */
static size_t tree_make(uint8_t tree[MOST])
{
    assert_int_equal(fdt_create_empty_tree(tree, MOST), 0);
    assert_int_equal(fdt_setprop_string(tree, 0, "compatible", "riscv-virtio"), 0);
    int chosen = fdt_add_subnode(tree, 0, "chosen");
    assert_int_equal(fdt_setprop_string(tree, chosen, "bootargs", "quiet"), 0);
    assert_int_equal(fdt_pack(tree), 0);
    return fdt_totalsize(tree);
}

/* The bytes stand alone on the heap, so that a sanitizer sees a read past them. */
static void *open_copy(const uint8_t *bytes, size_t size, struct error *err)
{
    uint8_t *copy = calloc(1, size ? size : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, size < MOST ? size : MOST);
    const struct blob blob = {.name = "tree", .bytes = copy, .size = size};
    void *tree = dtb_open(&blob, 256, err);
    free(copy);
    return tree;
}

static void a_tree_is_copied_with_room_for_more(void **state)
{
    (void)state;
    uint8_t bytes[MOST];
    char text[200];
    struct error err;
    memset(text, 'x', sizeof text);
    void *tree = open_copy(bytes, tree_make(bytes), &err);
    assert_non_null(tree);
    int chosen = fdt_path_offset(tree, "/chosen");
    assert_string_equal(fdt_getprop(tree, chosen, "bootargs", NULL), "quiet");
    assert_int_equal(fdt_setprop(tree, chosen, "bootargs", text, sizeof text), 0);
    free(tree);
}

static void refused(const uint8_t *bytes, size_t size, const char *reason)
{
    struct error err = {""};
    assert_null(open_copy(bytes, size, &err));
    if (strncmp(err.text, "tree: ", 6) != 0 || !strstr(err.text, reason)) fail_msg("%s", err.text);
}

static void every_piece_of_a_tree_is_cut_short(void **state)
{
    (void)state;
    uint8_t bytes[MOST];
    size_t size = tree_make(bytes);
    for (size_t part = 0; part < size; part++)
        refused(bytes, part, part < sizeof(struct fdt_header) ? "not a device tree" : "cut short");
}

static void what_is_no_tree_is_refused(void **state)
{
    (void)state;
    uint8_t bytes[MOST];
    size_t size = tree_make(bytes);
    refused(bytes, (size_t)DTB_LARGEST + 1, "at most");
    fdt_set_version(bytes, 99);
    fdt_set_last_comp_version(bytes, 99);
    refused(bytes, size, "damaged");
    size = tree_make(bytes);
    memset(bytes + fdt_off_dt_struct(bytes), 0xff, 4); /* no token */
    refused(bytes, size, "damaged");
    memset(bytes, 0, size);
    refused(bytes, size, "not a device tree");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tree_is_copied_with_room_for_more),
        cmocka_unit_test(every_piece_of_a_tree_is_cut_short),
        cmocka_unit_test(what_is_no_tree_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
