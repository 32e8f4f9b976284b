/* tests/cpu/test_hart_state.c: a hart's state goes out and comes back. */
#include "cpu/hart_state.h"
#include "tests/cpu/csr_fixture.h"

static void hart_state_comes_back_in_another_hart(void **state)
{
    (void)state;
    struct csr_fixture *from = fixture(64), *to = fixture(64);
    struct state_writer writer;
    struct state_reader reader;
    from->hart.x64[7] = 0x1234;
    from->hart.f[3] = 0x5678;
    from->hart.pc = 0x80001000;
    from->hart.priv = PRIV_S;
    from->hart.instret = 99;
    assert_true(csr_poke(&from->hart, CSR_stvec, 0x80002000));
    assert_true(csr_poke(&from->hart, CSR_fcsr, FRM_RUP << 5 | 3));

    state_writer_init(&writer);
    assert_true(hart_save(&from->hart, &writer));
    state_reader_init(&reader, writer.bytes, writer.size);
    assert_true(hart_load(&to->hart, &reader, NULL));

    assert_int_equal(to->hart.x64[7], 0x1234);
    assert_int_equal(to->hart.f[3], 0x5678);
    assert_int_equal(to->hart.pc, 0x80001000);
    assert_int_equal(to->hart.priv, PRIV_S);
    assert_int_equal(to->hart.instret, 99);
    assert_int_equal(to->hart.stvec, 0x80002000);
    assert_int_equal(to->hart.frm_host, FRM_RUP); /* derived again */
    assert_int_equal(to->hart.fflags, 3);
    state_writer_fini(&writer);
    fixture_free(from);
    fixture_free(to);
}

static void hart_state_cut_short_leaves_the_hart_as_it_was(void **state)
{
    (void)state;
    struct csr_fixture *from = fixture(64), *to = fixture(64);
    struct state_writer writer;
    struct state_reader reader;
    from->hart.pc = 0x1000;
    to->hart.pc = 0x2000;
    state_writer_init(&writer);
    assert_true(hart_save(&from->hart, &writer));
    for (size_t size = 0; size < writer.size; size++) {
        struct error err = {""};
        state_reader_init(&reader, writer.bytes, size);
        assert_false(hart_load(&to->hart, &reader, &err));
        assert_int_equal(to->hart.pc, 0x2000);
        assert_true(err.text[0] != '\0');
    }
    state_writer_fini(&writer);
    fixture_free(from);
    fixture_free(to);
}

static void hart_state_no_hart_can_have_is_refused(void **state)
{
    (void)state;
    struct csr_fixture *from = fixture(64), *to = fixture(64);
    struct state_writer writer;
    struct state_reader reader;
    struct error err = {""};
    from->hart.priv = (enum priv)2;
    state_writer_init(&writer);
    assert_true(hart_save(&from->hart, &writer));
    state_reader_init(&reader, writer.bytes, writer.size);
    assert_false(hart_load(&to->hart, &reader, &err));
    assert_int_equal(to->hart.priv, PRIV_M);
    state_writer_fini(&writer);
    fixture_free(from);
    fixture_free(to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hart_state_comes_back_in_another_hart),
        cmocka_unit_test(hart_state_cut_short_leaves_the_hart_as_it_was),
        cmocka_unit_test(hart_state_no_hart_can_have_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
