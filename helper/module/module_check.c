/* SPDX-License-Identifier: MIT */
/*
 * module_check.c - see module_check.h.
 */
#include "helper/module/module_check.h"

#include <string.h>

#include "helper/module/module.h"
#include "provider/base/text.h"

#define STATE_MAX (64 * 1024)
#define NEEDS_KNOWN                                                 \
    (TW_NEEDS_ENDPOINT | TW_NEEDS_CLIENT | TW_KEEPS_REFRESH_TOKEN | \
     TW_NEEDS_PERSON | TW_NEEDS_REDIRECT)

/* Up to here a module of the first release reaches. */
#define SIZE_MIN (offsetof(struct tw_provider_v1, advance) + sizeof(void *))

static enum tw_status
check_options(const struct tw_provider_v1 *provider, const char *name,
              struct tw_error *err)
{
    if (provider->option_count > MODULE_OPTIONS_MAX ||
        (provider->option_count && !provider->options))
        return tw_fail(err, TW_E_MODULE,
                       "provider '%s': its table of options is broken", name);
    for (uint32_t i = 0; i < provider->option_count; i++) {
        const struct tw_option *option = &provider->options[i];

        if (!option->name || !text_is_module_name(option->name) ||
            !option->help || option->type < TW_OPTION_TEXT ||
            option->type > TW_OPTION_ENDPOINT ||
            (i && strcmp(option[-1].name, option->name) >= 0))
            return tw_fail(err, TW_E_MODULE,
                           "provider '%s': row %u of its table of options is "
                           "broken or out of order",
                           name, i + 1);
    }
    return TW_OK;
}

enum tw_status
module_check(const struct tw_provider_v1 *theirs, const char *dir,
             const char *name, struct tw_provider_v1 *out,
             struct tw_error *err)
{
    size_t size = theirs->size;

    if (theirs->version != TW_PROVIDER_VERSION || size < SIZE_MIN)
        return tw_fail(err, TW_E_MODULE,
                       "%s/%s" MODULE_SUFFIX
                       ": built for provider ABI %u, this "
                       "tokenward has %u",
                       dir, name, theirs->version, TW_PROVIDER_VERSION);
    memset(out, 0, sizeof *out);
    memcpy(out, theirs, size < sizeof *out ? size : sizeof *out);
    if (!out->name || strcmp(out->name, name) != 0 || !out->summary)
        return tw_fail(err, TW_E_MODULE,
                       "%s/%s" MODULE_SUFFIX ": calls itself by another name",
                       dir, name);
    if (!out->advance || out->state_size > STATE_MAX)
        return tw_fail(err, TW_E_MODULE,
                       "%s/%s" MODULE_SUFFIX
                       ": has no advance() or wants too much "
                       "state",
                       dir, name);
    if (out->needs & ~NEEDS_KNOWN)
        return tw_fail(err, TW_E_MODULE,
                       "%s/%s" MODULE_SUFFIX
                       ": needs what this tokenward does not "
                       "support (0x%x)",
                       dir, name, out->needs & ~NEEDS_KNOWN);
    if ((out->needs & TW_NEEDS_REDIRECT) && !(out->needs & TW_NEEDS_PERSON))
        return tw_fail(err, TW_E_MODULE,
                       "%s/%s" MODULE_SUFFIX
                       ": needs a browser to come back, and no person",
                       dir, name);
    return check_options(out, name, err);
}
