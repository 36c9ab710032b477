/* SPDX-License-Identifier: MIT */
/*
 * doctor_probe.c - see doctor_probe.h.
 *
 * The request is an empty form.  A token endpoint refuses it as RFC 6749 5.2
 * says, no client is named in it, and so none can be locked out by it.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "helper/exchange/reply.h"
#include "helper/http/http_trace.h"
#include "helper/setup/doctor_probe.h"
#include "helper/text/json.h"
#include "helper/text/url.h"
#include "provider/base/date.h"

#define PROBE_MS 10000
#define DAY_S 86400
#define SOON_S (14 * DAY_S) /* a certificate that ends so soon is told of */
#define SKEW_MAX_S 60       /* clocks that differ more are a fault */
#define SKEW_TOLD_S 10
#define NOT_REACHED "it did not come to that"

struct probing {
    struct doctor *doctor;
    const struct doctor_probe *probe;
    struct http_trace trace;
    bool plain; /* without TLS */
};

static void
say_step(const struct probing *probing, const char *what, int64_t us,
         const char *text)
{
    doctor_say(probing->doctor, SHEET_GOOD, TW_OK, what, us, text);
}

static void
skip(const struct probing *probing, const char *what, const char *why)
{
    doctor_say(probing->doctor, SHEET_SKIPPED, TW_OK, what, -1, why);
}

static void
say_certificate(const struct probing *probing)
{
    const struct http_trace *trace = &probing->trace;
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
    doctor_say(probing->doctor, left < SOON_S ? SHEET_WARN : SHEET_GOOD, TW_OK,
               "cert", -1, text);
}

static void
say_clock(const struct probing *probing)
{
    int64_t skew = clock_now().wall - probing->trace.date;
    int64_t size = skew < 0 ? -skew : skew;
    char text[160];

    if (!probing->trace.date)
        return;
    (void)snprintf(
        text, sizeof text, "this host's is %lld s %s the server's%s",
        (long long)size, skew < 0 ? "behind" : "ahead of",
        size > SKEW_TOLD_S ? "\nset it: timedatectl set-ntp true" : "");
    doctor_say(probing->doctor,
               size > SKEW_MAX_S    ? SHEET_BAD
               : size > SKEW_TOLD_S ? SHEET_WARN
                                    : SHEET_GOOD,
               TW_E_SYSTEM, "clock", -1, text);
}

/* What was reached before @failed, or all of it. */
static void
say_steps(const struct probing *probing, enum http_phase failed)
{
    const struct http_trace *trace = &probing->trace;
    char text[128];

    if (failed > PHASE_NAME)
        say_step(probing, "name", trace->resolved_us, "is resolved");
    (void)snprintf(text, sizeof text, "%s%s",
                   trace->address[0] ? trace->address : "connected",
                   trace->by_proxy ? ", by a proxy" : "");
    if (failed > PHASE_CONNECT)
        say_step(probing, "tcp", trace->connected_us - trace->resolved_us,
                 text);
    if (failed > PHASE_TLS && !probing->plain)
        say_step(probing, "tls", trace->secured_us - trace->connected_us,
                 "is agreed on, and the certificate believed");
}

static void
say_failure(const struct probing *probing, const struct tw_error *err)
{
    static const char *const NAMES[] = {[PHASE_NAME] = "name",
                                        [PHASE_CONNECT] = "tcp",
                                        [PHASE_TLS] = "tls",
                                        [PHASE_ANSWER] = "answer"};
    const struct http_trace *trace = &probing->trace;
    enum http_phase failed = trace->phase;
    const int64_t before_us = failed == PHASE_ANSWER && !probing->plain
                                  ? trace->secured_us
                              : failed >= PHASE_TLS     ? trace->connected_us
                              : failed == PHASE_CONNECT ? trace->resolved_us
                                                        : 0;

    say_steps(probing, failed);
    doctor_fail(probing->doctor, NAMES[failed], trace->ended_us - before_us,
                err);
    if (failed == PHASE_TLS || failed == PHASE_ANSWER)
        say_certificate(probing);
    for (int phase = (int)failed + 1; phase <= PHASE_ANSWER; phase++) {
        if (phase != PHASE_TLS || !probing->plain)
            skip(probing, NAMES[phase], NOT_REACHED);
    }
}

static void
say_answer(const struct probing *probing, const struct http_reply *reply)
{
    const struct http_trace *trace = &probing->trace;
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
    } else if (reply_is_redirect(reply->status)) {
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
    doctor_say(probing->doctor,
               status  ? SHEET_BAD
               : !code ? SHEET_WARN
                       : SHEET_GOOD,
               status, "answer", trace->answered_us - begun, text);
    json_free(json);
}

static void
on_reply(void *arg, struct http_reply *reply)
{
    const struct probing *probing = arg;

    if (!reply->status) {
        say_failure(probing, &reply->err);
        return;
    }
    say_steps(probing, PHASE_ANSWER);
    say_certificate(probing);
    say_clock(probing);
    if (probing->probe->unasked)
        skip(probing, "answer", probing->probe->unasked);
    else
        say_answer(probing, reply);
}

void
doctor_probe(struct doctor *doctor, const struct doctor_probe *probe)
{
    AUTO_SECRET nothing = SECRET_INIT(1);
    struct probing probing = {.doctor = doctor,
                              .probe = probe,
                              .plain =
                                  strncasecmp(probe->url, "http:", 5) == 0};
    const struct profile *source = probe->source;
    char page[URL_MAX + 2];
    const struct http_request request = {
        .url = probe->unasked ? page : probe->url,
        .form = probe->unasked ? NULL : &nothing,
        .identity = probe->identity,
        .ca_file = source->ca_file,
        .allow_loopback_http = source->allow_loopback_http,
        .timeout_ms = PROBE_MS,
        .trace = &probing.trace};
    struct http *http = NULL;
    struct tw_error err;

    (void)snprintf(page, sizeof page, "%.*s/", (int)url_origin(probe->url),
                   probe->url);
    if (http_new(doctor->session->options.system, &http, &err) ||
        http_post(http, &request, on_reply, &probing, &err) ||
        http_run(http, INT64_MAX, doctor->session->options.deadline_ms, &err))
        doctor_fail(doctor, "answer", -1, &err);
    http_free(http); /* before what its requests borrow */
}
