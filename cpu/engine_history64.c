/* cpu/engine_history64.c: the cached engine for RV64 that records what it executes. */
#include "cpu/engine_cached.h"

#define XLEN     64
#define RUN_NAME engine_history_run64
#define ENGINE_RECORDS
#include "cpu/engine_cached.inc"
