/* SPDX-License-Identifier: MIT */
/*
 * text.h - small questions about text that came from outside.
 */
#ifndef TW_BASE_TEXT_H
#define TW_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NAME_PART_MAX 64     /* bytes of a profile's or an instance's name */
#define PROFILE_NAME_MAX 129 /* bytes of both; also a directory's name */
#define TEXT_SHOWN_MAX 120   /* bytes of foreign text in one message */
#define TOKEN_MAX 65000      /* bytes; one git credential line holds it */

/* text_is_name_part: [A-Za-z0-9_][A-Za-z0-9._-]{0,63}: it is never ".", ".."
 * or a path of several parts, and changes no URL that it stands in. */
bool text_is_name_part(const char *text);

/* text_is_profile_name: one such part, or TEMPLATE@INSTANCE. */
bool text_is_profile_name(const char *text);

/* text_is_template_name: one such part and an @. */
bool text_is_template_name(const char *text);

/* text_template_of: of NAME@INSTANCE, NAME@ into @out, which has room for
 * NAME_PART_MAX + 2 bytes.  The INSTANCE, which may be ""; NULL: it is none.
 */
const char *text_template_of(const char *text,
                             char out[static NAME_PART_MAX + 2]);

/* text_is_module_name: [a-z][a-z0-9_-]{0,31} */
bool text_is_module_name(const char *text);

/* text_is_variable_name: [A-Za-z_][A-Za-z0-9_]{0,63} */
bool text_is_variable_name(const char *text);

/* text_begins: with @lower, which has no capitals; ASCII case does not count.
 * Unlike strncasecmp(3), it knows no locale, and touches no page of one. */
bool text_begins(const char *text, const char *lower);

/* text_may_hold_password: an address, or what has the user and password of one
 * (RFC 3986 3.2.1), as USER:PASSWORD@HOST: no message shows it. */
bool text_may_hold_password(const char *text);

/* text_is_token: 1 to TOKEN_MAX bytes 0x21-0x7E (RFC 6749 A.12 without SP). */
bool text_is_token(const char *text, size_t n);

/* text_is_line: no byte below 0x20 and no 0x7F. */
bool text_is_line(const char *text, size_t n);

/* text_printable: at most TEXT_SHOWN_MAX bytes of @text into @out, anything
 * but printable ASCII as '?', "..." where it was cut.  Returns @out. */
struct shown {
    char text[TEXT_SHOWN_MAX + 4];
};
const char *text_printable(struct shown *out, const char *text, size_t n);

/* text_to_int64: decimal digits with an optional '-', nothing else; false on
 * anything more and on overflow. */
bool text_to_int64(const char *text, int64_t *out);

/* text_put_unsigned: in decimal, with at least @width digits, at @at, which
 * has room for 21 bytes.  Returns the end, where a NUL stands.  Unlike
 * snprintf(3), these two cost a short process no page of libc's. */
char *text_put_unsigned(char *at, uint64_t number, int width);
char *text_put_int64(char *at, int64_t number); /* 22 bytes */

/* text_join: the NULL-ended @parts one after another; false, and @out is "",
 * when they are longer than @size allows. */
bool text_join(char *out, size_t size, const char *const *parts);

#endif
