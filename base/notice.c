/* base/notice.c: how the library tells its user of what went wrong while the machine runs. */
#include "base/notice.h"

#include <stdarg.h>
#include <stdio.h>

void notice_say(const struct notice *notice, const char *format, ...)
{
    char text[512];
    va_list arguments;
    if (!notice->say) return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    notice->say(notice->owner, text);
}
