/* monitor/effects.c: what one instruction changed. */
#include "monitor/effects.h"

#include <inttypes.h>

#include "cpu/decode.h"
#include "cpu/trap.h"
#include "monitor/target.h"

/* Bytes an instruction stores, by its major opcode and width (Unprivileged spec, "RV32/64G
 * Instruction Set Listings"): stores, floating-point stores, atomics but LR. */
static unsigned store_size(uint32_t expanded)
{
    unsigned opcode = expanded & 0x7f, width = 1u << (expanded >> 12 & 3);
    if (opcode == 0x23 || opcode == 0x27) return width;
    if (opcode == 0x2f && expanded >> 27 != 2) return width;
    return 0;
}

/* Codes of rows are what decode() gives; their mask and match tell the opcode, compressed or not.
 */
unsigned effects_store_size(const struct op *op)
{
    uint32_t mask, match;
    const struct insn_row *row = insn_row_of_code(op->code);
    if (op->code >= OP_ILLEGAL || !row || !insn_row_pattern(row, &mask, &match)) return 0;
    return store_size(match);
}

void effects_begin(struct hart *h, struct effects *effects)
{
    struct error err;
    struct op op;
    *effects = (struct effects){.length = 0};
    see_registers_take(h, &effects->before);
    if (!target_insn(h, h->pc, false, &effects->word, &effects->length, &err)) {
        effects->length = 0;
        return;
    }
    decode(h->isa, effects->word, true, &op);
    effects->size = effects_store_size(&op);
    uint32_t mask, match = 0;
    const struct insn_row *row = insn_row_of_code(op.code);
    if (effects->size) insn_row_pattern(row, &mask, &match);
    bool atomic = (match & 0x7f) == 0x2f;
    uint64_t offset = atomic ? 0 : (uint64_t)(int64_t)op.imm;
    effects->address = (hart_x(h, op.rs1) + offset) & mask_low(h->xlen);
}

void effects_end(struct hart *h, const struct effects *effects, struct text *text)
{
    struct registers now;
    struct error err;
    uint8_t bytes[8];
    see_registers_take(h, &now);
    see_changes(&effects->before, &now, text);
    bool trapped = now.priv > effects->before.priv ||
                   (now.priv == effects->before.priv && effects->length &&
                    (now.pc == (h->stvec & ~UINT64_C(3)) || now.pc == (h->mtvec & ~UINT64_C(3))));
    if (trapped) {
        uint64_t cause = now.priv == PRIV_M ? h->mcause : h->scause;
        text_printf(text, " trap: %s", cause_text(cause));
    } else if (effects->size &&
               target_read(h, effects->address, false, bytes, effects->size, NULL, &err)) {
        text_printf(text, " [0x%" PRIx64 "]=0x%" PRIx64, effects->address,
                    load_le(bytes, effects->size));
    }
}
