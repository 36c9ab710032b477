/* SPDX-License-Identifier: MIT */
/*
 * bell_parse.c - a packet comes in, a request that makes sense goes out; see
 * bell.h.  Unknown keys are ignored, which is how the protocol grows.
 */
#include <string.h>

#include "helper/serve/bell.h"
#include "provider/base/lines.h"
#include "provider/base/text.h"

static const struct {
    const char *name;
    enum bell_command command;
} COMMANDS[] = {
    {"ensure", BELL_ENSURE},
    {"leave", BELL_LEAVE},
    {"reject", BELL_REJECT},
    {"status", BELL_STATUS},
};

static bool
take_command(const char *value, struct bell_request *out)
{
    for (size_t i = 0; i < sizeof COMMANDS / sizeof *COMMANDS; i++) {
        if (strcmp(COMMANDS[i].name, value) == 0)
            out->command = COMMANDS[i].command;
    }
    return out->command != 0;
}

static bool
take_number(const char *value, int64_t low, int64_t *out)
{
    return text_to_int64(value, out) && *out >= low && *out <= TIME_MAX_S;
}

static bool
take(const char *key, const char *value, struct bell_request *out)
{
    if (strcmp(key, "command") == 0)
        return take_command(value, out);
    if (strcmp(key, "profile") == 0) {
        out->profile = value;
        return text_is_profile_name(value);
    }
    if (strcmp(key, "min_valid") == 0)
        return take_number(value, 0, &out->min_valid);
    if (strcmp(key, "generation") == 0)
        return take_number(value, 1, &out->generation);
    return true;
}

static bool
is_whole(const struct bell_request *request)
{
    switch (request->command) {
    case BELL_ENSURE:
    case BELL_LEAVE:
        return request->profile != NULL;
    case BELL_REJECT:
        return request->profile && request->generation;
    case BELL_STATUS:
        return true;
    }
    return false;
}

enum tw_status
bell_parse(char *text, size_t n, struct bell_request *out,
           struct tw_error *err)
{
    struct bell_request request = {.min_valid = TW_MIN_VALID_DEFAULT};
    struct lines lines;
    const char *key, *value;
    bool good = true;

    lines_begin(&lines, text, n);
    while (good && lines_next(&lines, &key, &value))
        good = take(key, value, &request);
    if (!good || lines.broken || !is_whole(&request))
        return tw_fail(err, TW_E_USAGE,
                       "this is no request that the doorbell knows");
    *out = request;
    return TW_OK;
}
