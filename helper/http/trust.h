/* SPDX-License-Identifier: MIT */
/*
 * trust.h - whose certificates are believed.
 */
#ifndef TW_HELPER_TRUST_H
#define TW_HELPER_TRUST_H

#include <stdint.h>

#include "provider/base/error.h"
#include "provider/base/secret.h"

/* trust_directory: the system's hashed directory, or NULL if it has none
 * (then libcurl's own default is used).  Looked at once. */
const char *trust_directory(void);

/* trust_each_link: the links that lead out of it, as to an authority that its
 * administrator keeps elsewhere, until @visit fails. */
enum tw_status trust_each_link(enum tw_status (*visit)(void *arg,
                                                       const char *path,
                                                       struct tw_error *err),
                               void *arg, struct tw_error *err);

#define TRUST_FILE_MAX (1024 * 1024) /* the common bundle has a quarter */

#define TRUST_FRESH_MS 1000 /* ten thousand profiles may name one ca_file */

/* A ca_file as it was read, shared by the requests that use it. */
struct trust_file {
    struct secret text;
    int64_t read_ms; /* monotonic */
    unsigned holds;
    char path[];
};

/* trust_hold: the ca_file @path, read now unless *@last is of it and fresh;
 * *@last becomes it.  It must be a regular file, ours or root's, that nobody
 * else may write.  TW_E_CONFIG when it is missing, empty or too large;
 * TW_E_ACCESS, ...  To be released, as *@last is in the end. */
enum tw_status trust_hold(const char *path, struct trust_file **last,
                          struct trust_file **out, struct tw_error *err);
void trust_release(struct trust_file *file); /* NULL: nothing */

#endif
