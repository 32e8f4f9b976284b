/* monitor/gdb.c: gdb's remote protocol. */
#include "monitor/gdb.h"

bool gdb_listen(struct monitor *mon, const char *place, struct error *err)
{
    (void)mon;
    return error_set(err, "-gdb %s: not there yet", place);
}

void gdb_close(struct monitor *mon)
{
    (void)mon;
}
