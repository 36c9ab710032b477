/* SPDX-License-Identifier: MIT */
/*
 * state_path.c - the place where refresh tokens are kept; see state.h.
 */
#include "helper/store/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "helper/base/own_directory.h"
#include "provider/base/text.h"

#define SYSTEM_PATH "/var/lib/tokenward"

/* Absolute, without a way back up, and with room for names after it. */
static bool
is_clean(const char *path, size_t n)
{
    if (n == 0 || path[0] != '/' || n > PATH_MAX - 256)
        return false;
    for (size_t i = 0; i + 2 < n; i++) {
        if (memcmp(path + i, "/..", 3) == 0 &&
            (i + 3 == n || path[i + 3] == '/'))
            return false;
    }
    return true;
}

/* The state directory of the service: systemd may list several. */
static enum tw_status
find_system(char *out, struct tw_error *err)
{
    const char *given = secure_getenv("STATE_DIRECTORY");
    size_t n = given ? strcspn(given, ":") : 0;

    if (given && !is_clean(given, n))
        return tw_fail(err, TW_E_ACCESS,
                       "STATE_DIRECTORY: is no absolute path without ..");
    (void)snprintf(out, PATH_MAX, "%.*s", given ? (int)n : PATH_MAX - 1,
                   given ? given : SYSTEM_PATH);
    return TW_OK;
}

/* Makes what is missing above the state directory; whether that went well is
 * seen when it is opened. */
static void
make_parents(const char *base, const char *const *parts)
{
    char path[PATH_MAX];
    size_t n = (size_t)snprintf(path, sizeof path, "%s", base);

    (void)mkdir(path, 0700);
    for (; *parts; parts++) {
        n += (size_t)snprintf(path + n, sizeof path - n, "/%s", *parts);
        (void)mkdir(path, 0700);
    }
}

/* @parents: those that are missing are made. */
static enum tw_status
find(bool system, bool parents, char out[static PATH_MAX],
     struct tw_error *err)
{
    static const char *const NONE[] = {NULL};
    static const char *const BELOW_HOME[] = {".local", "state", NULL};
    const char *xdg = secure_getenv("XDG_STATE_HOME");
    const char *home = secure_getenv("HOME");

    if (system)
        return find_system(out, err);
    if (xdg && is_clean(xdg, strlen(xdg))) {
        if (parents)
            make_parents(xdg, NONE);
        (void)snprintf(out, PATH_MAX, "%s/tokenward", xdg);
    } else if (home && is_clean(home, strlen(home))) {
        if (parents)
            make_parents(home, BELOW_HOME);
        (void)snprintf(out, PATH_MAX, "%s/.local/state/tokenward", home);
    } else {
        return tw_fail(err, TW_E_ACCESS,
                       "no state directory: neither XDG_STATE_HOME nor HOME "
                       "is an absolute path without ..");
    }
    return TW_OK;
}

enum tw_status
state_path(bool system, char out[static PATH_MAX], struct tw_error *err)
{
    return find(system, true, out, err);
}

enum tw_status
state_directory(const char *path, int *out, struct tw_error *err)
{
    const struct own_directory directory = {.at = AT_FDCWD,
                                            .name = path,
                                            .path = path,
                                            .mode = 0700,
                                            .forbidden = S_IRWXG | S_IRWXO,
                                            .lasts = true,
                                            .else_where = "XDG_STATE_HOME"};

    return own_directory_open(&directory, out, err);
}

bool
state_has(bool system, const char *name, bool all)
{
    static const char *const PREFIXES[] = {
        "", STATE_NEXT_PREFIX, STATE_LOGIN_PREFIX, STATE_FETCHES_PREFIX};
    const size_t count = sizeof PREFIXES / sizeof *PREFIXES;
    char dir[PATH_MAX], path[PATH_MAX + PROFILE_NAME_MAX + 16];
    struct stat st;

    if (find(system, false, dir, NULL))
        return false;
    for (size_t i = 0; i < (all ? count : count - 1); i++) {
        (void)snprintf(path, sizeof path, "%s/%s%s", dir, PREFIXES[i], name);
        if (lstat(path, &st) == 0 || errno != ENOENT)
            return true; /* or it is not known, and looked at */
    }
    return false;
}
