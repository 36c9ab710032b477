/* SPDX-License-Identifier: MIT */
/*
 * authorization_code.c - the authorization code grant (RFC 6749 4.1), with
 * PKCE (RFC 7636), for a browser on the person's own host (RFC 8252).
 *
 * A person logs in once: a refresh token that came with it is used from then
 * on.  The address with its state and challenge, the way back, and the code
 * are the helper's affair.
 */
#include "provider/grants/fields.h"

static const struct tw_option OPTIONS[] = {
    {"access_type", TW_OPTION_TEXT, 0,
     "offline, where a refresh token is asked for by that (Google)"},
    {"audience", TW_OPTION_TEXT, 0,
     "whom the token is for, where the server asks for it by that name"},
    {"authorization_endpoint", TW_OPTION_ENDPOINT, TW_OPTION_REQUIRED,
     "where a browser is sent to log in (RFC 6749 3.1)"},
    {"login_hint", TW_OPTION_TEXT, 0,
     "who logs in, for the server's form (OpenID Connect Core 3.1.2.1)"},
    {"prompt", TW_OPTION_TEXT, 0,
     "what the server shall ask for again: login, consent, select_account "
     "(OpenID Connect Core 3.1.2.1)"},
    {"redirect_uri", TW_OPTION_LOOPBACK, 0,
     "where the browser is sent back to; without a port any free one is "
     "taken (RFC 8252 7.3); http://127.0.0.1/ unless said otherwise"},
    {"resource", TW_OPTION_URLS, 0,
     "URIs of the services the token is for (RFC 8707)"},
    {"scope", TW_OPTION_SCOPE, 0,
     "what the token shall allow; many servers want offline_access for a "
     "refresh token"},
};

static void
ask_for_login(const struct tw_host *host, struct form *form,
              struct tw_action *action)
{
    static const char *const NAMES[] = {"scope", "audience", "access_type",
                                        "login_hint", "prompt"};

    form_begin(form, NULL);
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        form_add_option(form, host, NAMES[i]);
    form_add_resources(form, host);
    form_post(form, action);
    action->kind = TW_ACTION_AUTHORIZE;
    action->url = host->option(host, "authorization_endpoint", 0);
}

static void
ask_for_token(const struct tw_host *host, struct form *form,
              struct tw_action *action)
{
    static const char *const NAMES[] = {"code", "redirect_uri",
                                        "code_verifier"};

    form_begin(form, "authorization_code");
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        form_add(form, NAMES[i], NAMES[i], TW_FIELD_AUTHORIZED);
    form_add_resources(form, host);
    form_post(form, action);
}

static int
advance(const struct tw_host *host, void *state, const struct tw_event *event,
        struct tw_action *action)
{
    struct form *form = state;

    switch (event->kind) {
    case TW_EVENT_START:
        if (host->has(host, "refresh_token") & TW_HAS_KEPT)
            form_refresh(host, form, action);
        else
            ask_for_login(host, form, action);
        return 0;
    case TW_EVENT_AUTHORIZED:
        ask_for_token(host, form, action);
        return 0;
    case TW_EVENT_TOKEN:
        action->kind = TW_ACTION_DONE;
        return 0;
    default:
        action->kind = TW_ACTION_FAIL;
        return 0;
    }
}

TW_PROVIDER_V1(.name = "authorization_code",
               .summary = "a person logs in with a browser on this host "
                          "(RFC 6749 4.1, RFC 7636)",
               .needs = TW_NEEDS_ENDPOINT | TW_NEEDS_CLIENT |
                        TW_KEEPS_REFRESH_TOKEN | TW_NEEDS_PERSON |
                        TW_NEEDS_REDIRECT,
               .options = OPTIONS,
               .option_count = sizeof OPTIONS / sizeof *OPTIONS,
               .state_size = sizeof(struct form), .advance = advance);
