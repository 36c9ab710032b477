/* SPDX-License-Identifier: MIT */
/*
 * module_table.h - a provider's table as text, from the process that loaded
 * its module to one that does not.
 */
#ifndef TW_HELPER_MODULE_TABLE_H
#define TW_HELPER_MODULE_TABLE_H

#include "helper/module/module.h"
#include "provider/base/secret.h"

/* needs=N, summary=TEXT, and of each option option=NAME TYPE FLAGS HELP; words
 * for people are cut. */
#define MODULE_TABLE_MAX (16 * 1024)

/* module_table_put: appends it.  False: no memory. */
bool module_table_put(const struct tw_provider_v1 *provider,
                      struct secret *out);

/* module_table_read: takes @text, which is what may have come of that, as the
 * table of the module @name in @dir: a module that can be asked nothing.
 * TW_E_MODULE: it is none; TW_E_SYSTEM: no memory. */
enum tw_status module_table_read(const char *dir, const char *name,
                                 struct secret *text, struct module **out,
                                 struct tw_error *err);

#endif
