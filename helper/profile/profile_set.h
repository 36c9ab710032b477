/* SPDX-License-Identifier: MIT */
/*
 * profile_set.h - how a set of profiles grows; see profiles.h for its use.
 */
#ifndef TW_HELPER_PROFILE_SET_H
#define TW_HELPER_PROFILE_SET_H

#include "helper/profile/profile_file.h"

/* profile_set_look: notes that @path is about to be looked at, and how it
 * looks: taken before it is opened, so that a change while it is read makes
 * the mark an old one.  What the set keeps of it, or NULL: out of memory. */
struct profile_source *profile_set_look(struct profile_set *set,
                                        const char *path);

/* profile_set_look_once: the same for a preset's file, or a provider's that
 * cannot be had, noted once for all profiles that need it.  False: out of
 * memory. */
bool profile_set_look_once(struct profile_set *set, const char *path);

/* profile_set_add_take: takes all of @list.  A profile whose name or match: is
 * there already, or wlcg_discovery, is left out with a complaint. */
enum tw_status
profile_set_add_take(struct profile_set *set,
                     const struct profile_complaints *complaints,
                     struct profile_list *list, struct tw_error *err);

/* profile_set_add_template: the same for a template that has a sample. */
enum tw_status profile_set_add_template(struct profile_set *set,
                                        struct profile_template *template,
                                        struct tw_error *err);

/* profile_set_add: the set owns @profile from now on, whose name and matches
 * are new.  TW_E_SYSTEM. */
enum tw_status profile_set_add(struct profile_set *set,
                               struct profile *profile, struct tw_error *err);

#endif
