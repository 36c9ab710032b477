/* SPDX-License-Identifier: MIT */
/*
 * jwt-expiry-t.c - when tokens say they end, and what is no such token.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "helper/text/jwt_expiry.h"

static bool
read_expiry(const char *token, int64_t *out)
{
    return jwt_expiry(token, strlen(token), out);
}

Test(jwt_expiry, of_a_jwt)
{
    int64_t at = 0;

    cr_expect(read_expiry("e30.eyJleHAiOjQxMDI0NDQ4MDB9.c2ln", &at));
    cr_expect_eq(at, 4102444800);
    cr_expect(read_expiry("e30.eyJleHAiOjF9.", &at));
    cr_expect_eq(at, 1);
}

/* {"exp":"1"}, {"exp":null}, {}, [1], {"exp":1,"exp":2} and no base64url. */
Test(jwt_expiry, of_nothing_else)
{
    static const char *const TOKENS[] = {
        "",
        ".",
        "..",
        "opaque",
        "a.b",
        "e30.eyJleHAiOjF9",
        "e30.eyJleHAiOiIxIn0.s",
        "e30.eyJleHAiOm51bGx9.s",
        "e30.e30.s",
        "e30.WzFd.s",
        "e30.eyJleHAiOjEsImV4cCI6Mn0.s",
        "e30.eyJleHAiOjF9==.s",
        "e30.eyJl+HAiOjF9.s",
    };
    int64_t at = 7;

    for (size_t i = 0; i < sizeof TOKENS / sizeof *TOKENS; i++)
        cr_expect_not(read_expiry(TOKENS[i], &at), "%s", TOKENS[i]);
    cr_expect_eq(at, 7);
    cr_expect_not(jwt_expiry("e30.eyJleHAiOjF9.s", 16, &at), "cut");
}
