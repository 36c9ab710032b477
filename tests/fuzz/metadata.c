/* SPDX-License-Identifier: MIT */
/*
 * metadata.c - what an issuer says of itself, and what was kept of it: every
 * endpoint is one that a secret may be sent to, and what is kept is read as
 * what was said.
 */
#include "helper/text/metadata.h"

#include <string.h>

#include "helper/text/url.h"
#include "tests/fuzz/fuzz.h"

#define KEPT_MAX (64 * 1024)

static const struct metadata_rule RULE = {
    .issuer = "https://as.example.test/tenant"};

static void
check_endpoint(const char *url, bool required)
{
    FUZZ_CHECK(url || !required);
    FUZZ_CHECK(!url || !url_endpoint_problem(url, strlen(url), false));
}

static void
check(const struct metadata *metadata)
{
    check_endpoint(metadata->token_endpoint, true);
    check_endpoint(metadata->authorization_endpoint, false);
    check_endpoint(metadata->device_authorization_endpoint, false);
    check_endpoint(metadata->revocation_endpoint, false);
    check_endpoint(metadata->mtls_token_endpoint, false);
    check_endpoint(metadata->mtls_device_authorization_endpoint, false);
    check_endpoint(metadata->mtls_revocation_endpoint, false);
    fuzz_check_line(metadata->auth_methods);
}

/* What is kept of @metadata is read as the same. */
static void
check_kept(const struct metadata *metadata)
{
    AUTO_SECRET kept = SECRET_INIT(KEPT_MAX);
    struct metadata again = {.token_endpoint = NULL};
    int64_t fetched_at = 0;

    FUZZ_CHECK(metadata_format(&RULE, metadata, 1800000000, &kept));
    FUZZ_CHECK(
        metadata_parse(&RULE, kept.bytes, kept.len, &fetched_at, &again));
    FUZZ_CHECK(fetched_at == 1800000000);
    FUZZ_CHECK(fuzz_equal(metadata->token_endpoint, again.token_endpoint));
    FUZZ_CHECK(
        fuzz_equal(metadata->revocation_endpoint, again.revocation_endpoint));
    FUZZ_CHECK(fuzz_equal(metadata->authorization_endpoint,
                          again.authorization_endpoint));
    FUZZ_CHECK(metadata->names_issuer == again.names_issuer);
    FUZZ_CHECK(fuzz_equal(metadata->device_authorization_endpoint,
                          again.device_authorization_endpoint));
    FUZZ_CHECK(
        fuzz_equal(metadata->mtls_token_endpoint, again.mtls_token_endpoint));
    FUZZ_CHECK(strcmp(metadata->auth_methods, again.auth_methods) == 0);
    metadata_clear(&again);
}

void
fuzz_metadata(const uint8_t *data, size_t n)
{
    AUTO_FREE char *text = fuzz_text(data, n);
    struct metadata metadata = {.token_endpoint = NULL};
    struct tw_error err = {0};
    int64_t fetched_at;

    if (metadata_read(&RULE, text, n, &metadata, &err)) {
        fuzz_check_message(&err);
    } else {
        check(&metadata);
        check_kept(&metadata);
        metadata_clear(&metadata);
    }
    if (metadata_parse(&RULE, text, n, &fetched_at, &metadata)) {
        check(&metadata);
        metadata_clear(&metadata);
    }
}
