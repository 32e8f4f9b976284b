/* host/memory.h: large pieces of host memory. */
#ifndef RIVET_HOST_MEMORY_H
#define RIVET_HOST_MEMORY_H

#include <stdint.h>

/* `size` bytes of zeroed, page-aligned memory that cost nothing until they are touched. NULL: the
 * host refused (errno says why). Give back with host_memory_unmap and the same size. */
void *host_memory_map(uint64_t size);
void host_memory_unmap(void *bytes, uint64_t size);

/* All of [bytes, bytes + size) is about to be written: the host may use its large pages for it. */
void host_memory_fill_soon(void *bytes, uint64_t size);

/* Gives what lies in whole host pages of [bytes, bytes + size) back to the host; it reads as zero
 * from then on. Without effect where the host can't. */
void host_memory_discard(void *bytes, uint64_t size);

/* How much physical memory the host has, in bytes; UINT64_MAX when it does not tell. */
uint64_t host_memory_physical_bytes(void);

#endif
