/* cpu/trap.h: causes, entering and leaving traps, choosing the interrupt to take. */
#ifndef RIVET_CPU_TRAP_H
#define RIVET_CPU_TRAP_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/hart.h"

/* mcause codes (Privileged spec, table "Machine cause register values after trap"): cpu/cause.def
 * has a row each: CAUSE(name, code, "text"). */
enum cause {
#define CAUSE(name, code, text) CAUSE_##name = (code),
#include "cpu/cause.def"
#undef CAUSE
};

#define CAUSE_INTERRUPT (UINT64_C(1) << 63) /* moved to bit XLEN-1 when a CSR is read on RV32 */

const char *cause_text(uint64_t cause);

/* Takes the exception or interrupt: h->pc is the epc on entry and the handler's address after;
 * delegation, xPP/xPIE/xIE, xcause, xtval and the new mode as the specification says. h->instret is
 * exact, here and in the next two. */
void trap_enter(struct hart *, uint64_t cause, uint64_t tval);

/* The interrupt that would be taken now, or false: none is pending, enabled and permitted by mode
 * and delegation. Order: MEI MSI MTI SEI SSI STI LCOFI (Privileged spec, "mip and mie"). */
bool trap_interrupt_pending(const struct hart *, uint64_t *cause);

/* MRET and SRET: false when illegal in this mode (TSR, too low a privilege); otherwise the mode has
 * changed and *target is where to go on. */
bool trap_mret(struct hart *, uint64_t *target);
bool trap_sret(struct hart *, uint64_t *target);

/* WFI: false when illegal (TW, or U-mode). True: h->wfi is set unless an interrupt is pending in
 * mip & mie already; the engine leaves after the instruction has retired. */
bool trap_wfi(struct hart *);

#endif
