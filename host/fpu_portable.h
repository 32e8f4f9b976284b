/* host/fpu_portable.h: host/fpu.h through <fenv.h>, for hosts without a file of their own. */
#ifndef RIVET_HOST_FPU_PORTABLE_H
#define RIVET_HOST_FPU_PORTABLE_H

#include <fenv.h>

#include "host/fpu_common.h"

/* Tininess may be detected before rounding. */
#define HOST_FPU_TINY_AFTER_ROUNDING 0

struct host_fpu {
    fenv_t environment;
};

static inline unsigned host_fpu_flags_get(void)
{
    HOST_FPU_FENCE();
    int raised = fetestexcept(FE_ALL_EXCEPT);
    return (raised & FE_INEXACT ? HOST_FPU_NX : 0) | (raised & FE_UNDERFLOW ? HOST_FPU_UF : 0) |
           (raised & FE_OVERFLOW ? HOST_FPU_OF : 0) | (raised & FE_DIVBYZERO ? HOST_FPU_DZ : 0) |
           (raised & FE_INVALID ? HOST_FPU_NV : 0);
}

static inline void host_fpu_flags_set(unsigned flags)
{
    int raised = (flags & HOST_FPU_NX ? FE_INEXACT : 0) | (flags & HOST_FPU_UF ? FE_UNDERFLOW : 0) |
                 (flags & HOST_FPU_OF ? FE_OVERFLOW : 0) |
                 (flags & HOST_FPU_DZ ? FE_DIVBYZERO : 0) | (flags & HOST_FPU_NV ? FE_INVALID : 0);
    HOST_FPU_FENCE();
    feraiseexcept(raised);
    /* After, not before: raising overflow or underflow may raise inexact too. */
    feclearexcept(FE_ALL_EXCEPT & ~raised);
    HOST_FPU_FENCE();
}

static inline void host_fpu_round_set(unsigned frm)
{
    static const int modes[] = {FE_TONEAREST, FE_TOWARDZERO, FE_DOWNWARD, FE_UPWARD};
    HOST_FPU_FENCE();
    fesetround(modes[frm & 3]);
    HOST_FPU_FENCE();
}

static inline struct host_fpu host_fpu_enter(unsigned frm, unsigned flags)
{
    struct host_fpu saved;
    fegetenv(&saved.environment);
    fesetenv(FE_DFL_ENV);
    host_fpu_round_set(frm);
    host_fpu_flags_set(flags);
    return saved;
}

static inline void host_fpu_leave(struct host_fpu saved)
{
    HOST_FPU_FENCE();
    fesetenv(&saved.environment);
    HOST_FPU_FENCE();
}

#endif
