/* SPDX-License-Identifier: MIT */
/*
 * module_own.c - which providers are this package's; see module.h.
 */
#include <string.h>

#include "helper/module/module.h"

/* TW_GRANTS: as make has them, "provider/grants/NAME provider/grants/...". */
bool
module_is_our_name(const char *name)
{
    static const char GRANTS[] = TW_GRANTS;
    size_t n = strlen(name);

    for (const char *at = GRANTS; (at = strstr(at, name)); at += n) {
        if (at > GRANTS && at[-1] == '/' && (at[n] == ' ' || !at[n]))
            return true;
    }
    return false;
}

bool
module_is_ours(const struct module *module)
{
    return module_is_our_name(module->provider.name) ||
           module->fault.status != TW_OK; /* nothing that could run */
}
