/* tests/lockstep/program.h: a random guest program: memory, the hart's first state, what happens to
 * the machine from outside. All of it follows from the seed. */
#ifndef RIVET_TESTS_LOCKSTEP_PROGRAM_H
#define RIVET_TESTS_LOCKSTEP_PROGRAM_H

#include <stdint.h>

#include "cpu/hart.h"
#include "tests/lockstep/assembler.h"
#include "tests/lockstep/layout.h"
#include "tests/lockstep/rng.h"

#define PIECES_MAX_PROGRAM 4096
#define CSRS_MAX           48
#define EVENTS_MAX         32
#define LABELS_MAX         1024
#define SATPS_MAX          16
#define SLOTS_MAX          8 /* few, so that they are changed again and again */
#define SLOTS_LARGE        3 /* of them: superpages and pointers */

/* One instruction, which shrinking may replace by a nop; those of one group (0: none) only
 * together: a page table edit without its fence would prove nothing. */
struct code_piece {
    uint32_t offset; /* in RAM */
    uint8_t length;
    uint8_t group;
};

struct csr_setting {
    uint16_t number;
    uint64_t value;
};

enum event_kind { EVENT_NONE, EVENT_IRQ, EVENT_TIME, EVENT_DMA, EVENT_KIND_COUNT };

/* Something from outside, after the `at`-th comparison. */
struct event {
    enum event_kind kind;
    unsigned at;
    unsigned line;   /* IRQ: bit of mip */
    bool level;      /* IRQ */
    uint32_t offset; /* DMA: in RAM, a multiple of 4 */
    uint64_t value;  /* DMA: the word; TIME: mtime from now on */
};

/* A page table entry that services change, followed by the right fence. */
struct pte_slot {
    uint32_t offset; /* of the entry in RAM */
    uint64_t va;     /* an address it maps */
    unsigned space;  /* whose tables it stands in: 0 or 1 */
    bool leaf;
};

struct program {
    uint64_t seed;
    unsigned xlen;
    uint8_t ram[RAM_SIZE];

    /* The hart at the start. */
    uint64_t x[32], f[32], pc, time;
    enum priv priv;
    struct csr_setting csrs[CSRS_MAX];
    unsigned csr_count;
    uint64_t device[8]; /* words of the device */

    struct event events[EVENTS_MAX];
    unsigned event_count;

    /* Facts about it. */
    struct code_piece pieces[PIECES_MAX_PROGRAM];
    unsigned piece_count;
    uint32_t labels[LABELS_MAX]; /* offsets of instructions */
    unsigned label_count;
    uint64_t satps[SATPS_MAX]; /* the only values satp may have */
    unsigned satp_count;
    bool paged; /* S- and U-mode begin with paging on */
    struct pte_slot slots[SLOTS_MAX];
    unsigned slot_count;
    uint32_t services_end; /* offset in RAM */
    unsigned steps;        /* how long to run it */
};

/* What a program is to be for. */
struct program_options {
    bool peer; /* leave out what two implementations may do differently: counters, the device */
};

void program_make(struct program *, const struct assembler *, uint64_t seed,
                  const struct program_options *);

/* Where code is written: programs are made by appending instructions at `offset`. */
struct writer {
    struct program *program;
    const struct assembler *assembler;
    const struct program_options *options;
    struct rng rng;
    unsigned csr_rows;                     /* of the CSR table */
    uint8_t group, groups;                 /* of the pieces being written; how many there are */
    unsigned slots_seen, slots_large_seen; /* entries that might have become a slot */
    uint32_t offset;
};

/* Appends a word of 2 or 4 bytes as a piece. */
void write_word(struct writer *, uint32_t word, unsigned length);
/* Appends a known instruction. */
void write_insn(struct writer *, enum known_insn, unsigned rd, unsigned rs1, unsigned rs2,
                int32_t imm);
/* A CSR instruction whose operand is a number, put in register `a` before. */
void write_csr(struct writer *, enum known_insn, unsigned number, unsigned a, uint64_t value);
/* Sets register `rd` to a number. */
void write_li(struct writer *, unsigned rd, uint64_t value);

/* handlers.c: the trap handlers, the landing table, and the services it names. */
void write_handlers(struct writer *);
void write_landings(struct writer *);

/* services.c: a random change of the machine's state, as M-mode code: page tables, satp, PMP,
 * mstatus, delegation... Clobbers the two registers. */
void write_service(struct writer *, unsigned a, unsigned b);
/* The same, of the kinds that are safe anywhere in a program. */
void write_state_change(struct writer *, unsigned a, unsigned b);
/* Bits of mstatus or sstatus, set or cleared. Clobbers the register. */
void write_status(struct writer *, unsigned a);
/* Software makes interrupts pending, and takes or masks them. Clobbers the register. */
void write_interrupts(struct writer *, unsigned a);

/* watchers.c: a performance counter or a debug trigger is set up. Clobbers the register. */
void write_hpm(struct writer *, unsigned a);
void write_trigger(struct writer *, unsigned a);

/* paging.c: page tables of both address spaces, program->slots and program->satps. */
void make_tables(struct writer *);
/* A random entry for `slot`. */
uint64_t random_pte(struct writer *, const struct pte_slot *slot);

/* stream.c: the program proper. */
void write_stream(struct writer *);
/* Any instruction of the table. */
uint32_t random_insn(struct writer *, unsigned *length);
/* An address worth an access from that mode. */
uint64_t random_address(struct writer *, enum priv priv);
/* The address of a label for code in a mode. */
uint64_t label_address(struct writer *, uint32_t offset, enum priv priv);
uint32_t random_label(struct writer *);

#endif
