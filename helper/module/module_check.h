/* SPDX-License-Identifier: MIT */
/*
 * module_check.h - a provider's table as its module has it, or tells it: is it
 * of this ABI, and whole?
 */
#ifndef TW_HELPER_MODULE_CHECK_H
#define TW_HELPER_MODULE_CHECK_H

#include "provider/base/error.h"
#include "provider/tokenward-provider.h"

#define MODULE_OPTIONS_MAX 64

/* module_check: of the module @name in @dir; @out is as much of it as there
 * is, the rest zero.  TW_E_MODULE. */
enum tw_status module_check(const struct tw_provider_v1 *theirs,
                            const char *dir, const char *name,
                            struct tw_provider_v1 *out, struct tw_error *err);

#endif
