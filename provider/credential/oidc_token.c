/* SPDX-License-Identifier: MIT */
/*
 * oidc_token.c - oidc-token [OPTION...] PROFILE, for what is built on
 * oidc-agent's client (rclone, gfal, storage tools).
 *
 * The account's short name is a profile's name.  What a profile fixes or does
 * not know (scope, audience, issuer) is refused by name, rather than answered
 * with a token that is not the one asked for.
 */
#include <string.h>

#include "provider/base/json_text.h"
#include "provider/credential/protocol.h"
#include "provider/credential/target.h"

#define MARGIN_S 30

enum form { FORM_TOKEN, FORM_HEADER, FORM_BEARER, FORM_EXPIRY };

struct request {
    const char *account;
    int64_t min_valid; /* or TW_MIN_VALID_DEFAULT */
    enum form form;
};

struct row {
    const char *name, *letter; /* letter: or NULL */
    enum form form;
};

static const struct row FORMS[] = {
    {"--auth-header", NULL, FORM_HEADER},
    {"--bearer", NULL, FORM_BEARER},
    {"--expires-at", "-e", FORM_EXPIRY},
    {"--token", "-o", FORM_TOKEN},
};

static bool
take_form(const char *word, struct request *out)
{
    for (size_t i = 0; i < sizeof FORMS / sizeof *FORMS; i++) {
        if (strcmp(FORMS[i].name, word) == 0 ||
            (FORMS[i].letter && strcmp(FORMS[i].letter, word) == 0)) {
            out->form = FORMS[i].form;
            return true;
        }
    }
    return false;
}

/* "--time=60", "--time 60", "-t60", "-t 60". */
static const char *
take_time(char ***at)
{
    const char *word = **at;

    if (strncmp(word, "--time=", 7) == 0)
        return word + 7;
    if (strcmp(word, "--time") == 0 || strcmp(word, "-t") == 0)
        return (*at)[1] ? *++*at : "";
    return strncmp(word, "-t", 2) == 0 ? word + 2 : NULL;
}

static enum tw_status
parse(char **at, struct request *out, struct tw_error *err)
{
    for (; *at; at++) {
        struct shown shown;
        const char *time = take_time(&at);

        if (time) {
            if (!text_to_int64(time, &out->min_valid) || out->min_valid < 0)
                return tw_fail(err, TW_E_USAGE,
                               "--time: not a number of seconds");
        } else if ((*at)[0] == '-' && !take_form(*at, out)) {
            return tw_fail(err, TW_E_USAGE,
                           "option %s is not taken\n"
                           "scope, audience and issuer are the profile's "
                           "affair; see tokenward-credential(1)",
                           text_printable(&shown, *at, strlen(*at)));
        } else if ((*at)[0] != '-' && out->account) {
            return tw_fail(err, TW_E_USAGE, "one profile at a time");
        } else if ((*at)[0] != '-') {
            out->account = *at;
        }
    }
    return out->account ? TW_OK : tw_fail(err, TW_E_USAGE, "which profile?");
}

static bool
put_answer(enum form form, const struct answer *answer, struct secret *out)
{
    const char *before = form == FORM_HEADER   ? "Authorization: Bearer "
                         : form == FORM_BEARER ? "Bearer "
                                               : "";

    if (form == FORM_EXPIRY)
        return json_put_number(out, target_expiry(answer, MARGIN_S)) &&
               secret_append(out, "\n", 1);
    return secret_append_text(out, before) &&
           secret_append(out, answer->record.token,
                         answer->record.token_len) &&
           secret_append(out, "\n", 1);
}

enum tw_status
oidc_token_run(const struct call *call, struct secret *out, int *exit_code,
               struct tw_error *err)
{
    AUTO_ANSWER answer = ANSWER_INIT;
    struct request request = {.min_valid = TW_MIN_VALID_DEFAULT};
    struct target target;
    enum tw_status status = parse(call->args, &request, err);

    (void)exit_code;
    if (!status)
        status = target_name(request.account, &target, err);
    if (!status)
        status = target_demand(&target, request.min_valid, &answer, err);
    if (status)
        return status;
    return put_answer(request.form, &answer, out) ? TW_OK : tw_no_memory(err);
}
