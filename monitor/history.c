/* monitor/history.c: the last instructions a hart executed. */
#include "monitor/history.h"

#include <stdlib.h>

#include "monitor/command.h"

void history_free(struct history *history)
{
    free(history);
}

bool command_hist(struct monitor *mon, const char *args, struct error *err)
{
    (void)mon, (void)args;
    return error_set(err, "hist is not there yet");
}
