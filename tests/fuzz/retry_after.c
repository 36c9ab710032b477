/* SPDX-License-Identifier: MIT */
/*
 * retry_after.c - the Retry-After field, beside libcurl's reading of dates.
 */
#include "helper/retry_after.h"

#include <curl/curl.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

#define NOW 1800000000

/* Where a year has not just four digits, libcurl guesses: 0027, 027 and 27 are
 * 2027 to it, and a year may touch month or hour. */
static bool
is_guessed(const char *text)
{
    bool year = false, word = false;

    for (size_t n; *text; text += n ? n : 1) {
        n = strspn(text, "0123456789");
        if (n > 4 || n == 3 || (n == 4 && *text == '0') || (n && word))
            return true;
        year = year || n == 4;
        word = !n && !strchr(" -:,", *text);
    }
    return !year;
}

void
fuzz_retry_after(const uint8_t *data, size_t n)
{
    AUTO_FREE char *text = fuzz_text(data, n);
    int64_t seconds = -1;
    time_t at;

    if (!retry_after_parse(text, NOW, &seconds)) {
        FUZZ_CHECK(seconds == -1);
        return;
    }
    FUZZ_CHECK(seconds >= 0);
    if (strspn(text, "0123456789") == strlen(text)) {
        FUZZ_CHECK(strlen(text) > 18 ||
                   seconds == (int64_t)strtoll(text, NULL, 10));
        return;
    }
    at = curl_getdate(text, NULL);
    FUZZ_CHECK(at == -1 || is_guessed(text) ||
               seconds == (at > NOW ? at - NOW : 0));
}
