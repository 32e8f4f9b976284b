/* bench/work/work.h: one workload a file; what they share. */
#ifndef RIVET_BENCH_WORK_H
#define RIVET_BENCH_WORK_H

#include <stdint.h>

/* Each does a fixed amount of work and returns a checksum, so that nothing is optimised away. */
uint64_t work_intmix(void);
uint64_t work_core(void);
uint64_t work_calls(void);
uint64_t work_icalls(void);
uint64_t work_interp(void);
uint64_t work_sort(void);
uint64_t work_chase(void);
uint64_t work_copy(void);
uint64_t work_strings(void);
uint64_t work_muldiv(void);
uint64_t work_nbody(void);
uint64_t work_nbodyf(void);
uint64_t work_matmul(void);
uint64_t work_matmulf(void);
uint64_t work_syscalls(void);
uint64_t work_faults(void);
uint64_t work_forks(void);
uint64_t work_switches(void);
uint64_t work_atomics(void);
uint64_t work_threads(void);

/* A xorshift generator: *state must not be 0. */
static inline uint64_t random_next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

#endif
