/* SPDX-License-Identifier: MIT */
/*
 * init_words.h - what init is told on the command line, by one table.
 */
#ifndef TW_HELPER_INIT_WORDS_H
#define TW_HELPER_INIT_WORDS_H

#include <stdbool.h>

#include "helper/setup/draft.h"

/* What is no key of the profile. */
struct init_words {
    const char *from, *file; /* both or none */
    bool no_test;
};

/* init_words_read: @argv, the words after the command's name, into @out and
 * @draft.  TW_E_USAGE. */
enum tw_status init_words_read(int argc, char **argv, struct init_words *out,
                               struct draft *draft, struct tw_error *err);

#endif
