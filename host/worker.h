/* host/worker.h: threads that do what a hart should not wait for. */
#ifndef RIVET_HOST_WORKER_H
#define RIVET_HOST_WORKER_H

#include "base/block.h"
#include "base/error.h"

struct host_workers;

/* Up to `most` threads, started as jobs pile up. NULL: the host has no thread. */
struct host_workers *host_workers_create(unsigned most, struct error *err);

/* Runs jobs on the threads: begun in the order in which they were posted, ended in any. */
struct executor host_workers_executor(struct host_workers *);

/* Runs what has been posted, then ends the threads. */
void host_workers_destroy(struct host_workers *);

#endif
