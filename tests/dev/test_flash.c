/* tests/dev/test_flash.c: what a bank of flash promises: it is memory until it gets a command. */
#include "tests/dev/wiring.h"

#include "dev/flash.h"

#define IMAGE_BYTES 8192
#define BLOCK_BYTES 0x40000

enum { CLEAR = 0x50, PROGRAM = 0x40, ERASE = 0x20, CONFIRM = 0xd0, BUFFER = 0xe8, ARRAY = 0xff };
enum { READY = 0x80, PROGRAM_ERROR = 0x10, ERASE_ERROR = 0x20 };

/* A disk in memory. */
static uint8_t image[IMAGE_BYTES];

static bool image_move(uint64_t offset, const struct span *spans, unsigned count, bool write)
{
    for (unsigned i = 0; i < count; offset += spans[i++].size) {
        if (offset + spans[i].size > IMAGE_BYTES) return false;
        if (write)
            memcpy(image + offset, spans[i].bytes, spans[i].size);
        else
            memcpy(spans[i].bytes, image + offset, spans[i].size);
    }
    return true;
}

static bool image_read(void *owner, uint64_t offset, const struct span *spans, unsigned count)
{
    (void)owner;
    return image_move(offset, spans, count, false);
}

static bool image_write(void *owner, uint64_t offset, const struct span *spans, unsigned count)
{
    return !*(bool *)owner && image_move(offset, spans, count, true);
}

static bool image_flush(void *owner)
{
    (void)owner;
    return true;
}

static const struct block_ops image_ops = {
    .read = image_read, .write = image_write, .flush = image_flush};

static bool image_full;

static struct device *bank_create(bool read_only)
{
    struct block block = {
        .ops = &image_ops, .owner = &image_full, .size = IMAGE_BYTES, .read_only = read_only};
    image_full = false;
    for (unsigned i = 0; i < IMAGE_BYTES; i++)
        image[i] = (uint8_t)(i * 7 + 1);
    struct device *bank = flash_create("flash0", &block, NULL);
    assert_non_null(bank);
    return bank;
}

static void both(struct device *bank, uint64_t offset, uint32_t command)
{
    reg_store(bank, offset, 4, command << 16 | command);
}

static uint32_t status(struct device *bank)
{
    uint32_t value = (uint32_t)reg_load(bank, 0, 4);
    assert_int_equal(value >> 16, value & 0xffff);
    both(bank, 0, CLEAR);
    return value & 0xffff;
}

static void a_bank_reads_its_image_at_any_alignment_and_zeroes_behind(void **state)
{
    (void)state;
    struct device *bank = bank_create(false);
    assert_int_equal(reg_load(bank, 0, 4), 0x160f0801);
    assert_true(bank->region.ops->any_alignment);
    assert_int_equal(reg_load(bank, 3, 2), 0x1d16);
    assert_int_equal(reg_load(bank, IMAGE_BYTES, 8), 0);
    assert_int_equal(bank->region.ops->code_page(&bank->region, 4096)[1], 0x08);
    bank->ops->destroy(bank);
}

static void a_bank_tells_its_geometry_in_both_chips(void **state)
{
    (void)state;
    struct device *bank = bank_create(false);
    both(bank, 0x55 * 4, 0x98);
    assert_int_equal(reg_load(bank, 0x10 * 4, 4), 0x510051);
    assert_int_equal(reg_load(bank, 0x11 * 4, 4), 0x520052);
    assert_int_equal(reg_load(bank, 0x12 * 4, 2), 0x59);
    assert_int_equal(reg_load(bank, 0x13 * 4, 4), 0x10001);
    assert_int_equal(reg_load(bank, 0x27 * 4, 4), 0x180018);
    assert_int_equal(reg_load(bank, 0x2d * 4, 4), 0x7f007f);
    assert_int_equal(reg_load(bank, 0x30 * 4, 4), 0x20002);
    both(bank, 0, 0x90);
    assert_int_equal(reg_load(bank, 0, 8), 0x89008900890089);
    both(bank, 0, ARRAY);
    assert_int_equal(reg_load(bank, 0, 4), 0x160f0801);
    bank->ops->destroy(bank);
}

