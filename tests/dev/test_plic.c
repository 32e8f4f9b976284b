/* tests/dev/test_plic.c: what the PLIC promises. */
#include "tests/dev/wiring.h"

#include <stdatomic.h>

#include "dev/plic.h"
#include "host/thread.h"

#define THRESHOLD(context) (0x200000 + 0x1000 * (uint64_t)(context))
#define CLAIM(context)     (0x200004 + 0x1000 * (uint64_t)(context))
#define ENABLE(context, w) (0x2000 + 0x80 * (uint64_t)(context) + 4 * (uint64_t)(w))

struct bench {
    struct probe probe;
    struct device *plic;
};

static void bench_init(struct bench *bench, unsigned harts)
{
    *bench = (struct bench){0};
    struct irq external[2 * PLIC_MAX_HARTS];
    for (unsigned context = 0; context < 2 * harts; context++)
        external[context] = probe_wire(&bench->probe, context);
    bench->plic = plic_create("plic", harts, external, NULL);
    assert_non_null(bench->plic);
}

static void bench_fini(struct bench *bench)
{
    bench->plic->ops->destroy(bench->plic);
}

static void source_set(struct bench *bench, unsigned source, bool level)
{
    struct irq wire = plic_input(bench->plic, source);
    irq_set(&wire, level);
}

/* `source` interrupts `context` at `priority`. */
static void route(struct bench *bench, unsigned source, unsigned context, unsigned priority)
{
    uint64_t offset = ENABLE(context, source / 32);
    reg_store(bench->plic, 4 * source, 4, priority);
    reg_store(bench->plic, offset, 4, reg_load(bench->plic, offset, 4) | 1u << source % 32);
}

static bool is_pending(struct bench *bench, unsigned source)
{
    return reg_load(bench->plic, 0x1000 + source / 32 * 4, 4) >> source % 32 & 1;
}

static void plic_priority_and_threshold_hold_three_bits(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 2);
    for (unsigned source = 0; source <= 96; source++) {
        reg_store(bench.plic, 4 * source, 4, 0xffffffff);
        assert_int_equal(reg_load(bench.plic, 4 * source, 4), source >= 1 && source <= 95 ? 7 : 0);
    }
    for (unsigned context = 0; context <= 4; context++) {
        reg_store(bench.plic, THRESHOLD(context), 4, 0xd);
        assert_int_equal(reg_load(bench.plic, THRESHOLD(context), 4), context < 4 ? 5 : 0);
    }
    bench_fini(&bench);
}

static void plic_enables_hold_sources_1_to_95_for_each_context(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 2);
    for (unsigned context = 0; context <= 4; context++)
        for (unsigned word = 0; word < 4; word++) {
            uint32_t expected = context < 4 && word < 3 ? word ? 0xffffffff : 0xfffffffe : 0;
            reg_store(bench.plic, ENABLE(context, word), 4, 0xffffffff);
            assert_int_equal(reg_load(bench.plic, ENABLE(context, word), 4), expected);
        }
    bench_fini(&bench);
}

static void plic_pending_is_read_only(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 1);
    reg_store(bench.plic, 0x1000, 4, 0xffffffff);
    assert_int_equal(reg_load(bench.plic, 0x1000, 4), 0);
    source_set(&bench, 70, true);
    assert_int_equal(reg_load(bench.plic, 0x1008, 4), 1u << 6);
    bench_fini(&bench);
}

static void plic_raises_only_the_contexts_that_enable_the_source(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 4);
    route(&bench, 10, 5, 1);
    source_set(&bench, 10, true);
    for (unsigned context = 0; context < 8; context++)
        assert_int_equal(bench.probe.level[context], context == 5);
    bench_fini(&bench);
}

static void plic_priority_0_never_interrupts(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 1);
    route(&bench, 10, 1, 0);
    source_set(&bench, 10, true);
    assert_false(bench.probe.level[1]);
    assert_int_equal(reg_load(bench.plic, CLAIM(1), 4), 0);
    reg_store(bench.plic, 4 * 10, 4, 1);
    assert_true(bench.probe.level[1]);
    bench_fini(&bench);
}

static void plic_threshold_masks_the_interrupt_but_not_the_claim(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 1);
    route(&bench, 10, 1, 3);
    reg_store(bench.plic, THRESHOLD(1), 4, 3);
    source_set(&bench, 10, true);
    assert_false(bench.probe.level[1]);
    reg_store(bench.plic, THRESHOLD(1), 4, 2);
    assert_true(bench.probe.level[1]);
    reg_store(bench.plic, THRESHOLD(1), 4, 7);
    assert_false(bench.probe.level[1]);
    assert_int_equal(reg_load(bench.plic, CLAIM(1), 4), 10);
    bench_fini(&bench);
}

