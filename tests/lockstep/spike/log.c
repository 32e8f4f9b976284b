/* tests/lockstep/spike/log.c: Spike's commit log, one instruction or trap at a time. */
#include "tests/lockstep/spike/log.h"

#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "cpu/trap.h"

#define PREFIX_SIZE 10 /* "core   0: " */

static const char *const cause_names[] = {
    [CAUSE_FETCH_MISALIGNED] = "trap_instruction_address_misaligned",
    [CAUSE_FETCH_ACCESS] = "trap_instruction_access_fault",
    [CAUSE_ILLEGAL] = "trap_illegal_instruction",
    [CAUSE_BREAKPOINT] = "trap_breakpoint",
    [CAUSE_LOAD_MISALIGNED] = "trap_load_address_misaligned",
    [CAUSE_LOAD_ACCESS] = "trap_load_access_fault",
    [CAUSE_STORE_MISALIGNED] = "trap_store_address_misaligned",
    [CAUSE_STORE_ACCESS] = "trap_store_access_fault",
    [CAUSE_ECALL_U] = "trap_user_ecall",
    [CAUSE_ECALL_S] = "trap_supervisor_ecall",
    [CAUSE_ECALL_M] = "trap_machine_ecall",
    [CAUSE_FETCH_PAGE] = "trap_instruction_page_fault",
    [CAUSE_LOAD_PAGE] = "trap_load_page_fault",
    [CAUSE_STORE_PAGE] = "trap_store_page_fault",
};

static uint64_t cause_of(const char *name)
{
    static const char interrupt[] = "interrupt #";
    size_t length = strcspn(name, ",");
    if (strncmp(name, interrupt, sizeof interrupt - 1) == 0)
        return CAUSE_INTERRUPT | strtoull(name + sizeof interrupt - 1, NULL, 10);
    for (unsigned i = 0; i < ARRAY_COUNT(cause_names); i++)
        if (cause_names[i] && strlen(cause_names[i]) == length &&
            strncmp(cause_names[i], name, length) == 0)
            return i;
    return UINT64_MAX;
}

static bool parse_trap(const char *text, struct commit *commit)
{
    static const char word[] = "exception ";
    const char *epc = strstr(text, "epc 0x");
    if (strncmp(text, word, sizeof word - 1) != 0 || !epc) return false;
    *commit = (struct commit){
        .trap = true, .cause = cause_of(text + sizeof word - 1), .pc = strtoull(epc + 4, NULL, 16)};
    return true;
}

static void add_write(struct commit *commit, struct commit_write write)
{
    if (commit->write_count < COMMIT_WRITES_MAX) commit->writes[commit->write_count++] = write;
}

/* "x5 VALUE", "f13 VALUE", "c773_mtvec VALUE", "mem ADDRESS" or "mem ADDRESS VALUE", in a row. */
static void parse_writes(char *text, struct commit *commit)
{
    char *rest, *word = strtok_r(text, " \n", &rest);
    while (word) {
        char *first = strtok_r(NULL, " \n", &rest), *next = strtok_r(NULL, " \n", &rest);
        if (!first) return;
        if (strcmp(word, "mem") != 0) {
            add_write(commit, (struct commit_write){.kind = word[0],
                                                    .at = strtoull(word + 1, NULL, 10),
                                                    .value = strtoull(first, NULL, 16)});
            word = next;
        } else if (next && strncmp(next, "0x", 2) == 0) {
            add_write(commit, (struct commit_write){.kind = 'm',
                                                    .size = (unsigned)(strlen(next) - 2) / 2,
                                                    .at = strtoull(first, NULL, 16),
                                                    .value = strtoull(next, NULL, 16)});
            word = strtok_r(NULL, " \n", &rest);
        } else {
            word = next;
        }
    }
}

static bool parse_commit(char *text, struct commit *commit)
{
    char *end;
    if (text[0] < '0' || text[0] > '3' || text[1] != ' ') return false;
    *commit = (struct commit){.priv = (unsigned)(text[0] - '0')};
    commit->pc = strtoull(text + 2, &end, 16);
    if (strncmp(end, " (0x", 4) != 0) return false;
    commit->word = (uint32_t)strtoul(end + 2, &end, 16);
    if (*end != ')') return false;
    parse_writes(end + 1, commit);
    return true;
}

static bool line_next(struct log *log)
{
    if (!log->held) return fgets(log->line, sizeof log->line, log->file) != NULL;
    log->held = false;
    return true;
}

/* The line after a trap's, when it has one. */
static void tval_next(struct log *log, struct commit *commit)
{
    const char *tval;
    if (!line_next(log)) return;
    log->held = !(tval = strstr(log->line, "          tval 0x"));
    if (log->held) return;
    commit->has_tval = true;
    commit->tval = strtoull(tval + 15, NULL, 16);
}

bool log_next(struct log *log, struct commit *commit)
{
    while (line_next(log)) {
        if (strlen(log->line) <= PREFIX_SIZE || strncmp(log->line, "core", 4) != 0) continue;
        if (parse_commit(log->line + PREFIX_SIZE, commit)) return true;
        if (!parse_trap(log->line + PREFIX_SIZE, commit)) continue;
        tval_next(log, commit);
        return true;
    }
    return false;
}
