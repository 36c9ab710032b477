/* SPDX-License-Identifier: MIT */
/*
 * import.h - what another program's settings say of a way to get a token.
 */
#ifndef TW_HELPER_IMPORT_H
#define TW_HELPER_IMPORT_H

#include "helper/setup/draft.h"

/* import_read: fills in @draft from the file @path of the program @kind:
 * kubelogin (a kubeconfig), fluent-bit, librdkafka, or oidc-agent (what
 * oidc-gen -p prints).  What is set in @draft already stays.
 * TW_E_USAGE: no such program; TW_E_CONFIG: nothing of use is in it;
 * TW_E_NOT_FOUND, TW_E_ACCESS, TW_E_SYSTEM. */
enum tw_status import_read(const char *kind, const char *path,
                           struct draft *draft, struct tw_error *err);

#endif
