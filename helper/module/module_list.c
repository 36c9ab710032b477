/* SPDX-License-Identifier: MIT */
/*
 * module_list.c - the providers that are loaded, for two threads at once; see
 * module.h.
 */
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "helper/module/module.h"

void
modules_add(struct modules *modules, struct module *module)
{
    module->next = modules->first;
    while (
        !atomic_compare_exchange_weak(&modules->first, &module->next, module))
        ;
}

void
module_free(struct module *module)
{
    if (!module)
        return;
    if (module->handle)
        (void)dlclose(module->handle);
    if (module->fd >= 0)
        (void)close(module->fd);
    free(module->told);
    free(module->options);
    free(module);
}
