/* monitor/expr.h: expressions, wherever a command takes a number.
 *
 *      a0  $a0  x10  pc  mstatus  mstatus.MPP     registers, CSRs and their fields
 *      start_kernel  &name                        symbols (& where a register has the same name)
 *      0x10  0b11  12  'c'  $_                    numbers; the last address or value shown
 *      *addr  *(u32)addr  *(p:u64)addr            memory: XLEN bits, or u8..u64, s8..s64; physical
 *      (s64)a0 < 0                                registers are unsigned unless told otherwise
 *      ! ~ - + * / % << >> < <= > >= == != & ^ | && ||      as in C
 *
 * Compiled once, evaluated often: a breakpoint's condition.
 */
#ifndef RIVET_MONITOR_EXPR_H
#define RIVET_MONITOR_EXPR_H

#include "base/error.h"
#include "cpu/hart.h"
#include "monitor/symbols.h"

struct expr;

struct expr_error {
    struct error error;
    size_t column; /* of the culprit in the text, from 0 */
};

/* Compiles as much of `text` as makes an expression; *end says where it stops. NULL: `err` names
 * the culprit. Symbols and names are looked up now, values later. */
struct expr *expr_compile(const char *text, const char **end, const struct hart *,
                          struct symbols *symbols, uint64_t last, struct expr_error *err);
void expr_free(struct expr *);

/* False: memory that can't be read, or a division by zero. */
bool expr_value(const struct expr *, struct hart *, uint64_t *value, struct error *err);

#endif
