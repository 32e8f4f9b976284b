/* tests/lockstep/layout.h: where things are in the small machine that random programs run on.
 *
 *   physical                          offset in RAM
 *   0x1000_0000  a device, 4 KiB
 *   0x8000_0000  RAM, 136 KiB:        0x00000  trap handlers and services
 *                                     0x01000  landing table, and a counter
 *                                     0x02000  code, four pages
 *                                     0x06000  data, nine pages and one to spare
 *                                     0x10000  page tables, sixteen pages
 *                                     0x20000  two pages that are nothing
 *
 * With paging on, every address space sees the same RAM several times:
 *
 *   0x0000_0000_4000_0000   4 KiB pages for U-mode; from +1 MiB any page of code or data, in any
 *                           order; 64 KiB in one entry at +0x18_0000; the device at +0x1f_f000
 *   0x0000_0000_8000_0000   4 KiB pages for S-mode, at their physical addresses
 *   0xffff_ffff_8000_0000   a gigapage
 *   0xffff_ffff_c000_0000   a megapage (RV32: 0xc000_0000)
 *   0x0000_0080_8000_0000   a 512 GiB page (Sv48 and Sv57)
 *   0x0001_0000_8000_0000   a 256 TiB page (Sv57)
 */
#ifndef RIVET_TESTS_LOCKSTEP_LAYOUT_H
#define RIVET_TESTS_LOCKSTEP_LAYOUT_H

#include <stdint.h>

#define RAM_BASE UINT64_C(0x80000000)
#define RAM_SIZE UINT64_C(0x22000)

#define DEVICE_BASE UINT64_C(0x10000000)
#define DEVICE_SIZE UINT64_C(0x1000)

#define AT_HANDLER_M 0x00000u
#define AT_HANDLER_S 0x00200u
#define AT_SERVICES  0x00400u
#define AT_LANDING   0x01000u
#define AT_CODE      0x02000u
#define AT_DATA      0x06000u
#define AT_TABLES    0x10000u
#define AT_END       0x20000u

#define CODE_PAGES  4
#define DATA_PAGES  9
#define TABLE_PAGES 16

#define VA_USER   UINT64_C(0x40000000)
#define VA_ALIAS  UINT64_C(0x40100000)
#define VA_NAPOT  UINT64_C(0x40180000)
#define VA_DEVICE UINT64_C(0x401ff000)
#define VA_IDENT  RAM_BASE
#define VA_GIGA   UINT64_C(0xffffffff80000000)
#define VA_MEGA   UINT64_C(0xffffffffc0000000)
#define VA_TERA   UINT64_C(0x0000008080000000)
#define VA_PETA   UINT64_C(0x0001000080000000)

#endif
