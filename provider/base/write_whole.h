/* SPDX-License-Identifier: MIT */
/*
 * write_whole.h - write(2) until all is written.
 */
#ifndef TW_BASE_WRITE_WHOLE_H
#define TW_BASE_WRITE_WHOLE_H

#include <stdbool.h>
#include <stddef.h>

/* write_whole: all @n bytes to @fd, which blocks or is a file.  False, with
 * errno set: some of them may be written. */
bool write_whole(int fd, const void *bytes, size_t n);

#endif
