/* tests/fuzz/guest.c: random bytes run in M-mode on the whole board, on both engines, to one end.
 *
 *   byte 0        bit 0: RV32
 *   bytes 1..7    what the random numbers of the guest begin with
 *   the rest      code at the start of RAM, and again each 4 KiB, where traps go too
 *
 * Registers point at RAM and at each device, so that a random store is likely to reach one.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/bits.h"
#include "cpu/debug.h"
#include "cpu/hart_state.h"
#include "machine/board.h"
#include "machine/state_hash.h"
#include "tests/fuzz/fuzz.h"

#define BUDGET     2000 /* instructions */
#define TRAPS_MAX  64   /* then the guest is taken to be stuck in them */
#define KICKS_MAX  1000
#define COPIES     16
#define COPY_BYTES 4096

static uint64_t entropy_seed; /* of the input under way: the callback has no owner */

static uint64_t entropy(void)
{
    return entropy_seed += UINT64_C(0x9e3779b97f4a7c15);
}

/* A file with one instruction, which is never executed: firmware has to come from somewhere. */
static const char *firmware(void)
{
    static char path[] = "/tmp/rivet-fuzz-XXXXXX";
    static bool made;
    const uint32_t loop = 0x0000006f;
    if (made) return path;
    int fd = mkstemp(path);
    FUZZ_REQUIRE(fd >= 0 && write(fd, &loop, sizeof loop) == sizeof loop && close(fd) == 0);
    made = true;
    return path;
}

static void registers_point(struct machine *machine)
{
    struct hart *h = machine_hart(machine, 0);
    for (unsigned i = 1; i < 32; i++)
        hart_set_x(h, i, BOARD_RAM_BASE + i * 0x1230);
    for (unsigned i = 0; i < machine->device_count && 8 + i < 32; i++)
        hart_set_x(h, 8 + i, board_base(&machine->devices[i]));
    h->mtvec = BOARD_RAM_BASE + 2 * COPY_BYTES;
    h->pc = BOARD_RAM_BASE;
}

static struct machine *guest_create(const char *engine, const uint8_t *bytes, size_t size)
{
    struct machine_config config = machine_config_default();
    struct error err = {""};
    config.xlen = bytes[0] & 1 ? 32 : 64;
    config.extensions = isa_default_extensions(config.xlen);
    config.engine = engine_by_name(engine);
    config.ram_bytes = 1 << 20;
    config.clock_ips = CLOCK_IPS_DEFAULT;
    config.bios = firmware();
    config.entropy = entropy;
    entropy_seed = load_le(bytes, 8);
    struct machine *machine = machine_create(&config, &err);
    if (!machine) fprintf(stderr, "%s\n", err.text);
    FUZZ_REQUIRE(machine);
    size_t length = size - 8 < COPY_BYTES ? size - 8 : COPY_BYTES;
    for (unsigned i = 0; i < COPIES; i++)
        memcpy(machine->ram.bytes + i * COPY_BYTES, bytes + 8, length);
    ram_written(&machine->ram, 0, machine->ram.region.size);
    registers_point(machine);
    return machine;
}

static bool stop_at_trap(void *owner, struct hart *hart, const struct debug_report *report)
{
    (void)owner, (void)hart, (void)report;
    return true;
}

/* Until so many instructions have retired, the guest waits, or it is stuck. */
static void guest_run(struct machine *machine, uint64_t until)
{
    struct hart *h = machine_hart(machine, 0);
    struct hart_debug debug = {.wants = 1u << DEBUG_TRAPPED, .report = stop_at_trap};
    unsigned traps = 0, kicks = 0;
    debug_attach(h, &debug);
    clock_start(&machine->clock);
    clock_slice_begin(&machine->clock, h);
    while (h->instret < until && !atomic_load(&machine->request)) {
        enum run_reason reason = machine->config.engine->run(h, until - h->instret);
        if (reason == RUN_WFI || (reason == RUN_BREAK && ++traps > TRAPS_MAX) ||
            (reason == RUN_KICK && ++kicks > KICKS_MAX))
            break;
    }
    clock_step_end(&machine->clock);
    clock_stop(&machine->clock);
    debug_attach(h, NULL);
    debug_fini(&debug);
}

/* Traps retire nothing: at the same count the reference may have to take some of them yet. */
static bool same_end(struct machine *reference, struct machine *other)
{
    uint64_t wanted = machine_state_hash(other);
    uint64_t retired = machine_hart(other, 0)->instret;
    for (unsigned i = 0; i < 4 && machine_hart(reference, 0)->instret == retired; i++) {
        if (machine_state_hash(reference) == wanted) return true;
        machine_step(reference, 0, false);
    }
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < 10) return 0;
    /* The cached engine may go a little beyond what it is asked for, the reference never. */
    struct machine *other = guest_create("cached", bytes, size);
    guest_run(other, BUDGET);
    struct machine *reference = guest_create("ref", bytes, size);
    uint64_t retired = machine_hart(other, 0)->instret;
    guest_run(reference, retired > BUDGET ? retired : BUDGET);
    FUZZ_REQUIRE(same_end(reference, other));
    machine_destroy(reference);
    machine_destroy(other);
    return 0;
}
