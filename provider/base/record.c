/* SPDX-License-Identifier: MIT */
/*
 * record.c - the record's text to a struct and back.
 *
 * One table names every key once.  The writer follows its order, and so the
 * reader tries the keys from the one that stands next in it on: a record of
 * ours costs a comparison a line and one for each key that is left out, and
 * any other order a search.
 */
#include "provider/base/record.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

#include "provider/base/lines.h"

#define VERSION_KEY "tokenward-record"
#define VERSION_TEXT "1"
#define EXPORT_KEY "export"
#define BEARER "bearer"

enum field_kind { FIELD_TEXT, FIELD_NUMBER, FIELD_BOOT_ID };

struct field {
    const char *key;
    size_t key_len;
    enum field_kind kind;
    size_t offset;
};

#define FIELD(name, kind, member)                                    \
    {                                                                \
        name, sizeof name - 1, kind, offsetof(struct record, member) \
    }
#define TEXT(name, member) FIELD(name, FIELD_TEXT, member)
#define NUMBER(name, member) FIELD(name, FIELD_NUMBER, member)

static const struct field FIELDS[] = {
    TEXT("profile", profile),
    NUMBER("generation", generation),
    TEXT("token_type", token_type),
    TEXT("access_token", token),
    TEXT("scope", scope),
    NUMBER("issued_at", issued_at),
    NUMBER("expires_at", expires.wall),
    NUMBER("boottime_expires", expires.boot),
    NUMBER("lifetime", lifetime),
    NUMBER("refresh_at", refresh_at),
    TEXT("git_username", git_username),
    TEXT("fingerprint", fingerprint),
    TEXT("server", server),
    TEXT("source", source),
    TEXT("source_mark", source_mark),
    TEXT("answered_by", answered_by),
    TEXT("warning", warning),
    TEXT("watched", watched),
    TEXT("watched_mark", watched_mark),
    NUMBER("wlcg_discovery", wlcg_discovery),
    FIELD("boot_id", FIELD_BOOT_ID, expires.boot_id),
};

#define FIELD_COUNT (sizeof FIELDS / sizeof *FIELDS)

static bool
set_boot_id(char out[static BOOT_ID_LEN + 1], const char *value)
{
    if (strlen(value) != BOOT_ID_LEN)
        return false;
    memcpy(out, value, BOOT_ID_LEN + 1);
    return true;
}

static bool
set_field(struct record *record, const struct field *field, const char *value)
{
    char *at = (char *)record + field->offset;

    switch (field->kind) {
    case FIELD_NUMBER:
        return text_to_int64(value, (int64_t *)(void *)at);
    case FIELD_BOOT_ID:
        return set_boot_id(at, value);
    case FIELD_TEXT:
        *(const char **)(void *)at = value;
    }
    return true;
}

/* The next line, whose key is sought from @row on, round the table. */
static bool
set_next(struct record *record, struct lines *lines, size_t *row)
{
    const char *key, *value;

    for (size_t i = 0; i < FIELD_COUNT; i++) {
        const struct field *field = &FIELDS[*row];

        *row = *row + 1 < FIELD_COUNT ? *row + 1 : 0;
        if (lines_next_is(lines, field->key, field->key_len, &value))
            return set_field(record, field, value);
    }
    if (!lines_next(lines, &key, &value))
        return !lines->broken;
    if (strcmp(key, EXPORT_KEY) == 0 &&
        record->export_count < RECORD_EXPORTS_MAX)
        record->exports[record->export_count++] = value;
    return true;
}

static bool
is_time(int64_t seconds)
{
    return seconds >= 0 && seconds <= TIME_MAX_S;
}

static bool
is_whole(struct record *record)
{
    if (!record->profile || record->generation < 1 ||
        record->generation == INT64_MAX || !record->token_type ||
        !is_time(record->issued_at) || !is_time(record->expires.wall) ||
        !is_time(record->expires.boot) || !is_time(record->refresh_at) ||
        record->refresh_at == 0 || record->lifetime < 1 ||
        record->lifetime > TIME_MAX_S)
        return false;
    if (!record->token)
        return true;
    record->token_len = strlen(record->token);
    return text_is_token(record->token, record->token_len);
}

static bool
parse(struct record *record)
{
    struct lines lines;
    const char *version;
    size_t row = 0;
    bool good;

    record->scope = record->warning = record->git_username = "";
    record->fingerprint = record->server = "";
    record->source = record->source_mark = "";
    record->watched = record->watched_mark = record->answered_by = "";
    lines_begin(&lines, record->text.bytes, record->text.len);
    good = lines_next_is(&lines, VERSION_KEY, strlen(VERSION_KEY), &version) &&
           strcmp(version, VERSION_TEXT) == 0;
    while (good && lines_left(&lines))
        good = set_next(record, &lines, &row);
    return good && is_whole(record);
}

enum tw_status
record_parse(struct secret *text, struct record *out, struct tw_error *err)
{
    record_clear(out);
    secret_take(&out->text, text);
    if (parse(out))
        return TW_OK;
    record_clear(out);
    return tw_fail(err, TW_E_NOT_FOUND, "the record is not a whole one");
}

