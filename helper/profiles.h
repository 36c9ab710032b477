/* SPDX-License-Identifier: MIT */
/*
 * profiles.h - the profiles of a user or of the system, from their files.
 *
 * User: DIR/profiles.yaml and DIR/profiles.d/?*.yaml in order of their names,
 * DIR = $XDG_CONFIG_HOME/tokenward or ~/.config/tokenward.  System:
 * /etc/tokenward/profiles.d/?*.yaml.  The two never mix.
 */
#ifndef TW_HELPER_PROFILES_H
#define TW_HELPER_PROFILES_H

#include "helper/profile.h"
#include "helper/table.h"
#include "provider/base/mark.h"

#define PROFILE_FILES_MAX 256 /* of a user; the system has 65536 */

/* A file or directory that was looked at, and how it looked then. */
struct profile_source {
    char *path;
    struct mark mark;
    struct profile_source *next;
};

#define PROFILES_LEFT_OUT_MAX 64 /* complaints that are kept */

/* A profile, or a whole file, that is not in the set, and why not. */
struct profile_left_out {
    char *name; /* NULL: a file, and whatever is in it */
    struct tw_error err;
    struct profile_left_out *next;
};

struct profile_set {
    struct profile *first, *last;
    size_t count;
    struct table names;         /* of profiles, by name */
    struct table routes;        /* of profiles, by host and path of a match */
    const struct profile *wlcg; /* the one with wlcg_discovery, or NULL */
    struct profile_source *sources;
    char *places; /* "A, B" for "no such profile" */
    struct tw_error
        broken; /* the first file or profile left out; TW_OK if none */
    size_t broken_count;
    struct profile_left_out *left_out;
};

/* profiles_load: reads every file.  A broken file is left out whole, a broken
 * profile alone; the first complaint is kept in @out->broken, and every one is
 * handed to @complain (may be NULL).  Files and directories are checked on the
 * descriptor: owner, mode, regular, size (CHECKLIST Y2, perms.tsv).
 * Fails only when nothing could be looked at: TW_E_ACCESS, TW_E_SYSTEM. */
struct profile_scope {
    bool system;
    const char *dir; /* holds profiles.yaml (user only) and profiles.d */
    const char *preset_dir; /* NULL: there are no presets */
};
enum tw_status
profiles_load(const struct profile_scope *scope, struct modules *modules,
              void (*complain)(void *arg, const struct tw_error *err),
              void *arg, struct profile_set *out, struct tw_error *err);

/* profiles_load_file: the same for one file, for check FILE. */
enum tw_status
profiles_load_file(const struct profile_scope *scope, const char *path,
                   struct modules *modules,
                   void (*complain)(void *arg, const struct tw_error *err),
                   void *arg, struct profile_set *out, struct tw_error *err);

/* profiles_find: TW_E_NOT_FOUND names the places looked at, and the nearest
 * name if there is one close enough; when it was left out
 * itself, or may stand in a file that was, that complaint (its own status) is
 * given instead. */
enum tw_status profiles_find(const struct profile_set *set, const char *name,
                             const struct profile **out, struct tw_error *err);

void profile_set_clear(struct profile_set *set);

#endif
