/* SPDX-License-Identifier: MIT */
/*
 * doctor_endpoint.c - a request for nothing goes the way of all requests, and
 * is asked afterwards what it met: name, connection, TLS, certificate, the
 * server's clock and its answer.
 *
 * The request is an empty form.  A token endpoint refuses it as RFC 6749 5.2
 * says, no client is named in it, and so none can be locked out by it.  Where
 * a browser is sent to log in, the host alone is asked, for its first page: no
 * login begins.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "helper/authorization.h"
#include "helper/discovery.h"
#include "helper/doctor.h"
#include "helper/http.h"
#include "helper/http_trace.h"
#include "helper/identity.h"
#include "helper/json.h"
#include "helper/url.h"
#include "provider/base/date.h"

#define PROBE_MS 10000
#define DAY_S 86400
#define SOON_S (14 * DAY_S) /* a certificate that ends so soon is told of */
#define SKEW_MAX_S 60       /* clocks that differ more are a fault */
#define SKEW_TOLD_S 10
#define NOT_REACHED "it did not come to that"

/* It and what is searched for are borrowed by requests until http_free(). */
struct probe {
    struct doctor *doctor;
    struct http_trace trace;
    struct secret nothing; /* the form */
    bool plain;            /* without TLS */
    const char *unasked;   /* no token endpoint is asked, and why */
    char page[URL_MAX + 2];
};

struct search {
    struct discovery *discovery;
    const struct profile *profile; /* with what was found; NULL: nothing was */
    bool done;
    struct tw_error err;
};

static void
say_step(const struct probe *probe, const char *what, int64_t us,
         const char *text)
{
    doctor_say(probe->doctor, SHEET_GOOD, TW_OK, what, us, text);
}

static void
skip(const struct probe *probe, const char *what, const char *why)
{
    doctor_say(probe->doctor, SHEET_SKIPPED, TW_OK, what, -1, why);
}

static void
say_certificate(const struct probe *probe)
{
    const struct http_trace *trace = &probe->trace;
    int64_t left = trace->not_after - clock_now().wall;
    char from[DATE_MAX], to[DATE_MAX], text[640];

    if (!trace->not_after)
        return;
    date_text(trace->not_before, ' ', from);
    date_text(trace->not_after, ' ', to);
    (void)snprintf(text, sizeof text,
                   "for %s, by %s, %.10s to %.10s, %lld days left%s",
                   trace->names[0] ? trace->names : "nobody",
                   trace->authority[0] ? trace->authority : "?", from, to,
                   (long long)(left > 0 ? left / DAY_S : 0),
                   left < SOON_S ? "\nits operator must renew it" : "");
    doctor_say(probe->doctor, left < SOON_S ? SHEET_WARN : SHEET_GOOD, TW_OK,
               "cert", -1, text);
}

static void
say_clock(const struct probe *probe)
{
    int64_t skew = clock_now().wall - probe->trace.date;
    int64_t size = skew < 0 ? -skew : skew;
    char text[160];

    if (!probe->trace.date)
        return;
    (void)snprintf(
        text, sizeof text, "this host's is %lld s %s the server's%s",
        (long long)size, skew < 0 ? "behind" : "ahead of",
        size > SKEW_TOLD_S ? "\nset it: timedatectl set-ntp true" : "");
    doctor_say(probe->doctor,
               size > SKEW_MAX_S    ? SHEET_BAD
               : size > SKEW_TOLD_S ? SHEET_WARN
                                    : SHEET_GOOD,
               TW_E_SYSTEM, "clock", -1, text);
}

/* What was reached before @failed, or all of it. */
static void
say_steps(const struct probe *probe, enum http_phase failed)
{
    const struct http_trace *trace = &probe->trace;
    char text[128];

    if (failed > PHASE_NAME)
        say_step(probe, "name", trace->resolved_us, "is resolved");
    (void)snprintf(text, sizeof text, "%s%s",
                   trace->address[0] ? trace->address : "connected",
                   trace->by_proxy ? ", by a proxy" : "");
    if (failed > PHASE_CONNECT)
        say_step(probe, "tcp", trace->connected_us - trace->resolved_us, text);
    if (failed > PHASE_TLS && !probe->plain)
        say_step(probe, "tls", trace->secured_us - trace->connected_us,
                 "is agreed on, and the certificate believed");
}

static void
say_failure(const struct probe *probe, const struct tw_error *err)
{
    static const char *const NAMES[] = {[PHASE_NAME] = "name",
                                        [PHASE_CONNECT] = "tcp",
                                        [PHASE_TLS] = "tls",
                                        [PHASE_ANSWER] = "answer"};
    const struct http_trace *trace = &probe->trace;
    enum http_phase failed = trace->phase;
    const int64_t before_us = failed == PHASE_ANSWER && !probe->plain
                                  ? trace->secured_us
                              : failed >= PHASE_TLS     ? trace->connected_us
                              : failed == PHASE_CONNECT ? trace->resolved_us
                                                        : 0;

    say_steps(probe, failed);
    doctor_fail(probe->doctor, NAMES[failed], trace->ended_us - before_us,
                err);
    if (failed == PHASE_TLS || failed == PHASE_ANSWER)
        say_certificate(probe);
    for (int phase = (int)failed + 1; phase <= PHASE_ANSWER; phase++) {
        if (phase != PHASE_TLS || !probe->plain)
            skip(probe, NAMES[phase], NOT_REACHED);
    }
}

