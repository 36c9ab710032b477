/* SPDX-License-Identifier: MIT */
/*
 * runtime.h - where the runtime and configuration directories are.
 *
 * Environment is read with secure_getenv(3): a setuid caller gets none.
 */
#ifndef TW_BASE_RUNTIME_H
#define TW_BASE_RUNTIME_H

#include <stdbool.h>

#include "provider/base/error.h"

#define RUNTIME_PATH_MAX 1024 /* a longer variable is as good as unset */

/* The directories a process looks at, user's first. */
struct runtime {
    const char *system;            /* /run/tokenward */
    char user[RUNTIME_PATH_MAX];   /* ".../tokenward", or "": there is none */
    char config[RUNTIME_PATH_MAX]; /* ~/.config/tokenward, or "" */
};

/* runtime_find: $XDG_RUNTIME_DIR if it is absolute and the caller's own,
 * else /run/user/UID, else /run/tokenward/user/UID, if they are; never /tmp,
 * and nothing is created.  @why (may be NULL): when user stays empty, what
 * was looked at and what to do. */
void runtime_find(struct runtime *out, struct tw_error *why);

/* runtime_guess: the same without looking at any directory: readers check
 * the file they open instead. */
void runtime_guess(struct runtime *out);

/* runtime_find_later: of one that runtime_find() found nothing for, or that
 * was guessed: is there one by now?  No environment is read. */
bool runtime_find_later(struct runtime *runtime);

/* runtime_has_place: is the user's directory there, the caller's own, or can
 * it be made in one that is? */
bool runtime_has_place(const struct runtime *runtime);

/* runtime_is_config: is @other the configuration directory @config, perhaps by
 * another name?  "" is none, but to a program with more privileges than its
 * caller: it reads no environment, and to it any is. */
bool runtime_is_config(const char *config, const char *other);

/* runtime_no_config: the failure of whoever needs @config and has none:
 * TW_E_NOT_FOUND. */
enum tw_status runtime_no_config(struct tw_error *err);

#endif
