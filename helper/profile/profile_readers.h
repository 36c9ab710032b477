/* SPDX-License-Identifier: MIT */
/*
 * profile_readers.h - the readers: of a system's profile.
 */
#ifndef TW_HELPER_PROFILE_READERS_H
#define TW_HELPER_PROFILE_READERS_H

#include "helper/profile/profile_reader.h"

enum tw_status profile_read_readers(const struct profile_reader *reader,
                                    const struct yaml_node *value);

#endif
