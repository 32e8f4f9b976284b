/* machine/chardev.c: -chardev and -serial: a far end for a serial port, by name. */
#include "machine/chardev.h"

#include <string.h>

#include "base/bits.h"

#define FIELD_OF(member) offsetof(struct chardev, member)
#define LAST                                                                                       \
    {                                                                                              \
        NULL, PROPERTY_NONE, 0, NULL                                                               \
    }

/* clang-format off */
static const struct property_row plain_rows[] = {
    {"backend", PROPERTY_NONE,   0, NULL},
    {"id",      PROPERTY_TEXT,   FIELD_OF(id), NULL},
    LAST,
};
static const struct property_row file_rows[] = {
    {"backend", PROPERTY_NONE,   0, NULL},
    {"id",      PROPERTY_TEXT,   FIELD_OF(id), NULL},
    {"path",    PROPERTY_TEXT,   FIELD_OF(path), NULL},
    {"append",  PROPERTY_SWITCH, FIELD_OF(append), NULL},
    LAST,
};
static const struct property_row socket_rows[] = {
    {"backend", PROPERTY_NONE,   0, NULL},
    {"id",      PROPERTY_TEXT,   FIELD_OF(id), NULL},
    {"path",    PROPERTY_TEXT,   FIELD_OF(path), NULL},
    {"server",  PROPERTY_SWITCH, FIELD_OF(server), NULL},
    {"wait",    PROPERTY_SWITCH, FIELD_OF(wait), NULL},
    {"nowait",  PROPERTY_SWITCH, FIELD_OF(nowait), NULL}, /* the older word for wait=off */
    LAST,
};

static const struct kind_row {
    const char *backend; /* of a -chardev */
    const char *prefix;  /* of a -serial; with a colon a path follows */
    enum host_chars_kind kind;
    const struct property_row *rows;
} kinds[] = {
    {"null",   "null",  CHARS_NULL,   plain_rows},
    {"pty",    "pty",   CHARS_PTY,    plain_rows},
    {"file",   "file:", CHARS_FILE,   file_rows},
    {"socket", "unix:", CHARS_SOCKET, socket_rows},
};
/* clang-format on */

static bool open_kind(struct chardev *chardev, const struct kind_row *row,
                      const struct notice *notice, struct error *err)
{
    const char *option = chardev->properties.option, *text = chardev->properties.whole;
    struct error reason = {0};
    chardev->wait = true;
    if (!properties_fill(&chardev->properties, row->rows, chardev, err)) return false;
    bool has_path = row->rows != plain_rows;
    if (has_path && (!chardev->path || !*chardev->path))
        return error_set(err, "%s %s: needs the path of a %s", option, text,
                         row->kind == CHARS_FILE ? "file" : "socket");
    struct host_chars_options options = {
        .kind = row->kind,
        .path = chardev->path,
        .server = chardev->server,
        .wait = chardev->wait && !chardev->nowait,
        .append = chardev->append,
        .notice = *notice,
    };
    chardev->chars = host_chars_open(&options, &reason);
    if (!chardev->chars) return error_set(err, "%s %s: %s", option, text, reason.text);
    const char *place = host_chars_place(chardev->chars);
    if (*place) /* in QEMU's words, which scripts look for */
        notice_say(notice, "char device redirected to %s (label %s)", place,
                   chardev->id ? chardev->id : "serial0");
    return true;
}

bool chardev_open(struct chardev *chardev, const char *text, const struct notice *notice,
                  struct error *err)
{
    *chardev = (struct chardev){0};
    if (!properties_parse(&chardev->properties, "-chardev", text, "backend", err)) return false;
    const char *backend = properties_get(&chardev->properties, "backend");
    const struct kind_row *row = NULL;
    for (unsigned i = 0; backend && i < ARRAY_COUNT(kinds); i++)
        if (strcmp(kinds[i].backend, backend) == 0) row = &kinds[i];
    bool done = false;
    if (!row)
        error_set(err, "-chardev %s: no such kind; there are null, pty, file and socket", text);
    else if (!properties_get(&chardev->properties, "id"))
        error_set(err, "-chardev %s: needs id=NAME, by which a port takes it", text);
    else
        done = open_kind(chardev, row, notice, err);
    if (!done) chardev_fini(chardev);
    return done;
}

/* "unix:PATH,server=on" but for the prefix is properties, of which the path is the first. */
bool chardev_open_serial(struct chardev *chardev, const char *text, const struct notice *notice,
                         struct error *err)
{
    *chardev = (struct chardev){0};
    for (unsigned i = 0; i < ARRAY_COUNT(kinds); i++) {
        const char *prefix = kinds[i].prefix;
        size_t length = strlen(prefix);
        bool path = prefix[length - 1] == ':';
        if (strncmp(text, prefix, length) != 0 || (!path && text[length])) continue;
        if (!properties_parse(&chardev->properties, "-serial", path ? text + length : "backend=x",
                              "path", err))
            return false;
        chardev->properties.whole = text;
        if (open_kind(chardev, &kinds[i], notice, err)) return true;
        chardev_fini(chardev);
        return false;
    }
    return error_set(err,
                     "-serial %s: no such place; there are mon:stdio, stdio, none, null, pty, "
                     "file:PATH, unix:PATH[,server=on][,wait=off] and chardev:ID",
                     text);
}

void chardev_fini(struct chardev *chardev)
{
    host_chars_close(chardev->chars);
    properties_fini(&chardev->properties);
    *chardev = (struct chardev){0};
}
