/* bench/net/net.c: how fast TCP is between a guest and a host.
 *
 *      net serve                    on the host: prints the port it has taken, and serves
 *      net ADDRESS PORT NAME...     in the guest
 *
 * A connection begins with the letter of its work. Prints "begin NAME" and "NAME seconds bytes" for
 * each: "download" and "upload" move 256 MiB, "roundtrips" sends a byte there and back 4000 times.
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define AMOUNT UINT64_C(268435456)
#define PIECE  65536
#define TRIPS  4000

static uint8_t piece[PIECE];

static void fail(const char *what)
{
    perror(what);
    exit(EXIT_FAILURE);
}

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* False: the other end is gone. */
static bool put(int fd, uint64_t amount)
{
    while (amount) {
        ssize_t sent = send(fd, piece, amount < PIECE ? amount : PIECE, MSG_NOSIGNAL);
        if (sent <= 0) return false;
        amount -= (uint64_t)sent;
    }
    return true;
}

static bool get(int fd, uint64_t amount)
{
    while (amount) {
        ssize_t got = recv(fd, piece, amount < PIECE ? amount : PIECE, 0);
        if (got <= 0) return false;
        amount -= (uint64_t)got;
    }
    return true;
}

/* ---- the host ---- */

static void serve_one(int fd)
{
    char work;
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (recv(fd, &work, 1, 0) != 1) return;
    if (work == 'd' && put(fd, AMOUNT)) get(fd, 1);
    if (work == 'u' && get(fd, AMOUNT)) put(fd, 1);
    for (unsigned i = 0; work == 'r' && i < TRIPS; i++)
        if (!get(fd, 1) || !put(fd, 1)) return;
}

static void serve(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) != 0 || listen(fd, 4) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) != 0)
        fail("serve");
    printf("%u\n", ntohs(address.sin_port));
    fclose(stdout);
    for (;;) {
        int guest = accept(fd, NULL, NULL);
        if (guest < 0) fail("accept");
        serve_one(guest);
        close(guest);
    }
}

/* ---- the guest ---- */

static int connect_to(const char *host, const char *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
    int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    inet_pton(AF_INET, host, &address.sin_addr);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0) fail(host);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

static void measure(int fd, const char *name)
{
    uint64_t amount = AMOUNT;
    printf("begin %s\n", name);
    fflush(stdout);
    double start = seconds_now();
    bool done = send(fd, name, 1, MSG_NOSIGNAL) == 1;
    if (*name == 'd') done = done && get(fd, AMOUNT) && put(fd, 1);
    if (*name == 'u') done = done && put(fd, AMOUNT) && get(fd, 1);
    if (*name == 'r') amount = TRIPS;
    for (unsigned i = 0; *name == 'r' && done && i < TRIPS; i++)
        done = put(fd, 1) && get(fd, 1);
    if (!done) fail(name);
    printf("%s %.3f %" PRIu64 "\n", name, seconds_now() - start, amount);
    fflush(stdout);
    close(fd);
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "serve") == 0) serve();
    for (int i = 3; i < argc; i++)
        measure(connect_to(argv[1], argv[2]), argv[i]);
    return EXIT_SUCCESS;
}
