/* monitor/out.c: prints answers. */
#include "monitor/out.h"

#include <inttypes.h>
#include <string.h>

#include "host/poll.h"

void out_fini(struct out *out)
{
    text_fini(&out->text);
    text_fini(&out->data);
}

void out_text(struct out *out, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    text_vprintf(&out->text, format, args);
    va_end(args);
}

static void key_put(struct out *out, const char *key)
{
    if (out->row_begun) text_put(&out->data, ",", 1);
    out->row_begun = true;
    text_printf(&out->data, "\"%s\":", key);
}

static void row_end(struct out *out)
{
    if (out->in_row) text_put(&out->data, "}", 1);
    out->in_row = false;
}

void out_row(struct out *out)
{
    if (!out->json) return;
    bool first = out->data.length == 0;
    row_end(out);
    text_put(&out->data, first ? "{" : ",{", first ? 1 : 2);
    out->in_row = true;
    out->row_begun = false;
}

void out_hex(struct out *out, const char *key, uint64_t value)
{
    if (!out->in_row) return;
    key_put(out, key);
    text_printf(&out->data, "\"0x%" PRIx64 "\"", value);
}

void out_number(struct out *out, const char *key, uint64_t value)
{
    if (!out->in_row) return;
    key_put(out, key);
    text_printf(&out->data, "%" PRIu64, value);
}

void out_string(struct out *out, const char *key, const char *value)
{
    if (!out->in_row) return;
    key_put(out, key);
    text_put(&out->data, "\"", 1);
    text_json(&out->data, value, strlen(value));
    text_put(&out->data, "\"", 1);
}

void out_bool(struct out *out, const char *key, bool value)
{
    if (!out->in_row) return;
    key_put(out, key);
    text_printf(&out->data, "%s", value ? "true" : "false");
}

void out_json(struct out *out, const char *key, const char *json)
{
    if (!out->in_row) return;
    key_put(out, key);
    text_put(&out->data, json, strcspn(json, "\n"));
}

static void print(const struct text *text)
{
    if (text->length) host_write_all(HOST_STDOUT, text->bytes, text->length, NULL);
}

void out_flush(struct out *out)
{
    if (out->json || out->capture) return;
    print(&out->text);
    text_clear(&out->text);
}

static void end_json(struct out *out, const char *command, const struct error *err)
{
    struct text line = {0};
    row_end(out);
    text_printf(&line, "{\"command\":\"");
    text_json(&line, command, strlen(command));
    text_printf(&line, "\",\"ok\":%s", err ? "false" : "true");
    if (err) {
        text_printf(&line, ",\"error\":\"");
        text_json(&line, err->text, strlen(err->text));
        text_put(&line, "\"", 1);
    }
    text_printf(&line, ",\"data\":[%s],\"text\":\"", text_get(&out->data));
    text_json(&line, text_get(&out->text), out->text.length);
    text_printf(&line, "\"}\n");
    print(&line);
    text_fini(&line);
}

void out_end(struct out *out, const char *command, const struct error *err)
{
    if (out->capture) {
        if (err) text_printf(&out->text, "%s\n", err->text);
        return;
    }
    if (out->json) {
        end_json(out, command, err);
    } else {
        if (err) text_printf(&out->text, "%s\n", err->text);
        print(&out->text);
    }
    text_clear(&out->text);
    text_clear(&out->data);
    out->in_row = false;
}

void out_console(struct out *out, const char *bytes, size_t count)
{
    (void)out;
    struct text line = {0};
    text_printf(&line, "{\"console\":\"");
    text_json(&line, bytes, count);
    text_printf(&line, "\"}\n");
    print(&line);
    text_fini(&line);
}
