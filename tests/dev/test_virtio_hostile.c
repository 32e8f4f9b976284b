/* tests/dev/test_virtio_hostile.c: no driver, however wrong, crashes a device, makes it touch
 * memory that isn't the guest's, or leaves it unusable. The fuzzers of tests/fuzz do the same for
 * longer.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/dev/hostile.h"

#define ROUNDS      1000
#define ROUNDS_LONG 20000

static uint64_t random_next(uint64_t *seed)
{
    uint64_t word = *seed += UINT64_C(0x9e3779b97f4a7c15);
    word = (word ^ word >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    return word ^ word >> 29;
}

static void survives(const struct hostile_kind *kind)
{
    uint64_t seed = 9;
    unsigned rounds = getenv("RIVET_LONG_TESTS") ? ROUNDS_LONG : ROUNDS;
    for (unsigned round = 0; round < rounds; round++) {
        uint8_t bytes[2048];
        for (unsigned i = 0; i < sizeof bytes; i++)
            bytes[i] = (uint8_t)random_next(&seed);
        hostile_run(kind, bytes, 64 + random_next(&seed) % (sizeof bytes - 64));
    }
}

static void no_driver_breaks_a_disk(void **state)
{
    (void)state;
    survives(&hostile_kinds[0]);
}

static void no_driver_breaks_a_network_card(void **state)
{
    (void)state;
    survives(&hostile_kinds[1]);
}

static void no_driver_breaks_a_source_of_entropy(void **state)
{
    (void)state;
    survives(&hostile_kinds[2]);
}

static void no_driver_breaks_a_console(void **state)
{
    (void)state;
    survives(&hostile_kinds[3]);
}

static void no_driver_breaks_a_balloon(void **state)
{
    (void)state;
    survives(&hostile_kinds[4]);
}

static void no_driver_breaks_a_shared_directory(void **state)
{
    (void)state;
    survives(&hostile_kinds[5]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_driver_breaks_a_disk),
        cmocka_unit_test(no_driver_breaks_a_network_card),
        cmocka_unit_test(no_driver_breaks_a_source_of_entropy),
        cmocka_unit_test(no_driver_breaks_a_console),
        cmocka_unit_test(no_driver_breaks_a_balloon),
        cmocka_unit_test(no_driver_breaks_a_shared_directory),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    char command[300];
    snprintf(command, sizeof command, "rm -rf %s", hostile_place());
    return system(command) ? 1 : failed;
}
