/* monitor/text.c: a string that grows. */
#include "monitor/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void text_fini(struct text *text)
{
    free(text->bytes);
    *text = (struct text){0};
}

void text_clear(struct text *text)
{
    text->length = 0;
    if (text->bytes) text->bytes[0] = '\0';
}

const char *text_get(const struct text *text)
{
    return text->bytes ? text->bytes : "";
}

static bool text_grow(struct text *text, size_t more)
{
    size_t need = text->length + more + 1, room = text->room ? text->room : 256;
    if (need <= text->room) return true;
    while (room < need)
        room *= 2;
    char *bytes = realloc(text->bytes, room);
    if (!bytes) return false;
    text->bytes = bytes;
    text->room = room;
    return true;
}

void text_put(struct text *text, const char *bytes, size_t count)
{
    if (!text_grow(text, count)) return;
    memcpy(text->bytes + text->length, bytes, count);
    text->length += count;
    text->bytes[text->length] = '\0';
}

void text_vprintf(struct text *text, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    if (length > 0 && text_grow(text, (size_t)length)) {
        vsnprintf(text->bytes + text->length, (size_t)length + 1, format, again);
        text->length += (size_t)length;
    }
    va_end(again);
}

void text_printf(struct text *text, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    text_vprintf(text, format, args);
    va_end(args);
}

void text_hex(struct text *text, const uint8_t *bytes, size_t count)
{
    static const char digits[] = "0123456789abcdef";
    if (!text_grow(text, 2 * count)) return;
    for (size_t i = 0; i < count; i++) {
        text->bytes[text->length++] = digits[bytes[i] >> 4];
        text->bytes[text->length++] = digits[bytes[i] & 15];
    }
    text->bytes[text->length] = '\0';
}

void text_json(struct text *text, const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (c == '"' || c == '\\')
            text_printf(text, "\\%c", c);
        else if (c == '\n')
            text_put(text, "\\n", 2);
        else if (c < 0x20 || c >= 0x7f)
            text_printf(text, "\\u%04x", c);
        else
            text_put(text, (const char *)&c, 1);
    }
}
