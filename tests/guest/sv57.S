/* tests/guest/sv57.S: Sv57: pages, superpages, canonical addresses, every fault. Exit status: the line
 * in paging.inc. */
#include "guest.h"
#include "paging.h"

#define MODE 10
#define BITS 57
#define HIGHER(n, pa, flags) PTE(UPPER, n, pa, flags)
#define TOP_GIGA(pa, flags) PTE(GIGA, 511, pa, flags); PTE(UPPER, 511, GIGA, V); \
    PTE(TOP, 511, UPPER, V)

#include "paging.inc"
