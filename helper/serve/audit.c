/* SPDX-License-Identifier: MIT */
/*
 * audit.c - see audit.h.
 *
 * The hash is plain SHA-256, of the token's bytes and nothing else: so whoever
 * finds a token somewhere can ask the file who had it, with sha256sum(1).  A
 * salt guards what can be guessed, and a token cannot (RFC 6749 10.10); one
 * that could be is no secret from its guesser.  The file is closed to others
 * all the same.
 *
 * A line is one write(2) to O_APPEND, so lines do not mix, and a full disk
 * loses lines, not tokens; the next line that fits says how many.  What was
 * told is not told again, so that nobody fills the disk by asking: a place is
 * for several answers, or who reads some tens of profiles would find two that
 * drive each other out.
 */
#include "helper/serve/audit.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "helper/profile/fingerprint.h"
#include "provider/base/auto.h"
#include "provider/base/date.h"

#define LINE_MAX_BYTES 1024

enum tw_status
audit_open(struct audit *audit, struct tw_error *err)
{
    AUTO_CLOSE int fd = -1;
    struct stat st;

    auto_close(&audit->fd);
    audit->fd = -1;
    if (!audit->path)
        return TW_OK;
    fd = open(audit->path,
              O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW |
                  O_NONBLOCK | O_NOCTTY,
              0600);
    if (fd < 0 || fstat(fd, &st) < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s: the audit file",
                             audit->path);
    if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() ||
        (st.st_mode & 077) != 0)
        return tw_fail(err, TW_E_ACCESS,
                       "%s: the audit file must be a regular file of the "
                       "helper's, mode 0600",
                       audit->path);
    audit->fd = take_fd(&fd);
    return TW_OK;
}

/* FNV-1a: a chance meeting costs a line that is told twice, or, once in 2^64,
 * none. */
static uint64_t
mix(uint64_t hash, const void *bytes, size_t n)
{
    const unsigned char *at = bytes;

    for (size_t i = 0; i < n; i++)
        hash = (hash ^ at[i]) * 1099511628211U;
    return hash;
}

static uint64_t
mix_text(uint64_t hash, const char *text)
{
    return mix(hash, text ? text : "", (text ? strlen(text) : 0) + 1);
}

/* By the token's own bytes: a profile whose directory was removed, as at a
 * user's last logout, counts its generations from 1 again. */
static uint64_t
key_of(const struct audit_answer *answer, const struct record *record)
{
    uint64_t key = 14695981039346656037U;

    key = mix_text(key, answer->door);
    key = mix_text(key, answer->unit);
    key = mix_text(key, record->profile);
    key = mix(key, &answer->uid, sizeof answer->uid);
    key = mix(key, &record->generation, sizeof record->generation);
    return mix(key, record->token, record->token_len);
}

/* The place for @key; the answer that came last is the first in it. */
static uint64_t *
place_of(struct audit *audit, uint64_t key)
{
    return &audit->seen[key % (AUDIT_SEEN / AUDIT_WAYS) * AUDIT_WAYS];
}

/* Was this told before?  From now on it was. */
static bool
was_told(struct audit *audit, const struct audit_answer *answer,
         const struct record *record)
{
    uint64_t key = key_of(answer, record);
    uint64_t *place = place_of(audit, key);
    size_t at = 0;
    bool result;

    while (at < AUDIT_WAYS - 1 && place[at] != key)
        at++;
    result = place[at] == key;
    memmove(place + 1, place, at * sizeof *place);
    place[0] = key;
    return result;
}

static void
forget(struct audit *audit, const struct audit_answer *answer,
       const struct record *record)
{
    *place_of(audit, key_of(answer, record)) = 0;
}

static size_t
put_line(const struct audit *audit, const struct audit_answer *answer,
         const struct record *record, int64_t now_wall, char *out)
{
    char date[DATE_MAX], hash[TOKEN_HASH_SIZE] = "-", lost[48] = "";
    int n;

    date_text(now_wall, 'T', date);
    (void)token_hash(record->token, record->token_len, hash);
    if (audit->lost)
        (void)snprintf(lost, sizeof lost, " lost=%" PRIu64, audit->lost);
    n = snprintf(
        out, LINE_MAX_BYTES,
        "time=%s door=%s profile=%s uid=%u pid=%d%s%s generation=%" PRId64
        " sha256=%s%s\n",
        date, answer->door, record->profile, (unsigned)answer->uid,
        (int)answer->pid, answer->unit ? " unit=" : "",
        answer->unit ? answer->unit : "", record->generation, hash, lost);
    return n > 0 && n < LINE_MAX_BYTES ? (size_t)n : 0;
}

/* A line that the disk took a part of is ended, so that the next one is
 * whole. */
static bool
append(int fd, const char *line, size_t n)
{
    struct stat st;
    ssize_t written;

    if (fd < 0 || fstat(fd, &st) < 0 || st.st_size >= AUDIT_MAX_BYTES)
        return false;
    written = write(fd, line, n);
    if (written > 0 && (size_t)written < n)
        (void)!ftruncate(fd, st.st_size);
    return written == (ssize_t)n;
}

void
audit_tell(struct audit *audit, const struct audit_answer *answer,
           const struct record *record, int64_t now_wall)
{
    char line[LINE_MAX_BYTES];
    size_t n;

    if (!audit->path || was_told(audit, answer, record))
        return;
    n = put_line(audit, answer, record, now_wall, line);
    if (n && append(audit->fd, line, n)) {
        audit->lost = 0;
        return;
    }
    forget(audit, answer, record); /* and is told the next time */
    audit->lost++;
    audit->lost_ever++;
}

void
audit_close(struct audit *audit)
{
    auto_close(&audit->fd);
    audit->fd = -1;
}
