/* monitor/command.c: one row a command; help, completion and prefixes all come from here. */
#include "monitor/command.h"

#include <ctype.h>
#include <string.h>

#include "base/bits.h"

/* clang-format off */
static const struct command rows[] = {
    {"help", "h ?", "[COMMAND]", "what commands there are, or what one does",
     "help break", COMPLETE_COMMAND, false, command_help},
    {"apropos", "", "WORD", "commands whose help mentions a word",
     "apropos interrupt", COMPLETE_NOTHING, false, command_apropos},
    {"info", "i", "[COMMAND]", "gdb's and QEMU's way to ask: info registers is regs",
     "info registers | info break | info mem | info mtree | info line ...\n"
     "Without an argument, what can be asked.", COMPLETE_COMMAND, false, command_info},

    {"continue", "c cont fg resume", "[N]", "run on; N: pass N-1 more times where it stands",
     "Ctrl-A c brings the monitor back (with -monitor stdio: Ctrl-C).\n"
     "  continue 3", COMPLETE_NOTHING, true, command_continue},
    {"step", "s si stepi", "[N]", "execute N instructions (1), into calls and traps",
     "An interrupt that is due is taken as a step of its own: the next line shown is the handler's\n"
     "first instruction.\n  step 10", COMPLETE_EXPR, true, command_step},
    {"next", "n ni nexti", "[N]", "like step, but over calls and what traps and returns",
     "  next", COMPLETE_EXPR, true, command_next},
    {"finish", "fin", "", "run until the function returns to its caller",
     "The caller is what bt shows as #1.\n  finish", COMPLETE_NOTHING, false, command_finish},
    {"until", "u advance", "LOC", "run until LOC is reached",
     "  until start_kernel", COMPLETE_EXPR, false, command_until},
    {"stepu", "", "", "run until the hart enters user mode",
     "  stepu", COMPLETE_NOTHING, false, command_stepu},
    {"reset", "system_reset", "", "reboot the machine, and stay stopped",
     "Harts and devices are reset, the images loaded again; stops stay.\n  reset",
     COMPLETE_NOTHING, false, command_reset},
    {"hart", "thread cpu", "[N]", "choose the hart the other commands speak of, or list all",
     "  hart 1", COMPLETE_NOTHING, false, command_hart},

    {"break", "b br hbreak", "LOC [if EXPR] [do CMD; CMD...]", "stop before the instruction at LOC",
     "LOC is an address or symbol, p:ADDRESS for a physical one, asid=N:ADDRESS for one address\n"
     "space, FILE:LINE where DWARF is loaded. Without LOC: where the hart stands. What isn't mapped\n"
     "or known yet fires when it is. After `do` come commands to execute at each stop.\n"
     "  break do_trap_ecall_u if a7 == 64 do print a0; continue",
     COMPLETE_EXPR, false, command_break},
    {"tbreak", "tb thbreak", "LOC [if EXPR] [do CMD; CMD...]", "break once",
     "  tbreak start_kernel", COMPLETE_EXPR, false, command_tbreak},
    {"watch", "", "LOC[,BYTES] [if EXPR] [do CMD; CMD...]", "stop before a store to LOC",
     "As many bytes as XLEN has unless said otherwise. The store has not happened yet: the message\n"
     "shows what is there and what would be.\n  watch jiffies,8 if *jiffies > 0x1000",
     COMPLETE_EXPR, false, command_watch},
    {"rwatch", "", "LOC[,BYTES] [if EXPR] [do CMD; CMD...]", "stop before a load from LOC",
     "  rwatch p:0x80200000,4", COMPLETE_EXPR, false, command_rwatch},
    {"awatch", "", "LOC[,BYTES] [if EXPR] [do CMD; CMD...]", "stop before any access to LOC",
     "  awatch saved_command_line", COMPLETE_EXPR, false, command_awatch},
    {"catch", "", "EVENT [WHICH] [if EXPR] [do CMD; CMD...]", "stop at an event",
     "  trap [CAUSE]         after an exception; CAUSE a number\n"
     "  irq [NUMBER]         after an interrupt: 1 5 9 of S-mode, 3 7 11 of M-mode\n"
     "  csr NAME [w]         before an access to a CSR; w: before a write\n"
     "  mode [u|s|m]         after a change of privilege\n"
     "  ecall [NUMBER]       before a system call; NUMBER is a7\n"
     "  sbi [EXTENSION]      before a call to the firmware; EXTENSION is a7\n"
     "  mmio [DEVICE]        before an access to a device\n"
     "  catch trap 13 if stval == 0", COMPLETE_DEVICE, false, command_catch},
    {"breakpoints", "bl info_break", "", "list all stops", "  info break",
     COMPLETE_NOTHING, false, command_breakpoints},
    {"delete", "d del", "[N...]", "remove stops; without numbers, all",
     "  delete 2", COMPLETE_NOTHING, false, command_delete},
    {"enable", "en", "[N...]", "switch stops on", "  enable 1 3", COMPLETE_NOTHING, false, command_enable},
    {"disable", "dis", "[N...]", "switch stops off", "  disable 1", COMPLETE_NOTHING, false, command_disable},
    {"ignore", "", "N COUNT", "let stop N pass COUNT times", "  ignore 1 1000",
     COMPLETE_NOTHING, false, command_ignore},

    {"regs", "registers r", "[NAME...]", "integer registers; * marks those that changed since last shown",
     "  regs a0 sp", COMPLETE_EXPR, false, command_regs},
    {"fregs", "float all-registers", "", "floating-point registers",
     "Bits, and the value as the widest format it is boxed for.\n  fregs", COMPLETE_NOTHING, false, command_fregs},
    {"csr", "csrs", "[NAME]", "CSRs; one is shown field by field",
     "  csr mstatus", COMPLETE_EXPR, false, command_csr},
    {"x", "", "[/NFU] [ADDRESS]", "memory; N units of format F and size U",
     "F: x d u o t (binary) a (address) c s (string) i (instruction); U: b h w g.\n"
     "Without ADDRESS, it goes on where it ended.\n  x/10i pc\n  x/4gx sp\n  x/s a0",
     COMPLETE_EXPR, true, command_x},
    {"xp", "", "[/NFU] [ADDRESS]", "physical memory, as x", "  xp/8wx 0x80000000",
     COMPLETE_EXPR, true, command_xp},
    {"disas", "disassemble dis_", "[ADDRESS [COUNT]]", "instructions; => is where the hart stands",
     "Without COUNT, the function the address lies in, or some before and after.\n"
     "  disas start_kernel 20", COMPLETE_EXPR, true, command_disas},
    {"explain", "decode", "[ADDRESS|WORD|INSTRUCTION|on|diff|off]", "an instruction in full: bits, path, effect, traps",
     "Without argument, the one the hart stands at, with what its registers hold. A number is an\n"
     "address where that can be read, else a word. `explain on` explains each step, `explain diff`\n"
     "says what each changed.\n"
     "  explain\n  explain start_kernel\n  explain 0x00c58533\n  explain add a0, a1, a2",
     COMPLETE_EXPR, false, command_explain},
    {"list", "l", "[LOC]", "source lines, where DWARF is loaded",
     "LOC as break has it. Again, or an empty line: the lines that follow.\n  list main\n  list main.c:20",
     COMPLETE_EXPR, true, command_list},
    {"bt", "backtrace where", "[DEPTH]", "who called: through the frame pointer and the last traps",
     "  bt", COMPLETE_NOTHING, false, command_bt},
    {"walk", "gva2gpa", "ADDRESS [r|w|x] [as u|s|m]", "translate an address, step by step",
     "Every PTE on the way with its bits, and which rule says no. Nothing is changed by it.\n"
     "  walk 0x10 w as u", COMPLETE_EXPR, false, command_walk},
    {"maps", "mem", "[LOW [HIGH]]", "what is mapped: ranges of the page table", "  maps 0 0x4000000000",
     COMPLETE_EXPR, false, command_maps},
    {"tlb", "", "", "what the TLB holds", "  tlb", COMPLETE_NOTHING, false, command_tlb},
    {"irq", "interrupts pic", "", "what interrupts are pending, and why one isn't taken",
     "  irq", COMPLETE_NOTHING, false, command_irq},
    {"dev", "device qtree mtree", "[NAME]", "devices, or one with its registers", "  dev uart0",
     COMPLETE_DEVICE, false, command_dev},
    {"trap", "", "", "the last trap, in words", "  trap", COMPLETE_NOTHING, false, command_trap},
    {"hist", "history", "[on|off|N]", "the last N instructions executed, with what each changed",
     "It must be on before: that costs about an eighth of the speed; a trace may be on as well. The modes, the traps between them\n"
     "and the values of the time; about a thousand instructions a hart are kept.\n  hist on\n  hist 20", COMPLETE_NOTHING, false, command_hist},
    {"engine", "jit", "", "what the engine counted", "  info engine", COMPLETE_NOTHING, false, command_engine},

    {"print", "p output inspect", "[/F] EXPR", "the value of an expression",
     "Registers, CSRs and their fields, symbols, *(u32)address, $_, and C's operators.\n"
     "  print mstatus.MPP\n  p/x *(u64)(sp + 8)", COMPLETE_EXPR, false, command_print},
    {"set", "", "WHAT = EXPR", "change a register, a CSR or field, or memory",
     "  set a0 = 5\n  set mstatus.SIE = 1\n  set *(u32)0x80000000 = 0x13\n  set pc = start_kernel",
     COMPLETE_EXPR, false, command_set},
    {"raise", "", "SOURCE [0|1]", "drive an interrupt line: of the PLIC (1..95), or ssi sti sei msi mti mei",
     "  raise 10 1", COMPLETE_NOTHING, false, command_raise},
    {"balloon", "", "[MIB]", "how much memory the guest has; or how much it shall keep",
     "Needs -device virtio-balloon-device. What the guest tells about its memory is from when it was\n"
     "last asked: this asks again, and it answers once it runs.\n  balloon 512\n  info balloon",
     COMPLETE_NOTHING, false, command_balloon},
    {"send", "", "TEXT", "type at the guest's console, and Enter", "  send ls /", COMPLETE_NOTHING, false, command_send},
    {"load", "file symbol-file add-symbol-file", "FILE [SLIDE]", "symbols and lines of an ELF file, moved by SLIDE",
     "Several files may be loaded: firmware, kernel, a program.\n  load vmlinux",
     COMPLETE_FILE, false, command_load},
    {"symbol", "sym", "EXPR", "the symbol an address lies in", "  symbol ra", COMPLETE_EXPR, false, command_symbol},
    {"trace", "", "on FILE [binary] [from LOW to HIGH] [mode u|s|m] [symbol NAME] | off | show FILE [FIRST [COUNT]]",
     "write every instruction executed, with what it changed, to a file",
     "Meanwhile harts run one instruction at a time. The binary form is about half as long; `show` reads\n"
     "it back. Started with Rivet: -d trace=FILE.\n"
     "  trace on /tmp/t mode u\n  trace on /tmp/t binary symbol do_page_fault\n  trace off\n"
     "  trace show /tmp/t 1000 50", COMPLETE_FILE, false, command_trace},
    {"source", "", "FILE", "execute the commands in a file", "  source stops.rv", COMPLETE_FILE, false, command_source},
    {"echo", "", "TEXT", "print a text", "  echo here we are", COMPLETE_NOTHING, false, command_echo},
    {"quit", "q exit", "[STATUS]", "end Rivet", "  quit", COMPLETE_NOTHING, false, command_quit},
};
/* clang-format on */

