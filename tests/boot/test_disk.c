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
    char command[256];
    int fd = mkstemp(path);
    *state = path;
    if (fd < 0 || ftruncate(fd, 64 << 20) != 0) return -1;
    close(fd);
    snprintf(command, sizeof command, "PATH=$PATH:/sbin:/usr/sbin mkfs.ext4 -q %s", path);
    if (system(command) != 0) return -1;
    snprintf(command, sizeof command, "mkdir %s.d; printf host > %s.d/file", path, path);
    return system(command);
}

static int teardown(void **state)
{
    char command[128];
    snprintf(command, sizeof command, "rm -r %s %s.d", (char *)*state, (char *)*state);
    return system(command);
}

/* Boots with the disk as vda, runs `commands`, and looks for `answer`. */
static void boot(const char *path, char *snapshot, const char *commands, const char *answer)
{
    struct guest_line line;
    struct console c;
    char drive[256], shared[256];
    snprintf(drive, sizeof drive, "file=%s,if=none,id=d0,format=raw", path);
    char *more[] = {"-drive",  drive,
                    "-device", "virtio-blk-device,drive=d0,serial=rivet-1",
                    "-device", "virtio-rng-device",
                    "-virtfs", shared,
                    snapshot,  NULL};
    snprintf(shared, sizeof shared, "local,path=%s.d,mount_tag=host,security_model=mapped-xattr",
             path);
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

/* The host's file is read, changed and moved by the guest's own client of 9P. */
static void a_shared_directory_is_the_same_inside_and_out(const char *path)
{
    char command[256];
    snprintf(command, sizeof command, "[ $(cat %s.d/new/name) = host.guest ]", path);
    assert_int_equal(system(command), 0);
}

static void a_file_is_there_at_the_next_boot(void **state)
{
    boot(*state, NULL,
         "cat /sys/block/vda/serial; head -c 5000000 /dev/hwrng > /m/noise; sha1sum /m/noise "
         "> /m/sum; cp /m/noise /m/again; rm /m/again; fstrim /m; sync; "
         "mkdir -p /h; mount -t 9p -o trans=virtio,version=9p2000.L host /h; "
         "echo .guest >> /h/file; mkdir /h/old; mv /h/file /h/old/name; mv /h/old /h/new; "
         "ln -s name /h/new/link; chown 7 /h/new/name; ls -l /h/new/; umount /h; echo written\n",
         "written\n");
    a_shared_directory_is_the_same_inside_and_out(*state);
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
