/* SPDX-License-Identifier: MIT */
/*
 * http_answer.h - libcurl's callbacks: an answer as it comes, counted.
 * Private to http*.c.
 */
#ifndef TW_HELPER_HTTP_ANSWER_H
#define TW_HELPER_HTTP_ANSWER_H

#include <stddef.h>

/* @arg of both: the struct transfer. */
size_t http_answer_body(char *bytes, size_t size, size_t n, void *arg);
size_t http_answer_header(char *line, size_t size, size_t n, void *arg);

#endif
