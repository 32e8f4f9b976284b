/* dev/virtio/p9_message.h: taking 9P messages apart and putting them together.
 *
 * All numbers are little-endian; a string is its length in 16 bits and its bytes.
 *
 *    +--------+--------+-------+- - - - -
 *    | size 4 | type 1 | tag 2 |  body
 *    +--------+--------+-------+- - - - -
 */
#ifndef RIVET_DEV_VIRTIO_P9_MESSAGE_H
#define RIVET_DEV_VIRTIO_P9_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define P9_HEADER_BYTES 7
#define P9_NOTAG        0xffff

/* What is read of a request: all but the data of a write. The longest holds a symbolic link's name
 * and target, or sixteen names. */
#define P9_REQUEST_BYTES 8192
/* What is written of a reply: all but the data of a read. */
#define P9_REPLY_BYTES (66 * 1024)

/* `bad` is set by who reads beyond the end, and then everything read is 0. */
struct p9_reader {
    const uint8_t *bytes;
    size_t size, at;
    bool bad;
};

uint64_t p9_get(struct p9_reader *, unsigned width);
/* False: too long for `size` bytes with the NUL, or a NUL is in it (or `bad`). */
bool p9_get_string(struct p9_reader *, char *out, size_t size);
/* A string that can name an entry: not empty, "." or "..", and without a slash. */
bool p9_get_name(struct p9_reader *, char *out, size_t size);

/* `full` is set by who writes beyond the end. */
struct p9_writer {
    uint8_t *bytes;
    size_t size, at;
    bool full;
};

void p9_put(struct p9_writer *, unsigned width, uint64_t value);
void p9_put_bytes(struct p9_writer *, const void *bytes, size_t size);
void p9_put_string(struct p9_writer *, const char *text);

/* How the server names a file to the client, which may compare them:
 *
 *    +--------+-----------+---------+
 *    | type 1 | version 4 | path 8  |
 *    +--------+-----------+---------+
 */
#define P9_QID_BYTES 13
enum { P9_QID_DIRECTORY = 0x80, P9_QID_SYMLINK = 0x02, P9_QID_FILE = 0x00 };

struct p9_qid {
    uint8_t type;
    uint32_t version;
    uint64_t path;
};

void p9_put_qid(struct p9_writer *, const struct p9_qid *);

#endif
