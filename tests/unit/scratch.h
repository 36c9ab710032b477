/* SPDX-License-Identifier: MIT */
/*
 * scratch.h - a directory of a test's own, and files in it.
 */
#ifndef TW_TESTS_SCRATCH_H
#define TW_TESTS_SCRATCH_H

#include <stddef.h>
#include <sys/stat.h>

#define SCRATCH_OTHER 65534 /* a uid that is not ours */

/* scratch_make: made anew, mode 0755; scratch_remove: with all in it. */
void scratch_make(void);
void scratch_remove(void);

/* scratch_path: of the directory ("") or something in it; good until four
 * more were asked for. */
const char *scratch_path(const char *name);

/* scratch_put: a file of these bytes, of @mode whatever the umask. */
void scratch_put(const char *name, mode_t mode, const char *text, size_t n);

/* scratch_tick: what changes from now on has another time than what did
 * before, also where the kernel's clock for files goes in steps, of some ms.
 */
void scratch_tick(void);

/* scratch_expand: @text with the directory for each "%s". */
void scratch_expand(const char *text, char *out, size_t size);

#endif
