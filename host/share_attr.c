/* host/share_attr.c: owners, modes, times and extended attributes of shared files.
 *
 * In a mapped share the owner, mode and device number the guest gave a file are little-endian
 * numbers in its attributes user.virtfs.uid, .gid, .mode (32 bits) and .rdev (64), as QEMU keeps
 * them, so that a directory can be shared by either.
 */
#define _GNU_SOURCE /* AT_EMPTY_PATH */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/bits.h"
#include "host/share_part.h"

#define MAPPING_PREFIX "user.virtfs."

/* ---- mapped ownership ---- */

static const struct {
    unsigned bit;
    const char *name;
    size_t offset, width;
} mapping_rows[] = {
    {SHARE_MAP_UID, MAPPING_PREFIX "uid", offsetof(struct share_mapping, uid), 4},
    {SHARE_MAP_GID, MAPPING_PREFIX "gid", offsetof(struct share_mapping, gid), 4},
    {SHARE_MAP_MODE, MAPPING_PREFIX "mode", offsetof(struct share_mapping, mode), 4},
    {SHARE_MAP_RDEV, MAPPING_PREFIX "rdev", offsetof(struct share_mapping, rdev), 8},
};

void share_mapping_read(int fd, struct share_mapping *mapping)
{
    struct share_alias alias = share_alias(fd);
    *mapping = (struct share_mapping){0};
    for (unsigned i = 0; i < ARRAY_COUNT(mapping_rows); i++) {
        uint8_t bytes[8];
        size_t width = mapping_rows[i].width;
        if (getxattr(alias.path, mapping_rows[i].name, bytes, sizeof bytes) != (ssize_t)width)
            continue;
        void *member = (char *)mapping + mapping_rows[i].offset;
        if (width == 4)
            *(uint32_t *)member = (uint32_t)load_le(bytes, 4);
        else
            *(uint64_t *)member = load_le(bytes, 8);
        mapping->has |= mapping_rows[i].bit;
    }
}

int share_mapping_write(int fd, const struct share_mapping *mapping)
{
    struct share_alias alias = share_alias(fd);
    for (unsigned i = 0; i < ARRAY_COUNT(mapping_rows); i++) {
        uint8_t bytes[8];
        size_t width = mapping_rows[i].width;
        const void *member = (const char *)mapping + mapping_rows[i].offset;
        if (!(mapping->has & mapping_rows[i].bit)) continue;
        store_le(bytes, (unsigned)width,
                 width == 4 ? *(const uint32_t *)member : *(const uint64_t *)member);
        if (setxattr(alias.path, mapping_rows[i].name, bytes, width, 0) != 0) return errno;
    }
    return 0;
}

/* ---- stat ---- */

static struct share_time time_of(struct timespec time)
{
    return (struct share_time){(uint64_t)time.tv_sec, (uint64_t)time.tv_nsec};
}

/* A regular file may stand for anything but a directory; what else the host has is what it is. */
static void apply_mapping(struct share_stat *info, const struct share_mapping *mapping)
{
    if (mapping->has & SHARE_MAP_UID) info->uid = mapping->uid;
    if (mapping->has & SHARE_MAP_GID) info->gid = mapping->gid;
    if (mapping->has & SHARE_MAP_MODE) {
        bool other = S_ISREG(info->mode) && (mapping->mode & S_IFMT) && !S_ISDIR(mapping->mode);
        info->mode =
            (other ? mapping->mode & S_IFMT : info->mode & S_IFMT) | (mapping->mode & 07777);
    }
    if (mapping->has & SHARE_MAP_RDEV) info->rdev = mapping->rdev;
}

int share_stat_fd(const struct share *share, int fd, struct share_stat *out)
{
    struct stat info;
    struct share_mapping mapping;
    if (fstatat(fd, "", &info, AT_EMPTY_PATH) != 0) return errno;
    *out = (struct share_stat){
        .device = info.st_dev,
        .number = info.st_ino,
        .mode = info.st_mode,
        .uid = info.st_uid,
        .gid = info.st_gid,
        .links = info.st_nlink,
        .rdev = info.st_rdev,
        .size = (uint64_t)info.st_size,
        .block_size = (uint64_t)info.st_blksize,
        .blocks = (uint64_t)info.st_blocks,
        .accessed = time_of(info.st_atim),
        .modified = time_of(info.st_mtim),
        .changed = time_of(info.st_ctim),
    };
    if (out->device != share->device) out->number ^= out->device << 40; /* a mount point below */
    if (share->model != SHARE_MAPPED || S_ISLNK(info.st_mode)) return 0;
    share_mapping_read(fd, &mapping);
    apply_mapping(out, &mapping);
    return 0;
}

