/* cpu/engine.c: the engines by name. */
#include "cpu/engine.h"

#include <string.h>

#include "base/bits.h"

const struct engine *engine_by_name(const char *name)
{
    static const struct engine *const engines[] = {&engine_ref, &engine_cached};
    for (unsigned i = 0; i < ARRAY_COUNT(engines); i++)
        if (strcmp(engines[i]->name, name) == 0) return engines[i];
    return NULL;
}
