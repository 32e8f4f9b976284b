/* tests/monitor/test_balloon.c: the command that sets how much memory the guest keeps. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "dev/virtio/balloon.h"
#include "tests/monitor/bench.h"

static void a_machine_without_a_balloon_says_so(void **state)
{
    (void)state;
    struct bench *b = bench_create(&engine_ref);
    assert_says(b, "balloon", "there is no balloon; -device virtio-balloon-device");
    assert_says(b, "balloon 8", "there is no balloon");
    bench_destroy(b);
}

static void the_guest_is_asked_for_what_it_shall_not_keep(void **state)
{
    (void)state;
    struct bench *b = bench_create_with(&engine_ref, "virtio-balloon-device");
    struct device *device = plugs_balloon(&b->machine->plugs);
    assert_non_null(device);
    assert_says(b, "info balloon", "balloon: actual=16 MiB, 16 wanted, 16 in all\n");
    assert_string_equal(ask(b, "balloon 12"), "");
    assert_int_equal(virtio_balloon_target(device), 1024);
    assert_says(b, "balloon", "actual=16 MiB, 12 wanted, 16 in all\n");
    assert_says(b, "balloon 0", "1 to 16 MiB are possible");
    assert_says(b, "balloon 17", "1 to 16 MiB are possible");
    assert_says(b, "balloon 8 9", "9");
    assert_int_equal(virtio_balloon_target(device), 1024);
    ask(b, "balloon 16");
    assert_int_equal(virtio_balloon_target(device), 0);
    bench_destroy(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_machine_without_a_balloon_says_so),
        cmocka_unit_test(the_guest_is_asked_for_what_it_shall_not_keep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
