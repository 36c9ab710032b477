/* SPDX-License-Identifier: MIT */
/*
 * fake_modules.c - modules_get() without dlopen(3): client_credentials as it
 * is, and `pickle`, which has an option of every type and needs one.
 */
#include <string.h>

#include "helper/module/module.h"

static const struct tw_option CLIENT_CREDENTIALS[] = {
    {"audience", TW_OPTION_TEXT, 0, "whom the token is for"},
    {"resource", TW_OPTION_URLS, 0, "what the token is for"},
    {"scope", TW_OPTION_SCOPE, 0, "what the token allows"},
};

static const struct tw_option PICKLE[] = {
    {"assertion", TW_OPTION_SECRET, TW_OPTION_REQUIRED | TW_OPTION_ISSUED,
     "proof"},
    {"command", TW_OPTION_COMMAND, 0, "what prints it"},
    {"file", TW_OPTION_FILE, 0, "what holds it"},
    {"jar_endpoint", TW_OPTION_ENDPOINT, 0, "whom to ask"},
    {"witness", TW_OPTION_URL, 0, "who says so"},
};

static const struct module MODULES[] = {
    {.provider = {.name = "client_credentials",
                  .needs = TW_NEEDS_ENDPOINT | TW_NEEDS_CLIENT,
                  .options = CLIENT_CREDENTIALS,
                  .option_count = 3}},
    {.provider = {.name = "pickle", .options = PICKLE, .option_count = 5}},
};

enum tw_status
modules_get(struct modules *modules, const char *name,
            const struct module **out, struct tw_error *err)
{
    (void)modules;
    for (size_t i = 0; i < sizeof MODULES / sizeof *MODULES; i++) {
        if (strcmp(MODULES[i].provider.name, name) == 0) {
            *out = &MODULES[i];
            return TW_OK;
        }
    }
    return tw_fail(err, TW_E_MODULE, "no provider '%s'\nlook elsewhere", name);
}

const struct tw_option *
module_option(const struct module *module, const char *name)
{
    for (uint32_t i = 0; i < module->provider.option_count; i++) {
        if (strcmp(module->provider.options[i].name, name) == 0)
            return &module->provider.options[i];
    }
    return NULL;
}

void
modules_clear(struct modules *modules)
{
    modules->first = NULL; /* nothing was opened */
}
