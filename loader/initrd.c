/* loader/initrd.c: is a file an initial file system a Linux kernel could take?
 *
 * An initramfs is any number of pieces one after the other, each a cpio archive, plain or
 * compressed, with zeros between (Linux,
 * Documentation/driver-api/early-userspace/buffer-format.rst). One member of an archive ("newc"),
 * all numbers in hexadecimal digits:
 *
 *      0 "070701"  6 ino  14 mode ... 54 filesize ... 94 namesize  102 check  110 name
 *      then the name up to a multiple of 4, then the data up to a multiple of 4
 */
#include "loader/initrd.h"

#include <inttypes.h>
#include <string.h>

#include "base/bits.h"
#include "loader/unpack.h"

#define CPIO_HEADER   110
#define CPIO_FILESIZE 54
#define CPIO_NAMESIZE 94

/* Decompressing costs a second for some hundred MiB; beyond this size the user would wait for it.
 */
#define CHECK_MOST (UINT64_C(4) << 20)

/* What a kernel may take besides cpio, gzip and zstd; not looked into. */
static const struct {
    uint64_t offset;
    unsigned size;
    const char *magic;
} others[] = {
    {0, 6,
     "\xfd"
     "7zXZ\0"},
    {0, 3, "\x5d\0\0"},         /* lzma */
    {0, 3, "BZh"},              /* bzip2 */
    {0, 4, "\x02\x21\x4c\x18"}, /* lz4, as kernels have it */
    {0, 4, "\x89LZO"},
    {0, 4, "hsqs"},             /* squashfs */
    {0, 8, "-rom1fs-"},         /* romfs */
    {0, 4, "\x45\x3d\xcd\x28"}, /* cramfs */
    {1080, 2, "\x53\xef"},      /* ext2 */
};

static bool is_other(const struct blob *blob)
{
    for (unsigned i = 0; i < ARRAY_COUNT(others); i++)
        if (range_contains(blob->size, others[i].offset, others[i].size) &&
            memcmp(blob->bytes + others[i].offset, others[i].magic, others[i].size) == 0)
            return true;
    return false;
}

static bool is_cpio(const struct blob *blob)
{
    return blob->size >= 6 &&
           (memcmp(blob->bytes, "070701", 6) == 0 || memcmp(blob->bytes, "070702", 6) == 0);
}

/* Eight hexadecimal digits; what is none counts as 0. */
static uint64_t cpio_number(const uint8_t *digits)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < 8; i++) {
        unsigned digit = digits[i];
        if (digit >= '0' && digit <= '9')
            digit -= '0';
        else if ((digit | 0x20) >= 'a' && (digit | 0x20) <= 'f')
            digit = (digit | 0x20) - 'a' + 10;
        else
            digit = 0;
        value = value << 4 | digit;
    }
    return value;
}

static uint64_t align4(uint64_t value)
{
    return (value + 3) & ~UINT64_C(3);
}

/* The archive at the start of the bytes: *used is its size. False: it has no end. */
static bool cpio_check(const struct blob *blob, uint64_t *used)
{
    uint64_t at = 0;
    while (range_contains(blob->size, at, CPIO_HEADER)) {
        const struct blob member = {.bytes = blob->bytes + at, .size = blob->size - at};
        if (!is_cpio(&member)) return false;
        uint64_t name_size = cpio_number(member.bytes + CPIO_NAMESIZE);
        uint64_t data = align4(CPIO_HEADER + name_size);
        uint64_t end = data + cpio_number(member.bytes + CPIO_FILESIZE);
        if (end > member.size) return false;
        at += align4(end);
        if (name_size == 11 && memcmp(member.bytes + CPIO_HEADER, "TRAILER!!!", 11) == 0) {
            *used = at < blob->size ? at : blob->size;
            return true;
        }
    }
    return false;
}

/* The piece at `at`; *used is its size, all that is left when it can't be told. */
static bool piece_check(const struct blob *blob, uint64_t at, uint64_t *used, struct error *err)
{
    const struct blob piece = {
        .name = blob->name, .bytes = blob->bytes + at, .size = blob->size - at};
    *used = piece.size;
    if (is_cpio(&piece))
        return cpio_check(&piece, used) ||
               error_set(err, "%s: truncated or damaged cpio archive", blob->name);
    if (unpack_detect(&piece)) return piece.size > CHECK_MOST || unpack_check(&piece, used, err);
    return at > 0 || is_other(&piece) ||
           error_set(err,
                     "%s: not an initrd: no cpio archive, compressed or not, and no file "
                     "system image",
                     blob->name);
}

bool initrd_check(const struct blob *blob, struct error *err)
{
    uint64_t at = 0, used;
    if (blob->size == 0) return error_set(err, "%s: empty file, not an initrd", blob->name);
    while (at < blob->size) {
        if (!piece_check(blob, at, &used, err)) return false;
        at += used;
        while (at < blob->size && blob->bytes[at] == 0)
            at++;
    }
    return true;
}
