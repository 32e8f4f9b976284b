/* monitor/text.h: a string that grows. */
#ifndef RIVET_MONITOR_TEXT_H
#define RIVET_MONITOR_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
    char *bytes; /* owned, NUL-terminated once something was added; NULL before */
    size_t length, room;
};

void text_fini(struct text *);
void text_clear(struct text *);
const char *text_get(const struct text *); /* never NULL */

/* Out of host memory: what doesn't fit is left out. */
void text_put(struct text *, const char *bytes, size_t count);
void text_printf(struct text *, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_vprintf(struct text *, const char *format, va_list);

/* Two digits a byte. */
void text_hex(struct text *, const uint8_t *bytes, size_t count);

/* As the inside of a JSON string; bytes that are no ASCII become \u00XX. */
void text_json(struct text *, const char *bytes, size_t count);

#endif
