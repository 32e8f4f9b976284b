/* host/thread.c: threads, mutexes and events, through POSIX threads. */
#define _GNU_SOURCE /* pthread_setname_np, sched_getaffinity */
#include "host/thread.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void *thread_main(void *argument)
{
    struct host_thread *thread = argument;
    pthread_setname_np(pthread_self(), thread->name);
    thread->run(thread->owner);
    return NULL;
}

bool host_thread_start(struct host_thread *thread, const char *name, void (*run)(void *owner),
                       void *owner, struct error *err)
{
    /* A new thread inherits the mask. Faults stay open: they belong to whoever makes them. */
    static const int faults[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS};
    sigset_t mask, saved;
    sigfillset(&mask);
    for (unsigned i = 0; i < sizeof faults / sizeof faults[0]; i++)
        sigdelset(&mask, faults[i]);

    thread->run = run;
    thread->owner = owner;
    snprintf(thread->name, sizeof thread->name, "%s", name);

    pthread_sigmask(SIG_SETMASK, &mask, &saved);
    int failure = pthread_create(&thread->id, NULL, thread_main, thread);
    pthread_sigmask(SIG_SETMASK, &saved, NULL);
    return failure == 0 || error_set(err, "thread %s: %s", name, strerror(failure));
}

void host_thread_join(struct host_thread *thread)
{
    pthread_join(thread->id, NULL);
}

unsigned host_cpu_count(void)
{
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) return (unsigned)CPU_COUNT(&allowed);
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (unsigned)online : 1;
}

void host_event_init(struct host_event *event)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&event->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    mutex_init(&event->mutex);
    event->signalled = false;
}

void host_event_fini(struct host_event *event)
{
    pthread_cond_destroy(&event->changed);
    mutex_fini(&event->mutex);
}

void host_event_signal(struct host_event *event)
{
    mutex_lock(&event->mutex);
    event->signalled = true;
    /* Inside the lock: the waiter may free the event as soon as it has it. */
    pthread_cond_signal(&event->changed);
    mutex_unlock(&event->mutex);
}

bool host_event_wait(struct host_event *event, uint64_t timeout_ns)
{
    uint64_t now = host_now_ns();
    bool forever = timeout_ns > UINT64_MAX - now; /* HOST_FOREVER, and what is as good as that */
    uint64_t deadline = now + timeout_ns;
    struct timespec until = {.tv_sec = (time_t)(deadline / HOST_NS_PER_SECOND),
                             .tv_nsec = (long)(deadline % HOST_NS_PER_SECOND)};

    mutex_lock(&event->mutex);
    int result = timeout_ns == 0 ? ETIMEDOUT : 0;
    while (!event->signalled && result != ETIMEDOUT)
        result = forever ? pthread_cond_wait(&event->changed, &event->mutex.pthread)
                         : pthread_cond_timedwait(&event->changed, &event->mutex.pthread, &until);
    bool signalled = event->signalled;
    event->signalled = false;
    mutex_unlock(&event->mutex);
    return signalled;
}
