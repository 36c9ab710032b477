/* SPDX-License-Identifier: MIT */
/*
 * profile_hook.c - on_refresh: one of
 *
 *   {command: [ARGV...]}            {reload: UNIT}    {restart: UNIT}
 *   {signal: HUP, pidfile: PATH}    {signal: HUP, unit: UNIT}
 *
 * What concerns a unit becomes systemctl(1)'s argv: the way to a manager is
 * its own program's to know.  It waits for nothing, asks for no password, and
 * leaves alone what is not running.
 */
#include <signal.h>
#include <string.h>

#include "helper/base/unit_name.h"
#include "helper/profile/profile_reader.h"
#include "provider/base/text.h"

#define ARGS_MAX 8

static const struct {
    const char *name;
    int number;
} SIGNALS[] = {
    {"HUP", SIGHUP}, {"TERM", SIGTERM}, {"USR1", SIGUSR1}, {"USR2", SIGUSR2}};

/* The values of the map's keys; NULL: it is not there. */
struct parts {
    const struct yaml_node *command, *pidfile, *reload, *restart, *signal,
        *unit;
};

static enum tw_status
refuse(const struct profile_reader *reader, const struct yaml_node *where)
{
    return profile_refuse(
        reader, where,
        "on_refresh is one of {command: [...]}, {reload: UNIT}, {restart: "
        "UNIT}, {signal: HUP, pidfile: PATH} and {signal: HUP, unit: UNIT}");
}

static enum tw_status
take_parts(const struct profile_reader *reader, const struct yaml_node *value,
           struct parts *out)
{
    if (value->kind != YAML_MAP)
        return refuse(reader, value);
    for (const struct yaml_node *item = value->child; item;
         item = item->next) {
        const struct {
            const char *name;
            const struct yaml_node **part;
        } rows[] = {
            {"command", &out->command}, {"pidfile", &out->pidfile},
            {"reload", &out->reload},   {"restart", &out->restart},
            {"signal", &out->signal},   {"unit", &out->unit},
        };
        bool known = false;

        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            if (strcmp(item->key->text, rows[i].name) == 0) {
                *rows[i].part = item;
                known = true;
            }
        }
        if (!known)
            return refuse(reader, item->key);
    }
    return TW_OK;
}

static char **
copy_words(struct arena *arena, const char *const *words)
{
    char **argv = arena_take(arena, (ARGS_MAX + 1) * sizeof *argv);

    for (size_t i = 0; argv && words[i]; i++) {
        argv[i] = arena_text(arena, words[i], strlen(words[i]));
        if (!argv[i])
            return NULL;
    }
    return argv;
}

/* systemctl [--user] OPTION VERB -- UNIT */
static enum tw_status
read_unit(const struct profile_reader *reader, const struct yaml_node *unit,
          const char *verb, const char *option, struct hook *hook)
{
    const char *words[ARGS_MAX + 1] = {"systemctl", "--no-ask-password"};
    struct shown shown;
    size_t n = 2, len = 0;
    enum tw_status status =
        profile_value_line(reader, "on_refresh", unit, &len);

    if (status)
        return status;
    if (len != unit->len || !unit_name_is(unit->text))
        return profile_refuse(reader, unit,
                              "on_refresh: '%s' is no name of a unit that "
                              "runs programs, like NAME.service",
                              text_printable(&shown, unit->text, len));
    if (!reader->context->system)
        words[n++] = "--user";
    words[n++] = option;
    words[n++] = verb;
    words[n++] = "--";
    words[n] = unit->text;
    hook->argv = copy_words(reader->context->arena, words);
    return hook->argv ? TW_OK : tw_no_memory(reader->err);
}

static enum tw_status
read_signal(const struct profile_reader *reader, const struct parts *parts,
            struct hook *hook)
{
    const char *words[sizeof SIGNALS / sizeof *SIGNALS + 1] = {NULL};
    char option[32] = "--signal=";
    size_t chosen = 0;
    enum tw_status status;

    for (size_t i = 0; i < sizeof SIGNALS / sizeof *SIGNALS; i++)
        words[i] = SIGNALS[i].name;
    status = profile_value_choice(reader, "on_refresh: signal", parts->signal,
                                  words, &chosen);
    if (status)
        return status;
    if (parts->unit) {
        (void)strcat(option, words[chosen]);
        return read_unit(reader, parts->unit, "kill", option, hook);
    }
    hook->signal = SIGNALS[chosen].number;
    return profile_value_path(reader, "on_refresh: pidfile", parts->pidfile,
                              &hook->pidfile);
}

enum tw_status
profile_read_on_refresh(const struct profile_reader *reader,
                        const struct yaml_node *value)
{
    struct secret_source command = {.kind = SECRET_NONE};
    struct parts parts = {.command = NULL};
    struct hook *hook;
    enum tw_status status = take_parts(reader, value, &parts);

    if (status)
        return status;
    if ((parts.signal != NULL) != (parts.unit || parts.pidfile) ||
        !!parts.command + !!parts.reload + !!parts.restart + !!parts.unit +
                !!parts.pidfile !=
            1)
        return refuse(reader, value);
    hook = arena_take(reader->context->arena, sizeof *hook);
    if (!hook)
        return tw_no_memory(reader->err);
    reader->profile->on_refresh = hook;
    if (parts.reload)
        return read_unit(reader, parts.reload, "try-reload-or-restart",
                         "--no-block", hook);
    if (parts.restart)
        return read_unit(reader, parts.restart, "try-restart", "--no-block",
                         hook);
    if (parts.signal)
        return read_signal(reader, &parts, hook);
    status = profile_read_command(reader, "on_refresh: command", parts.command,
                                  &command);
    if (!status)
        hook->argv = command.argv;
    return status;
}
