/* SPDX-License-Identifier: MIT */
/*
 * docker.c - docker's credential helper protocol, which podman, skopeo,
 * buildah and crane speak, too (docker-credential-helpers, credentials.go).
 *
 * The server's address comes as plain text, with or without https:// and a
 * path.  Errors go to stdout with exit status 1, and the words for "not ours"
 * are compared byte for byte by the clients.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "(no version)"
#endif

#include <string.h>

#include "provider/base/json_text.h"
#include "provider/base/own_name.h"
#include "provider/credential/input.h"
#include "provider/credential/place.h"
#include "provider/credential/protocol.h"
#include "provider/credential/target.h"

#define SERVER_MAX 4096 /* bytes of an address with its line end */
#define STORE_MAX (256 * 1024)
#define LISTED_MAX 256 /* routes */

#define USAGE "usage: docker-credential-tokenward get|list|erase|store|version"
#define NOT_FOUND "credentials not found in native keychain"
#define NO_SERVER "no credentials server URL"

/* No expiry can be told, and a pull may take long: ask for a fresh one. */
#define MARGIN_S 60

struct verb {
    const char *name;
    enum tw_status (*run)(struct secret *out, struct tw_error *err);
};

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The address on stdin, without what surrounds it. */
static enum tw_status
read_server(struct secret *out, struct tw_error *err)
{
    enum tw_status status = input_read(STDIN_FILENO, INPUT_MS, NULL, out, err);
    size_t first = 0;

    if (status)
        return status;
    while (out->len && is_blank(out->bytes[out->len - 1]))
        out->bytes[--out->len] = '\0';
    while (first < out->len && is_blank(out->bytes[first]))
        first++;
    if (first == out->len)
        return tw_fail(err, TW_E_USAGE, NO_SERVER);
    memmove(out->bytes, out->bytes + first, out->len - first + 1);
    out->len -= first;
    return strlen(out->bytes) == out->len
               ? TW_OK
               : tw_fail(err, TW_E_USAGE, "the server URL holds NUL");
}

static enum tw_status
find_server(struct secret *server, struct target *out, struct tw_error *err)
{
    struct place place;
    enum tw_status status = read_server(server, err);

    *out = (struct target){.found = false};
    if (status || !place_read(server->bytes, true, &place))
        return status;
    return target_find(place.host, place.path, out, err);
}

static enum tw_status
get(struct secret *out, struct tw_error *err)
{
    AUTO_SECRET server = SECRET_INIT(SERVER_MAX);
    AUTO_ANSWER answer = ANSWER_INIT;
    struct target target;
    bool given = false;
    enum tw_status status = find_server(&server, &target, err);

    if (!status && target.found)
        status = target_ask(&target, 2 * MARGIN_S, &given, &answer, err);
    if (status)
        return status;
    if (!given)
        return tw_fail(err, TW_E_NOT_FOUND, NOT_FOUND);
    return secret_append(out, "{", 1) &&
                   json_put_text_member(out, "ServerURL", server.bytes) &&
                   json_put_text_member(out, "Username",
                                        target.route.username) &&
                   json_put_text_member(out, "Secret", answer.record.token) &&
                   secret_append(out, "}\n", 2)
               ? TW_OK
               : tw_no_memory(err);
}

/* `docker logout`: the token is dropped for all, and fetched when asked. */
static enum tw_status
erase(struct secret *out, struct tw_error *err)
{
    AUTO_SECRET server = SECRET_INIT(SERVER_MAX);
    struct target target;
    enum tw_status status = find_server(&server, &target, err);

    (void)out;
    if (status || !target.found)
        return status;
    return target_reject(&target, NULL, NULL, err);
}

/* `docker login`: what it brings is not kept, and saying that it was would
 * lose it. */
static enum tw_status
store(struct secret *out, struct tw_error *err)
{
    AUTO_SECRET given = SECRET_INIT(STORE_MAX);
    enum tw_status status =
        input_read(STDIN_FILENO, INPUT_MS, NULL, &given, err);

    (void)out;
    return status ? status
                  : tw_fail(err, TW_E_USAGE,
                            "tokenward keeps no password: write a profile "
                            "with match: for this registry");
}

