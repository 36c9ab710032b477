/* SPDX-License-Identifier: MIT */
/*
 * metadata-t.c - what an issuer says of itself: taken, refused, kept and read
 * again.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "helper/text/metadata.h"

#define ISSUER "https://as.example.test/t"
#define NAMED "\"issuer\":\"" ISSUER "\""
#define TOKEN ",\"token_endpoint\":\"https://as.example.test/token\""

static const struct metadata_rule RULE = {.issuer = ISSUER};

static enum tw_status
read_text(const char *text, struct metadata *out, struct tw_error *err)
{
    memset(err, 0, sizeof *err);
    return metadata_read(&RULE, text, strlen(text), out, err);
}

Test(metadata, taken)
{
    struct metadata metadata = {0};
    struct tw_error err;

    cr_assert_eq(read_text("{" NAMED TOKEN
                           ",\"device_authorization_endpoint\":"
                           "\"https://as.example.test/device\","
                           "\"authorization_endpoint\":"
                           "\"https://as.example.test/authorize\","
                           "\"authorization_response_iss_parameter_"
                           "supported\":true,"
                           "\"revocation_endpoint\":null,\"jwks_uri\":\"x\","
                           "\"mtls_endpoint_aliases\":{\"token_endpoint\":"
                           "\"https://mtls.example.test/token\","
                           "\"revocation_endpoint\":"
                           "\"https://mtls.example.test/revoke\"},"
                           "\"token_endpoint_auth_methods_supported\":"
                           "[\"client_secret_basic\",1,\"a b\",\"none\"]}",
                           &metadata, &err),
                 TW_OK, "%s", err.message);
    cr_expect_str_eq(metadata.token_endpoint, "https://as.example.test/token");
    cr_expect_str_eq(metadata.device_authorization_endpoint,
                     "https://as.example.test/device");
    cr_expect_str_eq(metadata.authorization_endpoint,
                     "https://as.example.test/authorize");
    cr_expect(metadata.names_issuer);
    cr_expect_null(metadata.revocation_endpoint);
    cr_expect_str_eq(metadata.mtls_token_endpoint,
                     "https://mtls.example.test/token");
    cr_expect_str_eq(metadata.mtls_revocation_endpoint,
                     "https://mtls.example.test/revoke");
    cr_expect_str_eq(metadata.auth_methods, "client_secret_basic none");
    cr_expect(metadata_has_method(&metadata, "none"));
    cr_expect(!metadata_has_method(&metadata, "client_secret"));
    cr_expect(!metadata_other_host(&RULE, metadata.token_endpoint));
    metadata_clear(&metadata);
}

/* What is not said at all is not the same as an empty list. */
Test(metadata, without_a_word_on_methods)
{
    struct metadata metadata = {0};
    struct tw_error err;

    cr_assert_eq(read_text("{" NAMED TOKEN "}", &metadata, &err), TW_OK, "%s",
                 err.message);
    cr_expect_str_eq(metadata.auth_methods, "client_secret_basic");
    metadata_clear(&metadata);
    cr_assert_eq(read_text("{" NAMED TOKEN
                           ",\"token_endpoint_auth_methods_supported\":[]}",
                           &metadata, &err),
                 TW_OK, "%s", err.message);
    cr_expect_str_eq(metadata.auth_methods, "");
    metadata_clear(&metadata);
}

Test(metadata, with_places_that_are_none)
{
    static const char *const PLACES[] = {"\"\"", "\"urn:a:programmatic\"",
                                         "\"https://as.example.test/#/login\"",
                                         "\"http://as.example.test/\"", "1"};
    char text[512];

    for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++) {
        struct metadata metadata = {0};
        struct tw_error err;

        (void)snprintf(text, sizeof text,
                       "{" NAMED TOKEN ",\"authorization_endpoint\":%s,"
                       "\"device_authorization_endpoint\":%s,"
                       "\"revocation_endpoint\":%s,\"mtls_endpoint_aliases\":"
                       "{\"revocation_endpoint\":%s}}",
                       PLACES[i], PLACES[i], PLACES[i], PLACES[i]);
        cr_expect_eq(read_text(text, &metadata, &err), TW_OK, "%s: %s", text,
                     err.message);
        cr_expect_null(metadata.authorization_endpoint);
        cr_expect_null(metadata.device_authorization_endpoint);
        cr_expect_null(metadata.revocation_endpoint);
        cr_expect_null(metadata.mtls_revocation_endpoint);
        metadata_clear(&metadata);
    }
}

