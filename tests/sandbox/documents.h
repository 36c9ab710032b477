/* SPDX-License-Identifier: MIT */
/*
 * documents.h - what the sandbox says about itself.
 */
#ifndef TW_SANDBOX_DOCUMENTS_H
#define TW_SANDBOX_DOCUMENTS_H

#include "tests/sandbox/sandbox.h"

/* Both append JSON to @out.  @prefix is "" or "/m/LIST": the issuer is then
 * URL/m/LIST and its token endpoint misbehaves so. */
void documents_metadata(const struct sandbox *sandbox, struct span prefix,
                        const struct misbehaviour *m,
                        struct secret *out); /* RFC 8414 */
void documents_openapi(const struct sandbox *sandbox, struct span prefix,
                       struct secret *out); /* OpenAPI 3.0 */

#endif
