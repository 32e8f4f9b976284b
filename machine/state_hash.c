/* machine/state_hash.c: one number for all of a machine's state (FNV-1a over 64-bit words). */
#include "machine/state_hash.h"

#include "base/state.h"
#include "cpu/hart_state.h"
#include "machine/board.h"

#define FNV_START UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)

static uint64_t hash_bytes(uint64_t hash, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i + 8 <= size; i += 8)
        hash = (hash ^ load_le(bytes + i, 8)) * FNV_PRIME;
    for (size_t i = size & ~(size_t)7; i < size; i++)
        hash = (hash ^ bytes[i]) * FNV_PRIME;
    return hash;
}

uint64_t machine_state_hash(struct machine *machine)
{
    struct state_writer writer;
    state_writer_init(&writer);
    bool saved = true;
    for (unsigned id = 0; id < machine->config.harts; id++)
        saved = saved && hart_save(&machine->harts[id].hart, &writer);
    for (unsigned i = 0; i < machine->device_count; i++) {
        const struct device *device = machine->devices[i].device;
        if (device->ops->save) saved = saved && device->ops->save(device, &writer);
    }
    uint64_t hash = hash_bytes(FNV_START, writer.bytes, writer.size);
    state_writer_fini(&writer);
    return saved ? hash_bytes(hash, machine->ram.bytes, machine->ram.region.size) : 0;
}
