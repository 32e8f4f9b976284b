/* tests/host/test_overlay.c: a layer over a disk keeps what is flushed and leaves the disk alone.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/stat.h>
#include <sys/wait.h>

#include "host/disk.h"
#include "host/overlay.h"
#include "tests/host/place.h"

#define DISK_BYTES (256u * 1024 + 512)

struct stack {
    struct host_disk *disk;
    struct host_overlay *layer;
    const struct block *block;
};

static bool stack_try(struct stack *stack, struct place *place, const char *layer,
                      struct error *err)
{
    *stack = (struct stack){0};
    stack->disk = host_disk_open(place_path(place, "disk"),
                                 &(struct host_disk_options){.read_only = true}, err);
    assert_non_null(stack->disk);
    struct host_overlay_options options = {.base_changed_ns = host_disk_changed_ns(stack->disk)};
    stack->layer = host_overlay_open(layer ? place_path(place, layer) : NULL,
                                     host_disk_block(stack->disk), &options, err);
    if (stack->layer)
        stack->block = host_overlay_block(stack->layer);
    else
        host_disk_close(stack->disk);
    return stack->layer;
}

static struct stack stack_open(struct place *place, const char *layer)
{
    struct stack stack;
    struct error err = {0};
    if (!stack_try(&stack, place, layer, &err)) fail_msg("%s", err.text);
    return stack;
}

static void stack_close(struct stack *stack)
{
    host_overlay_close(stack->layer);
    host_disk_close(stack->disk);
}

static void make_disk(struct place *place)
{
    place_file(place, "disk", DISK_BYTES, 'a');
}

static void assert_bytes(const struct block *block, uint64_t offset, const char *expected)
{
    char bytes[64];
    assert_true(block_get(block, offset, bytes, strlen(expected)));
    assert_memory_equal(bytes, expected, strlen(expected));
}

static void writes_stay_in_the_layer(void **state)
{
    make_disk(*state);
    for (unsigned round = 0; round < 2; round++) {
        struct stack stack = stack_open(*state, "layer");
        if (round == 0) assert_true(block_put(stack.block, 5000, "written", 7));
        assert_bytes(stack.block, 4998, "aawrittenaa");
        assert_bytes(stack.block, 0, "aaaa");
        assert_bytes(host_disk_block(stack.disk), 5000, "aaaaaaa");
        stack_close(&stack);
    }
}

static void a_layer_without_a_name_is_forgotten(void **state)
{
    make_disk(*state);
    struct stack stack = stack_open(*state, NULL);
    assert_true(block_put(stack.block, 5000, "written", 7));
    assert_true(stack.block->ops->flush(stack.block->owner));
    assert_bytes(stack.block, 5000, "written");
    stack_close(&stack);
    stack = stack_open(*state, NULL);
    assert_bytes(stack.block, 5000, "aaaaaaa");
    stack_close(&stack);
}

/* Against an array in memory, also across closing and opening. */
static void any_order_of_reads_and_writes_agrees_with_a_plain_disk(void **state)
{
    static uint8_t model[DISK_BYTES], bytes[20000];
    unsigned random = 1;
    make_disk(*state);
    memset(model, 'a', sizeof model);
    struct stack stack = stack_open(*state, "layer");
    for (unsigned i = 0; i < 2000; i++) {
        random = random * 1103515245 + 12345;
        size_t size = (random >> 8) % (i % 8 ? 600 : sizeof bytes);
        random = random * 1103515245 + 12345;
        uint64_t offset = (random >> 4) % (DISK_BYTES - size + 1);
        if (i % 5 == 0) {
            memset(bytes, (int)i, size);
            assert_true(block_put(stack.block, offset, bytes, size));
            memcpy(model + offset, bytes, size);
        } else if (i % 40 == 7) {
            assert_true(stack.block->ops->write_zeroes(stack.block->owner, offset, size, i % 2));
            memset(model + offset, 0, size);
        } else if (i % 100 == 3) {
            stack_close(&stack);
            stack = stack_open(*state, "layer");
        } else {
            assert_true(block_get(stack.block, offset, bytes, size));
            assert_memory_equal(bytes, model + offset, size);
        }
    }
    stack_close(&stack);
}

