/* SPDX-License-Identifier: MIT */
/*
 * unicode.h - is this text what a person who reviews it sees?
 */
#ifndef TW_HELPER_UNICODE_H
#define TW_HELPER_UNICODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The first thing that is wrong in a text, for a message. */
struct unicode_fault {
    size_t offset; /* in bytes */
    bool is_utf8;  /* false: the bytes there are no UTF-8 */
    uint32_t character;
    const char *what; /* "a control character", ...: a noun phrase */
};

/* unicode_check: true when @text is UTF-8 (RFC 3629) and holds no control
 * character but LF and TAB (as @crlf, also CR before LF), none that changes
 * the direction of writing or breaks a line unseen, and no noncharacter. */
bool unicode_check(const char *text, size_t n, bool crlf,
                   struct unicode_fault *fault);

/* unicode_show: writes '?' over each byte of what that refuses, so that none of
 * it steers a terminal. */
void unicode_show(char *text, size_t n);

/* unicode_offset: the byte at a line and column, or that line's end. */
size_t unicode_offset(const char *text, size_t n, uint32_t line,
                      uint32_t column);

/* unicode_place: line and column (from 1, in characters) of a byte. */
void unicode_place(const char *text, size_t offset, uint32_t *line,
                   uint32_t *column);

#endif