static void programming_clears_bits_and_erasing_sets_a_block(void **state)
{
    (void)state;
    struct device *bank = bank_create(false);
    both(bank, 4, PROGRAM);
    reg_store(bank, 4, 4, 0x00ff00ff);
    assert_int_equal(status(bank), READY);
    assert_int_equal(reg_load(bank, 5, 1), 0);
    assert_int_equal(image[4], 29);
    assert_int_equal(image[5], 0);
    both(bank, 4, ERASE);
    both(bank, 4, CONFIRM);
    assert_int_equal(status(bank), READY);
    assert_int_equal(reg_load(bank, 0, 8), UINT64_MAX);
    assert_int_equal(reg_load(bank, BLOCK_BYTES - 8, 8), UINT64_MAX);
    assert_int_equal(reg_load(bank, BLOCK_BYTES, 8), 0);
    assert_int_equal(image[IMAGE_BYTES - 1], 0xff);
    bank->ops->destroy(bank);
}

static void a_buffer_is_programmed_and_one_too_long_refused(void **state)
{
    (void)state;
    struct device *bank = bank_create(false);
    both(bank, 0, BUFFER);
    assert_int_equal(reg_load(bank, 0, 4) & READY, READY);
    both(bank, 0, 3);
    for (unsigned i = 0; i < 4; i++)
        reg_store(bank, 16 + 4 * i, 4, 0);
    both(bank, 0, CONFIRM);
    assert_int_equal(status(bank), READY);
    assert_int_equal(reg_load(bank, 24, 8), 0);
    assert_int_equal(image[31], 0);
    assert_int_not_equal(image[32], 0);
    both(bank, 0, BUFFER);
    both(bank, 0, 512);
    assert_int_equal(status(bank), READY | PROGRAM_ERROR);
    bank->ops->destroy(bank);
}

static void what_can_not_be_written_is_an_error_in_the_status(void **state)
{
    (void)state;
    struct device *bank = bank_create(true);
    both(bank, 0, PROGRAM);
    both(bank, 0, 0);
    assert_int_equal(status(bank), READY | PROGRAM_ERROR);
    assert_int_equal(reg_load(bank, 0, 4), 0x160f0801);
    bank->ops->destroy(bank);
    bank = bank_create(false);
    image_full = true;
    both(bank, 0, ERASE);
    both(bank, 0, CONFIRM);
    assert_int_equal(status(bank), READY | ERASE_ERROR);
    bank->ops->destroy(bank);
}

static void an_image_larger_than_the_bank_is_refused(void **state)
{
    (void)state;
    struct error err = {0};
    struct block block = {.ops = &image_ops, .owner = &image_full, .size = FLASH_BYTES + 512};
    assert_null(flash_create("flash1", &block, &err));
    assert_non_null(strstr(err.text, "flash1"));
}

static void its_state_comes_back(void **state)
{
    (void)state;
    struct device *bank = bank_create(false), *other = flash_create("flash1", NULL, NULL);
    both(bank, 0, PROGRAM);
    assert_true(state_copy(bank, other, 0));
    both(other, 0, 0);
    assert_int_equal(status(other), READY);
    assert_int_equal(reg_load(other, 0, 4), 0);
    assert_int_equal(reg_load(other, 4, 1), 29);
    assert_false(state_copy(bank, other, 1));
    bank->ops->destroy(bank);
    other->ops->destroy(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bank_reads_its_image_at_any_alignment_and_zeroes_behind),
        cmocka_unit_test(a_bank_tells_its_geometry_in_both_chips),
        cmocka_unit_test(programming_clears_bits_and_erasing_sets_a_block),
        cmocka_unit_test(a_buffer_is_programmed_and_one_too_long_refused),
        cmocka_unit_test(what_can_not_be_written_is_an_error_in_the_status),
        cmocka_unit_test(an_image_larger_than_the_bank_is_refused),
        cmocka_unit_test(its_state_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
