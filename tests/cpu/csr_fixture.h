/* tests/cpu/csr_fixture.h: a hart of any XLEN and extensions, and CSR accesses in one word. */
#ifndef RIVET_TESTS_CSR_FIXTURE_H
#define RIVET_TESTS_CSR_FIXTURE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "cpu/csr.h"
#include "cpu/isa.h"
#include "cpu/status.h"
#include "cpu/trap.h"

struct csr_fixture {
    struct hart hart;
    struct isa *isa;
    struct bus bus;
    struct timebase timebase;
    uint64_t mtime;
};

static inline uint64_t fixture_now(void *owner)
{
    return ((struct csr_fixture *)owner)->mtime;
}

/* A hart in M-mode after reset with all extensions but the `count` ones of `without`. */
static inline struct csr_fixture *fixture_without(unsigned xlen, unsigned count,
                                                  const enum extension *without)
{
    struct csr_fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    struct ext_set extensions = isa_default_extensions(xlen);
    for (unsigned i = 0; i < count; i++)
        ext_set_to(&extensions, without[i], false);
    f->isa = isa_create(xlen, &extensions, NULL);
    assert_non_null(f->isa);
    f->timebase = (struct timebase){.now = fixture_now, .owner = f};
    assert_true(hart_init(&f->hart, 5, f->isa, &f->bus, &f->timebase, NULL));
    f->hart.leave = false;
    return f;
}

static inline struct csr_fixture *fixture(unsigned xlen)
{
    return fixture_without(xlen, 0, NULL);
}

static inline void fixture_free(struct csr_fixture *f)
{
    hart_fini(&f->hart);
    isa_destroy(f->isa);
    free(f);
}

/* cmocka setup and teardown: *state is an RV64 or RV32 fixture with everything on. */
static inline int setup64(void **state)
{
    *state = fixture(64);
    return 0;
}

static inline int setup32(void **state)
{
    *state = fixture(32);
    return 0;
}

static inline int teardown(void **state)
{
    fixture_free(*state);
    return 0;
}

#define WITH64(test) cmocka_unit_test_setup_teardown(test, setup64, teardown)
#define WITH32(test) cmocka_unit_test_setup_teardown(test, setup32, teardown)

static inline struct hart *hart_of(void **state)
{
    return &((struct csr_fixture *)*state)->hart;
}

/* csrr, csrw, csrs, csrc as an instruction in the hart's mode; the last three only if legal. */
static inline uint64_t csrr(struct hart *h, unsigned number)
{
    uint64_t value = 0xbad;
    assert_true(csr_access(h, number, CSR_SET, 0, true, false, &value));
    return value;
}

static inline void csr_op(struct hart *h, unsigned number, enum csr_op op, uint64_t operand)
{
    uint64_t old;
    assert_true(csr_access(h, number, op, operand, true, true, &old));
}

static inline void csrw(struct hart *h, unsigned number, uint64_t value)
{
    csr_op(h, number, CSR_WRITE, value);
}

static inline bool readable(struct hart *h, unsigned number)
{
    uint64_t value;
    return csr_access(h, number, CSR_SET, 0, true, false, &value);
}

static inline bool writable(struct hart *h, unsigned number, uint64_t value)
{
    uint64_t old;
    return csr_access(h, number, CSR_WRITE, value, false, true, &old);
}

/* csrr after writing all ones, and after writing zero: the bits software can set. */
static inline uint64_t settable(struct hart *h, unsigned number)
{
    csrw(h, number, 0);
    uint64_t low = csrr(h, number);
    csrw(h, number, UINT64_MAX);
    return csrr(h, number) & ~low;
}

static inline void assert_illegal(struct hart *h, unsigned number)
{
    assert_false(readable(h, number));
    assert_false(writable(h, number, 0));
}

#endif
