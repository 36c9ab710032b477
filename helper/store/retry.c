/* SPDX-License-Identifier: MIT */
/*
 * retry.c - back-off, cool-down and the moment of refresh; see retry.h.
 */
#include "helper/store/retry.h"

#include <stdio.h>
#include <string.h>

int64_t
retry_wait(int64_t first, int64_t max, int64_t failures, uint32_t seed)
{
    int64_t wait = first;

    for (int64_t i = 1; i < failures && wait < max; i++)
        wait *= 2;
    wait = wait < max ? wait : max;
    return wait + wait * (int64_t)(seed % 1024) / 4096;
}

static void
tell(struct backoff *note, const struct tw_error *failure, struct now now)
{
    note->failed_at = now.wall;
    (void)snprintf(note->status, sizeof note->status, "%s",
                   tw_status_name(failure->status));
    (void)snprintf(note->message, sizeof note->message, "%s",
                   failure->message);
}

void
retry_after_none(struct backoff *note, const struct tw_error *failure,
                 struct now now)
{
    if (!note->failures)
        note->failures = 1;
    tell(note, failure, now);
}

void
retry_after_failure(struct backoff *note, const struct tw_error *failure,
                    int64_t retry_after, struct now now, uint32_t seed)
{
    int64_t wait;

    note->failures =
        note->failures < INT32_MAX ? note->failures + 1 : note->failures;
    wait = status_is_refusal((enum tw_status)failure->status)
               ? retry_wait(RETRY_DENIED_S, RETRY_DENIED_S, 1, seed)
               : retry_wait(RETRY_FIRST_S, RETRY_MAX_S, note->failures, seed);
    if (retry_after > wait)
        wait = retry_after;
    note->not_before = moment_after(now, wait);
    tell(note, failure, now);
}

void
retry_explain(const struct backoff *note, const char *profile,
              int64_t lifetime, int64_t left, struct now now,
              struct tw_error *err)
{
    enum tw_status status = TW_E_RETRY;

    if (!note->message[0]) {
        (void)tw_fail(err, TW_E_RETRY,
                      "the last token of '%s' lived %ld s, and another is "
                      "not asked for at once\nthe next request is made in %ld "
                      "s",
                      profile, (long)lifetime, (long)left);
        return;
    }
    (void)status_from_name(note->status, &status);
    (void)tw_fail(err, status, "%s%s(asked %ld s ago, asked again in %ld s)",
                  note->message, strchr(note->message, '\n') ? " " : "\n",
                  (long)backoff_age(note, now), (long)left);
}

void
retry_after_success(struct backoff *note, struct now now)
{
    int64_t rejections = note->rejections;

    memset(note, 0, sizeof *note);
    note->rejections = rejections;
    note->not_before = moment_after(now, RETRY_FRESH_S);
}

void
retry_after_rejection(struct backoff *note, int64_t age, struct now now,
                      uint32_t seed)
{
    int64_t wait;

    note->rejections = age < RETRY_YOUNG_S ? note->rejections + 1 : 1;
    wait = note->rejections > 1
               ? retry_wait(RETRY_FIRST_S, RETRY_MAX_S, note->rejections, seed)
               : 0;
    note->not_before = moment_after(now, wait);
    if (note->rejections > 1) {
        note->failed_at = now.wall;
        (void)snprintf(note->status, sizeof note->status, "%s",
                       tw_status_name(TW_E_RETRY));
        (void)snprintf(note->message, sizeof note->message,
                       "%ld young tokens in a row were rejected by whom "
                       "they were meant for\n"
                       "does the token lack a scope there?",
                       (long)note->rejections);
    }
}

int64_t
retry_refresh_at(int64_t issued_at, int64_t lifetime, uint32_t seed)
{
    int64_t permille = 700 + (int64_t)(seed % 101);

    return issued_at + lifetime * permille / 1000;
}
