/* SPDX-License-Identifier: MIT */
/*
 * options.h - the words behind pam_tokenward.so in a PAM stack.
 */
#ifndef TW_PAM_OPTIONS_H
#define TW_PAM_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include <security/pam_modules.h>

#define DEADLINE_DEFAULT_S 3 /* a login waits no longer */
#define DEADLINE_MAX_S 10
#define MIN_UID_DEFAULT 1000

struct options {
    int64_t deadline_s; /* 0: start the fetch and wait for nothing */
    bool debug;
    int64_t min_uid;
    const char *profile; /* whose token file BEARER_TOKEN_FILE names; NULL */
    bool required;       /* without tokens there is no session */
};

/* options_read: a word that is none, or none that may be, is logged and left
 * out; the rest counts. */
void options_read(pam_handle_t *pamh, int argc, const char **argv,
                  struct options *out);

#endif
