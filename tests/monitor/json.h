/* tests/monitor/json.h: is a text one JSON value? (RFC 8259) */
#ifndef RIVET_TESTS_MONITOR_JSON_H
#define RIVET_TESTS_MONITOR_JSON_H

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static inline const char *json_value(const char *at);

static inline const char *json_space(const char *at)
{
    return at + strspn(at, " \t\r\n");
}

/* Behind the string; NULL: it isn't one. */
static inline const char *json_string(const char *at)
{
    if (*at++ != '"') return NULL;
    for (; *at != '"'; at++) {
        if ((unsigned char)*at < 0x20) return NULL;
        if (*at != '\\') continue;
        at++;
        if (*at != 'u') {
            if (!*at || !strchr("\"\\/bfnrt", *at)) return NULL;
            continue;
        }
        for (unsigned i = 0; i < 4; i++)
            if (!isxdigit((unsigned char)*++at)) return NULL;
    }
    return at + 1;
}

static inline const char *json_list(const char *at, char end, bool named)
{
    at = json_space(at + 1);
    if (*at == end) return at + 1;
    for (;;) {
        if (named && !((at = json_string(at)) && *(at = json_space(at)) == ':' && at++))
            return NULL;
        at = json_value(at);
        if (!at) return NULL;
        at = json_space(at);
        if (*at == end) return at + 1;
        if (*at != ',') return NULL;
        at = json_space(at + 1);
    }
}

/* Behind the value; NULL: it isn't one. */
static inline const char *json_value(const char *at)
{
    static const char *const words[] = {"true", "false", "null"};
    at = json_space(at);
    if (*at == '{') return json_list(at, '}', true);
    if (*at == '[') return json_list(at, ']', false);
    if (*at == '"') return json_string(at);
    for (unsigned i = 0; i < 3; i++)
        if (strncmp(at, words[i], strlen(words[i])) == 0) return at + strlen(words[i]);
    if (*at != '-' && !isdigit((unsigned char)*at)) return NULL;
    char *end;
    strtod(at, &end);
    return end;
}

#endif
