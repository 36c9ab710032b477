/* SPDX-License-Identifier: MIT */
/*
 * bearer_file.h - the token where WLCG Bearer Token Discovery looks for it:
 * $XDG_RUNTIME_DIR/bt_uUID.
 */
#ifndef TW_HELPER_BEARER_FILE_H
#define TW_HELPER_BEARER_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "provider/base/error.h"

/* bearer_file_takes: nothing but what RFC 6750 2.1 has in a token; a client
 * that finds anything else there has to stop with an error. */
bool bearer_file_takes(const char *token, size_t n);

/* bearer_file_open: the directory that @root stands in, O_PATH; *@there:
 * whether there is such a file.  TW_E_ACCESS: it is not the user's own. */
enum tw_status bearer_file_open(int root, int *out, bool *there,
                                struct tw_error *err);

/* bearer_file_put: beside the runtime directory that is open as @root, the
 * file becomes @token, for its owner alone; NULL: is removed.  One writer at a
 * time.  TW_E_ACCESS: the directory there is not the user's own; TW_E_SYSTEM;
 * what was there is left. */
enum tw_status bearer_file_put(int root, const char *token, size_t n,
                               struct tw_error *err);

/* bearer_file_drop: is removed if it holds @token (NULL: none); it may be of
 * another profile by now.  Fails as the one above. */
enum tw_status bearer_file_drop(int root, const char *token, size_t n,
                                struct tw_error *err);

#endif
