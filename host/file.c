/* host/file.c: whole files, through open, read and mmap. */
#include "host/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIRST_READ_BYTES (64u << 10) /* for a file that does not tell its size */

static bool kind_check(const char *path, mode_t mode, struct error *err)
{
    if (S_ISDIR(mode)) return error_set(err, "%s: is a directory, not a file", path);
    /* /dev/zero has no end and a terminal waits for someone to type one. */
    if (S_ISCHR(mode)) return error_set(err, "%s: is a device, not a file", path);
    return true;
}

/* An open descriptor, or -1 with `err` set. */
static int file_open(const char *path, struct stat *info, struct error *err)
{
    /* Looked at before it is opened: opening some devices does something. */
    if (stat(path, info) == 0 && !kind_check(path, info->st_mode, err)) return -1;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        error_set(err, "%s: %s", path, strerror(errno));
        return -1;
    }
    bool ok = fstat(fd, info) == 0 || error_set(err, "%s: %s", path, strerror(errno));
    if (ok && kind_check(path, info->st_mode, err)) return fd;
    close(fd);
    return -1;
}

/* Size of a regular file or block device; false when it has none to tell. */
static bool size_of(int fd, const struct stat *info, uint64_t *size)
{
    off_t end = S_ISREG(info->st_mode)   ? info->st_size
                : S_ISBLK(info->st_mode) ? lseek(fd, 0, SEEK_END)
                                         : -1;
    if (S_ISBLK(info->st_mode)) lseek(fd, 0, SEEK_SET);
    *size = (uint64_t)end;
    return end >= 0;
}

/* Reads to the end, whatever fstat said: files in /proc have size 0, others grow meanwhile. */
static bool read_to_end(int fd, const char *path, uint64_t guess, struct host_file *file,
                        struct error *err)
{
    uint8_t *bytes = NULL;
    size_t used = 0, capacity = 0;
    for (;;) {
        if (used == capacity) {
            /* One byte more than the size: the read that finds the end needs no new room. */
            size_t wanted = capacity ? capacity * 2 : guess ? (size_t)guess + 1 : FIRST_READ_BYTES;
            uint8_t *grown = wanted > capacity ? realloc(bytes, wanted) : NULL;
            if (!grown) {
                free(bytes);
                return error_set(err, "%s: too large for this host's memory", path);
            }
            bytes = grown;
            capacity = wanted;
        }
        ssize_t got = read(fd, bytes + used, capacity - used);
        if (got == 0) break;
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            error_set(err, "%s: %s", path, strerror(errno));
            free(bytes);
            return false;
        }
        used += (size_t)got;
    }
    *file = (struct host_file){.bytes = bytes, .size = used};
    return true;
}

bool host_file_read(const char *path, struct host_file *file, struct error *err)
{
    struct stat info;
    uint64_t size;
    *file = (struct host_file){0};
    int fd = file_open(path, &info, err);
    if (fd < 0) return false;
    if (!size_of(fd, &info, &size)) size = 0;
    bool ok = read_to_end(fd, path, size, file, err);
    close(fd);
    return ok;
}

bool host_file_map(const char *path, struct host_file *file, struct error *err)
{
    struct stat info;
    uint64_t size;
    *file = (struct host_file){0};
    int fd = file_open(path, &info, err);
    if (fd < 0) return false;

    bool ok = true;
    void *view = MAP_FAILED;
    if (size_of(fd, &info, &size) && size > 0 && size <= SIZE_MAX)
        view = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (view != MAP_FAILED)
        *file = (struct host_file){.bytes = view, .size = size, .mapped = true};
    else
        ok = read_to_end(fd, path, 0, file, err);
    close(fd);
    return ok;
}

void host_file_close(struct host_file *file)
{
    if (file->mapped)
        munmap((void *)file->bytes, (size_t)file->size);
    else
        free((void *)file->bytes);
    *file = (struct host_file){0};
}

bool host_file_size(const char *path, uint64_t *size, struct error *err)
{
    struct stat info;
    int fd = file_open(path, &info, err);
    if (fd < 0) return false;
    bool ok = size_of(fd, &info, size) || error_set(err, "%s: has no size (a pipe?)", path);
    close(fd);
    return ok;
}

bool host_file_readable(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && kind_check(path, info.st_mode, NULL) &&
           access(path, R_OK) == 0;
}
