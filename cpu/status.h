/* cpu/status.h: the bits of mstatus, menvcfg, mip and pmpcfg that the hart itself looks at.
 *
 * mstatus (Privileged spec, "Machine Status (mstatus and mstatush) Registers"). On RV32 SD is bit
 * 31, UXL and SXL do not exist, and MBE and SBE stand in mstatush.
 *
 *    63         37  36  35 34 33 32
 *   +--+-------+---+---+-----+-----+----
 *   |SD|       |MBE|SBE| SXL | UXL |
 *   +--+-------+---+---+-----+-----+----
 *
 *    22  21 20  19  18  17   16 15 14 13 12 11 10 9  8    7   6   5     3     1
 *   +---+--+---+---+---+----+-----+-----+-----+----+---+----+---+----+-+---+-+---+-+
 *   |TSR|TW|TVM|MXR|SUM|MPRV| XS  | FS  | MPP | VS |SPP|MPIE|UBE|SPIE| |MIE| |SIE| |
 *   +---+--+---+---+---+----+-----+-----+-----+----+---+----+---+----+-+---+-+---+-+
 */
#ifndef RIVET_CPU_STATUS_H
#define RIVET_CPU_STATUS_H

#include <stdint.h>

#define MSTATUS_SIE       (UINT64_C(1) << 1)
#define MSTATUS_MIE       (UINT64_C(1) << 3)
#define MSTATUS_SPIE      (UINT64_C(1) << 5)
#define MSTATUS_MPIE      (UINT64_C(1) << 7)
#define MSTATUS_SPP       (UINT64_C(1) << 8)
#define MSTATUS_MPP       (UINT64_C(3) << 11)
#define MSTATUS_MPP_SHIFT 11
#define MSTATUS_FS        (UINT64_C(3) << 13)
#define MSTATUS_MPRV      (UINT64_C(1) << 17)
#define MSTATUS_SUM       (UINT64_C(1) << 18)
#define MSTATUS_MXR       (UINT64_C(1) << 19)
#define MSTATUS_TVM       (UINT64_C(1) << 20)
#define MSTATUS_TW        (UINT64_C(1) << 21)
#define MSTATUS_TSR       (UINT64_C(1) << 22)
#define MSTATUS_UXL       (UINT64_C(3) << 32)
#define MSTATUS_UXL_SHIFT 32
#define MSTATUS_SXL       (UINT64_C(3) << 34)
#define MSTATUS_SXL_SHIFT 34

#define MENVCFG_STCE  (UINT64_C(1) << 63)
#define MENVCFG_PBMTE (UINT64_C(1) << 62)
#define MENVCFG_ADUE  (UINT64_C(1) << 61)

#define STATEEN_SE     (UINT64_C(1) << 63)
#define STATEEN_ENVCFG (UINT64_C(1) << 62)
#define STATEEN_CSRIND (UINT64_C(1) << 60)

#define MSECCFG_MML   (UINT64_C(1) << 0)
#define MSECCFG_MMWP  (UINT64_C(1) << 1)
#define MSECCFG_RLB   (UINT64_C(1) << 2)
#define MSECCFG_USEED (UINT64_C(1) << 8)
#define MSECCFG_SSEED (UINT64_C(1) << 9)

#define MIP_SSIP   (UINT64_C(1) << 1)
#define MIP_MSIP   (UINT64_C(1) << 3)
#define MIP_STIP   (UINT64_C(1) << 5)
#define MIP_MTIP   (UINT64_C(1) << 7)
#define MIP_SEIP   (UINT64_C(1) << 9)
#define MIP_MEIP   (UINT64_C(1) << 11)
#define MIP_LCOFIP (UINT64_C(1) << 13)

/* mcounteren, scounteren, mcountinhibit. */
#define COUNTER_CY (UINT64_C(1) << 0)
#define COUNTER_TM (UINT64_C(1) << 1)
#define COUNTER_IR (UINT64_C(1) << 2)

#define PMPCFG_R   0x01u
#define PMPCFG_W   0x02u
#define PMPCFG_X   0x04u
#define PMPCFG_A   0x18u
#define PMPCFG_TOR 0x08u
#define PMPCFG_L   0x80u

#endif
