/* tests/loader/test_place.c: two things never share bytes of RAM. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "ram.h"

static void place_refuses_what_overlaps_and_names_both(void **state)
{
    (void)state;
    struct guest_ram guest;
    struct error err;
    guest_ram_init(&guest);
    assert_true(place_reserve(&guest.placement, "kernel", RAM_BASE, 0x2000, &err));
    assert_true(place_reserve(&guest.placement, "initrd", RAM_BASE + 0x2000, 1, &err));
    assert_false(place_reserve(&guest.placement, "firmware", RAM_BASE + 0x1fff, 1, &err));
    assert_non_null(strstr(err.text, "firmware"));
    assert_non_null(strstr(err.text, "kernel"));
    assert_non_null(strstr(err.text, "8192 bytes"));
    guest_ram_fini(&guest);
}

static void place_refuses_what_is_not_all_ram(void **state)
{
    (void)state;
    struct guest_ram guest;
    struct error err;
    guest_ram_init(&guest);
    struct placement *placement = &guest.placement;
    assert_false(place_reserve(placement, "kernel", RAM_BASE - 1, 2, &err));
    assert_false(place_reserve(placement, "kernel", RAM_BASE, RAM_SIZE + 1, &err));
    assert_false(place_reserve(placement, "kernel", RAM_BASE + 1, UINT64_MAX, &err));
    assert_false(place_reserve(placement, "kernel", UINT64_MAX, 1, &err));
    assert_non_null(strstr(err.text, "16 MiB"));
    assert_true(place_reserve(placement, "kernel", RAM_BASE, RAM_SIZE, &err));
    guest_ram_fini(&guest);
}

static void place_end_is_after_the_last_piece_of_a_name(void **state)
{
    (void)state;
    struct guest_ram guest;
    struct error err;
    guest_ram_init(&guest);
    assert_int_equal(place_end(&guest.placement, "kernel", 7), 7);
    assert_true(place_reserve(&guest.placement, "kernel", RAM_BASE + 0x3000, 0x10, &err));
    assert_true(place_reserve(&guest.placement, "kernel", RAM_BASE, 0x10, &err));
    assert_int_equal(place_end(&guest.placement, "kernel", 7), RAM_BASE + 0x3010);
    guest_ram_fini(&guest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(place_refuses_what_overlaps_and_names_both),
        cmocka_unit_test(place_refuses_what_is_not_all_ram),
        cmocka_unit_test(place_end_is_after_the_last_piece_of_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
