/* SPDX-License-Identifier: MIT */
/*
 * route.h - which URL leads to which profile, by the index.
 */
#ifndef TW_BASE_ROUTE_H
#define TW_BASE_ROUTE_H

#include "provider/base/index.h"

#define ROUTE_USERNAME_SIZE 256

struct route {
    char profile[PROFILE_NAME_MAX + 1];
    char username[ROUTE_USERNAME_SIZE];
    size_t path_len; /* how much of the path asked for led here, with its '/';
                        0: the whole host is the profile's */
};

/* route_username: the index's @form of one, in which a template has %i or %u
 * for @instance and %% for a percent sign.  False: it is too long. */
bool route_username(const char *form, const char *instance,
                    char out[static ROUTE_USERNAME_SIZE]);

/* route_find: the profile whose match: is for this https host ("h" or
 * "h:port") and path ("" when unknown); the longest path wins.  Hosts are
 * compared without regard to ASCII case, ":443" is dropped, nothing else is
 * ever made equal; a path with a "." or ".." in it is as good as unknown. */
bool route_find(const struct index *index, const char *host, const char *path,
                struct route *out);

#endif