static void a_discard_never_touches_what_lies_beside(void **state)
{
    make_disk(*state);
    struct stack stack = stack_open(*state, "layer");
    assert_true(block_put(stack.block, 8192, "one", 3));
    assert_true(stack.block->ops->discard(stack.block->owner, 12288, 65536));
    assert_bytes(stack.block, 8192, "oneaaa");
    assert_bytes(stack.block, 12288 + 65536, "aaa");
    assert_true(stack.block->ops->discard(stack.block->owner, 8192, 4096));
    assert_bytes(stack.block, 8190, "aa");
    assert_bytes(stack.block, 12288 + 65536, "aaa");
    stack_close(&stack);
}

/* What a process that is killed leaves: everything it flushed, and the rest as it was or as it was
 * written, never anything else. */
static void what_was_flushed_survives_a_kill(void **state)
{
    make_disk(*state);
    pid_t child = fork();
    if (child == 0) {
        struct stack stack = stack_open(*state, "layer");
        block_put(stack.block, 100, "flushed", 7);
        block_put(stack.block, 100000, "flushed", 7);
        stack.block->ops->flush(stack.block->owner);
        block_put(stack.block, 200000, "not yet", 7);
        kill(getpid(), SIGKILL);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    struct stack stack = stack_open(*state, "layer");
    assert_bytes(stack.block, 99, "aflusheda");
    assert_bytes(stack.block, 100000, "flusheda");
    char bytes[8] = {0};
    assert_true(block_get(stack.block, 200000, bytes, 7));
    assert_true(strcmp(bytes, "not yet") == 0 || strcmp(bytes, "aaaaaaa") == 0);
    stack_close(&stack);
}

static void untouched_blocks_take_no_space(void **state)
{
    struct place *place = *state;
    const char *path = place_file(place, "disk", 0, 0);
    assert_int_equal(truncate(path, 8ll << 30), 0);
    struct stack stack = stack_open(place, "layer");
    assert_true(block_put(stack.block, 5ll << 30, "x", 1));
    stack_close(&stack);
    struct stat info;
    assert_int_equal(stat(place_path(place, "layer"), &info), 0);
    assert_true(info.st_blocks * 512 < 1 << 20);
}

static void strangers_are_refused(void **state)
{
    struct place *place = *state;
    struct stack stack, second;
    struct error err = {0};
    make_disk(place);
    place_file(place, "other", 5000, 'x');
    assert_false(stack_try(&stack, place, "other", &err));
    assert_non_null(strstr(err.text, "not an overlay"));

    stack = stack_open(place, "layer");
    assert_false(stack_try(&second, place, "layer", &err));
    assert_non_null(strstr(err.text, "another program"));
    stack_close(&stack);

    place_file(place, "disk", DISK_BYTES, 'b');
    assert_false(stack_try(&stack, place, "layer", &err));
    assert_non_null(strstr(err.text, "has been changed since"));
    place_file(place, "disk", 2 * DISK_BYTES, 'b');
    assert_false(stack_try(&stack, place, "layer", &err));
    assert_non_null(strstr(err.text, "belongs to a disk of"));
}

static void a_file_cut_short_or_damaged_is_refused(void **state)
{
    struct place *place = *state;
    struct error err = {0};
    make_disk(place);
    struct stack stack = stack_open(place, "layer");
    stack_close(&stack);
    assert_int_equal(truncate(place_path(place, "layer"), 4096), 0);
    assert_false(stack_try(&stack, place, "layer", &err));
    assert_non_null(strstr(err.text, "cut short"));
    int fd = open(place_path(place, "layer"), O_WRONLY);
    assert_int_equal(pwrite(fd, "\1", 1, 24), 1);
    close(fd);
    assert_false(stack_try(&stack, place, "layer", &err));
    assert_non_null(strstr(err.text, "damaged"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(writes_stay_in_the_layer),
        TEST(a_layer_without_a_name_is_forgotten),
        TEST(any_order_of_reads_and_writes_agrees_with_a_plain_disk),
        TEST(a_discard_never_touches_what_lies_beside),
        TEST(what_was_flushed_survives_a_kill),
        TEST(untouched_blocks_take_no_space),
        TEST(strangers_are_refused),
        TEST(a_file_cut_short_or_damaged_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
