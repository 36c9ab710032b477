/* SPDX-License-Identifier: MIT */
/*
 * module_list.c - the providers that are loaded, for two threads at once; see
 * module.h.
 */
#include <stdatomic.h>

#include "helper/module.h"

void
modules_add(struct modules *modules, struct module *module)
{
    module->next = modules->first;
    while (
        !atomic_compare_exchange_weak(&modules->first, &module->next, module))
        ;
}
