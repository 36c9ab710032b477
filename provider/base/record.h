/* SPDX-License-Identifier: MIT */
/*
 * record.h - the current token of a profile with its facts.
 *
 * The file <runtime>/<profile>/record is the exchange format of the whole
 * house (man 5 tokenward-record); this is the one place that knows its keys.
 */
#ifndef TW_BASE_RECORD_H
#define TW_BASE_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "provider/base/clock.h"
#include "provider/base/error.h"
#include "provider/base/mark.h"
#include "provider/base/secret.h"
#include "provider/base/text.h"

#define RECORD_MAX (128 * 1024) /* bytes of the file */
#define RECORD_EXPORTS_MAX 32

struct record {
    struct secret text; /* owns every text below */
    const char *profile;
    int64_t generation; /* from 1 */
    const char *token;  /* NULL: the last one was rejected */
    size_t token_len;
    const char *token_type; /* "Bearer"; "N_A": see record_is_bearer() */
    const char *scope;      /* "" when none is known */
    int64_t issued_at;      /* before the request was sent */
    struct moment expires;
    int64_t lifetime;        /* seconds, as granted; at least 1 */
    int64_t refresh_at;      /* wall clock: from here on a refresh is due */
    const char *fingerprint; /* of all the profile's inputs but the secret */
    const char *server;      /* a fingerprint of whom it was bought from */
    const char *source;      /* the profile's file, and how it looked then */
    const char *source_mark;
    const char *watched; /* the file the token was read from, or "" */
    const char *watched_mark;
    const char *answered_by; /* of a stack: number and name of the source */
    const char *warning;     /* e.g. scope narrower than asked, or "" */
    const char *git_username;
    int64_t wlcg_discovery; /* 1: the token is published there, too */
    const char *exports[RECORD_EXPORTS_MAX]; /* "NAME=token|file|header" */
    size_t export_count;
};

/* record_parse: takes @text over, also on failure, when @out is left empty.
 * Anything that is not a whole record of a version known here is
 * TW_E_NOT_FOUND: a reader treats a foreign, future, cut or hand-made file as
 * absent. */
enum tw_status record_parse(struct secret *text, struct record *out,
                            struct tw_error *err);

/* record_format: the file's text.  False when it would pass RECORD_MAX or a
 * value holds a line break. */
bool record_format(const struct record *record, struct secret *out);

/* record_read: opens <@dir_fd>/@path O_NOFOLLOW|O_NONBLOCK, checks on the
 * descriptor that it is a regular file of @owner that no other may write (and,
 * when @private, read), and parses it.  TW_E_NOT_FOUND, TW_E_ACCESS,
 * TW_E_SYSTEM; never blocks. */
enum tw_status record_read(int dir_fd, const char *path, uid_t owner,
                           bool private, struct record *out,
                           struct tw_error *err);

/* record_left: seconds the token is still good for; <= 0: none or dead. */
int64_t record_left(const struct record *record, struct now now);

/* record_refresh_left: seconds until a refresh is due, by the clock that says
 * sooner; a clock set back does not put it off. */
int64_t record_refresh_left(const struct record *record, struct now now);

/* record_wanted: @min_valid (or TW_MIN_VALID_DEFAULT) brought down to what
 * the record's lifetime can give: default min(60 s, 10 %), else at most half.
 */
int64_t record_wanted(const struct record *record, int64_t min_valid);

/* lifetime_wanted: the same for a lifetime in seconds. */
int64_t lifetime_wanted(int64_t lifetime, int64_t min_valid);

/* record_is_bearer: may the token be sent as a bearer token?  One that was
 * exchanged may be of another kind (RFC 8693 2.2.1). */
bool record_is_bearer(const struct record *record);

/* record_is_behind: the file the token was read from looks different now. */
bool record_is_behind(const struct record *record);

void record_clear(struct record *record);

#define AUTO_RECORD AUTO(record_clear) struct record
#define RECORD_INIT ((struct record){.text = {.max = RECORD_MAX}})

#endif
