/* SPDX-License-Identifier: MIT */
/*
 * init_ask.c - see init_ask.h.  One question for each thing that no profile of
 * this kind can do without, in the order of a profile's lines.
 */
#include "helper/setup/init_ask.h"

#include <string.h>

#include "helper/person/prompt.h"
#include "helper/setup/init_preset.h"
#include "provider/base/text.h"

/* Where a person is sent; an issuer says it by itself. */
static const struct login_place {
    const char *provider;
    enum draft_key key;
    const char *question;
} LOGIN_PLACES[] = {
    {"authorization_code", DRAFT_AUTHORIZATION_ENDPOINT,
     "URL of the authorization endpoint: "},
    {"device_code", DRAFT_DEVICE_ENDPOINT,
     "URL of the device authorization endpoint: "},
};

static const struct login_place *
login_place(const struct draft *draft)
{
    for (size_t i = 0; i < sizeof LOGIN_PLACES / sizeof *LOGIN_PLACES; i++) {
        if (strcmp(LOGIN_PLACES[i].provider, draft->values[DRAFT_PROVIDER]) ==
            0)
            return &LOGIN_PLACES[i];
    }
    return NULL;
}

static enum tw_status
ask(struct draft *draft, enum draft_key key, const char *question,
    struct tw_error *err)
{
    AUTO_SECRET line = SECRET_INIT(DRAFT_VALUE_MAX);
    enum tw_status status;

    if (draft->values[key][0])
        return TW_OK;
    status = prompt_text(question, &line, err);
    return status ? status
                  : draft_set(draft, key, draft_key(key), secret_text(&line),
                              err);
}

static enum tw_status
ask_name(struct draft *draft, bool person, struct tw_error *err)
{
    AUTO_SECRET line = SECRET_INIT(PROFILE_NAME_MAX);
    enum tw_status status = TW_OK;

    if (draft->name[0])
        return TW_OK;
    if (person)
        status = prompt_text("Name of the profile: ", &line, err);
    if (status)
        return status;
    if (!text_is_profile_name(secret_text(&line)))
        return tw_fail(err, TW_E_USAGE,
                       "which name?\na name is 1 to 64 of A-Z a-z 0-9 . _ -");
    (void)strcpy(draft->name, secret_text(&line));
    return TW_OK;
}

/* A key that signs who it is stands for a client and its secret, unless that
 * proves itself with it. */
static bool
has_client(const struct draft *draft)
{
    return !draft->values[DRAFT_ASSERTION_KEY][0] ||
           draft->values[DRAFT_AUTH_METHOD][0];
}

/* A program that a person logs in with often has none (RFC 8252 8.5). */
static enum tw_status
ask_secret(struct draft *draft, bool is_optional, struct tw_error *err)
{
    enum tw_status status;

    if (draft->secret.len || draft->secret_file[0] ||
        draft->values[DRAFT_AUTH_METHOD][0])
        return TW_OK;
    if (!is_optional)
        return prompt_secret("Client secret (not shown): ", &draft->secret,
                             err);
    status = prompt_secret_or_nothing(
        "Client secret (not shown), or nothing: ", &draft->secret, err);
    if (!status && !draft->secret.len)
        status = draft_set(draft, DRAFT_AUTH_METHOD,
                           draft_key(DRAFT_AUTH_METHOD), "none", err);
    return status;
}

enum tw_status
init_ask(struct draft *draft, const char *preset_dir, bool person, bool from,
         struct tw_error *err)
{
    const struct login_place *login = login_place(draft);
    bool endpoint = draft->values[DRAFT_PRESET][0] ||
                    draft->values[DRAFT_ISSUER][0] ||
                    draft->values[DRAFT_TOKEN_ENDPOINT][0];
    enum tw_status status = ask_name(draft, person, err);

    if (!status && !person && !endpoint && !draft->values[DRAFT_PROVIDER][0] &&
        !from)
        return tw_fail(err, TW_E_USAGE,
                       "where are tokens bought? --token-endpoint URL, "
                       "--issuer URL or --preset NAME says it\n"
                       "on a terminal it is asked for");
    if (status || !person)
        return status;
    if (!endpoint)
        status = ask(draft, DRAFT_TOKEN_ENDPOINT,
                     "URL of the token endpoint: ", err);
    if (!status && draft->values[DRAFT_PRESET][0])
        status = init_preset_ask(draft, preset_dir, err);
    if (!status && login && !draft->values[DRAFT_ISSUER][0])
        status = ask(draft, login->key, login->question, err);
    if (!status && has_client(draft))
        status = ask(draft, DRAFT_CLIENT_ID, "Client id: ", err);
    if (!status && has_client(draft))
        status = ask_secret(draft, login, err);
    if (!status && !from)
        status = ask(draft, DRAFT_SCOPE, "Scope, or nothing: ", err);
    return status;
}
