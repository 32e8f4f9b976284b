/* tests/dev/test_syscon.c: what the finisher promises. */
#include "tests/dev/wiring.h"

#include "dev/syscon.h"

struct heard {
    unsigned calls, code;
    enum syscon_request request;
};

static void hear(void *owner, enum syscon_request request, unsigned code)
{
    struct heard *heard = owner;
    heard->calls++;
    heard->request = request;
    heard->code = code;
}

static void syscon_tells_each_request_with_its_code(void **state)
{
    (void)state;
    struct heard heard = {0};
    struct device *syscon = syscon_create("test", hear, &heard, NULL);
    reg_store(syscon, 0, 4, 0x5555);
    assert_int_equal(heard.request, SYSCON_POWEROFF);
    reg_store(syscon, 0, 4, 0x7777);
    assert_int_equal(heard.request, SYSCON_REBOOT);
    reg_store(syscon, 0, 4, 0x002a3333);
    assert_int_equal(heard.request, SYSCON_FAIL);
    assert_int_equal(heard.code, 42);
    reg_store(syscon, 0, 2, 0x5555);
    assert_int_equal(heard.request, SYSCON_POWEROFF);
    assert_int_equal(heard.calls, 4);
    syscon->ops->destroy(syscon);
}

static void syscon_ignores_other_values_and_offsets_and_reads_zero(void **state)
{
    (void)state;
    struct heard heard = {0};
    struct device *syscon = syscon_create("test", hear, &heard, NULL);
    reg_store(syscon, 0, 4, 0x1234);
    reg_store(syscon, 4, 4, 0x5555);
    assert_int_equal(heard.calls, 0);
    assert_int_equal(reg_load(syscon, 0, 4), 0);
    syscon->ops->destroy(syscon);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(syscon_tells_each_request_with_its_code),
        cmocka_unit_test(syscon_ignores_other_values_and_offsets_and_reads_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
