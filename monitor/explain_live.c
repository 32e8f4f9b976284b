/* monitor/explain_live.c: an instruction's operands in a hart, and what one step changed. */
#include "monitor/explain_part.h"

#include <inttypes.h>
#include <string.h>

#include "base/bits.h"
#include "cpu/hart.h"
#include "cpu/register.h"

/* Has the effect this word, as "X(rs1)"? */
static bool reads(const struct decoding *d, const char *word)
{
    return strstr(d->base->row->effect, word) != NULL;
}

static void print_x(FILE *out, const struct explain_context *context, int32_t number)
{
    fprintf(out, "  %s%-4s = 0x%0*" PRIx64 "%s", ink_on(&context->style, INK_GOOD),
            register_x_name((unsigned)number), (int)context->hart->xlen / 4,
            hart_x(context->hart, (unsigned)number) & mask_low(context->hart->xlen),
            ink_off(&context->style));
    fprintf(out, "  (%" PRId64 ")\n", (int64_t)hart_x(context->hart, (unsigned)number));
}

/* The type in "LOAD(int32_t, ...)": bytes, and whether they are sign-extended. 0: it loads nothing.
 */
static unsigned load_size(const struct decoding *d, bool *is_signed)
{
    const char *at = strstr(d->base->row->effect, "LOAD(");
    unsigned bits = 0;
    if (!at) return 0;
    at += strlen("LOAD(");
    *is_signed = *at == 'i';
    return sscanf(at, "%*[uint]%u_t", &bits) == 1 ? bits / 8 : 0;
}

/* What a load will bring, as long as nothing else writes there. */
static void print_load(FILE *out, const struct explain_context *context, const struct decoding *d,
                       uint64_t address)
{
    uint8_t bytes[8];
    bool is_signed;
    unsigned size = load_size(d, &is_signed);
    if (!size || size > 8 || !context->read) return;
    if (!context->read(context->owner, address, bytes, size)) {
        fprintf(out, "  what is there can't be read, or reading it would change it\n");
        return;
    }
    uint64_t value = load_le(bytes, size);
    if (is_signed) value = sign_extend(value, 8 * size) & mask_low(context->hart->xlen);
    const bool to_f = strncmp(d->base->row->operands, "fd", 2) == 0;
    const unsigned rd = (unsigned)d->base_values[FIELD_RD];
    fprintf(out, "  %s%-4s will be 0x%" PRIx64 "%s", ink_on(&context->style, INK_GOOD),
            to_f ? register_f_name(rd) : register_x_name(rd), value, ink_off(&context->style));
    if (to_f)
        fprintf(out, "%s\n", size < 8 ? ", NaN-boxed" : "");
    else
        fprintf(out, "  (%" PRId64 ")\n", sign_extend(value, context->hart->xlen));
}

void explain_live(FILE *out, const struct explain_context *context, const struct decoding *d)
{
    static const struct {
        const char *x, *f;
        enum field field;
    } rows[] = {{"X(rs1)", "(rs1)", FIELD_RS1},
                {"X(rs2)", "(rs2)", FIELD_RS2},
                {"X(rs3)", "(rs3)", FIELD_RS3}};
    const struct hart *hart = context->hart;
    fprintf(out, "  with what the registers hold now:\n");
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        int32_t number = d->base_values[rows[i].field];
        if (reads(d, rows[i].x))
            print_x(out, context, number);
        else if (reads(d, rows[i].f))
            fprintf(out, "  %-4s = 0x%016" PRIx64 "\n", register_f_name((unsigned)number),
                    hart->f[number & 31]);
    }
    if (reads(d, "LOAD(") || reads(d, "STORE(")) {
        char address[128];
        uint64_t at = hart_x(hart, (unsigned)d->base_values[FIELD_RS1]) +
                      (uint64_t)(int64_t)d->base_values[FIELD_IMM];
        explain_address(context, at & mask_low(hart->xlen), address, sizeof address);
        fprintf(out, "  address %s\n", address);
        print_load(out, context, d, at & mask_low(hart->xlen));
    }
}

static const char *const state_csrs[] = {"mstatus", "fflags", "mcause", "mepc",
                                         "mtval",   "scause", "sepc",   "stval"};

void explain_capture(const struct hart *hart, struct explain_state *state)
{
    *state = (struct explain_state){
        .pc = hart->pc,
        .priv = hart->priv,
        .csr = {hart->mstatus, hart->fflags, hart->mcause, hart->mepc, hart->mtval, hart->scause,
                hart->sepc, hart->stval},
    };
    for (unsigned i = 0; i < 32; i++) {
        state->x[i] = hart_x(hart, i);
        state->f[i] = hart->f[i];
    }
}

static void print_change(FILE *out, const struct explain_context *context, const char *name,
                         uint64_t before, uint64_t after)
{
    uint64_t mask = mask_low(context->isa->xlen);
    fprintf(out, "  %-8s0x%" PRIx64 " %s %s0x%" PRIx64 "%s\n", name, before & mask,
            lines_of(&context->style)->arrow, ink_on(&context->style, INK_GOOD), after & mask,
            ink_off(&context->style));
}

void explain_changes(FILE *out, const struct explain_context *context,
                     const struct explain_state *before, const struct explain_state *after)
{
    static const char *const modes[] = {"U", "S", "HS", "M"};
    char address[128];
    for (unsigned i = 1; i < 32; i++)
        if (before->x[i] != after->x[i])
            print_change(out, context, register_x_name(i), before->x[i], after->x[i]);
    for (unsigned i = 0; i < 32; i++)
        if (before->f[i] != after->f[i])
            fprintf(out, "  %-8s0x%016" PRIx64 " %s 0x%016" PRIx64 "\n", register_f_name(i),
                    before->f[i], lines_of(&context->style)->arrow, after->f[i]);
    for (unsigned i = 0; i < ARRAY_COUNT(state_csrs); i++)
        if (before->csr[i] != after->csr[i])
            print_change(out, context, state_csrs[i], before->csr[i], after->csr[i]);
    if (before->priv != after->priv)
        fprintf(out, "  %-8s%s %s %s\n", "mode", modes[before->priv & 3],
                lines_of(&context->style)->arrow, modes[after->priv & 3]);
    explain_address(context, after->pc, address, sizeof address);
    fprintf(out, "  %-8s0x%" PRIx64 " %s %s\n", "pc", before->pc, lines_of(&context->style)->arrow,
            address);
}
