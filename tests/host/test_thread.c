/* tests/host/test_thread.c: threads run, mutexes exclude, events stick. No time is asserted. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdatomic.h>
#include <string.h>

#include "host/clock.h"
#include "host/thread.h"

struct counter {
    struct mutex mutex;
    unsigned long count;
};

static void count_many(void *owner)
{
    struct counter *counter = owner;
    for (unsigned i = 0; i < 20000; i++) {
        mutex_lock(&counter->mutex);
        counter->count++;
        mutex_unlock(&counter->mutex);
    }
}

static void mutex_loses_no_count_between_threads(void **state)
{
    (void)state;
    struct counter counter = {.count = 0};
    struct host_thread threads[3];
    mutex_init(&counter.mutex);
    for (unsigned i = 0; i < 3; i++)
        assert_true(host_thread_start(&threads[i], "count", count_many, &counter, NULL));
    for (unsigned i = 0; i < 3; i++)
        host_thread_join(&threads[i]);
    mutex_fini(&counter.mutex);
    assert_int_equal(counter.count, 3 * 20000);
}

static void thread_name_is_cut_to_what_the_host_keeps(void **state)
{
    (void)state;
    struct counter counter = {.count = 0};
    struct host_thread thread;
    mutex_init(&counter.mutex);
    assert_true(
        host_thread_start(&thread, "a name that is much too long", count_many, &counter, NULL));
    host_thread_join(&thread);
    mutex_fini(&counter.mutex);
    assert_string_equal(thread.name, "a name that is ");
}

static void read_mask(void *owner)
{
    pthread_sigmask(SIG_SETMASK, NULL, owner);
}

static void thread_leaves_the_processs_signals_to_its_starter(void **state)
{
    (void)state;
    sigset_t before, inside, after;
    struct host_thread thread;
    pthread_sigmask(SIG_SETMASK, NULL, &before);
    assert_true(host_thread_start(&thread, "mask", read_mask, &inside, NULL));
    pthread_sigmask(SIG_SETMASK, NULL, &after);
    host_thread_join(&thread);
    assert_true(sigismember(&inside, SIGTERM) && sigismember(&inside, SIGINT));
    assert_false(sigismember(&inside, SIGSEGV));
    assert_int_equal(sigismember(&before, SIGTERM), sigismember(&after, SIGTERM));
}

static void event_sticks_until_a_wait_takes_it(void **state)
{
    (void)state;
    struct host_event event;
    host_event_init(&event);
    assert_false(host_event_wait(&event, 0));
    host_event_signal(&event);
    host_event_signal(&event);
    assert_true(host_event_wait(&event, HOST_FOREVER));
    assert_false(host_event_wait(&event, 0)); /* several signals count as one */
    host_event_signal(&event);
    assert_true(host_event_wait(&event, 0));
    host_event_fini(&event);
}

static void event_wait_ends_at_its_timeout_and_not_before(void **state)
{
    (void)state;
    struct host_event event;
    host_event_init(&event);
    uint64_t start = host_now_ns();
    assert_false(host_event_wait(&event, 2000000));
    assert_true(host_now_ns() - start >= 2000000);
    host_event_fini(&event);
}

struct pingpong {
    struct host_event ping, pong;
    unsigned value;
};

static void answer_pings(void *owner)
{
    struct pingpong *table = owner;
    for (unsigned i = 0; i < 500; i++) {
        host_event_wait(&table->ping, i % 2 ? HOST_FOREVER : 3600 * HOST_NS_PER_SECOND);
        table->value++;
        host_event_signal(&table->pong);
    }
}

static void event_wakes_a_sleeper_and_shows_what_was_written_before(void **state)
{
    (void)state;
    struct pingpong table = {.value = 0};
    struct host_thread thread;
    host_event_init(&table.ping);
    host_event_init(&table.pong);
    assert_true(host_thread_start(&thread, "pong", answer_pings, &table, NULL));
    for (unsigned i = 0; i < 500; i++) {
        host_event_signal(&table.ping);
        assert_true(host_event_wait(&table.pong, HOST_FOREVER));
        assert_int_equal(table.value, i + 1);
    }
    host_thread_join(&thread);
    host_event_fini(&table.ping);
    host_event_fini(&table.pong);
}

static void clock_never_goes_back_and_the_date_is_after_this_was_written(void **state)
{
    (void)state;
    uint64_t last = host_now_ns();
    for (unsigned i = 0; i < 1000; i++) {
        uint64_t now = host_now_ns();
        assert_true(now >= last);
        last = now;
    }
    assert_true(host_wall_ns() / HOST_NS_PER_SECOND > 1700000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mutex_loses_no_count_between_threads),
        cmocka_unit_test(thread_name_is_cut_to_what_the_host_keeps),
        cmocka_unit_test(thread_leaves_the_processs_signals_to_its_starter),
        cmocka_unit_test(event_sticks_until_a_wait_takes_it),
        cmocka_unit_test(event_wait_ends_at_its_timeout_and_not_before),
        cmocka_unit_test(event_wakes_a_sleeper_and_shows_what_was_written_before),
        cmocka_unit_test(clock_never_goes_back_and_the_date_is_after_this_was_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
