/* tests/dev/test_virtio_9p.c: what the shared directory promises. */
#include "tests/dev/p9_client.h"

#include <stdatomic.h>
#include <sys/wait.h>

enum { WRITE = 1, READ_WRITE = 2, CREATE = 0100, EXCLUSIVE = 0200 };

static void p9_says_its_tag(void **state)
{
    (void)state;
    struct client client;
    client_init(&client, SHARE_MAPPED, false);
    assert_int_equal(driver_reg(&client.driver, 0x008), 9);
    assert_true(driver_offered(&client.driver) & 1);
    assert_int_equal(reg_load(client.driver.device, 0x100, 2), 4);
    assert_int_equal(reg_load(client.driver.device, 0x102, 4),
                     'h' | 'o' << 8 | 's' << 16 | 't' << 24);
    client_fini(&client);
}

static void p9_speaks_one_version(void **state)
{
    (void)state;
    struct client client;
    client_init(&client, SHARE_MAPPED, false);
    begin(&client, 100);
    put(&client, 4, 8192);
    put_text(&client, "9P2000.u");
    assert_int_equal(call(&client), 0);
    assert_int_equal(get(&client, 4), 8192);
    assert_int_equal(get(&client, 2), 7);
    assert_memory_equal(get_bytes(&client, 7), "unknown", 7);
    assert_int_equal(clunk(&client, ROOT),
                     EINVAL); /* nothing is agreed on, and all fids are gone */
    begin(&client, 100);
    put(&client, 4, 100);
    put_text(&client, "9P2000.L");
    assert_int_equal(call(&client), EINVAL); /* no reply would fit */
    begin(&client, 102);
    assert_int_equal(call(&client), EINVAL);
    client_attach(&client);
    begin(&client, 102);
    put(&client, 4, FREE);
    assert_int_equal(call(&client), EOPNOTSUPP);
    begin(&client, 200);
    assert_int_equal(call(&client), EOPNOTSUPP);
    begin(&client, 108);
    put(&client, 2, 3);
    assert_int_equal(call(&client), 0);
    client_fini(&client);
}

static void p9_reads_and_writes(void **state)
{
    (void)state;
    struct client client;
    char text[101];
    client_init(&client, SHARE_MAPPED, false);
    assert_int_equal(read_named(&client, 1, (const char *[]){"file"}, text), 0);
    assert_string_equal(text, "text");
    assert_int_equal(walk(&client, ROOT, 2, 0, NULL), 0);
    assert_int_equal(lcreate(&client, 2, "new", READ_WRITE | CREATE | EXCLUSIVE), 0);
    assert_int_equal(write_text(&client, 2, 0, "Hello, host"), 0);
    assert_int_equal(write_text(&client, 2, 7, "guest!"), 0);
    assert_int_equal(read_text(&client, 2, text), 0);
    assert_string_equal(text, "Hello, guest!");
    begin(&client, 50);
    put(&client, 4, 2);
    put(&client, 4, 0);
    assert_int_equal(call(&client), 0);
    assert_int_equal(clunk(&client, 2), 0);
    expect_outside(&client, "inner/new", "Hello, guest!");
    assert_int_equal(walk(&client, ROOT, 2, 0, NULL), 0);
    assert_int_equal(lcreate(&client, 2, "new", READ_WRITE | CREATE | EXCLUSIVE), EEXIST);
    assert_int_equal(read_text(&client, 2, text), EBADF);
    assert_int_equal(clunk(&client, 2), 0);
    assert_int_equal(clunk(&client, 2), EBADF);
    client_fini(&client);
}

