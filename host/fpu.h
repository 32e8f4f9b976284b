/* host/fpu.h: the host FPU's rounding mode and sticky flags, as RISC-V values.
 *
 * The host FPU does the guest's arithmetic: while a guest runs, the rounding mode is the guest's
 * and the sticky flags of the host *are* the guest's fflags.
 *
 *      fflags (Unprivileged spec, "Floating-Point Control and Status Register")
 *         4     3     2     1     0
 *      +-----+-----+-----+-----+-----+
 *      | NV  | DZ  | OF  | UF  | NX  |
 *      +-----+-----+-----+-----+-----+
 *
 * `frm` is 0..3: RNE RTZ RDN RUP; RMM is no mode of any host and is the caller's to make.
 *
 * All state belongs to the calling thread. The compiler knows nothing of this register, but it
 * moves no memory access past these functions: keep operands and results of the arithmetic
 * between two calls in memory (or volatile). Build such code with -frounding-math -ftrapping-math.
 *
 * Tininess is detected after rounding on x86-64, as RISC-V wants it, but before rounding on arm64:
 * there UF may be raised for a result that rounds up to the smallest normal number.
 */
#ifndef RIVET_HOST_FPU_H
#define RIVET_HOST_FPU_H

#include <math.h>

#include "host/fpu_common.h"

/* What each host below provides:
 *
 *      HOST_FPU_TINY_AFTER_ROUNDING                    1 or 0, see above
 *      struct host_fpu                                 the caller's environment
 *      host_fpu_enter(frm, flags) -> struct host_fpu   saves it; then rounding mode `frm`, sticky
 *                                                      flags exactly `flags`, no traps, subnormals
 *                                                      kept (no DAZ, no FTZ)
 *      host_fpu_leave(saved)                           puts it back, flags included
 *      host_fpu_flags_get() -> flags                   the sticky flags
 *      host_fpu_flags_set(flags)                       makes them exactly `flags`
 *      host_fpu_flags_clear()                          makes them none
 *      host_fpu_flags_raise(flags)                     adds `flags`
 *      host_fpu_round_set(frm)                         frm 0..3
 *
 * and where that is worth more than the C library's fma, with HOST_FPU_FMA defined,
 *
 *      host_fpu_fma64(a, b, c), host_fpu_fma32         a * b + c, rounded once
 */
#if defined(__x86_64__) && !defined(HOST_FPU_PORTABLE)
#include "host/fpu_x86_64.h"
#elif defined(__aarch64__) && !defined(HOST_FPU_PORTABLE)
#include "host/fpu_arm64.h"
#else
#include "host/fpu_portable.h"
#endif

#ifndef HOST_FPU_FMA
static inline double host_fpu_fma64(double a, double b, double c)
{
    return fma(a, b, c);
}

static inline float host_fpu_fma32(float a, float b, float c)
{
    return fmaf(a, b, c);
}
#endif

static inline void host_fpu_flags_clear(void)
{
    host_fpu_flags_set(0);
}

static inline void host_fpu_flags_raise(unsigned flags)
{
    host_fpu_flags_set(host_fpu_flags_get() | flags);
}

#endif