static void plic_claims_by_priority_then_by_lowest_number(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 1);
    route(&bench, 80, 0, 5);
    route(&bench, 33, 0, 5);
    route(&bench, 2, 0, 1);
    route(&bench, 1, 0, 1);
    route(&bench, 95, 0, 7);
    static const unsigned sources[] = {1, 2, 33, 80, 95};
    for (unsigned i = 0; i < 5; i++)
        source_set(&bench, sources[i], true);
    static const unsigned order[] = {95, 33, 80, 1, 2, 0};
    for (unsigned i = 0; i < 6; i++)
        assert_int_equal(reg_load(bench.plic, CLAIM(0), 4), order[i]);
    assert_false(bench.probe.level[0]);
    bench_fini(&bench);
}

static void plic_claimed_source_is_pending_again_only_after_completion(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 1);
    route(&bench, 10, 1, 1);
    source_set(&bench, 10, true);
    assert_int_equal(reg_load(bench.plic, CLAIM(1), 4), 10);
    assert_false(is_pending(&bench, 10));
    assert_false(bench.probe.level[1]);
    source_set(&bench, 10, false);
    source_set(&bench, 10, true);
    assert_false(is_pending(&bench, 10));
    reg_store(bench.plic, CLAIM(1), 4, 10);
    assert_true(is_pending(&bench, 10));
    assert_true(bench.probe.level[1]);
    assert_int_equal(reg_load(bench.plic, CLAIM(1), 4), 10);
    source_set(&bench, 10, false);
    reg_store(bench.plic, CLAIM(1), 4, 10);
    assert_false(is_pending(&bench, 10));
    assert_false(bench.probe.level[1]);
    bench_fini(&bench);
}

static void plic_forwarded_request_stays_when_the_level_falls(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 1);
    route(&bench, 10, 1, 1);
    source_set(&bench, 10, true);
    source_set(&bench, 10, false);
    assert_true(bench.probe.level[1]);
    assert_int_equal(reg_load(bench.plic, CLAIM(1), 4), 10);
    bench_fini(&bench);
}

static void plic_one_claim_takes_the_source_from_all_contexts(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 2);
    route(&bench, 10, 1, 1);
    route(&bench, 10, 3, 1);
    source_set(&bench, 10, true);
    assert_true(bench.probe.level[1] && bench.probe.level[3]);
    assert_int_equal(reg_load(bench.plic, CLAIM(3), 4), 10);
    assert_false(bench.probe.level[1] || bench.probe.level[3]);
    assert_int_equal(reg_load(bench.plic, CLAIM(1), 4), 0);
    bench_fini(&bench);
}

static void plic_ignores_completion_of_what_the_context_has_not_enabled(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 1);
    route(&bench, 10, 1, 1);
    source_set(&bench, 10, true);
    reg_load(bench.plic, CLAIM(1), 4);
    static const uint32_t wrong[] = {0, 11, 96, 0xffffffff};
    for (unsigned i = 0; i < 4; i++)
        reg_store(bench.plic, CLAIM(1), 4, wrong[i]);
    reg_store(bench.plic, CLAIM(0), 4, 10);
    assert_false(is_pending(&bench, 10));
    reg_store(bench.plic, CLAIM(1), 4, 10);
    assert_true(is_pending(&bench, 10));
    bench_fini(&bench);
}

static void plic_has_no_input_0_and_none_past_95(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 1);
    assert_null(plic_input(bench.plic, 0).set);
    assert_null(plic_input(bench.plic, 96).set);
    assert_non_null(plic_input(bench.plic, 95).set);
    bench_fini(&bench);
}

static void plic_reset_forgets_everything_and_lowers_its_wires(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, 1);
    route(&bench, 10, 1, 1);
    source_set(&bench, 10, true);
    bench.plic->ops->reset(bench.plic);
    assert_false(bench.probe.level[1]);
    assert_false(is_pending(&bench, 10));
    route(&bench, 10, 1, 1);
    source_set(&bench, 10, true);
    assert_true(bench.probe.level[1]);
    bench_fini(&bench);
}

static void plic_state_comes_back_with_claims_in_flight(void **state)
{
    (void)state;
    struct bench bench, other;
    bench_init(&bench, 2);
    bench_init(&other, 2);
    route(&bench, 10, 1, 2);
    route(&bench, 40, 3, 6);
    source_set(&bench, 10, true);
    source_set(&bench, 40, true);
    assert_int_equal(reg_load(bench.plic, CLAIM(1), 4), 10);
    assert_false(state_copy(bench.plic, other.plic, 1));
    assert_false(other.probe.level[3]);
    assert_true(state_copy(bench.plic, other.plic, 0));
    assert_false(other.probe.level[1]);
    assert_true(other.probe.level[3]);
    reg_store(other.plic, CLAIM(1), 4, 10);
    assert_int_equal(reg_load(other.plic, CLAIM(1), 4), 10);
    assert_int_equal(reg_load(other.plic, CLAIM(3), 4), 40);
    bench_fini(&bench);
    bench_fini(&other);
}

