/* tests/lockstep/stream.c: the stream of random instructions.
 *
 * Code stands in up to four fragments, one a page, each likely to run over its page's end, and each
 * ends in a jump.
 */
#include "tests/lockstep/stream.h"

#include "base/bits.h"
#include "cpu/csr.h"
#include "cpu/status.h"

#define REG_COUNT 28 /* loop counter */

static bool imm_fits(const struct writer *w, const struct insn_row *row, int64_t imm)
{
    return sign_extend((uint64_t)imm, w->assembler->formats[row->format].imm_bits) == imm;
}

/* Points the instruction at `offset` to `imm` from itself. */
static void retarget(struct writer *w, uint32_t offset, const struct insn_row *row,
                     int32_t values[FIELD_COUNT], int32_t imm)
{
    if (!imm_fits(w, row, imm)) return;
    values[FIELD_IMM] = imm;
    store_le(w->program->ram + offset, w->assembler->formats[row->format].bits / 8,
             row_word(w->assembler, row, values, 0));
}

static void fixups_resolve(struct stream *s, bool all)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < s->fixup_count; i++) {
        struct fixup *fixup = &s->fixups[i];
        if (!all && fixup->items-- > 0) {
            s->fixups[kept++] = *fixup;
            continue;
        }
        retarget(s->w, fixup->offset, fixup->row, fixup->values,
                 (int32_t)(s->w->offset - fixup->base));
    }
    s->fixup_count = kept;
}

static void fixup_add(struct stream *s, uint32_t offset, uint32_t base, const struct insn_row *row,
                      const int32_t values[FIELD_COUNT])
{
    if (s->fixup_count == FIXUPS_MAX) return;
    struct fixup *fixup = &s->fixups[s->fixup_count++];
    *fixup = (struct fixup){
        .offset = offset, .base = base, .row = row, .items = rng_between(&s->w->rng, 0, 10)};
    memcpy(fixup->values, values, sizeof fixup->values);
}

/* A branch or direct jump: mostly forward by a few, some back, few anywhere. */
static void write_branch(struct stream *s, enum row_class class)
{
    struct writer *w = s->w;
    struct rng *rng = &w->rng;
    const struct insn_row *row;
    int32_t values[FIELD_COUNT];
    uint32_t at = w->offset, word = random_of_class(w, class, &row, values);
    write_word(w, word, w->assembler->formats[row->format].bits / 8);
    if (!w->assembler->formats[row->format].has_imm) return;
    unsigned choice = rng_below(rng, 100);
    if (choice < 75)
        fixup_add(s, at, at, row, values);
    else if (choice < 97)
        retarget(w, at, row, values, (int32_t)(random_label(w) - at));
}

/* Through a register: a place computed from the pc, or whatever a register holds. */
static void write_indirect(struct stream *s)
{
    struct writer *w = s->w;
    struct rng *rng = &w->rng;
    const struct insn_row *row;
    int32_t values[FIELD_COUNT];
    if (rng_percent(rng, 15)) { /* often a return: ra was linked somewhere */
        uint32_t word = random_of_class(w, ROW_INDIRECT, &row, values);
        values[FIELD_RS1] = 1;
        if (rng_percent(rng, 90)) values[FIELD_IMM] = 0;
        if (rng_percent(rng, 90)) word = row_word(w->assembler, row, values, 0);
        write_word(w, word, w->assembler->formats[row->format].bits / 8);
        return;
    }
    unsigned a = random_target(rng, false);
    uint32_t base = w->offset;
    write_insn(w, ASM_auipc, a, 0, 0, 0);
    row = w->assembler->known[ASM_jalr];
    const int32_t jump[FIELD_COUNT] = {[FIELD_RD] = rng_percent(rng, 60), [FIELD_RS1] = (int32_t)a};
    memcpy(values, jump, sizeof values);
    uint32_t at = w->offset;
    write_word(w, row_word(w->assembler, row, values, 0), 4);
    if (rng_percent(rng, 70))
        fixup_add(s, at, base, row, values);
    else
        retarget(w, at, row, values, (int32_t)(random_label(w) - base));
}

static void write_item(struct stream *s);

static void write_loop(struct stream *s)
{
    struct writer *w = s->w;
    if (s->in_loop) return;
    s->in_loop = true;
    write_insn(w, ASM_addi, REG_COUNT, 0, 0, rng_between(&w->rng, 2, 40));
    uint32_t start = w->offset;
    for (int n = rng_between(&w->rng, 1, 8); n > 0; n--)
        write_item(s);
    write_insn(w, ASM_addi, REG_COUNT, REG_COUNT, 0, -1);
    write_insn(w, ASM_bne, 0, REG_COUNT, 0, (int32_t)(start - w->offset));
    s->in_loop = false;
}

