/* SPDX-License-Identifier: MIT */
/*
 * runtime.c - see runtime.h.
 *
 * $XDG_RUNTIME_DIR kept across su(1) or sudo(8) names another user's
 * directory, so its owner is asked before it is believed.
 */
#include "provider/base/runtime.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "provider/base/text.h"

#ifndef TW_SYSTEM_RUNTIME_DIR
#define TW_SYSTEM_RUNTIME_DIR "/run/tokenward"
#endif

/* Of what stands below a variable's directory: "/tokenward/NAME/FILE". */
#define BELOW_MAX (PROFILE_NAME_MAX + 32)

static bool
is_own_directory(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0 && S_ISDIR(st.st_mode) &&
           st.st_uid == geteuid() && !(st.st_mode & (S_IWGRP | S_IWOTH));
}

static const char *
absolute(const char *variable)
{
    const char *value = secure_getenv(variable);

    return value && value[0] == '/' &&
                   strlen(value) < RUNTIME_PATH_MAX - BELOW_MAX
               ? value
               : NULL;
}

/* @dir and @below into one of a runtime's paths, which has room for both. */
static void
set_path(char out[RUNTIME_PATH_MAX], const char *dir, const char *below)
{
    const char *const parts[] = {dir, below, NULL};

    (void)text_join(out, RUNTIME_PATH_MAX, parts);
}

static void
find_config(struct runtime *out)
{
    const char *xdg = absolute("XDG_CONFIG_HOME"), *home = absolute("HOME");

    if (xdg)
        set_path(out->config, xdg, "/tokenward");
    else if (home)
        set_path(out->config, home, "/.config/tokenward");
    else
        out->config[0] = '\0';
}

static void
set_common(struct runtime *out)
{
    out->system = TW_SYSTEM_RUNTIME_DIR;
    find_config(out);
    out->user[0] = '\0';
}

void
runtime_guess(struct runtime *out)
{
    const char *xdg = absolute("XDG_RUNTIME_DIR");

    if (!xdg) {
        runtime_find(out, NULL);
        return;
    }
    set_common(out);
    set_path(out->user, xdg, "/tokenward");
}

/* Of the two that come with a login, by systemd or by pam_tokenward(8). */
static void
name_login(bool ours, char out[RUNTIME_PATH_MAX])
{
    char number[24];

    (void)text_put_unsigned(number, geteuid(), 1);
    set_path(out, ours ? TW_SYSTEM_RUNTIME_DIR "/user/" : "/run/user/",
             number);
}

/* False: there is none. */
static bool
find_login(struct runtime *out)
{
    char login[RUNTIME_PATH_MAX];

    for (int ours = 0; ours < 2; ours++) {
        name_login(ours, login);
        if (is_own_directory(login)) {
            set_path(out->user, login, ours ? "" : "/tokenward");
            return true;
        }
    }
    return false;
}

void
runtime_find(struct runtime *out, struct tw_error *why)
{
    const char *xdg = absolute("XDG_RUNTIME_DIR");
    char login[RUNTIME_PATH_MAX], own[RUNTIME_PATH_MAX];

    set_common(out);
    if (why)
        *why = (struct tw_error){.status = TW_OK};
    if (xdg && is_own_directory(xdg)) {
        set_path(out->user, xdg, "/tokenward");
        return;
    }
    if (find_login(out))
        return;
    name_login(false, login);
    name_login(true, own);
    (void)tw_fail(why, TW_E_ACCESS,
                  "no runtime directory: %s%s and %s are not directories of "
                  "uid %u, closed to others\n"
                  "log in, or set XDG_RUNTIME_DIR to a directory of mode 0700 "
                  "that is yours (never in /tmp)",
                  xdg ? "XDG_RUNTIME_DIR, " : "", login, own,
                  (unsigned)geteuid());
}

bool
runtime_find_later(struct runtime *runtime)
{
    return runtime_has_place(runtime) || find_login(runtime);
}

bool
runtime_has_place(const struct runtime *runtime)
{
    char above[RUNTIME_PATH_MAX];
    char *slash;

    if (!runtime->user[0] || is_own_directory(runtime->user))
        return runtime->user[0];
    (void)strcpy(above, runtime->user);
    slash = strrchr(above, '/');
    *slash = '\0';
    return is_own_directory(above);
}

bool
runtime_is_config(const char *config, const char *other)
{
    struct stat a, b;

    if (!config[0])
        return getauxval(AT_SECURE) != 0;
    if (strcmp(config, other) == 0)
        return true;
    return stat(config, &a) == 0 && stat(other, &b) == 0 &&
           a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

enum tw_status
runtime_no_config(struct tw_error *err)
{
    return tw_fail(err, TW_E_NOT_FOUND,
                   "no profiles: neither XDG_CONFIG_HOME nor HOME is an "
                   "absolute path, so nothing says where they are");
}
