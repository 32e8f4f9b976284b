/* tests/cpu/test_mmu.c: each rule of the page walk, by the cause and by the sentence it gives. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdatomic.h>

#include "cpu/isa.h"
#include "cpu/mmu.h"
#include "cpu/trap.h"
#include "host/thread.h"

#define V           0x01
#define R           0x02
#define W           0x04
#define X           0x08
#define U           0x10
#define G           0x20
#define A           0x40
#define D           0x80
#define RWX         (R | W | X)
#define LEAF        (V | RWX | A | D)
#define PBMT(value) ((uint64_t)(value) << 61)
#define N           (UINT64_C(1) << 63)
#define PPN(ppn)    ((uint64_t)(ppn) << 10)

#define SUM   1
#define MXR   2
#define ADUE  4
#define PBMTE 8
#define NAPOT 16

#define RAM_BASE UINT64_C(0x80000000)
#define RAM_SIZE 0x20000

#define SV32 1
#define SV39 8
#define SV48 9
#define SV57 10

/* A hart in front of RAM whose first pages are the tables: level n's at RAM_BASE + n pages. */
struct board {
    struct hart hart;
    struct isa isa;
    struct ram ram;
    struct bus bus;
};

static int setup(void **state)
{
    static struct board board;
    board = (struct board){.isa = {.xlen = 64}};
    struct error err;
    if (!ram_init(&board.ram, RAM_SIZE, &err)) return -1;
    if (!bus_add_ram(&board.bus, RAM_BASE, &board.ram, &err)) return -1;
    board.hart.xlen = 64;
    board.hart.isa = &board.isa;
    board.hart.bus = &board.bus;
    board.hart.priv = PRIV_S;
    board.hart.pmpcfg[0] = 0x1f; /* NAPOT, RWX, everywhere */
    board.hart.pmpaddr[0] = UINT64_C(0x3fffffffffffff);
    *state = &board;
    return 0;
}

static int teardown(void **state)
{
    struct board *board = *state;
    ram_fini(&board->ram);
    return 0;
}

struct walk_case {
    const char *name;
    unsigned mode; /* satp.MODE */
    enum access access;
    enum priv priv;
    unsigned flags;   /* SUM... */
    unsigned level;   /* where `leaf` stands */
    uint64_t leaf;    /* the entry */
    uint64_t pointer; /* bits set in the pointers above it, besides V */
    uint64_t va;      /* 0: the usual one */
    uint64_t cause;   /* 0: it succeeds */
    const char *rule; /* how failed_rule begins */
    uint64_t paddr;   /* of a success, as its page_shift */
    unsigned shift;
    uint64_t after; /* the entry after the walk, when it changes */
};

#define VA64 UINT64_C(0x0000001234567abc)
#define VA32 UINT64_C(0x0000000012345abc)

static unsigned vpn_bits(unsigned mode)
{
    return mode == SV32 ? 10 : 9;
}

static unsigned levels(unsigned mode)
{
    return mode == SV32 ? 2 : mode - SV39 + 3;
}

/* The address of the entry for `va` in the table of `level`. */
static uint64_t entry_at(unsigned mode, uint64_t va, unsigned level)
{
    uint64_t vpn = va >> (12 + level * vpn_bits(mode)) & ((1u << vpn_bits(mode)) - 1);
    return RAM_BASE + level * 0x1000 + vpn * (mode == SV32 ? 4 : 8);
}

static uint64_t case_va(const struct walk_case *c)
{
    return c->va ? c->va : c->mode == SV32 ? VA32 : VA64;
}

/* Lays the case's tables out in RAM and returns its regime. */
static struct mmu_regime case_prepare(struct board *board, const struct walk_case *c)
{
    unsigned pte_bytes = c->mode == SV32 ? 4 : 8;
    uint64_t va = case_va(c);
    memset(board->ram.bytes, 0, RAM_SIZE);
    board->hart.xlen = board->isa.xlen = c->mode == SV32 ? 32 : 64;
    for (unsigned level = levels(c->mode) - 1; level > c->level; level--) {
        uint64_t below = (RAM_BASE >> 12) + level - 1;
        assert_true(bus_store(&board->bus, entry_at(c->mode, va, level), pte_bytes,
                              PPN(below) | V | c->pointer));
    }
    assert_true(bus_store(&board->bus, entry_at(c->mode, va, c->level), pte_bytes, c->leaf));
    uint64_t root = (RAM_BASE >> 12) + levels(c->mode) - 1;
    return (struct mmu_regime){
        .priv = c->priv,
        .satp = root | (c->mode == SV32 ? UINT64_C(1) << 31 : (uint64_t)c->mode << 60),
        .sum = c->flags & SUM,
        .mxr = c->flags & MXR,
        .adue = c->flags & ADUE,
        .pbmt = c->flags & PBMTE,
        .napot = c->flags & NAPOT,
    };
}

