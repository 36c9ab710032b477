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

#include "helper/base/table.h"
#include "helper/profile/profile_template.h"
#include "helper/profile/stand_in.h"
#include "provider/base/mark.h"
#include "provider/base/text.h"

#define PROFILE_FILES_MAX 256 /* of a user; the system has 65536 */

/* A file or directory that was looked at, and how it looked then. */
struct profile_source {
    char *path;
    struct mark mark;
    bool whole; /* a directory: any name in it matters */
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
    struct arena arena; /* all profiles but those that are made */
    struct host_names host_names;
    struct profile *first, *last; /* those that are written out */
    size_t count;
    bool is_linked; /* one of them, or of the templates */
    struct profile_template *templates, *last_template;
    size_t instance_count; /* of all templates */
    struct table names;    /* of profiles, by name */
    struct table routes;   /* of profiles and samples, by host and path of a
                              match */
    struct table template_names;    /* with their @ */
    struct table instances;         /* by template's and instance's name */
    struct table lost;              /* names of profiles that are written out
                                       and left out, alone or with the file
                                       they stand in */
    const struct profile *wlcg;     /* the one with wlcg_discovery, or NULL */
    struct yaml_document *document; /* memory for the next file's, and for the
                                       next profile's, until all are read */
    struct arena scratch;
    struct profile_source *sources;
    struct table shared; /* those of them that several profiles may
                            need, by path */
    char *places;        /* "A, B" for "no such profile" */
    char *misnamed; /* a file there that is not read for its name, or NULL */
    struct tw_error
        broken; /* the first file or profile left out; TW_OK if none */
    size_t broken_count;
    bool is_short;   /* memory was, for one of them or of `lost` */
    bool is_passing; /* one of them is left out for what passes by itself */
    struct profile_left_out *left_out;
};

/* Where profiles are; all is borrowed. */
struct profile_scope {
    bool system;
    const char *dir; /* holds profiles.yaml (user only) and profiles.d; or "",
                        of a user without a home */
    const char *preset_dir;          /* NULL: there are no presets */
    const struct stand_in *stand_in; /* NULL: every file stands for itself */
};

/* profiles_load: reads every file.  A broken file is left out whole, a broken
 * profile alone; the first complaint is kept in @out->broken, and every one is
 * handed to @tell (may be NULL).  Files and directories are checked on the
 * descriptor: owner, mode, regular, size.
 * Fails only when nothing could be looked at: TW_E_ACCESS, TW_E_SYSTEM, and
 * TW_E_NOT_FOUND if nothing says where profiles are. */
enum tw_status
profiles_load(const struct profile_scope *scope, struct modules *modules,
              void (*tell)(void *arg, const struct tw_error *err), void *arg,
              struct profile_set *out, struct tw_error *err);

/* profiles_load_file: the same for one file, for check FILE. */
enum tw_status
profiles_load_file(const struct profile_scope *scope, const char *path,
                   struct modules *modules,
                   void (*tell)(void *arg, const struct tw_error *err),
                   void *arg, struct profile_set *out, struct tw_error *err);

/* profiles_load_one: of the files that profiles_load() reads the one at @path,
 * in the same directories, which are checked as there.  What it links to in
 * others is not looked up.  TW_E_NOT_FOUND: it is none of them. */
enum tw_status profiles_load_one(const struct profile_scope *scope,
                                 const char *path, struct modules *modules,
                                 struct profile_set *out,
                                 struct tw_error *err);

/* profiles_misnamed: is there a file whose name keeps it from being read?
 * @err says so. */
bool profiles_misnamed(const struct profile_set *set, struct tw_error *err);

/* profiles_find: the profile of that name; an instance is made for the one who
 * asks.  A written-out NAME@INSTANCE wins over its template.  A user's
 * instance (%u) is that of a user of this host, who must be one of the
 * template's readers: TW_E_ACCESS.
 * TW_E_NOT_FOUND names the places looked at, and the nearest
 * name if there is one close enough, or else a misnamed file; when it was left
 * out itself, or may stand in a file that was, that complaint (its own status)
 * is given instead. */
enum tw_status profiles_find(const struct profile_set *set, const char *name,
                             const struct profile **out, struct tw_error *err);

/* profiles_hide: has @set a profile of that name, be it one that was left out?
 * What may stand in a file that nobody can read hides nothing. */
bool profiles_hide(const struct profile_set *set, const char *name);

/* profile_release: whoever has found it is done with it; NULL is nothing.
 * Those that are written out are the set's. */
void profile_release(const struct profile *profile);

/* auto_release: for AUTO(...), of a const struct profile *. */
void auto_release(const struct profile **profile);

/* profiles_template: of that name with its @, or of an instance with that
 * name, unless one that is written out would count in its place, and was left
 * out; or NULL. */
const struct profile_template *profiles_template(const struct profile_set *set,
                                                 const char *name);

/* profiles_take: @instance of @template, which is not to be looked up again,
 * for the user of @uid if it is of_users. */
enum tw_status profiles_take(const struct profile_set *set,
                             const struct profile_template *template,
                             const char *instance, uid_t uid,
                             const struct profile **out, struct tw_error *err);

/* Every name of a set, one after the other: first those that are written out,
 * then the instances. */
struct profile_cursor {
    const struct profile_set *set;
    const struct profile *profile; /* of an instance its template's sample */
    const struct profile_instance *instance; /* or NULL */
    const struct profile_template *template;
    const char *name;
    size_t index;
    char text[PROFILE_NAME_MAX + 1];
};

/* profiles_next: false: that was the last.  All zero but the set at first. */
bool profiles_next(struct profile_cursor *cursor);

/* profiles_has_all: is every name of @others one of @set's, too? */
bool profiles_has_all(const struct profile_set *set,
                      const struct profile_set *others);

void profile_set_clear(struct profile_set *set);

#endif
