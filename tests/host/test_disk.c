/* tests/host/test_disk.c: a file as a disk: bytes, sizes, locks, and what can go wrong. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/resource.h>
#include <signal.h>

#include "host/disk.h"
#include "tests/host/place.h"

struct heard {
    unsigned count;
    char text[512];
};

static void hear(void *owner, const char *text)
{
    struct heard *heard = owner;
    heard->count++;
    snprintf(heard->text, sizeof heard->text, "%s", text);
}

static void what_is_written_is_read_again_and_is_in_the_file(void **state)
{
    const char *path = place_file(*state, "disk", 8192, 'a');
    struct host_disk *disk = host_disk_open(path, &(struct host_disk_options){0}, NULL);
    assert_non_null(disk);
    const struct block *block = host_disk_block(disk);
    assert_int_equal(block->size, 8192);
    char bytes[1024];
    assert_true(block_put(block, 1000, "0123456789", 10));
    assert_true(block->ops->flush(block->owner));
    assert_true(block_get(block, 998, bytes, 14));
    assert_memory_equal(bytes, "aa0123456789aa", 14);
    host_disk_close(disk);
    FILE *file = fopen(path, "rb");
    fseek(file, 1000, SEEK_SET);
    assert_int_equal(fread(bytes, 1, 10, file), 10);
    assert_memory_equal(bytes, "0123456789", 10);
    fclose(file);
}

static void many_spans_arrive_in_order(void **state)
{
    struct host_disk *disk =
        host_disk_open(place_file(*state, "disk", 65536, 0), &(struct host_disk_options){0}, NULL);
    const struct block *block = host_disk_block(disk);
    enum { COUNT = 200 };
    uint8_t out[COUNT * 3], in[COUNT * 3];
    struct span spans[COUNT];
    for (unsigned i = 0; i < sizeof out; i++)
        out[i] = (uint8_t)(i * 7);
    for (unsigned i = 0; i < COUNT; i++)
        spans[i] = (struct span){out + 3 * i, i % 5 ? 3 : 0};
    assert_true(block->ops->write(block->owner, 512, spans, COUNT));
    for (unsigned i = 0; i < COUNT; i++)
        spans[i].bytes = in + 3 * i;
    assert_true(block->ops->read(block->owner, 512, spans, COUNT));
    for (unsigned i = 0; i < COUNT; i++)
        assert_memory_equal(spans[i].bytes, out + 3 * i, spans[i].size);
    host_disk_close(disk);
}

/* Whether something takes waiting is the host's affair; what comes without is the same. */
static void what_is_read_without_waiting_is_what_is_there(void **state)
{
    struct host_disk *disk = host_disk_open(place_file(*state, "disk", 700, 'a'),
                                            &(struct host_disk_options){.read_only = true}, NULL);
    const struct block *block = host_disk_block(disk);
    uint8_t bytes[600], seen[600];
    struct span spans[2] = {{bytes, 200}, {bytes + 200, 400}};
    assert_true(block_get(block, 50, seen, 600));
    memset(bytes, 0, sizeof bytes);
    if (block->ops->read_ready(block->owner, 50, spans, 2)) assert_memory_equal(bytes, seen, 600);
    assert_false(block->ops->read_ready(block->owner, 200, spans, 2)); /* the file ends before */
    host_disk_close(disk);
}

static void a_part_of_a_sector_at_the_end_counts_as_one(void **state)
{
    struct host_disk *disk = host_disk_open(place_file(*state, "disk", 700, 'a'),
                                            &(struct host_disk_options){.read_only = true}, NULL);
    const struct block *block = host_disk_block(disk);
    assert_int_equal(block->size, 1024);
    uint8_t bytes[512];
    assert_true(block_get(block, 512, bytes, 512));
    for (unsigned i = 0; i < 512; i++)
        assert_int_equal(bytes[i], i < 188 ? 'a' : 0);
    host_disk_close(disk);
}