static uint64_t case_entry(struct board *board, const struct walk_case *c)
{
    uint64_t value;
    assert_true(bus_load(&board->bus, entry_at(c->mode, case_va(c), c->level),
                         c->mode == SV32 ? 4 : 8, &value));
    return value;
}

static void case_check(struct board *board, const struct walk_case *c)
{
    struct mmu_regime regime = case_prepare(board, c);
    struct mapping mapping = {0}, traced = {0};
    struct trap trap = {0};
    struct walk_trace trace;
    if (c->cause) print_message("    %s\n", c->name);

    bool ok = mmu_translate(&board->hart, &regime, case_va(c), c->access, &traced, &trap, &trace);
    assert_int_equal(ok, c->cause == 0);
    assert_int_equal(case_entry(board, c), c->leaf); /* a traced walk changes nothing */
    if (ok) {
        assert_null(trace.failed_rule);
        assert_int_equal(trace.count, levels(c->mode) - c->level);
        assert_int_equal(trace.step[trace.count - 1].level, c->level);
        assert_int_equal(trace.step[trace.count - 1].pte, c->leaf);
        assert_int_equal(trace.step[0].pte_addr,
                         entry_at(c->mode, case_va(c), levels(c->mode) - 1));
    } else {
        assert_non_null(trace.failed_rule);
        if (strncmp(trace.failed_rule, c->rule, strlen(c->rule)) != 0)
            fail_msg("%s: got \"%s\"", c->name, trace.failed_rule);
    }

    trap = (struct trap){0};
    assert_int_equal(
        mmu_translate(&board->hart, &regime, case_va(c), c->access, &mapping, &trap, NULL), ok);
    assert_int_equal(case_entry(board, c), c->after ? c->after : c->leaf);
    if (ok) {
        assert_int_equal(mapping.paddr, c->paddr);
        assert_int_equal(mapping.page_shift, c->shift);
        assert_int_equal(traced.paddr, c->paddr);
        assert_int_equal(traced.page_shift, c->shift);
        assert_int_equal(traced.store, mapping.store);
    } else {
        assert_int_equal(trap.cause, c->cause);
        assert_int_equal(trap.tval, case_va(c));
    }
}

