/* tests/host/test_worker.c: jobs all run, begun in order, also those posted last. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bits.h"
#include "host/thread.h"
#include "host/worker.h"

enum { JOBS = 500 };

struct counted {
    struct job job;
    struct mutex *lock;
    unsigned *order, *next, number;
};

static void count(struct job *job)
{
    struct counted *item = CONTAINER_OF(job, struct counted, job);
    mutex_lock(item->lock);
    item->order[(*item->next)++] = item->number;
    mutex_unlock(item->lock);
}

static void run_jobs(unsigned threads, unsigned *order)
{
    static struct counted items[JOBS];
    struct mutex lock;
    unsigned next = 0;
    mutex_init(&lock);
    struct host_workers *workers = host_workers_create(threads, NULL);
    assert_non_null(workers);
    struct executor executor = host_workers_executor(workers);
    for (unsigned i = 0; i < JOBS; i++) {
        items[i] = (struct counted){{.run = count}, &lock, order, &next, i};
        executor_post(&executor, &items[i].job);
    }
    host_workers_destroy(workers);
    assert_int_equal(next, JOBS);
    mutex_fini(&lock);
}

static void one_thread_runs_jobs_in_order(void **state)
{
    unsigned order[JOBS];
    (void)state;
    run_jobs(1, order);
    for (unsigned i = 0; i < JOBS; i++)
        assert_int_equal(order[i], i);
}

static void several_threads_run_each_job_once(void **state)
{
    unsigned order[JOBS];
    bool seen[JOBS] = {false};
    (void)state;
    run_jobs(8, order);
    for (unsigned i = 0; i < JOBS; i++) {
        assert_false(seen[order[i]]);
        seen[order[i]] = true;
    }
}

struct meeting {
    struct job job;
    struct host_event here, *there;
};

static void meet(struct job *job)
{
    struct meeting *meeting = CONTAINER_OF(job, struct meeting, job);
    host_event_signal(&meeting->here);
    host_event_wait(meeting->there, HOST_FOREVER);
}

/* Two jobs that wait for each other end only when both run. */
static void jobs_run_at_the_same_time(void **state)
{
    struct meeting a = {.job.run = meet}, b = {.job.run = meet};
    (void)state;
    host_event_init(&a.here);
    host_event_init(&b.here);
    a.there = &b.here;
    b.there = &a.here;
    struct host_workers *workers = host_workers_create(2, NULL);
    struct executor executor = host_workers_executor(workers);
    executor_post(&executor, &a.job);
    executor_post(&executor, &b.job);
    host_workers_destroy(workers);
    host_event_fini(&a.here);
    host_event_fini(&b.here);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_thread_runs_jobs_in_order),
        cmocka_unit_test(several_threads_run_each_job_once),
        cmocka_unit_test(jobs_run_at_the_same_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
