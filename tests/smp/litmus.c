/* tests/smp/litmus.c: runs each shape many times and prints every outcome it saw.
 *
 * A batch is CELLS independent copies of a shape. Harts go through them in the same order and in
 * step, so that the bodies overlap: they wait for each other at the start, and a little before each
 * copy. Where the host hasn't the cores to run all of them at once, the start gives up soon and
 * they go on out of step. Roles move round from batch to batch.
 */
#include "bare.h"

#ifdef SMP_LONG
#define RUNS 1000000
#else
#define RUNS 4000
#endif
#define CELLS   1000
#define START   50000 /* ticks of mtime, five milliseconds */
#define WAIT    200   /* looks at one neighbour before a body */
#define ROLES   4
#define BATCHES ((RUNS + CELLS - 1) / CELLS)

_Static_assert(HARTS == ROLES, "each hart plays a role");

struct cell {
    LINE uint32_t x;
    LINE uint32_t y;
};

/* What one role's registers held at the end of its body. */
struct registers {
    uint8_t p, q;
};

#define W(where, value) "sw %[" #value "], (%[" #where "])\n"
#define R(reg, where)   "lw %[" #reg "], (%[" #where "])\n"
#define F(pred, succ)   "fence " #pred ", " #succ "\n"
#define TSO             "fence.tso\n"
/* and with 0: the outcome doesn't change, the dependency is there. */
#define ON(reg, where) "and t0, %[" #reg "], zero\nadd t0, t0, %[" #where "]\n"
#define RAT(reg)       "lw %[" #reg "], (t0)\n"
#define WAT(value)     "sw %[" #value "], (t0)\n"
#define DATA(reg)      "and t0, %[" #reg "], zero\nor t0, t0, %[one]\n"
#define CTRL(reg)      "beqz %[" #reg "], 1f\n1:\n"
#define LRSC(reg, where, value, lr, sc)                                                            \
    "0: lr.w" lr " t0, (%[" #where "])\nsc.w" sc " t0, %[" #value "], (%[" #where "])\n"           \
    "bnez t0, 0b\n"
#define INCREMENT(reg, where)                                                                      \
    "0: lr.w %[" #reg "], (%[" #where "])\naddw t0, %[" #reg "], %[one]\n"                         \
    "sc.w t0, t0, (%[" #where "])\nbnez t0, 0b\n"

/* The body of one role, and of all; a role that a shape lacks has an empty one. */
#define BODY(text)                                                                                 \
    do {                                                                                           \
        uint64_t p = 0, q = 0;                                                                     \
        __asm__ volatile(text                                                                      \
                         : [p] "+&r"(p), [q] "+&r"(q)                                              \
                         : [x] "r"(&cell->x), [y] "r"(&cell->y), [one] "r"(1), [two] "r"(2)        \
                         : "t0", "memory");                                                        \
        *out = (struct registers){(uint8_t)p, (uint8_t)q};                                         \
    } while (0)
#define BODIES(a, b, c, d, ...)                                                                    \
    switch (role) {                                                                                \
    case 0:                                                                                        \
        BODY(a);                                                                                   \
        break;                                                                                     \
    case 1:                                                                                        \
        BODY(b);                                                                                   \
        break;                                                                                     \
    case 2:                                                                                        \
        BODY(c);                                                                                   \
        break;                                                                                     \
    default:                                                                                       \
        BODY(d);                                                                                   \
    }

#define PASTE_(a, b) a##b
#define PASTE(a, b)  PASTE_(a, b)

/* First: a function that plays a role, and one that knows the outcome. A shape's line is its id. */
#define P0 out[0].p
#define Q0 out[0].q
#define P1 out[1].p
#define Q1 out[1].q
#define P2 out[2].p
#define Q2 out[2].q
#define P3 out[3].p
#define Q3 out[3].q
#define X  cell->x
#define Y  cell->y
#define SHAPE(name, verdict, outcome, ...)                                                         \
    static void PASTE(play_, __LINE__)(unsigned role, struct cell *cell, struct registers *out)    \
    {                                                                                              \
        BODIES(__VA_ARGS__, "", "", "", "")                                                        \
    }                                                                                              \
    static bool PASTE(is_, __LINE__)(const struct registers *out, const struct cell *cell)         \
    {                                                                                              \
        (void)out, (void)cell;                                                                     \
        return outcome;                                                                            \
    }
#include "shapes.def"
#undef SHAPE
#undef P0
#undef Q0
#undef P1
#undef Q1
#undef P2
#undef Q2
#undef P3
#undef Q3
#undef X
#undef Y

enum verdict { ALLOWED, FORBIDDEN };

struct shape {
    const char *name;
    enum verdict verdict;
    const char *outcome; /* as text: what it speaks of is what the table shows */
    unsigned roles;
    void (*play)(unsigned role, struct cell *, struct registers *out);
    bool (*is)(const struct registers *, const struct cell *);
};

/* Then: the rows. */
#define TEXT_(...) #__VA_ARGS__
#define TEXT(...)  TEXT_(__VA_ARGS__)
#define SHAPE(name, verdict, outcome, ...)                                                         \
    {#name,                                                                                        \
     verdict,                                                                                      \
     TEXT(outcome),                                                                                \
     sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *),                            \
     PASTE(play_, __LINE__),                                                                       \
     PASTE(is_, __LINE__)},
