/* tests/machine/test_bad_input.c: each wrong thing is one line that names it, and exit code 1. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bits.h"

static char folder[] = "/tmp/rivet-bad-XXXXXX";

static void file_make(const char *name, const void *bytes, size_t size)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* What all rows use; files whose fault is finer than this are loader/'s tests. */
static int setup(void **state)
{
    (void)state;
    static const uint8_t elf_x86[64] = {0x7f, 'E', 'L',      'F',       2,
                                        1,    1,   [16] = 2, [18] = 62, [20] = 1};
    static const uint8_t elf_32[52] = {0x7f, 'E', 'L',      'F',        1,
                                       1,    1,   [16] = 2, [18] = 243, [20] = 1};
    static const uint8_t good[] = {0x73, 0x00, 0x50, 0x10, 0x6f, 0xf0, 0xdf, 0xff}; /* wfi; j -4 */
    uint8_t random[4096], image[4096] = {0};
    assert_non_null(mkdtemp(folder));
    for (unsigned i = 0, noise = 7; i < sizeof random; i++) {
        noise = noise * 1664525 + 1013904223;
        random[i] = (uint8_t)(noise >> 24);
    }
    store_le(image + 0x10, 8, 64 << 20);
    memcpy(image + 0x38, "RSC\x05", 4);
    file_make("empty", "", 0);
    file_make("random", random, sizeof random);
    file_make("zeros", (uint8_t[64]){0}, 64);
    file_make("elf-x86", elf_x86, sizeof elf_x86);
    file_make("elf-32", elf_32, sizeof elf_32);
    file_make("elf-cut", elf_x86, 20);
    file_make("gzip-cut", "\x1f\x8b\x08\0\0\0\0\0\0\x03\x4b", 11);
    file_make("zstd-cut", "\x28\xb5\x2f\xfd\x24", 5);
    file_make("image", image, sizeof image);
    file_make("cpio-cut", "070701000000", 12);
    file_make("good", good, sizeof good);
    return chdir(folder);
}

static int teardown(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

static size_t file_text(const char *name, char *text, size_t capacity)
{
    FILE *file = fopen(name, "rb");
    assert_non_null(file);
    size_t count = fread(text, 1, capacity - 1, file);
    fclose(file);
    text[count] = '\0';
    return count;
}

static void each_is_one_line_and_exit_code_1(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"-kernel missing", "missing: "},
        {"-kernel .", ".: is a directory"},
        {"-kernel /dev/zero", "/dev/zero: is a device"},
        {"-kernel empty", "empty: empty file"},
        {"-kernel random", "random: not a kernel"},
        {"-kernel elf-x86", "elf-x86: an ELF file for another machine"},
        {"-kernel elf-32", "elf-32: a 32-bit ELF file for a 64-bit machine"},
        {"-kernel elf-cut", "elf-cut: damaged or truncated ELF file"},
        {"-kernel gzip-cut", "gzip-cut: truncated gzip"},
        {"-kernel zstd-cut", "zstd-cut: truncated zstd"},
        {"-kernel image -m 64M", "image: kernel: 64 MiB at 0x"},
        {"-bios none -kernel image -m 64M", "overlap"},
        {"-bios missing", "missing: "},
        {"-bios .", ".: is a directory"},
        {"-bios empty", "empty: empty file"},
        {"-bios random", "random: not firmware"},
        {"-bios zeros", "zeros: not firmware"},
        {"-bios elf-x86", "elf-x86: an ELF file for another machine"},
        {"-bios elf-32", "elf-32: a 32-bit ELF file"},
        {"-bios elf-cut", "elf-cut: damaged or truncated ELF file"},
        {"-bios none -kernel image -initrd missing", "missing: "},
        {"-bios none -kernel image -initrd empty", "empty: empty file, not an initrd"},
        {"-bios none -kernel image -initrd random", "random: not an initrd"},
        {"-bios none -kernel image -initrd gzip-cut", "gzip-cut: truncated gzip"},
        {"-bios none -kernel image -initrd cpio-cut", "cpio-cut: truncated"},
        {"-bios good -initrd good", "there is no -kernel"},
        {"-bios none", "nothing to run"},
        {"", "nothing to run"},
        {"-bios good -m 0", "-m 0: "},
        {"-bios good -m 1Z", "-m 1Z: "},
        {"-bios good -m 60000T", "-m"},
        {"-bios good -m 100P", "-m"},
        {"-bios good -kernl x", "-kernl: unknown option; the nearest known one is -kernel"},
        {"-bios good -drive file=x", "-drive file=x: x: No such file"},
        {"-bios good -smp 65", "-smp 65: "},
        {"-bios good -M virt,dumpdtb=missing/x", "missing/x: "},
        {"-bios good -dtb missing", "missing: No such file"},
        {"-bios good -dtb random", "random: not a device tree"},
        {"-bios good stray", "stray: not an option"},
        {"-bios good -serial tty:x", "-serial tty:x: no such place; there are mon:stdio"},
        {"-bios good -serial file:", "needs the path of a file"},
        {"-bios good -serial file:missing/x", "missing/x: No such file"},
        {"-bios good -serial unix:missing", "missing: No such file"},
        {"-bios good -serial unix:x,colour=red", "unknown property colour"},
        {"-bios good -serial chardev:c", "no -chardev with id=c"},
        {"-bios good -chardev null", "needs id=NAME"},
        {"-bios good -chardev tv,id=c", "there are null, pty, file and socket"},
        {"-bios good -device virtconsole,chardev=c", "needs a -device virtio-serial-device before"},
        {"-bios good -device virtio-serial-device", "no virtconsole or virtserialport behind it"},
        {"-bios good -serial null -pidfile missing/x", "-pidfile missing/x: No such file"},
        {"-bios good -D missing/x", "-D missing/x: can't be written"},
        {"-bios good -daemonize", "-daemonize: there is no terminal any more"},
        {"-bios random -daemonize -serial null", "random: not firmware"},
    };
    const char *rivet = getenv("RIVET");
    if (!rivet) skip();
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        char command[1024], said[4096], printed[64];
        snprintf(command, sizeof command, "%s %s </dev/null >out 2>err", rivet, rows[i][0]);
        int status = system(command);
        file_text("err", said, sizeof said);
        char *end = strchr(said, '\n');
        bool good = WIFEXITED(status) && WEXITSTATUS(status) == 1 &&
                    file_text("out", printed, sizeof printed) == 0 &&
                    strncmp(said, "rivet: ", 7) == 0 && strstr(said, rows[i][1]) && end &&
                    end[1] == '\0';
        if (!good) fail_msg("rivet %s: status %x, \"%s\"", rows[i][0], status, said);
    }
}

