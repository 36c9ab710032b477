/* SPDX-License-Identifier: MIT */
/*
 * profile_instances.h - which instances a template has.
 */
#ifndef TW_HELPER_PROFILE_INSTANCES_H
#define TW_HELPER_PROFILE_INSTANCES_H

#include "helper/profile/profile_file.h"

#define INSTANCES_FILE_MAX (64 * 1024 * 1024) /* bytes */

/* profile_instances_load: those that the `instances` of @template names: a
 * list, the lines of a file, or the files whose path has the name for %i.
 * What was looked at is noted in @set.  A name that cannot be one, or that
 * stands twice, is left out with a complaint; in a directory it is passed
 * over, as an editor's copies are.  TW_E_CONFIG, TW_E_ACCESS, TW_E_SYSTEM. */
enum tw_status profile_instances_load(
    struct profile_template *template, struct profile_set *set,
    const struct profile_complaints *complaints, struct tw_error *err);

#endif
