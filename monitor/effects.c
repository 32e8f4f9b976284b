/* monitor/effects.c: what one instruction changed. */
#include "monitor/effects.h"

#include <inttypes.h>

#include "cpu/csr.h"
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

/* The CSR an instruction writes: always by CSRRW, else where there is something to set or clear
 * (Unprivileged spec, "Zicsr"). -1: none. */
static int csr_written(uint32_t word)
{
    unsigned kind = word >> 12 & 3;
    if ((word & 0x7f) != 0x73 || kind == 0) return -1;
    return kind == 1 || (word >> 15 & 31) ? (int)(word >> 20) : -1;
}

void effects_begin(struct hart *h, struct effects *effects)
{
    struct error err;
    struct op op;
    *effects = (struct effects){.csr = -1, .instret = h->instret};
    see_registers_take(h, &effects->before);
    if (!target_insn(h, h->pc, false, &effects->word, &effects->length, &err)) {
        effects->length = 0;
        return;
    }
    decode(h->isa, effects->word, true, &op);
    effects->size = effects_store_size(&op);
    effects->csr = csr_written(effects->word);
    uint32_t mask, match = 0;
    const struct insn_row *row = insn_row_of_code(op.code);
    if (effects->size) insn_row_pattern(row, &mask, &match);
    bool atomic = (match & 0x7f) == 0x2f;
    uint64_t offset = atomic ? 0 : (uint64_t)(int64_t)op.imm;
    effects->address = (hart_x(h, op.rs1) + offset) & mask_low(h->xlen);
}

static void csr_tell(struct hart *h, unsigned number, struct text *text)
{
    const struct csr_info *csr = csr_info_by_number(number);
    uint64_t value;
    if (csr && csr_peek(h, number, &value)) text_printf(text, " %s=0x%" PRIx64, csr->name, value);
}

void effects_end(struct hart *h, struct effects *effects, struct text *text)
{
    struct registers now;
    struct error err;
    uint8_t bytes[8];
    see_registers_take(h, &now);
    bool retired = h->instret != effects->instret;
    effects->trapped = !retired && now.pc != effects->before.pc;
    effects->happened = retired || effects->trapped;
    if (!effects->happened) return;
    see_changes(&effects->before, &now, text);
    if (effects->trapped) {
        effects->cause = now.priv == PRIV_M ? h->mcause : h->scause;
        text_printf(text, " trap: %s", cause_text(effects->cause));
        return;
    }
    if (effects->csr >= 0) csr_tell(h, (unsigned)effects->csr, text);
    if (effects->size && target_read(h, effects->address, false, bytes, effects->size, NULL, &err))
        text_printf(text, " [0x%" PRIx64 "]=0x%" PRIx64, effects->address,
                    load_le(bytes, effects->size));
}