static bool
put_field(struct secret *out, const struct record *record,
          const struct field *field)
{
    const char *at = (const char *)record + field->offset, *text = at;

    if (field->kind == FIELD_NUMBER)
        return lines_put_int64(out, field->key,
                               *(const int64_t *)(const void *)at);
    if (field->kind == FIELD_TEXT)
        text = *(const char *const *)(const void *)at;
    else if (!at[0])
        text = NULL; /* no boot is known */
    return !text || lines_put(out, field->key, text);
}

bool
record_format(const struct record *record, struct secret *out)
{
    bool good = lines_put(out, VERSION_KEY, VERSION_TEXT);

    for (size_t i = 0; good && i < FIELD_COUNT; i++)
        good = put_field(out, record, &FIELDS[i]);
    for (size_t i = 0; good && i < record->export_count; i++)
        good = lines_put(out, EXPORT_KEY, record->exports[i]);
    return good;
}

static enum tw_status
check_file(int fd, const char *path, uid_t owner, bool private, size_t *size,
           struct tw_error *err)
{
    mode_t forbidden = private ? S_IRWXG | S_IRWXO : S_IWGRP | S_IWOTH;
    struct stat st;

    if (fstat(fd, &st) < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "%s", path);
    if (!S_ISREG(st.st_mode))
        return tw_fail(err, TW_E_ACCESS, "%s: is not a regular file", path);
    if (st.st_uid != owner || (st.st_mode & forbidden))
        return tw_fail(err, TW_E_ACCESS,
                       "%s: owner %u, mode %04o; wanted owner %u and nothing "
                       "%s",
                       path, (unsigned)st.st_uid, (unsigned)st.st_mode & 07777,
                       (unsigned)owner,
                       private ? "for others" : "that others may write");
    if (st.st_size <= 0 || st.st_size > RECORD_MAX)
        return tw_fail(err, TW_E_NOT_FOUND, "%s: is not a record", path);
    *size = (size_t)st.st_size;
    return TW_OK;
}

/* A record is replaced, never written in place: one read gets all of it. */
static enum tw_status
read_whole(int fd, size_t size, struct secret *out, struct tw_error *err)
{
    ssize_t n;

    out->bytes = malloc(size + 2);
    if (!out->bytes)
        return tw_no_memory(err);
    out->capacity = size + 2;
    do
        n = read(fd, out->bytes, size + 1);
    while (n < 0 && errno == EINTR);
    out->len = n > 0 ? (size_t)n : 0;
    out->bytes[out->len] = '\0';
    if (n < 0)
        return tw_fail_errno(err, TW_E_SYSTEM, errno, "reading the record");
    if (out->len != size)
        return tw_fail(err, TW_E_NOT_FOUND, "the record is not a whole one");
    return TW_OK;
}

enum tw_status
record_read(int dir_fd, const char *path, uid_t owner, bool private,
            struct record *out, struct tw_error *err)
{
    AUTO_SECRET text = SECRET_INIT(RECORD_MAX);
    AUTO_CLOSE int fd =
        openat(dir_fd, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    size_t size = 0;
    enum tw_status status;

    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return tw_fail(err, TW_E_NOT_FOUND, "%s: there is none", path);
    if (fd < 0 && errno == EACCES && !private)
        return tw_fail(err, TW_E_ACCESS,
                       "%s: Permission denied\n"
                       "the caller is no reader: root says who is, by readers "
                       "in the profile",
                       path);
    if (fd < 0)
        return tw_fail_errno(err,
                             errno == EMFILE || errno == ENFILE ? TW_E_SYSTEM
                                                                : TW_E_ACCESS,
                             errno, "%s", path);
    status = check_file(fd, path, owner, private, &size, err);
    if (!status)
        status = read_whole(fd, size, &text, err);
    return status ? status : record_parse(&text, out, err);
}

int64_t
record_left(const struct record *record, struct now now)
{
    int64_t left = record->token ? moment_left(&record->expires, now) : 0;

    /* Set back by years, a clock would keep a token alive for years. */
    return left > record->lifetime ? 0 : left;
}

int64_t
record_refresh_left(const struct record *record, struct now now)
{
    struct moment refresh = record->expires;
    int64_t before = refresh.wall - record->refresh_at;

    refresh.wall -= before;
    refresh.boot -= before;
    return moment_left(&refresh, now);
}

int64_t
lifetime_wanted(int64_t lifetime, int64_t min_valid)
{
    int64_t tenth = lifetime / 10, half = lifetime / 2;

    if (min_valid < 0)
        return tenth < 60 ? tenth : 60;
    return min_valid < half ? min_valid : half;
}

int64_t
record_wanted(const struct record *record, int64_t min_valid)
{
    return lifetime_wanted(record->lifetime, min_valid);
}

bool
record_is_bearer(const struct record *record)
{
    return text_begins(record->token_type, BEARER) &&
           !record->token_type[sizeof BEARER - 1];
}

bool
record_is_behind(const struct record *record)
{
    return record->watched[0] &&
           !mark_is_current(record->watched, record->watched_mark);
}

void
record_clear(struct record *record)
{
    secret_clear(&record->text);
    *record = RECORD_INIT;
}
