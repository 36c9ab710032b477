/* SPDX-License-Identifier: MIT */
/*
 * exchange_take.c - a secret option comes in, an answer with a token in it
 * goes out.
 *
 * What was printed is held to the rules of an endpoint's answer, and no byte
 * of it comes near a message but an error's code and description.
 */
#include "helper/exchange_take.h"

#include "helper/jwt_expiry.h"
#include "helper/reply_answer.h"

/* The place of the option and where its text came from. */
struct place {
    char text[768];
};

static enum tw_status
refuse(const struct place *place, const struct reply *reply,
       struct tw_error *err)
{
    const char *said = reply->description.text;

    if (reply->error[0])
        return tw_fail(err, TW_E_DENIED, "%s: says %s%s%s%s", place->text,
                       reply->error, *said ? ": \"" : "", said,
                       *said ? "\"" : "");
    if (reply->class == REPLY_UNSUPPORTED_TOKEN_TYPE)
        return tw_fail(err, TW_E_CONFIG,
                       "%s: its token is no bearer token, and only these can "
                       "be handed out",
                       place->text);
    return tw_fail(err, TW_E_CONFIG,
                   "%s: holds neither a bare token nor a JSON object with "
                   "access_token\na token is printable ASCII without spaces, "
                   "at most %d bytes",
                   place->text, TOKEN_MAX);
}

/* The token's own word on when it ends. */
static enum tw_status
see_lifetime(const struct place *place, struct now now, struct reply *reply,
             struct tw_error *err)
{
    int64_t expires_at;

    if (!jwt_expiry(secret_text(&reply->token), reply->token.len, &expires_at))
        return TW_OK;
    if (expires_at <= now.wall)
        return tw_fail(err, TW_E_RETRY,
                       "%s: its token ran out %lld s ago\nwhoever writes it "
                       "must bring a new one",
                       place->text, (long long)(now.wall - expires_at));
    if (reply->lifetime == LIFETIME_UNKNOWN)
        reply->lifetime = expires_at - now.wall < LIFETIME_MAX
                              ? expires_at - now.wall
                              : LIFETIME_MAX;
    return TW_OK;
}

enum tw_status
exchange_take(const struct exchange_context *context, const char *name,
              struct now now, struct reply *out, struct tw_error *err)
{
    AUTO_SECRET text = SECRET_INIT(TAKEN_MAX);
    AUTO(reply_clear) struct reply reply = {.token = SECRET_INIT(TOKEN_MAX)};
    const struct profile_option *option =
        name ? profile_option(context->profile, name) : NULL;
    struct place place;
    enum tw_status status;

    if (!option || option->secret.kind == SECRET_NONE)
        return tw_fail(err, TW_E_MODULE,
                       "provider '%s' is broken: it names no secret of the "
                       "profile",
                       context->profile->module->provider.name);
    status = secret_source_read_document(&option->secret, &context->secrets,
                                         &text, err);
    if (status)
        return status;
    secret_source_place(&option->secret, place.text, sizeof place.text);
    reply_read_text(&text, &reply);
    status = reply.class == REPLY_TOKEN
                 ? see_lifetime(&place, now, &reply, err)
                 : refuse(&place, &reply, err);
    if (status)
        return status;
    reply_clear(out);
    *out = reply;
    reply = (struct reply){.token = SECRET_INIT(TOKEN_MAX)};
    return TW_OK;
}
