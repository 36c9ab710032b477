/* SPDX-License-Identifier: MIT */
/*
 * reply_rules.h - how far an answer may be from RFC 6749 5.1.  Each is off
 * unless the profile, or for `untyped` its provider, says otherwise.
 */
#ifndef TW_HELPER_REPLY_RULES_H
#define TW_HELPER_REPLY_RULES_H

#include <stdbool.h>

struct reply_rules {
    char *expires_member; /* read in place of expires_in; NULL: none */
    int success_status; /* a 2xx that may bring a token beside 200; 0: none */
    bool form;          /* an answer that is no JSON may be a form */
    bool bearer;        /* a bearer token, whatever token_type says */
    bool zero_lifetime; /* expires_in 0 says nothing, and is not refused */
    bool untyped;       /* token_type N_A is good (RFC 8693) */
    char scope_separator; /* ',' splits scopes as ' ' does */
};

#endif
