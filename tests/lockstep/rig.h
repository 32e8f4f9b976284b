/* tests/lockstep/rig.h: the small machine: one hart on one engine, RAM, and a device. */
#ifndef RIVET_TESTS_LOCKSTEP_RIG_H
#define RIVET_TESTS_LOCKSTEP_RIG_H

#include "cpu/engine.h"
#include "cpu/hart.h"
#include "tests/lockstep/program.h"

enum rig_kind {
    RIG_PLAIN,
    RIG_WATCHING, /* knows when its page tables change: only for an engine that keeps no code */
    RIG_BARE,     /* watching; no device */
    RIG_PEER,     /* watching; no device, and RAM begins at 0, as at a peer that is all RAM */
};

#define STRAYS_MAX 4096

struct rig {
    const struct engine *engine;
    const struct program *program;
    struct ram ram;
    uint8_t *bytes; /* of the RAM at RAM_BASE */
    struct bus bus;
    struct hart hart;
    struct timebase timebase;
    uint64_t time; /* mtime; stands still but for events */

    /* Eight 64-bit words of memory, repeated over half of it; the rest refuses. Bits 3, 7, 9 and 11
     * of the last word drive the interrupt wires of these numbers. */
    struct region device;
    uint64_t words[8];

    /* Page tables changed without their fence: what follows may differ, and both are right
     * (Privileged spec, "Supervisor Memory-Management Fence Instruction"). Only a watching rig
     * knows: it keeps a copy of the tables. */
    bool watching, racy;
    uint64_t strays[STRAYS_MAX]; /* RIG_PEER: addresses below RAM_BASE that were written */
    unsigned stray_count;        /* may be more */
    uint8_t tables[TABLE_PAGES * PAGE_SIZE];
};

bool rig_init(struct rig *, const struct isa *, const struct engine *, enum rig_kind,
              struct error *err);
void rig_fini(struct rig *);

/* Puts the program in memory and the hart in its first state. */
void rig_load(struct rig *, const struct program *);

/* The page tables or satp are no longer what the program was made with. */
bool rig_racy(const struct rig *);

/* Drives the wires as the device's last word says. */
void rig_wire(struct rig *, unsigned line, bool level);

/* M-mode at a label, whatever state the hart was in. */
void rig_rescue(struct rig *, uint32_t offset);

#endif
