/* tests/guest/sv39.S: Sv39: pages, superpages, canonical addresses, every fault. Exit status: the line
 * in paging.inc. */
#include "guest.h"
#include "paging.h"

#define MODE 8
#define BITS 39
#define TOP_GIGA(pa, flags) PTE(GIGA, 511, pa, flags)

#include "paging.inc"