/* Ownership is the guest's, not the host's; whoever attached owns what is made. */
static void p9_keeps_mapped_owners_and_kinds_in_attributes(void **state)
{
    (void)state;
    struct client client;
    struct attributes got;
    struct stat info;
    char path[128];
    client_init(&client, SHARE_MAPPED, false);
    assert_int_equal(walk(&client, ROOT, 2, 0, NULL), 0);
    assert_int_equal(lcreate(&client, 2, "new", READ_WRITE | CREATE), 0);
    assert_int_equal(getattr(&client, 2, &got), 0);
    assert_int_equal(got.mode, S_IFREG | 0640);
    assert_int_equal(got.uid, 500);
    assert_int_equal(got.gid, 1000);
    begin(&client, 26);
    put(&client, 4, 2);
    put(&client, 4, 1 | 2 | 8 | 0x20 | 0x100); /* mode, uid, size, mtime to */
    put(&client, 4, 04711);
    put(&client, 4, 0);
    put(&client, 4, 0);
    put(&client, 8, 12345);
    put(&client, 8, 0), put(&client, 8, 0);
    put(&client, 8, 1000000000), put(&client, 8, 5);
    assert_int_equal(call(&client), 0);
    assert_int_equal(getattr(&client, 2, &got), 0);
    assert_int_equal(got.mode, S_IFREG | 04711);
    assert_int_equal(got.uid, 0);
    assert_int_equal(got.size, 12345);
    snprintf(path, sizeof path, "%s/new", client.inner);
    assert_int_equal(lstat(path, &info), 0);
    assert_int_equal(info.st_mode, S_IFREG | 0600); /* no setuid file on the host */
    assert_int_equal(info.st_mtim.tv_sec, 1000000000);

    assert_int_equal(make_node(&client, "null", S_IFCHR | 0666), 0);
    assert_int_equal(walk_to(&client, 3, "null"), 0);
    assert_int_equal(getattr(&client, 3, &got), 0);
    assert_int_equal(got.mode, S_IFCHR | 0666);
    assert_int_equal(got.rdev, 0x103);
    snprintf(path, sizeof path, "%s/null", client.inner);
    assert_int_equal(lstat(path, &info), 0);
    assert_true(S_ISREG(info.st_mode));
    client_fini(&client);
}

static void p9_lists_a_directory_in_pieces(void **state)
{
    (void)state;
    struct client client;
    char name[16];
    unsigned found = 0, calls = 0;
    uint64_t offset = 0;
    client_init(&client, SHARE_MAPPED, false);
    for (unsigned i = 0; i < 50; i++) {
        snprintf(name, sizeof name, "entry-%u", i);
        assert_int_equal(make_directory(&client, name), 0);
    }
    assert_int_equal(make_directory(&client, name), EEXIST);
    assert_int_equal(walk(&client, ROOT, 2, 0, NULL), 0);
    assert_int_equal(lopen(&client, 2, 0200000), 0);
    for (;; calls++) {
        begin(&client, 40);
        put(&client, 4, 2);
        put(&client, 8, offset);
        put(&client, 4, 200);
        assert_int_equal(call(&client), 0);
        size_t end = get(&client, 4) + client.at;
        if (end == client.at) break;
        while (client.at < end) {
            get_bytes(&client, 13);
            offset = get(&client, 8);
            get(&client, 1);
            size_t length = get(&client, 2);
            if (memcmp(get_bytes(&client, length), "entry-", 6) == 0) found++;
        }
        assert_int_equal(client.at, end);
    }
    assert_int_equal(found, 50);
    assert_true(calls > 5);
    begin(&client, 40);
    put(&client, 4, 2);
    put(&client, 8, 0);
    put(&client, 4, 10);
    assert_int_equal(call(&client), EINVAL); /* not one entry fits: that is not the end */
    client_fini(&client);
}

static void p9_fids_follow_a_rename(void **state)
{
    (void)state;
    struct client client;
    char text[101];
    client_init(&client, SHARE_MAPPED, false);
    assert_int_equal(make_directory(&client, "a"), 0);
    assert_int_equal(rename_at(&client, "file", "a/x"), EINVAL);
    assert_int_equal(walk_to(&client, 2, "file"), 0);
    assert_int_equal(walk_to(&client, 3, "a"), 0);
    begin(&client, 20); /* Trename: file to a/moved */
    put(&client, 4, 2);
    put(&client, 4, 3);
    put_text(&client, "moved");
    assert_int_equal(call(&client), 0);
    assert_int_equal(rename_at(&client, "a", "b"), 0);
    expect_outside(&client, "inner/b/moved", "text");
    assert_int_equal(lopen(&client, 2, 0), 0);
    assert_int_equal(read_text(&client, 2, text), 0);
    assert_string_equal(text, "text");
    assert_int_equal(walk(&client, 3, FREE, 1, (const char *[]){"moved"}), 0);
    client_fini(&client);
}