static void zeroed_and_discarded_ranges_read_as_zeroes(void **state)
{
    struct host_disk *disk = host_disk_open(place_file(*state, "disk", 65536, 'a'),
                                            &(struct host_disk_options){0}, NULL);
    const struct block *block = host_disk_block(disk);
    uint8_t bytes[3];
    assert_true(block->ops->write_zeroes(block->owner, 5000, 7000, false));
    assert_true(block->ops->write_zeroes(block->owner, 20000, 7000, true));
    assert_true(block->ops->discard(block->owner, 32768, 4096));
    static const uint16_t firsts[] = {5000, 20000}, lasts[] = {11999, 26999};
    for (unsigned i = 0; i < 2; i++) {
        assert_true(block_get(block, firsts[i] - 1, bytes, 3));
        assert_memory_equal(bytes, "a\0\0", 3);
        assert_true(block_get(block, lasts[i] - 1, bytes, 3));
        assert_memory_equal(bytes, "\0\0a", 3);
    }
    host_disk_close(disk);
}

static void a_second_writer_is_refused(void **state)
{
    const char *path = place_file(*state, "disk", 4096, 0);
    struct error err = {0};
    struct host_disk_options write = {0}, read = {.read_only = true};
    struct host_disk *first = host_disk_open(path, &write, &err);
    assert_non_null(first);
    assert_null(host_disk_open(path, &write, &err));
    assert_non_null(strstr(err.text, path));
    assert_null(host_disk_open(path, &read, &err));
    host_disk_close(first);

    first = host_disk_open(path, &read, &err);
    struct host_disk *second = host_disk_open(path, &read, &err);
    assert_non_null(second);
    assert_null(host_disk_open(path, &write, &err));
    host_disk_close(first);
    host_disk_close(second);
    first = host_disk_open(path, &write, &err);
    assert_non_null(first);
    host_disk_close(first);
}

static void what_is_no_disk_is_named(void **state)
{
    struct place *place = *state;
    struct error err = {0};
    struct host_disk_options options = {0};
    assert_null(host_disk_open(place_path(place, "none"), &options, &err));
    assert_non_null(strstr(err.text, "/none: No such file"));
    assert_null(host_disk_open(place->directory, &options, &err));
    assert_null(host_disk_open("/dev/null", &options, &err));
    assert_non_null(strstr(err.text, "/dev/null: neither a file nor a block device"));
}

static void an_io_error_is_told_once(void **state)
{
    struct place *place = *state;
    struct heard heard = {0};
    const char *path = place_file(place, "disk", 8192, 0);
    struct host_disk_options options = {.notice = {.say = hear, .owner = &heard}};
    struct host_disk *disk = host_disk_open(path, &options, NULL);
    const struct block *block = host_disk_block(disk);
    uint8_t bytes[512];
    assert_int_equal(truncate(path, 4096), 0); /* somebody makes the file shorter */
    assert_true(block_get(block, 3584, bytes, 512));
    assert_false(block_get(block, 4096, bytes, 512));
    assert_false(block_get(block, 4096, bytes, 512));
    assert_int_equal(heard.count, 1);
    assert_non_null(strstr(heard.text, path));
    host_disk_close(disk);
}

/* The limit on the size of files stands for a full file system. */
static void a_full_host_is_an_io_error(void **state)
{
    struct heard heard = {0};
    struct host_disk_options options = {.notice = {.say = hear, .owner = &heard}};
    struct host_disk *disk = host_disk_open(place_file(*state, "disk", 700, 0), &options, NULL);
    const struct block *block = host_disk_block(disk);
    struct rlimit saved, limit;
    uint8_t bytes[512] = {0};
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &saved), 0);
    limit = saved;
    limit.rlim_cur = 700;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    bool done = block_put(block, 512, bytes, 512);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &saved), 0);
    assert_false(done);
    assert_int_equal(heard.count, 1);
    host_disk_close(disk);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_written_is_read_again_and_is_in_the_file),
        TEST(many_spans_arrive_in_order),
        TEST(what_is_read_without_waiting_is_what_is_there),
        TEST(a_part_of_a_sector_at_the_end_counts_as_one),
        TEST(zeroed_and_discarded_ranges_read_as_zeroes),
        TEST(a_second_writer_is_refused),
        TEST(what_is_no_disk_is_named),
        TEST(an_io_error_is_told_once),
        TEST(a_full_host_is_an_io_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