static void write_pointer(struct stream *s)
{
    struct writer *w = s->w;
    unsigned rd = random_pointer(&w->rng);
    if (rng_percent(&w->rng, 50)) {
        write_li(w, rd, random_address(w, s->priv));
        return;
    }
    int32_t delta = (int32_t)(random_offset(&w->rng) - w->offset);
    int32_t low = (int32_t)sign_extend((uint32_t)delta, 12);
    write_insn(w, ASM_auipc, rd, 0, 0, delta - low);
    write_insn(w, ASM_addi, rd, rd, 0, low);
}

/* Stores an instruction over one of the program's; a fence.i may or may not follow. */
static void write_self_modification(struct stream *s)
{
    struct writer *w = s->w;
    struct rng *rng = &w->rng;
    unsigned a = random_target(rng, false), b = random_target(rng, false), length;
    if (a == 0 || b == 0 || a == b) return;
    uint32_t word = random_insn(w, &length), base, target;
    write_li(w, b, (uint64_t)(int32_t)word);
    base = w->offset;
    target = rng_percent(rng, 50) ? random_label(w) : base + 12 + 2 * rng_below(rng, 12);
    int32_t delta = (int32_t)(target - base), low = (int32_t)sign_extend((uint32_t)delta, 12);
    write_insn(w, ASM_auipc, a, 0, 0, delta - low);
    write_insn(w, ASM_sw, 0, a, b, low);
    if (rng_percent(rng, 50)) write_insn(w, ASM_fence_i, 0, 0, 0, 0);
}

/* Writes a routine among data, calls it, and often writes it anew. Before the first call its page
 * is data and may be in the TLB as such. */
static void write_generated_code(struct stream *s)
{
    struct writer *w = s->w;
    struct rng *rng = &w->rng;
    const unsigned a = 6, b = 7;
    uint32_t base = w->offset;
    int32_t delta = (int32_t)((random_offset(rng) & ~1u) - base);
    int32_t low = (int32_t)sign_extend((uint32_t)delta, 12);
    write_insn(w, ASM_auipc, a, 0, 0, delta - low);
    write_insn(w, ASM_addi, a, a, 0, low);
    for (int round = rng_between(rng, 1, 3); round > 0; round--) {
        int words = rng_between(rng, 1, 3);
        for (int i = 0; i <= words; i++) {
            uint32_t back = insn_word(w->assembler, ASM_jalr, 0, 1, 0, 0);
            uint32_t word =
                row_word(w->assembler, w->assembler->known[ASM_addi],
                         (const int32_t[FIELD_COUNT]){[FIELD_RD] = 12 + i,
                                                      [FIELD_RS1] = rng_between(rng, 8, 20),
                                                      [FIELD_IMM] = rng_between(rng, 0, 99)},
                         0);
            write_li(w, b, (uint64_t)(int32_t)(i == words ? back : word));
            write_insn(w, ASM_sw, 0, a, b, 4 * i);
        }
        if (rng_percent(rng, 50)) write_insn(w, ASM_fence_i, 0, 0, 0, 0);
        write_insn(w, ASM_jalr, 1, a, 0, 0);
    }
}

/* Returns to a label, in a mode. */
static void write_return(struct stream *s)
{
    struct writer *w = s->w;
    struct rng *rng = &w->rng;
    bool machine = s->priv == PRIV_M || rng_percent(rng, 20);
    enum priv to = (enum priv[]){PRIV_U, PRIV_S, PRIV_M}[rng_below(rng, machine ? 3 : 2)];
    uint64_t mask = machine ? MSTATUS_MPP : MSTATUS_SPP;
    uint64_t bits = machine ? (uint64_t)to << MSTATUS_MPP_SHIFT : to == PRIV_S ? MSTATUS_SPP : 0;
    unsigned a = 5, status = machine ? CSR_mstatus : CSR_sstatus;
    write_li(w, a, label_address(w, random_label(w), to));
    write_insn(w, ASM_csrrw, 0, a, 0, machine ? CSR_mepc : CSR_sepc);
    write_li(w, a, mask);
    write_insn(w, ASM_csrrc, 0, a, 0, (int32_t)status);
    write_li(w, a, bits);
    write_insn(w, ASM_csrrs, 0, a, 0, (int32_t)status);
    write_insn(w, machine ? ASM_mret : ASM_sret, 0, 0, 0, 0);
    s->priv = to;
}

static void write_any_word(struct stream *s)
{
    uint32_t word = (uint32_t)rng_next(&s->w->rng);
    if (s->w->options->peer || rng_percent(&s->w->rng, 30)) word = word & 0x100 ? 0 : 0xffffffff;
    write_word(s->w, word, (word & 3) == 3 ? 4 : 2);
}

static void write_of_class(struct stream *s, enum row_class class)
{
    const struct insn_row *row;
    int32_t values[FIELD_COUNT];
    uint32_t word = random_of_class(s->w, class, &row, values);
    write_word(s->w, word, s->w->assembler->formats[row->format].bits / 8);
}

