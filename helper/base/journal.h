/* SPDX-License-Identifier: MIT */
/*
 * journal.h - the journal's own protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL):
 * one datagram of FIELD=value lines for each entry.  A library for that would
 * be one more of other people's in the helper.
 */
#ifndef TW_HELPER_JOURNAL_H
#define TW_HELPER_JOURNAL_H

#include <stdbool.h>

#include "helper/base/environment.h"
#include "provider/base/secret.h"

#define JOURNAL_ENTRY_MAX 8192

/* journal_is_stderr: does standard error lead to the journal, as
 * $JOURNAL_STREAM says? */
bool journal_is_stderr(const struct environment *environment);

/* journal_open: a descriptor to send entries to; -1: there is none. */
int journal_open(void);

/* journal_put: one more field of @entry; @key is upper case.  False: full, or
 * a line break in @value. */
bool journal_put(struct secret *entry, const char *key, const char *value);

/* journal_send: never blocks; false: it was not taken. */
bool journal_send(int fd, const struct secret *entry);

#endif