const struct command *command_at(unsigned index)
{
    return index < ARRAY_COUNT(rows) ? &rows[index] : NULL;
}

static bool is_alias(const struct command *row, const char *name, size_t length)
{
    for (const char *at = row->aliases; *at;) {
        size_t word = strcspn(at, " ");
        if (word == length && memcmp(at, name, length) == 0) return true;
        at += word + strspn(at + word, " ");
    }
    return strlen(row->name) == length && memcmp(row->name, name, length) == 0;
}

const struct command *command_find(const char *name, size_t length, struct error *err)
{
    const struct command *found = NULL;
    struct text which = {0};
    unsigned matches = 0;
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++)
        if (is_alias(&rows[i], name, length)) return &rows[i];
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        if (strncmp(rows[i].name, name, length) != 0) continue;
        text_printf(&which, "%s%s", matches++ ? ", " : "", rows[i].name);
        found = &rows[i];
    }
    if (matches == 0)
        error_set(err, "no command \"%.*s\"; help lists them", (int)length, name);
    else if (matches > 1)
        error_set(err, "\"%.*s\" could be %s", (int)length, name, text_get(&which));
    text_fini(&which);
    return matches == 1 ? found : NULL;
}

const struct command *command_parse(const char *line, const char **args, struct error *err)
{
    err->text[0] = '\0';
    while (isspace((unsigned char)*line))
        line++;
    if (!*line || *line == '#') return NULL;
    size_t length = 0;
    while (isalnum((unsigned char)line[length]) || strchr("_-?", line[length])) {
        if (!line[length]) break;
        length++;
    }
    *args = line + length;
    if (length == 0) {
        error_set(err, "a command begins with a letter; help lists them");
        return NULL;
    }
    return command_find(line, length, err);
}
