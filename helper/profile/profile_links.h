/* SPDX-License-Identifier: MIT */
/*
 * profile_links.h - profiles whose secret is another profile's token.
 */
#ifndef TW_HELPER_PROFILE_LINKS_H
#define TW_HELPER_PROFILE_LINKS_H

#include "helper/profile/profile_file.h"

#define PROFILE_DEPTH_MAX 8 /* profiles in a row, the last one included */

/* profile_links_check: sets the depth of every profile of @set, and in every
 * {profile: NAME} the fingerprint of the one that is meant.  One whose
 * {profile: NAME} leads nowhere, in a circle or too far is left out with a
 * complaint, and so is who needs it.  @whole: false: @set is one file of
 * several, a name it does not have may stand elsewhere.  TW_E_SYSTEM. */
enum tw_status profile_links_check(struct profile_set *set, bool whole,
                                   const struct profile_complaints *complaints,
                                   struct tw_error *err);

/* profile_links_note: into every {profile: NAME} of @profile, which lies in
 * @arena, the fingerprint of the one that is meant; it becomes deeper than
 * that, as an instance may be than the sample.  @room: how many others in a
 * row it may need; more is TW_E_CONFIG, as a circle is.  The rest as
 * profiles_find(). */
enum tw_status profile_links_note(const struct profile_set *set,
                                  struct arena *arena, struct profile *profile,
                                  unsigned room, struct tw_error *err);

/* profile_links_find: profiles_find(), of one that may itself need no more
 * than @room others in a row. */
enum tw_status profile_links_find(const struct profile_set *set,
                                  const char *name, unsigned room,
                                  const struct profile **out,
                                  struct tw_error *err);

#endif
