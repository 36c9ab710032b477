/* SPDX-License-Identifier: MIT */
/*
 * exchange_take.c - a secret option comes in, an answer with a token in it
 * goes out.
 *
 * What was printed is held to the rules of an endpoint's answer, and no byte
 * of it comes near a message but an error's code and description.
 */
#include "helper/exchange/exchange_take.h"

#include "helper/exchange/reply_answer.h"
#include "helper/text/jwt_expiry.h"

/* The place of the option and where its text came from. */
struct place {
    char text[768];
};

static enum tw_status
refuse(const struct place *place, const struct reply *reply,
       struct tw_error *err)
{
    const char *said = reply->description.text;
    size_t n;

    if (reply->error[0])
        return tw_fail(err, TW_E_DENIED, "%s: says %s%s%s%s", place->text,
                       reply->error, *said ? ": \"" : "", said,
                       *said ? "\"" : "");
    if (reply->class == REPLY_UNSUPPORTED_TOKEN_TYPE)
        return tw_fail(err, TW_E_CONFIG,
                       "%s: its token is no bearer token, and only these can "
                       "be handed out",
                       place->text);
    if (reply->json && json_string(reply->json, "access_token", &n))
        return tw_fail(err, TW_E_CONFIG, "%s: %s", place->text,
                       reply->problem
                           ? reply->problem
                           : "has an error beside its access_token");
    return tw_fail(err, TW_E_CONFIG,
                   "%s: holds neither a bare token nor a JSON object with "
                   "access_token\na token is printable ASCII without spaces, "
                   "at most %d bytes",
                   place->text, TOKEN_MAX);
}

static enum tw_status
refuse_old(const struct place *place, int64_t seconds, struct tw_error *err)
{
    return tw_fail(err, TW_E_RETRY,
                   "%s: its token ran out %lld s ago\nwhoever writes it must "
                   "bring a new one",
                   place->text, (long long)seconds);
}

/* The token's own word on when it ends, and what is over of its time, which
 * was counted from @age seconds ago. */
static enum tw_status
see_lifetime(const struct place *place, int64_t now, int64_t age,
             struct reply *reply, struct tw_error *err)
{
    int64_t ends;
    bool is_jwt =
        jwt_expiry(secret_text(&reply->token), reply->token.len, &ends);

    if (is_jwt && ends <= now)
        return refuse_old(place, now - (ends > 0 ? ends : 0), err);
    if (reply->lifetime != LIFETIME_UNKNOWN)
        reply->lifetime -= age;
    else if (is_jwt)
        reply->lifetime = ends - now;
    else
        return TW_OK;
    if (reply->lifetime > LIFETIME_MAX)
        reply->lifetime = LIFETIME_MAX;
    return reply->lifetime > 0 ? TW_OK
                               : refuse_old(place, -reply->lifetime, err);
}

/* How the file looks, before it is opened: a change while it is read makes
 * this an old one.  Its age, if it is one and older than @now: one of before
 * 1970, or of no time at all, is as old as its first second. */
static int64_t
look_at_file(const struct secret_source *source, int64_t now,
             struct mark *mark)
{
    struct stat st;
    int64_t written;

    if (source->kind != SECRET_FILE && source->kind != SECRET_FOREIGN_FILE)
        return 0;
    if (stat(source->text, &st) < 0) {
        mark_of(NULL, mark);
        return 0;
    }
    mark_of(&st, mark);
    written = st.st_mtim.tv_sec > 1 ? st.st_mtim.tv_sec : 1;
    return written < now ? now - written : 0;
}

static enum tw_status
read_answer(const struct exchange_context *context,
            const struct secret_source *source, int64_t now, int64_t age,
            struct reply *out, struct tw_error *err)
{
    AUTO_SECRET text = SECRET_INIT(SECRET_DOCUMENT_MAX);
    struct place place;
    enum tw_status status =
        secret_source_read_document(source, &context->secrets, &text, err);

    if (status)
        return status;
    secret_source_place(source, place.text, sizeof place.text);
    reply_read_text(&context->profile->reply, now - age, &text, out);
    return out->class == REPLY_TOKEN ? see_lifetime(&place, now, age, out, err)
                                     : refuse(&place, out, err);
}

enum tw_status
exchange_take(const struct exchange_context *context, const char *name,
              struct outcome *out, struct tw_error *err)
{
    AUTO(reply_clear) struct reply reply = {.token = SECRET_INIT(TOKEN_MAX)};
    const struct profile_option *option =
        name ? profile_option(context->profile, name) : NULL;
    struct now now = clock_now();
    struct mark mark = {""};
    int64_t age;
    enum tw_status status;

    if (!option || option->secret.kind == SECRET_NONE)
        return tw_fail(err, TW_E_MODULE,
                       "provider '%s' is broken: it names no secret of the "
                       "profile",
                       context->profile->module->provider.name);
    age = look_at_file(&option->secret, now.wall, &mark);
    status = read_answer(context, &option->secret, now.wall, age, &reply, err);
    if (status)
        return status;
    reply_clear(&out->reply);
    out->reply = reply;
    reply = (struct reply){.token = SECRET_INIT(TOKEN_MAX)};
    out->asked = now;
    out->watched = mark.text[0] ? option->secret.text : NULL;
    out->watched_mark = mark;
    return TW_OK;
}
