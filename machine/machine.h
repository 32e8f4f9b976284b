/* machine/machine.h: the machine as its users see it: create, run, stop, destroy.
 *
 * Nothing here prints or exits, and two machines in one process don't know of each other.
 */
#ifndef RIVET_MACHINE_MACHINE_H
#define RIVET_MACHINE_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/notice.h"
#include "cpu/engine.h"
#include "cpu/extension.h"

#define MACHINE_MAX_HARTS 64
#define MACHINE_MAX_WORDS 32

/* Arguments of an option that may come several times, as they were given. */
struct machine_words {
    const char *items[MACHINE_MAX_WORDS];
    unsigned count;
};

struct machine;

struct machine_config {
    unsigned xlen; /* 32 or 64 */
    struct ext_set extensions;
    unsigned harts;         /* 1..MACHINE_MAX_HARTS */
    unsigned harts_at_boot; /* so many of them the kernel is asked to start; 0: all. Without
                               firmware to start the others there are no others. */
    uint64_t ram_bytes;
    const char *bios;   /* a file; "none": start the kernel in M-mode; "default": find OpenSBI */
    const char *kernel; /* a file, or NULL */
    const char *initrd; /* a file, or NULL */
    const char *append; /* kernel command line, or NULL */
    const char *dtb;    /* a file: the guest's device tree; NULL: the board's own */
    const struct engine *engine;
    uint64_t clock_ips; /* 0: the host's clock; else the `insn` clock, so many a second */
    bool warp;          /* `insn` clock: idle time is skipped */
    struct machine_words drives, devices, netdevs; /* in the words of -drive and so on */
    struct machine_words fsdevs, virtfs, chardevs; /* likewise */
    const char
        *serial;   /* where the serial port leads, in the words of -serial; NULL: the console */
    bool snapshot; /* what is written to drives is forgotten at the end */
    struct notice notice;      /* told of host failures while the machine runs */
    uint64_t (*entropy)(void); /* seeds the guest's random numbers; NULL: the host's */
};

/* rv64, one hart, 128 MiB, default firmware, cached engine. */
struct machine_config machine_config_default(void);

/* Builds the board and loads the images. All strings of the configuration must outlive the machine.
 * NULL: `err` names the file or setting and what was wrong. */
struct machine *machine_create(const struct machine_config *, struct error *err);
void machine_destroy(struct machine *);

/* The flattened device tree the guest is given; valid as long as the machine. */
const void *machine_device_tree(const struct machine *, size_t *size);

/* The machine's harts, 0..count-1, for looking at while it is stopped. */
struct hart *machine_hart(struct machine *, unsigned id);
unsigned machine_hart_count(const struct machine *);
const struct engine *machine_engine(const struct machine *);

/* How a run ended. */
enum machine_end {
    END_POWEROFF, /* the guest switched itself off */
    END_REBOOT,   /* the guest asked for a reset */
    END_FAIL,     /* the guest reported failure `code` */
    END_STOPPED,  /* machine_stop() */
    END_BREAK,    /* the debugger of hart `code` said stop (cpu/debug.h) */
};

struct machine_exit {
    enum machine_end end;
    unsigned code; /* END_FAIL: the guest's, 16 bits; END_BREAK: the hart */
};

/* What the outside gives the running machine. All are called from the thread in machine_run(). */
struct console {
    /* Takes up to `count` bytes the guest printed and returns how many; 0: none can be taken now,
     * ask again when the console's output is writable. */
    size_t (*write)(void *owner, const uint8_t *bytes, size_t count);
    /* Waits until there is input for machine_input(), until `wake` is set, until the output can
     * take bytes if `want_output`, or until `timeout_ns` have passed. */
    void (*wait)(void *owner, bool want_input, bool want_output, uint64_t timeout_ns);
    /* Ends a wait from any thread. */
    void (*wake)(void *owner);
    void *owner;
};

/* Runs from where the machine stands until it ends one way or another; what the guest asks for
 * comes before a machine_stop() at the same time. The guest's time goes on only while it runs. The
 * console must live until nobody calls machine_stop() any more. False: the host has no thread for a
 * hart. */
bool machine_run(struct machine *, const struct console *, struct machine_exit *,
                 struct error *err);

/* While the machine stands: one hart executes one instruction, or takes one trap, on the caller's
 * thread; all other harts stand still. Without `listen` its debugger isn't asked. A hart that waits
 * in WFI goes on. */
enum machine_step {
    STEP_DONE,
    STEP_BREAK, /* the debugger said stop, before the instruction or after its trap */
    STEP_ENDED, /* the guest switched off, reset or failed: machine_step_end() tells */
};
enum machine_step machine_step(struct machine *, unsigned hart, bool listen);
struct machine_exit machine_step_end(struct machine *);

/* After steps: lets devices do what is due, gives the console what was printed, waits for nothing.
 */
void machine_step_flush(struct machine *, const struct console *);

/* Bytes typed at the console; returns how many were taken. They reach the UART as it has room. Any
 * thread. */
size_t machine_input(struct machine *, const uint8_t *bytes, size_t count);
size_t machine_input_room(struct machine *);
void machine_input_break(struct machine *); /* a break on the serial line */

/* What a test program left between its symbols begin_signature and end_signature; valid as long as
 * the machine. NULL: its ELF file has no such symbols, or they are not in RAM. */
const uint8_t *machine_signature(const struct machine *, uint64_t *size);

/* What -serial named; NULL: the serial port is the console's. */
struct host_chars *machine_serial(struct machine *);

/* Resets harts and devices and loads the images again: a reboot. */
bool machine_reset(struct machine *, struct error *err);

/* Ends machine_run() from any thread or signal handler. */
void machine_stop(struct machine *);

#endif
