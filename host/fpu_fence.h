/* host/fpu_fence.h: keeps memory accesses on their side of a change to the FPU's state. */
#ifndef RIVET_HOST_FPU_FENCE_H
#define RIVET_HOST_FPU_FENCE_H

#define HOST_FPU_FENCE() __asm__ volatile("" ::: "memory")

#endif
