/* tests/dev/test_uart.c: what the 16550A promises. */
#include "tests/dev/wiring.h"

#include <stdlib.h>

#include <libfdt.h>

#include "dev/uart.h"

enum { RBR, IER, IIR, LCR, MCR, LSR, MSR, SCR, THR = 0, FCR = 2 };

#define NEVER UINT64_MAX

struct bench {
    struct probe probe;
    uint8_t sent[64];
    unsigned sent_count, room_calls;
    struct device *uart;
};

static void take(void *owner, const uint8_t *bytes, size_t count)
{
    struct bench *bench = owner;
    for (size_t i = 0; i < count; i++)
        bench->sent[bench->sent_count++ % sizeof(bench->sent)] = bytes[i];
}

static void room(void *owner)
{
    ((struct bench *)owner)->room_calls++;
}

static int setup(void **state)
{
    struct bench *bench = calloc(1, sizeof(*bench));
    bench->uart = uart_create("uart0", probe_wire(&bench->probe, 0),
                              (struct char_sink){.write = take, .owner = bench},
                              (struct char_room){.room = room, .owner = bench}, NULL);
    *state = bench;
    return 0;
}

static int teardown(void **state)
{
    struct bench *bench = *state;
    bench->uart->ops->destroy(bench->uart);
    free(bench);
    return 0;
}

static uint8_t in(struct bench *bench, unsigned reg)
{
    return (uint8_t)reg_load(bench->uart, reg, 1);
}

static void out(struct bench *bench, unsigned reg, uint8_t value)
{
    reg_store(bench->uart, reg, 1, value);
}

static void receive(struct bench *bench, const char *text)
{
    uart_receive(bench->uart, (const uint8_t *)text, (unsigned)strlen(text));
}

static uint64_t tick(struct bench *bench, uint64_t now_ns)
{
    return bench->uart->ops->tick(bench->uart, now_ns);
}

static bool irq(const struct bench *bench)
{
    return bench->probe.level[0];
}

/* ---- registers ---- */

static void uart_registers_hold_what_the_data_sheet_lets_them(void **state)
{
    struct bench *bench = *state;
    out(bench, SCR, 0xa5);
    assert_int_equal(in(bench, SCR), 0xa5);
    out(bench, IER, 0xff);
    assert_int_equal(in(bench, IER), 0x0f);
    out(bench, LCR, 0x7f);
    assert_int_equal(in(bench, LCR), 0x7f);
    out(bench, MCR, 0xff);
    assert_int_equal(in(bench, MCR), 0x1f);
    out(bench, LSR, 0xff);
    assert_int_equal(in(bench, LSR), 0x60);
}

static void uart_reads_as_the_data_sheet_says_after_reset(void **state)
{
    struct bench *bench = *state;
    for (unsigned reg = 0; reg <= SCR; reg++)
        out(bench, reg, 0xff);
    receive(bench, "x");
    bench->uart->ops->reset(bench->uart);
    static const uint8_t expected[] = {0, 0, 0x01, 0, 0, 0x60, 0xb0, 0};
    for (unsigned reg = 0; reg <= SCR; reg++)
        assert_int_equal(in(bench, reg), expected[reg]);
    assert_false(irq(bench));
}

static void uart_divisor_latch_hides_rbr_and_ier(void **state)
{
    struct bench *bench = *state;
    out(bench, IER, 0x05);
    out(bench, LCR, 0x83);
    out(bench, 0, 0x34);
    out(bench, 1, 0x12);
    assert_int_equal(in(bench, 0), 0x34);
    assert_int_equal(in(bench, 1), 0x12);
    assert_int_equal(bench->sent_count, 0);
    out(bench, LCR, 0x03);
    assert_int_equal(in(bench, IER), 0x05);
}

