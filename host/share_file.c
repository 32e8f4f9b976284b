/* host/share_file.c: open files of a shared directory. */
#define _GNU_SOURCE /* O_PATH, F_OFD_SETLK */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/bits.h"
#include "host/share_part.h"

#define SPANS_MAX   1024 /* IOV_MAX on Linux */
#define OFFSET_MOST ((uint64_t)INT64_MAX - (UINT64_C(1) << 32))

/* ---- opening ---- */

static const struct {
    unsigned share;
    int host;
} flag_rows[] = {
    {SHARE_WRITE, O_WRONLY},        {SHARE_READ_WRITE, O_RDWR}, {SHARE_TRUNCATE, O_TRUNC},
    {SHARE_APPEND, O_APPEND},       {SHARE_DATA_SYNC, O_DSYNC}, {SHARE_SYNC, O_SYNC},
    {SHARE_DIRECTORY, O_DIRECTORY},
};

static int host_flags(unsigned flags)
{
    int host = O_NOCTTY | O_CLOEXEC;
    for (unsigned i = 0; i < ARRAY_COUNT(flag_rows); i++)
        if (flags & flag_rows[i].share) host |= flag_rows[i].host;
    return host;
}

static int file_new(int fd, bool directory, struct share_file **out)
{
    struct share_file *file = calloc(1, sizeof *file);
    DIR *stream = NULL;
    if (file && directory) stream = fdopendir(fd);
    if (!file || (directory && !stream)) {
        int error = file ? errno : ENOMEM;
        close(fd);
        free(file);
        return error;
    }
    *file = (struct share_file){.fd = fd, .directory = stream};
    *out = file;
    return 0;
}

/* Opening a device does something, and opening a FIFO waits: the file is looked at first, held by a
 * descriptor that does neither, and what is opened is that file. */
static int file_reopen(int fd, unsigned flags, struct share_file **out)
{
    struct stat info;
    if (fstatat(fd, "", &info, AT_EMPTY_PATH) != 0) return errno;
    if (S_ISLNK(info.st_mode)) return ELOOP;
    if (!S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode)) return ENXIO;
    int opened = open(share_alias(fd).path, host_flags(flags));
    return opened < 0 ? errno : file_new(opened, S_ISDIR(info.st_mode), out);
}

static bool writes(unsigned flags)
{
    return flags & (SHARE_WRITE | SHARE_READ_WRITE | SHARE_TRUNCATE);
}

int share_file_open(const struct share *share, const char *path, unsigned flags,
                    struct share_file **file)
{
    if (share->read_only && writes(flags)) return EROFS;
    int fd = share_locate(share, path, O_PATH);
    if (fd < 0) return -fd;
    int error = file_reopen(fd, flags, file);
    close(fd);
    return error;
}

static int file_dress(const struct share *share, int fd, uint32_t mode, struct share_owner owner)
{
    mode = (mode & 07777) | S_IFREG;
    if (share->model == SHARE_MAPPED) {
        struct share_mapping mapping = {.has = SHARE_MAP_UID | SHARE_MAP_GID | SHARE_MAP_MODE,
                                        .uid = owner.uid,
                                        .gid = owner.gid,
                                        .mode = mode};
        return share_mapping_write(fd, &mapping);
    }
    if (fchown(fd, owner.uid, owner.gid) != 0 && share->model == SHARE_PASSTHROUGH) return errno;
    return fchmod(fd, mode & 07777) == 0 ? 0 : errno;
}

