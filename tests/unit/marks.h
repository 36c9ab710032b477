/* SPDX-License-Identifier: MIT */
/*
 * marks.h - is a marked text anywhere in this process's memory?
 *
 * All writable memory but the stack, which is not the allocator's, is searched
 * by way of /proc/self/mem, so that no freed pointer is followed.
 */
#ifndef TW_TESTS_MARKS_H
#define TW_TESTS_MARKS_H

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || \
    defined(TW_NO_WIPE)
#define WIPES false
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define WIPES false
#endif
#endif
#ifndef WIPES
#define WIPES true
#endif

#define MARK_LEN 24

/* write_mark: puts MARK_LEN printable bytes at @out, no NUL. */
void write_mark(char *out);

/* count_marks: how often they are in memory. */
int count_marks(void);

#endif
