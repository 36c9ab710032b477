/* SPDX-License-Identifier: MIT */
/*
 * fields.h - a form grows field by field; what the profile does not have is
 * left out, never sent empty.
 */
#ifndef TW_GRANTS_FIELDS_H
#define TW_GRANTS_FIELDS_H

#include "provider/tokenward-provider.h"

#define RESOURCES_MAX 32 /* as many as a profile may list */

struct form {
    struct tw_field fields[RESOURCES_MAX + 12];
    size_t count;
};

/* A new form; @grant_type may be NULL. */
static inline void
form_begin(struct form *form, const char *grant_type)
{
    form->count = 0;
    if (grant_type)
        form->fields[form->count++] = (struct tw_field){
            .name = "grant_type", .value = grant_type, .kind = TW_FIELD_TEXT};
}

static inline void
form_add(struct form *form, const char *name, const char *value,
         enum tw_field_kind kind)
{
    if (value && form->count < sizeof form->fields / sizeof *form->fields)
        form->fields[form->count++] =
            (struct tw_field){.name = name, .value = value, .kind = kind};
}

static inline void
form_add_text(struct form *form, const char *name, const char *value)
{
    form_add(form, name, value, TW_FIELD_TEXT);
}

/* The option of that name, as it stands. */
static inline void
form_add_option(struct form *form, const struct tw_host *host,
                const char *name)
{
    form_add_text(form, name, host->option(host, name, 0));
}

/* RFC 8707: each resource is a parameter of its own. */
static inline void
form_add_resources(struct form *form, const struct tw_host *host)
{
    for (size_t i = 0; i < RESOURCES_MAX; i++)
        form_add_text(form, "resource", host->option(host, "resource", i));
}

static inline void
form_post(const struct form *form, struct tw_action *action)
{
    action->kind = TW_ACTION_POST;
    action->fields = form->fields;
    action->field_count = form->count;
}

/* With the refresh token of a login.  What was granted is not named again: a
 * person may have granted less. */
static inline void
form_refresh(const struct tw_host *host, struct form *form,
             struct tw_action *action)
{
    form_begin(form, "refresh_token");
    form_add(form, "refresh_token", "refresh_token", TW_FIELD_KEPT);
    form_add_resources(form, host);
    form_post(form, action);
}

static inline int
fail(struct tw_action *action, const char *text)
{
    action->kind = TW_ACTION_FAIL;
    action->text = text;
    return 0;
}

#endif
