/* machine/htif.c: the host-target interface of RISC-V's test programs: two words in RAM.
 *
 * No store to RAM is watched but those to lines that hold translated code; so `tohost` gets a map
 * of such lines of its own, which costs other stores nothing.
 */
#include "machine/htif.h"

#include <inttypes.h>

#include "base/bits.h"
#include "loader/elf_symbol.h"
#include "machine/board.h"
#include "machine/run.h"
#include "mem/guest.h"

#define LINE_SHIFT 6

enum { HTIF_SYSTEM = 0, HTIF_CONSOLE = 1, HTIF_PUT = 1 };

static void answer(struct machine *machine)
{
    guest_store(machine->ram.bytes + machine->htif.tohost, 8, 0);
}

/* Of RV32's two stores the one to the upper half completes the word, but a program that ends may
 * well store only the lower. */
static bool is_complete(const struct machine *machine, uint64_t offset, uint64_t size,
                        uint64_t word)
{
    if (machine->config.xlen == 64 || size == 8) return true;
    return offset + size > machine->htif.tohost + 4 || word == 1;
}

/* Called on the storing hart's thread, after the store. */
static void tohost_written(void *owner, uint64_t offset, uint64_t size)
{
    struct machine *machine = owner;
    uint64_t tohost = machine->htif.tohost;
    if (offset >= tohost + 8 || offset + size <= tohost) return;
    uint64_t word = guest_load(machine->ram.bytes + tohost, 8);
    if (word == 0 || !is_complete(machine, offset, size, word)) return;
    uint64_t device = bits_get(word, 63, 56), command = bits_get(word, 55, 48);
    uint64_t payload = bits_get(word, 47, 0);
    if (device == HTIF_SYSTEM && (payload & 1)) {
        unsigned code = payload >> 1 > 0xffff ? 0xffff : (unsigned)(payload >> 1);
        run_syscon_request(machine, code ? SYSCON_FAIL : SYSCON_POWEROFF, code);
    } else if (device == HTIF_CONSOLE && command == HTIF_PUT) {
        run_output(machine, &(uint8_t){(uint8_t)payload}, 1);
    }
    answer(machine);
}

static void signature_find(struct htif *htif, const struct blob *blob)
{
    uint64_t begin, end;
    if (!elf_symbol(blob, "begin_signature", &begin)) return;
    if (!elf_symbol(blob, "end_signature", &end) || end < begin) return;
    htif->signature_begin = begin;
    htif->signature_end = end;
}

bool htif_connect(struct machine *machine, const struct blob *blob, struct error *err)
{
    struct htif *htif = &machine->htif;
    struct ram *ram = &machine->ram;
    uint64_t address;
    signature_find(htif, blob);
    if (htif->map || !elf_symbol(blob, "tohost", &address)) return true;
    if (address % 8 != 0 || !bus_ram_at(&machine->bus, address, 8))
        return error_set(err, "%s: tohost at 0x%" PRIx64 ": not 8 aligned bytes of RAM", blob->name,
                         address);
    htif->tohost = address - machine->bus.ram_base;
    htif->map =
        ram_watch(ram, &(struct code_watcher){.written = tohost_written, .owner = machine}, err);
    if (!htif->map) return false;
    unsigned line = (unsigned)(htif->tohost % PAGE_SIZE >> LINE_SHIFT);
    atomic_store(&htif->map->lines[htif->tohost >> PAGE_SHIFT], UINT64_C(1) << line);
    return true;
}

void htif_disconnect(struct machine *machine)
{
    if (machine->htif.map) ram_unwatch(&machine->ram, machine->htif.map);
    machine->htif = (struct htif){.map = NULL};
}

const uint8_t *machine_signature(const struct machine *machine, uint64_t *size)
{
    const struct htif *htif = &machine->htif;
    *size = htif->signature_end - htif->signature_begin;
    return *size ? bus_ram_at(&machine->bus, htif->signature_begin, *size) : NULL;
}
