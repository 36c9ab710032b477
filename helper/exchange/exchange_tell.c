/* SPDX-License-Identifier: MIT */
/*
 * exchange_tell.c - see exchange_tell.h.
 *
 * What is shown came from a server.  An address is opened by a person who
 * types a password there, so it is held to the rules of an endpoint's: https,
 * and nothing that two readers could read in two ways.  A code is typed as it
 * is shown, so one that cannot be shown as it is is refused, not mended.
 */
#include "helper/exchange/exchange_tell.h"

#include <string.h>

#include "helper/exchange/explain.h"
#include "helper/text/url.h"

#define USER_CODE_MAX 64 /* bytes that a person types */

static enum tw_status
fail_alone(const struct exchange_context *context, struct tw_error *err)
{
    const struct profile *profile = context->profile;

    return tw_fail(err, TW_E_INTERACT,
                   "%s:%u: profile '%s' needs a person to log in\n"
                   "run: tokenward login%s %s",
                   profile->file, profile->line, profile->name,
                   explain_system_option(context->secrets.system),
                   profile->name);
}

bool
exchange_lacks_person(const struct exchange_context *context,
                      struct tw_error *err)
{
    const struct tw_provider_v1 *provider =
        &context->profile->module->provider;

    if (!(provider->needs & TW_NEEDS_PERSON) || context->person ||
        (context->keeper && context->keeper->token.len))
        return false;
    (void)fail_alone(context, err);
    return true;
}

static bool
is_typed(const char *code)
{
    size_t n = strlen(code);

    if (n == 0 || n > USER_CODE_MAX || code[0] == ' ' || code[n - 1] == ' ')
        return false;
    for (size_t i = 0; i < n; i++) {
        if (code[i] < 0x20 || code[i] > 0x7e)
            return false;
    }
    return true;
}

enum tw_status
exchange_tell(const struct exchange_context *context,
              const struct tw_action *action, struct tw_error *err)
{
    const struct profile *profile = context->profile;
    bool loopback = profile->allow_loopback_http;
    struct shown text = {""};
    struct tell tell = {.url = action->url,
                        .code = action->code,
                        .valid_s = action->valid_s > 0 ? action->valid_s : 0};
    const char *problem;

    if (!(profile->module->provider.needs &
          (TW_NEEDS_PERSON | TW_KEEPS_REFRESH_TOKEN)))
        return tw_fail(err, TW_E_MODULE,
                       "provider '%s' is broken: it tells a person something, "
                       "and by its needs nobody can log in",
                       profile->module->provider.name);
    if (!context->person)
        return fail_alone(context, err);
    if (!action->url)
        return tw_fail(err, TW_E_PROTOCOL,
                       "%s:%u: profile '%s': the server names no address to "
                       "log in at",
                       profile->file, profile->line, profile->name);
    problem = url_endpoint_problem(action->url, strlen(action->url), loopback);
    if (problem)
        return tw_fail(err, TW_E_PROTOCOL,
                       "%s:%u: profile '%s': the server's address to log in "
                       "at %s",
                       profile->file, profile->line, profile->name, problem);
    if (action->code && !is_typed(action->code))
        return tw_fail(err, TW_E_PROTOCOL,
                       "%s:%u: profile '%s': the server's code is none that "
                       "can be typed: 1 to %d printable ASCII characters",
                       profile->file, profile->line, profile->name,
                       USER_CODE_MAX);
    if (action->text)
        tell.text = text_printable(&text, action->text, strlen(action->text));
    if (action->scan &&
        !url_endpoint_problem(action->scan, strlen(action->scan), loopback))
        tell.scan = action->scan;
    context->person->show(context->person->arg, &tell);
    return TW_OK;
}
