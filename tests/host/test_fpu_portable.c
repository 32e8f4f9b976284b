/* tests/host/test_fpu_portable.c: the <fenv.h> way keeps the same promises. */
#define HOST_FPU_PORTABLE
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif
#include "tests/host/test_fpu.c" /* NOLINT(bugprone-suspicious-include) */