static const struct shape shapes[] = {
#include "shapes.def"
};
#undef SHAPE
#define SHAPES (sizeof shapes / sizeof shapes[0])

/* What may be shown: P0 Q0 ... P3 Q3 X Y. An outcome has two bits for each that is. */
enum { NAMES = 2 * ROLES + 2, SHOWN_MAX = 5, SEEN = 1 << (2 * SHOWN_MAX) };

static struct cell cells[CELLS];
static struct registers results[CELLS][ROLES];
static struct {
    LINE uint32_t at;
} progress[ROLES];
static uint32_t seen[SEEN];

static void name_of(unsigned n, char text[3])
{
    bool memory = n >= 2 * ROLES;
    text[0] = memory ? (n == 2 * ROLES ? 'X' : 'Y') : n % 2 ? 'Q' : 'P';
    text[1] = memory ? 0 : (char)('0' + n / 2);
    text[2] = 0;
}

static bool mentions(const char *text, const char *name)
{
    for (; *text; text++)
        if (text[0] == name[0] && (!name[1] || text[1] == name[1])) return true;
    return false;
}

static unsigned shown_names(const struct shape *shape, unsigned shown[SHOWN_MAX])
{
    unsigned count = 0;
    char name[3];
    for (unsigned n = 0; n < NAMES && count < SHOWN_MAX; n++) {
        name_of(n, name);
        if (mentions(shape->outcome, name)) shown[count++] = n;
    }
    return count;
}

static unsigned value_of(unsigned n, unsigned i)
{
    if (n >= 2 * ROLES) return n == 2 * ROLES ? cells[i].x : cells[i].y;
    return n % 2 ? results[i][n / 2].q : results[i][n / 2].p;
}

static bool all_reached(const struct shape *shape, uint32_t place)
{
    for (unsigned role = 0; role < shape->roles; role++)
        if (__atomic_load_n(&progress[role].at, __ATOMIC_RELAXED) < place) return false;
    return true;
}

static bool start_together(const struct shape *shape, unsigned role)
{
    uint64_t give_up = ticks() + START;
    __atomic_store_n(&progress[role].at, 1, __ATOMIC_RELAXED);
    while (!all_reached(shape, 1))
        if (ticks() > give_up) return false;
    return true;
}

static void play_batch(const struct shape *shape, unsigned role)
{
    unsigned wait = start_together(shape, role) ? WAIT : 0;
    for (uint32_t i = 0; i < CELLS; i++) {
        __atomic_store_n(&progress[role].at, i + 2, __ATOMIC_RELAXED);
        for (unsigned look = 0; look < wait && !all_reached(shape, i + 2); look++)
            ;
        shape->play(role, &cells[i], &results[i][role]);
    }
}

static void batch_prepare(void)
{
    for (unsigned i = 0; i < CELLS; i++)
        cells[i].x = cells[i].y = 0;
    for (unsigned role = 0; role < ROLES; role++)
        progress[role].at = 0;
}

/* Counts the outcomes of a batch; returns how many were the one that the shape is about. */
static uint64_t batch_count(const struct shape *shape)
{
    unsigned shown[SHOWN_MAX], count = shown_names(shape, shown);
    uint64_t hits = 0;
    for (unsigned i = 0; i < CELLS; i++) {
        unsigned key = 0;
        for (unsigned k = 0; k < count; k++)
            key = key << 2 | (value_of(shown[k], i) & 3);
        seen[key]++;
        hits += shape->is(results[i], &cells[i]);
    }
    return hits;
}

static void print_row(const struct shape *shape, uint64_t hits)
{
    unsigned shown[SHOWN_MAX], count = shown_names(shape, shown);
    char name[3];
    print_padded(shape->name, 22);
    print_padded(shape->verdict == FORBIDDEN ? "forbidden" : "allowed", 10);
    print_padded(!hits ? "never" : shape->verdict == FORBIDDEN ? "SEEN" : "seen", 6);
    for (unsigned key = 0; key < 1u << (2 * count); key++) {
        if (!seen[key]) continue;
        for (unsigned k = 0; k < count; k++) {
            name_of(shown[k], name);
            print(k ? "," : " ");
            print(name);
            print("=");
            print_number(key >> (2 * (count - 1 - k)) & 3);
        }
        print(":");
        print_number(seen[key]);
        seen[key] = 0;
    }
    print("\n");
}

void main(unsigned hart)
{
    bool failed = false;
    for (unsigned s = 0; s < SHAPES; s++) {
        const struct shape *shape = &shapes[s];
        uint64_t hits = 0;
        for (unsigned batch = 0; batch < BATCHES; batch++) {
            unsigned role = (hart + batch) % ROLES;
            if (hart == 0) batch_prepare();
            barrier();
            if (role < shape->roles) play_batch(shape, role);
            barrier();
            if (hart == 0) hits += batch_count(shape);
        }
        if (hart) continue;
        print_row(shape, hits);
        failed |= hits && shape->verdict == FORBIDDEN;
    }
    if (hart == 0) finish(failed);
}
