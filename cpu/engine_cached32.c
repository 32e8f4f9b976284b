/* cpu/engine_cached32.c: the cached engine for RV32. */
#include "cpu/engine_cached.h"

#define XLEN     32
#define RUN_NAME engine_cached_run32
#include "cpu/engine_cached.inc"
