/* host/share_part.h: between the files of host/share*.c. */
#ifndef RIVET_HOST_SHARE_PART_H
#define RIVET_HOST_SHARE_PART_H

#include <dirent.h>

#include "host/share.h"

struct share {
    int root; /* of the directory, opened with O_PATH */
    enum share_model model;
    bool read_only;
    uint64_t device; /* of the root */
};

struct share_file {
    int fd;
    DIR *directory; /* has the descriptor, when it is one */
    uint64_t at;    /* the directory's position */
};

/* The place in /proc that stands for a descriptor, for calls that take no O_PATH one. What is
 * behind it is that very file, whatever its name may be by now. */
struct share_alias {
    char path[32];
};
struct share_alias share_alias(int fd);

/* A descriptor of what is at `path`, not of what a symbolic link there refers to. A negative number
 * is -errno. */
int share_locate(const struct share *, const char *path, int flags);

/* The same for hosts without openat2 (before Linux 5.6, and under some seccomp filters): one name
 * at a time, none of them "..", and following none. */
int share_locate_by_steps(int root, const char *path, int flags);

/* Mapped ownership: reads and writes what differs from the host's own. */
enum { SHARE_MAP_UID = 1, SHARE_MAP_GID = 2, SHARE_MAP_MODE = 4, SHARE_MAP_RDEV = 8 };
struct share_mapping {
    unsigned has;
    uint32_t uid, gid, mode;
    uint64_t rdev;
};
void share_mapping_read(int fd, struct share_mapping *);
int share_mapping_write(int fd, const struct share_mapping *);

int share_stat_fd(const struct share *, int fd, struct share_stat *);

#endif
