/* cpu/tlb.h: the translation look-aside buffers of one hart, in contexts.
 *
 * A context belongs to one way of judging addresses: (privilege, ASID, SUM, MXR) or M-mode.
 * Changing mode, SUM or satp picks another context by pointer and flushes nothing.
 */
#ifndef RIVET_CPU_TLB_H
#define RIVET_CPU_TLB_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/hart.h"

/* Re-selects h->data and h->fetch after a change of privilege, mstatus, satp, senvcfg or menvcfg,
 * and sets h->leave. Everything that changes those calls this; nothing else need be done. */
void hart_mode_changed(struct hart *);

/* Drops every cached translation: after pmpcfg/pmpaddr or menvcfg.PBMTE/ADUE changed. */
void tlb_flush_all(struct hart *);

/* SFENCE.VMA / SINVAL.VMA: by address, by ASID, both or neither. */
void tlb_fence(struct hart *, bool by_va, uint64_t va, bool by_asid, uint64_t asid);

#endif
