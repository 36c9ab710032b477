/* SPDX-License-Identifier: MIT */
/*
 * doctor_endpoint.c - which endpoints a profile has, and what a request for
 * nothing meets on its way there.
 *
 * The token endpoint is asked.  Of the others, where a login begins and where
 * tokens are revoked, the host alone is: no login begins.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "helper/exchange/discovery.h"
#include "helper/http/http.h"
#include "helper/module/module_check.h"
#include "helper/setup/doctor_probe.h"
#include "helper/text/url.h"

#define SEEN_MAX (MODULE_OPTIONS_MAX + 2)

struct search {
    struct discovery *discovery;
    const struct profile *profile; /* with what was found; NULL: nothing was */
    bool done;
    struct tw_error err;
};

struct visit {
    struct doctor *doctor;
    const struct profile *source;
    const struct identity *identity; /* shown where requests go, or NULL */
    const char *seen[SEEN_MAX];      /* URLs whose host was looked at */
    size_t seen_count;
};

static void
on_discovery(void *arg, const struct tw_error *err, int64_t retry_after)
{
    struct search *search = arg;

    (void)retry_after;
    search->done = true;
    (void)error_copy(&search->err, err);
}

/* Where tokens of @source are bought; NULL when that cannot be found out. */
static const char *
find_endpoint(struct doctor *doctor, const struct profile *source, int dir,
              struct http *http, struct search *search)
{
    const struct discovery_context context = {
        .http = http,
        .profile = source,
        .dir = dir,
        .deadline_ms = doctor->session->options.deadline_ms};
    const char *endpoint = profile_endpoint(source);
    struct tw_error err;

    if (endpoint || !source->issuer) {
        search->profile = source;
        return endpoint;
    }
    if (discovery_start(&context, on_discovery, search, &search->discovery,
                        &err) ||
        (!search->done &&
         http_run(http, INT64_MAX, context.deadline_ms, &err)))
        doctor_fail(doctor, "issuer", -1, &err);
    else if (search->err.status)
        doctor_fail(doctor, "issuer", -1, &search->err);
    else
        search->profile = discovery_profile(search->discovery, source);
    endpoint = search->profile ? profile_endpoint(search->profile) : NULL;
    if (endpoint)
        doctor_say(doctor, SHEET_GOOD, TW_OK, "issuer", -1,
                   "names its token endpoint");
    return endpoint;
}

static bool
is_of_one_origin(const char *url, const char *other)
{
    size_t n = url_origin(url);

    return n == url_origin(other) && strncasecmp(url, other, n) == 0;
}

static bool
was_seen(struct visit *visit, const char *url)
{
    for (size_t i = 0; i < visit->seen_count; i++) {
        if (is_of_one_origin(url, visit->seen[i]))
            return true;
    }
    visit->seen[visit->seen_count++] = url;
    return false;
}

/* The host of @url, unless another endpoint is there, too. */
static void
look_at(struct visit *visit, const char *url, const struct identity *identity,
        const char *unasked)
{
    const struct doctor_probe probe = {.source = visit->source,
                                       .url = url,
                                       .identity = identity,
                                       .unasked = unasked};
    struct doctor *doctor = visit->doctor;

    sheet_title(&doctor->sheet, "  %s", url);
    if (was_seen(visit, url))
        doctor_say(doctor, SHEET_SKIPPED, TW_OK, "host", -1,
                   "the same as above");
    else
        doctor_probe(doctor, &probe);
}

/* Where a login begins: what the provider has besides the token endpoint.  Of
 * an issuer that was silent, @found is NULL: that has been told of. */
static void
look_at_logins(struct visit *visit, const struct profile *found)
{
    const struct profile *source = visit->source;
    const struct tw_provider_v1 *provider = &source->module->provider;
    /* A browser has none of it. */
    const struct identity *identity =
        provider->needs & TW_NEEDS_REDIRECT ? NULL : visit->identity;
    struct tw_error err;

    for (uint32_t i = 0; i < provider->option_count; i++) {
        const struct tw_option *row = &provider->options[i];
        const struct profile_option *option =
            profile_option(found ? found : source, row->name);

        if (row->type != TW_OPTION_ENDPOINT)
            continue;
        if (option) {
            look_at(visit, option->values[0], identity, "no login is begun");
        } else if (found && row->flags & TW_OPTION_REQUIRED) {
            (void)tw_fail(&err, TW_E_CONFIG,
                          "%s:%u: profile '%s': no %s is known\nwrite it, "
                          "where the issuer does not say it",
                          source->file, source->line, source->name, row->name);
            doctor_fail(visit->doctor, "login", -1, &err);
        }
    }
}

/* An issuer may name one that nothing is sent to. */
static bool
revokes(const struct profile *source)
{
    return source->revocation_endpoint || source->revoke_on_logout ||
           source->module->provider.needs & TW_KEEPS_REFRESH_TOKEN;
}

void
doctor_endpoint(struct doctor *doctor, const struct profile *source,
                const struct secret_context *secrets, int dir)
{
    AUTO_IDENTITY identity = {.certificate = {.own = NULL}};
    AUTO_SECRET mark = SECRET_INIT(4096);
    struct search search = {.discovery = NULL};
    struct visit visit = {.doctor = doctor, .source = source};
    struct doctor_probe probe = {.source = source};
    const struct profile *found;
    struct http *http = NULL;
    const char *endpoint;
    struct tw_error err;

    if (!profile_endpoint(source) && !source->issuer)
        return; /* a command or a file */
    if (http_new(doctor->session->options.system, &http, &err)) {
        doctor_fail(doctor, "http", -1, &err);
        return;
    }
    if (profile_identity(source)->certificate) {
        if (identity_open(source, secrets, &identity, &mark, &err))
            doctor_fail(doctor, "identity", -1, &err);
        else
            visit.identity = &identity;
    }
    probe.identity = visit.identity;
    endpoint = find_endpoint(doctor, source, dir, http, &search);
    probe.url = endpoint ? endpoint : source->issuer;
    probe.unasked = endpoint ? NULL : "it did not come to that";
    sheet_title(&doctor->sheet, "  %s", probe.url);
    (void)was_seen(&visit, probe.url);
    doctor_probe(doctor, &probe);
    look_at_logins(&visit, search.profile);
    found = search.profile ? search.profile : source;
    if (found->revocation_endpoint && revokes(source))
        look_at(&visit, found->revocation_endpoint, visit.identity,
                "no token is revoked");
    http_free(http); /* before what its requests borrow */
    discovery_free(search.discovery);
}
