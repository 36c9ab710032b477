/* SPDX-License-Identifier: MIT */
/*
 * module_own.c - which providers are this package's; see module.h.
 */
#include <string.h>

#include "helper/module.h"

/* TW_GRANTS: as make has them, "provider/grants/NAME provider/grants/...". */
bool
module_is_ours(const struct module *module)
{
    static const char GRANTS[] = TW_GRANTS;
    const char *name = module->provider.name;
    size_t n = strlen(name);

    for (const char *at = GRANTS; (at = strstr(at, name)); at += n) {
        if (at > GRANTS && at[-1] == '/' && (at[n] == ' ' || !at[n]))
            return true;
    }
    return module->fault.status != TW_OK; /* nothing that could run */
}
