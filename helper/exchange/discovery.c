/* SPDX-License-Identifier: MIT */
/*
 * discovery.c - see discovery.h.
 *
 * The two places where metadata may lie are asked one after the other, and
 * the second only if the first has none (a 4xx): an answer that is there but
 * wrong is told, not passed over.  What is found never leads to another
 * server's document, and no redirect is followed.
 *
 * What is kept may lead to a host that is gone: after a failure the issuer is
 * asked first, and what is kept serves only while the issuer does not answer.
 */
#include "helper/exchange/discovery.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helper/exchange/reply.h"
#include "helper/store/metadata_kept.h"
#include "helper/text/url.h"
#include "provider/base/clock.h"
#include "provider/base/text.h"

#define PLACE_COUNT 2
#define FOUND_MAX 2 /* options that metadata may fill in */
#define WARNING_MAX 300

struct discovery {
    struct discovery_context context;
    discovery_done *done;
    void *arg;
    char urls[PLACE_COUNT][URL_MAX + 64];
    int statuses[PLACE_COUNT]; /* of those that have answered */
    size_t turn;
    struct metadata metadata;
    bool has_kept;          /* it holds what was kept, which is doubted */
    struct profile profile; /* a copy that owns nothing */
    struct profile_option *options;
    char *values[FOUND_MAX][2];
    char warning[WARNING_MAX];
};

static struct metadata_rule
rule_of(const struct profile *profile)
{
    return (struct metadata_rule){.issuer = profile->issuer,
                                  .ca_file = profile->ca_file,
                                  .allow_loopback =
                                      profile->allow_loopback_http};
}

/* Before the issuer's path (RFC 8414 3.1), and behind it (OpenID). */
static void
name_places(struct discovery *discovery)
{
    const char *issuer = discovery->context.profile->issuer;
    size_t n = strlen(issuer), origin = url_origin(issuer);

    while (n > origin && issuer[n - 1] == '/')
        n--;
    (void)snprintf(discovery->urls[0], sizeof discovery->urls[0],
                   "%.*s/.well-known/oauth-authorization-server%.*s",
                   (int)origin, issuer, (int)(n - origin), issuer + origin);
    (void)snprintf(discovery->urls[1], sizeof discovery->urls[1],
                   "%.*s/.well-known/openid-configuration", (int)n, issuer);
}

/* A method that the server does not list is not the default. */
static void
choose_method(struct profile *profile, const struct metadata *metadata)
{
    if (!profile->auth_method_chosen && metadata->auth_methods[0] &&
        !metadata_has_method(metadata, "client_secret_post") &&
        metadata_has_method(metadata, "client_secret_basic"))
        profile->auth_method = AUTH_CLIENT_SECRET_BASIC;
}

/* An option of the provider that the profile leaves to its issuer. */
static void
add_option(struct discovery *discovery, const char *name, char *value)
{
    struct profile *profile = &discovery->profile;
    const struct tw_option *option = module_option(profile->module, name);
    size_t i =
        profile->option_count - discovery->context.profile->option_count;

    if (!value || !option || profile_option(profile, name))
        return;
    discovery->values[i][0] = value;
    discovery->options[profile->option_count++] =
        (struct profile_option){.name = option->name,
                                .values = discovery->values[i],
                                .line = profile->issuer_line};
}

static const char *
device_endpoint(const struct profile *profile)
{
    const struct profile_option *option =
        profile_option(profile, "device_authorization_endpoint");

    return option ? option->values[0] : NULL;
}

/* Each of these gets the client's secret or a token: the first on another host
 * that the profile did not name itself. */
static void
warn_of_others(struct discovery *discovery)
{
    struct profile *profile = &discovery->profile;
    const struct profile *own = discovery->context.profile;
    const struct metadata_rule rule = rule_of(profile);
    const struct {
        const char *name, *used, *own;
    } endpoints[] = {
        {"token", profile_endpoint(profile), profile_endpoint(own)},
        {"device authorization", device_endpoint(profile),
         device_endpoint(own)},
        {"revocation", profile->revocation_endpoint, own->revocation_endpoint},
    };
    struct shown shown;

    for (size_t i = 0; i < sizeof endpoints / sizeof *endpoints; i++) {
        const char *url = endpoints[i].used;

        if (!url || url == endpoints[i].own ||
            !metadata_other_host(&rule, url))
            continue;
        (void)snprintf(discovery->warning, sizeof discovery->warning,
                       "the issuer's %s endpoint is on another host: %s",
                       endpoints[i].name,
                       text_printable(&shown, url, strlen(url)));
        profile->warning = discovery->warning;
        return;
    }
}

