/* loader/dtb.c: flattened device trees that users bring along. */
#include "loader/dtb.h"

#include <stdlib.h>

#include <libfdt.h>

#define VERSION 17 /* of the format; every compiler has written it since 2007 */

/* Devicetree Specification 0.4, "Flattened Devicetree (DTB) Format". The header, big-endian:
 *
 *    0x00 magic 0xd00dfeed    0x04 totalsize    0x08 off_dt_struct    0x0c off_dt_strings
 *    0x10 off_mem_rsvmap      0x14 version      0x18 last_comp_version ...
 */
static bool check(const struct blob *blob, struct error *err)
{
    if (blob->size < sizeof(struct fdt_header) || fdt_magic(blob->bytes) != FDT_MAGIC)
        return error_set(err, "%s: not a device tree: it doesn't begin with 0x%x", blob->name,
                         FDT_MAGIC);
    if (blob->size > DTB_LARGEST)
        return error_set(err, "%s: %llu bytes; a device tree has at most %u", blob->name,
                         (unsigned long long)blob->size, DTB_LARGEST);
    if (fdt_totalsize(blob->bytes) > blob->size)
        return error_set(err, "%s: cut short: %llu bytes of %u", blob->name,
                         (unsigned long long)blob->size, fdt_totalsize(blob->bytes));
    if (fdt_version(blob->bytes) < VERSION) /* libfdt 1.6 falls over some of them */
        return error_set(err, "%s: a damaged device tree: version %u, from before %u", blob->name,
                         fdt_version(blob->bytes), VERSION);
    int status = fdt_check_full(blob->bytes, (size_t)blob->size);
    return status == 0 ||
           error_set(err, "%s: a damaged device tree: %s", blob->name, fdt_strerror(status));
}

void *dtb_open(const struct blob *blob, size_t room, struct error *err)
{
    if (!check(blob, err)) return NULL;
    size_t size = fdt_totalsize(blob->bytes) + room;
    void *tree = calloc(1, size);
    int status = tree ? fdt_open_into(blob->bytes, tree, (int)size) : -FDT_ERR_NOSPACE;
    /* Again: its blocks have been put in order. */
    if (status == 0) status = fdt_check_full(tree, size);
    if (status == 0) return tree;
    error_set(err, "%s: %s", blob->name, tree ? fdt_strerror(status) : "out of host memory");
    free(tree);
    return NULL;
}