static void p9_links_and_removes(void **state)
{
    (void)state;
    struct client client;
    struct attributes got;
    client_init(&client, SHARE_MAPPED, false);
    assert_int_equal(walk_to(&client, 2, "file"), 0);
    begin(&client, 70);
    put(&client, 4, ROOT);
    put(&client, 4, 2);
    put_text(&client, "twin");
    assert_int_equal(call(&client), 0);
    assert_int_equal(getattr(&client, 2, &got), 0);
    assert_int_equal(got.links, 2);
    assert_int_equal(unlink_at(&client, "file", 0), 0);
    assert_int_equal(getattr(&client, 2, &got), ENOENT);
    expect_outside(&client, "inner/twin", "text");
    assert_int_equal(make_directory(&client, "dir"), 0);
    assert_int_equal(unlink_at(&client, "dir", 0), EISDIR);
    assert_int_equal(unlink_at(&client, "dir", 1), EINVAL);
    assert_int_equal(unlink_at(&client, "dir", 0x200), 0);
    assert_int_equal(walk_to(&client, 3, "twin"), 0);
    begin(&client, 122);
    put(&client, 4, 3);
    assert_int_equal(call(&client), 0);
    assert_int_equal(clunk(&client, 3), EBADF);
    assert_int_equal(walk_to(&client, 3, "twin"), ENOENT);
    client_fini(&client);
}

static void set_xattr(struct client *client, uint32_t fid, const char *name, const char *value)
{
    begin(client, 32);
    put(client, 4, fid);
    put_text(client, name);
    put(client, 8, strlen(value));
    put(client, 4, 0);
    assert_int_equal(call(client), 0);
    if (*value) assert_int_equal(write_text(client, fid, 0, value), 0);
}

static int get_xattr(struct client *client, const char *name, char out[101])
{
    begin(client, 30);
    put(client, 4, ROOT);
    put(client, 4, FREE);
    put_text(client, name);
    int error = call(client);
    if (error) return error;
    size_t size = get(client, 8);
    assert_int_equal(read_text(client, FREE, out), 0);
    assert_int_equal(get(client, 0), 0);
    out[size] = '\0';
    return clunk(client, FREE);
}

static void p9_has_the_guests_attributes_and_hides_its_own(void **state)
{
    (void)state;
    struct client client;
    char text[101];
    client_init(&client, SHARE_MAPPED, false);
    assert_int_equal(walk(&client, ROOT, 2, 0, NULL), 0);
    set_xattr(&client, 2, "user.colour", "blue");
    assert_int_equal(clunk(&client, 2), 0);
    assert_int_equal(get_xattr(&client, "user.colour", text), 0);
    assert_string_equal(text, "blue");
    static const char *const refused[] = {"user.virtfs.uid", "security.capability", "trusted.x"};
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(walk(&client, ROOT, 2, 0, NULL), 0);
        set_xattr(&client, 2, refused[i], "x");
        assert_int_equal(clunk(&client, 2), EOPNOTSUPP);
        assert_int_equal(get_xattr(&client, refused[i], text), EOPNOTSUPP);
    }
    begin(&client, 26); /* a mode is an attribute on the host */
    put(&client, 4, ROOT);
    put(&client, 4, 1);
    put(&client, 4, 0700);
    for (unsigned i = 0; i < 6; i++)
        put(&client, 8, 0);
    assert_int_equal(call(&client), 0);
    assert_int_equal(get_xattr(&client, "", text), 0);
    assert_string_equal(text, "user.colour"); /* the list, NUL-terminated */
    assert_int_equal(walk(&client, ROOT, 2, 0, NULL), 0);
    set_xattr(&client, 2, "user.colour", "");
    assert_int_equal(clunk(&client, 2), 0);
    assert_int_equal(get_xattr(&client, "user.colour", text), ENODATA);
    client_fini(&client);
}

static int lock(struct client *client, uint32_t fid, unsigned type, uint32_t process)
{
    begin(client, 52);
    put(client, 4, fid);
    put(client, 1, type);
    put(client, 4, 0);
    put(client, 8, 0);
    put(client, 8, 10);
    put(client, 4, process);
    put_text(client, "guest");
    int error = call(client);
    return error ? -error : (int)get(client, 1);
}

/* The lock of one who has the file open elsewhere: in another process of the host. */
static bool host_may_lock(const struct client *client)
{
    char path[128];
    snprintf(path, sizeof path, "%s/file", client->inner);
    int fd = open(path, O_RDWR), status;
    pid_t child = fork();
    if (child == 0) {
        struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
        _exit(fcntl(fd, F_SETLK, &lock) == 0);
    }
    waitpid(child, &status, 0);
    close(fd);
    return WEXITSTATUS(status);
}

