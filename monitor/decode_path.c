/* monitor/decode_path.c: the way a decoder takes to an instruction, and what it passed by. */
#include "monitor/decode_path.h"

#include <stdio.h>
#include <string.h>

#include "base/bits.h"

#define DISTANCE_MAX 3 /* fixed bits in which a near miss may differ */

static uint32_t mask_of(unsigned high, unsigned low)
{
    return (uint32_t)mask_low(high - low + 1) << low;
}

/* Looks at the bits high..low too: notes which encodings are left. `seen` gathers what was looked
 * at. */
static void look(const struct decoding *d, struct path_step *step, unsigned high, unsigned low,
                 const char *name, uint32_t *seen)
{
    *step = (struct path_step){.high = high, .low = low};
    snprintf(step->name, sizeof step->name, "%s", name);
    *seen |= mask_of(high, low);
    const struct decode_tables *tables = d->isa->tables;
    for (unsigned i = 0; i < tables->encoding_count; i++) {
        const struct encoding *encoding = &tables->encodings[i];
        if (encoding->format->bits != d->bits) continue;
        if ((encoding->match ^ d->word) & encoding->mask & *seen) continue;
        if (step->left < ARRAY_COUNT(step->rows)) step->rows[step->left] = encoding->row;
        step->left++;
    }
}

/* The steps every word of its length begins with. */
static unsigned path_start(const struct decoding *d, struct path_step *steps, uint32_t *seen)
{
    look(d, &steps[0], 1, 0, d->bits == 16 ? "op" : "length", seen);
    if (d->bits == 16) {
        static const char *const quadrants[] = {"compressed, quadrant 0", "compressed, quadrant 1",
                                                "compressed, quadrant 2"};
        steps[0].means = quadrants[d->word & 3];
        look(d, &steps[1], 15, 13, "funct3", seen);
        return 2;
    }
    steps[0].means = "a 32-bit instruction";
    look(d, &steps[1], 6, 2, "opcode", seen);
    steps[1].means = opcode_info(bits_get(d->word, 6, 2))->name;
    return 2;
}

/* Where an illegal word's path goes on: the places of funct3, funct7 and the registers. */
static unsigned path_of_illegal(const struct decoding *d, struct path_step *steps, uint32_t *seen)
{
    static const struct {
        unsigned high, low;
        const char *name;
    } wide[] = {{14, 12, "funct3"},
                {31, 25, "funct7"},
                {24, 20, "rs2"},
                {19, 15, "rs1"},
                {11, 7, "rd"}},
      narrow[] = {{12, 10, "funct"}, {6, 5, "funct2"}, {11, 7, "rd"}, {6, 2, "rs2"}};
    const bool is_wide = d->bits == 32;
    unsigned n = 2;
    for (unsigned i = 0; i < (is_wide ? ARRAY_COUNT(wide) : ARRAY_COUNT(narrow)); i++) {
        if (steps[n - 1].left == 0) return n;
        if (is_wide)
            look(d, &steps[n], wide[i].high, wide[i].low, wide[i].name, seen);
        else
            look(d, &steps[n], narrow[i].high, narrow[i].low, narrow[i].name, seen);
        if (steps[n].left != steps[n - 1].left) n++;
    }
    return n;
}

unsigned decoding_path(const struct decoding *d, struct path_step steps[STEPS_MAX])
{
    uint32_t seen = 0;
    unsigned n = path_start(d, steps, &seen);
    if (!d->encoding) return path_of_illegal(d, steps, &seen);
    struct cell cells[CELLS_MAX];
    unsigned count = decoding_cells(d, cells);
    if (d->bits == 32 && (d->encoding->mask & 0x7000) == 0x7000)
        look(d, &steps[n++], 14, 12, "funct3", &seen);
    for (unsigned i = 0; i < count && n < STEPS_MAX && steps[n - 1].left > 1; i++) {
        uint32_t fixed = mask_of(cells[i].high, cells[i].low) & d->encoding->mask & ~seen;
        if (!fixed) continue;
        unsigned high = 31 - (unsigned)__builtin_clz(fixed), low = (unsigned)__builtin_ctz(fixed);
        look(d, &steps[n++], high, low, cells[i].name, &seen);
    }
    return n;
}

/* Is `a` a better near miss than `b`? */
static bool is_nearer(const struct decoding *d, const struct near_miss *a,
                      const struct near_miss *b)
{
    const uint32_t opcode = d->bits == 32 ? 0x7f : 0xe003;
    if (a->distance != b->distance) return a->distance < b->distance;
    bool a_same = !(a->change & opcode), b_same = !(b->change & opcode);
    if (a_same != b_same) return a_same;
    return a->change > b->change;
}

static bool accepts(const struct decoding *d, const struct encoding *encoding, uint32_t word)
{
    int32_t values[FIELD_COUNT];
    return encoding_find(d->isa, word, values) == encoding;
}

/* The bits to flip for the word to become one of this encoding's: its fixed ones, and one or two
 * more where it is choosy about its fields. False: that isn't enough. */
static bool change_to(const struct decoding *d, const struct encoding *encoding, uint32_t *change)
{
    *change = (encoding->match ^ d->word) & encoding->mask;
    if (accepts(d, encoding, d->word ^ *change)) return true;
    for (unsigned apart = 0; apart < d->bits; apart++) { /* 0: a single bit */
        for (unsigned i = 0; i + apart < d->bits; i++) {
            uint32_t more = 1u << i | 1u << (i + apart);
            if (more & encoding->mask || !accepts(d, encoding, d->word ^ *change ^ more)) continue;
            *change |= more;
            return true;
        }
    }
    return false;
}

unsigned decoding_near(const struct decoding *d, struct near_miss *misses, unsigned count)
{
    const struct decode_tables *tables = d->isa->tables;
    unsigned n = 0;
    for (unsigned i = 0; i < tables->encoding_count; i++) {
        const struct encoding *encoding = &tables->encodings[i];
        if (encoding == d->encoding || encoding->format->bits != d->bits) continue;
        struct near_miss miss = {.encoding = encoding};
        uint32_t fixed = (encoding->match ^ d->word) & encoding->mask;
        if ((unsigned)__builtin_popcount(fixed) > DISTANCE_MAX) continue;
        if (!change_to(d, encoding, &miss.change)) continue;
        miss.distance = (unsigned)__builtin_popcount(miss.change);
        unsigned at = n;
        for (; at > 0 && is_nearer(d, &miss, &misses[at - 1]); at--)
            if (at < count) misses[at] = misses[at - 1];
        if (at < count) misses[at] = miss;
        if (n < count) n++;
    }
    return n;
}
