/* tests/cpu/test_walk_cache.c: page walks are remembered as they were, until a fence. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "cpu/walk_cache.h"

#define VA    UINT64_C(0xffffffc000123456)
#define PADDR UINT64_C(0x00ff800080abc456)

static int setup(void **state)
{
    static struct walk_cache cache;
    cache = (struct walk_cache){.generation = 0};
    walk_cache_clear(&cache);
    *state = &cache;
    return 0;
}

static struct mapping found(const struct walk_cache *cache, uint64_t va, enum access access)
{
    struct mapping mapping = {.paddr = 0};
    assert_true(walk_cache_find(cache, va, access, &mapping));
    return mapping;
}

static bool known(const struct walk_cache *cache, uint64_t va, enum access access)
{
    struct mapping mapping;
    return walk_cache_find(cache, va, access, &mapping);
}

static const struct mapping readable = {.paddr = PADDR, .page_shift = 21, .load = true};

static void a_walk_is_given_back_for_any_byte_of_its_page(void **state)
{
    struct walk_cache *cache = *state;
    walk_cache_keep(cache, VA, &readable);
    struct mapping mapping = found(cache, VA ^ 0xfff, ACCESS_LOAD);
    assert_int_equal(mapping.paddr, PADDR ^ 0xfff);
    assert_int_equal(mapping.page_shift, 21);
    assert_true(mapping.load);
    assert_false(mapping.store || mapping.fetch || mapping.global);
}

/* The walk would have to look at D, or refuse. */
static void it_answers_only_for_accesses_the_leaf_allows(void **state)
{
    struct walk_cache *cache = *state;
    for (unsigned rights = 0; rights < 8; rights++) {
        const struct mapping kept = {.paddr = PADDR,
                                     .page_shift = 12,
                                     .load = rights & 1,
                                     .store = rights & 2,
                                     .fetch = rights & 4};
        walk_cache_keep(cache, VA, &kept);
        assert_int_equal(known(cache, VA, ACCESS_LOAD), kept.load);
        assert_int_equal(known(cache, VA, ACCESS_STORE), kept.store);
        assert_int_equal(known(cache, VA, ACCESS_FETCH), kept.fetch);
    }
}

static void pages_that_share_a_slot_are_told_apart(void **state)
{
    struct walk_cache *cache = *state;
    const uint64_t other = VA ^ (uint64_t)WALK_ENTRIES << PAGE_SHIFT;
    assert_false(known(cache, 0, ACCESS_LOAD));
    walk_cache_keep(cache, VA, &readable);
    assert_false(known(cache, other, ACCESS_LOAD));
    walk_cache_forget(cache, other);
    assert_true(known(cache, VA, ACCESS_LOAD));
    walk_cache_keep(cache, other, &readable);
    assert_false(known(cache, VA, ACCESS_LOAD));
}

static void a_fence_by_address_forgets_that_page(void **state)
{
    struct walk_cache *cache = *state;
    walk_cache_keep(cache, VA, &readable);
    walk_cache_keep(cache, VA + PAGE_SIZE, &readable);
    walk_cache_forget(cache, VA + 8);
    assert_false(known(cache, VA, ACCESS_LOAD));
    assert_true(known(cache, VA + PAGE_SIZE, ACCESS_LOAD));
}

/* More fences than there are generations: what the first forgot doesn't come back. */
static void a_fence_of_everything_is_for_good(void **state)
{
    struct walk_cache *cache = *state;
    walk_cache_keep(cache, VA, &readable);
    for (unsigned i = 0; i < 10000; i++) {
        walk_cache_clear(cache);
        assert_false(known(cache, VA, ACCESS_LOAD));
        assert_false(known(cache, 0, ACCESS_LOAD));
    }
}

static void bare_addresses_are_not_kept(void **state)
{
    struct walk_cache *cache = *state;
    const struct mapping bare = {.paddr = VA, .page_shift = 64, .load = true};
    walk_cache_keep(cache, VA, &bare);
    assert_false(known(cache, VA, ACCESS_LOAD));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
    const struct CMUnitTest tests[] = {
        TEST(a_walk_is_given_back_for_any_byte_of_its_page),
        TEST(it_answers_only_for_accesses_the_leaf_allows),
        TEST(pages_that_share_a_slot_are_told_apart),
        TEST(a_fence_by_address_forgets_that_page),
        TEST(a_fence_of_everything_is_for_good),
        TEST(bare_addresses_are_not_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