static void plic_refuses_the_state_of_a_bigger_machine(void **state)
{
    (void)state;
    struct bench bench, other;
    bench_init(&bench, 2);
    bench_init(&other, 1);
    route(&bench, 10, 3, 2);
    assert_false(state_copy(bench.plic, other.plic, 0));
    bench_fini(&bench);
    bench_fini(&other);
}

enum { CLAIMERS = 4, REQUESTS = 20000 };

struct claimer {
    struct bench *bench;
    unsigned context, own; /* of both wires it raises, `own` is its alone */
    unsigned claims, doubles;
    _Atomic bool *in_service; /* by source, of all */
};

/* Raises a shared wire and its own, and serves whatever its context is told of. */
static void claim_and_complete(void *owner)
{
    struct claimer *claimer = owner;
    struct device *plic = claimer->bench->plic;
    for (unsigned i = 0; i < REQUESTS; i++) {
        source_set(claimer->bench, i & 1 ? 50 : claimer->own, true);
        source_set(claimer->bench, i & 1 ? 50 : claimer->own, false);
        uint64_t source = reg_load(plic, CLAIM(claimer->context), 4);
        if (!source) continue;
        claimer->claims++;
        claimer->doubles += atomic_exchange(&claimer->in_service[source], true);
        for (unsigned look = 0; look < 20; look++) /* so that it takes a while */
            reg_load(plic, 4 * source, 4);
        atomic_store(&claimer->in_service[source], false);
        reg_store(plic, CLAIM(claimer->context), 4, source);
    }
}

static void plic_gives_each_request_to_one_however_many_claim(void **state)
{
    (void)state;
    struct bench bench;
    struct host_thread threads[CLAIMERS];
    struct claimer claimers[CLAIMERS];
    _Atomic bool in_service[PLIC_SOURCES + 1] = {false};
    bench_init(&bench, CLAIMERS);
    for (unsigned i = 0; i < CLAIMERS; i++) {
        claimers[i] = (struct claimer){
            .bench = &bench, .context = 2 * i + 1, .own = 11 + 20 * i, .in_service = in_service};
        route(&bench, claimers[i].own, claimers[i].context, 1);
        route(&bench, 50, claimers[i].context, 2);
    }
    for (unsigned i = 0; i < CLAIMERS; i++)
        assert_true(
            host_thread_start(&threads[i], "claim", claim_and_complete, &claimers[i], NULL));
    for (unsigned i = 0; i < CLAIMERS; i++)
        host_thread_join(&threads[i]);
    /* What was still pending is claimed now, and then nothing is left on any wire. */
    for (unsigned i = 0; i < CLAIMERS; i++) {
        uint64_t source;
        assert_true(claimers[i].claims > 0);
        assert_int_equal(claimers[i].doubles, 0);
        while ((source = reg_load(bench.plic, CLAIM(claimers[i].context), 4)))
            reg_store(bench.plic, CLAIM(claimers[i].context), 4, source);
    }
    for (unsigned word = 0; word < 3; word++)
        assert_int_equal(reg_load(bench.plic, 0x1000 + 4 * word, 4), 0);
    for (unsigned context = 0; context < 2 * CLAIMERS; context++)
        assert_false(bench.probe.level[context]);
    bench_fini(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plic_priority_and_threshold_hold_three_bits),
        cmocka_unit_test(plic_enables_hold_sources_1_to_95_for_each_context),
        cmocka_unit_test(plic_pending_is_read_only),
        cmocka_unit_test(plic_raises_only_the_contexts_that_enable_the_source),
        cmocka_unit_test(plic_priority_0_never_interrupts),
        cmocka_unit_test(plic_threshold_masks_the_interrupt_but_not_the_claim),
        cmocka_unit_test(plic_claims_by_priority_then_by_lowest_number),
        cmocka_unit_test(plic_claimed_source_is_pending_again_only_after_completion),
        cmocka_unit_test(plic_forwarded_request_stays_when_the_level_falls),
        cmocka_unit_test(plic_one_claim_takes_the_source_from_all_contexts),
        cmocka_unit_test(plic_ignores_completion_of_what_the_context_has_not_enabled),
        cmocka_unit_test(plic_has_no_input_0_and_none_past_95),
        cmocka_unit_test(plic_reset_forgets_everything_and_lowers_its_wires),
        cmocka_unit_test(plic_state_comes_back_with_claims_in_flight),
        cmocka_unit_test(plic_refuses_the_state_of_a_bigger_machine),
        cmocka_unit_test(plic_gives_each_request_to_one_however_many_claim),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
