/* SPDX-License-Identifier: MIT */
/*
 * fake_target.c - target.c without files: one host is ours, and every profile
 * has the one token.
 */
#include "tests/fuzz/fake_target.h"

#include <string.h>
#include <strings.h>

#include "tests/fuzz/fuzz.h"

bool fake_target_granted;
const char *fake_target_routes;

enum tw_status
target_find(const char *host, const char *path, struct target *out,
            struct tw_error *err)
{
    (void)path;
    (void)err;
    *out = (struct target){.found = strcasecmp(host, FAKE_HOST) == 0};
    (void)strcpy(out->route.profile, "acme");
    (void)strcpy(out->route.username, "oauth2");
    return TW_OK;
}

enum tw_status
target_name(const char *profile, struct target *out, struct tw_error *err)
{
    if (!text_is_profile_name(profile))
        return tw_fail(err, TW_E_USAGE, "the profile's name cannot be one");
    *out = (struct target){.found = true, .named = true};
    (void)strcpy(out->route.profile, profile);
    return TW_OK;
}

enum tw_status
target_each(bool (*visit)(void *arg, const char *key, const char *value),
            void *arg, struct tw_error *err)
{
    const char *at = fake_target_routes; /* the last one ends with its block */
    bool goes_on = visit(arg, "route", "acme oauth2 " FAKE_HOST);

    (void)err;
    while (goes_on && at && *at) {
        size_t n = strcspn(at, "\n");
        AUTO_FREE char *line =
            at[n] ? fuzz_text((const uint8_t *)at, n) : NULL;

        goes_on = visit(arg, "route", line ? line : at);
        at += n + (at[n] == '\n');
    }
    return TW_OK;
}

enum tw_status
target_ask(const struct target *target, int64_t min_valid, bool *given,
           struct answer *out, struct tw_error *err)
{
    (void)min_valid;
    (void)err;
    answer_clear(out);
    *given = target->found;
    out->record.token = FAKE_TOKEN;
    out->record.token_len = strlen(FAKE_TOKEN);
    out->record.token_type = "Bearer";
    fake_target_granted |= *given;
    return TW_OK;
}

enum tw_status
target_demand(const struct target *target, int64_t min_valid,
              struct answer *out, struct tw_error *err)
{
    bool given = false;

    (void)target_ask(target, min_valid, &given, out, err);
    return given
               ? TW_OK
               : tw_fail(err, TW_E_CONFIG, "the token is not for this client");
}

int64_t
target_expiry(const struct answer *answer, int64_t margin_s)
{
    (void)answer;
    return 1800000000 - margin_s;
}

enum tw_status
target_reject(const struct target *target,
              bool (*is_it)(const void *arg, const struct record *record),
              const void *arg, struct tw_error *err)
{
    const struct record record = {.token = FAKE_TOKEN,
                                  .token_len = strlen(FAKE_TOKEN)};

    (void)target;
    (void)err;
    if (is_it)
        (void)is_it(arg, &record);
    return TW_OK;
}
