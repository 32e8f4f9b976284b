/* monitor/balloon.c: balloon: how much memory the guest has, and how much it shall keep. */
#include "dev/virtio/balloon.h"

#include <inttypes.h>

#include "machine/board.h"
#include "monitor/command.h"

#define MIB UINT64_C(1048576)

static const struct {
    const char *name;
    bool counts; /* else bytes, shown in MiB */
} stats[BALLOON_STATS] = {
    [BALLOON_SWAP_IN] = {"swapped_in", false},
    [BALLOON_SWAP_OUT] = {"swapped_out", false},
    [BALLOON_MAJOR_FAULTS] = {"major_faults", true},
    [BALLOON_MINOR_FAULTS] = {"minor_faults", true},
    [BALLOON_FREE] = {"free", false},
    [BALLOON_TOTAL] = {"total", false},
    [BALLOON_AVAILABLE] = {"available", false},
    [BALLOON_CACHES] = {"caches", false},
    [BALLOON_HUGE_ALLOCATED] = {"huge_pages_allocated", true},
    [BALLOON_HUGE_FAILED] = {"huge_pages_failed", true},
};

/* What is left of `ram` bytes without so many pages: a guest may say any number. */
static uint64_t left_mib(uint64_t ram, uint32_t pages)
{
    uint64_t away = (uint64_t)pages * BALLOON_PAGE;
    return away < ram ? (ram - away) / MIB : 0;
}

static void balloon_show(struct monitor *mon, struct device *device, uint64_t ram)
{
    struct virtio_balloon_stats told;
    uint64_t actual = left_mib(ram, virtio_balloon_pages(device));
    uint64_t wanted = left_mib(ram, virtio_balloon_target(device));
    virtio_balloon_stats(device, &told);
    out_text(&mon->out, "balloon: actual=%" PRIu64 " MiB, %" PRIu64 " wanted, %" PRIu64 " in all\n",
             actual, wanted, ram / MIB);
    out_row(&mon->out);
    out_number(&mon->out, "actual", actual);
    out_number(&mon->out, "wanted", wanted);
    out_number(&mon->out, "all", ram / MIB);
    for (unsigned i = 0; i < BALLOON_STATS; i++) {
        if (!(told.known >> i & 1)) continue;
        out_text(&mon->out, "  %-20s %8" PRIu64 "%s\n", stats[i].name,
                 stats[i].counts ? told.values[i] : told.values[i] / MIB,
                 stats[i].counts ? "" : " MiB");
        out_number(&mon->out, stats[i].name, told.values[i]);
    }
}

bool command_balloon(struct monitor *mon, const char *args, struct error *err)
{
    struct device *device = plugs_balloon(&mon->machine->plugs);
    uint64_t ram = mon->machine->ram.region.size, keep;
    const char *start = args;
    args_skip(&start);
    if (!device)
        return args_fail(mon, start, err, "there is no balloon; -device virtio-balloon-device");
    if (!*start) {
        balloon_show(mon, device, ram);
        return true;
    }
    if (!args_value(mon, &args, &keep, err) || !args_end(mon, args, err)) return false;
    if (keep == 0 || keep > ram / MIB)
        return args_fail(mon, start, err, "1 to %" PRIu64 " MiB are possible", ram / MIB);
    virtio_balloon_set_target(device, (uint32_t)((ram - keep * MIB) / BALLOON_PAGE));
    return true;
}
