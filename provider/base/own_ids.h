/* SPDX-License-Identifier: MIT */
/*
 * own_ids.h - is one of the ids that an index has the caller's?  It decides
 * what is told and asked for; what may be read the kernel decides.
 */
#ifndef TW_BASE_OWN_IDS_H
#define TW_BASE_OWN_IDS_H

#include <stdbool.h>
#include <sys/types.h>

#include "provider/base/auto.h"

struct own_ids {
    gid_t *groups; /* NULL, too: there are none, or no memory for them */
    int count;
};

void own_ids_take(struct own_ids *out);
void own_ids_clear(struct own_ids *ids);

/* own_ids_has_user, own_ids_has_group: @text is the effective one, or of the
 * supplementary groups; a text that is no number is nobody's. */
bool own_ids_has_user(const char *text);
bool own_ids_has_group(const struct own_ids *ids, const char *text);

#define AUTO_OWN_IDS AUTO(own_ids_clear) struct own_ids

#endif