/* clang-format off */
static const struct walk_case successes[] = {
    {"Sv39 4K",    SV39, ACCESS_LOAD,  PRIV_S, 0, 0, LEAF | PPN(0x80123), .paddr = 0x80123abc, .shift = 12},
    {"Sv39 2M",    SV39, ACCESS_STORE, PRIV_S, 0, 1, LEAF | PPN(0x80200), .paddr = 0x80367abc, .shift = 21},
    {"Sv39 1G",    SV39, ACCESS_FETCH, PRIV_S, 0, 2, LEAF | PPN(0xc0000), .paddr = 0xf4567abc, .shift = 30},
    {"Sv48 4K",    SV48, ACCESS_LOAD,  PRIV_S, 0, 0, LEAF | PPN(0x80123), .paddr = 0x80123abc, .shift = 12},
    {"Sv48 2M",    SV48, ACCESS_LOAD,  PRIV_S, 0, 1, LEAF | PPN(0x80200), .paddr = 0x80367abc, .shift = 21},
    {"Sv48 1G",    SV48, ACCESS_LOAD,  PRIV_S, 0, 2, LEAF | PPN(0xc0000), .paddr = 0xf4567abc, .shift = 30},
    {"Sv48 512G",  SV48, ACCESS_LOAD,  PRIV_S, 0, 3, LEAF | PPN(0x8000000), .paddr = 0x9234567abc, .shift = 39},
    {"Sv57 4K",    SV57, ACCESS_LOAD,  PRIV_S, 0, 0, LEAF | PPN(0x80123), .paddr = 0x80123abc, .shift = 12},
    {"Sv57 512G",  SV57, ACCESS_LOAD,  PRIV_S, 0, 3, LEAF | PPN(0x8000000), .paddr = 0x9234567abc, .shift = 39},
    {"Sv57 256T",  SV57, ACCESS_LOAD,  PRIV_S, 0, 4, LEAF | PPN(UINT64_C(1) << 36),
        .paddr = (UINT64_C(1) << 48) + VA64, .shift = 48},
    {"Sv32 4K, 34 bits", SV32, ACCESS_LOAD, PRIV_S, 0, 0, LEAF | PPN(0x3ff123), .paddr = 0x3ff123abc, .shift = 12},
    {"Sv32 4M",    SV32, ACCESS_STORE, PRIV_S, 0, 1, LEAF | PPN(0x3ffc00), .paddr = 0x3fff45abc, .shift = 22},
    {"all 44 bits of PPN", SV39, ACCESS_LOAD, PRIV_S, 0, 0, LEAF | PPN(0xfffffffffff), .paddr = 0xfffffffffffabc, .shift = 12},
    {"RSW is software's", SV39, ACCESS_LOAD, PRIV_S, 0, 0, LEAF | PPN(0x80123) | 0x300, .paddr = 0x80123abc, .shift = 12},
    {"negative addresses", SV39, ACCESS_LOAD, PRIV_S, 0, 0, LEAF | PPN(0x80123),
        .va = UINT64_C(0xffffffc000000008), .paddr = 0x80123008, .shift = 12},
    {"U-mode, its page", SV39, ACCESS_LOAD, PRIV_U, 0, 0, LEAF | U | PPN(1), .paddr = 0x1abc, .shift = 12},
    {"U-mode fetch",  SV39, ACCESS_FETCH, PRIV_U, 0, 0, LEAF | U | PPN(1), .paddr = 0x1abc, .shift = 12},
    {"S-mode, U, SUM", SV39, ACCESS_STORE, PRIV_S, SUM, 0, LEAF | U | PPN(1), .paddr = 0x1abc, .shift = 12},
    {"X-only, MXR",   SV39, ACCESS_LOAD, PRIV_S, MXR, 0, V | X | A | PPN(1), .paddr = 0x1abc, .shift = 12},
    {"load leaves D", SV39, ACCESS_LOAD, PRIV_S, 0, 0, V | RWX | A | PPN(1), .paddr = 0x1abc, .shift = 12},
    {"PBMT NC",       SV39, ACCESS_LOAD, PRIV_S, PBMTE, 0, LEAF | PBMT(1) | PPN(1), .paddr = 0x1abc, .shift = 12},
    {"PBMT IO",       SV39, ACCESS_LOAD, PRIV_S, PBMTE, 1, LEAF | PBMT(2) | PPN(0x200), .paddr = 0x367abc, .shift = 21},
    {"64 KiB",        SV39, ACCESS_LOAD, PRIV_S, NAPOT, 0, LEAF | N | PPN(0x80128), .paddr = 0x80127abc, .shift = 16},
    {"Svadu sets A",  SV39, ACCESS_LOAD, PRIV_S, ADUE, 0, V | RWX | PPN(1), .paddr = 0x1abc, .shift = 12,
        .after = V | RWX | A | PPN(1)},
    {"Svadu sets A for a fetch", SV48, ACCESS_FETCH, PRIV_S, ADUE, 0, V | RWX | PPN(1), .paddr = 0x1abc, .shift = 12,
        .after = V | RWX | A | PPN(1)},
    {"Svadu sets A and D", SV39, ACCESS_STORE, PRIV_S, ADUE, 1, V | RWX | PPN(0x200), .paddr = 0x367abc, .shift = 21,
        .after = V | RWX | A | D | PPN(0x200)},
    {"Svadu sets D",  SV32, ACCESS_STORE, PRIV_S, ADUE, 0, V | RWX | A | PPN(1), .paddr = 0x1abc, .shift = 12,
        .after = V | RWX | A | D | PPN(1)},
};

