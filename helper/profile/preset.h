/* SPDX-License-Identifier: MIT */
/*
 * preset.h - what we know of a server, as data: keys of a profile that
 * `preset: NAME` brings along.
 *
 * A preset is DIR/NAME.yaml: `summary`, `keys` as in a profile with {VARIABLE}
 * in their texts, `vars` (a map of variables to what they are) and `wants` (a
 * map of keys that the profile must add to why).  Keys of the profile win,
 * each as a whole.
 */
#ifndef TW_HELPER_PRESET_H
#define TW_HELPER_PRESET_H

#include "helper/base/arena.h"
#include "helper/profile/profile_reader.h"

#define PRESET_FILE_MAX (16 * 1024) /* bytes */
#define PRESET_VALUE_MAX 253        /* bytes of a variable's value */
#define PRESET_TEXT_MAX 2048        /* bytes of a text with its variables */

/* preset_merge: @whole becomes the profile's map with the keys of its preset
 * behind its own; without a preset it is as it was.  Nodes of the preset have
 * the place of the profile's line that is to blame for them.  @arena holds
 * what was made and must outlive the use of @whole.
 * TW_E_CONFIG: no such preset, variables that are missing, unknown or of the
 * wrong form, a wanted key that is missing, a preset that is broken;
 * TW_E_ACCESS: its owner or mode; TW_E_SYSTEM. */
enum tw_status preset_merge(const struct profile_reader *reader,
                            struct arena *arena, struct yaml_node *whole);

/* preset_each: every preset of @dir in order of names; @summary is NULL when
 * @err says what is wrong with it. */
enum tw_status preset_each(const char *dir,
                           void (*visit)(void *arg, const char *name,
                                         const char *summary,
                                         const struct tw_error *err),
                           void *arg, struct tw_error *err);

#endif
