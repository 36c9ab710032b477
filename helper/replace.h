/* SPDX-License-Identifier: MIT */
/*
 * replace.h - one file of a directory, replaced whole or not at all.
 */
#ifndef TW_HELPER_REPLACE_H
#define TW_HELPER_REPLACE_H

#include <stdbool.h>
#include <sys/types.h>

#include "helper/readers.h"
#include "provider/base/error.h"

#define REPLACE_WAIT_MS 2000 /* for a writer that was stopped, at most */

/* replace_begin: makes this process the only writer in @dir (for the short
 * time of a few renames) and sweeps what dead writers left behind.  Close
 * @guard to let the next one in.  @is_new, or NULL: becomes whether nobody
 * has written here before.  TW_E_SYSTEM, also when another one does not end;
 * TW_E_ACCESS. */
enum tw_status replace_begin(int dir, int *guard, bool *is_new,
                             struct tw_error *err);

/* replace_file: <@dir>/@name becomes these bytes, of @mode whatever the
 * umask.  A link, FIFO or other file of that name is replaced, never opened;
 * a directory is TW_E_ACCESS; a full disk TW_E_SYSTEM.  On failure what was
 * there is still there. */
enum tw_status replace_file(int dir, const char *name, mode_t mode,
                            const void *bytes, size_t n, struct tw_error *err);

/* replace_file_for: the same, of mode 0600 and for @readers (NULL: none). */
enum tw_status replace_file_for(int dir, const char *name,
                                const struct readers *readers,
                                const void *bytes, size_t n,
                                struct tw_error *err);

/* replace_write: all @n bytes to @fd.  False, with errno set. */
bool replace_write(int fd, const void *bytes, size_t n);

#endif
