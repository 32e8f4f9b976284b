/* machine/properties.h: "virtio-blk-device,drive=hd0": key=value pairs, as QEMU writes them.
 *
 * Pairs are separated by commas; a comma inside a value is doubled. A pair without "=" is a switch
 * that is on, but for the first, which may stand for the value of an agreed key.
 */
#ifndef RIVET_MACHINE_PROPERTIES_H
#define RIVET_MACHINE_PROPERTIES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#define PROPERTIES_MAX 32

struct properties {
    const char *option; /* "-drive": for messages */
    const char *whole;  /* what was given; borrowed */
    char *text;         /* owned: keys and values are in here */
    struct {
        const char *key, *value;
    } items[PROPERTIES_MAX];
    unsigned count;
};

/* Takes `text` apart. `first_key` is the key of a first word without "="; NULL: there is none.
 * False: nothing is to be freed. */
bool properties_parse(struct properties *, const char *option, const char *text,
                      const char *first_key, struct error *err);
void properties_fini(struct properties *);

/* The value of the last pair with this key, or NULL. */
const char *properties_get(const struct properties *, const char *key);

/* What a key may have, and where it goes in the object. */
enum property_type {
    PROPERTY_TEXT,   /* const char *, in the properties' own memory */
    PROPERTY_SWITCH, /* bool: on, off */
    PROPERTY_NUMBER, /* unsigned */
    PROPERTY_CHOICE, /* unsigned: which word of `choices`, which are separated by | */
    PROPERTY_LIST,   /* struct property_list: the key may come several times */
    PROPERTY_NONE,   /* read elsewhere by properties_get */
};

#define PROPERTY_LIST_MAX 16

struct property_list {
    const char *items[PROPERTY_LIST_MAX];
    unsigned count;
};

/* The last row has a NULL key. */
struct property_row {
    const char *key;
    enum property_type type;
    size_t offset;
    const char *choices;
};

/* Puts all values where the rows say. False: `err` names the key that no row has, or the value that
 * doesn't fit, and what would. */
bool properties_fill(const struct properties *, const struct property_row *rows, void *object,
                     struct error *err);

#endif
