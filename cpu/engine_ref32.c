/* cpu/engine_ref32.c: the reference engine for RV32. */
#include "cpu/engine_ref.h"

#define XLEN       32
#define RUN_NAME   engine_ref_run32
#define STEP_MUTED engine_ref_step_muted32
#define COMPUTE    engine_ref_compute32
#include "cpu/engine_ref.inc"
