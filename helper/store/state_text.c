/* SPDX-License-Identifier: MIT */
/*
 * state_text.c - see state_text.h.
 */
#include "helper/store/state_text.h"

#include <string.h>

#include "provider/base/clock.h"
#include "provider/base/lines.h"
#include "provider/base/text.h"

bool
state_text_read(struct secret *text, struct state_text *out)
{
    const char *key, *value, *last = "";
    int64_t version = 0;
    struct state_text kept = {"", "", ""};
    struct lines lines;

    /* What was reserved and not written is NUL. */
    text->len = text->len ? strnlen(text->bytes, text->len) : 0;
    if (!text->len || text->bytes[text->len - 1] != '\n')
        return false;
    lines_begin(&lines, text->bytes, text->len);
    while (lines_next(&lines, &key, &value)) {
        last = key;
        if (strcmp(key, STATE_TEXT_KEY) == 0)
            (void)text_to_int64(value, &version);
        else if (strcmp(key, "profile") == 0)
            kept.profile = value;
        else if (strcmp(key, "fingerprint") == 0)
            kept.fingerprint = value;
        else if (strcmp(key, "refresh_token") == 0)
            kept.token = value;
    }
    if (lines.broken || version != STATE_TEXT_VERSION ||
        strcmp(last, "refresh_token") != 0 ||
        !text_is_token(kept.token, strlen(kept.token)))
        return false;
    *out = kept;
    return true;
}

bool
state_text_write(const struct state_text *kept, struct secret *out)
{
    return lines_put_int64(out, STATE_TEXT_KEY, STATE_TEXT_VERSION) &&
           lines_put(out, "profile", kept->profile) &&
           lines_put(out, "fingerprint", kept->fingerprint) &&
           lines_put_int64(out, "kept_at", clock_now().wall) &&
           lines_put(out, "refresh_token", kept->token);
}
