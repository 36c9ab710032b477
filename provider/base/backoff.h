/* SPDX-License-Identifier: MIT */
/*
 * backoff.h - the note a failed fetch leaves, so that no process asks again
 * too early: <runtime>/<profile>/backoff.
 *
 * The helper writes it; front ends read it, to start no helper in vain and to
 * show the last error.  When to ask again is decided in helper/store/retry.c.
 */
#ifndef TW_BASE_BACKOFF_H
#define TW_BASE_BACKOFF_H

#include <stdbool.h>

#include "provider/base/clock.h"
#include "provider/base/error.h"
#include "provider/base/secret.h"

#define BACKOFF_MAX 4096 /* bytes of the file */

struct backoff {
    int64_t failures;   /* in a row; 0: the last fetch went well */
    int64_t rejections; /* of young tokens, in a row */
    int64_t failed_at;  /* wall clock */
    struct moment not_before;
    char status[16];      /* tw_status_name() of the failure */
    char message[1020];   /* its message, '\n' before a hint */
    char fingerprint[80]; /* of the profile that failed */
    char secret_tag[40];  /* salted, of the secret that failed */
    char salt[40];
};

/* backoff_parse: false, and @out all zero, for anything that is none. */
bool backoff_parse(char *text, size_t n, struct backoff *out);
bool backoff_format(const struct backoff *backoff, struct secret *out);

/* backoff_read: <@dir_fd>/@path; all zero when there is none to be read. */
void backoff_read(int dir_fd, const char *path, struct backoff *out);

/* backoff_left: seconds until the next request may be made; at most an hour,
 * 0: at once. */
int64_t backoff_left(const struct backoff *backoff, struct now now);

/* backoff_age: seconds since it failed; 0 where the clock was set back since.
 */
int64_t backoff_age(const struct backoff *backoff, struct now now);

#endif