static const struct walk_case failures[] = {
    {"V = 0",            SV39, ACCESS_LOAD,  PRIV_S, 0, 0, RWX | A | D, .cause = CAUSE_LOAD_PAGE, .rule = "step 3: V is 0"},
    {"V = 0, store",     SV39, ACCESS_STORE, PRIV_S, 0, 1, 0, .cause = CAUSE_STORE_PAGE, .rule = "step 3: V is 0"},
    {"V = 0, fetch",     SV39, ACCESS_FETCH, PRIV_S, 0, 2, 0, .cause = CAUSE_FETCH_PAGE, .rule = "step 3: V is 0"},
    {"W without R",      SV39, ACCESS_STORE, PRIV_S, 0, 0, V | W | A | D, .cause = CAUSE_STORE_PAGE, .rule = "step 3: W without R"},
    {"W and X, no R",    SV39, ACCESS_FETCH, PRIV_S, 0, 0, V | W | X | A | D, .cause = CAUSE_FETCH_PAGE, .rule = "step 3: W without R"},
    {"W without R, Sv32", SV32, ACCESS_LOAD, PRIV_S, 0, 0, V | W | A | D, .cause = CAUSE_LOAD_PAGE, .rule = "step 3: W without R"},
    {"bit 54",           SV39, ACCESS_LOAD,  PRIV_S, PBMTE | NAPOT, 0, LEAF | UINT64_C(1) << 54, .cause = CAUSE_LOAD_PAGE, .rule = "step 3: reserved bits 60..54"},
    {"bit 60",           SV39, ACCESS_LOAD,  PRIV_S, PBMTE | NAPOT, 0, LEAF | UINT64_C(1) << 60, .cause = CAUSE_LOAD_PAGE, .rule = "step 3: reserved bits 60..54"},
    {"bit 57 of a pointer", SV39, ACCESS_LOAD, PRIV_S, 0, 0, LEAF, .pointer = UINT64_C(1) << 57, .cause = CAUSE_LOAD_PAGE, .rule = "step 3: reserved bits 60..54"},
    {"PBMT, Svpbmt off", SV39, ACCESS_LOAD,  PRIV_S, 0, 0, LEAF | PBMT(1), .cause = CAUSE_LOAD_PAGE, .rule = "step 3: PBMT is set but Svpbmt is off"},
    {"PBMT 3",           SV39, ACCESS_LOAD,  PRIV_S, PBMTE, 0, LEAF | PBMT(3), .cause = CAUSE_LOAD_PAGE, .rule = "step 3: PBMT value 3"},
    {"PBMT of a pointer", SV39, ACCESS_LOAD, PRIV_S, PBMTE, 0, LEAF, .pointer = PBMT(1), .cause = CAUSE_LOAD_PAGE, .rule = "step 3: N and PBMT are reserved in a pointer"},
    {"N, no Svnapot",    SV39, ACCESS_LOAD,  PRIV_S, 0, 0, LEAF | N | PPN(8), .cause = CAUSE_LOAD_PAGE, .rule = "step 3: N is set but there is no Svnapot"},
    {"N, 32 KiB",        SV39, ACCESS_LOAD,  PRIV_S, NAPOT, 0, LEAF | N | PPN(4), .cause = CAUSE_LOAD_PAGE, .rule = "step 3: N is set on what is not a 64 KiB range"},
    {"N, 128 KiB",       SV39, ACCESS_LOAD,  PRIV_S, NAPOT, 0, LEAF | N | PPN(16), .cause = CAUSE_LOAD_PAGE, .rule = "step 3: N is set on what is not a 64 KiB range"},
    {"N of a 2M page",   SV39, ACCESS_LOAD,  PRIV_S, NAPOT, 1, LEAF | N | PPN(0x208), .cause = CAUSE_LOAD_PAGE, .rule = "step 3: N is set on what is not a 64 KiB range"},
    {"N of a pointer",   SV39, ACCESS_LOAD,  PRIV_S, NAPOT, 0, LEAF, .pointer = N, .cause = CAUSE_LOAD_PAGE, .rule = "step 3: N and PBMT are reserved in a pointer"},
    {"A of a pointer",   SV39, ACCESS_LOAD,  PRIV_S, 0, 0, LEAF, .pointer = A, .cause = CAUSE_LOAD_PAGE, .rule = "step 3: A, D and U are reserved"},
    {"D of a pointer",   SV39, ACCESS_LOAD,  PRIV_S, 0, 0, LEAF, .pointer = D, .cause = CAUSE_LOAD_PAGE, .rule = "step 3: A, D and U are reserved"},
    {"U of a pointer",   SV32, ACCESS_LOAD,  PRIV_S, 0, 0, LEAF, .pointer = U, .cause = CAUSE_LOAD_PAGE, .rule = "step 3: A, D and U are reserved"},
    {"pointer at the end", SV39, ACCESS_LOAD, PRIV_S, 0, 0, V | PPN(0x80000), .cause = CAUSE_LOAD_PAGE, .rule = "step 4"},
    {"pointer at the end, Sv32", SV32, ACCESS_STORE, PRIV_S, 0, 0, V | PPN(0x80000), .cause = CAUSE_STORE_PAGE, .rule = "step 4"},
    {"misaligned 2M",    SV39, ACCESS_LOAD,  PRIV_S, 0, 1, LEAF | PPN(0x80201), .cause = CAUSE_LOAD_PAGE, .rule = "step 5"},
    {"misaligned 1G",    SV39, ACCESS_LOAD,  PRIV_S, 0, 2, LEAF | PPN(0xc0200), .cause = CAUSE_LOAD_PAGE, .rule = "step 5"},
    {"misaligned 512G",  SV48, ACCESS_LOAD,  PRIV_S, 0, 3, LEAF | PPN(0x4000000), .cause = CAUSE_LOAD_PAGE, .rule = "step 5"},
    {"misaligned 256T",  SV57, ACCESS_LOAD,  PRIV_S, 0, 4, LEAF | PPN(UINT64_C(1) << 35), .cause = CAUSE_LOAD_PAGE, .rule = "step 5"},
    {"misaligned 4M",    SV32, ACCESS_LOAD,  PRIV_S, 0, 1, LEAF | PPN(0x80200), .cause = CAUSE_LOAD_PAGE, .rule = "step 5"},
    {"U-mode, S page",   SV39, ACCESS_LOAD,  PRIV_U, SUM | MXR, 0, LEAF, .cause = CAUSE_LOAD_PAGE, .rule = "step 6: U-mode"},
    {"U-mode fetch, S page", SV39, ACCESS_FETCH, PRIV_U, 0, 0, LEAF, .cause = CAUSE_FETCH_PAGE, .rule = "step 6: U-mode"},
    {"S-mode, U page",   SV39, ACCESS_STORE, PRIV_S, 0, 0, LEAF | U, .cause = CAUSE_STORE_PAGE, .rule = "step 6: S-mode and the page has U = 1, SUM"},
    {"S-mode fetch, U page, SUM", SV39, ACCESS_FETCH, PRIV_S, SUM, 0, LEAF | U, .cause = CAUSE_FETCH_PAGE, .rule = "step 6: S-mode never executes"},
    {"load, X only",     SV39, ACCESS_LOAD,  PRIV_S, 0, 0, V | X | A, .cause = CAUSE_LOAD_PAGE, .rule = "step 8: a load, R is 0, X is 1"},
    {"store, read only", SV39, ACCESS_STORE, PRIV_S, MXR | ADUE, 0, V | R | X | A, .cause = CAUSE_STORE_PAGE, .rule = "step 8: a store"},
    {"fetch, data",      SV39, ACCESS_FETCH, PRIV_S, MXR, 0, V | R | W | A | D, .cause = CAUSE_FETCH_PAGE, .rule = "step 8: a fetch"},
    {"A = 0",            SV39, ACCESS_LOAD,  PRIV_S, 0, 0, V | RWX | D, .cause = CAUSE_LOAD_PAGE, .rule = "step 9: A is 0"},
    {"A = 0, fetch",     SV57, ACCESS_FETCH, PRIV_S, 0, 0, V | RWX | D, .cause = CAUSE_FETCH_PAGE, .rule = "step 9: A is 0"},
    {"store, D = 0",     SV39, ACCESS_STORE, PRIV_S, 0, 0, V | RWX | A, .cause = CAUSE_STORE_PAGE, .rule = "step 9: a store, D is 0"},
    {"not canonical, 39", SV39, ACCESS_LOAD, PRIV_S, 0, 0, LEAF, .va = UINT64_C(0x4000000000), .cause = CAUSE_LOAD_PAGE, .rule = "Sv39: address bits 63..39"},
    {"not canonical, 48", SV48, ACCESS_FETCH, PRIV_U, 0, 0, LEAF | U, .va = UINT64_C(0xff7fffffffff0000), .cause = CAUSE_FETCH_PAGE, .rule = "Sv48: address bits 63..48"},
    {"not canonical, 57", SV57, ACCESS_STORE, PRIV_S, 0, 0, LEAF, .va = UINT64_C(0x8000000000000000), .cause = CAUSE_STORE_PAGE, .rule = "Sv57: address bits 63..57"},
};
/* clang-format on */

