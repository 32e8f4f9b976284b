/* tests/dev/test_rom.c: what the boot ROM promises. */
#include "tests/dev/wiring.h"

#include "dev/rom.h"

static const uint8_t bytes[] = {0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99};

static void rom_reads_little_endian_in_all_widths_and_zero_behind(void **state)
{
    (void)state;
    struct device *rom = rom_create("rom", 32, bytes, sizeof(bytes), NULL);
    assert_int_equal(reg_load(rom, 0, 8), 0x8877665544332211);
    assert_int_equal(reg_load(rom, 4, 4), 0x88776655);
    assert_int_equal(reg_load(rom, 2, 2), 0x4433);
    assert_int_equal(reg_load(rom, 8, 1), 0x99);
    assert_int_equal(reg_load(rom, 16, 8), 0);
    assert_int_equal(rom->region.size, 32);
    rom->ops->destroy(rom);
}

static void rom_ignores_stores(void **state)
{
    (void)state;
    struct device *rom = rom_create("rom", 32, bytes, sizeof(bytes), NULL);
    reg_store(rom, 0, 8, 0);
    assert_int_equal(reg_load(rom, 0, 8), 0x8877665544332211);
    rom->ops->destroy(rom);
}

static void rom_refuses_bytes_that_do_not_fit(void **state)
{
    (void)state;
    struct error err;
    assert_null(rom_create("mrom", 8, bytes, sizeof(bytes), &err));
    assert_non_null(strstr(err.text, "mrom"));
}

static void rom_state_comes_back_and_a_cut_one_is_refused(void **state)
{
    (void)state;
    struct device *rom = rom_create("rom", 32, bytes, sizeof(bytes), NULL);
    struct device *other = rom_create("rom", 32, NULL, 0, NULL);
    assert_false(state_copy(rom, other, 1));
    assert_int_equal(reg_load(other, 0, 8), 0);
    assert_true(state_copy(rom, other, 0));
    assert_int_equal(reg_load(other, 0, 8), 0x8877665544332211);
    rom->ops->destroy(rom);
    other->ops->destroy(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rom_reads_little_endian_in_all_widths_and_zero_behind),
        cmocka_unit_test(rom_ignores_stores),
        cmocka_unit_test(rom_refuses_bytes_that_do_not_fit),
        cmocka_unit_test(rom_state_comes_back_and_a_cut_one_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
