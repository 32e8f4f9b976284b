/* monitor/decode_traps.c: which traps an instruction can raise, and on what that depends.
 *
 * A row's effect is written in a dozen words (cpu/exec.h): those that can end it in a trap say
 * which.
 */
#include "monitor/decode_traps.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/bits.h"
#include "cpu/csr.h"
#include "cpu/hart.h"
#include "cpu/trap.h"

struct trap_list {
    struct trap_fact *traps;
    unsigned count;
};

static const char *cause_name(unsigned code)
{
    switch (code) {
#define CAUSE(name, code_, text)                                                                   \
    case code_:                                                                                    \
        return text;
#include "cpu/cause.def"
#undef CAUSE
    default:
        return "?";
    }
}

static void add(struct trap_list *list, unsigned code, bool certain, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
static void add(struct trap_list *list, unsigned code, bool certain, const char *format, ...)
{
    if (list->count == TRAPS_MAX) return;
    struct trap_fact *trap = &list->traps[list->count++];
    *trap = (struct trap_fact){.cause = cause_name(code), .code = code, .certain = certain};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(trap->when, sizeof trap->when, format, arguments);
    va_end(arguments);
}

/* The word in an effect, not part of a longer one. */
static const char *find_word(const char *effect, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = strstr(effect, word); at; at = strstr(at + 1, word)) {
        bool starts = at == effect || !(isalnum((unsigned char)at[-1]) || at[-1] == '_');
        bool ends = !(isalnum((unsigned char)at[length]) || at[length] == '_');
        if (starts && ends) return at;
    }
    return NULL;
}

/* What each word of the vocabulary can raise. */
static const struct {
    const char *word;
    unsigned code;
    const char *when;
} word_rows[] = {
    {"LOAD", CAUSE_LOAD_PAGE, "the page isn't mapped, readable or accessible in this mode"},
    {"LOAD", CAUSE_LOAD_ACCESS, "nothing answers there, or PMP forbids it"},
    {"STORE", CAUSE_STORE_PAGE, "the page isn't mapped, writable or accessible in this mode"},
    {"STORE", CAUSE_STORE_ACCESS, "nothing answers there, or PMP forbids it"},
    {"LOAD_RESERVED", CAUSE_LOAD_MISALIGNED, "the address is not a multiple of its size"},
    {"LOAD_RESERVED", CAUSE_LOAD_PAGE,
     "the page isn't mapped, readable or accessible in this mode"},
    {"LOAD_RESERVED", CAUSE_LOAD_ACCESS, "no main memory there, or PMP forbids it"},
    {"STORE_CONDITIONAL", CAUSE_STORE_MISALIGNED, "the address is not a multiple of its size"},
    {"STORE_CONDITIONAL", CAUSE_STORE_PAGE,
     "the page isn't mapped, writable or accessible in this mode"},
    {"STORE_CONDITIONAL", CAUSE_STORE_ACCESS, "no main memory there, or PMP forbids it"},
    {"AMO", CAUSE_STORE_MISALIGNED, "the address is not a multiple of its size"},
    {"AMO", CAUSE_STORE_PAGE, "the page isn't mapped, writable or accessible in this mode"},
    {"AMO", CAUSE_STORE_ACCESS, "no main memory there, or PMP forbids it"},
    {"CAUSE_BREAKPOINT", CAUSE_BREAKPOINT, "always: that is its effect"},
    {"CAUSE_ECALL_U", CAUSE_ECALL_U, "in U-mode: that is its effect"},
    {"CAUSE_ECALL_U", CAUSE_ECALL_S, "in S-mode: that is its effect"},
    {"CAUSE_ECALL_U", CAUSE_ECALL_M, "in M-mode: that is its effect"},
};

/* What the functions that an effect calls insist on. */
static const struct {
    const char *word;
    unsigned lowest; /* privilege that may */
    const char *when;
} privilege_rows[] = {
    {"trap_mret", PRIV_M, "below M-mode"},
    {"trap_sret", PRIV_S, "in U-mode, or in S-mode while mstatus.TSR = 1"},
    {"trap_wfi", PRIV_S, "in U-mode, or in S-mode while mstatus.TW = 1"},
    {"sfence_vma", PRIV_S, "in U-mode, or in S-mode while mstatus.TVM = 1"},
};