static void walks_that_succeed_give_address_and_size(void **state)
{
    for (unsigned i = 0; i < ARRAY_COUNT(successes); i++)
        case_check(*state, &successes[i]);
}

static void walks_that_fail_name_their_rule(void **state)
{
    for (unsigned i = 0; i < ARRAY_COUNT(failures); i++)
        case_check(*state, &failures[i]);
}

static struct mapping translate(struct board *board, const struct walk_case *c)
{
    struct mmu_regime regime = case_prepare(board, c);
    struct mapping mapping;
    struct trap trap;
    assert_true(mmu_translate(&board->hart, &regime, case_va(c), c->access, &mapping, &trap, NULL));
    return mapping;
}

static void store_is_promised_only_when_d_is_set(void **state)
{
    struct walk_case c = {.mode = SV39, .access = ACCESS_LOAD, .priv = PRIV_S};
    c.leaf = V | RWX | A;
    struct mapping clean = translate(*state, &c);
    assert_true(clean.load && clean.fetch && !clean.store);
    c.leaf |= D;
    assert_true(translate(*state, &c).store);
    c.leaf = V | RWX;
    c.flags = ADUE;
    assert_false(translate(*state, &c).store); /* the load set A alone */
    c.access = ACCESS_STORE;
    assert_true(translate(*state, &c).store);
}

