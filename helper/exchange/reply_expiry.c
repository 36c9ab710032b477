/* SPDX-License-Identifier: MIT */
/*
 * reply_expiry.c - see reply_expiry.h.
 *
 * A lifetime that was misread makes a dead token look alive, so what cannot
 * be read is refused and not guessed; and it is cut before anything is added
 * to it, so that no sum can wrap.
 */
#include "helper/exchange/reply_expiry.h"

#include "helper/text/instant.h"
#include "helper/text/jwt_expiry.h"
#include "provider/base/clock.h"

static bool
is_absent(const struct json *json, const char *key)
{
    enum json_kind kind = json_kind(json, key);

    return kind == JSON_ABSENT || kind == JSON_NULL;
}

static bool
set(int64_t seconds, struct reply *out)
{
    if (seconds < 1)
        return false;
    out->lifetime = seconds < TIME_MAX_S ? seconds : TIME_MAX_S;
    return true;
}

/* A lifetime, seconds or milliseconds since 1970, or a date. */
static bool
read_member(const struct json *json, const char *name, int64_t asked,
            struct reply *out)
{
    const char *text;
    size_t n;
    int64_t value, end;

    if (json_seconds(json, name, &value))
        end = value < 1 ? asked : instant_of_number(value, asked);
    else if (!(text = json_string(json, name, &n)) ||
             !instant_of_text(text, n, &end))
        return false;
    return end > asked && set(end - asked, out);
}

static bool
read_expires_in(const struct reply_rules *rules, const struct json *json,
                struct reply *out)
{
    int64_t seconds;

    if (!json_seconds(json, "expires_in", &seconds))
        return false;
    if (seconds == 0 && rules->zero_lifetime)
        return true;
    return set(seconds, out);
}

bool
reply_expiry(const struct reply_rules *rules, const struct json *json,
             int64_t asked, struct reply *out)
{
    const char *member = rules->expires_member;
    int64_t end;

    out->lifetime = LIFETIME_UNKNOWN;
    if (asked > 0 && member && !is_absent(json, member))
        return read_member(json, member, asked, out);
    if (!is_absent(json, "expires_in") && !read_expires_in(rules, json, out))
        return false;
    if (out->lifetime == LIFETIME_UNKNOWN && asked > 0 &&
        jwt_expiry(secret_text(&out->token), out->token.len, &end) &&
        end > asked)
        (void)set(end - asked, out);
    return true;
}