static void p9_locks_hold_on_the_host(void **state)
{
    (void)state;
    struct client client;
    client_init(&client, SHARE_MAPPED, false);
    for (uint32_t fid = 2; fid < 4; fid++) {
        assert_int_equal(walk_to(&client, fid, "file"), 0);
        assert_int_equal(lopen(&client, fid, READ_WRITE), 0);
    }
    assert_true(host_may_lock(&client));
    assert_int_equal(lock(&client, 2, 1, 40), 0);
    assert_false(host_may_lock(&client));
    assert_int_equal(lock(&client, 3, 1, 41), 1); /* blocked */
    begin(&client, 54);
    put(&client, 4, 3);
    put(&client, 1, 0);
    put(&client, 8, 5);
    put(&client, 8, 0);
    put(&client, 4, 41);
    put_text(&client, "guest");
    assert_int_equal(call(&client), 0);
    assert_int_equal(get(&client, 1), 1); /* a writer's, in the way */
    assert_int_equal(get(&client, 8), 0);
    assert_int_equal(get(&client, 8), 10);
    assert_int_equal(lock(&client, 3, 2, 40), 0); /* the process lets go through another fid */
    assert_true(host_may_lock(&client));
    assert_int_equal(lock(&client, 3, 7, 40), -EINVAL);
    assert_int_equal(lock(&client, ROOT, 1, 40), -EBADF);
    client_fini(&client);
}

/* ---- confinement ---- */

static void p9_dotdot_stays_inside(void **state)
{
    (void)state;
    struct client client;
    char text[101];
    static const char *const bad[] = {"..", ".", "../secret", "a/../../secret", "", "/"};
    client_init(&client, SHARE_MAPPED, false);
    assert_int_equal(read_named(&client, 2, (const char *[]){"..", "secret"}, text), ENOENT);
    assert_int_equal(read_named(&client, 3, (const char *[]){"..", "..", "file"}, text), 0);
    assert_string_equal(text, "text"); /* the root is its own parent */
    assert_int_equal(read_named(&client, 1, (const char *[]){"../secret"}, text), ENOENT);
    assert_int_equal(read_named(&client, 1, (const char *[]){"/etc/passwd"}, text), ENOENT);
    for (unsigned i = 0; i < ARRAY_COUNT(bad); i++) {
        assert_int_equal(make_directory(&client, bad[i]), EINVAL);
        assert_int_equal(make_symlink(&client, bad[i], "x"), EINVAL);
        assert_int_equal(make_node(&client, bad[i], S_IFREG | 0600), EINVAL);
        assert_int_equal(rename_at(&client, "file", bad[i]), EINVAL);
        assert_int_equal(rename_at(&client, bad[i], "stolen"), EINVAL);
        assert_int_equal(unlink_at(&client, bad[i], 0), EINVAL);
        assert_int_equal(unlink_at(&client, bad[i], 0x200), EINVAL);
        assert_int_equal(walk(&client, ROOT, 2, 0, NULL), 0);
        assert_int_equal(lcreate(&client, 2, bad[i], WRITE | CREATE), EINVAL);
        assert_int_equal(clunk(&client, 2), 0);
    }
    expect_outside(&client, "secret", "secret");
    client_fini(&client);
}

