/* base/error.h: how a host-side failure is told to the caller.
 *
 * A function that can fail for a reason outside the program takes a `struct error *` as its last
 * argument and returns false (or NULL) after filling it. The text is one line without a newline;
 * it names the thing, what was wrong with it, and where possible what would be right.
 */
#ifndef RIVET_BASE_ERROR_H
#define RIVET_BASE_ERROR_H

#include <stdbool.h>

struct error {
    char text[512];
};

/* Formats the message and returns false, so that a caller can `return error_set(err, ...)`.
 * `err` may be NULL when the caller does not care for the reason. Long texts are cut. */
bool error_set(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
