/* SPDX-License-Identifier: MIT */
/*
 * match.c - whose token a client is given for an address, and if nobody's, why
 * not: for the person whose client was given none.
 *
 * It looks where the clients' requests do.  Nobody is asked for a token.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "provider/base/nearest.h"
#include "provider/credential/place.h"
#include "provider/credential/protocol.h"
#include "provider/credential/target.h"

#define SCHEME "https://"
#define HEX "0123456789abcdefABCDEF"
#define LINE_SIZE (PROFILE_NAME_MAX + PLACE_HOST_MAX + PLACE_PATH_MAX + 128)

struct wanted {
    struct place place;
    bool has_username; /* before the host */
    char username[ROUTE_USERNAME_SIZE];
};

/* The @n bytes of @text as git decodes them (RFC 3986 2.1), where what is no
 * %XX stays as it is; "" when they are too long or no line. */
static void
decode(const char *text, size_t n, char *out, size_t size)
{
    size_t len = 0;

    for (size_t i = 0; i < n && len < size; i++) {
        char digits[3] = {0}, byte = text[i];

        if (byte == '%' && n - i > 2)
            memcpy(digits, text + i + 1, 2);
        if (strspn(digits, HEX) == 2) {
            byte = (char)strtol(digits, NULL, 16);
            i += 2;
        }
        out[len++] = byte;
    }
    if (len == size || !text_is_line(out, len))
        len = 0;
    out[len] = '\0';
}

/* As git takes an address apart.  A password behind the user name is left
 * alone. */
static bool
read_wanted(const char *text, struct wanted *out)
{
    const char *at;

    if (text_begins(text, SCHEME))
        text += strlen(SCHEME);
    at = memrchr(text, '@', strcspn(text, "/?#"));
    out->has_username = at != NULL;
    decode(text, at ? strcspn(text, ":@") : 0, out->username,
           sizeof out->username);
    if (!place_read(at ? at + 1 : text, true, &out->place))
        return false;
    text += strcspn(text, "/?#");
    decode(text, text[0] == '/' ? strcspn(text, "?#") : 0, out->place.path,
           sizeof out->place.path);
    return true;
}

/* What there is instead. */
struct neighbours {
    const struct place *place;
    char of_host[LINE_SIZE]; /* the first profile of this host; "": none */
    char left_out[PROFILE_NAME_MAX + 2]; /* one that is broken; "": none */
    bool incomplete;                     /* so may be a whole file of them */
    struct nearest nearest;
    char host[PLACE_HOST_MAX]; /* the nearest */
};

static void
look_at_host(struct neighbours *neighbours, const char *profile, size_t n,
             const char *host)
{
    size_t length = strcspn(host, " ");
    char text[PLACE_HOST_MAX];

    if (length >= sizeof text)
        return;
    memcpy(text, host, length);
    text[length] = '\0';
    nearest_look(&neighbours->nearest, text);
    if (neighbours->nearest.best == text) {
        (void)strcpy(neighbours->host, text);
        neighbours->nearest.best = neighbours->host;
    }
    if (!neighbours->of_host[0] &&
        strcasecmp(text, neighbours->place->host) == 0)
        (void)snprintf(neighbours->of_host, sizeof neighbours->of_host,
                       "'%.*s' is for " SCHEME "%s%s", (int)n, profile, text,
                       host[length] ? host + length + 1 : "");
}

/* @value: of a route, NAME USERNAME HOST[:PORT] [PATH] */
static bool
look(void *arg, const char *key, const char *value)
{
    struct neighbours *neighbours = arg;
    size_t name = strcspn(value, " ");
    const char *host = value[name] ? strchr(value + name + 1, ' ') : NULL;

    if (strcmp(key, "incomplete") == 0)
        neighbours->incomplete = true;
    else if (strcmp(key, "left_out") == 0 && !value[name] &&
             name < sizeof neighbours->left_out)
        (void)strcpy(neighbours->left_out, value);
    else if (strcmp(key, "route") == 0 && host)
        look_at_host(neighbours, value, name, host + 1);
    return true;
}

