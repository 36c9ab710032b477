/* SPDX-License-Identifier: MIT */
/*
 * jwt_expiry.c - the bytes as a token, and as the claims of one, where they
 * mean what they mean as JSON.
 */
#include "helper/text/jwt_expiry.h"

#include <string.h>

#include "helper/base/base64.h"
#include "helper/text/json.h"
#include "provider/base/text.h"
#include "tests/fuzz/fuzz.h"

static bool
plain(const uint8_t *data, size_t n, int64_t *out)
{
    struct json *json = json_read((const char *)data, n);
    bool found = json && json_kind(json, "exp") == JSON_NUMBER &&
                 json_seconds(json, "exp", out);

    json_free(json);
    return found;
}

void
fuzz_jwt_expiry(const uint8_t *data, size_t n)
{
    AUTO_SECRET token = SECRET_INIT(4 * TOKEN_MAX);
    AUTO_FREE char *text = fuzz_text(data, n);
    int64_t read = 0, expected = 0;
    bool found;

    (void)jwt_expiry(text, n, &read);
    if (n > TOKEN_MAX / 2)
        return;
    FUZZ_CHECK(secret_append_text(&token, "e30.") &&
               base64url_encode(&token, data, n) &&
               secret_append_text(&token, ".c2ln"));
    found = jwt_expiry(token.bytes, token.len, &read);
    FUZZ_CHECK(found == plain(data, n, &expected));
    FUZZ_CHECK(!found || read == expected);
}