/* RFC 8705 5: who shows a certificate goes to the alias, if there is one. */
static char *
choose_endpoint(const struct profile *profile, char *plain, char *alias)
{
    return profile_identity(profile)->certificate && alias ? alias : plain;
}

static enum tw_status
fill_in(struct discovery *discovery, struct tw_error *err)
{
    const struct profile *profile = discovery->context.profile;
    const struct metadata *metadata = &discovery->metadata;
    struct profile *filled = &discovery->profile;

    discovery->options =
        calloc(profile->option_count + FOUND_MAX, sizeof *discovery->options);
    if (!discovery->options)
        return tw_no_memory(err);
    if (profile->option_count)
        memcpy(discovery->options, profile->options,
               profile->option_count * sizeof *profile->options);
    *filled = *profile;
    filled->is_found = true;
    filled->options = discovery->options;
    filled->token_endpoint = metadata->token_endpoint;
    filled->token_endpoint_line = profile->issuer_line;
    if (!profile->mtls_token_endpoint)
        filled->mtls_token_endpoint =
            choose_endpoint(profile, NULL, metadata->mtls_token_endpoint);
    filled->names_issuer = metadata->names_issuer;
    add_option(discovery, "authorization_endpoint",
               metadata->authorization_endpoint);
    add_option(discovery, "device_authorization_endpoint",
               choose_endpoint(profile,
                               metadata->device_authorization_endpoint,
                               metadata->mtls_device_authorization_endpoint));
    if (!profile->revocation_endpoint) {
        filled->revocation_endpoint =
            choose_endpoint(profile, metadata->revocation_endpoint,
                            metadata->mtls_revocation_endpoint);
        filled->revocation_endpoint_line = profile->issuer_line;
    }
    choose_method(filled, metadata);
    warn_of_others(discovery);
    return TW_OK;
}

static void
finish(struct discovery *discovery, int64_t retry_after, struct tw_error *err)
{
    if (err->status == TW_E_RETRY && discovery->has_kept) {
        *err = (struct tw_error){.status = TW_OK};
        retry_after = -1;
    }
    if (!err->status)
        (void)fill_in(discovery, err);
    discovery->done(discovery->arg, err, retry_after);
}

/* Failures begin with the profile's line and the URL that was asked. */
static void
fail(struct discovery *discovery, enum tw_status status, const char *said,
     struct tw_error *err)
{
    const struct profile *profile = discovery->context.profile;
    struct shown shown;
    const char *url = discovery->urls[discovery->turn];
    char copy[sizeof err->message];

    (void)snprintf(copy, sizeof copy, "%s", said);
    (void)tw_fail(err, status, "%s:%u: profile '%s': issuer: %s %s",
                  profile->file, profile->issuer_line, profile->name,
                  text_printable(&shown, url, strlen(url)), copy);
}

/* Neither place has anything. */
static void
fail_absent(struct discovery *discovery, struct tw_error *err)
{
    char said[600];
    struct shown shown;

    discovery->turn = 0;
    (void)snprintf(
        said, sizeof said,
        "answers HTTP %d, and %s HTTP %d\nis the issuer right? "
        "else write token_endpoint instead",
        discovery->statuses[0],
        text_printable(&shown, discovery->urls[1], strlen(discovery->urls[1])),
        discovery->statuses[1]);
    fail(discovery, TW_E_PROTOCOL, said, err);
}

static enum tw_status ask(struct discovery *discovery, struct tw_error *err);

static bool
is_absent(int status)
{
    return status >= 400 && status < 500 && status != 408 && status != 429;
}

static void
take_document(struct discovery *discovery, const struct secret *body,
              struct tw_error *err)
{
    const struct metadata_rule rule = rule_of(discovery->context.profile);
    struct metadata found;
    struct tw_error failure = {0};