static enum tw_status
fail_unknown(const struct place *place, struct tw_error *err)
{
    struct neighbours neighbours = {.place = place,
                                    .nearest = {.written = place->host}};
    char hint[LINE_SIZE + 128];
    struct tw_error why;

    if (target_each(look, &neighbours, &why))
        return error_copy(err, &why);
    if (neighbours.of_host[0])
        (void)snprintf(hint, sizeof hint, "%s%s", neighbours.of_host,
                       place->path[0] ? ""
                                      : "; git tells a path where "
                                        "credential.useHttpPath is true");
    else if (neighbours.left_out[0])
        (void)snprintf(hint, sizeof hint,
                       "something is wrong with '%s': run tokenward check",
                       neighbours.left_out);
    else if (neighbours.incomplete)
        (void)snprintf(hint, sizeof hint,
                       "something is wrong with a file of profiles: run "
                       "tokenward check");
    else if (neighbours.nearest.best)
        (void)snprintf(hint, sizeof hint, "there is one for %s",
                       neighbours.nearest.best);
    else
        (void)snprintf(hint, sizeof hint,
                       "a profile that is has the line: match: " SCHEME "%s",
                       place->host);
    (void)tw_fail(err, TW_E_NOT_FOUND, "no profile is for " SCHEME "%s%s",
                  place->host, place->path);
    error_hint(err, hint);
    return TW_E_NOT_FOUND;
}

static bool
put(struct secret *out, const char *what, const char *text)
{
    char line[LINE_SIZE];

    (void)snprintf(line, sizeof line, "  %-9s %s\n", what, text);
    return secret_append_text(out, line);
}

/* Of the system's, whose directories only readers may enter. */
static bool
is_closed(const struct target *target)
{
    AUTO_RECORD record = RECORD_INIT;

    return target->system &&
           look_record_in(&target->runtime, true, target->route.profile,
                          &record, NULL) == TW_E_ACCESS;
}

static bool
put_target(struct secret *out, const struct place *place,
           const struct target *target, const struct target *pathless)
{
    char path[PLACE_PATH_MAX];

    (void)snprintf(path, sizeof path, "%.*s", (int)target->route.path_len,
                   place->path);
    return secret_append_text(out, SCHEME) &&
           secret_append_text(out, place->host) &&
           secret_append_text(out, place->path) &&
           secret_append(out, "\n", 1) &&
           put(out, "profile", target->route.profile) &&
           put(out, "of",
               is_closed(target) ? "the system, for others: you are not one "
                                   "of its readers"
               : target->system  ? "the system"
                                 : "you") &&
           put(out, "username", target->route.username) &&
           (!path[0] ||
            (put(out, "path", path) &&
             put(out, "no path",
                 pathless->found ? pathless->route.profile
                                 : "nobody's: git tells one where "
                                   "credential.useHttpPath is true")));
}

static bool
is_username(const struct wanted *wanted, const struct route *route)
{
    return !wanted->has_username ||
           strcmp(route->username, wanted->username) == 0;
}

enum tw_status
match_run(const struct call *call, struct secret *out, int *exit_code,
          struct tw_error *err)
{
    struct target target, pathless;
    struct wanted wanted;
    enum tw_status status;

    (void)exit_code;
    if (call->count != 1)
        return tw_fail(err, TW_E_USAGE,
                       "usage: tokenward-credential match "
                       "URL");
    if (!read_wanted(call->args[0], &wanted))
        return tw_fail(err, TW_E_USAGE,
                       "this is no address of https\nonly " SCHEME
                       "HOST[:PORT][/PATH] is answered");
    status = target_find(wanted.place.host, wanted.place.path, &target, err);
    if (!status)
        status = target_find(wanted.place.host, "", &pathless, err);
    if (status)
        return status;
    if (!target.found)
        return fail_unknown(&wanted.place, err);
    if (!is_username(&wanted, &target.route))
        return tw_fail(err, TW_E_NOT_FOUND,
                       "the address has another user name than '%s', which is "
                       "the git_username of profile '%s'\n"
                       "leave it out of the address, or write it into the "
                       "profile",
                       target.route.username, target.route.profile);
    return put_target(out, &wanted.place, &target, &pathless)
               ? TW_OK
               : tw_no_memory(err);
}
