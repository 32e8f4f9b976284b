/* host/memory.c: large pieces of host memory, through mmap. */
#include "host/memory.h"

#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

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

void host_memory_discard(void *bytes, uint64_t size)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), start = (uintptr_t)bytes;
    uintptr_t first = (start + page - 1) & ~(page - 1), end = (start + size) & ~(page - 1);
    if (first < end) madvise((void *)first, end - first, MADV_DONTNEED);
}

uint64_t host_memory_physical_bytes(void)
{
    long pages = sysconf(_SC_PHYS_PAGES);
    long page_size = sysconf(_SC_PAGESIZE);
    if (pages <= 0 || page_size <= 0) return UINT64_MAX;
    return (uint64_t)pages * (uint64_t)page_size;
}
