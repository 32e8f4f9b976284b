/* tests/lockstep/compare.c: where two machines differ. */
#include "tests/lockstep/compare.h"

#include <inttypes.h>
#include <string.h>

#include "base/bits.h"
#include "cpu/csr.h"

/* Members of struct hart that software or the rest of the machine can see. */
struct member {
    const char *name;
    size_t offset, size;
};

#define MEMBER(m)                                                                                  \
    {                                                                                              \
#m, offsetof(struct hart, m), sizeof(((struct hart *)0)->m)                                \
    }

/* clang-format off */
static const struct member members[] = {
    MEMBER(pc),       MEMBER(instret),     MEMBER(priv),      MEMBER(wfi),
    MEMBER(mstatus),  MEMBER(fp_dirty),    MEMBER(fp_off),    MEMBER(frm),
    MEMBER(fflags),   MEMBER(frm_host),    MEMBER(frm_of),    MEMBER(medeleg),
    MEMBER(mideleg),  MEMBER(mie),         MEMBER(mip_wires), MEMBER(mip_soft),
    MEMBER(mtvec),    MEMBER(mscratch),    MEMBER(mepc),      MEMBER(mcause),
    MEMBER(mtval),    MEMBER(mcounteren),  MEMBER(menvcfg),   MEMBER(mcountinhibit),
    MEMBER(stvec),    MEMBER(sscratch),    MEMBER(sepc),      MEMBER(scause),
    MEMBER(stval),    MEMBER(scounteren),  MEMBER(senvcfg),   MEMBER(satp),
    MEMBER(stimecmp), MEMBER(pmpcfg),      MEMBER(pmpaddr),   MEMBER(counter),
    MEMBER(counting), MEMBER(reservation), MEMBER(f),
    MEMBER(mseccfg), MEMBER(mstateen), MEMBER(miselect), MEMBER(siselect),
    MEMBER(counter_config), MEMBER(counter_event), MEMBER(tselect), MEMBER(tdata1),
    MEMBER(tdata2), MEMBER(pmlen),
};
/* clang-format on */

static bool member_same(const struct member *m, const struct hart *a, const struct hart *b)
{
    return memcmp((const char *)a + m->offset, (const char *)b + m->offset, m->size) == 0;
}

/* Page-table walks each engine has its own. */
static bool events_same(const struct hart *a, const struct hart *b)
{
    for (unsigned event = HPM_EXCEPTIONS; event < HPM_EVENT_COUNT; event++)
        if (a->event_total[event] != b->event_total[event]) return false;
    return true;
}

static bool reservations_same(const struct hart *a, const struct hart *b)
{
    if (a->reservation == RESERVATION_NONE) return true; /* the address is a member */
    return a->reservation_size == b->reservation_size &&
           a->reservation_value == b->reservation_value;
}

bool rigs_same(const struct rig *a, const struct rig *b)
{
    for (size_t i = 0; i < ARRAY_COUNT(members); i++)
        if (!member_same(&members[i], &a->hart, &b->hart)) return false;
    for (unsigned i = 0; i < 32; i++)
        if (hart_x(&a->hart, i) != hart_x(&b->hart, i)) return false;
    return events_same(&a->hart, &b->hart) && reservations_same(&a->hart, &b->hart) &&
           memcmp(a->words, b->words, sizeof a->words) == 0;
}

bool rigs_same_memory(const struct rig *a, const struct rig *b)
{
    return memcmp(a->bytes, b->bytes, RAM_SIZE) == 0;
}

static void print_line(FILE *out, const char *what, unsigned index, uint64_t a, uint64_t b)
{
    if (a != b)
        fprintf(out, "  %s[%u]: reference 0x%" PRIx64 ", other 0x%" PRIx64 "\n", what, index, a, b);
}

static void print_members(FILE *out, const struct hart *a, const struct hart *b)
{
    for (size_t i = 0; i < ARRAY_COUNT(members); i++) {
        const struct member *m = &members[i];
        unsigned step = m->size % 8 == 0 ? 8 : m->size == 4 ? 4 : 1;
        if (member_same(m, a, b)) continue;
        for (unsigned at = 0; at < m->size; at += step)
            print_line(out, m->name, at / step, load_le((const char *)a + m->offset + at, step),
                       load_le((const char *)b + m->offset + at, step));
    }
}

void rigs_print_differences(FILE *out, struct rig *reference, struct rig *other)
{
    print_members(out, &reference->hart, &other->hart);
    for (unsigned i = 0; i < 32; i++)
        print_line(out, "x", i, hart_x(&reference->hart, i), hart_x(&other->hart, i));
    for (unsigned i = HPM_EXCEPTIONS; i < HPM_EVENT_COUNT; i++)
        print_line(out, "event_total", i, reference->hart.event_total[i],
                   other->hart.event_total[i]);
    print_line(out, "reservation_value", 0, reference->hart.reservation_value,
               other->hart.reservation_value);
    for (unsigned i = 0; i < ARRAY_COUNT(reference->words); i++)
        print_line(out, "device word", i, reference->words[i], other->words[i]);
    unsigned lines = 0;
    for (uint32_t at = 0; at < RAM_SIZE && lines < 16; at += 8) {
        uint64_t a = load_le(reference->bytes + at, 8), b = load_le(other->bytes + at, 8);
        if (a == b) continue;
        fprintf(out,
                "  memory at 0x%" PRIx64 ": reference 0x%016" PRIx64 ", other 0x%016" PRIx64 "\n",
                RAM_BASE + at, a, b);
        lines++;
    }
}

void rig_spoil(struct rig *rig, uint64_t which)
{
    struct hart *h = &rig->hart;
    unsigned bit = which & 7;
    which >>= 3;
    unsigned kind = which % (ARRAY_COUNT(members) + 3);
    which >>= 8;
    /* Not instret: the reference would follow, and in an empty loop arrive. */
    if (kind < ARRAY_COUNT(members) && strcmp(members[kind].name, "instret") == 0) kind++;
    if (kind == ARRAY_COUNT(members))
        rig->bytes[which % RAM_SIZE] ^= (uint8_t)(1u << bit);
    else if (kind == ARRAY_COUNT(members) + 1)
        rig->words[which % 8] ^= 1u << bit;
    else if (kind == ARRAY_COUNT(members) + 2)
        hart_set_x(h, 1 + which % 31, hart_x(h, 1 + which % 31) ^ 1u << bit);
    else
        ((uint8_t *)h)[members[kind].offset + which % members[kind].size] ^= (uint8_t)(1u << bit);
}