int share_stat(const struct share *share, const char *path, struct share_stat *info)
{
    int fd = share_locate(share, path, O_PATH);
    if (fd < 0) return -fd;
    int error = share_stat_fd(share, fd, info);
    close(fd);
    return error;
}

int share_file_stat(const struct share *share, struct share_file *file, struct share_stat *info)
{
    return share_stat_fd(share, file->fd, info);
}

int share_space(const struct share *share, const char *path, struct share_space *space)
{
    struct statfs info;
    int fd = share_locate(share, path, O_PATH);
    if (fd < 0) return -fd;
    int error = fstatfs(fd, &info) == 0 ? 0 : errno;
    close(fd);
    if (error) return error;
    uint32_t id[2] = {0};
    memcpy(id, &info.f_fsid, sizeof id < sizeof info.f_fsid ? sizeof id : sizeof info.f_fsid);
    *space = (struct share_space){
        .type = (uint32_t)info.f_type,
        .block_size = (uint64_t)info.f_bsize,
        .blocks = info.f_blocks,
        .free_blocks = info.f_bfree,
        .available_blocks = info.f_bavail,
        .files = info.f_files,
        .free_files = info.f_ffree,
        .id = id[0] | (uint64_t)id[1] << 32,
        .name_max = SHARE_NAME_MAX,
    };
    return 0;
}

/* ---- setattr ---- */

static int change_mapped(int fd, const struct share_change *change)
{
    struct stat info;
    struct share_mapping before, mapping = {.uid = change->uid, .gid = change->gid};
    if (change->what & SHARE_SET_UID) mapping.has |= SHARE_MAP_UID;
    if (change->what & SHARE_SET_GID) mapping.has |= SHARE_MAP_GID;
    if (change->what & SHARE_SET_MODE) {
        if (fstatat(fd, "", &info, AT_EMPTY_PATH) != 0) return errno;
        share_mapping_read(fd, &before);
        uint32_t kind = before.has & SHARE_MAP_MODE ? before.mode : info.st_mode;
        mapping.has |= SHARE_MAP_MODE;
        mapping.mode = (kind & S_IFMT) | (change->mode & 07777);
    }
    return share_mapping_write(fd, &mapping);
}

static int change_owner(const struct share *share, int fd, const struct share_change *change)
{
    unsigned what = change->what;
    if (share->model == SHARE_MAPPED) return change_mapped(fd, change);
    uid_t uid = what & SHARE_SET_UID ? change->uid : (uid_t)-1;
    gid_t gid = what & SHARE_SET_GID ? change->gid : (gid_t)-1;
    if (what & (SHARE_SET_UID | SHARE_SET_GID) &&
        fchownat(fd, "", uid, gid, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW) != 0 &&
        share->model == SHARE_PASSTHROUGH)
        return errno;
    /* Of a symbolic link chmod() changes nothing, and of what it refers to neither (EOPNOTSUPP). */
    if (what & SHARE_SET_MODE && chmod(share_alias(fd).path, change->mode & 07777) != 0)
        return errno;
    return 0;
}

static struct timespec change_time(unsigned what, unsigned set, unsigned to, struct share_time time)
{
    if (!(what & set)) return (struct timespec){.tv_nsec = UTIME_OMIT};
    if (!(what & to)) return (struct timespec){.tv_nsec = UTIME_NOW};
    return (struct timespec){.tv_sec = (time_t)time.seconds, .tv_nsec = (long)time.nanoseconds};
}

static int change_times(int fd, const struct share_change *change)
{
    unsigned what = change->what;
    if (change->accessed.nanoseconds >= 1000000000 || change->modified.nanoseconds >= 1000000000)
        return EINVAL;
    struct timespec times[2] = {
        change_time(what, SHARE_SET_ACCESSED, SHARE_SET_ACCESSED_TO, change->accessed),
        change_time(what, SHARE_SET_MODIFIED, SHARE_SET_MODIFIED_TO, change->modified),
    };
    return utimensat(AT_FDCWD, share_alias(fd).path, times, 0) == 0 ? 0 : errno;
}

static int change_size(int fd, uint64_t size)
{
    struct stat info;
    if (fstatat(fd, "", &info, AT_EMPTY_PATH) != 0) return errno;
    if (!S_ISREG(info.st_mode)) return S_ISDIR(info.st_mode) ? EISDIR : EINVAL;
    if (size > INT64_MAX) return EFBIG;
    return truncate(share_alias(fd).path, (off_t)size) == 0 ? 0 : errno;
}

