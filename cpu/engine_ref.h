/* cpu/engine_ref.h: the reference engine's two widths. */
#ifndef RIVET_CPU_ENGINE_REF_H
#define RIVET_CPU_ENGINE_REF_H

#include "cpu/engine.h"
#include "cpu/op.h"

/* As engine.run; the host FPU is the guest's already. */
enum run_reason engine_ref_run64(struct hart *h, uint64_t budget);
enum run_reason engine_ref_run32(struct hart *h, uint64_t budget);

/* One or the other, as the hart's XLEN says. */
enum run_reason engine_ref_run_inside(struct hart *h, uint64_t budget);

/* As engine_step_muted; the host FPU is the guest's already. */
bool engine_ref_step_muted64(struct hart *h);
bool engine_ref_step_muted32(struct hart *h);

/* As engine_compute. */
void engine_ref_compute64(struct hart *h, const struct op *op);
void engine_ref_compute32(struct hart *h, const struct op *op);

#endif
