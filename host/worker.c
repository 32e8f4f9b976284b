/* host/worker.c: threads that do what a hart should not wait for. */
#include "host/worker.h"

#include <stdlib.h>

#include "host/thread.h"

struct host_workers {
    struct mutex lock;
    pthread_cond_t posted;
    struct job *first, *last; /* waiting ones; `last` counts when there is a first */
    bool ending;
    unsigned waiting; /* jobs */
    unsigned idle;    /* threads */
    unsigned count, most;
    struct host_thread threads[];
};

static void worker_run(void *owner)
{
    struct host_workers *workers = owner;
    mutex_lock(&workers->lock);
    for (;;) {
        struct job *job = workers->first;
        if (job) {
            workers->first = job->next;
            workers->waiting--;
            mutex_unlock(&workers->lock);
            job->run(job); /* the job is its owner's again, and may be gone when this returns */
            mutex_lock(&workers->lock);
        } else if (workers->ending) {
            break;
        } else {
            workers->idle++;
            pthread_cond_wait(&workers->posted, &workers->lock.pthread);
            workers->idle--;
        }
    }
    mutex_unlock(&workers->lock);
}

/* With the lock held. */
static bool workers_add(struct host_workers *workers, struct error *err)
{
    if (!host_thread_start(&workers->threads[workers->count], "worker", worker_run, workers, err))
        return false;
    workers->count++;
    return true;
}

static void workers_post(void *owner, struct job *job)
{
    struct host_workers *workers = owner;
    mutex_lock(&workers->lock);
    job->next = NULL;
    if (workers->first)
        workers->last->next = job;
    else
        workers->first = job;
    workers->last = job;
    if (++workers->waiting > workers->idle && workers->count < workers->most)
        workers_add(workers, NULL); /* without, those there are take it in time */
    else
        pthread_cond_signal(&workers->posted);
    mutex_unlock(&workers->lock);
}

struct host_workers *host_workers_create(unsigned most, struct error *err)
{
    struct host_workers *workers = calloc(1, sizeof *workers + most * sizeof workers->threads[0]);
    if (!workers) {
        error_set(err, "%u threads: out of memory", most);
        return NULL;
    }
    workers->most = most;
    mutex_init(&workers->lock);
    pthread_cond_init(&workers->posted, NULL);
    mutex_lock(&workers->lock);
    bool started = workers_add(workers, err);
    mutex_unlock(&workers->lock);
    if (started) return workers;
    host_workers_destroy(workers);
    return NULL;
}

struct executor host_workers_executor(struct host_workers *workers)
{
    return (struct executor){.post = workers_post, .owner = workers};
}

void host_workers_destroy(struct host_workers *workers)
{
    if (!workers) return;
    mutex_lock(&workers->lock);
    workers->ending = true;
    pthread_cond_broadcast(&workers->posted);
    mutex_unlock(&workers->lock);
    for (unsigned i = 0; i < workers->count; i++)
        host_thread_join(&workers->threads[i]);
    pthread_cond_destroy(&workers->posted);
    mutex_fini(&workers->lock);
    free(workers);
}
