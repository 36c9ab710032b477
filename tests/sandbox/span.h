/* SPDX-License-Identifier: MIT */
/*
 * span.h - borrowed bytes with a length; they may hold any byte, even NUL.
 */
#ifndef TW_SANDBOX_SPAN_H
#define TW_SANDBOX_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct span {
    const char *bytes; /* NULL: absent */
    size_t len;
};

static inline struct span
span_of(const char *text)
{
    return (struct span){text, strlen(text)};
}

static inline bool
span_equal(struct span a, struct span b)
{
    return a.bytes && b.bytes && a.len == b.len &&
           memcmp(a.bytes, b.bytes, a.len) == 0;
}

static inline bool
span_is(struct span span, const char *text)
{
    return span_equal(span, span_of(text));
}

/* span_word: takes the next word between spaces off @rest; absent at the
 * end. */
static inline struct span
span_word(struct span *rest)
{
    struct span word;
    const char *end;

    while (rest->len && *rest->bytes == ' ') {
        rest->bytes++;
        rest->len--;
    }
    if (!rest->len)
        return (struct span){NULL, 0};
    end = memchr(rest->bytes, ' ', rest->len);
    word.bytes = rest->bytes;
    word.len = end ? (size_t)(end - rest->bytes) : rest->len;
    rest->bytes += word.len;
    rest->len -= word.len;
    return word;
}

#endif
