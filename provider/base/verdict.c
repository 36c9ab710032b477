/* SPDX-License-Identifier: MIT */
/*
 * verdict.c - see verdict.h.
 */
#include "provider/base/verdict.h"

#include <string.h>

#include "provider/base/lines.h"
#include "provider/base/text.h"

/* Who says it may be another user, whose text may not steer a terminal. */
static const char *
made_printable(char *text)
{
    for (char *at = text; *at; at++) {
        if (at[0] == '\xc2' && (at[1] & 0xe0) == 0x80) /* U+0080 to U+009F */
            *at++ = '?';
        else if (text_is_line(at, 1))
            continue;
        *at = '?';
    }
    return text;
}

enum tw_status
verdict_read(char *text, size_t n, struct tw_error *err)
{
    enum tw_status status = TW_E_SYSTEM;
    struct lines lines;
    const char *key, *value, *message = "", *hint = "";
    bool named = false;

    lines_begin(&lines, text, n);
    while (lines_next(&lines, &key, &value)) {
        if (strcmp(key, "status") == 0)
            named = status_from_name(value, &status);
        else if (strcmp(key, "message") == 0)
            message = made_printable(text + (value - text));
        else if (strcmp(key, "hint") == 0)
            hint = made_printable(text + (value - text));
    }
    if (!named)
        return tw_fail(err, TW_E_SYSTEM,
                       "the helper ended without a report\n"
                       "run tokenward refresh NAME to see why");
    if (!status) {
        if (err) /* of who rang before, and was sent away */
            err->status = TW_OK;
        return TW_OK;
    }
    return tw_fail(err, status, "%s%s%s", message, *hint ? "\n" : "", hint);
}
