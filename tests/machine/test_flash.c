/* tests/machine/test_flash.c: a machine that starts in its flash, and changes what it runs there.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/machine/bench.h"
#include "tests/host/place.h"

/* clang-format off */
/* Calls bank 1, where "li a0, 1; ret" is; programs "li a0, 0" over it, executes FENCE.I and calls
 * again; loads 8 bytes across two pages of it. Powers off if all is as it should be. */
static const uint32_t program[] = {
    0x00000297, 0x07828293, 0x30529073, 0x22000437, 0x000400e7, 0x00050493, 0x004002b7,
    0x0402829b, 0x00542023, 0x51300313, 0x00642023, 0x00ff02b7, 0x0ff2829b, 0x00542023,
    0x0000100f, 0x000400e7, 0x00149493, 0x00950533, 0x00001337, 0x00830333, 0xffd33383,
    0x0183d393, 0x00750533, 0x00200293, 0x00551c63, 0x001002b7, 0x00005337, 0x55530313,
    0x0062a023, 0x0000006f, 0x001002b7, 0x002a3337, 0x33330313, 0x0062a023, 0x0000006f,
};
/* clang-format on */
static const uint32_t one[] = {0x00100513, 0x00008067};

static char *image(struct place *place, const char *name, const uint32_t *words, size_t size)
{
    const char *path = place_file(place, name, 8192, 0);
    FILE *file = fopen(path, "r+b");
    assert_int_equal(fwrite(words, 1, size, file), size);
    fclose(file);
    return (char *)path;
}

static void runs_with(struct place *place, const char *engine)
{
    char bank0[256], bank1[256];
    uint32_t word;
    struct bench bench;
    struct error err = {0};
    bench_init(&bench, guest_spin, sizeof guest_spin, engine);
    machine_destroy(bench.machine);
    snprintf(bank0, sizeof bank0, "if=pflash,unit=0,readonly=on,file=%s",
             image(place, "disk", program, sizeof program));
    char *changed = image(place, "other", one, sizeof one);
    snprintf(bank1, sizeof bank1, "if=pflash,format=raw,file=%s", changed);
    bench.config.bios = "none";
    bench.config.drives = (struct machine_words){.items = {bank0, bank1}, .count = 2};
    bench.machine = machine_create(&bench.config, &err);
    if (!bench.machine) fail_msg("%s", err.text);
    assert_int_equal(bench_run(&bench).end, END_POWEROFF);
    bench_fini(&bench);
    FILE *file = fopen(changed, "rb");
    assert_int_equal(fread(&word, 4, 1, file), 1);
    fclose(file);
    assert_int_equal(word, 0x00000513);
}

static void flash_is_run_from_and_its_changes_are_seen_and_kept_by_cached(void **state)
{
    runs_with(*state, "cached");
}

static void flash_is_run_from_and_its_changes_are_seen_and_kept_by_ref(void **state)
{
    runs_with(*state, "ref");
}

static void a_third_bank_and_a_taken_one_are_refused(void **state)
{
    char text[256], twice[256];
    struct error err = {0};
    const char *path = place_file(*state, "disk", 4096, 0);
    struct machine_config config = machine_config_default();
    snprintf(text, sizeof text, "if=pflash,unit=2,file=%s", path);
    snprintf(twice, sizeof twice, "if=pflash,unit=0,readonly=on,file=%s", path);
    config.drives = (struct machine_words){.items = {text}, .count = 1};
    assert_null(machine_create(&config, &err));
    assert_non_null(strstr(err.text, "unit= is 0 or 1"));
    config.drives = (struct machine_words){.items = {twice, twice}, .count = 2};
    assert_null(machine_create(&config, &err));
    assert_non_null(strstr(err.text, "flash bank 0 is taken"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(flash_is_run_from_and_its_changes_are_seen_and_kept_by_cached),
        TEST(flash_is_run_from_and_its_changes_are_seen_and_kept_by_ref),
        TEST(a_third_bank_and_a_taken_one_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
