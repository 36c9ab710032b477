/* SPDX-License-Identifier: MIT */
/*
 * trust.h - whose certificates are believed.
 */
#ifndef TW_HELPER_TRUST_H
#define TW_HELPER_TRUST_H

#include "provider/base/error.h"
#include "provider/base/secret.h"

/* trust_directory: the system's hashed directory, or NULL if it has none
 * (then libcurl's own default is used).  Looked at once. */
const char *trust_directory(void);

#define TRUST_FILE_MAX (1024 * 1024) /* the common bundle has a quarter */

/* trust_read_file: a ca_file whole into @out, whose maximum is TRUST_FILE_MAX.
 * It must be a regular file, ours or root's, that nobody else may write.
 * TW_E_CONFIG when it is missing, empty or too large; TW_E_ACCESS, ... */
enum tw_status trust_read_file(const char *path, struct secret *out,
                               struct tw_error *err);

#endif
