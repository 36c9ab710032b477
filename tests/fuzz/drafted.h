/* SPDX-License-Identifier: MIT */
/*
 * drafted.h - a profile made of decisions: keys of the helper's own table and
 * options of fake_modules.c, each with a value of its shape, or now and then
 * with one that is not.
 */
#ifndef TW_TESTS_FUZZ_DRAFTED_H
#define TW_TESTS_FUZZ_DRAFTED_H

#include <stdbool.h>
#include <stddef.h>

#define DRAFTED_SECRET "c4naryS3cret"
#define DRAFTED_LINES_MAX 40

/* Lines of the profile's map, each a key and a value; in any order they say
 * the same. */
struct drafted {
    char *lines[DRAFTED_LINES_MAX];
    size_t count;
};

/* drafted_make: as script_below() decides. */
void drafted_make(struct drafted *out);
void drafted_clear(struct drafted *drafted);

/* drafted_text: a file with profile 'acme', to be freed. */
char *drafted_text(const struct drafted *drafted, bool backwards);

#endif
