/* SPDX-License-Identifier: MIT */
/*
 * profile.c - keys of a profile: what is accepted is complete and can be used,
 * and what is refused is said in a line that does not hold the secret.  The
 * bytes are the profile's lines, or a whole file that begins "profiles:"; its
 * modules are fake_modules.c's.
 */
#include "helper/profile.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "helper/fingerprint.h"
#include "helper/url.h"
#include "provider/base/text.h"
#include "tests/fuzz/fuzz.h"

#define CANARY "c4naryS3cret"
#define BEFORE "profiles:\n  acme:\n"
#define AFTER "\n    client_secret: " CANARY "\n"

static void
check_endpoint(const struct profile *profile)
{
    const char *url = profile->token_endpoint;

    FUZZ_CHECK(!url || !url_endpoint_problem(url, strlen(url),
                                             profile->allow_loopback_http));
    FUZZ_CHECK(!url || strncasecmp(url, "https", 5) == 0 ||
               profile->allow_loopback_http);
}

static void
check_source(const struct profile *profile)
{
    char fingerprint[FINGERPRINT_SIZE];

    check_endpoint(profile);
    FUZZ_CHECK(profile->module);
    FUZZ_CHECK(profile->timeout_s >= 1 &&
               profile->timeout_s <= PROFILE_TIMEOUT_MAX_S);
    FUZZ_CHECK(profile->default_lifetime_s >= 1 &&
               profile->default_lifetime_s <= PROFILE_LIFETIME_DEFAULT_MAX_S);
    FUZZ_CHECK(!profile->client_id ||
               text_is_line(profile->client_id, strlen(profile->client_id)));
    FUZZ_CHECK(fingerprint_of_source(profile, fingerprint) &&
               fingerprint_of_grant(profile, fingerprint));
}

static void
check_whole(const struct profile *profile)
{
    char fingerprint[FINGERPRINT_SIZE];

    FUZZ_CHECK(text_is_profile_name(profile->name));
    FUZZ_CHECK(fingerprint_of(profile, fingerprint) &&
               strlen(fingerprint) == FINGERPRINT_SIZE - 1);
    FUZZ_CHECK(
        text_is_line(profile->git_username, strlen(profile->git_username)) &&
        !strchr(profile->git_username, ' '));
    for (size_t i = 0; i < profile->match_count; i++) {
        FUZZ_CHECK(profile->matches[i].host[0] &&
                   !strchr(profile->matches[i].host, ' '));
        fuzz_check_line(profile->matches[i].path);
    }
    for (size_t i = 0; i < profile->export_count; i++)
        FUZZ_CHECK(text_is_variable_name(profile->exports[i].name));
}

static void
check_refusal(const struct tw_error *err, const char *text)
{
    /* Bytes of the harness's own may have made a key of it. */
    if (err->status == TW_E_CONFIG && !strstr(text, "c4n"))
        FUZZ_CHECK(!strstr(err->message, CANARY));
    fuzz_check_message(err);
}

static void
read_entry(const struct yaml_node *entry, const char *given)
{
    static struct modules modules;
    static const struct mark mark = {"absent"};
    AUTO(arena_clear) struct arena arena = {0};
    AUTO(host_names_clear)
    struct host_names names = {.arena = {.newest = NULL}};
    const struct profile_context context = {.file = "/c/p.yaml",
                                            .mark = &mark,
                                            .modules = &modules,
                                            .arena = &arena,
                                            .names = &names,
                                            .mode = 0600,
                                            .mode_wanted = 0600,
                                            .may_hold_secret = true};
    struct profile *profile = NULL;
    struct tw_error err = {0};

    if (profile_read(&context, entry, &profile, &err)) {
        FUZZ_CHECK(!profile);
        check_refusal(&err, given);
        return;
    }
    check_whole(profile);
    for (const struct profile *at = profile; at; at = at->then)
        check_source(at);
}

void
fuzz_profile(const uint8_t *data, size_t n)
{
    const struct yaml_limits limits = YAML_LIMITS_USER;
    struct yaml_document *document = NULL;
    AUTO_FREE char *given = fuzz_text(data, n);
    AUTO_FREE char *text = NULL;
    const struct yaml_node *root, *entry;
    struct tw_error err = {0};
    bool has_secret = strstr(given, "client_secret") != NULL;
    bool is_file = strncmp(given, "profiles:", 9) == 0;
    int length = asprintf(&text, "%s%s%s", is_file ? "" : BEFORE, given,
                          has_secret ? "" : AFTER);

    FUZZ_CHECK(length > 0);
    if (yaml_read("/c/p.yaml", text, (size_t)length, &limits, &document,
                  &err)) {
        check_refusal(&err, given);
        return;
    }
    root = yaml_root(document)->child;
    for (entry = root ? root->child : NULL; entry; entry = entry->next) {
        if (entry->key)
            read_entry(entry, given);
    }
    yaml_document_free(document);
}
