/* base/notice.h: how the library tells its user of what went wrong while the machine runs.
 *
 * Nobody waits for a result then, as somebody does where a `struct error` is filled. The text is
 * one line without a newline, like an error's.
 */
#ifndef RIVET_BASE_NOTICE_H
#define RIVET_BASE_NOTICE_H

struct notice {
    void (*say)(void *owner, const char *text); /* from any thread; NULL: nobody listens */
    void *owner;
};

/* Formats the text and says it; long ones are cut. */
void notice_say(const struct notice *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
