/* tests/dev/p9_client.h: a tiny 9P2000.L client on the virtio driver, and a directory to share. */
#ifndef RIVET_TESTS_DEV_P9_CLIENT_H
#define RIVET_TESTS_DEV_P9_CLIENT_H

#include "tests/dev/driver.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dev/virtio/p9.h"

#define REQUEST     DATA_BASE
#define REPLY       (DATA_BASE + 0x20000)
#define REPLY_BYTES 0x20000

enum { ROOT = 1, FREE = 99 }; /* fids */

struct client {
    struct driver driver;
    struct share *share;
    char outer[64], inner[80]; /* inner is shared, outer has the secret */
    uint8_t *request;
    size_t size; /* of the request being made */
    size_t at;   /* in the reply being read */
};

/* ---- messages ---- */

static inline void put(struct client *client, unsigned width, uint64_t value)
{
    store_le(client->request + client->size, width, value);
    client->size += width;
}

static inline void put_text(struct client *client, const char *text)
{
    put(client, 2, strlen(text));
    memcpy(client->request + client->size, text, strlen(text));
    client->size += strlen(text);
}

/* Begins a request on a fid. */
static inline void begin(struct client *client, unsigned type)
{
    client->request = driver_at(&client->driver, REQUEST);
    client->size = 0;
    put(client, 4, 0);
    put(client, 1, type);
    put(client, 2, 7);
}

static inline uint64_t get(struct client *client, unsigned width)
{
    uint64_t value = load_le(driver_at(&client->driver, REPLY) + client->at, width);
    client->at += width;
    return value;
}

static inline const char *get_bytes(struct client *client, size_t size)
{
    client->at += size;
    return (const char *)driver_at(&client->driver, REPLY) + client->at - size;
}

/* Sends it; 0, or the error number of an Rlerror. */
static inline int call(struct client *client)
{
    uint8_t type = client->request[4];
    store_le(client->request, 4, client->size);
    /* The header in a buffer of its own, as drivers are free to do. */
    const struct piece pieces[] = {{REQUEST, 7, false},
                                   {REQUEST + 7, (uint32_t)client->size - 7, false},
                                   {REPLY, 5, true},
                                   {REPLY + 5, REPLY_BYTES - 5, true}};
    uint32_t written = driver_do(&client->driver, 0, pieces, 4);
    client->at = 0;
    assert_int_equal(get(client, 4), written);
    unsigned answer = (unsigned)get(client, 1);
    assert_int_equal(get(client, 2), 7);
    if (answer == 7) return (int)get(client, 4);
    assert_int_equal(answer, type + 1);
    return 0;
}

/* ---- requests ---- */

static inline int walk(struct client *client, uint32_t from, uint32_t to, unsigned count,
                       const char *const *names)
{
    begin(client, 110);
    put(client, 4, from);
    put(client, 4, to);
    put(client, 2, count);
    for (unsigned i = 0; i < count; i++)
        put_text(client, names[i]);
    int error = call(client);
    return error ? error : get(client, 2) == count ? 0 : ENOENT;
}

static inline int walk_to(struct client *client, uint32_t to, const char *name)
{
    return walk(client, ROOT, to, 1, &name);
}

static inline int lopen(struct client *client, uint32_t fid, uint32_t flags)
{
    begin(client, 12);
    put(client, 4, fid);
    put(client, 4, flags);
    return call(client);
}

static inline int clunk(struct client *client, uint32_t fid)
{
    begin(client, 120);
    put(client, 4, fid);
    return call(client);
}

static inline int lcreate(struct client *client, uint32_t fid, const char *name, uint32_t flags)
{
    begin(client, 14);
    put(client, 4, fid);
    put_text(client, name);
    put(client, 4, flags);
    put(client, 4, 0640);
    put(client, 4, 1000);
    return call(client);
}

static inline int write_text(struct client *client, uint32_t fid, uint64_t offset, const char *text)
{
    begin(client, 118);
    put(client, 4, fid);
    put(client, 8, offset);
    put(client, 4, strlen(text));
    memcpy(client->request + client->size, text, strlen(text));
    client->size += strlen(text);
    int error = call(client);
    if (!error) assert_int_equal(get(client, 4), strlen(text));
    return error;
}

/* Up to 100 bytes of an open file. */
static inline int read_text(struct client *client, uint32_t fid, char out[101])
{
    begin(client, 116);
    put(client, 4, fid);
    put(client, 8, 0);
    put(client, 4, 100);
    int error = call(client);
    if (error) return error;
    size_t count = get(client, 4);
    memcpy(out, get_bytes(client, count), count);
    out[count] = '\0';
    return 0;
}