/* A symbolic link is there to be read; no request goes through one, whoever made it. */
static void p9_symlinks_are_not_followed(void **state)
{
    (void)state;
    struct attributes got;
    for (enum share_model model = SHARE_MAPPED; model <= SHARE_NONE; model++) {
        struct client client;
        char text[101], path[128], target[128];
        client_init(&client, model, false);
        snprintf(path, sizeof path, "%s/hosts-link", client.inner);
        assert_int_equal(symlink("../secret", path), 0);
        snprintf(path, sizeof path, "%s/up", client.inner);
        assert_int_equal(symlink("..", path), 0);
        snprintf(target, sizeof target, "%s/secret", client.outer);
        assert_int_equal(make_symlink(&client, "guests-link", target), 0);
        static const char *const links[] = {"hosts-link", "guests-link"};
        for (unsigned i = 0; i < 2; i++) {
            int error = read_named(&client, 1, &links[i], text);
            assert_true(error == ELOOP || model == SHARE_MAPPED); /* a mapped one is a file */
            assert_null(strstr(text[0] == '/' ? "" : text, "secret"));
            assert_int_equal(walk_to(&client, 2, links[i]), 0);
            assert_int_equal(getattr(&client, 2, &got), 0);
            assert_true(S_ISLNK(got.mode));
            begin(&client, 22);
            put(&client, 4, 2);
            assert_int_equal(call(&client), 0);
            assert_int_equal(get(&client, 2), i ? strlen(target) : 9);
            begin(&client, 26); /* mode, size and times through it */
            put(&client, 4, 2);
            put(&client, 4, 1 | 8 | 0x20);
            put(&client, 4, 0777);
            for (unsigned j = 0; j < 6; j++)
                put(&client, 8, 0);
            call(&client);
            assert_int_equal(clunk(&client, 2), 0);
        }
        assert_int_equal(walk(&client, ROOT, 2, 2, (const char *[]){"up", "secret"}), ENOENT);
        assert_int_equal(read_named(&client, 2, (const char *[]){"up", "secret"}, text), ENOENT);
        assert_int_equal(walk(&client, ROOT, 2, 0, NULL), 0);
        assert_int_equal(lcreate(&client, 2, "hosts-link", WRITE | CREATE | 01000), ELOOP);
        expect_outside(&client, "secret", "secret");
        client_fini(&client);
    }
}

/* A real device node or FIFO in the directory is never opened: that would do something, or wait. */
static void p9_opens_no_devices(void **state)
{
    (void)state;
    struct client client;
    char text[101], path[128];
    client_init(&client, SHARE_PASSTHROUGH, false);
    assert_int_equal(make_node(&client, "zero", S_IFCHR | 0666), EPERM);
    assert_int_equal(make_node(&client, "disk", S_IFBLK | 0666), EPERM);
    snprintf(path, sizeof path, "%s/pipe", client.inner);
    assert_int_equal(mkfifo(path, 0666), 0);
    assert_int_equal(read_named(&client, 1, (const char *[]){"pipe"}, text), ENXIO);
    snprintf(path, sizeof path, "%s/device", client.inner);
    if (mknod(path, S_IFCHR | 0666, 0x103) == 0) /* as root only */
        assert_int_equal(read_named(&client, 1, (const char *[]){"device"}, text), ENXIO);
    client_fini(&client);
}

static atomic_bool ending;

/* Swaps a directory for a symbolic link to the outside and back, as fast as it can. */
static void swap(void *owner)
{
    const struct client *client = owner;
    char here[128], aside[128];
    snprintf(here, sizeof here, "%s/dir", client->inner);
    snprintf(aside, sizeof aside, "%s/aside", client->inner);
    while (!ending) {
        rename(here, aside);
        if (symlink(client->outer, here) != 0) continue;
        unlink(here);
        rename(aside, here);
    }
}

static void p9_wins_races(void **state)
{
    (void)state;
    struct client client;
    struct host_thread thread;
    struct error err;
    unsigned inside = 0;
    client_init(&client, SHARE_PASSTHROUGH, false);
    assert_int_equal(make_directory(&client, "dir"), 0);
    outside_write(&client, "inner/dir/secret", "decoy");
    ending = false;
    assert_true(host_thread_start(&thread, "swap", swap, &client, &err));
    for (unsigned i = 0; i < 4000; i++) {
        char text[101];
        int error = read_named(&client, 2, (const char *[]){"dir", "secret"}, text);
        if (strcmp(text, "secret") == 0) fail_msg("round %u read what is outside", i);
        inside += !error;
        if (walk_to(&client, 2, "dir") != 0) continue;
        lcreate(&client, 2, "made", WRITE | CREATE);
        clunk(&client, 2);
    }
    ending = true;
    host_thread_join(&thread);
    char path[128];
    snprintf(path, sizeof path, "%s/made", client.outer);
    assert_int_not_equal(access(path, F_OK), 0);
    assert_true(inside > 0); /* the race was run */
    client_fini(&client);
}

