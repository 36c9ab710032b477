/* SPDX-License-Identifier: MIT */
/*
 * profile_file.h - the profiles of one file.
 */
#ifndef TW_HELPER_PROFILE_FILE_H
#define TW_HELPER_PROFILE_FILE_H

#include "helper/profile/profiles.h"

/* Where complaints about files and profiles go, one by one. */
struct profile_complaints {
    void (*complain)(void *arg, const struct tw_error *err); /* or NULL */
    void *arg;
    struct profile_set *set; /* keeps them */
};

/* profile_complain: about the profile @name, or NULL: about a file. */
void profile_complain(const struct profile_complaints *complaints,
                      const char *name, const struct tw_error *err);

/* profile_leave_out: the same of one that is written out, in whose place no
 * instance of a template counts either. */
void profile_leave_out(const struct profile_complaints *complaints,
                       const char *name, const struct tw_error *err);

/* The profiles of a file, in its order, and its templates.  The profiles are
 * the set's arena's. */
struct profile_list {
    struct profile *first, *last;
    struct profile_template *templates, *last_template;
};

/* profile_file_read: opens @name in @dir, checks and reads it.  A profile
 * that is broken is left out with a complaint; a file that is broken fails
 * whole: TW_E_NOT_FOUND, TW_E_ACCESS, TW_E_CONFIG, TW_E_SYSTEM.  @source
 * gives the path, gets the mark of the very file that was read, and must
 * outlive the profiles. */
enum tw_status
profile_file_read(const struct profile_scope *scope, int dir, const char *name,
                  struct profile_source *source, struct modules *modules,
                  const struct profile_complaints *complaints,
                  struct profile_list *out, struct tw_error *err);

void profile_list_clear(struct profile_list *list);

#endif
