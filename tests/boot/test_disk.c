/* tests/boot/test_disk.c: Debian's kernel with disks: what it writes is there at the next boot. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include "tests/boot/console.h"
#include "tests/boot/guest.h"

static int setup(void **state)
{
    static char path[] = "/tmp/rivet-disk-XXXXXX";
    char command[128];
    int fd = mkstemp(path);
    *state = path;
    if (fd < 0 || ftruncate(fd, 64 << 20) != 0) return -1;
    close(fd);
    snprintf(command, sizeof command, "PATH=$PATH:/sbin:/usr/sbin mkfs.ext4 -q %s", path);
    return system(command);
}

static int teardown(void **state)
{
    return unlink(*state);
}

/* Boots with the disk as vda, runs `commands`, and looks for `answer`. */
static void boot(const char *path, char *snapshot, const char *commands, const char *answer)
{
    struct guest_line line;
    struct console c;
    char drive[256];
    snprintf(drive, sizeof drive, "file=%s,if=none,id=d0,format=raw", path);
    char *more[] = {"-drive",  drive,
                    "-device", "virtio-blk-device,drive=d0,serial=rivet-1",
                    "-device", "virtio-rng-device",
                    snapshot,  NULL};
    char *const *argv = guest_command(&line, "console=ttyS0", more);
    snprintf(line.initrd, sizeof line.initrd, "%s/initrd-virtio.cpio.gz",
             getenv("GUEST") ? getenv("GUEST") : "guest/cache");
    if (access(line.initrd, R_OK) != 0) skip();
    assert_true(console_start_pipe(&c, argv));
    assert_true(console_type(&c, "mkdir -p /m; mount -t ext4 /dev/vda /m || poweroff -f\n"));
    assert_true(console_type(&c, commands));
    assert_true(console_type(&c, "umount /m; poweroff -f\n"));
    console_close_input(&c);
    assert_true(console_expect(&c, answer));
    assert_int_equal(console_end(&c), 0);
    free(c.text);
}

static void a_file_is_there_at_the_next_boot(void **state)
{
    boot(*state, NULL,
         "cat /sys/block/vda/serial; head -c 5000000 /dev/hwrng > /m/noise; sha1sum /m/noise "
         "> /m/sum; cp /m/noise /m/again; rm /m/again; fstrim /m; sync; echo written\n",
         "written\n");
    boot(*state, NULL, "cd /m; sha1sum -c sum; cd /\n", "/m/noise: OK");
}

static void a_snapshot_leaves_the_disk_as_it_is(void **state)
{
    boot(*state, "-snapshot", "echo forgotten > /m/file; sync; cat /m/file\n", "\nforgotten\n");
    boot(*state, NULL, "ls /m/file\n", "No such file");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_there_at_the_next_boot),
        cmocka_unit_test(a_snapshot_leaves_the_disk_as_it_is),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
