/* SPDX-License-Identifier: MIT */
/*
 * profile.c - keys of a profile: what is accepted is complete and can be used,
 * and what is refused is said in a line that does not hold the secret.  The
 * bytes are the profile's lines, or a whole file that begins "profiles:", or
 * behind a '@' decisions that make one, which says the same backwards; its
 * modules are fake_modules.c's.
 */
#include "helper/profile/profile.h"

#include <string.h>
#include <strings.h>

#include "helper/profile/fingerprint.h"
#include "helper/text/url.h"
#include "provider/base/text.h"
#include "tests/fuzz/drafted.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/script.h"

#define CANARY DRAFTED_SECRET
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

/* RFC 9112: a name or value that ends its line is another header. */
static void
check_headers(const struct profile_request *request)
{
    for (size_t i = 0; i < request->header_count; i++) {
        const struct profile_field *field = &request->headers[i];

        FUZZ_CHECK(text_is_token(field->name, strlen(field->name)) &&
                   !strchr(field->name, ':') &&
                   strcasecmp(field->name, "Host") != 0 &&
                   strcasecmp(field->name, "Authorization") != 0 &&
                   strcasecmp(field->name, "Content-Length") != 0 &&
                   strcasecmp(field->name, "Transfer-Encoding") != 0);
        FUZZ_CHECK(field->value.kind != SECRET_NONE);
        if (field->value.kind == SECRET_VALUE)
            fuzz_check_line(field->value.value);
        for (size_t j = 0; j < i; j++)
            FUZZ_CHECK(strcasecmp(field->name, request->headers[j].name) != 0);
    }
}

/* RFC 6749 3.2: none is sent twice, and none is the client's proof. */
static void
check_params(const struct profile *profile)
{
    const struct profile_request *request = &profile->request;

    for (size_t i = 0; i < request->param_count; i++) {
        const char *name = request->params[i].name;

        FUZZ_CHECK(text_is_token(name, strlen(name)) &&
                   strcasecmp(name, "client_id") != 0 &&
                   strcasecmp(name, "client_secret") != 0 &&
                   strcasecmp(name, "grant_type") != 0 &&
                   !module_option(profile->module, name));
        FUZZ_CHECK(request->params[i].value.kind != SECRET_NONE);
    }
}

static void
check_request(const struct profile *profile)
{
    const struct profile_request *request = &profile->request;

    check_headers(request);
    check_params(profile);
    FUZZ_CHECK(request->param_count <= PROFILE_PARAMS_MAX &&
               request->header_count <= PROFILE_HEADERS_MAX);
    FUZZ_CHECK(
        !request->grant_type ||
        text_is_token(request->grant_type, strlen(request->grant_type)));
    FUZZ_CHECK(request->scope_separator == profile->reply.scope_separator);
    FUZZ_CHECK(request->max_fetches >= 0 &&
               request->max_fetches <= PROFILE_FETCHES_MAX &&
               (request->max_fetches > 0) == (request->max_fetches_s > 0) &&
               request->max_fetches_s <= 86400);
}

static void
check_reply(const struct reply_rules *rules)
{
    const char *member = rules->expires_member;

    FUZZ_CHECK(!member || text_is_token(member, strlen(member)));
    FUZZ_CHECK(!rules->success_status ||
               (rules->success_status >= 200 && rules->success_status < 204));
}

static void
check_source(const struct profile *profile)
{
    char fingerprint[FINGERPRINT_SIZE];

    check_endpoint(profile);
    FUZZ_CHECK(profile->module);
    check_request(profile);
    check_reply(&profile->reply);
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
        FUZZ_CHECK(profile_match(profile, profile->matches[i].host,
                                 profile->matches[i].path));
    }
    for (size_t i = 0; i < profile->export_count; i++)
        FUZZ_CHECK(text_is_variable_name(profile->exports[i].name));
}

/* Reading what a program prints, or another profile has, takes a while. */
static void
check_slow(const struct profile *profile)
{
    const struct secret_source *source;
    bool is_slow = false, is_linked = false;

    for (size_t i = 0; (source = profile_secret(profile, i)); i++) {
        is_linked = is_linked || source->kind == SECRET_PROFILE;
        is_slow = is_slow || source->kind == SECRET_COMMAND;
    }
    FUZZ_CHECK(profile_is_slow(profile) == (is_slow || is_linked));
    FUZZ_CHECK(profile_is_linked(profile) == is_linked);
}

/* A file, and who reads it; do the harness's own bytes name what must not be
 * said? */
struct reading {
    const char *text;
    bool names_canary, system, may_hold_secret;
};

