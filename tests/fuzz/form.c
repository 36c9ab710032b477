/* SPDX-License-Identifier: MIT */
/*
 * form.c - application/x-www-form-urlencoded: the bytes as one, and the same
 * bytes as name and value that are encoded and read again.
 */
#include "helper/text/form.h"

#include <string.h>

#include "helper/exchange/reply_form.h"
#include "tests/fuzz/fuzz.h"

#define ENCODED_MAX (256 * 1024)

void
fuzz_form(const uint8_t *data, size_t n)
{
    AUTO_SECRET encoded = SECRET_INIT(ENCODED_MAX);
    AUTO_FREE char *text = fuzz_text(data, n);
    struct json *json = reply_form_read(text, n);
    const char *value;
    size_t length = 0;

    json_free(json);
    if (!form_field(&encoded, "before", "1", 1) ||
        !form_field(&encoded, "value", text, n))
        return;
    FUZZ_CHECK(!strpbrk(encoded.bytes, "\r\n \"<>") &&
               strlen(encoded.bytes) == encoded.len);
    json = reply_form_read(encoded.bytes, encoded.len);
    value = json ? json_string(json, "value", &length) : NULL;
    if (value) /* else it holds what JSON cannot */
        FUZZ_CHECK(length == n && memcmp(value, text, n) == 0);
    json_free(json);
}
