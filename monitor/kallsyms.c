/* monitor/kallsyms.c: the names a Linux kernel carries in its own memory.
 *
 * With CONFIG_KALLSYMS the kernel's read-only data holds, one after the other and each aligned to
 * 8 bytes (scripts/kallsyms.c of Linux 6.4 and later):
 *
 *      num_syms       u32
 *      names          for each symbol: length (one byte, or two: low 7 bits with bit 7 set, then
 *                     the high ones), then that many token numbers
 *      markers        u32: where in `names` each 256th symbol starts
 *      token_table    256 strings, each ends with a NUL
 *      token_index    u16: where in token_table each string starts
 *      offsets        u32: for each symbol its address, less relative_base
 *      relative_base  u64
 *
 * The first character of a symbol's text is its type as `nm` prints it. Tokens '0'..'9' and the
 * letters stand for themselves in most kernels: that is how token_table is found.
 */
#define _GNU_SOURCE /* memmem */
#include <string.h>

#include "base/bits.h"
#include "monitor/symbols.h"

#define TOKENS     256
#define NAME_LIMIT 1024
#define FEW        100     /* a kernel has more symbols than this */
#define MANY       4000000 /* and fewer than this */

struct kallsyms {
    const uint8_t *ram;
    uint64_t size;
    uint64_t tokens, index, offsets, markers, names; /* places in RAM */
    uint64_t count, base;
};

static uint64_t align8(uint64_t at)
{
    return (at + 7) & ~UINT64_C(7);
}

static uint64_t get(const struct kallsyms *k, uint64_t at, unsigned size)
{
    return range_contains(k->size, at, size) ? load_le(k->ram + at, size) : 0;
}

/* From the token "0", at `at`, back to the first of the table. */
static bool tokens_start(struct kallsyms *k, uint64_t at)
{
    for (unsigned token = '0'; token > 0; token--) {
        unsigned length = 0;
        if (at == 0 || k->ram[--at] != 0) return false;
        while (at > 0 && k->ram[at - 1] != 0 && length++ < 64)
            at--;
        if (length >= 64) return false;
    }
    k->tokens = at;
    return true;
}

/* The index must name the start of each token: nothing else in memory does that by chance. */
static bool tokens_match(struct kallsyms *k)
{
    uint64_t at = k->tokens;
    uint16_t starts[TOKENS];
    for (unsigned token = 0; token < TOKENS; token++) {
        starts[token] = (uint16_t)(at - k->tokens);
        const uint8_t *end = at < k->size ? memchr(k->ram + at, 0, k->size - at) : NULL;
        if (!end || at - k->tokens > 0xffff) return false;
        at = (uint64_t)(end - k->ram) + 1;
    }
    k->index = align8(at);
    for (unsigned token = 0; token < TOKENS; token++)
        if (get(k, k->index + 2 * token, 2) != starts[token]) return false;
    k->offsets = align8(k->index + 2 * TOKENS);
    return true;
}

/* relative_base ends the offsets: an address in the upper half, as no two offsets look like. */
static bool offsets_measure(struct kallsyms *k)
{
    for (uint64_t at = k->offsets; range_contains(k->size, at, 8); at += 8) {
        k->base = get(k, at, 8);
        k->count = (at - k->offsets) / 4;
        if (k->base >> 38 == UINT64_C(0x3ffffff) && (k->base & 0xfff) == 0) return k->count > FEW;
        if (k->count > MANY) return false;
    }
    return false;
}

/* Length of the name at `*at`, which moves behind the length. */
static unsigned name_length(const struct kallsyms *k, uint64_t *at)
{
    unsigned length = (unsigned)get(k, (*at)++, 1);
    if (length & 0x80) length = (length & 0x7f) | (unsigned)get(k, (*at)++, 1) << 7;
    return length;
}

/* The number of symbols, then names of which the 256th ends where the second marker says. */
static bool names_find(struct kallsyms *k)
{
    uint64_t groups = (k->count + 255) / 256;
    k->markers = k->tokens - align8(4 * groups);
    if (k->markers > k->tokens || get(k, k->markers, 4) != 0) return false;
    uint64_t second = get(k, k->markers + 4, 4), names_most = 64 * k->count;
    for (uint64_t at = k->markers; at >= 8 && k->markers - at < names_most; at -= 8) {
        if (get(k, at - 8, 4) != k->count) continue;
        uint64_t name = at;
        for (unsigned i = 0; i < 256; i++) {
            unsigned length = name_length(k, &name);
            name += length;
        }
        k->names = at;
        if (name - at == second) return true;
    }
    return false;
}

static size_t name_expand(const struct kallsyms *k, uint64_t *at, char text[NAME_LIMIT])
{
    unsigned tokens = name_length(k, at);
    size_t length = 0;
    for (unsigned i = 0; i < tokens; i++) {
        uint64_t token = k->tokens + get(k, k->index + 2 * get(k, (*at)++, 1), 2);
        for (; token < k->index && k->ram[token] && length < NAME_LIMIT - 1; token++)
            text[length++] = (char)k->ram[token];
    }
    return length;
}

static void names_add(struct symbols *symbols, const struct kallsyms *k)
{
    char text[NAME_LIMIT];
    uint64_t at = k->names;
    for (uint64_t i = 0; i < k->count; i++) {
        size_t length = name_expand(k, &at, text);
        uint64_t address = k->base + get(k, k->offsets + 4 * i, 4);
        bool code = length && strchr("tTwW", text[0]);
        if (length > 1 && text[1] != '.' && text[1] != '$')
            symbols_add(symbols, text + 1, length - 1, address, 0, code);
    }
}

bool symbols_find_kallsyms(struct symbols *symbols, const struct bus *bus)
{
    static const char digits[] = "0\0001\0002\0003\0004\0005\0006\0007\0008\0009";
    if (!bus->ram || symbols->kallsyms) return symbols->kallsyms;
    struct kallsyms k = {.ram = bus->ram->bytes, .size = bus->ram->region.size};
    /* The kernel is at the start of RAM; all of a large one would take long to look through. */
    if (k.size > UINT64_C(256) << 20) k.size = UINT64_C(256) << 20;
    for (uint64_t from = 0; from < k.size;) {
        const uint8_t *hit = memmem(k.ram + from, k.size - from, digits, sizeof digits);
        if (!hit) return false;
        uint64_t at = (uint64_t)(hit - k.ram);
        if (tokens_start(&k, at) && tokens_match(&k) && offsets_measure(&k) &&
            (names_find(&k) ||
             (k.count--, names_find(&k)))) { /* an odd number is followed by padding */
            names_add(symbols, &k);
            return symbols->kallsyms = true;
        }
        from = at + 1;
    }
    return false;
}
