/* SPDX-License-Identifier: MIT */
/*
 * draft.h - a profile that is being written: what is known of it so far.
 */
#ifndef TW_HELPER_DRAFT_H
#define TW_HELPER_DRAFT_H

#include <stdbool.h>

#include "provider/base/error.h"
#include "provider/base/secret.h"
#include "provider/base/text.h"

#define DRAFT_VALUE_MAX 2048 /* bytes */
#define DRAFT_TEXT_MAX (32 * 1024)
#define DRAFT_VARS_MAX 8
#define DRAFT_VAR_MAX 255 /* bytes of a name, or a value */

enum draft_key {
    DRAFT_PRESET = 0,
    DRAFT_PROVIDER,
    DRAFT_ISSUER,
    DRAFT_TOKEN_ENDPOINT,
    DRAFT_CLIENT_ID,
    DRAFT_AUTH_METHOD,
    DRAFT_SCOPE,
    DRAFT_AUDIENCE,
    DRAFT_RESOURCE,
    DRAFT_AUTHORIZATION_ENDPOINT,
    DRAFT_DEVICE_ENDPOINT,
    DRAFT_REDIRECT_URI,
    DRAFT_ALLOW_HTTP,
    DRAFT_CA_FILE,
    DRAFT_ASSERTION_KEY,
    DRAFT_KEYS
};

struct draft {
    char name[PROFILE_NAME_MAX + 1];
    char values[DRAFT_KEYS][DRAFT_VALUE_MAX]; /* "": not said */
    char vars[DRAFT_VARS_MAX][2][DRAFT_VAR_MAX + 1];
    size_t var_count;
    char secret_file[DRAFT_VALUE_MAX]; /* absolute; or */
    struct secret secret;              /* the secret itself; or neither */
};

/* draft_key: the key of a profiles file. */
const char *draft_key(enum draft_key key);

/* draft_find_key: DRAFT_KEYS: a draft has no such key. */
enum draft_key draft_find_key(const char *name);

/* draft_set: TW_E_USAGE: no line of text, or too long; @what is what the
 * message calls it. */
enum tw_status draft_set(struct draft *draft, enum draft_key key,
                         const char *what, const char *value,
                         struct tw_error *err);

/* draft_is_path: does the key name a file? */
bool draft_is_path(enum draft_key key);

/* draft_find_path: of a file that is there, the absolute path, of less than
 * DRAFT_VALUE_MAX bytes.  TW_E_USAGE: there is none, or it is too long. */
enum tw_status draft_find_path(const char *what, const char *path, char *out,
                               struct tw_error *err);

/* draft_set_path: draft_set() with that. */
enum tw_status draft_set_path(struct draft *draft, enum draft_key key,
                              const char *what, const char *path,
                              struct tw_error *err);

/* draft_add_scope: one more, of @n bytes, unless it is there.  TW_E_USAGE: too
 * long with those before it, or no line of text. */
enum tw_status draft_add_scope(struct draft *draft, const char *scope,
                               size_t n, struct tw_error *err);

/* draft_add_var: a variable of the preset, whose name has @n bytes; @what as
 * above.  TW_E_USAGE: no line of text, too long, or one too many. */
enum tw_status draft_add_var(struct draft *draft, const char *what,
                             const char *name, size_t n, const char *value,
                             struct tw_error *err);
bool draft_has_var(const struct draft *draft, const char *name);

/* draft_put: as a profiles file, whose secret is in @secret_path (NULL: none
 * is named).  False when @out is full. */
bool draft_put(const struct draft *draft, const char *secret_path,
               struct secret *out);

void draft_clear(struct draft *draft);

#endif
