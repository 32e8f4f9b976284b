/* tests/smp/reserve.c: reservations by the letter of the specification, where harts take turns.
 *
 * An SC fails after another hart's store to what was reserved, though the store left the old value
 * there (Unprivileged spec, "Load-Reserved/Store-Conditional Instructions"). Side by side on host
 * threads Rivet's don't: docs/smp.md. And a constrained loop comes to its end, whatever the length
 * of a turn.
 */
#include "bare.h"

#ifdef SMP_LONG
#define ROUNDS 100000
#else
#define ROUNDS 2000
#endif

static LINE uint32_t word = 7, stored;
static LINE uint64_t count;

/* Between the LR and the SC the other hart stores what was there. */
static void same_value_is_noticed(unsigned hart)
{
    uint32_t failed;
    if (hart == 1) {
        while (__atomic_load_n(&stored, __ATOMIC_ACQUIRE) != 1)
            PAUSE;
        __atomic_store_n(&word, 7, __ATOMIC_RELAXED);
        __atomic_store_n(&stored, 2, __ATOMIC_RELEASE);
    }
    if (hart != 0) return;
    __asm__ volatile("lr.w t0, (%1)\n"
                     "sw %2, (%3)\n"
                     "0: lw t0, (%3)\nbeq t0, %2, 0b\n"
                     "sc.w %0, %2, (%1)"
                     : "=&r"(failed)
                     : "r"(&word), "r"(1), "r"(&stored)
                     : "t0", "memory");
    if (!failed) fail("an SC succeeded after another hart's store of", word, 7);
}

/* As long as a constrained loop may be: sixteen instructions. */
static void long_loops_succeed(void)
{
    for (unsigned round = 0; round < ROUNDS; round++)
        __asm__ volatile("0: lr.d t0, (%0)\n"
                         "addi t0, t0, 1\naddi t1, t0, 0\naddi t1, t1, 1\naddi t1, t1, 1\n"
                         "addi t1, t1, 1\naddi t1, t1, 1\naddi t1, t1, 1\naddi t1, t1, 1\n"
                         "addi t1, t1, 1\naddi t1, t1, 1\naddi t1, t1, 1\naddi t1, t1, 1\n"
                         "addi t1, t1, 1\n"
                         "sc.d t1, t0, (%0)\nbnez t1, 0b"
                         :
                         : "r"(&count)
                         : "t0", "t1", "memory");
}

void main(unsigned hart)
{
    barrier();
    same_value_is_noticed(hart);
    barrier();
    long_loops_succeed();
    barrier();
    if (hart) return;
    if (count != HARTS * ROUNDS) fail("increments were lost", count, HARTS * ROUNDS);
    finish(0);
}
