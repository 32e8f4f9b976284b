/* tests/boot/test_crash.c: Rivet is killed while Debian's kernel writes; what was synced is there.
 *
 * Four times, at night (RIVET_LONG_TESTS) two hundred times, half of them on a raw disk and at the
 * same time half on an overlay. The guest appends numbered records to a file, and says which it has
 * synced.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "host/disk.h"
#include "host/overlay.h"
#include "host/thread.h"
#include "tests/boot/console.h"
#include "tests/boot/guest.h"

#define DISK_BYTES (48 << 20)

static const char writer[] =
    "mkdir -p /m; mount -t ext4 /dev/vda /m || poweroff -f; i=$(($(wc -l < /m/log) + 1)); "
    "while echo $i >> /m/log && sync; do echo synced $i.; i=$((i + 1)); done\n";

struct disk {
    char base[64], layer[64], whole[64];
    bool layered;
};

static void shell(const char *format, const char *path)
{
    char command[512], full[704];
    snprintf(command, sizeof command, format, path);
    snprintf(full, sizeof full, "export PATH=$PATH:/sbin:/usr/sbin; { %s; } > /dev/null 2>&1",
             command);
    int status = system(full);
    if (status != 0) fail_msg("%s: status %d", command, WEXITSTATUS(status));
}

/* A disk with an ext4 file system and an empty log. */
static void disk_create(struct disk *disk, const char *folder, bool layered)
{
    snprintf(disk->base, sizeof disk->base, "%s/base-%d", folder, layered);
    snprintf(disk->layer, sizeof disk->layer, "%s/layer", folder);
    snprintf(disk->whole, sizeof disk->whole, "%s/whole-%d", folder, layered);
    disk->layered = layered;
    shell("truncate -s 48M %s", disk->base);
    shell("mkfs.ext4 -q %s", disk->base);
    shell("debugfs -w -f /dev/null -R 'write /dev/null log' %s", disk->base);
}

/* Runs the writer from where the log ends; kills Rivet somewhere after `records` more are synced.
 * Returns the last that was. */
static unsigned write_and_die(const struct disk *disk, unsigned records, uint64_t delay_ns)
{
    struct guest_line line;
    struct console c;
    struct host_event never;
    char drive[256];
    unsigned last = 0;
    snprintf(drive, sizeof drive, disk->layered ? "file=%s,if=virtio,overlay=%s" : "file=%s",
             disk->base, disk->layer);
    char *const *argv = guest_command(&line, "console=ttyS0", (char *[]){"-drive", drive, NULL});
    snprintf(line.initrd, sizeof line.initrd, "%s/initrd-virtio.cpio.gz",
             getenv("GUEST") ? getenv("GUEST") : "guest/cache");
    if (access(line.initrd, R_OK) != 0) skip();
    assert_true(console_start_pipe(&c, argv));
    assert_true(console_type(&c, writer));
    for (unsigned i = 0; i < records; i++)
        assert_true(console_expect(&c, "synced "));
    host_event_init(&never);
    host_event_wait(&never, delay_ns);
    host_event_fini(&never);
    kill(c.pid, SIGKILL);
    assert_int_equal(console_end(&c), 128 + SIGKILL);
    for (const char *at = c.text; (at = strstr(at, "\nsynced ")); at++) {
        char dot;
        unsigned number;
        if (sscanf(at, "\nsynced %u%c", &number, &dot) == 2 && dot == '.') last = number;
    }
    free(c.text);
    return last;
}

/* The disk as the next machine would see it, in a file of its own. */
static void disk_copy_whole(const struct disk *disk)
{
    struct error err = {0};
    struct host_overlay *layer = NULL;
    struct host_disk *base =
        host_disk_open(disk->base, &(struct host_disk_options){.read_only = true}, &err);
    if (!base) fail_msg("%s", err.text);
    struct block block = *host_disk_block(base);
    if (disk->layered) {
        layer = host_overlay_open(
            disk->layer, host_disk_block(base),
            &(struct host_overlay_options){.base_changed_ns = host_disk_changed_ns(base)}, &err);
        if (!layer) fail_msg("%s", err.text);
        block = *host_overlay_block(layer);
    }
    uint8_t *bytes = malloc(DISK_BYTES);
    struct span span = {bytes, DISK_BYTES};
    assert_true(block.ops->read(block.owner, 0, &span, 1));
    host_overlay_close(layer);
    host_disk_close(base);
    FILE *file = fopen(disk->whole, "wb");
    assert_int_equal(fwrite(bytes, 1, DISK_BYTES, file), DISK_BYTES);
    assert_int_equal(fclose(file), 0);
    free(bytes);
}

/* All records to `synced` are in the log, in order, and the file system is clean. */
static void disk_check(const struct disk *disk, unsigned synced)
{
    char command[128];
    unsigned number, count = 0;
    disk_copy_whole(disk);
    shell("e2fsck -y -E journal_only %s; [ $? -le 1 ]", disk->whole);
    shell("e2fsck -fn %s", disk->whole);
    snprintf(command, sizeof command, "PATH=$PATH:/sbin debugfs -R 'cat log' %s 2> /dev/null",
             disk->whole);
    FILE *log = popen(command, "r");
    while (fscanf(log, "%u", &number) == 1)
        assert_int_equal(number, ++count);
    pclose(log);
    if (count < synced) fail_msg("%u records were synced, %u are there", synced, count);
}

static void die_and_check(const struct disk *disk, unsigned rounds)
{
    unsigned synced = 0;
    srand((unsigned)getpid());
    for (unsigned i = 0; i < rounds; i++) {
        synced = write_and_die(disk, 1 + (unsigned)rand() % 40, (uint64_t)rand() % 50000000);
        disk_check(disk, synced);
    }
    printf("%s: %u kills, %u records\n", disk->layered ? "overlay" : "raw disk", rounds, synced);
    fflush(stdout);
}

static void what_was_synced_survives_a_kill(void **state)
{
    char folder[] = "/tmp/rivet-crash-XXXXXX";
    unsigned rounds = getenv("RIVET_LONG_TESTS") ? 200 : 4;
    struct disk disks[2];
    pid_t other;
    int status = 0;
    (void)state;
    assert_non_null(mkdtemp(folder));
    for (unsigned i = 0; i < 2; i++)
        disk_create(&disks[i], folder, i == 1);
    /* What fails in the child ends this test there, and its process with a status of its own. */
    if ((other = fork()) == 0) {
        die_and_check(&disks[1], rounds / 2);
        _exit(0);
    }
    die_and_check(&disks[0], rounds / 2);
    assert_int_equal(waitpid(other, &status, 0), other);
    assert_int_equal(status, 0);
    shell("rm -r %s", folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_synced_survives_a_kill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