static void promises_follow_r_w_x_u_and_mxr(void **state)
{
    struct walk_case c = {.mode = SV39, .access = ACCESS_FETCH, .priv = PRIV_S};
    c.leaf = V | X | A | D;
    struct mapping code = translate(*state, &c);
    assert_true(code.fetch && !code.load && !code.store);
    c.flags = MXR;
    assert_true(translate(*state, &c).load);
    c = (struct walk_case){.mode = SV39, .access = ACCESS_LOAD, .priv = PRIV_S, .flags = SUM};
    c.leaf = LEAF | U;
    struct mapping users = translate(*state, &c);
    assert_true(users.load && users.store && !users.fetch);
    c.priv = PRIV_U;
    assert_true(translate(*state, &c).fetch);
    c.leaf = V | R | A | D | U;
    struct mapping constant = translate(*state, &c);
    assert_true(constant.load && !constant.store && !constant.fetch);
}

static void global_comes_from_the_leaf_or_a_pointer_above(void **state)
{
    struct walk_case c = {.mode = SV39, .access = ACCESS_LOAD, .priv = PRIV_S, .leaf = LEAF};
    assert_false(translate(*state, &c).global);
    c.leaf |= G;
    assert_true(translate(*state, &c).global);
    c.leaf = LEAF;
    c.pointer = G;
    assert_true(translate(*state, &c).global);
}