static void uart_takes_wider_accesses_and_refuses_what_lies_behind(void **state)
{
    struct bench *bench = *state;
    uint64_t value;
    reg_store(bench->uart, THR, 4, 0xffffff41);
    assert_int_equal(bench->sent[0], 'A');
    assert_int_equal(bench->sent_count, 1);
    assert_int_equal(reg_load(bench->uart, 4, 4), 0);
    assert_false(bench->uart->region.ops->load(&bench->uart->region, 8, 1, &value));
    assert_false(bench->uart->region.ops->store(&bench->uart->region, 255, 1, 0));
}

static void uart_is_found_to_be_a_16550a_by_linux_probe(void **state)
{
    struct bench *bench = *state;
    out(bench, IER, 0);
    assert_int_equal(in(bench, IER), 0);
    out(bench, IER, 0x0f);
    assert_int_equal(in(bench, IER), 0x0f);
    out(bench, IER, 0);
    out(bench, MCR, 0x1a);
    assert_int_equal(in(bench, MSR) & 0xf0, 0x90); /* loopback is there */
    out(bench, MCR, 0);
    out(bench, FCR, 1);
    assert_int_equal(in(bench, IIR) >> 6, 3); /* a 16550A, not a 16550 */
    out(bench, LCR, 0x80);
    assert_int_not_equal(in(bench, 2), 0); /* no EFR */
    out(bench, LCR, 0xbf);
    assert_int_not_equal(in(bench, 2), 0);
    out(bench, LCR, 0);
    out(bench, FCR, 0x21);
    assert_int_equal(in(bench, IIR) >> 5, 6); /* no 64-byte FIFO */
    out(bench, LCR, 0x80);
    out(bench, FCR, 0x21);
    assert_int_equal(in(bench, IIR) >> 5, 6);
    out(bench, LCR, 0);
    out(bench, IER, 0x40);
    assert_int_equal(in(bench, IER), 0); /* no XScale UUE */
    out(bench, IER, 2); /* the THRE test: the interrupt comes each time it is enabled */
    assert_int_equal(in(bench, IIR) & 0xf, 2);
    out(bench, IER, 0);
    out(bench, IER, 2);
    assert_int_equal(in(bench, IIR) & 0xf, 2);
}

/* ---- sending ---- */

static void uart_sends_in_order_and_stays_empty(void **state)
{
    struct bench *bench = *state;
    for (const char *at = "hello"; *at; at++)
        out(bench, THR, (uint8_t)*at);
    assert_memory_equal(bench->sent, "hello", 5);
    assert_int_equal(in(bench, LSR), 0x60);
}

static void uart_thr_interrupt_is_cleared_by_reading_iir_and_set_by_sending(void **state)
{
    struct bench *bench = *state;
    out(bench, IER, 2);
    assert_true(irq(bench));
    assert_int_equal(in(bench, IIR), 0x02);
    assert_false(irq(bench));
    assert_int_equal(in(bench, IIR), 0x01);
    out(bench, IER, 2); /* no edge, no interrupt */
    assert_false(irq(bench));
    out(bench, THR, 'x');
    assert_true(irq(bench));
    out(bench, IER, 0);
    assert_false(irq(bench));
}

static void uart_iir_read_keeps_thr_interrupt_while_another_is_shown(void **state)
{
    struct bench *bench = *state;
    out(bench, IER, 3);
    receive(bench, "x");
    assert_int_equal(in(bench, IIR), 0x04);
    in(bench, RBR);
    assert_int_equal(in(bench, IIR), 0x02);
}

/* ---- receiving ---- */

static void uart_raises_irq_when_a_byte_arrives(void **state)
{
    struct bench *bench = *state;
    out(bench, IER, 1);
    assert_false(irq(bench));
    receive(bench, "k");
    assert_true(irq(bench));
    assert_int_equal(in(bench, LSR), 0x61);
    assert_int_equal(in(bench, IIR), 0x04);
    assert_int_equal(in(bench, RBR), 'k');
    assert_false(irq(bench));
    assert_int_equal(in(bench, LSR), 0x60);
}