static void
say_answer(const struct probe *probe, const struct http_reply *reply)
{
    const struct http_trace *trace = &probe->trace;
    const int64_t begun =
        trace->secured_us ? trace->secured_us : trace->connected_us;
    struct json *json = json_read(secret_text(&reply->body), reply->body.len);
    size_t n = 0;
    const char *code = json ? json_string(json, "error", &n) : NULL;
    enum tw_status status = TW_OK;
    const char *hint = "";
    struct shown shown = {.text = ""};
    char text[320];

    if (code)
        (void)text_printable(&shown, code, n);
    if (reply->status == 429 || reply->status >= 500) {
        status = TW_E_RETRY;
        hint = "\nits operator knows more; it is tried again by itself";
    } else if (reply->status >= 300 && reply->status < 400) {
        status = TW_E_CONFIG;
        hint = "\nit is elsewhere: write the address that it leads to";
    } else if (!code && reply->status == 404) {
        status = TW_E_CONFIG;
        hint = "\nis the endpoint's path right?";
    } else if (!code) {
        hint = "\nno answer of a token endpoint (RFC 6749 5.2): is it one?";
    }
    (void)snprintf(text, sizeof text, "HTTP %d%s%s to an empty request%s",
                   reply->status, code ? ", " : "", shown.text, hint);
    doctor_say(probe->doctor,
               status  ? SHEET_BAD
               : !code ? SHEET_WARN
                       : SHEET_GOOD,
               status, "answer", trace->answered_us - begun, text);
    json_free(json);
}

static void
on_reply(void *arg, struct http_reply *reply)
{
    const struct probe *probe = arg;

    if (!reply->status) {
        say_failure(probe, &reply->err);
        return;
    }
    say_steps(probe, PHASE_ANSWER);
    say_certificate(probe);
    say_clock(probe);
    if (probe->unasked)
        skip(probe, "answer", probe->unasked);
    else
        say_answer(probe, reply);
}

static void
ask(struct probe *probe, const struct profile *source, const char *url,
    struct http *http, const struct identity *identity)
{
    struct doctor *doctor = probe->doctor;
    const int64_t deadline_ms = doctor->session->options.deadline_ms;
    const struct http_request request = {
        .url = url,
        .form = probe->page[0] ? NULL : &probe->nothing,
        .identity = identity,
        .ca_file = source->ca_file,
        .allow_loopback_http = source->allow_loopback_http,
        .timeout_ms = PROBE_MS,
        .trace = &probe->trace};
    struct tw_error err;

    probe->plain = strncasecmp(url, "http:", 5) == 0;
    if (http_post(http, &request, on_reply, probe, &err) ||
        http_run(http, INT64_MAX, deadline_ms, &err))
        doctor_fail(doctor, "answer", -1, &err);
}

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

/* Where a browser is sent to log in, if @source has one sent; @asked was
 * asked before. */
static void
look_at_login(struct probe *probe, const struct profile *source,
              const struct search *search, const char *asked,
              struct http *http)
{
    static const char NAME[] = "authorization_endpoint";
    const struct profile *found = search->profile ? search->profile : source;
    const struct profile_option *option = profile_option(found, NAME);
    const char *url = option ? option->values[0] : NULL;
    struct tw_error err;

    if (!module_option(source->module, NAME) || (!url && !search->profile))
        return; /* the issuer's silence has been told of */
    if (authorization_check_place(found, url, &err) || !url) {
        doctor_fail(probe->doctor, "login", -1, &err);
        return;
    }
    sheet_title(&probe->doctor->sheet, "  %s", url);
    if (is_of_one_origin(url, asked)) {
        skip(probe, "host", "the same as above");
        return;
    }
    (void)snprintf(probe->page, sizeof probe->page, "%.*s/",
                   (int)url_origin(url), url);
    probe->unasked = "no login is begun";
    ask(probe, source, probe->page, http, NULL);
}

void
doctor_endpoint(struct doctor *doctor, const struct profile *source,
                const struct secret_context *secrets, int dir)
{
    AUTO_IDENTITY identity = {.certificate = {.own = NULL}};
    AUTO_SECRET mark = SECRET_INIT(4096);
    struct probe probe = {.doctor = doctor, .nothing = SECRET_INIT(1)};
    struct probe login = {.doctor = doctor};
    struct search search = {.discovery = NULL};
    struct http *http = NULL;
    const char *endpoint, *asked;
    struct tw_error err;
    bool shows = profile_identity(source)->certificate;

    if (!profile_endpoint(source) && !source->issuer)
        return; /* a command or a file */
    if (http_new(doctor->session->options.system, &http, &err)) {
        doctor_fail(doctor, "http", -1, &err);
        return;
    }
    if (shows && identity_open(source, secrets, &identity, &mark, &err)) {
        doctor_fail(doctor, "identity", -1, &err);
        shows = false;
    }
    endpoint = find_endpoint(doctor, source, dir, http, &search);
    asked = endpoint ? endpoint : source->issuer;
    probe.unasked = endpoint ? NULL : NOT_REACHED;
    sheet_title(&doctor->sheet, "  %s", asked);
    ask(&probe, source, asked, http, shows ? &identity : NULL);
    look_at_login(&login, source, &search, asked, http);
    http_free(http); /* before what its requests borrow */
    discovery_free(search.discovery);
}
