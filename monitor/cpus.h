/* monitor/cpus.h: what `-cpu help` prints. */
#ifndef RIVET_MONITOR_CPUS_H
#define RIVET_MONITOR_CPUS_H

#include <stdbool.h>
#include <stdio.h>

/* The models and the extensions that can be switched. False: writing failed. */
bool cpus_print(FILE *out);

#endif
