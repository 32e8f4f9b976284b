/* host/share.c: finding one's way beneath a shared directory, and not out of it. */
#define _GNU_SOURCE /* O_PATH, AT_EMPTY_PATH */
#include "host/share.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "host/share_part.h"

struct share_alias share_alias(int fd)
{
    struct share_alias alias;
    snprintf(alias.path, sizeof alias.path, "/proc/self/fd/%d", fd);
    return alias;
}

/* ---- beneath the root ---- */

int share_locate_by_steps(int root, const char *path, int flags)
{
    int at = root;
    for (;;) {
        char name[SHARE_NAME_MAX + 1];
        size_t length = strcspn(path, "/");
        bool last = path[length] == '\0';
        if (length == 0 || length > SHARE_NAME_MAX) {
            if (at != root) close(at);
            return length ? -ENAMETOOLONG : -ENOENT;
        }
        memcpy(name, path, length);
        name[length] = '\0';
        int next = -1;
        errno = EXDEV;
        if (strcmp(name, "..") != 0)
            next = openat(at, name, (last ? flags : O_PATH | O_DIRECTORY) | O_NOFOLLOW | O_CLOEXEC);
        int error = errno;
        if (at != root) close(at);
        if (next < 0) return -error;
        if (last) return next;
        at = next;
        path += length + 1;
    }
}

int share_locate(const struct share *share, const char *path, int flags)
{
    if (!*path) path = ".";
    struct open_how how = {
        .flags = (uint64_t)(flags | O_NOFOLLOW | O_CLOEXEC),
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
    };
    long fd = syscall(SYS_openat2, share->root, path, &how, sizeof how);
    if (fd >= 0) return (int)fd;
    if (errno != ENOSYS && errno != EPERM) return -errno;
    return share_locate_by_steps(share->root, path, flags);
}

static int locate_directory(const struct share *share, const char *path)
{
    return share_locate(share, path, O_PATH | O_DIRECTORY);
}

/* ---- opening the share ---- */

/* Each file the guest has open is one of ours. */
static void raise_file_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

/* Mapped ownership needs a file system that keeps users' extended attributes. */
static bool check_mapped(const struct share *share, const char *path, struct error *err)
{
    if (share->model != SHARE_MAPPED) return true;
    struct share_alias alias = share_alias(share->root);
    if (getxattr(alias.path, "user.virtfs.uid", NULL, 0) >= 0 || errno == ENODATA) return true;
    if (errno == ENOENT) return error_set(err, "%s: sharing takes /proc, which is not there", path);
    return error_set(err,
                     "%s: its file system keeps no extended attributes (%s); "
                     "security_model=none does without",
                     path, strerror(errno));
}

struct share *share_open(const char *path, enum share_model model, bool read_only,
                         struct error *err)
{
    struct stat info;
    struct share *share = calloc(1, sizeof *share);
    if (!share) {
        error_set(err, "%s: out of memory", path);
        return NULL;
    }
    *share = (struct share){.model = model, .read_only = read_only};
    share->root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (share->root < 0) {
        error_set(err, "%s: %s", path, errno == ENOTDIR ? "is not a directory" : strerror(errno));
        free(share);
        return NULL;
    }
    if (!check_mapped(share, path, err)) {
        share_close(share);
        return NULL;
    }
    if (fstat(share->root, &info) == 0) share->device = info.st_dev;
    raise_file_limit();
    return share;
}

void share_close(struct share *share)
{
    if (!share) return;
    close(share->root);
    free(share);
}

/* ---- looking ---- */

/* A mapped symbolic link: the text of a file. */
static int read_mapped_link(const struct share *share, const char *path,
                            char target[SHARE_PATH_MAX])
{
    struct share_file *file;
    size_t done = 0;
    struct span span = {.bytes = (uint8_t *)target, .size = SHARE_PATH_MAX - 1};
    int error = share_file_open(share, path, SHARE_READ, &file);
    if (error) return error;
    error = share_file_read(file, 0, &span, 1, &done);
    share_file_close(file);
    target[done] = '\0';
    return error;
}

int share_read_link(const struct share *share, const char *path, char target[SHARE_PATH_MAX])
{
    struct share_stat info;
    int fd = share_locate(share, path, O_PATH);
    if (fd < 0) return -fd;
    ssize_t length = readlinkat(fd, "", target, SHARE_PATH_MAX - 1);
    int error = share_stat_fd(share, fd, &info);
    close(fd);
    if (length >= 0) {
        target[length] = '\0';
        return 0;
    }
    if (error) return error;
    return S_ISLNK(info.mode) ? read_mapped_link(share, path, target) : EINVAL;
}

/* ---- making ---- */

