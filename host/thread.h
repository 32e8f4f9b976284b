/* host/thread.h: threads, mutexes, and events to sleep on. */
#ifndef RIVET_HOST_THREAD_H
#define RIVET_HOST_THREAD_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "host/clock.h"

#define HOST_THREAD_NAME_BYTES 16 /* what the host keeps of a name, its NUL included */

/* Must stay where it is until it has been joined. */
struct host_thread {
    pthread_t id;
    void (*run)(void *owner);
    void *owner;
    char name[HOST_THREAD_NAME_BYTES];
};

/* Runs run(owner) on a new thread. `name` is what the host's tools show; longer ones are cut.
 * Signals sent to the process are left to the thread that started this one. */
bool host_thread_start(struct host_thread *, const char *name, void (*run)(void *owner),
                       void *owner, struct error *err);

/* Waits until `run` has returned. Exactly once for each thread started. */
void host_thread_join(struct host_thread *);

/* Processors that this process may use. */
unsigned host_cpu_count(void);

/* Not recursive; unlocked by the thread that locked it. */
struct mutex {
    pthread_mutex_t pthread;
};

static inline void mutex_init(struct mutex *mutex)
{
    pthread_mutex_init(&mutex->pthread, NULL);
}

static inline void mutex_fini(struct mutex *mutex)
{
    pthread_mutex_destroy(&mutex->pthread);
}

static inline void mutex_lock(struct mutex *mutex)
{
    pthread_mutex_lock(&mutex->pthread);
}

static inline void mutex_unlock(struct mutex *mutex)
{
    pthread_mutex_unlock(&mutex->pthread);
}

/* One thread waits, any thread signals. A signal sticks until a wait takes it, so that one sent
 * just before the wait is not lost; several before a wait count as one. What was written before
 * the signal is seen after the wait. */
struct host_event {
    struct mutex mutex;
    pthread_cond_t changed;
    bool signalled;
};

void host_event_init(struct host_event *);
void host_event_fini(struct host_event *);
void host_event_signal(struct host_event *);

/* Sleeps until signalled (true) or until `timeout_ns` have passed (false): 0 only looks,
 * HOST_FOREVER waits without end. Time is host_now_ns's. */
bool host_event_wait(struct host_event *, uint64_t timeout_ns);

#endif
