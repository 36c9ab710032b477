/* SPDX-License-Identifier: MIT */
/*
 * doctor.h - is all well between a profile and its tokens?
 */
#ifndef TW_HELPER_DOCTOR_H
#define TW_HELPER_DOCTOR_H

#include "helper/person/sheet.h"
#include "helper/session.h"

struct doctor {
    struct session *session;
    struct sheet sheet;
    const char *named;    /* the one that is looked at; NULL: all are */
    enum tw_status first; /* of what failed, in the order of the report */
};

/* doctor_say: one line; a SHEET_BAD one counts, with its @status. */
void doctor_say(struct doctor *doctor, enum sheet_mark mark,
                enum tw_status status, const char *what, int64_t us,
                const char *text);

/* doctor_fail: the line of a failure. */
void doctor_fail(struct doctor *doctor, const char *what, int64_t us,
                 const struct tw_error *err);

/* doctor_endpoint: asks the endpoint of @source, or of what its issuer names,
 * for nothing, and tells of each step on the way; the same of the hosts where
 * a login begins and where tokens are revoked.  @dir: the profile's runtime
 * directory, or -1. */
void doctor_endpoint(struct doctor *doctor, const struct profile *source,
                     const struct secret_context *secrets, int dir);

/* doctor_kept: what is kept of @profile in the runtime directory and, if it
 * keeps a refresh token, in the state directory, and whether it can be used.
 */
void doctor_kept(struct doctor *doctor, const struct profile *profile,
                 const struct store *store);

#endif
