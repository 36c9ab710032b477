/* SPDX-License-Identifier: MIT */
/*
 * metadata_kept.h - an issuer's metadata between runs, in the profile's own
 * runtime directory, for a day.
 */
#ifndef TW_HELPER_METADATA_KEPT_H
#define TW_HELPER_METADATA_KEPT_H

#include "helper/text/metadata.h"

#define METADATA_LIFE_S 86400 /* that it is used */

/* metadata_recall: what is kept in @dir, checked again by @rule; false when
 * there is none, or it is too old, or from the future. */
bool metadata_recall(int dir, const struct metadata_rule *rule, int64_t now,
                     struct metadata *out);

/* metadata_keep: replaces what is kept.  A failure is nobody's: the issuer is
 * asked again next time. */
void metadata_keep(int dir, const struct metadata_rule *rule,
                   const struct metadata *metadata, int64_t now);

/* metadata_forget: it led to no token endpoint, or is of no use any more. */
void metadata_forget(int dir);

#endif