static void bare_and_m_mode_map_one_to_one(void **state)
{
    struct board *board = *state;
    struct mapping mapping;
    struct trap trap;
    struct walk_trace trace;
    struct mmu_regime bare = {.priv = PRIV_S};
    assert_true(mmu_translate(&board->hart, &bare, UINT64_C(0x8000000000001234), ACCESS_STORE,
                              &mapping, &trap, &trace));
    assert_int_equal(mapping.paddr, UINT64_C(0x8000000000001234));
    assert_int_equal(mapping.page_shift, 64);
    assert_true(mapping.load && mapping.store && mapping.fetch);
    assert_int_equal(trace.count, 0);
    assert_null(trace.failed_rule);
    struct mmu_regime machine = {.priv = PRIV_M, .satp = UINT64_C(8) << 60};
    assert_true(mmu_translate(&board->hart, &machine, 0x1234, ACCESS_FETCH, &mapping, &trap, NULL));
    assert_int_equal(mapping.paddr, 0x1234);
    board->hart.xlen = 32; /* a sign-extended RV32 address is the 32-bit one */
    assert_true(mmu_translate(&board->hart, &bare, UINT64_C(0xffffffff80001234), ACCESS_LOAD,
                              &mapping, &trap, NULL));
    assert_int_equal(mapping.paddr, 0x80001234);
}

/* Runs the usual Sv39 walk for each kind of access; all must fail with the access fault. */
static void expect_access_faults(struct board *board, const struct mmu_regime *regime,
                                 const char *rule)
{
    static const uint64_t causes[] = {[ACCESS_LOAD] = CAUSE_LOAD_ACCESS,
                                      [ACCESS_STORE] = CAUSE_STORE_ACCESS,
                                      [ACCESS_FETCH] = CAUSE_FETCH_ACCESS};
    for (unsigned access = ACCESS_LOAD; access <= ACCESS_FETCH; access++) {
        struct mapping mapping;
        struct trap trap;
        struct walk_trace trace;
        assert_false(mmu_translate(&board->hart, regime, VA64, (enum access)access, &mapping, &trap,
                                   &trace));
        assert_int_equal(trap.cause, causes[access]);
        assert_int_equal(trap.tval, VA64);
        assert_string_equal(trace.failed_rule, rule);
    }
}

static void a_table_outside_main_memory_is_an_access_fault(void **state)
{
    struct board *board = *state;
    struct walk_case c = {.mode = SV39, .priv = PRIV_S, .leaf = LEAF};
    struct mmu_regime regime = case_prepare(board, &c);
    regime.satp = UINT64_C(8) << 60 | 0x10000;
    expect_access_faults(board, &regime, "step 2: the PTE's address is not main memory");
    c = (struct walk_case){.mode = SV39, .priv = PRIV_S, .level = 2, .leaf = V | PPN(0x10000)};
    regime = case_prepare(board, &c);
    expect_access_faults(board, &regime, "step 2: the PTE's address is not main memory");
}

/* Puts a 4 KiB PMP entry with these permissions over the level-0 table. */
static void protect_last_table(struct board *board, uint8_t permissions)
{
    board->hart.pmpcfg[1] = board->hart.pmpcfg[0];
    board->hart.pmpaddr[1] = board->hart.pmpaddr[0];
    board->hart.pmpcfg[0] = 0x18 | permissions;
    board->hart.pmpaddr[0] = RAM_BASE >> 2 | 0x1ff;
}

static void a_table_that_pmp_hides_is_an_access_fault_even_for_u(void **state)
{
    struct board *board = *state;
    struct walk_case c = {.mode = SV39, .priv = PRIV_U, .leaf = LEAF | U};
    struct mmu_regime regime = case_prepare(board, &c);
    protect_last_table(board, 0x6); /* W and X do not help a read */
    expect_access_faults(board, &regime, "step 2: PMP forbids reading the PTE");
}

static void updating_a_table_that_pmp_protects_is_an_access_fault(void **state)
{
    struct board *board = *state;
    struct walk_case c = {.mode = SV39, .priv = PRIV_S, .leaf = V | RWX, .flags = ADUE};
    struct mmu_regime regime = case_prepare(board, &c);
    protect_last_table(board, 0x1);
    expect_access_faults(board, &regime, "step 9: PMP forbids writing A and D to the PTE");
    assert_int_equal(case_entry(board, &c), c.leaf);
    c.leaf |= A | D; /* nothing to update: reading is enough */
    translate(board, &c);
}

