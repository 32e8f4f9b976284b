/* host/chars_open.c: opening pseudo terminals, files and UNIX sockets for serial ports. */
#define _GNU_SOURCE /* accept4, posix_openpt */
#include "host/chars_open.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include "base/bits.h"

static bool open_nothing(const struct host_chars_options *options, struct chars_fds *fds,
                         struct error *err)
{
    (void)options, (void)fds, (void)err;
    return true;
}

static bool open_file(const struct host_chars_options *options, struct chars_fds *fds,
                      struct error *err)
{
    int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (options->append ? O_APPEND : O_TRUNC);
    fds->out = open(options->path, flags, 0666);
    return fds->out >= 0 || error_set(err, "%s: %s", options->path, strerror(errno));
}

/* The slave's side is opened once: in raw mode, and so that it counts as closed from then on. */
static bool open_pty(const struct host_chars_options *options, struct chars_fds *fds,
                     struct error *err)
{
    struct termios mode;
    (void)options;
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), slave = -1;
    if (master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0 &&
        ptsname_r(master, fds->place, sizeof fds->place) == 0)
        slave = open(fds->place, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (slave < 0 || tcgetattr(slave, &mode) != 0) {
        error_set(err, "no pseudo terminal to be had: %s", strerror(errno));
        chars_close_fd(slave);
        chars_close_fd(master);
        return false;
    }
    cfmakeraw(&mode);
    tcsetattr(slave, TCSANOW, &mode);
    close(slave);
    fds->in = fds->out = master;
    return true;
}

/* A socket nobody listens at is what an earlier run left behind. */
static bool listen_at(int fd, const struct sockaddr_un *address)
{
    const struct sockaddr *at = (const struct sockaddr *)address;
    if (bind(fd, at, sizeof *address) != 0) {
        if (errno != EADDRINUSE) return false;
        int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        bool stale =
            probe >= 0 && connect(probe, at, sizeof *address) != 0 && errno == ECONNREFUSED;
        chars_close_fd(probe);
        errno = EADDRINUSE;
        if (!stale) return false;
        unlink(address->sun_path);
        if (bind(fd, at, sizeof *address) != 0) return false;
    }
    return listen(fd, 1) == 0;
}

static bool open_socket(const struct host_chars_options *options, struct chars_fds *fds,
                        struct error *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(options->path) >= sizeof address.sun_path)
        return error_set(err, "%s: longer than the %zu characters a socket's name may have",
                         options->path, sizeof address.sun_path - 1);
    strcpy(address.sun_path, options->path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool done = fd >= 0 && (options->server ? listen_at(fd, &address)
                                            : connect(fd, (const struct sockaddr *)&address,
                                                      sizeof address) == 0);
    if (!done) {
        error_set(err, "%s: %s", options->path, strerror(errno));
        chars_close_fd(fd);
        return false;
    }
    if (!options->server) fds->in = fds->out = fd;
    if (options->server) fds->listener = fd;
    if (options->server && options->wait)
        notice_say(&options->notice, "waiting for somebody to connect to %s", options->path);
    if (options->server && options->wait) fds->in = fds->out = chars_accept(fd);
    return true;
}

static bool (*const openers[])(const struct host_chars_options *, struct chars_fds *,
                               struct error *) = {
    [CHARS_NULL] = open_nothing,
    [CHARS_FILE] = open_file,
    [CHARS_PTY] = open_pty,
    [CHARS_SOCKET] = open_socket,
};

bool chars_open_fds(const struct host_chars_options *options, struct chars_fds *fds,
                    struct error *err)
{
    *fds = (struct chars_fds){.in = -1, .out = -1, .listener = -1};
    return openers[options->kind](options, fds, err);
}

int chars_accept(int listener)
{
    return accept4(listener, NULL, NULL, SOCK_CLOEXEC);
}

void chars_close_fd(int fd)
{
    if (fd >= 0) close(fd);
}

void chars_unlink(const char *path)
{
    unlink(path);
}
