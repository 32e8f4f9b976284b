/* monitor/symbols.c: the table of names. */
#define _GNU_SOURCE /* qsort_r */
#include "monitor/symbols.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FAR_AWAY (UINT64_C(1) << 20) /* past a symbol of unknown size, an address isn't its own */

void symbols_fini(struct symbols *symbols)
{
    for (size_t i = 0; i < symbols->count; i++)
        free((void *)(uintptr_t)symbols->list[i].name);
    free(symbols->list);
    free(symbols->by_name);
    symbol_files_close(symbols->files);
    *symbols = (struct symbols){0};
}

bool symbols_add(struct symbols *symbols, const char *name, size_t length, uint64_t address,
                 uint64_t size, bool code)
{
    if (symbols->count == symbols->room) {
        size_t room = symbols->room ? 2 * symbols->room : 1024;
        struct symbol *list = realloc(symbols->list, room * sizeof *list);
        if (!list) return false;
        symbols->list = list;
        symbols->room = room;
    }
    char *copy = malloc(length + 1);
    if (!copy) return false;
    memcpy(copy, name, length);
    copy[length] = '\0';
    symbols->list[symbols->count++] =
        (struct symbol){.address = address, .size = size, .name = copy, .code = code};
    symbols->sorted = false;
    return true;
}

static int compare_address(const void *a, const void *b)
{
    const struct symbol *x = a, *y = b;
    if (x->address != y->address) return x->address < y->address ? -1 : 1;
    /* The last one is found: a thing before a mark of the linker's, code before data. */
    if (!x->size != !y->size) return x->size ? 1 : -1;
    if (x->code != y->code) return x->code ? 1 : -1;
    return strcmp(y->name, x->name);
}

static int compare_name(const void *a, const void *b, void *list)
{
    const struct symbol *symbols = list;
    return strcmp(symbols[*(const unsigned *)a].name, symbols[*(const unsigned *)b].name);
}

/* False: there are none, or out of host memory. */
static bool sort(struct symbols *symbols)
{
    if (symbols->count == 0) return false;
    if (symbols->sorted) return true;
    unsigned *by_name = realloc(symbols->by_name, (symbols->count + 1) * sizeof *by_name);
    if (!by_name) return false;
    qsort(symbols->list, symbols->count, sizeof *symbols->list, compare_address);
    for (size_t i = 0; i < symbols->count; i++)
        by_name[i] = (unsigned)i;
    qsort_r(by_name, symbols->count, sizeof *by_name, compare_name, symbols->list);
    symbols->by_name = by_name;
    symbols->sorted = true;
    return true;
}

const struct symbol *symbols_at(struct symbols *symbols, uint64_t address, uint64_t *offset)
{
    if (!sort(symbols)) return NULL;
    size_t low = 0, high = symbols->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (symbols->list[middle].address <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0) return NULL;
    const struct symbol *symbol = &symbols->list[low - 1];
    *offset = address - symbol->address;
    if (symbol->size ? *offset >= symbol->size : *offset >= FAR_AWAY) return NULL;
    return symbol;
}

/* The first of by_name that isn't less than the name. */
static size_t name_bound(struct symbols *symbols, const char *name, size_t length)
{
    size_t low = 0, high = symbols->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (strncmp(symbols->list[symbols->by_name[middle]].name, name, length) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct symbol *symbols_by_name(struct symbols *symbols, const char *name, size_t length)
{
    if (!sort(symbols)) return NULL;
    for (size_t i = name_bound(symbols, name, length); i < symbols->count; i++) {
        const struct symbol *symbol = &symbols->list[symbols->by_name[i]];
        if (strncmp(symbol->name, name, length) != 0) return NULL;
        if (symbol->name[length] == '\0') return symbol;
    }
    return NULL;
}

const struct symbol *symbols_by_prefix(struct symbols *symbols, const char *prefix, size_t n)
{
    size_t length = strlen(prefix);
    if (!sort(symbols)) return NULL;
    size_t i = name_bound(symbols, prefix, length) + n;
    if (i >= symbols->count) return NULL;
    const struct symbol *symbol = &symbols->list[symbols->by_name[i]];
    return strncmp(symbol->name, prefix, length) == 0 ? symbol : NULL;
}

void symbols_format(struct symbols *symbols, uint64_t address, char *text, size_t size)
{
    uint64_t offset;
    const struct symbol *symbol = symbols_at(symbols, address, &offset);
    if (!symbol)
        snprintf(text, size, "%s", "");
    else if (offset)
        snprintf(text, size, "%s+0x%" PRIx64, symbol->name, offset);
    else
        snprintf(text, size, "%s", symbol->name);
}
