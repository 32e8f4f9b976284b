/* bench/work/threads.c: atomics alone, and two threads that share a lock and counters. */
#include <pthread.h>
#include <stdatomic.h>

#include "work.h"

uint64_t work_atomics(void)
{
    static _Atomic uint64_t counter, flag;
    for (int i = 0; i < 5000000; i++) {
        atomic_fetch_add(&counter, 3);
        uint64_t expected = 0;
        if (atomic_compare_exchange_strong(&flag, &expected, 1)) atomic_store(&flag, 0);
    }
    return counter;
}

struct shared {
    pthread_mutex_t lock;
    uint64_t locked;
    _Atomic uint64_t free;
};

static void *worker(void *argument)
{
    struct shared *shared = argument;
    uint64_t seed = 17, own = 0;
    for (int i = 0; i < 200000; i++) {
        for (int k = 0; k < 20; k++)
            own += random_next(&seed);
        atomic_fetch_add(&shared->free, own & 1);
        pthread_mutex_lock(&shared->lock);
        shared->locked++;
        pthread_mutex_unlock(&shared->lock);
    }
    return NULL;
}

uint64_t work_threads(void)
{
    static struct shared shared = {.lock = PTHREAD_MUTEX_INITIALIZER};
    pthread_t other;
    if (pthread_create(&other, NULL, worker, &shared)) return 0;
    worker(&shared);
    pthread_join(other, NULL);
    return shared.locked;
}
