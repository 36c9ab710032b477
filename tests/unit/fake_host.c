/* SPDX-License-Identifier: MIT */
/*
 * fake_host.c - see fake_host.h.  Each text that the host lends is wiped
 * after the call, as the contract allows it to be.
 */
#include "tests/unit/fake_host.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helper/module/module.h"

#define LENT_SIZE 4096

struct fake_host fake_host;
struct tw_action fake_action;
static char lent[16][LENT_SIZE];
static size_t lent_count;
static struct modules modules;
static const struct module *module;
static void *state;

static const char *
lend(const struct fake_text *texts, const char *name)
{
    for (size_t i = 0; i < FAKE_MEMBERS_MAX && texts[i].name; i++) {
        if (strcmp(texts[i].name, name) == 0) {
            cr_assert_lt(lent_count, 16);
            (void)snprintf(lent[lent_count], LENT_SIZE, "%s", texts[i].value);
            return lent[lent_count++];
        }
    }
    return NULL;
}

/* A profile's options live as long as the exchange. */
static const char *
option(const struct tw_host *host, const char *name, size_t index)
{
    (void)host;
    for (size_t i = 0; i < FAKE_OPTIONS_MAX && fake_host.options[i].name;
         i++) {
        if (strcmp(fake_host.options[i].name, name) == 0 && index-- == 0)
            return fake_host.options[i].value;
    }
    return NULL;
}

static const char *
member(const struct tw_host *host, const char *name)
{
    (void)host;
    return lend(fake_host.members, name);
}

static int
has(const struct tw_host *host, const char *name)
{
    (void)host;
    for (size_t i = 0; i < FAKE_MEMBERS_MAX && fake_host.secrets[i]; i++) {
        if (strcmp(fake_host.secrets[i], name) == 0)
            return TW_HAS_SECRET;
    }
    return strcmp(name, "refresh_token") == 0 ? fake_host.has : 0;
}

void
fake_load(const char *name)
{
    struct tw_error err = {0};

    modules.dir = getenv("TOKENWARD_MODULE_DIR");
    if (!modules.dir)
        cr_skip("TOKENWARD_MODULE_DIR is not set");
    cr_assert_eq(modules_get(&modules, name, &module, &err), TW_OK, "%s",
                 err.message);
    fake_begin();
}

void
fake_set(struct fake_text *texts, const char *name, const char *value)
{
    while (texts->name)
        texts++;
    *texts = (struct fake_text){name, value};
}

void
fake_begin(void)
{
    free(state);
    state = calloc(1, module->provider.state_size + 1);
    cr_assert_not_null(state);
    memset(&fake_host, 0, sizeof fake_host);
}

void
fake_send(enum tw_event_kind kind, const char *error,
          enum tw_action_kind expected)
{
    const struct tw_host host = {.version = TW_PROVIDER_VERSION,
                                 .size = sizeof host,
                                 .option = option,
                                 .member = member,
                                 .has = has};
    const struct tw_event event = {
        .size = sizeof event, .kind = kind, .error = error};

    fake_action = (struct tw_action){.size = sizeof fake_action};
    cr_assert_eq(module->provider.advance(&host, state, &event, &fake_action),
                 0);
    memset(lent, '#', sizeof lent);
    lent_count = 0;
    cr_assert_eq(fake_action.kind, expected, "action %u", fake_action.kind);
}

void
fake_expect_form(const char *expected)
{
    static const char *const KINDS[] = {
        [TW_FIELD_TEXT] = "",          [TW_FIELD_SECRET] = "SECRET:",
        [TW_FIELD_MEMBER] = "MEMBER:", [TW_FIELD_KEPT] = "KEPT:",
        [TW_FIELD_SIGNED] = "SIGNED:", [TW_FIELD_AUTHORIZED] = "AUTHORIZED:"};
    char form[4096] = "";

    for (size_t i = 0; i < fake_action.field_count; i++) {
        const struct tw_field *field = &fake_action.fields[i];
        size_t n = strlen(form);

        (void)snprintf(form + n, sizeof form - n, "%s%s=%s%s", n ? "&" : "",
                       field->name, KINDS[field->kind], field->value);
    }
    cr_expect_str_eq(form, expected);
}
