/* host/thread.h: the host's locks. */
#ifndef RIVET_HOST_THREAD_H
#define RIVET_HOST_THREAD_H

#include <pthread.h>

/* Not recursive. Its holder unlocks it; it can't fail once it is initialised. */
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

#endif
