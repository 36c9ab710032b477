/* SPDX-License-Identifier: MIT */
/*
 * corpora.h - where the corpora are, and the rows of their tables.
 */
#ifndef TW_TESTS_CORPORA_H
#define TW_TESTS_CORPORA_H

#include <stdbool.h>
#include <stddef.h>

#define CORPORA_FIELDS_MAX 10

/* corpora_own: $srcdir/tests/corpora/NAME; corpora_shared: the larger one
 * with what is not ours, $TOKENWARD_CORPORA/NAME or
 * $srcdir/../shared/corpora/NAME, which may not be here. */
void corpora_own(const char *name, char *out, size_t size);
void corpora_shared(const char *name, char *out, size_t size);

typedef void corpora_take(void *arg, char **fields);

/* corpora_rows: hands every row below the head of @dir/@table, each of @count
 * fields, to @take.  False: there is no such file, or it has another row,
 * which is not taken. */
bool corpora_rows(const char *dir, const char *table, size_t count,
                  corpora_take *take, void *arg);

#endif