/* Walks, opens, reads and lets go. */
static inline int read_named(struct client *client, unsigned count, const char *const *names,
                             char out[101])
{
    out[0] = '\0';
    int error = walk(client, ROOT, FREE, count, names);
    if (error) return error;
    error = lopen(client, FREE, 0);
    if (!error) error = read_text(client, FREE, out);
    clunk(client, FREE);
    return error;
}

struct attributes {
    uint32_t mode, uid, gid;
    uint64_t links, rdev, size;
};

static inline int getattr(struct client *client, uint32_t fid, struct attributes *out)
{
    begin(client, 24);
    put(client, 4, fid);
    put(client, 8, 0x7ff);
    int error = call(client);
    if (error) return error;
    get_bytes(client, 8 + 13);
    out->mode = (uint32_t)get(client, 4);
    out->uid = (uint32_t)get(client, 4);
    out->gid = (uint32_t)get(client, 4);
    out->links = get(client, 8);
    out->rdev = get(client, 8);
    out->size = get(client, 8);
    return 0;
}

static inline int make_symlink(struct client *client, const char *name, const char *target)
{
    begin(client, 16);
    put(client, 4, ROOT);
    put_text(client, name);
    put_text(client, target);
    put(client, 4, 0);
    return call(client);
}

static inline int make_node(struct client *client, const char *name, uint32_t mode)
{
    begin(client, 18);
    put(client, 4, ROOT);
    put_text(client, name);
    put(client, 4, mode);
    put(client, 4, 1);
    put(client, 4, 3);
    put(client, 4, 0);
    return call(client);
}

static inline int make_directory(struct client *client, const char *name)
{
    begin(client, 72);
    put(client, 4, ROOT);
    put_text(client, name);
    put(client, 4, 0755);
    put(client, 4, 0);
    return call(client);
}

static inline int rename_at(struct client *client, const char *from, const char *to)
{
    begin(client, 74);
    put(client, 4, ROOT);
    put_text(client, from);
    put(client, 4, ROOT);
    put_text(client, to);
    return call(client);
}

static inline int unlink_at(struct client *client, const char *name, uint32_t flags)
{
    begin(client, 76);
    put(client, 4, ROOT);
    put_text(client, name);
    put(client, 4, flags);
    return call(client);
}

/* ---- the bench ---- */

static inline void outside_write(const struct client *client, const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", client->outer, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static inline void expect_outside(const struct client *client, const char *name, const char *text)
{
    char path[256], got[101] = "";
    snprintf(path, sizeof path, "%s/%s", client->outer, name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    got[fread(got, 1, 100, file)] = '\0';
    fclose(file);
    assert_string_equal(got, text);
}

static inline void client_attach(struct client *client)
{
    begin(client, 100);
    put(client, 4, 65536);
    put_text(client, "9P2000.L");
    assert_int_equal(call(client), 0);
    assert_int_equal(get(client, 4), 65536);
    begin(client, 104);
    put(client, 4, ROOT);
    put(client, 4, 0xffffffff);
    put_text(client, "root");
    put_text(client, "");
    put(client, 4, 500);
    assert_int_equal(call(client), 0);
}

/* OUTER/secret and OUTER/inner/file, of which inner is shared. */
static inline void client_init(struct client *client, enum share_model model, bool read_only)
{
    struct error err;
    memset(client, 0, sizeof *client);
    strcpy(client->outer, "/tmp/rivet-9p-XXXXXX");
    assert_non_null(mkdtemp(client->outer));
    snprintf(client->inner, sizeof client->inner, "%s/inner", client->outer);
    assert_int_equal(mkdir(client->inner, 0755), 0);
    outside_write(client, "secret", "secret");
    outside_write(client, "inner/file", "text");
    driver_init(&client->driver);
    client->share = share_open(client->inner, model, read_only, &err);
    if (!client->share) fail_msg("%s", err.text);
    struct virtio_wiring wiring = driver_wiring(&client->driver);
    client->driver.device =
        virtio_p9_create("virtio0", &wiring, client->share, "host", (struct executor){0}, &err);
    assert_non_null(client->driver.device);
    driver_start(&client->driver, FEATURE(VIRTIO_F_INDIRECT_DESC), 1);
    client_attach(client);
}

static inline void client_fini(struct client *client)
{
    char command[128];
    driver_fini(&client->driver);
    share_close(client->share);
    snprintf(command, sizeof command, "rm -r %s", client->outer);
    assert_int_equal(system(command), 0);
}

#endif
