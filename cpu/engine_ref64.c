/* cpu/engine_ref64.c: the reference engine for RV64. */
#include "cpu/engine_ref.h"

#define XLEN       64
#define RUN_NAME   engine_ref_run64
#define STEP_MUTED engine_ref_step_muted64
#define COMPUTE    engine_ref_compute64
#include "cpu/engine_ref.inc"
