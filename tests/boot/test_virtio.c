/* tests/boot/test_virtio.c: Debian's kernel with a disk, random numbers and the user network.
 *
 * Two boots, both by a script at a pipe. What the first writes on the disk the second finds there;
 * the second's own changes are forgotten with its -snapshot.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include "tests/boot/console.h"
#include "tests/boot/guest.h"

enum { BYTES = 3000000 };

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

/* With the disk as vda; `more` as guest_command takes it. */
static void boot(struct console *c, const char *path, char *const more[])
{
    struct guest_line line;
    char drive[256];
    snprintf(drive, sizeof drive, "file=%s,if=none,id=d0,format=raw", path);
    char *all[20] = {"-drive", drive, "-device", "virtio-blk-device,drive=d0,serial=rivet-1"};
    for (size_t n = 4; *more; more++)
        all[n++] = *more;
    char *const *argv = guest_command(&line, "console=ttyS0", all);
    snprintf(line.initrd, sizeof line.initrd, "%s/initrd-virtio.cpio.gz",
             getenv("GUEST") ? getenv("GUEST") : "guest/cache");
    if (access(line.initrd, R_OK) != 0) skip();
    assert_true(console_start_pipe(c, argv));
}

/* The host's file is read, changed and moved by the guest's own client of 9P. */
static void shared_directory_is_the_same_inside_and_out(const char *path)
{
    char command[256];
    snprintf(command, sizeof command,
             "[ \"$(cat %s.d/new/name)\" = host.guest ] && grep -q said %s.d/hvc", path, path);
    assert_int_equal(system(command), 0);
}

/* Everything is typed, and the input closed, long before the guest has a serial driver. */
static void a_script_typed_before_the_boot_writes_the_disk(void **state)
{
    struct console c;
    char shared[256], hvc[256];
    snprintf(shared, sizeof shared, "local,path=%s.d,mount_tag=host,security_model=mapped-xattr",
             (char *)*state);
    snprintf(hvc, sizeof hvc, "file,id=c0,path=%s.d/hvc", (char *)*state);
    boot(&c, *state,
         (char *[]){"-device", "virtio-rng-device", "-virtfs", shared, "-chardev", hvc, "-device",
                    "virtio-serial-device", "-device", "virtconsole,chardev=c0", NULL});
    assert_true(console_type(
        &c, "uname -a; expr 6 '*' 7\n"
            "mkdir -p /m; mount -t ext4 /dev/vda /m || poweroff -f\n"
            "cat /sys/block/vda/serial; head -c 20000 /dev/hwrng | cat /bin/busybox - > /m/noise\n"
            "sha1sum /m/noise > /m/sum; cp /m/noise /m/again; rm /m/again\n"
            "mkdir -p /h; mount -t 9p -o trans=virtio,version=9p2000.L host /h\n"
            "echo .guest >> /h/file; mkdir /h/old; mv /h/file /h/old/name; mv /h/old /h/new\n"
            "ln -s name /h/new/link; chown 7 /h/new/name; ls -l /h/new/; umount /h\n"
            "echo said > /dev/hvc0\n"
            "fstrim /m; sync; echo written; umount /m; poweroff -f\n"));
    console_close_input(&c);
    assert_true(console_expect(&c, "Linux rivet 6."));
    assert_true(console_expect(&c, "42\n"));
    assert_true(console_expect(&c, "rivet-1"));
    assert_true(console_expect(&c, "written\n"));
    assert_int_equal(console_end(&c), 0);
    shared_directory_is_the_same_inside_and_out(*state);
    free(c.text);
}

/* A sum over the disk as the host sees it. */
static uint64_t disk_sum(const char *path)
{
    static uint8_t bytes[1 << 20];
    uint64_t sum = 0xcbf29ce484222325;
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    for (size_t got; (got = fread(bytes, 1, sizeof bytes, file)) > 0;)
        for (size_t i = 0; i < got; i++)
            sum = (sum ^ bytes[i]) * 0x100000001b3;
    fclose(file);
    return sum;
}

static int listening(unsigned *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 1), 0);
    getsockname(fd, (struct sockaddr *)&address, &size);
    *port = ntohs(address.sin_port);
    return fd;
}

/* Sends BYTES zeroes to whoever connects, then ends. */
static void serve(int listener)
{
    static char zeroes[BYTES];
    int fd = accept(listener, NULL, NULL);
    for (ssize_t put = 0, part; put < BYTES; put += part)
        if ((part = write(fd, zeroes + put, (size_t)(BYTES - put))) <= 0) _exit(1);
    _exit(0);
}

static void send_in(unsigned port, const char *text)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

static void network_reaches_out_and_in(struct console *c, int listener, unsigned out_port,
                                       unsigned in_port)
{
    char command[256];
    assert_true(
        console_type(c, "ip link set eth0 up; udhcpc -q -i eth0 -s /bin/true 2>&1 | grep lease\n"
                        "ip addr add 10.0.2.15/24 dev eth0; ip route add default via 10.0.2.2\n"));
    assert_true(console_expect(c, "lease of 10.0.2.15 obtained from 10.0.2.2"));
    if (fork() == 0) serve(listener);
    snprintf(command, sizeof command, "nc 10.0.2.2 %u < /dev/null | sha1sum\n", out_port);
    assert_true(console_type(c, command));
    assert_true(console_expect(c, "99dd4258004987bdf38392947383dddad35176f4  -"));
    /* Only when somebody listens can a connection come in: port 5000 is 0x1388. */
    assert_true(console_type(c, "nc -l -p 5000 & until grep -q :1388 /proc/net/tcp*; do :; done; "
                                "echo he''re; wait\n"));
    assert_true(console_expect(c, "here\n"));
    send_in(in_port, "from outside\n");
    assert_true(console_expect(c, "from outside\n"));
}

static void the_next_boot_finds_it_and_a_snapshot_leaves_it(void **state)
{
    struct console c;
    char netdev[128];
    unsigned out_port, in_port;
    int listener = listening(&out_port);
    close(listening(&in_port));
    snprintf(netdev, sizeof netdev, "user,id=n0,hostfwd=tcp:127.0.0.1:%u-:5000", in_port);
    uint64_t before = disk_sum(*state);
    boot(
        &c, *state,
        (char *[]){"-snapshot", "-netdev", netdev, "-device", "virtio-net-device,netdev=n0", NULL});
    assert_true(console_type(&c, "mkdir -p /m; mount -t ext4 /dev/vda /m || poweroff -f\n"
                                 "sha1sum -c /m/sum; echo new > /m/file; sync; cat /m/file\n"));
    assert_true(console_expect(&c, "/m/noise: OK"));
    assert_true(console_expect(&c, "\nnew\n"));
    network_reaches_out_and_in(&c, listener, out_port, in_port);
    assert_true(console_type(&c, "umount /m; poweroff -f\n"));
    assert_int_equal(console_end(&c), 0);
    assert_true(disk_sum(*state) == before);
    free(c.text);
    close(listener);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_script_typed_before_the_boot_writes_the_disk),
        cmocka_unit_test(the_next_boot_finds_it_and_a_snapshot_leaves_it),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