static void the_regime_follows_mprv_for_data_only(void **state)
{
    struct board *board = *state;
    struct hart *h = &board->hart;
    h->priv = PRIV_M;
    h->satp = UINT64_C(8) << 60 | 0x80002;
    h->mstatus = UINT64_C(1) << 17 | (uint64_t)PRIV_U << 11;
    assert_int_equal(mmu_regime(h, ACCESS_LOAD).priv, PRIV_U);
    assert_int_equal(mmu_regime(h, ACCESS_STORE).priv, PRIV_U);
    assert_int_equal(mmu_regime(h, ACCESS_FETCH).priv, PRIV_M);
    h->mstatus = UINT64_C(1) << 17 | (uint64_t)PRIV_S << 11;
    assert_int_equal(mmu_regime(h, ACCESS_LOAD).priv, PRIV_S);
    h->mstatus = (uint64_t)PRIV_S << 11;
    assert_int_equal(mmu_regime(h, ACCESS_LOAD).priv, PRIV_M);
    assert_int_equal(mmu_regime(h, ACCESS_LOAD).satp, h->satp);
}

static void the_regime_takes_each_switch_from_its_csr(void **state)
{
    struct board *board = *state;
    struct hart *h = &board->hart;
    struct mmu_regime off = mmu_regime(h, ACCESS_LOAD);
    assert_false(off.sum || off.mxr || off.adue || off.pbmt || off.napot);
    h->mstatus = UINT64_C(1) << 18;
    struct mmu_regime sum = mmu_regime(h, ACCESS_LOAD);
    assert_true(sum.sum && !sum.mxr);
    h->mstatus = UINT64_C(1) << 19;
    struct mmu_regime mxr = mmu_regime(h, ACCESS_LOAD);
    assert_true(mxr.mxr && !mxr.sum);
    h->menvcfg = UINT64_C(1) << 61;
    struct mmu_regime adue = mmu_regime(h, ACCESS_LOAD);
    assert_true(adue.adue && !adue.pbmt);
    h->menvcfg = UINT64_C(1) << 62;
    struct mmu_regime pbmt = mmu_regime(h, ACCESS_LOAD);
    assert_true(pbmt.pbmt && !pbmt.adue);
    ext_set_to(&board->isa.extensions, EXT_Svnapot, true);
    assert_true(mmu_regime(h, ACCESS_LOAD).napot);
}

#define RACES 20000

/* Moves the page one frame on, RACES times, while a walker sets A in the same entry. */
static void move_page(void *entry)
{
    for (unsigned i = 0; i < RACES; i++) {
        atomic_fetch_add((_Atomic uint64_t *)entry, PPN(1));
        atomic_fetch_and((_Atomic uint64_t *)entry, ~(uint64_t)A);
    }
}

static void an_update_never_loses_another_harts_store_to_the_entry(void **state)
{
    struct board *board = *state;
    struct walk_case c = {.mode = SV39, .priv = PRIV_S, .leaf = V | RWX, .flags = ADUE};
    struct mmu_regime regime = case_prepare(board, &c);
    uint8_t *entry = bus_ram_at(&board->bus, entry_at(SV39, VA64, 0), 8);
    struct host_thread thread;
    struct error err;
    assert_true(host_thread_start(&thread, "mover", move_page, entry, &err));
    uint64_t last = 0;
    for (unsigned i = 0; i < RACES; i++) {
        struct mapping mapping;
        struct trap trap;
        assert_true(mmu_translate(&board->hart, &regime, VA64, ACCESS_LOAD, &mapping, &trap, NULL));
        assert_true(mapping.paddr >= last);
        last = mapping.paddr;
    }
    host_thread_join(&thread);
    assert_int_equal(load_le(entry, 8) >> 10, RACES);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(walks_that_succeed_give_address_and_size),
        TEST(walks_that_fail_name_their_rule),
        TEST(store_is_promised_only_when_d_is_set),
        TEST(promises_follow_r_w_x_u_and_mxr),
        TEST(global_comes_from_the_leaf_or_a_pointer_above),
        TEST(bare_and_m_mode_map_one_to_one),
        TEST(a_table_outside_main_memory_is_an_access_fault),
        TEST(a_table_that_pmp_hides_is_an_access_fault_even_for_u),
        TEST(updating_a_table_that_pmp_protects_is_an_access_fault),
        TEST(the_regime_follows_mprv_for_data_only),
        TEST(the_regime_takes_each_switch_from_its_csr),
        TEST(an_update_never_loses_another_harts_store_to_the_entry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
