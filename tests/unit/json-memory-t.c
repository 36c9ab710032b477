/* SPDX-License-Identifier: MIT */
/*
 * json-memory-t.c - each allocation of json_read() fails in turn: what comes
 * is the whole text or nothing.  json-c itself may die of it.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helper/text/json.h"
#include "tests/unit/short_memory.h"

#define ALLOCATIONS_MAX 200

static const char TEXT[] =
    "{\"access_token\":\"a\\u0062cdefghijklmnopqrstuvwxyz0123456789\","
    "\"\\u00e9\":[{\"a\\u0000b\":\"\\ud834\\udd1e\"},null,1.5,\"\\n\"],"
    "\"expires_in\":3600,\"scope\":[\"one\",\"two\"]}";

enum outcome { WHOLE, NOTHING, PART, DONE };

static bool
is_whole(const struct json *json)
{
    size_t n;
    const char *text = json_string(json, "access_token", &n);
    int64_t seconds;

    return text && strcmp(text, "abcdefghijklmnopqrstuvwxyz0123456789") == 0 &&
           json_count(json, "\xc3\xa9") == 4 &&
           json_text_at(json, "\xc3\xa9.0.a", &n) && n == 4 &&
           json_seconds(json, "expires_in", &seconds) && seconds == 3600 &&
           json_count(json, "scope") == 2;
}

/* With the @nth allocation failing. */
static enum outcome
read_it(int nth)
{
    struct json *json;
    enum outcome outcome = NOTHING;

    short_memory_left = nth;
    json = json_read(TEXT, sizeof TEXT - 1);
    if (!json && errno != ENOMEM)
        outcome = PART;
    short_memory_left = 0;
    if (json)
        outcome = !is_whole(json) ? PART : short_memory_failed ? WHOLE : DONE;
    json_free(json);
    return outcome;
}

Test(json_memory, all_or_nothing, .timeout = 60)
{
    int nth = 0, nothing = 0, outcome = WHOLE, status;

    if (!short_memory_is_possible())
        cr_skip_test("the allocator is another");
    while (outcome != DONE) {
        pid_t child = fork();

        nth++;
        if (child == 0)
            _exit((int)read_it(nth));
        cr_assert_eq(waitpid(child, &status, 0), child);
        outcome = WIFSIGNALED(status) ? WHOLE : WEXITSTATUS(status);
        cr_expect_neq(outcome, PART, "allocation %d", nth);
        nothing += outcome == NOTHING;
        cr_assert_lt(nth, ALLOCATIONS_MAX);
    }
    cr_expect_gt(nothing, 10, "%d of %d", nothing, nth);
}