/* An access, a change of what may be accessed, the access again. */
static void write_probe(struct stream *s)
{
    struct writer *w = s->w;
    const struct insn_row *row;
    int32_t values[FIELD_COUNT];
    write_pointer(s);
    uint32_t word = random_of_class(w, ROW_MEMORY, &row, values);
    unsigned length = w->assembler->formats[row->format].bits / 8;
    for (int round = rng_between(&w->rng, 1, 3); round > 0; round--) {
        write_word(w, word, length);
        write_status(w, 5);
    }
    write_word(w, word, length);
}

enum item {
    ITEM_POINTER = ROW_CLASS_COUNT,
    ITEM_LOOP,
    ITEM_SELF_MODIFICATION,
    ITEM_GENERATED_CODE,
    ITEM_RETURN,
    ITEM_STATE,
    ITEM_PROBE,
    ITEM_INTERRUPTS,
    ITEM_CALL,
    ITEM_ANY_WORD,
    ITEM_COUNT
};

static const uint8_t weights[ITEM_COUNT] = {
    [ROW_PLAIN] = 62,      [ROW_FLOAT] = 26,    [ROW_MEMORY] = 40,   [ROW_ATOMIC] = 10,
    [ROW_BRANCH] = 16,     [ROW_JUMP] = 5,      [ROW_INDIRECT] = 5,  [ROW_CSR] = 12,
    [ROW_SYSTEM] = 4,      [ITEM_POINTER] = 14, [ITEM_LOOP] = 5,     [ITEM_SELF_MODIFICATION] = 2,
    [ITEM_RETURN] = 1,     [ITEM_STATE] = 3,    [ITEM_ANY_WORD] = 1, [ITEM_GENERATED_CODE] = 1,
    [ITEM_INTERRUPTS] = 2, [ITEM_PROBE] = 3,    [ITEM_CALL] = 1,
};

static unsigned random_item(struct rng *rng)
{
    unsigned total = 0, item = 0;
    for (unsigned i = 0; i < ITEM_COUNT; i++)
        total += weights[i];
    for (unsigned at = rng_below(rng, total); at >= weights[item]; item++)
        at -= weights[item];
    return item;
}

static void write_item(struct stream *s)
{
    struct writer *w = s->w;
    struct program *p = w->program;
    if (p->label_count < LABELS_MAX) p->labels[p->label_count++] = w->offset;
    unsigned item = random_item(&w->rng);
    switch (item) {
    case ROW_BRANCH:
    case ROW_JUMP:
        write_branch(s, (enum row_class)item);
        break;
    case ROW_INDIRECT:
        write_indirect(s);
        break;
    case ITEM_POINTER:
        write_pointer(s);
        break;
    case ITEM_LOOP:
        write_loop(s);
        break;
    case ITEM_SELF_MODIFICATION:
        write_self_modification(s);
        break;
    case ITEM_GENERATED_CODE:
        write_generated_code(s);
        break;
    case ITEM_RETURN:
        write_return(s);
        break;
    case ITEM_STATE:
        write_state_change(w, 5, 6);
        break;
    case ITEM_PROBE:
        write_probe(s);
        break;
    case ITEM_INTERRUPTS:
        write_interrupts(w, 5);
        break;
    case ITEM_CALL:
        write_insn(w, ASM_ecall, 0, 0, 0, 0);
        break;
    case ITEM_ANY_WORD:
        write_any_word(s);
        break;
    default:
        write_of_class(s, (enum row_class)item);
        break;
    }
    if (!s->in_loop) fixups_resolve(s, false);
}

/* From one fragment to another: over a page's end. */
static void write_jump_to(struct writer *w, uint32_t to)
{
    if (rng_percent(&w->rng, 70)) {
        write_insn(w, ASM_jal, 0, 0, 0, (int32_t)(to - w->offset));
        return;
    }
    int32_t delta = (int32_t)(to - w->offset), low = (int32_t)sign_extend((uint32_t)delta, 12);
    write_insn(w, ASM_auipc, 5, 0, 0, delta - low);
    write_insn(w, ASM_jalr, 1, 5, 0, low);
}

void write_stream(struct writer *w)
{
    struct rng *rng = &w->rng;
    struct stream stream = {.w = w, .priv = w->program->priv};
    unsigned fragments = 1 + rng_below(rng, CODE_PAGES - 1);
    uint32_t starts[CODE_PAGES];
    for (unsigned i = 0; i < fragments; i++)
        starts[i] = AT_CODE + i * PAGE_SIZE + 0x800 + 2 * rng_below(rng, 0x3f0);
    for (unsigned i = 0; i < fragments; i++) {
        w->offset = starts[i];
        uint32_t end = starts[i] + (rng_percent(rng, 50) ? 0x100 : 0x600);
        for (int n = rng_between(rng, 5, 150); n > 0 && w->offset < end; n--)
            write_item(&stream);
        fixups_resolve(&stream, true);
        write_jump_to(w, i + 1 < fragments ? starts[i + 1] : random_label(w));
    }
}
