/* host/daemon.c: going on in the background, and the file that tells as whom. */
#include "host/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

int host_daemon_split(struct host_daemon *daemon, struct error *err)
{
    int fds[2];
    char byte;
    daemon->ready_fd = -1;
    if (pipe(fds) != 0) return error_set(err, "-daemonize: %s", strerror(errno)), 1;
    pid_t child = fork();
    if (child < 0) return error_set(err, "-daemonize: %s", strerror(errno)), 1;
    if (child == 0) {
        close(fds[0]);
        fcntl(fds[1], F_SETFD, FD_CLOEXEC);
        daemon->ready_fd = fds[1];
        setsid(); /* no terminal of its own: its hangups are not ours */
        return -1;
    }
    close(fds[1]);
    ssize_t got;
    do {
        got = read(fds[0], &byte, 1);
    } while (got < 0 && errno == EINTR);
    close(fds[0]);
    if (got == 1) return 0;
    waitpid(child, NULL, 0);
    return 1;
}

void host_daemon_ready(struct host_daemon *daemon)
{
    if (daemon->ready_fd < 0) return;
    int nowhere = open("/dev/null", O_RDWR);
    for (int fd = 0; nowhere >= 0 && fd < 3; fd++)
        dup2(nowhere, fd);
    if (nowhere > 2) close(nowhere);
    ssize_t written = write(daemon->ready_fd, "", 1);
    (void)written; /* nobody waits any more: so be it */
    close(daemon->ready_fd);
    daemon->ready_fd = -1;
}

int host_pidfile_write(const char *path, struct error *err)
{
    char text[24];
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0) return error_set(err, "-pidfile %s: %s", path, strerror(errno)), -1;
    int length = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    if (flock(fd, LOCK_EX | LOCK_NB) != 0)
        error_set(err, "-pidfile %s: belongs to a machine that runs", path);
    else if (ftruncate(fd, 0) != 0 || write(fd, text, (size_t)length) != length)
        error_set(err, "-pidfile %s: %s", path, strerror(errno));
    else
        return fd;
    close(fd);
    return -1;
}

void host_pidfile_remove(int fd, const char *path)
{
    if (fd < 0) return;
    unlink(path);
    close(fd);
}
