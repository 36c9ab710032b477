/* SPDX-License-Identifier: MIT */
/*
 * serve_metrics.c - the resident helper's numbers, as a file for whoever
 * scrapes: written some seconds after something was counted, again and again
 * until that goes well, and not while nothing is; see serve.h.
 *
 * Ages are told as moments, so that the file stays true while it lies there.
 *
 * The trap is one line more for each of ten thousand profiles: above
 * METRICS_PROFILES_MAX those alone have lines of their own that fail, of which
 * there may be as many; the sums hold for all.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "helper/base/replace.h"
#include "helper/serve/serve.h"
#include "provider/base/auto.h"

#define METRICS_PROFILES_MAX 1000
#define METRICS_SPAN_MS 5000   /* between two writes */
#define METRICS_AGAIN_MS 10000 /* until one that failed is tried again */

#define NONE ((struct metrics_label){NULL, NULL})

static uint64_t
counted(const struct serve *serve)
{
    uint64_t sum = serve->reloads + serve->credential.handed +
                   serve->credential.refused + serve->hooks.good +
                   serve->hooks.bad + serve->audit.lost_ever + serve->log.lost;

    for (size_t i = 0; i < METRICS_STATUSES; i++)
        sum += serve->fetches[i] + serve->bell.answers[i];
    return sum;
}

static bool
put_statuses(struct secret *out, const char *name, const char *help,
             const uint64_t counts[static METRICS_STATUSES])
{
    bool good = metrics_head(out, name, "counter", help);

    for (int i = 0; good && i < METRICS_STATUSES; i++)
        good = metrics_value(
            out, name, (struct metrics_label){"status", tw_status_name(i)},
            NONE, (int64_t)counts[i]);
    return good;
}

static bool
put_pair(struct secret *out, const char *name, const char *help,
         const char *label, const char *const values[2], uint64_t first,
         uint64_t second)
{
    return metrics_head(out, name, "counter", help) &&
           metrics_value(out, name, (struct metrics_label){label, values[0]},
                         NONE, (int64_t)first) &&
           metrics_value(out, name, (struct metrics_label){label, values[1]},
                         NONE, (int64_t)second);
}

static bool
put_whole(const struct serve *serve, struct secret *out)
{
    static const char *const HANDED[] = {"handed", "refused"};
    static const char *const RESULT[] = {"ok", "failed"};

    return metrics_one(out, "tokenward_start_time_seconds", "gauge",
                       "When the resident helper was started.",
                       serve->started_at) &&
           metrics_one(out, "tokenward_profiles", "gauge", "Profiles in care.",
                       (int64_t)serve->wards.count) &&
           metrics_one(out, "tokenward_profiles_failing", "gauge",
                       "Profiles whose last fetch failed.",
                       (int64_t)serve->wards.failing) &&
           metrics_one(out, "tokenward_reload_ok", "gauge",
                       "Whether the profiles are as their files say.",
                       !serve_reload_fault(serve)->status) &&
           put_statuses(out, "tokenward_fetches_total",
                        "Fetches that ended, by status.", serve->fetches) &&
           metrics_spans(out, "tokenward_fetch_duration_seconds",
                         "From a fetch's begin to its end.",
                         &serve->fetch_spans) &&
           metrics_spans(out, "tokenward_wait_duration_seconds",
                         "How long those waited who came before a token.",
                         &serve->wait_spans) &&
           put_statuses(out, "tokenward_doorbell_answers_total",
                        "Answers at the doorbell, by status.",
                        serve->bell.answers) &&
           put_pair(out, "tokenward_credential_loads_total",
                    "Units that came for a token.", "result", HANDED,
                    serve->credential.handed, serve->credential.refused) &&
           put_pair(out, "tokenward_on_refresh_total",
                    "Runs of on_refresh that ended.", "result", RESULT,
                    serve->hooks.good, serve->hooks.bad) &&
           metrics_one(out, "tokenward_audit_lines_lost_total", "counter",
                       "Lines that the audit file did not take.",
                       (int64_t)serve->audit.lost_ever) &&
           metrics_one(out, "tokenward_log_lines_lost_total", "counter",
                       "Lines that standard error did not take.",
                       (int64_t)serve->log.lost);
}

/* What is told of one profile; false: it has nothing of the kind. */
struct family {
    const char *name, *type, *help;
    bool (*value)(const struct ward *ward, int64_t *out);
};

