/* tests/host/test_frames.c: frames come out as they went in, whatever their sizes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "host/frames.h"

static void fill(uint8_t *bytes, size_t size, unsigned number)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(number * 31 + i);
}

/* Against numbers alone: frame n has a size and contents that follow from n. */
static void frames_come_out_in_order(void **state)
{
    struct frames frames;
    unsigned in = 0, out = 0, refused = 0, dice = 1;
    uint8_t bytes[700], expected[700];
    (void)state;
    assert_true(frames_init(&frames, 4096));
    while (out < 20000) {
        size_t size = in * in * 7u % 650u;
        fill(bytes, size, in);
        dice = dice * 1103515245 + 12345;
        if (dice >> 16 & 3) {
            bool taken = frames_put(&frames, bytes, size);
            in += taken;
            refused += !taken;
        }
        if (dice >> 18 & 1) continue;
        const uint8_t *first = frames_first(&frames, &size);
        if (out == in) {
            assert_null(first);
            continue;
        }
        assert_int_equal(size, out * out * 7u % 650u);
        fill(expected, size, out);
        assert_memory_equal(first, expected, size);
        frames_drop(&frames);
        out++;
    }
    assert_true(refused > 0);
    frames_fini(&frames);
}

static void a_frame_that_does_not_fit_is_refused(void **state)
{
    static uint8_t bytes[4096];
    struct frames frames;
    size_t size;
    (void)state;
    assert_true(frames_init(&frames, 1024));
    assert_false(frames_put(&frames, bytes, 1024));
    assert_null(frames_first(&frames, &size));
    unsigned count = 0;
    while (frames_put(&frames, bytes, 60))
        count++;
    assert_true(count >= 14 && count <= 16);
    for (; count; count--)
        frames_drop(&frames);
    assert_null(frames_first(&frames, &size));
    assert_true(frames_put(&frames, bytes, 1000));
    frames_fini(&frames);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_come_out_in_order),
        cmocka_unit_test(a_frame_that_does_not_fit_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