static const struct {
    const char *text, *message;
} REFUSED[] = {
    {"", "is no JSON object"},
    {"[]", "is no JSON object"},
    {"{" TOKEN "}", "is no JSON object"},
    {"{" NAMED TOKEN TOKEN "}", "has a name twice in one object"},
    {"{\"token_endpoint\":\"https://as.example.test/\"}",
     "is of another issuer, \"\"\n"},
    {"{\"issuer\":\"" ISSUER "/\"" TOKEN "}",
     "is of another issuer, \"" ISSUER "/\"\n"},
    {"{\"issuer\":\"" ISSUER "\\u0000\"" TOKEN "}", "is of another issuer"},
    {"{" NAMED "}", "is not to be used: its token_endpoint is not there"},
    {"{" NAMED ",\"token_endpoint\":1}",
     "is not to be used: its token_endpoint is not there"},
    {"{" NAMED ",\"token_endpoint\":\"http://as.example.test/\"}",
     "is not to be used: its token_endpoint "},
    {"{" NAMED ",\"token_endpoint\":\"https://u:p@as.example.test/\"}",
     "is not to be used: its token_endpoint "},
    {"{" NAMED TOKEN ",\"mtls_endpoint_aliases\":{\"token_endpoint\":\"x\"}}",
     "is not to be used: its mtls_endpoint_aliases.token_endpoint "},
};

Test(metadata, refused)
{
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++) {
        struct metadata metadata = {0};
        struct tw_error err;
        size_t n = strlen(REFUSED[i].message);

        cr_expect_eq(read_text(REFUSED[i].text, &metadata, &err),
                     TW_E_PROTOCOL, "%s", REFUSED[i].text);
        cr_expect_eq(strncmp(err.message, REFUSED[i].message, n), 0, "%s",
                     err.message);
        cr_expect_null(metadata.token_endpoint);
    }
}

static bool
parse(const char *text, int64_t *fetched_at, struct metadata *out)
{
    char copy[1024];

    (void)snprintf(copy, sizeof copy, "%s", text);
    return metadata_parse(&RULE, copy, strlen(copy), fetched_at, out);
}

#define KEPT "tokenward-metadata=2\nissuer=" ISSUER "\nfetched_at=17\n"
#define ENDPOINT "token_endpoint=https://as.example.test/token\n"

Test(metadata, kept)
{
    AUTO_SECRET text = SECRET_INIT(METADATA_KEPT_MAX);
    struct metadata metadata = {0}, again = {0};
    struct tw_error err;
    int64_t fetched_at = 0;

    cr_assert_eq(read_text("{" NAMED TOKEN
                           ",\"mtls_endpoint_aliases\":{\"token_endpoint\":"
                           "\"https://other.example.test/\"}}",
                           &metadata, &err),
                 TW_OK);
    cr_assert(metadata_format(&RULE, &metadata, 17, &text));
    cr_assert(parse(secret_text(&text), &fetched_at, &again));
    cr_expect_eq(fetched_at, 17);
    cr_expect_str_eq(again.token_endpoint, metadata.token_endpoint);
    cr_expect_str_eq(again.mtls_token_endpoint, "https://other.example.test/");
    metadata_clear(&metadata);
    metadata_clear(&again);
}

Test(metadata, not_believed)
{
    static const char *const BAD[] = {
        "",
        KEPT,
        KEPT "token_endpoint=http://as.example.test/\n",
        KEPT ENDPOINT ENDPOINT,
        "tokenward-metadata=1\nissuer=" ISSUER "\n" ENDPOINT,
        "tokenward-metadata=2\nissuer=" ISSUER "/\n" ENDPOINT,
        KEPT ENDPOINT "fetched_at=x\n",
        KEPT ENDPOINT "fetched_at=-9223372036854775807\n",
        KEPT ENDPOINT "broken\n",
    };
    struct metadata metadata = {0};
    int64_t fetched_at = 5;

    cr_assert(parse(KEPT ENDPOINT "later=1\n", &fetched_at, &metadata));
    metadata_clear(&metadata);
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        cr_expect(!parse(BAD[i], &fetched_at, &metadata), "%s", BAD[i]);
    cr_expect_eq(fetched_at, 17);
}

Test(metadata, hosts)
{
    struct metadata metadata = {.token_endpoint =
                                    (char *)"https://AS.example.test/x"};

    cr_expect(!metadata_other_host(&RULE, metadata.token_endpoint));
    metadata.token_endpoint = (char *)"https://as.example.test:444/x";
    cr_expect(metadata_other_host(&RULE, metadata.token_endpoint));
    metadata.token_endpoint = (char *)"https://as.example.test.evil.test/x";
    cr_expect(metadata_other_host(&RULE, metadata.token_endpoint));
}