/* Gives a new entry its owner and mode; it goes again when it can't be had. */
static int dress(const struct share *share, int parent, const char *name, uint32_t mode,
                 uint64_t rdev, struct share_owner owner, int remove_flags)
{
    int error = 0, fd = openat(parent, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return errno;
    if (share->model == SHARE_MAPPED) {
        bool node = S_ISCHR(mode) || S_ISBLK(mode);
        struct share_mapping mapping = {
            .has = SHARE_MAP_UID | SHARE_MAP_GID | SHARE_MAP_MODE | (node ? SHARE_MAP_RDEV : 0u),
            .uid = owner.uid,
            .gid = owner.gid,
            .mode = mode,
            .rdev = rdev,
        };
        error = share_mapping_write(fd, &mapping);
    } else {
        if (fchownat(fd, "", owner.uid, owner.gid, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW) != 0 &&
            share->model == SHARE_PASSTHROUGH)
            error = errno;
        if (!error && !S_ISLNK(mode) && chmod(share_alias(fd).path, mode & 07777) != 0)
            error = errno;
    }
    close(fd);
    if (error) unlinkat(parent, name, remove_flags);
    return error;
}

int share_make_directory(const struct share *share, const char *parent, const char *name,
                         uint32_t mode, struct share_owner owner)
{
    if (share->read_only) return EROFS;
    int at = locate_directory(share, parent);
    if (at < 0) return -at;
    mode = (mode & 07777) | S_IFDIR;
    int error =
        mkdirat(at, name, 0700) == 0 ? dress(share, at, name, mode, 0, owner, AT_REMOVEDIR) : errno;
    close(at);
    return error;
}

/* An empty file that an attribute says is something else; `text`: but for its contents. */
static int make_mapped(const struct share *share, int parent, const char *name, uint32_t mode,
                       uint64_t rdev, const char *text, struct share_owner owner)
{
    int fd = openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) return errno;
    size_t length = text ? strlen(text) : 0;
    int error = 0;
    if (length && write(fd, text, length) != (ssize_t)length) error = errno ? errno : ENOSPC;
    close(fd);
    if (!error) return dress(share, parent, name, mode, rdev, owner, 0);
    unlinkat(parent, name, 0);
    return error;
}

/* Linux's encoding of a device number in 32 bits, which is what 9P2000.L carries:
 *
 *     31          20 19           8 7         0
 *    +--------------+--------------+-----------+
 *    | minor 19:8   |  major       | minor 7:0 |
 *    +--------------+--------------+-----------+
 */
static uint64_t device_number(uint32_t major, uint32_t minor)
{
    return (minor & 0xff) | (uint64_t)(major & 0xfff) << 8 | (uint64_t)(minor & 0xfff00) << 12;
}

int share_make_node(const struct share *share, const char *parent, const char *name, uint32_t mode,
                    uint32_t major, uint32_t minor, struct share_owner owner)
{
    bool device = S_ISCHR(mode) || S_ISBLK(mode);
    mode &= S_IFMT | 07777;
    if (!(mode & S_IFMT)) mode |= S_IFREG;
    if (!device && !S_ISREG(mode) && !S_ISFIFO(mode) && !S_ISSOCK(mode)) return EINVAL;
    if (share->read_only) return EROFS;
    if (device && share->model != SHARE_MAPPED) return EPERM;
    int at = locate_directory(share, parent);
    if (at < 0) return -at;
    int error;
    if (share->model == SHARE_MAPPED)
        error = make_mapped(share, at, name, mode, device_number(major, minor), NULL, owner);
    else
        error = mknodat(at, name, (mode & S_IFMT) | 0600, 0) == 0
                    ? dress(share, at, name, mode, 0, owner, 0)
                    : errno;
    close(at);
    return error;
}

int share_make_symlink(const struct share *share, const char *parent, const char *name,
                       const char *target, struct share_owner owner)
{
    if (share->read_only) return EROFS;
    int at = locate_directory(share, parent);
    if (at < 0) return -at;
    int error;
    if (share->model == SHARE_MAPPED)
        error = make_mapped(share, at, name, S_IFLNK | 0777, 0, target, owner);
    else
        error = symlinkat(target, at, name) == 0
                    ? dress(share, at, name, S_IFLNK | 0777, 0, owner, 0)
                    : errno;
    close(at);
    return error;
}

int share_make_link(const struct share *share, const char *path, const char *parent,
                    const char *name)
{
    if (share->read_only) return EROFS;
    int fd = share_locate(share, path, O_PATH);
    if (fd < 0) return -fd;
    int at = locate_directory(share, parent), error = at < 0 ? -at : 0;
    /* AT_SYMLINK_FOLLOW follows the alias to the file, and stops there. */
    if (!error && linkat(AT_FDCWD, share_alias(fd).path, at, name, AT_SYMLINK_FOLLOW) != 0)
        error = errno;
    if (at >= 0) close(at);
    close(fd);
    return error;
}

/* ---- removing, renaming ---- */

int share_remove(const struct share *share, const char *parent, const char *name, bool directory)
{
    if (share->read_only) return EROFS;
    int at = locate_directory(share, parent);
    if (at < 0) return -at;
    int error = unlinkat(at, name, directory ? AT_REMOVEDIR : 0) == 0 ? 0 : errno;
    close(at);
    return error;
}

int share_rename(const struct share *share, const char *parent, const char *name,
                 const char *new_parent, const char *new_name)
{
    if (share->read_only) return EROFS;
    int from = locate_directory(share, parent);
    if (from < 0) return -from;
    int to = locate_directory(share, new_parent), error = to < 0 ? -to : 0;
    if (!error && renameat(from, name, to, new_name) != 0) error = errno;
    if (to >= 0) close(to);
    close(from);
    return error;
}
