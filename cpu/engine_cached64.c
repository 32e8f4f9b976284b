/* cpu/engine_cached64.c: the cached engine for RV64. */
#include "cpu/engine_cached.h"

#define XLEN     64
#define RUN_NAME engine_cached_run64
#include "cpu/engine_cached.inc"