static void uart_without_fifo_overwrites_and_marks_overrun(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(uart_room(bench->uart), 1);
    receive(bench, "ab");
    assert_int_equal(uart_room(bench->uart), 0);
    assert_int_equal(in(bench, LSR), 0x63);
    assert_int_equal(in(bench, LSR), 0x61); /* reading cleared it */
    assert_int_equal(in(bench, RBR), 'b');
}

static void uart_full_fifo_keeps_16_and_marks_overrun(void **state)
{
    struct bench *bench = *state;
    out(bench, FCR, 1);
    out(bench, IER, 4);
    assert_int_equal(uart_room(bench->uart), 16);
    receive(bench, "0123456789abcdef");
    assert_int_equal(uart_room(bench->uart), 0);
    assert_false(irq(bench));
    receive(bench, "X");
    assert_int_equal(in(bench, IIR), 0xc6);
    assert_int_equal(in(bench, LSR), 0x63);
    assert_false(irq(bench));
    for (unsigned i = 0; i < 16; i++)
        assert_int_equal(in(bench, RBR), "0123456789abcdef"[i]);
    assert_int_equal(in(bench, LSR), 0x60);
}

static void uart_fifo_interrupts_at_its_trigger_level(void **state)
{
    struct bench *bench = *state;
    static const unsigned levels[] = {1, 4, 8, 14};
    out(bench, IER, 1);
    for (unsigned i = 0; i < 4; i++) {
        out(bench, FCR, (uint8_t)(i << 6 | 3));
        for (unsigned count = 1; count <= 16; count++) {
            receive(bench, "x");
            assert_int_equal(irq(bench), count >= levels[i]);
        }
        for (unsigned left = 15; left > 0; left--) {
            in(bench, RBR);
            assert_int_equal(irq(bench), left >= levels[i]);
        }
        in(bench, RBR);
    }
}

static void uart_character_timeout_comes_four_characters_later(void **state)
{
    struct bench *bench = *state;
    out(bench, LCR, 0x83);
    out(bench, 0, 2); /* 115200 baud */
    out(bench, LCR, 0x03);
    out(bench, FCR, 0x81);
    out(bench, IER, 1);
    assert_true(tick(bench, 0) == NEVER);
    receive(bench, "x");
    uint64_t deadline_ns = tick(bench, 1000);
    assert_int_equal(deadline_ns, 1000 + 4 * 10 * 1000000000ull / 115200);
    assert_int_equal(tick(bench, 2000), deadline_ns);
    receive(bench, "y"); /* starts it anew */
    assert_int_equal(tick(bench, 3000), deadline_ns + 2000);
    assert_false(irq(bench));
    assert_true(tick(bench, deadline_ns + 2000) == NEVER);
    assert_true(irq(bench));
    assert_int_equal(in(bench, IIR), 0xcc);
    in(bench, RBR);
    assert_false(irq(bench));
    tick(bench, 1000000);
    tick(bench, 2000000);
    assert_true(irq(bench)); /* for the other one */
    in(bench, RBR);
    assert_true(tick(bench, 3000000) == NEVER);
    assert_false(irq(bench));
}

static void uart_has_no_timeout_without_fifo(void **state)
{
    struct bench *bench = *state;
    receive(bench, "x");
    assert_true(tick(bench, 0) == NEVER);
}

static void uart_times_out_for_a_character_that_waited_when_the_fifo_came_on(void **state)
{
    struct bench *bench = *state;
    out(bench, IER, 1);
    receive(bench, "x");
    out(bench, FCR, 0x81);
    assert_false(irq(bench));
    assert_true(tick(bench, 0) != NEVER);
    tick(bench, 1000000000);
    assert_true(irq(bench));
    assert_int_equal(in(bench, IIR), 0xcc);
}

static void uart_fcr_resets_the_receiver_and_toggling_fifos_does_too(void **state)
{
    struct bench *bench = *state;
    out(bench, FCR, 1);
    receive(bench, "abc");
    out(bench, FCR, 1);
    assert_int_equal(in(bench, LSR), 0x61);
    out(bench, FCR, 3);
    assert_int_equal(in(bench, LSR), 0x60);
    receive(bench, "abc");
    out(bench, FCR, 0);
    assert_int_equal(in(bench, LSR), 0x60);
    assert_int_equal(in(bench, IIR), 0x01);
    receive(bench, "a");
    out(bench, FCR, 2); /* without the enable bit nothing else is programmed */
    assert_int_equal(in(bench, LSR), 0x61);
}

