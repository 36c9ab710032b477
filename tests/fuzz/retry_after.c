/* SPDX-License-Identifier: MIT */
/*
 * retry_after.c - the Retry-After field, beside libcurl's reading of dates.
 */
#include "helper/text/retry_after.h"

#include <curl/curl.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

#define NOW 1800000000

/* A letter, a digit, or a digit with a blank before it. */
static bool
has_form(const char *text, const char *form)
{
    for (; *form && *text; form++, text++) {
        bool digit = *text >= '0' && *text <= '9';

        if (*form == '0'   ? !digit
            : *form == '_' ? !digit && *text != ' '
            : *form == 'a' ? (*text | 0x20) < 'a' || (*text | 0x20) > 'z'
                           : *form != *text)
            return false;
    }
    return !*form && !*text;
}

/* What is nearly one of the forms of RFC 9110 is a guess, and libcurl's may be
 * another one: year 27 is 2027 to it, and 0027. */
static bool
is_guessed(const char *text)
{
    return strstr(text, " 00") ||
           (!has_form(text, "aaa, 00 aaa 0000 00:00:00 GMT") &&
            !has_form(text, "aaa aaa _0 00:00:00 0000"));
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