static void
check_refusal(const struct tw_error *err, const struct reading *reading)
{
    /* Bytes of the harness's own may have made a key of it. */
    if (err->status == TW_E_CONFIG && !reading->names_canary)
        FUZZ_CHECK(!strstr(err->message, CANARY));
    fuzz_check_message(err);
}

/* What others may read holds no secret; what is added to a request may be
 * text for all to see. */
static void
check_secrets(const struct profile *profile)
{
    const struct secret_source *const own[] = {
        &profile->client_secret,
        profile_secret_next(profile),
        &profile_assertion(profile)->given,
        &profile_assertion(profile)->key.passphrase,
        &profile_identity(profile)->key.passphrase,
    };

    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        FUZZ_CHECK(own[i]->kind != SECRET_VALUE);
    for (size_t i = 0; i < profile->option_count; i++)
        FUZZ_CHECK(profile->options[i].secret.kind != SECRET_VALUE);
}

/* @out: of what was accepted; "" if it was not. */
static void
read_entry(const struct reading *reading, const struct yaml_node *entry,
           char out[static FINGERPRINT_SIZE])
{
    static struct modules modules;
    static const struct mark mark = {"absent"};
    AUTO(arena_clear) struct arena arena = {0};
    AUTO(arena_clear) struct arena scratch = {0};
    AUTO(host_names_clear)
    struct host_names names = {.arena = {.newest = NULL}};
    const struct profile_context context = {
        .file = "/c/p.yaml",
        .mark = &mark,
        .modules = &modules,
        .arena = &arena,
        .scratch = &scratch,
        .names = &names,
        .mode = reading->may_hold_secret ? 0600 : 0644,
        .mode_wanted = 0600,
        .system = reading->system,
        .may_hold_secret = reading->may_hold_secret};
    struct profile *profile = NULL;
    struct tw_error err = {0};

    out[0] = '\0';
    if (profile_read(&context, entry, &profile, &err)) {
        FUZZ_CHECK(!profile);
        check_refusal(&err, reading);
        return;
    }
    check_whole(profile);
    check_slow(profile);
    for (const struct profile *at = profile; at; at = at->then) {
        check_source(at);
        if (!reading->may_hold_secret)
            check_secrets(at);
    }
    FUZZ_CHECK(fingerprint_of(profile, out));
}

/* @out: of the last profile. */
static void
read_file(const struct reading *reading, char out[static FINGERPRINT_SIZE])
{
    const struct yaml_limits limits = YAML_LIMITS_USER;
    struct yaml_document *document = NULL;
    const struct yaml_node *root, *entry;
    struct tw_error err = {0};

    out[0] = '\0';
    if (yaml_read("/c/p.yaml", reading->text, strlen(reading->text), &limits,
                  &document, &err)) {
        check_refusal(&err, reading);
        return;
    }
    root = yaml_root(document)->child;
    for (entry = root ? root->child : NULL; entry; entry = entry->next) {
        if (entry->key)
            read_entry(reading, entry, out);
    }
    yaml_document_free(document);
}

/* In whatever order its keys stand, a profile is the same. */
static void
read_drafted(const uint8_t *data, size_t n, bool names_canary)
{
    struct reading reading = {.names_canary = names_canary};
    char forwards[FINGERPRINT_SIZE], backwards[FINGERPRINT_SIZE];
    struct drafted drafted;

    script_begin(data, n);
    reading.system = script_below(4) == 3;
    reading.may_hold_secret = script_below(4) != 3;
    drafted_make(&drafted);
    for (int i = 0; i < 2; i++) {
        AUTO_FREE char *text = drafted_text(&drafted, i);

        reading.text = text;
        read_file(&reading, i ? backwards : forwards);
    }
    FUZZ_CHECK(strcmp(forwards, backwards) == 0);
    drafted_clear(&drafted);
    script_end();
}

static bool
has(const uint8_t *data, size_t n, const char *word)
{
    return memmem(data, n, word, strlen(word)) != NULL;
}

void
fuzz_profile(const uint8_t *data, size_t n)
{
    size_t length = strnlen((const char *)data, n);
    bool is_file = has(data, length < 9 ? length : 9, "profiles:");
    bool has_secret = has(data, length, "client_secret");
    AUTO_FREE char *text = fuzz_between(is_file ? "" : BEFORE, data, length,
                                        has_secret ? "" : AFTER);
    const struct reading reading = {.text = text,
                                    .names_canary = has(data, length, "c4n"),
                                    .may_hold_secret = true};
    char fingerprint[FINGERPRINT_SIZE];

    if (n && data[0] == '@')
        read_drafted(data + 1, n - 1, reading.names_canary);
    else
        read_file(&reading, fingerprint);
}