static void uart_break_shows_with_its_character(void **state)
{
    struct bench *bench = *state;
    out(bench, FCR, 1);
    out(bench, IER, 4);
    receive(bench, "a");
    uart_break(bench->uart);
    receive(bench, "b");
    assert_int_equal(in(bench, LSR), 0xe1); /* somewhere in the FIFO */
    assert_false(irq(bench));
    assert_int_equal(in(bench, RBR), 'a');
    assert_true(irq(bench));
    assert_int_equal(in(bench, LSR), 0xf9);
    assert_false(irq(bench));
    assert_int_equal(in(bench, LSR), 0x61);
    assert_int_equal(in(bench, RBR), 0);
    assert_int_equal(in(bench, RBR), 'b');
}

static void uart_reports_interrupts_in_priority_order(void **state)
{
    struct bench *bench = *state;
    out(bench, FCR, 0x41);
    out(bench, MCR, 0x10); /* loopback drops CTS, DSR, DCD: modem status */
    out(bench, MCR, 0x00);
    out(bench, IER, 0x0f);
    receive(bench, "abcd");
    uart_break(bench->uart);
    for (unsigned i = 0; i < 4; i++)
        in(bench, RBR);
    receive(bench, "efg");
    assert_int_equal(in(bench, IIR), 0xc6);
    in(bench, LSR);
    assert_int_equal(in(bench, IIR), 0xc4);
    in(bench, RBR);
    tick(bench, 0);
    tick(bench, 1000000000);
    assert_int_equal(in(bench, IIR), 0xcc);
    in(bench, RBR);
    assert_int_equal(in(bench, IIR), 0xc2);
    assert_int_equal(in(bench, IIR), 0xc0);
    assert_true(irq(bench));
    assert_int_equal(in(bench, MSR), 0xbb);
    assert_int_equal(in(bench, IIR), 0xc1);
    assert_false(irq(bench));
}

/* ---- modem and loopback ---- */

static void uart_loopback_ties_outputs_to_inputs_with_deltas(void **state)
{
    struct bench *bench = *state;
    out(bench, MCR, 0x10);
    in(bench, MSR);
    static const uint8_t rows[][2] = {{0x01, 0x22}, {0x02, 0x11}, {0x04, 0x40}, {0x08, 0x88}};
    for (unsigned i = 0; i < 4; i++) {
        out(bench, MCR, 0x10 | rows[i][0]);
        assert_int_equal(in(bench, MSR), rows[i][1]);
        out(bench, MCR, 0x10);
        /* RI reports its trailing edge only. */
        assert_int_equal(in(bench, MSR), rows[i][0] == 0x04 ? 0x04 : rows[i][1] & 0x0f);
    }
}

static void uart_loopback_receives_what_it_sends_and_nothing_else(void **state)
{
    struct bench *bench = *state;
    out(bench, FCR, 1);
    out(bench, IER, 1);
    out(bench, MCR, 0x10);
    bench->room_calls = 0;
    assert_int_equal(uart_room(bench->uart), 0);
    receive(bench, "lost");
    for (unsigned i = 0; i < 20; i++)
        out(bench, THR, (uint8_t)i);
    assert_int_equal(bench->sent_count, 0);
    assert_int_equal(in(bench, LSR), 0x63);
    for (unsigned i = 0; i < 16; i++)
        assert_int_equal(in(bench, RBR), i);
    out(bench, LCR, 0x40);
    assert_int_equal(in(bench, LSR), 0xf9);
    in(bench, RBR);
    assert_int_equal(bench->room_calls, 0);
    out(bench, MCR, 0);
    assert_int_equal(bench->room_calls, 1);
}

/* ---- host side ---- */

