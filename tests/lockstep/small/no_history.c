/* tests/lockstep/small/no_history.c: lockstep_small records no history, and need not compile the
 * engine that does. */
#include "cpu/engine_cached.h"

enum run_reason engine_history_run64(struct hart *h, uint64_t budget)
{
    return engine_cached_run64(h, budget);
}