/* What Zicsr checks before it touches the register: the number itself says most of it. */
static void add_csr(struct trap_list *list, const struct decoding *d, const struct hart_facts *hart)
{
    static const char *const modes[] = {"U", "S", "HS", "M"};
    const unsigned number = (unsigned)d->values[FIELD_CSR], lowest = number >> 8 & 3;
    const struct csr_info *info = csr_info_by_number(number);
    const unsigned base = d->isa->xlen == 64 ? RV64 : RV32;
    bool is_write = strstr(d->base->row->effect, "CSR_WRITE") || d->values[FIELD_RS1];
    if (!info || !(info->bases & base))
        add(list, CAUSE_ILLEGAL, true, "always: this hart has no CSR 0x%03x%s%s", number,
            info ? "; RV32 has " : "", info ? info->name : "");
    else if (!isa_has(d->isa, info->extension))
        add(list, CAUSE_ILLEGAL, true, "always: %s comes with the extension %s, which is off",
            info->name, extension_info[info->extension].name);
    if (number >> 10 == 3 && is_write)
        add(list, CAUSE_ILLEGAL, true,
            "always: CSR 0x%03x is read-only (bits 11:10 of its number are 11)", number);
    if (lowest > PRIV_U)
        add(list, CAUSE_ILLEGAL, hart->known && hart->priv < lowest,
            "below %s-mode (bits 9:8 of the CSR's number)", modes[lowest]);
    if (info && strstr(info->name, "satp"))
        add(list, CAUSE_ILLEGAL, false, "in S-mode while mstatus.TVM = 1");
    if (info && number >> 8 == 0xc)
        add(list, CAUSE_ILLEGAL, false,
            "below M-mode while mcounteren (in U-mode: or scounteren) keeps it closed");
    if (info && info->extension == EXT_F)
        add(list, CAUSE_ILLEGAL, hart->known && hart->fp_off, "while mstatus.FS = Off");
}

/* The condition in "LEGAL_IF(condition)", for what the table above doesn't know. */
static void add_condition(struct trap_list *list, const char *effect)
{
    const char *condition = find_word(effect, "LEGAL_IF");
    if (!condition) return;
    condition += strlen("LEGAL_IF(");
    size_t length = strlen(condition), depth = 1, n = 0;
    while (n < length && depth) {
        depth += condition[n] == '(';
        depth -= condition[n] == ')';
        n += depth != 0;
    }
    add(list, CAUSE_ILLEGAL, false, "unless %.*s", (int)n, condition);
}

static void add_illegal(struct trap_list *list, const struct decoding *d,
                        const struct hart_facts *hart)
{
    const char *effect = d->base->row->effect;
    bool explained = false;
    if (d->base->needs_fp)
        add(list, CAUSE_ILLEGAL, hart->known && hart->fp_off, "while mstatus.FS = Off");
    if (d->base->rounds && d->base_values[FIELD_RM] == 7)
        add(list, CAUSE_ILLEGAL, false,
            "while fcsr.frm holds a reserved rounding mode (5, 6 or 7)");
    for (unsigned i = 0; i < ARRAY_COUNT(privilege_rows); i++) {
        if (!find_word(effect, privilege_rows[i].word)) continue;
        explained = true;
        add(list, CAUSE_ILLEGAL, hart->known && hart->priv < privilege_rows[i].lowest, "%s",
            privilege_rows[i].when);
    }
    if (find_word(effect, "CSR_ACCESS")) add_csr(list, d, hart);
    if (!explained) add_condition(list, effect);
}

unsigned decoding_traps(const struct decoding *d, const struct hart_facts *hart,
                        struct trap_fact traps[TRAPS_MAX])
{
    struct trap_list list = {traps, 0};
    if (!d->base) return 0;
    const char *effect = d->base->row->effect;
    add_illegal(&list, d, hart);
    for (unsigned i = 0; i < ARRAY_COUNT(word_rows); i++)
        if (find_word(effect, word_rows[i].word))
            add(&list, word_rows[i].code, !strncmp(word_rows[i].when, "always", 6), "%s",
                word_rows[i].when);
    if (find_word(effect, "JUMP")) {
        if (!isa_has(d->isa, EXT_C))
            add(&list, CAUSE_FETCH_MISALIGNED, false, "the target is not a multiple of 4");
        add(&list, CAUSE_FETCH_PAGE, false, "at the target: the page isn't mapped or executable");
    }
    return list.count;
}
