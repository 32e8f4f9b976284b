/* cpu/trigger.h: debug triggers that guest software sets: exceptions at an instruction, a load or a
 * store ("RISC-V Debug Specification", chapter "Sdtrig").
 *
 * Each has tdata2, an address, and tdata1, of type mcontrol6 (XLEN 64; on RV32 type is 31..28):
 *
 *    63..60     22        11   10..7   6   4   3       2       1      0
 *   +------+--+------+--+-----+-------+---+---+---+---------+-------+------+
 *   | type |  | hit0 |  |chain| match | m | s | u | execute | store | load |
 *   +------+--+------+--+-----+-------+---+---+---+---------+-------+------+
 *
 * Nothing is slower where there is none. For instructions the cached engine puts an OP_BREAK in
 * front of each whose offset in its page is that of a trigger; pages where a load or store may
 * fire one never enter the TLB. Whether one really does is decided here, in each case.
 */
#ifndef RIVET_CPU_TRIGGER_H
#define RIVET_CPU_TRIGGER_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/hart.h"

#define TRIGGER_LOAD    (UINT64_C(1) << 0)
#define TRIGGER_STORE   (UINT64_C(1) << 1)
#define TRIGGER_EXECUTE (UINT64_C(1) << 2)
#define TRIGGER_U       (UINT64_C(1) << 3)
#define TRIGGER_S       (UINT64_C(1) << 4)
#define TRIGGER_M       (UINT64_C(1) << 6)
#define TRIGGER_CHAIN   (UINT64_C(1) << 11)
#define TRIGGER_HIT0    (UINT64_C(1) << 22)

enum trigger_type { TRIGGER_MCONTROL6 = 6, TRIGGER_DISABLED = 15 };
enum trigger_match { MATCH_EQUAL, MATCH_NAPOT, MATCH_GE, MATCH_LT };

void triggers_reset(struct hart *);

/* tdata1 or tdata2 of a trigger changed: what is cached is made anew. The engine leaves. */
void triggers_changed(struct hart *);

/* May a trigger fire at an instruction with this offset in its page? */
static inline bool trigger_break_at(const struct hart *h, uint64_t address)
{
    unsigned halfword = (address & ~PAGE_MASK) / 2;
    return UNLIKELY(h->triggers_execute) &&
           (h->trigger_offsets[halfword / 64] >> halfword % 64 & 1);
}

/* Must an access of this kind to the page of `va` always be looked at? */
bool trigger_page_watched(const struct hart *, uint64_t va, enum access access);

/* True: a trigger fires, in front of the instruction at h->pc; or of the one that accesses `size`
 * bytes at `va` in the way that `kinds` says, TRIGGER_LOAD or TRIGGER_STORE or both. h->trap is
 * filled. */
bool trigger_execute(struct hart *);
bool trigger_access(struct hart *, uint64_t va, unsigned size, uint64_t kinds);

#endif
