/* cpu/engine_ref32.c: the reference engine for RV32. */
#include "cpu/engine_ref.h"

#define XLEN     32
#define RUN_NAME engine_ref_run32
#include "cpu/engine_ref.inc"
