/* tests/base/test_state.c: state records come back as written, and anything else is refused. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/state.h"

static int setup(void **state)
{
    static struct state_writer writer;
    state_writer_init(&writer);
    *state = &writer;
    return 0;
}

static int teardown(void **state)
{
    state_writer_fini(*state);
    return 0;
}

static void state_comes_back_as_written(void **state)
{
    struct state_writer *writer = *state;
    uint8_t big[5000], big_back[5000];
    for (unsigned i = 0; i < sizeof big; i++)
        big[i] = (uint8_t)(i * 7);
    state_put_u64(writer, "zero", 0);
    state_put_u64(writer, "all", UINT64_MAX);
    state_put_bytes(writer, "big", big, sizeof big);
    state_put_bytes(writer, "none", NULL, 0);
    state_put_u64(writer, "", 5);
    assert_false(writer->failed);

    struct state_reader reader;
    struct error err = {""};
    uint64_t zero = 1, all = 0, nameless = 0;
    state_reader_init(&reader, writer->bytes, writer->size);
    assert_true(state_get_u64(&reader, "zero", &zero, &err));
    assert_true(state_get_u64(&reader, "all", &all, &err));
    assert_true(state_get_bytes(&reader, "big", big_back, sizeof big_back, &err));
    assert_true(state_get_bytes(&reader, "none", NULL, 0, &err));
    assert_true(state_get_u64(&reader, "", &nameless, &err));
    assert_int_equal(zero, 0);
    assert_true(all == UINT64_MAX);
    assert_memory_equal(big, big_back, sizeof big);
    assert_int_equal(nameless, 5);
    assert_int_equal(reader.offset, reader.size);
}

static void state_record_is_laid_out_as_documented(void **state)
{
    struct state_writer *writer = *state;
    state_put_u64(writer, "pc", 0x0102030405060708);
    static const uint8_t expected[] = {2, 'p', 'c', 8, 0, 0, 0, 0, 0, 0, 0, 8, 7, 6, 5, 4, 3, 2, 1};
    assert_int_equal(writer->size, sizeof expected);
    assert_memory_equal(writer->bytes, expected, sizeof expected);
}

static void state_refuses_another_name_and_tells_both(void **state)
{
    struct state_writer *writer = *state;
    struct error err;
    struct state_reader reader;
    uint64_t value = 42;
    state_put_u64(writer, "mepc", 1);
    state_reader_init(&reader, writer->bytes, writer->size);
    static const char *const wrong[] = {"mep", "mepcc", "sepc", ""};
    for (unsigned i = 0; i < 4; i++) {
        assert_false(state_get_u64(&reader, wrong[i], &value, &err));
        assert_non_null(strstr(err.text, "mepc"));
        assert_int_equal(value, 42);
    }
    assert_true(state_get_u64(&reader, "mepc", &value, &err)); /* a refusal consumes nothing */
    assert_int_equal(value, 1);
}

static void state_refuses_another_size(void **state)
{
    struct state_writer *writer = *state;
    struct error err;
    struct state_reader reader;
    uint8_t bytes[9] = "untouched";
    uint64_t value = 42;
    state_put_bytes(writer, "fifo", "abcd", 4);
    state_reader_init(&reader, writer->bytes, writer->size);
    assert_false(state_get_bytes(&reader, "fifo", bytes, 3, &err));
    assert_false(state_get_bytes(&reader, "fifo", bytes, 5, &err));
    assert_false(state_get_u64(&reader, "fifo", &value, &err));
    assert_non_null(strstr(err.text, "fifo"));
    assert_memory_equal(bytes, "untouched", 9);
    assert_int_equal(value, 42);
    assert_true(state_get_bytes(&reader, "fifo", bytes, 4, NULL));
}

static void state_refuses_every_truncation(void **state)
{
    struct state_writer *writer = *state;
    state_put_u64(writer, "mtime", 9);
    for (size_t size = 0; size < writer->size; size++) {
        /* A copy of exactly that size, so that a read past its end is seen by the sanitizer. */
        uint8_t *copy = malloc(size ? size : 1);
        memcpy(copy, writer->bytes, size);
        struct state_reader reader;
        struct error err = {""};
        uint64_t value = 42;
        state_reader_init(&reader, copy, size);
        assert_false(state_get_u64(&reader, "mtime", &value, &err));
        assert_non_null(strstr(err.text, "mtime"));
        assert_int_equal(value, 42);
        free(copy);
    }
}

static void state_refuses_a_length_that_runs_past_everything(void **state)
{
    struct state_writer *writer = *state;
    state_put_u64(writer, "x", 9);
    struct state_reader reader;
    uint64_t value;
    for (unsigned byte = 2; byte < 10; byte++) {
        writer->bytes[byte] |= 0xf0;
        state_reader_init(&reader, writer->bytes, writer->size);
        assert_false(state_get_u64(&reader, "x", &value, NULL));
    }
}

static void state_shows_a_garbled_name_as_one_printable_line(void **state)
{
    struct state_writer *writer = *state;
    state_put_u64(writer, "a\nb\x1b\xff", 9);
    struct state_reader reader;
    struct error err = {""};
    uint64_t value;
    state_reader_init(&reader, writer->bytes, writer->size);
    assert_false(state_get_u64(&reader, "x", &value, &err));
    assert_non_null(strstr(err.text, "a?b??"));
}

static void state_writer_fails_on_a_name_too_long_and_stays_failed(void **state)
{
    struct state_writer *writer = *state;
    char name[257];
    memset(name, 'n', 256);
    name[256] = '\0';
    state_put_u64(writer, name + 1, 1); /* 255 characters fit the length byte */
    assert_false(writer->failed);
    size_t size = writer->size;
    state_put_u64(writer, name, 2);
    assert_true(writer->failed);
    state_put_u64(writer, "later", 3);
    assert_int_equal(writer->size, size);
}

static void state_writer_fails_when_the_host_has_no_memory(void **state)
{
    struct state_writer *writer = *state;
    state_put_u64(writer, "kept", 7);
    state_put_bytes(writer, "huge", "", SIZE_MAX - 100);
    assert_true(writer->failed);
    struct state_reader reader;
    uint64_t value = 0;
    state_reader_init(&reader, writer->bytes, writer->size);
    assert_true(state_get_u64(&reader, "kept", &value, NULL));
    assert_int_equal(value, 7);
    assert_false(state_get_u64(&reader, "huge", &value, NULL));
}

int main(void)
{
#define STATE_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        STATE_TEST(state_comes_back_as_written),
        STATE_TEST(state_record_is_laid_out_as_documented),
        STATE_TEST(state_refuses_another_name_and_tells_both),
        STATE_TEST(state_refuses_another_size),
        STATE_TEST(state_refuses_every_truncation),
        STATE_TEST(state_refuses_a_length_that_runs_past_everything),
        STATE_TEST(state_shows_a_garbled_name_as_one_printable_line),
        STATE_TEST(state_writer_fails_on_a_name_too_long_and_stays_failed),
        STATE_TEST(state_writer_fails_when_the_host_has_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
