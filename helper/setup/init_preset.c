/* SPDX-License-Identifier: MIT */
/*
 * init_preset.c - see init_preset.h.
 */
#include "helper/setup/init_preset.h"

#include <stdio.h>
#include <string.h>

#include "helper/person/prompt.h"
#include "helper/profile/preset_file.h"

/* By its name, and the preset's word of what it is. */
static enum tw_status
ask(const struct yaml_node *node, struct secret *line, struct tw_error *err)
{
    struct shown name, what;
    char question[sizeof name.text + sizeof what.text + 8];

    (void)snprintf(question, sizeof question, "%s (%s): ",
                   text_printable(&name, node->key->text, node->key->len),
                   text_printable(&what, node->text, node->len));
    return prompt_text(question, line, err);
}

static enum tw_status
ask_var(struct draft *draft, const struct yaml_node *var, struct tw_error *err)
{
    AUTO_SECRET line = SECRET_INIT(DRAFT_VAR_MAX);
    const char *name = var->key->text;
    enum tw_status status;

    if (draft_has_var(draft, name))
        return TW_OK;
    status = ask(var, &line, err);
    return status ? status
                  : draft_add_var(draft, name, name, strlen(name),
                                  secret_text(&line), err);
}

static enum tw_status
ask_key(struct draft *draft, const struct yaml_node *wanted,
        struct tw_error *err)
{
    AUTO_SECRET line = SECRET_INIT(DRAFT_VALUE_MAX);
    const char *name = wanted->key->text;
    enum draft_key key = draft_find_key(name);
    enum tw_status status;

    if (key == DRAFT_KEYS)
        return tw_fail(err, TW_E_USAGE,
                       "preset '%s' wants %s, which is not asked for here\n"
                       "tokenward-profiles(5) tells how to write the profile",
                       draft->values[DRAFT_PRESET], name);
    if (draft->values[key][0])
        return TW_OK;
    status = ask(wanted, &line, err);
    if (status)
        return status;
    return draft_is_path(key)
               ? draft_set_path(draft, key, name, secret_text(&line), err)
               : draft_set(draft, key, name, secret_text(&line), err);
}

enum tw_status
init_preset_ask(struct draft *draft, const char *dir, struct tw_error *err)
{
    AUTO(preset_file_clear) struct preset preset = {0};
    const char *name = draft->values[DRAFT_PRESET];
    enum tw_status status = TW_E_NOT_FOUND;
    const struct yaml_node *node;

    if (dir && text_is_module_name(name))
        status = preset_file_read(dir, name, &preset, err);
    if (status == TW_E_NOT_FOUND)
        return tw_fail(err, TW_E_USAGE,
                       "there is no such preset\n"
                       "tokenward presets lists what there is");
    for (node = preset.vars ? preset.vars->child : NULL; node && !status;
         node = node->next)
        status = ask_var(draft, node, err);
    for (node = preset.wants ? preset.wants->child : NULL; node && !status;
         node = node->next)
        status = ask_key(draft, node, err);
    return status;
}
