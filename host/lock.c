/* host/lock.c: image locks, by the bytes that QEMU's programs lock too.
 *
 * A lock on a byte far into the file stands for something its holder does, or wants nobody to do;
 * the bytes' contents don't matter. All locks taken are shared ones, so that a conflict shows when
 * somebody asks whether an exclusive one could be had:
 *
 *      byte   100    101    102    103   |   200      201      202      203
 *            reads  writes  ...  resizes | no reads no writes  ...   no resizes
 *
 *      writer   x      x            x                   x                 x
 *      reader   x                                       x                 x
 *
 * The locks belong to the open file, not to the process: two machines in one process are strangers.
 */
#define _GNU_SOURCE /* F_OFD_SETLK */
#include "host/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>

static bool refused(const char *path, bool writer, struct error *err)
{
    return error_set(err, "%s: another program %s it; %s", path, writer ? "uses" : "writes",
                     writer ? "readonly=on or snapshot=on would let it be read by several"
                            : "it can be used again when that has ended");
}

#ifdef F_OFD_SETLK

enum { DOES = 100, FORBIDS = 200 };
enum { READ = 0, WRITE = 1, RESIZE = 3 };

static bool lock_byte(int fd, int command, short type, off_t byte, struct flock *lock)
{
    *lock = (struct flock){.l_type = type, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};
    return fcntl(fd, command, lock) == 0;
}

bool host_lock_image(int fd, const char *path, bool writer, struct error *err)
{
    static const off_t writes[] = {DOES + READ, DOES + WRITE, DOES + RESIZE, FORBIDS + WRITE,
                                   FORBIDS + RESIZE};
    static const off_t reads[] = {DOES + READ, FORBIDS + WRITE, FORBIDS + RESIZE};
    static const off_t against[] = {DOES + WRITE, DOES + RESIZE, FORBIDS + READ, FORBIDS + WRITE};
    const off_t *mine = writer ? writes : reads;
    unsigned count = writer ? sizeof writes / sizeof writes[0] : sizeof reads / sizeof reads[0];
    struct flock lock;
    for (unsigned i = 0; i < count; i++)
        if (!lock_byte(fd, F_OFD_SETLK, F_RDLCK, mine[i], &lock))
            return errno != EACCES && errno != EAGAIN ? true : refused(path, writer, err);
    /* A reader doesn't mind who forbids writing. */
    for (unsigned i = 0; i < 3u + writer; i++)
        if (lock_byte(fd, F_OFD_GETLK, F_WRLCK, against[i], &lock) && lock.l_type != F_UNLCK)
            return refused(path, writer, err);
    return true;
}

#else

bool host_lock_image(int fd, const char *path, bool writer, struct error *err)
{
    if (flock(fd, (writer ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0) return true;
    return errno != EWOULDBLOCK || refused(path, writer, err);
}

#endif
