/* tests/boot/test_network.c: Debian's kernel on the user network: DHCP, out, and in. */
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

static void the_guest_reaches_the_host_and_the_host_the_guest(void **state)
{
    struct guest_line line;
    struct console c;
    char netdev[128], command[256];
    unsigned out_port, in_port;
    (void)state;
    int listener = listening(&out_port);
    close(listening(&in_port));
    snprintf(netdev, sizeof netdev, "user,id=n0,hostfwd=tcp:127.0.0.1:%u-:5000", in_port);
    char *more[] = {"-netdev", netdev, "-device", "virtio-net-device,netdev=n0", NULL};
    char *const *argv = guest_command(&line, "console=ttyS0", more);
    snprintf(line.initrd, sizeof line.initrd, "%s/initrd-virtio.cpio.gz",
             getenv("GUEST") ? getenv("GUEST") : "guest/cache");
    if (access(line.initrd, R_OK) != 0) skip();
    if (fork() == 0) serve(listener);
    assert_true(console_start_pipe(&c, argv));
    assert_true(
        console_type(&c, "ip link set eth0 up; udhcpc -q -i eth0 -s /bin/true 2>&1 | grep lease\n"
                         "ip addr add 10.0.2.15/24 dev eth0; ip route add default via 10.0.2.2\n"));
    assert_true(console_expect(&c, "lease of 10.0.2.15 obtained from 10.0.2.2"));
    snprintf(command, sizeof command, "nc 10.0.2.2 %u < /dev/null | sha1sum\n", out_port);
    assert_true(console_type(&c, command));
    assert_true(console_expect(&c, "99dd4258004987bdf38392947383dddad35176f4  -"));
    assert_true(console_type(&c, "(sleep 1; echo here) & nc -l -p 5000; poweroff -f\n"));
    assert_true(console_expect(&c, "\nhere\n"));
    send_in(in_port, "from outside\n");
    assert_true(console_expect(&c, "from outside\n"));
    assert_int_equal(console_end(&c), 0);
    free(c.text);
    close(listener);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_guest_reaches_the_host_and_the_host_the_guest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
