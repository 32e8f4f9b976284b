/* host/fpu_common.h: what every kind of host FPU shares: the flag bits, and the fence. */
#ifndef RIVET_HOST_FPU_COMMON_H
#define RIVET_HOST_FPU_COMMON_H

#include <stdint.h>

enum host_fpu_flag {
    HOST_FPU_NX = 1,
    HOST_FPU_UF = 2,
    HOST_FPU_OF = 4,
    HOST_FPU_DZ = 8,
    HOST_FPU_NV = 16,
};

/* Keeps memory accesses on their side of a change to the FPU's state. */
#define HOST_FPU_FENCE() __asm__ volatile("" ::: "memory")

#endif
