/* SPDX-License-Identifier: MIT */
/*
 * module_table.c - what a process that loaded a foreign module tells of it:
 * whatever it says, what is taken is a provider's table, which says the same
 * when it is told again.
 */
#include "helper/module/module_table.h"

#include <string.h>

#include "helper/module/module_check.h"
#include "provider/base/text.h"
#include "tests/fuzz/fuzz.h"

#define NAME "acme"

static struct module *
take(struct secret *text)
{
    struct module *module = NULL;
    struct tw_error err = {0};
    enum tw_status status =
        module_table_read("/modules", NAME, text, &module, &err);

    FUZZ_CHECK(!status == (module != NULL));
    if (status) {
        FUZZ_CHECK(status == TW_E_MODULE);
        fuzz_check_message(&err);
    }
    return module;
}

static void
check_options(const struct tw_provider_v1 *provider)
{
    const struct tw_option *option = provider->options;

    FUZZ_CHECK(provider->option_count <= MODULE_OPTIONS_MAX);
    for (uint32_t i = 0; i < provider->option_count; i++, option++) {
        FUZZ_CHECK(text_is_module_name(option->name) && option->help);
        FUZZ_CHECK(option->type >= TW_OPTION_TEXT &&
                   option->type <= TW_OPTION_ENDPOINT);
        FUZZ_CHECK(!i || strcmp(option[-1].name, option->name) < 0);
    }
}

/* Words for people may have been cut and made printable. */
static void
check_again(const struct tw_provider_v1 *provider)
{
    AUTO_SECRET text = SECRET_INIT(MODULE_TABLE_MAX);
    struct module *again;

    FUZZ_CHECK(module_table_put(provider, &text));
    again = take(&text);
    FUZZ_CHECK(again && again->provider.needs == provider->needs &&
               again->provider.option_count == provider->option_count);
    for (uint32_t i = 0; i < provider->option_count; i++) {
        const struct tw_option *one = &provider->options[i],
                               *two = &again->provider.options[i];

        FUZZ_CHECK(strcmp(one->name, two->name) == 0 &&
                   one->type == two->type && one->flags == two->flags);
    }
    module_free(again);
}

void
fuzz_module_table(const uint8_t *data, size_t n)
{
    AUTO_SECRET text = SECRET_INIT(MODULE_TABLE_MAX);
    struct tw_action action = {.kind = 0};
    struct module *module;

    if (!n || !secret_append(&text, (const char *)data, n))
        return;
    module = take(&text);
    if (!module)
        return;
    FUZZ_CHECK(strcmp(module->provider.name, NAME) == 0);
    FUZZ_CHECK(module->provider.advance(NULL, NULL, NULL, &action) != 0);
    check_options(&module->provider);
    check_again(&module->provider);
    module_free(module);
}
