/* SPDX-License-Identifier: MIT */
/*
 * profile_stack.h - the sources that a profile lists: any_of.
 */
#ifndef TW_HELPER_PROFILE_STACK_H
#define TW_HELPER_PROFILE_STACK_H

#include "helper/profile/profile_reader.h"

/* profile_stack_read: the sources of @list, the profile's any_of, as a chain
 * of profiles that @out leads: each is complete, with the keys outside of
 * any_of for those it does not have itself.  Fails as profile_read() does. */
enum tw_status profile_stack_read(const struct profile_reader *reader,
                                  const struct yaml_node *list,
                                  struct profile **out);

/* For documents: is @key the whole profile's and no source's?  The outcomes
 * and the actions that actions: may name, until NULL. */
bool profile_stack_is_whole(const char *key);
const char *profile_stack_outcome(size_t index);
const char *profile_stack_action(size_t index);

#endif
