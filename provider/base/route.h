/* SPDX-License-Identifier: MIT */
/*
 * route.h - which URL leads to which profile, by the index.
 */
#ifndef TW_BASE_ROUTE_H
#define TW_BASE_ROUTE_H

#include "provider/base/index.h"

struct route {
    char profile[PROFILE_NAME_MAX + 1];
    char username[256];
    size_t path_len; /* how much of the path asked for led here, with its '/';
                        0: the whole host is the profile's */
};

/* route_find: the profile whose match: is for this https host ("h" or
 * "h:port") and path ("" when unknown); the longest path wins.  Hosts are
 * compared without regard to ASCII case, ":443" is dropped, nothing else is
 * ever made equal; a path with a "." or ".." in it is as good as unknown. */
bool route_find(const struct index *index, const char *host, const char *path,
                struct route *out);

#endif
