/* tests/guest/sv48.S: Sv48: pages, superpages, canonical addresses, every fault. Exit status: the line
 * in paging.inc. */
#include "guest.h"
#include "paging.h"

#define MODE 9
#define BITS 48
#define HIGHER(n, pa, flags) PTE(UPPER, n, pa, flags)
#define TOP_GIGA(pa, flags) PTE(GIGA, 511, pa, flags); PTE(UPPER, 511, GIGA, V)

#include "paging.inc"