int share_file_create(const struct share *share, const char *parent, const char *name,
                      unsigned flags, uint32_t mode, struct share_owner owner,
                      struct share_file **file)
{
    if (share->read_only) return EROFS;
    int at = share_locate(share, parent, O_PATH | O_DIRECTORY);
    if (at < 0) return -at;
    flags &= ~(unsigned)SHARE_DIRECTORY;
    int how = host_flags(flags) | O_CREAT | O_EXCL | O_NOFOLLOW;
    int error = 0, fd = openat(at, name, how, 0600);
    if (fd >= 0) {
        error = file_dress(share, fd, mode, owner);
        if (error) {
            close(fd);
            unlinkat(at, name, 0);
        } else {
            error = file_new(fd, false, file);
        }
    } else if (errno != EEXIST || flags & SHARE_EXCLUSIVE) {
        error = errno;
    } else {
        fd = openat(at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
        error = fd < 0 ? errno : file_reopen(fd, flags, file);
        if (fd >= 0) close(fd);
    }
    close(at);
    return error;
}

void share_file_close(struct share_file *file)
{
    if (!file) return;
    if (file->directory)
        closedir(file->directory);
    else
        close(file->fd);
    free(file);
}

/* ---- contents ---- */

static int transfer(struct share_file *file, uint64_t offset, const struct span *spans,
                    unsigned count, size_t *done,
                    ssize_t (*move)(int, const struct iovec *, int, off_t))
{
    struct iovec parts[SPANS_MAX];
    *done = 0;
    if (file->directory) return EISDIR;
    if (offset > OFFSET_MOST) return EFBIG;
    if (count > SPANS_MAX) count = SPANS_MAX;
    for (unsigned i = 0; i < count; i++)
        parts[i] = (struct iovec){.iov_base = spans[i].bytes, .iov_len = spans[i].size};
    ssize_t moved;
    do {
        moved = move(file->fd, parts, (int)count, (off_t)offset);
    } while (moved < 0 && errno == EINTR);
    if (moved < 0) return errno;
    *done = (size_t)moved;
    return 0;
}

int share_file_read(struct share_file *file, uint64_t offset, const struct span *spans,
                    unsigned count, size_t *done)
{
    return transfer(file, offset, spans, count, done, preadv);
}

int share_file_write(struct share_file *file, uint64_t offset, const struct span *spans,
                     unsigned count, size_t *done)
{
    return transfer(file, offset, spans, count, done, pwritev);
}

int share_file_sync(struct share_file *file, bool data_only)
{
    int result = data_only ? fdatasync(file->fd) : fsync(file->fd);
    return result == 0 ? 0 : errno;
}

/* ---- directories ---- */

int share_file_entry(const struct share *share, struct share_file *file, uint64_t offset,
                     struct share_entry *entry)
{
    if (!file->directory) return ENOTDIR;
    if (offset == 0)
        rewinddir(file->directory);
    else if (offset != file->at)
        seekdir(file->directory, (long)offset);
    errno = 0;
    const struct dirent *found = readdir(file->directory);
    file->at = found ? (uint64_t)found->d_off : UINT64_MAX;
    if (!found) return errno ? errno : ENOENT;
    size_t length = strnlen(found->d_name, SHARE_NAME_MAX);
    *entry = (struct share_entry){
        .number = found->d_ino, .next = (uint64_t)found->d_off, .type = found->d_type};
    memcpy(entry->name, found->d_name, length);
    /* In a mapped share a file may stand for something else. */
    if (share->model == SHARE_MAPPED && entry->type == DT_REG) entry->type = DT_UNKNOWN;
    return 0;
}

/* ---- locks ---- */

/* Locks of the open file, not of the process, which has the same file open for many programs of the
 * guest (fcntl(2), "Open file description locks"). */
static bool lock_fill(struct flock *to, const struct share_lock *from)
{
    static const short types[] = {
        [SHARE_LOCK_READ] = F_RDLCK, [SHARE_LOCK_WRITE] = F_WRLCK, [SHARE_LOCK_NONE] = F_UNLCK};
    *to = (struct flock){.l_type = types[from->type],
                         .l_whence = SEEK_SET,
                         .l_start = (off_t)from->start,
                         .l_len = (off_t)from->length};
    return from->start <= INT64_MAX && from->length <= INT64_MAX - from->start;
}

int share_file_lock(struct share_file *file, const struct share_lock *lock)
{
    struct flock flock;
    if (!lock_fill(&flock, lock)) return EINVAL;
    if (fcntl(file->fd, F_OFD_SETLK, &flock) == 0) return 0;
    if (errno == EACCES) return EAGAIN;
    /* flock() takes a writer's lock on a file opened for reading, and on a directory. The guest has
     * it among its own programs; there is no such lock to take here. */
    return errno == EBADF ? 0 : errno;
}

int share_file_find_lock(struct share_file *file, struct share_lock *lock)
{
    struct flock flock;
    if (!lock_fill(&flock, lock) || lock->type == SHARE_LOCK_NONE) return EINVAL;
    if (fcntl(file->fd, F_OFD_GETLK, &flock) != 0) return errno;
    lock->type = flock.l_type == F_RDLCK   ? SHARE_LOCK_READ
                 : flock.l_type == F_WRLCK ? SHARE_LOCK_WRITE
                                           : SHARE_LOCK_NONE;
    if (lock->type == SHARE_LOCK_NONE) return 0;
    lock->start = (uint64_t)flock.l_start;
    lock->length = (uint64_t)flock.l_len;
    return 0;
}
