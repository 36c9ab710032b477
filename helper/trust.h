/* SPDX-License-Identifier: MIT */
/*
 * trust.h - whose certificates are believed.
 */
#ifndef TW_HELPER_TRUST_H
#define TW_HELPER_TRUST_H

#include "provider/base/error.h"

/* trust_directory: the system's hashed directory, or NULL if it has none
 * (then libcurl's own default is used).  Looked at once. */
const char *trust_directory(void);

/* trust_check_file: that a ca_file is a readable file with something in it. */
enum tw_status trust_check_file(const char *path, struct tw_error *err);

#endif
