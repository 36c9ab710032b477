/* SPDX-License-Identifier: MIT */
/*
 * schema.h - what a profiles file may hold, as a JSON schema for editors.
 */
#ifndef TW_HELPER_SCHEMA_H
#define TW_HELPER_SCHEMA_H

#include "helper/module/module.h"
#include "provider/base/secret.h"

#define SCHEMA_MAX (1024 * 1024)

/* schema_put: draft 7, of the keys of all profiles and of every module that
 * can be loaded.  Every file that the checker takes is valid by it, if numbers
 * and booleans count as the text they were; a key that is none is not.
 * TW_E_MODULE, TW_E_SYSTEM. */
enum tw_status schema_put(struct modules *modules, struct secret *out,
                          struct tw_error *err);

#endif