/* The same program does run what is right. */
static void what_is_right_is_accepted(void **state)
{
    (void)state;
    const char *rivet = getenv("RIVET");
    char command[1024];
    if (!rivet) skip();
    snprintf(command, sizeof command, "%s -bios good -M virt,dumpdtb=x.dtb 2>err && test -s x.dtb",
             rivet);
    assert_int_equal(system(command), 0);
}

/* The shell goes on when the machine stands; its number is in the file as long as it lives. */
static void a_daemon_can_be_found_and_ended(void **state)
{
    (void)state;
    const char *rivet = getenv("RIVET");
    char command[1024];
    if (!rivet) skip();
    snprintf(command, sizeof command,
             "%s -bios good -daemonize -serial file:port -pidfile pid -D log >out 2>err && "
             "kill -0 $(cat pid) && ! %s -bios good -serial null -pidfile pid 2>twice && "
             "grep -q 'belongs to a machine that runs' twice && kill $(cat pid) && "
             "for i in $(seq 1000); do [ -e pid ] || break; sleep 0.01; done && [ ! -e pid ] && "
             "[ ! -s err ] && [ ! -s log ]",
             rivet, rivet);
    assert_int_equal(system(command), 0);
}

/* Prints "..." and switches off. */
static void a_full_disk_for_the_console_is_told_once_and_the_guest_goes_on(void **state)
{
    (void)state;
    static const uint32_t program[] = {
        0x100002b7, 0x02e00313,             /* lui t0, 0x10000; li t1, '.' */
        0x00628023, 0x00628023, 0x00628023, /* sb t1, 0(t0), three times */
        0x001002b7, 0x00005337, 0x55530313, /* lui t0, 0x100; li t1, 0x5555 */
        0x0062a023, 0x0000006f,             /* sw t1, 0(t0); j . */
    };
    char command[512], said[512];
    if (!getenv("RIVET")) skip();
    uint8_t bytes[sizeof program];
    for (unsigned i = 0; i < ARRAY_COUNT(program); i++)
        store_le(bytes + 4 * i, 4, program[i]);
    file_make("prints", bytes, sizeof bytes);
    snprintf(command, sizeof command, "%s -nographic -bios prints < /dev/null > /dev/full 2> said",
             getenv("RIVET"));
    assert_int_equal(system(command), 0);
    file_text("said", said, sizeof said);
    assert_string_equal(
        said, "rivet: standard output: the disk is full; what the guest prints is lost\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_one_line_and_exit_code_1),
        cmocka_unit_test(what_is_right_is_accepted),
        cmocka_unit_test(a_daemon_can_be_found_and_ended),
        cmocka_unit_test(a_full_disk_for_the_console_is_told_once_and_the_guest_goes_on),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
