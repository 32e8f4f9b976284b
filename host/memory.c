/* host/memory.c: large pieces of host memory, through mmap. */
#include "host/memory.h"

#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#define LARGE_PAGE ((uintptr_t)2 << 20) /* x86-64's, and Arm's with pages of 4 KiB */

void *host_memory_map(uint64_t size)
{
    if (size == 0 || size > SIZE_MAX) {
        errno = size ? ENOMEM : EINVAL;
        return NULL;
    }
    /* NORESERVE: a guest is given what it touches, not what it was promised. */
    void *bytes = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return bytes == MAP_FAILED ? NULL : bytes;
}

void host_memory_unmap(void *bytes, uint64_t size)
{
    if (bytes) munmap(bytes, (size_t)size);
}

/* What lies in whole pieces of `piece` bytes. */
static void advise(void *bytes, uint64_t size, uintptr_t piece, int advice)
{
    uintptr_t start = (uintptr_t)bytes;
    uintptr_t first = (start + piece - 1) & ~(piece - 1), end = (start + size) & ~(piece - 1);
    if (first < end) madvise((void *)first, end - first, advice);
}

void host_memory_fill_soon(void *bytes, uint64_t size)
{
#ifdef MADV_HUGEPAGE
    advise(bytes, size, LARGE_PAGE, MADV_HUGEPAGE);
#else
    (void)bytes, (void)size;
#endif
}

void host_memory_discard(void *bytes, uint64_t size)
{
    advise(bytes, size, (uintptr_t)sysconf(_SC_PAGESIZE), MADV_DONTNEED);
}

uint64_t host_memory_physical_bytes(void)
{
    long pages = sysconf(_SC_PHYS_PAGES);
    long page_size = sysconf(_SC_PAGESIZE);
    if (pages <= 0 || page_size <= 0) return UINT64_MAX;
    return (uint64_t)pages * (uint64_t)page_size;
}