static int change_fd(const struct share *share, int fd, const struct share_change *change)
{
    unsigned what = change->what;
    int error = 0;
    if (what & (SHARE_SET_UID | SHARE_SET_GID | SHARE_SET_MODE))
        error = change_owner(share, fd, change);
    else if (what == SHARE_SET_CHANGED && /* a chown to nobody new is what sets it */
             fchownat(fd, "", (uid_t)-1, (gid_t)-1, AT_EMPTY_PATH) != 0)
        error = errno;
    if (!error && what & SHARE_SET_SIZE) error = change_size(fd, change->size);
    if (!error && what & (SHARE_SET_ACCESSED | SHARE_SET_MODIFIED))
        error = change_times(fd, change);
    return error;
}

int share_change(const struct share *share, const char *path, struct share_file *file,
                 const struct share_change *change)
{
    if (share->read_only) return EROFS;
    if (file) return change_fd(share, file->fd, change);
    int fd = share_locate(share, path, O_PATH);
    if (fd < 0) return -fd;
    int error = change_fd(share, fd, change);
    close(fd);
    return error;
}

/* ---- extended attributes ---- */

static bool begins(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* The name the host knows it by; false: not the guest's to use. Capabilities, labels and trusted
 * attributes would mean something to the host. */
static bool xattr_name(const struct share *share, const char *name, char out[SHARE_NAME_MAX + 1])
{
    bool mapped = share->model == SHARE_MAPPED, acl = begins(name, "system.posix_acl_");
    const char *prefix = acl && mapped ? MAPPING_PREFIX : "";
    if (!acl && (!begins(name, "user.") || (mapped && begins(name, MAPPING_PREFIX)))) return false;
    if (strlen(prefix) + strlen(name) > SHARE_NAME_MAX) return false;
    strcat(strcpy(out, prefix), name);
    return true;
}

/* Leaves of a list of names those the guest may use, under its own names. */
static size_t xattr_filter(const struct share *share, char *names, size_t size)
{
    bool mapped = share->model == SHARE_MAPPED;
    char known[SHARE_NAME_MAX + 1], *to = names;
    for (char *name = names, *next; name < names + size; name = next) {
        next = name + strlen(name) + 1;
        if (mapped && begins(name, MAPPING_PREFIX "system.posix_acl_"))
            name += strlen(MAPPING_PREFIX);
        else if (!xattr_name(share, name, known) || (mapped && !begins(name, "user.")))
            continue;
        memmove(to, name, (size_t)(next - name));
        to += next - name;
    }
    return (size_t)(to - names);
}

int share_get_xattr(const struct share *share, const char *path, const char *name, uint8_t **value,
                    size_t *size)
{
    char known[SHARE_NAME_MAX + 1];
    if (*name && !xattr_name(share, name, known)) return EOPNOTSUPP;
    int fd = share_locate(share, path, O_PATH);
    if (fd < 0) return -fd;
    struct share_alias alias = share_alias(fd);
    char *bytes = malloc(SHARE_XATTR_MAX);
    ssize_t got = !bytes  ? (errno = ENOMEM, -1)
                  : *name ? getxattr(alias.path, known, bytes, SHARE_XATTR_MAX)
                          : listxattr(alias.path, bytes, SHARE_XATTR_MAX);
    int error = got < 0 ? errno : 0;
    close(fd);
    if (error) {
        free(bytes);
        return error;
    }
    *size = *name ? (size_t)got : xattr_filter(share, bytes, (size_t)got);
    uint8_t *cut = realloc(bytes, *size + 1);
    *value = cut ? cut : (uint8_t *)bytes;
    return 0;
}

int share_set_xattr(const struct share *share, const char *path, const char *name,
                    const uint8_t *value, size_t size, int flags)
{
    char known[SHARE_NAME_MAX + 1];
    if (share->read_only) return EROFS;
    if (!xattr_name(share, name, known)) return EOPNOTSUPP;
    int fd = share_locate(share, path, O_PATH);
    if (fd < 0) return -fd;
    struct share_alias alias = share_alias(fd);
    flags &= XATTR_CREATE | XATTR_REPLACE;
    int result =
        value ? setxattr(alias.path, known, value, size, flags) : removexattr(alias.path, known);
    int error = result == 0 ? 0 : errno;
    close(fd);
    return error;
}
