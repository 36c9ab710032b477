/* SPDX-License-Identifier: MIT */
/*
 * names.h - the names of the profiles that this user may use, as the indexes
 * have them: no YAML is read for it.
 */
#ifndef TW_CLI_NAMES_H
#define TW_CLI_NAMES_H

#include <stdint.h>

#include "provider/base/runtime.h"
#include "provider/base/text.h"

typedef char profile_name[PROFILE_NAME_MAX + 1];

struct index;

struct names {
    profile_name *names; /* the user's in their order, then the system's */
    size_t count, room;
    uint32_t *slots; /* twice the room: numbers of names from 1, by hash */
};

/* names_add: once each; what can be no name is left out.  False: out of
 * memory. */
bool names_add(struct names *names, const char *name);

/* names_hide: is @name one of these, which hide what is called so, or an
 * instance of a template that is? */
bool names_hide(const struct names *names, const char *name);

/* names_add_left_out: those of the user's that something is wrong with, and
 * templates (NAME@): they hide the system's all the same. */
bool names_add_left_out(struct names *names, const struct index *user);

/* names_warn: @why says so, if any is. */
void names_warn(const struct index *user, struct tw_error *why);

/* names_gather: @anew: a helper may have to make the user's index anew, and is
 * waited for.  @why (may be NULL) says what is wrong with the user's; the
 * others are there all the same.  TW_E_SYSTEM: out of memory. */
enum tw_status names_gather(const struct runtime *runtime, bool anew,
                            struct names *out, struct tw_error *why,
                            struct tw_error *err);

/* names_gather_own: of the user's alone, and nothing is said of them. */
enum tw_status names_gather_own(const struct runtime *runtime,
                                struct names *out, struct tw_error *err);

/* names_gather_system: of the system's alone, also those that a user's profile
 * hides. */
enum tw_status names_gather_system(const struct runtime *runtime,
                                   struct names *out, struct tw_error *err);

/* names_suggest: gives a message that one of @written names no profile the
 * nearest one as its hint, unless it has a hint: of those that are known, for
 * nobody waits for a hint, nor is a helper started. */
void names_suggest(char *const *written, int count, struct tw_error *err);

void names_clear(struct names *names);

#define AUTO_NAMES AUTO(names_clear) struct names

#endif
