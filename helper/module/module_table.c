/* SPDX-License-Identifier: MIT */
/*
 * module_table.c - see module_table.h.
 *
 * The trap: the process that wrote the text had foreign code in it.  So what
 * comes out is checked as a module's own table is.
 */
#include "helper/module/module_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helper/module/module_check.h"
#include "provider/base/auto.h"
#include "provider/base/lines.h"
#include "provider/base/text.h"

static bool
put_option(const struct tw_option *option, struct secret *out)
{
    struct shown help;
    char line[sizeof help.text + 80];

    (void)snprintf(line, sizeof line, "%s %u %u %s", option->name,
                   option->type, option->flags,
                   text_printable(&help, option->help, strlen(option->help)));
    return lines_put(out, "option", line);
}

bool
module_table_put(const struct tw_provider_v1 *provider, struct secret *out)
{
    struct shown summary;
    bool good = lines_put_int64(out, "needs", provider->needs) &&
                lines_put(out, "summary",
                          text_printable(&summary, provider->summary,
                                         strlen(provider->summary)));

    for (uint32_t i = 0; i < provider->option_count && good; i++)
        good = put_option(&provider->options[i], out);
    return good;
}

/* Where it is, nobody asks it: a fetch has a process of its own. */
static int
advance(const struct tw_host *host, void *state, const struct tw_event *event,
        struct tw_action *action)
{
    (void)host;
    (void)state;
    (void)event;
    (void)action;
    return -1;
}

/* The word at *@at, which ends with a space, cut off. */
static char *
take_word(char **at)
{
    char *word = *at, *stop = word ? strchr(word, ' ') : NULL;

    if (stop)
        *stop = '\0';
    *at = stop ? stop + 1 : NULL;
    return stop ? word : NULL;
}

static bool
take_number(char **at, uint32_t *out)
{
    const char *word = take_word(at);
    int64_t number;

    if (!word || !text_to_int64(word, &number) || number < 0 ||
        number > UINT32_MAX)
        return false;
    *out = (uint32_t)number;
    return true;
}

/* @line: NAME TYPE FLAGS HELP */
static bool
take_option(char *line, struct tw_option *out)
{
    out->name = take_word(&line);
    if (!out->name || !take_number(&line, &out->type) ||
        !take_number(&line, &out->flags))
        return false;
    out->help = line;
    return true;
}

/* What the lines say, and where it is kept. */
struct reading {
    struct tw_provider_v1 table;
    struct module *module;
};

static bool
take_line(struct reading *reading, const char *key, const char *value)
{
    struct tw_provider_v1 *table = &reading->table;
    char *text = (char *)(uintptr_t)value; /* of module->told */
    int64_t needs;

    if (strcmp(key, "summary") == 0)
        table->summary = text;
    else if (strcmp(key, "needs") == 0 && text_to_int64(text, &needs) &&
             needs >= 0 && needs <= UINT32_MAX)
        table->needs = (uint32_t)needs;
    else if (strcmp(key, "option") == 0)
        return table->option_count < MODULE_OPTIONS_MAX &&
               take_option(text,
                           &reading->module->options[table->option_count++]);
    return true;
}

static void
auto_module(struct module **module)
{
    module_free(*module);
}

static struct module *
make_module(const char *name, struct secret *text)
{
    size_t n = strlen(name) + 1;
    AUTO(auto_module) struct module *module = calloc(1, sizeof *module + n);

    if (!module)
        return NULL;
    module->fd = -1;
    memcpy(module->own_name, name, n);
    module->options = calloc(MODULE_OPTIONS_MAX, sizeof *module->options);
    module->told = strdup(secret_text(text));
    if (!module->options || !module->told)
        return NULL;
    return TAKE_POINTER(module);
}

enum tw_status
module_table_read(const char *dir, const char *name, struct secret *text,
                  struct module **out, struct tw_error *err)
{
    AUTO(auto_module) struct module *module = make_module(name, text);
    struct reading reading = {.module = module};
    struct lines lines;
    const char *key, *value;
    bool good = true;
    enum tw_status status;

    if (!module)
        return tw_no_memory(err);
    reading.table = (struct tw_provider_v1){.version = TW_PROVIDER_VERSION,
                                            .size = sizeof reading.table,
                                            .name = module->own_name,
                                            .options = module->options,
                                            .advance = advance};
    lines_begin(&lines, module->told, strlen(module->told));
    while (good && lines_next(&lines, &key, &value))
        good = take_line(&reading, key, value);
    if (!good || lines.broken || !reading.table.summary)
        return tw_fail(err, TW_E_MODULE,
                       "provider '%s': its table cannot be read", name);
    status = module_check(&reading.table, dir, name, &module->provider, err);
    if (status)
        return status;
    *out = TAKE_POINTER(module);
    return TW_OK;
}
