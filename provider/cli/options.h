/* SPDX-License-Identifier: MIT */
/*
 * options.h - the words after a command's name.
 *
 * Our own reader instead of getopt(3): that one prints what it does not know
 * byte for byte, takes abbreviations that a later option makes ambiguous, and
 * hides where "--" stood.
 */
#ifndef TW_CLI_OPTIONS_H
#define TW_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "provider/base/error.h"

/* Which options a command takes. */
enum option_bits {
    OPTION_CACHED = 1,
    OPTION_FORMAT = 2,
    OPTION_JSON = 4,
    OPTION_MIN_VALID = 8,
    OPTION_VERBOSE = 16,
    OPTION_COMMAND = 32, /* what follows "--" is a command to run */
    OPTION_NO_REVOKE = 64,
    OPTION_AWS = 128,
    OPTION_AZURE = 512,
    OPTION_DIR = 1024,
    OPTION_ALL = 2048,
    OPTION_PATHS = 4096, /* the names are a file's, or anything */
    OPTION_FETCH = 8192,
    OPTION_WORDS = 16384, /* all words are left as they stand */
    OPTION_SYSTEM = 32768,
    OPTION_OWN = 65536, /* the names are the user's profiles' alone */
};

struct options {
    bool all, aws, azure, cached, fetch, help, json, no_revoke, system,
        verbose;
    const char *dir;    /* NULL: was not given */
    const char *format; /* NULL: was not given */
    int64_t min_valid;  /* or TW_MIN_VALID_DEFAULT */
    char **names;       /* profiles, each a possible name; or PATHS */
    int name_count;
    char **words;   /* of WORDS, in place of the names; name_count of them */
    char **command; /* NULL-ended; NULL: there is none */
};

/* options_parse: NULL-ended @argv, whose order is changed; @out borrows it.
 * TW_E_USAGE. */
enum tw_status options_parse(char **argv, unsigned allowed,
                             struct options *out, struct tw_error *err);

/* options_name: the @index-th option of all there are; "" if it is none of
 * those @allowed, NULL after the last. */
const char *options_name(size_t index, unsigned allowed, bool *valued);

/* options_is_valued: is "--name" one that wants the next word? */
bool options_is_valued(const char *word, unsigned allowed);

#endif
