/* SPDX-License-Identifier: MIT */
/*
 * http_failure.h - why there was no answer, in plain words.  Private to
 * http*.c.
 */
#ifndef TW_HELPER_HTTP_FAILURE_H
#define TW_HELPER_HTTP_FAILURE_H

#include "helper/http/http_easy.h"

/* http_failure: fills in @transfer's reply.err, and too_large where it was
 * libcurl that saw it.  @transfer has its handle still. */
void http_failure(struct transfer *transfer, CURLcode code);

#endif
