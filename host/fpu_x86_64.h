/* host/fpu_x86_64.h: host/fpu.h through MXCSR; the x87 unit is never touched.
 *
 *      MXCSR (Intel SDM vol. 1, 10.2.3)
 *       15   14 13   12 11 10  9  8  7    6     5  4  3  2  1  0
 *      +----+------+-------------------+-----+-------------------+
 *      |FTZ |  RC  | PM UM OM ZM DM IM | DAZ | PE UE OE ZE DE IE |
 *      +----+------+-------------------+-----+-------------------+
 *            RC: 0 nearest, 1 down, 2 up, 3 to zero
 *
 * Without DE the flags are fflags' in reverse: PE UE OE ZE IE are NX UF OF DZ NV.
 */
#ifndef RIVET_HOST_FPU_X86_64_H
#define RIVET_HOST_FPU_X86_64_H

#include <math.h>
#include <stdint.h>
#include <xmmintrin.h>

#include "host/fpu_common.h"

#define MXCSR_FLAGS    0x003fu
#define MXCSR_NO_TRAPS 0x1f80u
#define MXCSR_RC       0x6000u
#define MXCSR_RC_SHIFT 13

/* Tininess is detected after rounding, as RISC-V wants it. */
#define HOST_FPU_TINY_AFTER_ROUNDING 1

struct host_fpu {
    uint32_t mxcsr;
};

static inline uint32_t mxcsr_get(void)
{
    HOST_FPU_FENCE();
    return _mm_getcsr();
}

static inline void mxcsr_set(uint32_t mxcsr)
{
    HOST_FPU_FENCE();
    _mm_setcsr(mxcsr);
    HOST_FPU_FENCE();
}

static inline uint32_t mxcsr_of_flags(unsigned flags)
{
    return (flags & 1) << 5 | (flags & 2) << 3 | (flags & 4) << 1 | (flags & 8) >> 1 |
           (flags & 16) >> 4;
}

static inline uint32_t mxcsr_of_frm(unsigned frm)
{
    /* RNE RTZ RDN RUP, two bits each, RNE lowest: 0, 3, 1, 2. */
    return (0x9cu >> 2 * (frm & 3) & 3) << MXCSR_RC_SHIFT;
}

/* The C library's fma() asks the same question, but out of line. */
#define HOST_FPU_FMA

static inline double host_fpu_fma64(double a, double b, double c)
{
    if (!__builtin_cpu_supports("fma")) return fma(a, b, c);
    __asm__("vfmadd231sd %2, %1, %0" : "+x"(c) : "x"(a), "x"(b));
    return c;
}

static inline float host_fpu_fma32(float a, float b, float c)
{
    if (!__builtin_cpu_supports("fma")) return fmaf(a, b, c);
    __asm__("vfmadd231ss %2, %1, %0" : "+x"(c) : "x"(a), "x"(b));
    return c;
}

static inline struct host_fpu host_fpu_enter(unsigned frm, unsigned flags)
{
    struct host_fpu saved = {mxcsr_get()};
    mxcsr_set(MXCSR_NO_TRAPS | mxcsr_of_frm(frm) | mxcsr_of_flags(flags));
    return saved;
}

static inline void host_fpu_leave(struct host_fpu saved)
{
    mxcsr_set(saved.mxcsr);
}

static inline unsigned host_fpu_flags_get(void)
{
    uint32_t mxcsr = mxcsr_get();
    return (mxcsr >> 5 & 1) | (mxcsr >> 3 & 2) | (mxcsr >> 1 & 4) | (mxcsr << 1 & 8) |
           (mxcsr << 4 & 16);
}

static inline void host_fpu_flags_set(unsigned flags)
{
    mxcsr_set((mxcsr_get() & ~MXCSR_FLAGS) | mxcsr_of_flags(flags));
}

static inline void host_fpu_round_set(unsigned frm)
{
    mxcsr_set((mxcsr_get() & ~MXCSR_RC) | mxcsr_of_frm(frm));
}

#endif
