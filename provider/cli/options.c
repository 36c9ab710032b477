/* SPDX-License-Identifier: MIT */
/*
 * options.c - see options.h.  A new option is a bit, a row and a case.
 */
#include "provider/cli/options.h"

#include <stdio.h>
#include <string.h>

#include "provider/base/clock.h"
#include "provider/base/nearest.h"
#include "provider/base/own_name.h"

#define OPTION_HELP 0x100 /* every command takes it */

struct row {
    const char *name;
    enum option_bits bit;
    bool valued;
};

static const struct row ROWS[] = {
    {"--all", OPTION_ALL, false},
    {"--aws", OPTION_AWS, false},
    {"--azure", OPTION_AZURE, false},
    {"--cached", OPTION_CACHED, false},
    {"--dir", OPTION_DIR, true},
    {"--fetch", OPTION_FETCH, false},
    {"--format", OPTION_FORMAT, true},
    {"--help", (enum option_bits)OPTION_HELP, false},
    {"--json", OPTION_JSON, false},
    {"--min-valid", OPTION_MIN_VALID, true},
    {"--no-revoke", OPTION_NO_REVOKE, false},
    {"--system", OPTION_SYSTEM, false},
    {"--verbose", OPTION_VERBOSE, false},
};

/* The row of "--name" or "--name=value". */
static const struct row *
find_row(const char *word, unsigned allowed)
{
    size_t n = strcspn(word, "=");

    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        if (strlen(ROWS[i].name) == n && strncmp(ROWS[i].name, word, n) == 0 &&
            ((unsigned)ROWS[i].bit & allowed))
            return &ROWS[i];
    }
    return NULL;
}

static enum tw_status
fail_unknown(const char *word, unsigned allowed, struct tw_error *err)
{
    char name[NEAREST_LEN_MAX + 1];
    struct nearest nearest = {.written = name};
    struct shown shown;

    (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        if ((unsigned)ROWS[i].bit & allowed)
            nearest_look(&nearest, ROWS[i].name);
    }
    (void)text_printable(&shown, word, strcspn(word, "="));
    return tw_fail(err, TW_E_USAGE, "unknown option %s%s%s", shown.text,
                   nearest.best ? "\ndid you mean " : "",
                   nearest.best ? nearest.best : "");
}

static enum tw_status
set_seconds(const char *value, int64_t *out, struct tw_error *err)
{
    int64_t seconds;

    if (value[0] == '-' || !text_to_int64(value, &seconds) ||
        seconds > TIME_MAX_S)
        return tw_fail(err, TW_E_USAGE,
                       "--min-valid: not a number of seconds");
    *out = seconds;
    return TW_OK;
}

static enum tw_status
set_option(const struct row *row, const char *value, struct options *out,
           struct tw_error *err)
{
    switch ((unsigned)row->bit) {
    case OPTION_ALL:
        out->all = true;
        break;
    case OPTION_AWS:
        out->aws = true;
        break;
    case OPTION_AZURE:
        out->azure = true;
        break;
    case OPTION_CACHED:
        out->cached = true;
        break;
    case OPTION_DIR:
        out->dir = value;
        break;
    case OPTION_FETCH:
        out->fetch = true;
        break;
    case OPTION_FORMAT:
        out->format = value;
        break;
    case OPTION_HELP:
        out->help = true;
        break;
    case OPTION_JSON:
        out->json = true;
        break;
    case OPTION_MIN_VALID:
        return set_seconds(value, &out->min_valid, err);
    case OPTION_NO_REVOKE:
        out->no_revoke = true;
        break;
    case OPTION_SYSTEM:
        out->system = true;
        break;
    case OPTION_VERBOSE:
        out->verbose = true;
        break;
    default:
        break;
    }
    return TW_OK;
}

/* The option at *@at, which is left at its last word. */
static enum tw_status
take_option(char ***at, unsigned allowed, struct options *out,
            struct tw_error *err)
{
    const char *word = **at, *equals = strchr(word, '=');
    const struct row *row = find_row(word, allowed | OPTION_HELP);

    if (!row)
        return fail_unknown(word, allowed | OPTION_HELP, err);
    if (!row->valued && equals)
        return tw_fail(err, TW_E_USAGE, "%s takes no value", row->name);
    if (row->valued && !equals && !(*at)[1])
        return tw_fail(err, TW_E_USAGE, "%s needs a value", row->name);
    if (row->valued && !equals)
        return set_option(row, *++*at, out, err);
    return set_option(row, equals ? equals + 1 : NULL, out, err);
}

static enum tw_status
take_name(char *word, unsigned allowed, struct options *out,
          struct tw_error *err)
{
    char own[PROFILE_NAME_MAX + 1];
    struct shown shown;

    if ((allowed & OPTION_COMMAND) && out->name_count)
        return tw_fail(err, TW_E_USAGE, "the command stands after --");
    if (!(allowed & OPTION_PATHS) && text_may_hold_password(word))
        return tw_fail(err, TW_E_USAGE,
                       "an address is no profile's name\n"
                       "tokenward-credential match URL tells which profile is "
                       "for one");
    if (!(allowed & OPTION_PATHS) && !text_is_profile_name(word) &&
        !text_is_template_name(word))
        return tw_fail(err, TW_E_USAGE,
                       "'%s' cannot be a profile's name\n"
                       "a name is 1 to 64 of A-Z a-z 0-9 . _ - and begins "
                       "with a letter, a digit or _; an instance's is two of "
                       "these with an @ between",
                       text_printable(&shown, word, strlen(word)));
    if (!(allowed & OPTION_PATHS) && text_is_template_name(word)) {
        enum tw_status status = own_name(word, own, err);

        if (status)
            return status;
        word = strdup(own); /* like a word of argv, for as long as we run */
        if (!word)
            return tw_no_memory(err);
    }
    out->names[out->name_count++] = word;
    return TW_OK;
}

const char *
options_name(size_t index, unsigned allowed, bool *valued)
{
    if (index >= sizeof ROWS / sizeof *ROWS)
        return NULL;
    *valued = ROWS[index].valued;
    return (unsigned)ROWS[index].bit & (allowed | OPTION_HELP)
               ? ROWS[index].name
               : "";
}

bool
options_is_valued(const char *word, unsigned allowed)
{
    const struct row *row = find_row(word, allowed);

    return row && row->valued && !strchr(word, '=');
}

/* All words as they are; --help alone is looked for, before any "--". */
static void
take_words(char **argv, struct options *out)
{
    bool over = false;

    out->words = argv;
    for (; argv[out->name_count]; out->name_count++) {
        over = over || strcmp(argv[out->name_count], "--") == 0;
        out->help = out->help ||
                    (!over && strcmp(argv[out->name_count], "--help") == 0);
    }
}

enum tw_status
options_parse(char **argv, unsigned allowed, struct options *out,
              struct tw_error *err)
{
    struct options options = {.min_valid = TW_MIN_VALID_DEFAULT,
                              .names = argv};
    enum tw_status status = TW_OK;
    bool names_only = false;

    if (allowed & OPTION_WORDS) {
        take_words(argv, &options);
        argv += options.name_count;
    }
    for (char **at = argv; *at && !options.command && !status; at++) {
        if (names_only || (*at)[0] != '-')
            status = take_name(*at, allowed, &options, err);
        else if (strcmp(*at, "--") != 0)
            status = take_option(&at, allowed, &options, err);
        else if (allowed & OPTION_COMMAND)
            options.command = at + 1;
        else
            names_only = true;
    }
    if (status)
        return status;
    *out = options;
    return TW_OK;
}
