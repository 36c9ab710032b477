/* SPDX-License-Identifier: MIT */
/*
 * http_failure.h - why there was no answer, in plain words.
 */
#ifndef TW_HELPER_HTTP_FAILURE_H
#define TW_HELPER_HTTP_FAILURE_H

#include "helper/http_easy.h"

void http_failure(const struct transfer *transfer, CURLcode code,
                  struct tw_error *err);

#endif