static bool
expiry(const struct ward *ward, int64_t *out)
{
    *out = ward->entry.facts.end.wall;
    return ward->entry.facts.lifetime > 0;
}

static bool
generation(const struct ward *ward, int64_t *out)
{
    *out = ward->generation;
    return ward->generation > 0;
}

static bool
refreshes(const struct ward *ward, int64_t *out)
{
    *out = ward->refreshes;
    return true;
}

static bool
failed_at(const struct ward *ward, int64_t *out)
{
    *out = ward->faults ? ward->faults->last_at : 0;
    return ward->faults != NULL;
}

static const struct family FAMILIES[] = {
    {"tokenward_token_expiry_timestamp_seconds", "gauge",
     "When the kept token ends.", expiry},
    {"tokenward_token_generation", "gauge",
     "The number of the kept token, which grows with each.", generation},
    {"tokenward_profile_refreshes_total", "counter",
     "Tokens that were bought.", refreshes},
    {"tokenward_profile_last_failure_timestamp_seconds", "gauge",
     "When a fetch last failed.", failed_at},
};

/* Has it lines of its own, as the @told-th? */
static bool
is_told(const struct serve *serve, const struct ward *ward, size_t *told)
{
    if (!ward->profile || *told == METRICS_PROFILES_MAX ||
        (serve->wards.count > METRICS_PROFILES_MAX && !ward->is_failing))
        return false;
    (*told)++;
    return true;
}

static bool
put_family(const struct serve *serve, const struct family *family,
           struct secret *out)
{
    bool good = metrics_head(out, family->name, family->type, family->help);
    size_t told = 0;
    int64_t value;

    for (const struct ward *ward = serve->wards.first; good && ward;
         ward = ward->next) {
        if (is_told(serve, ward, &told) && family->value(ward, &value))
            good = metrics_value(out, family->name,
                                 (struct metrics_label){"profile", ward->name},
                                 NONE, value);
    }
    return good;
}

static bool
put_faults(const struct serve *serve, struct secret *out)
{
    static const char NAME[] = "tokenward_profile_failures_total";
    bool good =
        metrics_head(out, NAME, "counter", "Fetches that failed, by status.");
    size_t told = 0;

    for (const struct ward *ward = serve->wards.first; good && ward;
         ward = ward->next) {
        if (!is_told(serve, ward, &told) || !ward->faults)
            continue;
        for (int i = 0; good && i < METRICS_STATUSES; i++) {
            if (ward->faults->counts[i])
                good = metrics_value(
                    out, NAME, (struct metrics_label){"profile", ward->name},
                    (struct metrics_label){"status", tw_status_name(i)},
                    ward->faults->counts[i]);
        }
    }
    return good;
}

static enum tw_status
write_file(const struct serve *serve, struct tw_error *err)
{
    AUTO_SECRET text = SECRET_INIT(METRICS_TEXT_MAX);
    AUTO_CLOSE int dir = -1;
    const char *path = serve->session->metrics;
    const char *name = strrchr(path, '/') + 1;
    char parent[PATH_MAX];
    bool good = put_whole(serve, &text);

    for (size_t i = 0; good && i < sizeof FAMILIES / sizeof *FAMILIES; i++)
        good = put_family(serve, &FAMILIES[i], &text);
    if (!good || !put_faults(serve, &text))
        return tw_fail(err, TW_E_SYSTEM, "%s: more than %d bytes of metrics",
                       path, METRICS_TEXT_MAX);
    (void)snprintf(parent, sizeof parent, "%.*s", (int)(name - path), path);
    dir = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s", parent);
    return replace_file(dir, name, 0644, text.bytes, text.len, err);
}

int64_t
serve_metrics_turn(struct serve *serve, int64_t now_ms)
{
    uint64_t count = counted(serve);
    struct tw_error err;

    if (!serve->session->metrics || count == serve->metrics_told)
        return LOOP_NEVER;
    if (now_ms < serve->metrics_ms)
        return serve->metrics_ms;
    if (!write_file(serve, &err)) {
        serve->metrics_told = count;
        serve->metrics_ms = now_ms + METRICS_SPAN_MS;
        serve->metrics_failed = false;
        return LOOP_NEVER;
    }
    serve->metrics_ms = now_ms + METRICS_AGAIN_MS;
    if (!serve->metrics_failed)
        log_failure(&serve->log, "metrics", NULL, &err);
    serve->metrics_failed = true; /* told once */
    return serve->metrics_ms;
}
