/* SPDX-License-Identifier: MIT */
/*
 * secret.h - bytes that must not be left behind.
 *
 * A bounded buffer, always NUL-ended, wiped over its whole capacity when its
 * scope ends, on every path.  Client secrets, tokens, encoded forms, reply
 * bodies and assertions live in one of these and nowhere else.
 */
#ifndef TW_BASE_SECRET_H
#define TW_BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "provider/base/auto.h"

struct secret {
    char *bytes; /* NULL while empty */
    size_t len, capacity, max;
};

#define SECRET_INIT(limit) ((struct secret){.max = (limit)})

/* secret_append: false when @n more bytes would pass the maximum (EMSGSIZE in
 * errno) or memory is short (ENOMEM); the secret is then as it was.  Grows by
 * allocate, copy, wipe, free.
 */
bool secret_append(struct secret *secret, const void *bytes, size_t n);
bool secret_append_text(struct secret *secret, const char *text);

/* secret_reserve: room for @n bytes in all, for who knows how many will come:
 * nothing is copied and wiped on the way there.  False as above. */
bool secret_reserve(struct secret *secret, size_t n);

/* secret_take: moves @from to @to (cleared first); @from is empty after it. */
void secret_take(struct secret *to, struct secret *from);

/* secret_text: borrowed, never NULL ("" while empty). */
const char *secret_text(const struct secret *secret);

/* secret_clear: wiped, freed and usable again with the same maximum. */
void secret_clear(struct secret *secret);

/* bytes_equal: in time that depends on the lengths alone. */
bool bytes_equal(const void *a, size_t a_len, const void *b, size_t b_len);

#define AUTO_SECRET \
    AUTO(secret_clear) struct secret /* AUTO_SECRET s = SECRET_INIT(N); */

#endif
