/* SPDX-License-Identifier: MIT */
/*
 * record.c - the record of a token: what is read can be written, and is then
 * read as the same; no clock makes more of a token than it was granted for.
 */
#include <string.h>

#include "provider/base/record.h"
#include "tests/fuzz/fuzz.h"

static void
check_texts(const struct record *record)
{
    const char *const texts[] = {
        record->profile, record->token_type,   record->scope,
        record->source,  record->fingerprint,  record->source_mark,
        record->watched, record->watched_mark, record->answered_by,
        record->warning, record->git_username, record->expires.boot_id,
    };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        fuzz_check_line(texts[i]);
    FUZZ_CHECK(record->export_count <= RECORD_EXPORTS_MAX);
    for (size_t i = 0; i < record->export_count; i++)
        fuzz_check_line(record->exports[i]);
    FUZZ_CHECK(!record->token ||
               text_is_token(record->token, record->token_len));
}

static void
check_times(const struct record *record)
{
    static const int64_t WHEN[] = {0, 1, 1800000000, INT32_MAX, TIME_MAX_S};

    for (size_t i = 0; i < 25; i++) {
        struct now now = {.wall = WHEN[i % 5], .boot = WHEN[i / 5]};

        FUZZ_CHECK(record_left(record, now) <= record->lifetime);
        FUZZ_CHECK(record->token || record_left(record, now) <= 0);
        (void)record_refresh_left(record, now);
        FUZZ_CHECK(record_wanted(record, now.wall) <= record->lifetime / 2);
        FUZZ_CHECK(record_wanted(record, -1) <= 60);
    }
}

static bool
read_text(const void *bytes, size_t n, struct record *out)
{
    AUTO_SECRET text = SECRET_INIT(RECORD_MAX);
    struct tw_error err = {0};
    enum tw_status status;

    if (!n || !secret_append(&text, bytes, n))
        return false;
    status = record_parse(&text, out, &err);
    FUZZ_CHECK(!text.bytes);
    FUZZ_CHECK(!status == (out->profile != NULL));
    if (status)
        fuzz_check_message(&err);
    return !status;
}

void
fuzz_record(const uint8_t *data, size_t n)
{
    AUTO_RECORD record = RECORD_INIT;
    AUTO_RECORD again = RECORD_INIT;
    AUTO_SECRET text = SECRET_INIT(2 * RECORD_MAX);
    AUTO_SECRET second = SECRET_INIT(2 * RECORD_MAX);

    if (!read_text(data, n, &record))
        return;
    check_texts(&record);
    check_times(&record);
    FUZZ_CHECK(record_format(&record, &text));
    if (text.len > RECORD_MAX)
        return;
    FUZZ_CHECK(read_text(text.bytes, text.len, &again));
    FUZZ_CHECK(record_format(&again, &second));
    FUZZ_CHECK(strcmp(text.bytes, second.bytes) == 0);
    FUZZ_CHECK(fuzz_equal(record.token, again.token));
}
