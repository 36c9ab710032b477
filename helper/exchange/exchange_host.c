/* SPDX-License-Identifier: MIT */
/*
 * exchange_host.c - a module's questions come in, plain texts go out.
 *
 * The module may ask for any name: what is a secret or a token is answered
 * with NULL, whoever asks.
 */
#include "helper/exchange/exchange_host.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What every profile may have and no secret is. */
static const char *
common_key(const struct profile *profile, const char *name)
{
    if (strcmp(name, "client_id") == 0)
        return profile->client_id;
    if (strcmp(name, "issuer") == 0)
        return profile->issuer;
    if (strcmp(name, "token_endpoint") == 0)
        return profile->token_endpoint;
    return NULL;
}

static const char *
host_option(const struct tw_host *table, const char *name, size_t index)
{
    const struct exchange_host *host = table->context;
    const struct profile_option *option = profile_option(host->profile, name);

    if (!option && index == 0)
        return common_key(host->profile, name);
    if (!option || !option->values)
        return NULL;
    for (size_t i = 0; i < index; i++) {
        if (!option->values[i])
            return NULL;
    }
    return option->values[index];
}

static bool
is_token_member(const char *name)
{
    static const char *const NAMES[] = {"access_token", "device_code",
                                        "id_token", "refresh_token"};

    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        if (strcmp(name, NAMES[i]) == 0)
            return true;
    }
    return false;
}

static const char *
number_text(struct exchange_host *host, const char *name)
{
    char text[24];
    int64_t number;

    if (json_kind(host->answer->json, name) != JSON_NUMBER ||
        !json_seconds(host->answer->json, name, &number))
        return NULL;
    (void)snprintf(text, sizeof text, "%" PRId64, number);
    return arena_text(&host->texts, text, strlen(text));
}

static const char *
host_member(const struct tw_host *table, const char *name)
{
    struct exchange_host *host = table->context;
    const struct json *json = host->answer->json;
    const char *text;
    size_t n;

    if (!json || is_token_member(name))
        return NULL;
    text = json_string(json, name, &n);
    if (!text)
        return number_text(host, name);
    return text_is_line(text, n) ? text : NULL;
}

/* Whoever brings a refresh token, or comes for one, means no other: the
 * profile's may be one that was used, for which a server ends the login before
 * this one (RFC 9700 4.14.2). */
static int
host_has(const struct tw_host *table, const char *name)
{
    const struct exchange_host *host = table->context;
    const struct profile_option *option = profile_option(host->profile, name);
    const struct keeper *keeper =
        strcmp(name, "refresh_token") == 0 ? host->keeper : NULL;
    bool is_kept = keeper && keeper->token.len;
    bool is_secret = option && option->secret.kind != SECRET_NONE &&
                     !(keeper && keeper->is_anew);

    return (is_secret ? TW_HAS_SECRET : 0) | (is_kept ? TW_HAS_KEPT : 0);
}

void
exchange_host_init(struct exchange_host *host, const struct profile *profile,
                   const struct keeper *keeper, const struct reply *answer)
{
    *host = (struct exchange_host){
        .table = {.version = TW_PROVIDER_VERSION,
                  .size = sizeof host->table,
                  .context = host,
                  .option = host_option,
                  .member = host_member,
                  .has = host_has},
        .profile = profile,
        .keeper = keeper,
        .answer = answer,
    };
}

void
exchange_host_return(struct exchange_host *host)
{
    arena_clear(&host->texts);
}
