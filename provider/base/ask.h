/* SPDX-License-Identifier: MIT */
/*
 * ask.h - a good record, wherever it comes from: what every front end does.
 *
 * Looks at the user's record, then the system's; if neither is good for long
 * enough, rings for the resident helper or starts one,
 * waits, and looks again.
 */
#ifndef TW_BASE_ASK_H
#define TW_BASE_ASK_H

#include "provider/base/record.h"
#include "provider/base/runtime.h"

enum ask_flags {
    ASK_CACHED = 1, /* never start the helper */
    ASK_SOURCE = 2, /* also see whether the profile's file has changed */
    ASK_UNSURE = 4, /* with CACHED, where the user's profiles have changed, and
                       one of them may hide the system's: give that all the
                       same, and say that it is unsure */
};

struct answer {
    struct record record;
    int64_t left; /* seconds that it is still good for; more than 0 */
    bool due;     /* good, and time for the helper to bring another one */
    bool system;  /* it is the system's record */
    bool unsure;  /* see above */
    struct tw_error *stale; /* where to say why no fresher one could be had, or
                               NULL; set by the caller, whose it stays */
};

/* ask_record: a living token of @profile, good for @min_valid seconds if that
 * can be had.  What @out held is gone, and it is left empty on failure.
 * Statuses: any.  Blocks as tokenward.h says. */
enum tw_status ask_record(const struct runtime *runtime, const char *profile,
                          int64_t min_valid, unsigned flags,
                          struct answer *out, struct tw_error *err);

/* ask_reject: drops @token, generation @generation of @profile, for everybody.
 * TW_OK, too, where the kept one is another: a runtime directory that was made
 * anew counts its generations from 1 again. */
enum tw_status ask_reject(const struct runtime *runtime, const char *profile,
                          int64_t generation, const char *token,
                          struct tw_error *err);

/* ask_reject_record: the same for what look_record() found, if there is still
 * a token in it.  The @system's is dropped by its resident helper alone. */
enum tw_status ask_reject_record(const struct runtime *runtime,
                                 const struct record *record, bool system,
                                 const char *profile, struct tw_error *err);

void answer_clear(struct answer *answer);

#define ANSWER_INIT ((struct answer){.record = RECORD_INIT})
#define AUTO_ANSWER AUTO(answer_clear) struct answer

/* look_record: one look, no helper; the record may be dead. */
enum tw_status look_record(const struct runtime *runtime, const char *profile,
                           struct record *out, bool *system,
                           struct tw_error *err);

/* look_given: the same, of a record that ask_record() might give: none of the
 * system's where the user has a profile of that name.  Where the user's
 * profiles have changed a helper tells, which is waited for as there. */
enum tw_status look_given(const struct runtime *runtime, const char *profile,
                          struct record *out, bool *system,
                          struct tw_error *err);

/* look_record_in: the same at the user's or the @system's record alone. */
enum tw_status look_record_in(const struct runtime *runtime, bool system,
                              const char *profile, struct record *out,
                              struct tw_error *err);

#endif