static void p9_readonly_changes_nothing(void **state)
{
    (void)state;
    struct client client;
    char text[101];
    client_init(&client, SHARE_NONE, true);
    assert_int_equal(read_named(&client, 1, (const char *[]){"file"}, text), 0);
    assert_int_equal(walk_to(&client, 2, "file"), 0);
    assert_int_equal(lopen(&client, 2, READ_WRITE), EROFS);
    assert_int_equal(lopen(&client, 2, 01000), EROFS);
    assert_int_equal(make_directory(&client, "x"), EROFS);
    assert_int_equal(make_symlink(&client, "x", "y"), EROFS);
    assert_int_equal(make_node(&client, "x", S_IFREG), EROFS);
    assert_int_equal(rename_at(&client, "file", "x"), EROFS);
    assert_int_equal(unlink_at(&client, "file", 0), EROFS);
    begin(&client, 26);
    put(&client, 4, 2);
    for (unsigned i = 0; i < 8; i++)
        put(&client, 8, 0);
    assert_int_equal(call(&client), EROFS);
    set_xattr(&client, 2, "user.x", "y");
    assert_int_equal(clunk(&client, 2), EROFS);
    assert_int_equal(lcreate(&client, ROOT, "x", WRITE | CREATE), EROFS);
    expect_outside(&client, "inner/file", "text");
    client_fini(&client);
}

/* ---- life ---- */

static void p9_state_keeps_open_files(void **state)
{
    (void)state;
    struct client client, other;
    char text[101];
    client_init(&client, SHARE_MAPPED, false);
    client_init(&other, SHARE_MAPPED, false);
    assert_int_equal(walk_to(&client, 2, "file"), 0);
    assert_int_equal(lopen(&client, 2, READ_WRITE), 0);
    assert_true(state_copy(client.driver.device, other.driver.device, 0));
    assert_false(state_copy(client.driver.device, other.driver.device, 1));
    memcpy(other.driver.queues, client.driver.queues, sizeof other.driver.queues);
    memcpy(other.driver.ram.bytes, client.driver.ram.bytes, RAM_SIZE);
    assert_int_equal(read_text(&other, 2, text), 0);
    assert_string_equal(text, "text");
    assert_int_equal(write_text(&other, 2, 0, "next"), 0);
    expect_outside(&other, "inner/file", "next");
    client_fini(&client);
    client_fini(&other);
}

static void p9_reset_lets_go_of_all_files(void **state)
{
    (void)state;
    struct client client;
    client_init(&client, SHARE_MAPPED, false);
    assert_int_equal(walk_to(&client, 2, "file"), 0);
    assert_int_equal(lopen(&client, 2, 0), 0);
    driver_start(&client.driver, 0, 1);
    begin(&client, 120);
    put(&client, 4, 2);
    assert_int_equal(call(&client), EINVAL);
    client_attach(&client);
    assert_int_equal(clunk(&client, 2), EBADF);
    client_fini(&client);
}

/* Every request cut short at every length is an error, or at least no harm. */
static void p9_takes_no_cut_request(void **state)
{
    (void)state;
    struct client client;
    client_init(&client, SHARE_NONE, true);
    for (unsigned type = 0; type < 130; type++)
        for (unsigned size = 0; size < 40; size++) {
            begin(&client, type);
            for (unsigned i = 0; i < size; i++)
                put(&client, 1, i == 0 ? ROOT : i < 4 ? 0 : type + i);
            if (type != 100 && type != 120 && type != 122) call(&client);
        }
    client_fini(&client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(p9_says_its_tag),
        cmocka_unit_test(p9_speaks_one_version),
        cmocka_unit_test(p9_reads_and_writes),
        cmocka_unit_test(p9_keeps_mapped_owners_and_kinds_in_attributes),
        cmocka_unit_test(p9_lists_a_directory_in_pieces),
        cmocka_unit_test(p9_fids_follow_a_rename),
        cmocka_unit_test(p9_links_and_removes),
        cmocka_unit_test(p9_has_the_guests_attributes_and_hides_its_own),
        cmocka_unit_test(p9_locks_hold_on_the_host),
        cmocka_unit_test(p9_dotdot_stays_inside),
        cmocka_unit_test(p9_symlinks_are_not_followed),
        cmocka_unit_test(p9_opens_no_devices),
        cmocka_unit_test(p9_wins_races),
        cmocka_unit_test(p9_readonly_changes_nothing),
        cmocka_unit_test(p9_state_keeps_open_files),
        cmocka_unit_test(p9_reset_lets_go_of_all_files),
        cmocka_unit_test(p9_takes_no_cut_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
