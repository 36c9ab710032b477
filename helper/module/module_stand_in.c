/* SPDX-License-Identifier: MIT */
/*
 * module_stand_in.c - a module that can do nothing but tell why; see module.h.
 *
 * The trap is a profile with several sources, all of which would be lost with
 * the one whose module is not there.
 */
#include <stdlib.h>
#include <string.h>

#include "helper/module/module.h"

/* It says that it sends, so that keys for what is sent are read; whatever they
 * say is looked at when the module is there. */
static struct module *
make_stand_in(struct modules *modules, const char *name,
              const struct tw_error *fault)
{
    size_t n = strlen(name) + 1;
    struct module *module = calloc(1, sizeof *module + n);

    if (!module)
        return NULL;
    memcpy(module->own_name, name, n);
    module->fd = -1;
    module->fault = *fault;
    module->provider = (struct tw_provider_v1){.name = module->own_name,
                                               .summary = "is not there",
                                               .needs = TW_NEEDS_ENDPOINT};
    modules_add(modules, module);
    return module;
}

/* For the same reason: of another one somebody may tell right now. */
static bool
is_it(const struct module *module, const char *name,
      const struct tw_error *fault)
{
    return !module->asked_ms && module->fault.status == fault->status &&
           strcmp(module->fault.message, fault->message) == 0 &&
           strcmp(module->own_name, name) == 0;
}

enum tw_status
modules_stand_in(struct modules *modules, const char *name,
                 const struct tw_error *fault, const struct module **out,
                 struct tw_error *err)
{
    struct module *module = modules->first;

    while (module && !is_it(module, name, fault))
        module = module->next;
    if (!module)
        module = make_stand_in(modules, name, fault);
    if (!module)
        return tw_no_memory(err);
    *out = module;
    return TW_OK;
}
