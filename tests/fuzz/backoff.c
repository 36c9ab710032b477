/* SPDX-License-Identifier: MIT */
/*
 * backoff.c - the note of a failed fetch: it holds nobody back for more than
 * an hour, and is written as it was read.
 */
#include "provider/base/backoff.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

void
fuzz_backoff(const uint8_t *data, size_t n)
{
    AUTO_FREE char *text = fuzz_text(data, n);
    AUTO_FREE char *written = NULL;
    AUTO_SECRET out = SECRET_INIT(2 * BACKOFF_MAX);
    AUTO_SECRET second = SECRET_INIT(2 * BACKOFF_MAX);
    static const struct backoff NONE;
    struct backoff note, again;

    if (!backoff_parse(text, n, &note)) {
        FUZZ_CHECK(memcmp(&note, &NONE, sizeof note) == 0);
        return;
    }
    for (int64_t wall = 0; wall <= TIME_MAX_S; wall = wall * 9 + 1) {
        int64_t left =
            backoff_left(&note, (struct now){.wall = wall, .boot = wall / 3});

        FUZZ_CHECK(left >= 0 && left <= 3600);
    }
    FUZZ_CHECK(backoff_format(&note, &out));
    written = fuzz_text((const uint8_t *)out.bytes, out.len);
    FUZZ_CHECK(backoff_parse(written, out.len, &again));
    FUZZ_CHECK(backoff_format(&again, &second));
    FUZZ_CHECK(strcmp(out.bytes, second.bytes) == 0);
}