    if (metadata_read(&rule, secret_text(body), body->len, &found, &failure)) {
        fail(discovery, (enum tw_status)failure.status, failure.message, err);
        return;
    }
    metadata_clear(&discovery->metadata);
    discovery->metadata = found;
    metadata_keep(discovery->context.dir, &rule, &found, clock_now().wall);
}

static void
take_failure(struct discovery *discovery, const struct http_reply *http,
             struct tw_error *err)
{
    bool later =
        http->status == 408 || http->status == 429 || http->status >= 500;
    char said[sizeof err->message];

    if (http->status)
        (void)snprintf(said, sizeof said, "answers HTTP %d", http->status);
    else
        (void)snprintf(said, sizeof said, "gives no answer: %.900s",
                       http->err.message);
    fail(discovery,
         !http->status ? (enum tw_status)http->err.status
         : later       ? TW_E_RETRY
                       : TW_E_PROTOCOL,
         said, err);
}

static void
on_answer(void *arg, struct http_reply *http)
{
    struct discovery *discovery = arg;
    struct tw_error err = {0};

    discovery->statuses[discovery->turn] = http->status;
    if (http->status == 200) {
        take_document(discovery, &http->body, &err);
    } else if (!is_absent(http->status)) {
        take_failure(discovery, http, &err);
    } else if (++discovery->turn == PLACE_COUNT) {
        fail_absent(discovery, &err);
    } else if (!ask(discovery, &err)) {
        return;
    }
    finish(discovery, reply_retry_after(http), &err);
}

static enum tw_status
ask(struct discovery *discovery, struct tw_error *err)
{
    const struct profile *profile = discovery->context.profile;
    int64_t left_ms = discovery->context.deadline_ms - clock_monotonic_ms();
    struct http_request request = {
        .url = discovery->urls[discovery->turn],
        .ca_file = profile->ca_file,
        .allow_loopback_http = profile->allow_loopback_http,
        .timeout_ms = profile->timeout_s * 1000,
    };
    struct tw_error failure = {0};
    char said[sizeof failure.message];
    enum tw_status status;

    if (discovery->has_kept)
        left_ms /= 2; /* the rest is for asking where that leads */
    if (left_ms < request.timeout_ms)
        request.timeout_ms = left_ms > 1 ? (int)left_ms : 1;
    status = http_post(discovery->context.http, &request, on_answer, discovery,
                       &failure);
    if (!status)
        return TW_OK;
    (void)snprintf(said, sizeof said, "cannot be asked: %.900s",
                   failure.message);
    fail(discovery, status, said, err);
    return status;
}

enum tw_status
discovery_start(const struct discovery_context *context, discovery_done *done,
                void *arg, struct discovery **out, struct tw_error *err)
{
    const struct profile *profile = context->profile;
    const struct metadata_rule rule = rule_of(profile);
    struct discovery *discovery;
    struct tw_error failure = {0};
    enum tw_status status;
    bool is_kept;

    *out = NULL;
    if (profile->token_endpoint || !profile->issuer) {
        done(arg, &failure, -1);
        return TW_OK;
    }
    discovery = calloc(1, sizeof *discovery);
    if (!discovery)
        return tw_no_memory(err);
    discovery->context = *context;
    discovery->done = done;
    discovery->arg = arg;
    name_places(discovery);
    *out = discovery;
    is_kept = metadata_recall(context->dir, &rule, clock_now().wall,
                              &discovery->metadata);
    if (is_kept && !context->doubts) {
        finish(discovery, -1, &failure);
        return TW_OK;
    }
    discovery->has_kept = is_kept;
    status = ask(discovery, err);
    if (status) {
        *out = NULL;
        discovery_free(discovery);
    }
    return status;
}

const struct profile *
discovery_profile(const struct discovery *discovery,
                  const struct profile *profile)
{
    return discovery ? &discovery->profile : profile;
}

void
discovery_free(struct discovery *discovery)
{
    if (!discovery)
        return;
    metadata_clear(&discovery->metadata);
    free(discovery->options);
    free(discovery);
}
