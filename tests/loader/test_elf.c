/* tests/loader/test_elf.c: ELF files are loaded where they say, or refused with a reason. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "loader/elf.h"
#include "ram.h"

/* A small executable: two segments of 8 bytes each, the second with 8 more of bss. */
struct elf_file {
    Elf64_Ehdr header;
    Elf64_Phdr segments[2];
    uint8_t code[8], data[8];
};

static struct elf_file elf_file(void)
{
    struct elf_file file = {
        .header = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
                   .e_type = ET_EXEC,
                   .e_machine = EM_RISCV,
                   .e_version = EV_CURRENT,
                   .e_entry = 0xffffffff80000004,
                   .e_phoff = offsetof(struct elf_file, segments),
                   .e_ehsize = sizeof(Elf64_Ehdr),
                   .e_phentsize = sizeof(Elf64_Phdr),
                   .e_phnum = 2},
        .segments = {{.p_type = PT_LOAD,
                      .p_offset = offsetof(struct elf_file, code),
                      .p_vaddr = 0xffffffff80000000,
                      .p_paddr = RAM_BASE + 0x1000,
                      .p_filesz = 8,
                      .p_memsz = 8},
                     {.p_type = PT_LOAD,
                      .p_offset = offsetof(struct elf_file, data),
                      .p_vaddr = 0xffffffff80001000,
                      .p_paddr = RAM_BASE + 0x2000,
                      .p_filesz = 8,
                      .p_memsz = 16}},
        .code = "code567",
        .data = "data567",
    };
    return file;
}

static bool load_bytes(struct guest_ram *guest, const void *bytes, uint64_t size, unsigned xlen,
                       struct elf_image *image, struct error *err)
{
    struct blob blob = {.name = "a.elf", .bytes = bytes, .size = size};
    return elf_load(&blob, xlen, RAM_BASE, &guest->placement, "kernel", image, err);
}

/* Loading `file` fails and the message has `reason` in it. */
static void assert_refused(struct elf_file file, unsigned xlen, const char *reason)
{
    struct guest_ram guest;
    struct elf_image image;
    struct error err = {0};
    guest_ram_init(&guest);
    assert_false(load_bytes(&guest, &file, sizeof file, xlen, &image, &err));
    assert_non_null(strstr(err.text, "a.elf: "));
    if (!strstr(err.text, reason)) fail_msg("\"%s\" lacks \"%s\"", err.text, reason);
    guest_ram_fini(&guest);
}

static void elf_goes_to_its_physical_addresses(void **state)
{
    (void)state;
    struct guest_ram guest;
    struct elf_image image;
    struct error err = {0};
    struct elf_file file = elf_file();
    guest_ram_init(&guest);
    memset(guest.ram.bytes + 0x2008, 0xff, 9);
    assert_true(load_bytes(&guest, &file, sizeof file, 64, &image, &err));
    assert_memory_equal(guest.ram.bytes + 0x1000, "code567", 8);
    assert_memory_equal(guest.ram.bytes + 0x2000, "data567\0\0\0\0\0\0\0\0\0\xff", 17);
    assert_int_equal(image.entry, RAM_BASE + 0x1004);
    assert_int_equal(image.low, RAM_BASE + 0x1000);
    assert_int_equal(image.high, RAM_BASE + 0x2010);
    guest_ram_fini(&guest);
}

static void position_independent_elf_linked_at_0_goes_to_the_base(void **state)
{
    (void)state;
    struct guest_ram guest;
    struct elf_image image;
    struct error err = {0};
    struct elf_file file = elf_file();
    file.header.e_type = ET_DYN;
    file.header.e_entry = 4;
    file.segments[0].p_vaddr = file.segments[0].p_paddr = 0;
    file.segments[1].p_vaddr = file.segments[1].p_paddr = 0x1000;
    guest_ram_init(&guest);
    assert_true(load_bytes(&guest, &file, sizeof file, 64, &image, &err));
    assert_memory_equal(guest.ram.bytes, "code567", 8);
    assert_int_equal(image.entry, RAM_BASE + 4);
    guest_ram_fini(&guest);
}

static void elf_for_something_else_is_refused(void **state)
{
    (void)state;
    struct elf_file file = elf_file();
    assert_refused(file, 32, "64-bit ELF file for a 32-bit machine");
    file.header.e_machine = EM_X86_64;
    assert_refused(file, 64, "another machine");
    file = elf_file();
    file.header.e_type = ET_REL;
    assert_refused(file, 64, "object file");
    file = elf_file();
    file.segments[1].p_type = PT_INTERP;
    assert_refused(file, 64, "dynamically linked");
    file = elf_file();
    file.header.e_phnum = 0;
    assert_refused(file, 64, "nothing to load");
    file = elf_file();
    file.header.e_entry = 0x1234;
    assert_refused(file, 64, "entry point");
}

static void elf_that_does_not_fit_is_refused(void **state)
{
    (void)state;
    struct elf_file file = elf_file();
    file.segments[1].p_paddr = RAM_BASE + 0x1004;
    assert_refused(file, 64, "overlap");
    file = elf_file();
    file.segments[1].p_paddr = RAM_BASE + RAM_SIZE - 8;
    assert_refused(file, 64, "do not fit");
    file.segments[1].p_paddr = UINT64_MAX - 3;
    assert_refused(file, 64, "damaged");
    file = elf_file();
    file.segments[0].p_filesz = 9;
    assert_refused(file, 64, "damaged");
    file = elf_file();
    file.segments[1].p_offset = sizeof file - 7;
    assert_refused(file, 64, "truncated");
    file.segments[1].p_offset = UINT64_MAX - 3;
    assert_refused(file, 64, "truncated");
}

/* Every prefix of a good file is exactly that prefix on the heap, so that a sanitizer sees a read
 * past its end. */
static void every_truncation_of_an_elf_file_is_refused(void **state)
{
    (void)state;
    struct elf_file file = elf_file();
    for (size_t size = 0; size < sizeof file; size++) {
        struct guest_ram guest;
        struct elf_image image;
        struct error err = {0};
        uint8_t *bytes = malloc(size ? size : 1);
        assert_non_null(bytes);
        memcpy(bytes, &file, size);
        guest_ram_init(&guest);
        assert_false(load_bytes(&guest, bytes, size, 64, &image, &err));
        assert_true(strlen(err.text) > strlen("a.elf: "));
        guest_ram_fini(&guest);
        free(bytes);
    }
}

/* Flipped bytes may still load; what is promised is an answer, and a reason when it is no. */
static void damaged_elf_files_are_answered(void **state)
{
    (void)state;
    struct elf_file good = elf_file();
    for (size_t at = 0; at < offsetof(struct elf_file, code); at++) {
        struct guest_ram guest;
        struct elf_image image;
        struct error err = {0};
        struct elf_file file = good;
        ((uint8_t *)&file)[at] ^= 0xff;
        guest_ram_init(&guest);
        if (!load_bytes(&guest, &file, sizeof file, 64, &image, &err))
            assert_true(strlen(err.text) > strlen("a.elf: "));
        guest_ram_fini(&guest);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elf_goes_to_its_physical_addresses),
        cmocka_unit_test(position_independent_elf_linked_at_0_goes_to_the_base),
        cmocka_unit_test(elf_for_something_else_is_refused),
        cmocka_unit_test(elf_that_does_not_fit_is_refused),
        cmocka_unit_test(every_truncation_of_an_elf_file_is_refused),
        cmocka_unit_test(damaged_elf_files_are_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
