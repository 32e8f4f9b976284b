/* host/share.h: a directory of the host that a guest may use, and nothing beyond it.
 *
 * Files are named by paths relative to the directory, "" being itself. A path is followed beneath
 * it only: no "..", no symbolic link, however the tree changes meanwhile; and only regular files
 * and directories are ever opened. A symbolic link is something to read, for the guest to follow.
 *
 * All functions return 0 or an errno number, the guest's answer. A share never changes after it was
 * opened, so several threads may use it; a file is one thread's at a time.
 */
#ifndef RIVET_HOST_SHARE_H
#define RIVET_HOST_SHARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/block.h"
#include "base/error.h"

#define SHARE_PATH_MAX  4096 /* with the NUL */
#define SHARE_NAME_MAX  255
#define SHARE_XATTR_MAX 65536

/* Whose the files are that the guest makes. */
enum share_model {
    SHARE_MAPPED, /* the host user's; what the guest sees is kept in user.virtfs.* attributes */
    SHARE_PASSTHROUGH, /* the guest's user's, by number; takes privileges */
    SHARE_NONE,        /* the same as far as the host allows */
};

struct share;
struct share_file;

struct share_time {
    uint64_t seconds, nanoseconds;
};

/* Modes and device numbers as Linux has them. */
struct share_stat {
    uint64_t device, number; /* of the inode */
    uint32_t mode, uid, gid;
    uint64_t links, rdev, size, block_size, blocks;
    struct share_time accessed, modified, changed;
};

struct share_owner {
    uint32_t uid, gid;
};

struct share_space {
    uint64_t type, block_size, blocks, free_blocks, available_blocks, files, free_files, id;
    uint64_t name_max;
};

/* False: `err` tells what is wrong with the directory. */
struct share *share_open(const char *path, enum share_model, bool read_only, struct error *err);
void share_close(struct share *);

/* ---- names ---- */

int share_stat(const struct share *, const char *path, struct share_stat *);
int share_space(const struct share *, const char *path, struct share_space *);
int share_read_link(const struct share *, const char *path, char target[SHARE_PATH_MAX]);

/* A new entry `name` in the directory `parent`. */
int share_make_directory(const struct share *, const char *parent, const char *name, uint32_t mode,
                         struct share_owner);
/* Only a mapped share has device nodes, and they are none to the host. */
int share_make_node(const struct share *, const char *parent, const char *name, uint32_t mode,
                    uint32_t major, uint32_t minor, struct share_owner);
int share_make_symlink(const struct share *, const char *parent, const char *name,
                       const char *target, struct share_owner);
int share_make_link(const struct share *, const char *path, const char *parent, const char *name);

int share_remove(const struct share *, const char *parent, const char *name, bool directory);
int share_rename(const struct share *, const char *parent, const char *name, const char *new_parent,
                 const char *new_name);

/* ---- attributes ---- */

enum { /* in `what` */
       SHARE_SET_MODE = 1 << 0,
       SHARE_SET_UID = 1 << 1,
       SHARE_SET_GID = 1 << 2,
       SHARE_SET_SIZE = 1 << 3,
       SHARE_SET_ACCESSED = 1 << 4, /* to `accessed` if _TO is set, else to now */
       SHARE_SET_MODIFIED = 1 << 5,
       SHARE_SET_CHANGED = 1 << 6, /* to now */
       SHARE_SET_ACCESSED_TO = 1 << 7,
       SHARE_SET_MODIFIED_TO = 1 << 8,
};

struct share_change {
    unsigned what;
    uint32_t mode, uid, gid;
    uint64_t size;
    struct share_time accessed, modified;
};

/* `file`: of an open file, which may have no name any more; NULL: by the path. */
int share_change(const struct share *, const char *path, struct share_file *file,
                 const struct share_change *);

/* Extended attributes: "user." ones and POSIX access control lists. The value of `name`, or the
 * NUL-terminated names one after the other if `name` is empty: allocated, the caller's to free. */
int share_get_xattr(const struct share *, const char *path, const char *name, uint8_t **value,
                    size_t *size);
/* `flags` as setxattr has them. No value (NULL): the attribute goes. */
int share_set_xattr(const struct share *, const char *path, const char *name, const uint8_t *value,
                    size_t size, int flags);

/* ---- open files ---- */

/* How to open; numbers are those of Linux's O_* on most machines, and of 9P2000.L. */
enum {
    SHARE_READ = 0,
    SHARE_WRITE = 01,
    SHARE_READ_WRITE = 02,
    SHARE_EXCLUSIVE = 0200, /* only when the file is new */
    SHARE_TRUNCATE = 01000,
    SHARE_APPEND = 02000,
    SHARE_DATA_SYNC = 010000,
    SHARE_DIRECTORY = 0200000, /* only a directory */
    SHARE_SYNC = 04000000,
};

int share_file_open(const struct share *, const char *path, unsigned flags, struct share_file **);
/* A new regular file; one that exists is opened unless it shall be new. */
int share_file_create(const struct share *, const char *parent, const char *name, unsigned flags,
                      uint32_t mode, struct share_owner, struct share_file **);
void share_file_close(struct share_file *);

int share_file_stat(const struct share *, struct share_file *, struct share_stat *);
int share_file_read(struct share_file *, uint64_t offset, const struct span *, unsigned count,
                    size_t *done);
int share_file_write(struct share_file *, uint64_t offset, const struct span *, unsigned count,
                     size_t *done);
int share_file_sync(struct share_file *, bool data_only);

/* The entries of a directory. `offset` is 0 for the first, or the `next` of the one before. */
struct share_entry {
    uint64_t number, next;
    uint8_t type; /* DT_* as Linux has them */
    char name[SHARE_NAME_MAX + 1];
};

/* ENOENT: there are no more. */
int share_file_entry(const struct share *, struct share_file *, uint64_t offset,
                     struct share_entry *);

/* Record locks, which hold against whoever else locks the file on the host. `length` 0: to the end.
 * EAGAIN: somebody has a lock in the way. */
enum share_lock_type { SHARE_LOCK_READ, SHARE_LOCK_WRITE, SHARE_LOCK_NONE };

struct share_lock {
    enum share_lock_type type;
    uint64_t start, length;
};

int share_file_lock(struct share_file *, const struct share_lock *);
/* Asks for what is in the way of the lock; SHARE_LOCK_NONE if it is free. */
int share_file_find_lock(struct share_file *, struct share_lock *);

#endif
