/* cpu/engine_ref.c: the reference engine: one instruction at a time, the oracle of the others. */
#include "cpu/engine_ref.h"

#include <stdlib.h>

#include "cpu/counter.h"
#include "cpu/decode.h"
#include "cpu/tlb.h"
#include "host/fpu.h"

static bool ref_attach(struct hart *h, struct error *err)
{
    h->engine = NULL;
    h->decoded = decoded_create();
    if (!h->decoded) return error_set(err, "out of memory for the engine of hart %u", h->id);
    h->tlb->idle = true;
    return true;
}

static void ref_detach(struct hart *h)
{
    free(h->decoded);
    h->decoded = NULL;
    h->tlb->idle = false;
}

bool engine_step_muted(struct hart *h)
{
    struct host_fpu caller = host_fpu_enter(h->frm_host, h->fflags);
    bool retired = h->xlen == 64 ? engine_ref_step_muted64(h) : engine_ref_step_muted32(h);
    h->fflags = (uint8_t)host_fpu_flags_get();
    host_fpu_leave(caller);
    return retired;
}

void engine_compute(struct hart *h, const struct op *op)
{
    if (h->xlen == 64)
        engine_ref_compute64(h, op);
    else
        engine_ref_compute32(h, op);
}

enum run_reason engine_ref_run_inside(struct hart *h, uint64_t budget)
{
    return h->xlen == 64 ? engine_ref_run64(h, budget) : engine_ref_run32(h, budget);
}

static enum run_reason ref_run(struct hart *h, uint64_t budget)
{
    struct host_fpu caller = host_fpu_enter(h->frm_host, h->fflags);
    enum run_reason reason =
        counters_armed(h) ? counters_run(h, budget, engine_ref_run_inside, engine_ref_run_inside)
                          : engine_ref_run_inside(h, budget);
    h->fflags = (uint8_t)host_fpu_flags_get();
    host_fpu_leave(caller);
    return reason;
}

static unsigned ref_counters(const struct hart *h, struct engine_counter rows[ENGINE_COUNTERS_MAX])
{
    rows[0] = (struct engine_counter){"instructions retired", h->instret};
    return 1;
}

const struct engine engine_ref = {.name = "ref",
                                  .attach = ref_attach,
                                  .detach = ref_detach,
                                  .run = ref_run,
                                  .counters = ref_counters};
