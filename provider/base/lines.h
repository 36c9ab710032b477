/* SPDX-License-Identifier: MIT */
/*
 * lines.h - the one text codec: key=value lines, as git's credential helpers
 * speak it (gitcredentials(7)).
 *
 * Records, back-off notes, the index, helper reports and git's requests are
 * written so.  An empty line or the end of the text ends it; unknown keys are
 * the reader's to ignore, which is how the format grows.
 */
#ifndef TW_BASE_LINES_H
#define TW_BASE_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "provider/base/secret.h"

struct lines {
    char *next, *end;
    const char *bad; /* the first CR or NUL that is left, or end */
    bool broken;     /* a line without '=', with an empty key, CR or NUL */
};

/* lines_begin: reads @text, which must have room for one byte more at @n. */
void lines_begin(struct lines *lines, char *text, size_t n);

/* lines_next: cuts the next line in place and gives key and value, both
 * NUL-ended.  False at the end, and where the text is @broken. */
bool lines_next(struct lines *lines, const char **key, const char **value);

/* lines_next_is: the same if the next line is of @key, whose length is
 * @key_len; else false, and the line is left for lines_next(), unless the text
 * is @broken. */
bool lines_next_is(struct lines *lines, const char *key, size_t key_len,
                   const char **value);

/* lines_left: is there anything that was not read yet? */
bool lines_left(const struct lines *lines);

/* lines_put: appends "key=value\n".  False, with nothing appended, when the
 * value holds CR, LF or NUL, or the buffer is full. */
bool lines_put(struct secret *out, const char *key, const char *value);
bool lines_put_int64(struct secret *out, const char *key, int64_t value);

#endif
