/* tests/host/test_file.c: files come whole, and every refusal names the file. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/file.h"

/* A fresh directory; `path_in` names a file there. */
struct place {
    char directory[64];
    char path[128];
};

static const char *path_in(struct place *place, const char *name)
{
    snprintf(place->path, sizeof place->path, "%s/%s", place->directory, name);
    return place->path;
}

static const char *write_file(struct place *place, const char *name, const void *bytes, size_t size)
{
    FILE *file = fopen(path_in(place, name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
    return place->path;
}

static int setup(void **state)
{
    static struct place place;
    strcpy(place.directory, "/tmp/rivet-test-XXXXXX");
    *state = &place;
    return mkdtemp(place.directory) ? 0 : -1;
}

static int teardown(void **state)
{
    struct place *place = *state;
    static const char *const names[] = {"file", "empty", "secret", "pipe"};
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
        unlink(path_in(place, names[i]));
    return rmdir(place->directory);
}

static void file_comes_whole_read_or_mapped(void **state)
{
    struct place *place = *state;
    static uint8_t bytes[200001];
    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 31 >> 3);
    write_file(place, "file", bytes, sizeof bytes);

    struct host_file read, mapped;
    uint64_t size = 0;
    assert_true(host_file_read(place->path, &read, NULL));
    assert_true(host_file_map(place->path, &mapped, NULL));
    assert_true(host_file_size(place->path, &size, NULL));
    assert_int_equal(size, sizeof bytes);
    assert_int_equal(read.size, sizeof bytes);
    assert_int_equal(mapped.size, sizeof bytes);
    assert_memory_equal(read.bytes, bytes, sizeof bytes);
    assert_memory_equal(mapped.bytes, bytes, sizeof bytes);
    host_file_close(&read);
    host_file_close(&mapped);
    host_file_close(&mapped);
    assert_null(mapped.bytes);
}

static void empty_file_is_no_failure(void **state)
{
    struct place *place = *state;
    struct host_file file;
    uint64_t size = 9;
    write_file(place, "empty", "", 0);
    assert_true(host_file_read(place->path, &file, NULL));
    assert_int_equal(file.size, 0);
    assert_non_null(file.bytes);
    host_file_close(&file);
    assert_true(host_file_map(place->path, &file, NULL));
    assert_int_equal(file.size, 0);
    assert_non_null(file.bytes);
    host_file_close(&file);
    assert_true(host_file_size(place->path, &size, NULL));
    assert_int_equal(size, 0);
}

/* Each way in refuses `path` with a message that has both its name and `reason`. */
static void assert_refused(const char *path, const char *reason)
{
    struct host_file file;
    struct error err[3];
    uint64_t size;
    assert_false(host_file_read(path, &file, &err[0]));
    assert_null(file.bytes);
    assert_false(host_file_map(path, &file, &err[1]));
    assert_null(file.bytes);
    assert_false(host_file_size(path, &size, &err[2]));
    for (unsigned i = 0; i < 3; i++) {
        assert_non_null(strstr(err[i].text, path));
        assert_non_null(strstr(err[i].text, reason));
    }
    assert_false(host_file_readable(path));
}

static void missing_file_is_refused_by_name(void **state)
{
    assert_refused(path_in(*state, "nowhere"), "No such file");
    assert_refused("", "No such file");
}

static void directory_is_refused_by_name(void **state)
{
    struct place *place = *state;
    assert_refused(place->directory, "is a directory");
}

static void device_without_an_end_is_refused(void **state)
{
    (void)state;
    assert_refused("/dev/zero", "is a device");
}

static void path_through_a_file_is_refused(void **state)
{
    struct place *place = *state;
    write_file(place, "file", "x", 1);
    assert_refused(path_in(place, "file/inside"), "Not a directory");
}

static void unreadable_file_is_refused_by_name(void **state)
{
    struct place *place = *state;
    if (geteuid() == 0) skip(); /* root may read everything */
    write_file(place, "secret", "x", 1);
    chmod(place->path, 0);
    assert_refused(place->path, "Permission denied");
}

static void readable_tells_without_opening(void **state)
{
    struct place *place = *state;
    assert_true(host_file_readable(write_file(place, "file", "x", 1)));
    assert_false(host_file_readable(path_in(place, "nowhere")));
}

static void *fill_pipe(void *path)
{
    FILE *pipe = fopen(path, "wb");
    for (unsigned i = 0; i < 100000; i++)
        fputc('a' + i % 26, pipe);
    fclose(pipe);
    return NULL;
}

/* What `-initrd <(command)` hands in. */
static void pipe_is_read_to_its_end(void **state)
{
    struct place *place = *state;
    assert_int_equal(mkfifo(path_in(place, "pipe"), 0600), 0);
    bool (*const ways[])(const char *, struct host_file *, struct error *) = {host_file_read,
                                                                              host_file_map};
    for (unsigned way = 0; way < 2; way++) {
        pthread_t writer;
        struct host_file file;
        assert_int_equal(pthread_create(&writer, NULL, fill_pipe, place->path), 0);
        assert_true(ways[way](place->path, &file, NULL));
        pthread_join(writer, NULL);
        assert_int_equal(file.size, 100000);
        for (unsigned i = 0; i < 100000; i++)
            assert_int_equal(file.bytes[i], 'a' + i % 26);
        host_file_close(&file);
    }
}

static void file_of_unknown_size_is_read_all_the_same(void **state)
{
    (void)state;
    struct host_file file;
    if (!host_file_readable("/proc/self/status")) skip();
    assert_true(host_file_map("/proc/self/status", &file, NULL)); /* stat says 0 bytes */
    assert_true(file.size > 0);
    host_file_close(&file);
}

int main(void)
{
#define FILE_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        FILE_TEST(file_comes_whole_read_or_mapped),
        FILE_TEST(empty_file_is_no_failure),
        FILE_TEST(missing_file_is_refused_by_name),
        FILE_TEST(directory_is_refused_by_name),
        FILE_TEST(device_without_an_end_is_refused),
        FILE_TEST(path_through_a_file_is_refused),
        FILE_TEST(unreadable_file_is_refused_by_name),
        FILE_TEST(readable_tells_without_opening),
        FILE_TEST(pipe_is_read_to_its_end),
        FILE_TEST(file_of_unknown_size_is_read_all_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
