/* machine/properties.c: "virtio-blk-device,drive=hd0": key=value pairs, as QEMU writes them. */
#include "machine/properties.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- taking apart ---- */

/* Ends the pair at `from` with a NUL, makes one comma of two, and returns the next pair, or NULL.
 */
static char *pair_end(char *from)
{
    char *to = from;
    for (; *from; from++) {
        if (*from == ',' && from[1] != ',') {
            *to = '\0';
            return from + 1;
        }
        if (*from == ',') from++;
        *to++ = *from;
    }
    *to = '\0';
    return NULL;
}

static bool pair_add(struct properties *properties, char *pair, const char *first_key,
                     struct error *err)
{
    char *equals = strchr(pair, '=');
    if (properties->count == PROPERTIES_MAX)
        return error_set(err, "%s %s: more than %d properties", properties->option,
                         properties->whole, PROPERTIES_MAX);
    const char *key = pair, *value = "on";
    if (equals) {
        *equals = '\0';
        value = equals + 1;
    } else if (first_key && properties->count == 0) {
        key = first_key;
        value = pair;
    }
    if (!*key)
        return error_set(err, "%s %s: a comma or = with no name before it", properties->option,
                         properties->whole);
    properties->items[properties->count].key = key;
    properties->items[properties->count++].value = value;
    return true;
}

bool properties_parse(struct properties *properties, const char *option, const char *text,
                      const char *first_key, struct error *err)
{
    *properties = (struct properties){.option = option, .whole = text, .text = strdup(text)};
    if (!properties->text) return error_set(err, "%s %s: out of memory", option, text);
    for (char *pair = properties->text, *next; pair; pair = next) {
        next = pair_end(pair);
        if (pair_add(properties, pair, first_key, err)) continue;
        properties_fini(properties);
        return false;
    }
    return true;
}

void properties_fini(struct properties *properties)
{
    free(properties->text);
    *properties = (struct properties){0};
}

const char *properties_get(const struct properties *properties, const char *key)
{
    for (unsigned i = properties->count; i-- > 0;)
        if (strcmp(properties->items[i].key, key) == 0) return properties->items[i].value;
    return NULL;
}

/* ---- putting where they belong ---- */

static bool set_text(const struct property_row *row, void *field, const char *value)
{
    (void)row;
    *(const char **)field = value;
    return true;
}

static bool set_switch(const struct property_row *row, void *field, const char *value)
{
    (void)row;
    bool on = strcmp(value, "on") == 0;
    *(bool *)field = on;
    return on || strcmp(value, "off") == 0;
}

static bool set_number(const struct property_row *row, void *field, const char *value)
{
    char *end;
    (void)row;
    unsigned long number = strtoul(value, &end, 0);
    *(unsigned *)field = (unsigned)number;
    return value[0] >= '0' && value[0] <= '9' && !*end && number <= 0xffffffff;
}

static bool set_choice(const struct property_row *row, void *field, const char *value)
{
    size_t length = strlen(value);
    unsigned index = 0;
    for (const char *word = row->choices; word; index++) {
        size_t size = strcspn(word, "|");
        *(unsigned *)field = index;
        if (size == length && memcmp(word, value, length) == 0) return true;
        word = word[size] ? word + size + 1 : NULL;
    }
    return false;
}

static bool set_list(const struct property_row *row, void *field, const char *value)
{
    struct property_list *list = field;
    (void)row;
    if (list->count == PROPERTY_LIST_MAX) return false;
    list->items[list->count++] = value;
    return true;
}

static bool set_nothing(const struct property_row *row, void *field, const char *value)
{
    (void)row, (void)field, (void)value;
    return true;
}

static const struct {
    bool (*set)(const struct property_row *, void *field, const char *value);
    const char *wants;
} types[] = {
    [PROPERTY_TEXT] = {set_text, "text"},         [PROPERTY_SWITCH] = {set_switch, "on or off"},
    [PROPERTY_NUMBER] = {set_number, "a number"}, [PROPERTY_CHOICE] = {set_choice, NULL},
    [PROPERTY_LIST] = {set_list, "not so many"},  [PROPERTY_NONE] = {set_nothing, ""},
};

static bool unknown_key(const struct properties *properties, const struct property_row *rows,
                        const char *key, struct error *err)
{
    char known[256];
    size_t used = 0;
    known[0] = '\0';
    for (; rows->key && used < sizeof known; rows++)
        used += (size_t)snprintf(known + used, sizeof known - used, " %s", rows->key);
    return error_set(err, "%s %s: unknown property %s; there are%s", properties->option,
                     properties->whole, key, known);
}

bool properties_fill(const struct properties *properties, const struct property_row *rows,
                     void *object, struct error *err)
{
    for (unsigned i = 0; i < properties->count; i++) {
        const char *key = properties->items[i].key, *value = properties->items[i].value;
        const struct property_row *row = rows;
        while (row->key && strcmp(row->key, key) != 0)
            row++;
        if (!row->key) return unknown_key(properties, rows, key, err);
        if (!types[row->type].set(row, (char *)object + row->offset, value))
            return error_set(err, "%s %s: %s=%s: wants %s", properties->option, properties->whole,
                             key, value, row->choices ? row->choices : types[row->type].wants);
    }
    return true;
}