struct listing {
    struct secret *out;
    struct route_place {
        char host[PLACE_HOST_MAX];
    } listed[LISTED_MAX];
    size_t count;
    bool good;
};

static bool
is_listed(const struct listing *listing, const char *host)
{
    for (size_t i = 0; i < listing->count; i++) {
        if (strcmp(listing->listed[i].host, host) == 0)
            return true;
    }
    return false;
}

/* @n bytes of a @form, of the profile whose name is @length bytes of @name; as
 * NAME@ it is the caller's own.  False: it leads nowhere. */
static bool
take_username(const char *name, size_t length, const char *form, size_t n,
              char out[static ROUTE_USERNAME_SIZE])
{
    char template[PROFILE_NAME_MAX + 1], own[PROFILE_NAME_MAX + 1];
    char text[ROUTE_USERNAME_SIZE];

    if (length == 0 || length >= sizeof template || n >= sizeof text)
        return false;
    memcpy(text, form, n);
    text[n] = '\0';
    if (name[length - 1] != '@') {
        (void)strcpy(out, text);
        return true;
    }
    memcpy(template, name, length);
    template[length] = '\0';
    return own_name(template, own, NULL) == TW_OK &&
           route_username(text, strchr(own, '@') + 1, out);
}

/* @value: NAME USERNAME HOST[:PORT] [PATH]; a registry has no path. */
static bool
list_one(void *arg, const char *key, const char *value)
{
    struct listing *listing = arg;
    char username[ROUTE_USERNAME_SIZE],
        server[PLACE_HOST_MAX + 8] = "https://";
    const char *user = strchr(value, ' ');
    const char *host = user ? strchr(user + 1, ' ') : NULL;
    size_t n = host ? (size_t)(host - user) - 1 : 0;

    if (strcmp(key, "route") != 0 || !host || strchr(host + 1, ' ') ||
        strlen(host + 1) >= PLACE_HOST_MAX || is_listed(listing, host + 1) ||
        !take_username(value, (size_t)(user - value), user + 1, n, username))
        return true;
    if (listing->count == LISTED_MAX)
        return false;
    (void)strcpy(listing->listed[listing->count++].host, host + 1);
    (void)strcat(server, host + 1);
    listing->good = json_put_text_member(listing->out, server, username);
    return listing->good;
}

static enum tw_status
list(struct secret *out, struct tw_error *err)
{
    struct listing listing = {.out = out, .good = secret_append(out, "{", 1)};
    enum tw_status status = target_each(list_one, &listing, err);

    if (status)
        return status;
    return listing.good && secret_append(out, "}\n", 2) ? TW_OK
                                                        : tw_no_memory(err);
}

static enum tw_status
version(struct secret *out, struct tw_error *err)
{
    return secret_append_text(
               out,
               "docker-credential-tokenward (tokenward) " PACKAGE_VERSION "\n")
               ? TW_OK
               : tw_no_memory(err);
}

static enum tw_status
help(struct secret *out, struct tw_error *err)
{
    return secret_append_text(out, USAGE "\n") ? TW_OK : tw_no_memory(err);
}

static const struct verb VERBS[] = {
    {"--help", help}, {"--version", version}, {"-h", help},
    {"-v", version},  {"erase", erase},       {"get", get},
    {"list", list},   {"store", store},       {"version", version},
};

static const struct verb *
find_verb(const struct call *call)
{
    for (size_t i = 0; call->count == 1 && i < sizeof VERBS / sizeof *VERBS;
         i++) {
        if (strcmp(VERBS[i].name, call->args[0]) == 0)
            return &VERBS[i];
    }
    return NULL;
}

enum tw_status
docker_run(const struct call *call, struct secret *out, int *exit_code,
           struct tw_error *err)
{
    const struct verb *verb = find_verb(call);
    enum tw_status status =
        verb ? verb->run(out, err) : tw_fail(err, TW_E_USAGE, USAGE);

    if (!status)
        return TW_OK;
    *exit_code = 1;
    secret_clear(out);
    return secret_append(out, err->message, strcspn(err->message, "\n")) &&
                   secret_append(out, "\n", 1)
               ? TW_OK
               : status;
}