static void uart_wants_nothing_before_the_guest_listens(void **state)
{
    struct bench *bench = *state;
    out(bench, FCR, 7);
    in(bench, LSR);
    in(bench, RBR);
    out(bench, THR, 'x');
    assert_int_equal(uart_wanted(bench->uart), 0);
    assert_int_equal(bench->room_calls, 0);
    out(bench, IER, 1);
    assert_int_equal(uart_wanted(bench->uart), 16);
    assert_int_equal(bench->room_calls, 1);
    out(bench, IER, 0);
    assert_int_equal(uart_wanted(bench->uart), 0);
}

static void uart_hears_a_guest_that_polls(void **state)
{
    struct bench *bench = *state;
    for (unsigned i = 0; i < 100; i++) {
        assert_int_equal(in(bench, LSR) & 0x20, 0x20);
        out(bench, THR, 'x');
    }
    assert_int_equal(uart_wanted(bench->uart), 0);
    for (unsigned i = 0; i < 4; i++)
        in(bench, LSR);
    assert_int_equal(uart_wanted(bench->uart), 1);
    assert_int_equal(bench->room_calls, 1);
}

static void uart_keeps_a_character_while_its_fifo_is_switched_on(void **state)
{
    struct bench *bench = *state;
    out(bench, IER, 1);
    receive(bench, "x");
    out(bench, FCR, 0x81);
    assert_int_equal(in(bench, RBR), 'x');
    receive(bench, "y");
    out(bench, FCR, 0x83);
    assert_int_equal(in(bench, LSR) & 1, 0);
}

static void uart_passes_a_long_text_without_a_lost_byte(void **state)
{
    struct bench *bench = *state;
    out(bench, FCR, 0xc1);
    unsigned fed = 0, read = 0, calls = 0;
    while (read < 100000) {
        unsigned free_now = uart_room(bench->uart);
        for (unsigned i = 0; i < free_now && fed < 100000; i++, fed++) {
            uint8_t byte = (uint8_t)(fed * 7 + fed / 256);
            uart_receive(bench->uart, &byte, 1);
        }
        assert_int_equal(bench->room_calls, calls);
        while (in(bench, LSR) & 1) {
            assert_int_equal(in(bench, RBR), (uint8_t)(read * 7 + read / 256));
            read++;
        }
        assert_int_equal(bench->room_calls, ++calls);
    }
    assert_int_equal(in(bench, LSR) & 2, 0);
}

static void uart_state_comes_back_in_the_middle_of_everything(void **state)
{
    struct bench *bench = *state, *other;
    void *other_state;
    setup(&other_state);
    other = other_state;
    out(bench, LCR, 0x83);
    out(bench, 0, 0x21);
    out(bench, LCR, 0x03);
    out(bench, FCR, 0x81);
    out(bench, IER, 0x0d);
    out(bench, SCR, 0x77);
    receive(bench, "ab");
    uart_break(bench->uart);
    uint64_t deadline_ns = tick(bench, 5);
    assert_false(state_copy(bench->uart, other->uart, 1));
    assert_int_equal(in(other, SCR), 0);
    assert_true(state_copy(bench->uart, other->uart, 0));
    assert_int_equal(tick(other, 6), deadline_ns);
    assert_false(irq(other));
    tick(other, deadline_ns);
    assert_true(irq(other));
    assert_int_equal(in(other, IIR), 0xcc);
    assert_int_equal(in(other, RBR), 'a');
    assert_int_equal(in(other, RBR), 'b');
    assert_int_equal(in(other, IIR), 0xc6);
    assert_int_equal(in(other, LSR), 0xf9);
    assert_int_equal(in(other, SCR), 0x77);
    teardown(&other_state);
}

