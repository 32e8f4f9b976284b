/* monitor/see_stack.c: bt: who called.
 *
 * With frame pointers (RISC-V psABI, "Frame Pointer Convention") s0 points behind a record
 *
 *      s0 -  8   return address
 *      s0 - 16   the caller's s0
 *
 * Until a function has made its own, s0 is still its caller's and the return address still in ra.
 * Below the last frame of a trap's handler the interrupted code is known from xepc, and its frames
 * from the registers the handler saved: of those, a kernel's are found by the names around it.
 */
#include <inttypes.h>
#include <string.h>

#include "cpu/decode.h"
#include "cpu/status.h"
#include "cpu/trap.h"
#include "monitor/command.h"
#include "monitor/see.h"
#include "monitor/target.h"

#define FRAMES_MAX   64
#define PROLOGUE_MAX 64 /* bytes looked through for the function's own frame */

/* Has the function made its frame where `pc` stands: an `addi s0, sp, n` since its start? */
static bool frame_made(struct monitor *mon, uint64_t pc)
{
    struct hart *h = monitor_hart(mon);
    uint64_t offset;
    const struct symbol *symbol = symbols_at(&mon->symbols, pc, &offset);
    if (!symbol || offset > PROLOGUE_MAX) return true;
    for (uint64_t at = symbol->address; at < pc;) {
        uint32_t word;
        unsigned length;
        struct error err;
        struct op op;
        if (!target_insn(h, at, false, &word, &length, &err)) return true;
        decode(h->isa, word, true, &op);
        if (op.code == OP_addi && op.rd == 8 && op.rs1 == 2) return true;
        at += length;
    }
    return false;
}

static bool record_read(struct hart *h, uint64_t fp, uint64_t *pc, uint64_t *caller_fp)
{
    uint8_t bytes[16];
    unsigned width = h->xlen / 8;
    struct error err;
    if (fp % width != 0 || fp < 2 * width) return false;
    if (!target_read(h, fp - 2 * width, false, bytes, 2 * width, NULL, &err)) return false;
    *caller_fp = load_le(bytes, width);
    *pc = load_le(bytes + width, width);
    return true;
}

static bool plausible(struct monitor *mon, uint64_t pc)
{
    uint32_t word;
    unsigned length;
    struct error err;
    return pc && pc % 2 == 0 && target_insn(monitor_hart(mon), pc, false, &word, &length, &err);
}

/* The code a trap interrupted, for the mode the hart is in. */
static bool trap_frame(struct monitor *mon, enum priv *mode, struct frame *frame)
{
    const struct hart *h = monitor_hart(mon);
    uint64_t epc = *mode == PRIV_M ? h->mepc : h->sepc;
    uint64_t cause = *mode == PRIV_M ? h->mcause : h->scause;
    enum priv from = *mode == PRIV_M ? (enum priv)bits_get(h->mstatus, 12, 11)
                                     : (enum priv)bits_get(h->mstatus, 8, 8);
    if (*mode == PRIV_U || epc == 0) return false;
    *frame = (struct frame){.pc = epc, .how = cause_text(cause)};
    *mode = from;
    return true;
}

/* Linux's handle_exception keeps the interrupted registers, struct pt_regs, at the stack pointer of
 * the frame it calls from: epc first, then x1, x2... The frame record of what it called lies right
 * below them. */
static bool pt_regs_frame(struct monitor *mon, const struct frame *handler, uint64_t below_fp,
                          struct frame *frame)
{
    struct hart *h = monitor_hart(mon);
    uint64_t offset, width = h->xlen / 8;
    const struct symbol *symbol = symbols_at(&mon->symbols, handler->pc, &offset);
    uint8_t bytes[9 * 8];
    struct error err;
    if (!symbol || (strcmp(symbol->name, "handle_exception") != 0 &&
                    strcmp(symbol->name, "ret_from_exception") != 0))
        return false;
    if (!target_read(h, below_fp, false, bytes, 9 * width, NULL, &err)) return false;
    frame->pc = load_le(bytes, (unsigned)width);
    frame->fp = load_le(bytes + 8 * width, (unsigned)width);
    frame->how = "trap";
    return plausible(mon, frame->pc);
}

unsigned see_frames(struct monitor *mon, struct frame *frames, unsigned most)
{
    struct hart *h = monitor_hart(mon);
    enum priv mode = h->priv;
    uint64_t fp = hart_x(h, 8), pc, caller_fp;
    unsigned count = 0;
    frames[count++] = (struct frame){.pc = h->pc, .fp = fp, .how = ""};
    uint64_t entry = (mode == PRIV_M ? h->mtvec : h->stvec) & ~UINT64_C(3);
    if (count < most && h->pc == entry && trap_frame(mon, &mode, &frames[count]))
        frames[count++].fp = fp; /* a handler's first instruction: the registers are not its own */
    else if (count < most && !frame_made(mon, h->pc) && plausible(mon, hart_x(h, 1)))
        frames[count++] = (struct frame){.pc = hart_x(h, 1), .fp = fp, .how = ""};
    while (count < most) {
        struct frame next = {.pc = 0};
        if (pt_regs_frame(mon, &frames[count - 1], fp, &next)) {
            mode = PRIV_U; /* what CSRs say is of a later trap */
        } else if (record_read(h, fp, &pc, &caller_fp) && plausible(mon, pc) &&
                   (caller_fp > fp || caller_fp == 0)) {
            next = (struct frame){.pc = pc, .fp = caller_fp, .how = ""};
        } else {
            break;
        }
        if (!*next.how) {
            frames[count++] = next;
            uint64_t below = fp;
            fp = next.fp;
            if (count < most && pt_regs_frame(mon, &frames[count - 1], below, &next)) {
                mode = PRIV_U;
                frames[count++] = next;
                fp = next.fp;
            }
            continue;
        }
        frames[count++] = next;
        fp = next.fp;
    }
    bool lower = mode != PRIV_U && (mode == PRIV_M || !(h->mstatus & MSTATUS_SPP));
    for (struct frame next = {.pc = 0};
         lower && mode >= PRIV_S && count < most && trap_frame(mon, &mode, &next);)
        frames[count++] = next;
    return count;
}

bool command_bt(struct monitor *mon, const char *args, struct error *err)
{
    struct frame frames[FRAMES_MAX];
    uint64_t depth = FRAMES_MAX;
    args_skip(&args);
    if (*args && (!args_value(mon, &args, &depth, err) || !args_end(mon, args, err))) return false;
    if (depth == 0 || depth > FRAMES_MAX) depth = FRAMES_MAX;
    unsigned count = see_frames(mon, frames, (unsigned)depth);
    for (unsigned i = 0; i < count; i++) {
        char where[ADDRESS_SIZE];
        const char *file;
        int line;
        monitor_address(mon, frames[i].pc, where, sizeof where);
        if (*frames[i].how) out_text(&mon->out, "    --- %s ---\n", frames[i].how);
        out_text(&mon->out, "#%-2u %s", i, where);
        if (symbols_line(&mon->symbols, frames[i].pc, &file, &line))
            out_text(&mon->out, " at %s:%d", file, line);
        out_text(&mon->out, "\n");
        out_row(&mon->out);
        out_number(&mon->out, "frame", i);
        out_hex(&mon->out, "pc", frames[i].pc);
        out_string(&mon->out, "where", where);
        out_string(&mon->out, "how", frames[i].how);
    }
    return true;
}
