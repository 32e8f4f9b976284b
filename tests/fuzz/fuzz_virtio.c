/* tests/fuzz/fuzz_virtio.c: libFuzzer drives one virtio device, that of DEVICE (0 to 5). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include "tests/dev/hostile.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    hostile_run(&hostile_kinds[DEVICE], bytes, size);
    return 0;
}
