/* SPDX-License-Identifier: MIT */
/*
 * module_apart.h - what a foreign module is, for a process that does not load
 * it.
 *
 * dlopen(3) runs code of it, which may crash, hang or end the process.  The
 * resident helper needs no more of it than its table, since a fetch has a
 * process of its own: so `tokenward-helper module` loads it, and tells.
 */
#ifndef TW_HELPER_MODULE_APART_H
#define TW_HELPER_MODULE_APART_H

#include "helper/module/module.h"

/* module_ask: waits for it, for some seconds.  One that ended who loaded it is
 * not loaded again for each of many profiles.  TW_E_MODULE, which names it;
 * TW_E_SYSTEM. */
enum tw_status module_ask(struct modules *modules, const char *name,
                          struct module **out, struct tw_error *err);

#endif