static void uart_refuses_a_state_with_an_impossible_fifo(void **state)
{
    struct bench *bench = *state;
    struct state_writer writer;
    state_writer_init(&writer);
    bench->uart->ops->save(bench->uart, &writer);
    for (size_t i = 0; i + 5 < writer.size; i++) {
        if (memcmp(writer.bytes + i, "\5count", 6) != 0) continue;
        writer.bytes[i + 6 + 8] = 17;
        struct state_reader reader;
        struct error err;
        state_reader_init(&reader, writer.bytes, writer.size);
        assert_false(bench->uart->ops->load(bench->uart, &reader, &err));
        assert_non_null(strstr(err.text, "uart0"));
        state_writer_fini(&writer);
        return;
    }
    fail_msg("the state has no record named count");
}

static void uart_describes_itself(void **state)
{
    struct bench *bench = *state;
    char fdt[1024];
    fdt_create_empty_tree(fdt, sizeof(fdt));
    bench->uart->ops->describe(bench->uart, fdt, 0);
    assert_string_equal(fdt_getprop(fdt, 0, "compatible", NULL), "ns16550a");
    const uint8_t *clock = fdt_getprop(fdt, 0, "clock-frequency", NULL);
    assert_memory_equal(clock, "\x00\x38\x40\x00", 4);
}

#define PROMISE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static void uart_shows_a_debugger_what_a_guest_would_read(void **state)
{
    struct bench *bench = *state;
    out(bench, FCR, 0xc1); /* an interrupt at 14 characters */
    out(bench, IER, 3);
    out(bench, THR, 'x');
    receive(bench, "ab");
    for (unsigned twice = 0; twice < 2; twice++) {
        uint64_t value;
        assert_true(device_peek(bench->uart, RBR, 1, &value));
        assert_int_equal(value, 'a');
        assert_true(device_peek(bench->uart, IIR, 1, &value));
        assert_int_equal(value & 0x0f, 0x02); /* THR is empty */
    }
    assert_true(irq(bench));
    assert_int_equal(in(bench, RBR), 'a');
    assert_int_equal(in(bench, IIR) & 0x0f, 0x02);
    assert_int_equal(in(bench, RBR), 'b');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(uart_registers_hold_what_the_data_sheet_lets_them),
        PROMISE(uart_reads_as_the_data_sheet_says_after_reset),
        PROMISE(uart_divisor_latch_hides_rbr_and_ier),
        PROMISE(uart_takes_wider_accesses_and_refuses_what_lies_behind),
        PROMISE(uart_is_found_to_be_a_16550a_by_linux_probe),
        PROMISE(uart_sends_in_order_and_stays_empty),
        PROMISE(uart_shows_a_debugger_what_a_guest_would_read),
        PROMISE(uart_thr_interrupt_is_cleared_by_reading_iir_and_set_by_sending),
        PROMISE(uart_iir_read_keeps_thr_interrupt_while_another_is_shown),
        PROMISE(uart_raises_irq_when_a_byte_arrives),
        PROMISE(uart_without_fifo_overwrites_and_marks_overrun),
        PROMISE(uart_full_fifo_keeps_16_and_marks_overrun),
        PROMISE(uart_fifo_interrupts_at_its_trigger_level),
        PROMISE(uart_character_timeout_comes_four_characters_later),
        PROMISE(uart_has_no_timeout_without_fifo),
        PROMISE(uart_times_out_for_a_character_that_waited_when_the_fifo_came_on),
        PROMISE(uart_fcr_resets_the_receiver_and_toggling_fifos_does_too),
        PROMISE(uart_break_shows_with_its_character),
        PROMISE(uart_reports_interrupts_in_priority_order),
        PROMISE(uart_loopback_ties_outputs_to_inputs_with_deltas),
        PROMISE(uart_loopback_receives_what_it_sends_and_nothing_else),
        PROMISE(uart_passes_a_long_text_without_a_lost_byte),
        PROMISE(uart_wants_nothing_before_the_guest_listens),
        PROMISE(uart_hears_a_guest_that_polls),
        PROMISE(uart_keeps_a_character_while_its_fifo_is_switched_on),
        PROMISE(uart_state_comes_back_in_the_middle_of_everything),
        PROMISE(uart_refuses_a_state_with_an_impossible_fifo),
        PROMISE(uart_describes_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
