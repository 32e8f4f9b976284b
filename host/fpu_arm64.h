/* host/fpu_arm64.h: host/fpu.h through FPCR and FPSR.
 *
 *      FPCR (Arm ARM, C5.2.8)                           FPSR (C5.2.10)
 *       26  25  24  23  22  19   15  12..8               7    4   3   2   1   0
 *      +---+---+---+-------+----+------------+          +---+---+---+---+---+---+
 *      |AHP|DN |FZ | RMode |FZ16| trap enable|          |IDC|IXC|UFC|OFC|DZC|IOC|
 *      +---+---+---+-------+----+------------+          +---+---+---+---+---+---+
 *                    RMode: 0 nearest, 1 up, 2 down, 3 to zero
 *
 * The flags are fflags' in reverse: IXC UFC OFC DZC IOC are NX UF OF DZ NV.
 */
#ifndef RIVET_HOST_FPU_ARM64_H
#define RIVET_HOST_FPU_ARM64_H

#include <stdint.h>

#define FPCR_RMODE       (UINT64_C(3) << 22)
#define FPCR_RMODE_SHIFT 22
#define FPSR_FLAGS       UINT64_C(0x9f)

/* Tininess is detected before rounding. */
#define HOST_FPU_TINY_AFTER_ROUNDING 0

struct host_fpu {
    uint64_t fpcr, fpsr;
};

static inline uint64_t fpcr_get(void)
{
    uint64_t fpcr;
    __asm__ volatile("mrs %0, fpcr" : "=r"(fpcr)::"memory");
    return fpcr;
}

static inline void fpcr_set(uint64_t fpcr)
{
    __asm__ volatile("msr fpcr, %0" ::"r"(fpcr) : "memory");
}

static inline uint64_t fpsr_get(void)
{
    uint64_t fpsr;
    __asm__ volatile("mrs %0, fpsr" : "=r"(fpsr)::"memory");
    return fpsr;
}

static inline void fpsr_set(uint64_t fpsr)
{
    __asm__ volatile("msr fpsr, %0" ::"r"(fpsr) : "memory");
}

static inline uint64_t fpcr_of_frm(unsigned frm)
{
    /* RNE RTZ RDN RUP, two bits each, RNE lowest: 0, 3, 2, 1. */
    return (uint64_t)(0x6cu >> 2 * (frm & 3) & 3) << FPCR_RMODE_SHIFT;
}

/* The five flags in the other order; its own inverse. */
static inline unsigned fpsr_reversed(unsigned flags)
{
    return (flags & 1) << 4 | (flags & 2) << 2 | (flags & 4) | (flags & 8) >> 2 | (flags & 16) >> 4;
}

static inline struct host_fpu host_fpu_enter(unsigned frm, unsigned flags)
{
    struct host_fpu saved = {fpcr_get(), fpsr_get()};
    fpcr_set(fpcr_of_frm(frm));
    fpsr_set(fpsr_reversed(flags));
    return saved;
}

static inline void host_fpu_leave(struct host_fpu saved)
{
    fpcr_set(saved.fpcr);
    fpsr_set(saved.fpsr);
}

static inline unsigned host_fpu_flags_get(void)
{
    return fpsr_reversed((unsigned)fpsr_get());
}

static inline void host_fpu_flags_set(unsigned flags)
{
    fpsr_set((fpsr_get() & ~FPSR_FLAGS) | fpsr_reversed(flags));
}

static inline void host_fpu_round_set(unsigned frm)
{
    fpcr_set((fpcr_get() & ~FPCR_RMODE) | fpcr_of_frm(frm));
}

#endif
