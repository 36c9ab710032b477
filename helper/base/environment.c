/* SPDX-License-Identifier: MIT */
/*
 * environment.c - the process's environment comes in; the few variables that
 * mean something here stay, the rest is put aside.
 *
 * What was given may hold secrets: there is one copy of it, in one block that
 * is wiped as a whole.  The values are wiped where they came from, so that
 * /proc/PID/environ and a core do not hold them either.
 */
#include "helper/base/environment.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "provider/base/auto.h"

struct row {
    const char *name; /* one that ends in '*' is the beginning of many */
    bool not_as_system;
};

/* curl asks for proxies in these spellings.  HTTP_PROXY is not one of them,
 * because a CGI's client can set it, and http_proxy is for plain http, which
 * goes to this host alone and by no proxy. */
static const struct row ALLOWED[] = {
    {"ALL_PROXY", true},
    {"CREDENTIALS_DIRECTORY", false},
    {"HOME", false},
    {"HTTPS_PROXY", true},
    {"LANG", false},
    {"LC_ALL", false},
    {"LOGNAME", false},
    {"NO_PROXY", true},
    {"PATH", false},
    {"STATE_DIRECTORY", false},
    {"TOKENWARD_*", false},
    {"USER", false},
    {"XDG_CONFIG_HOME", false},
    {"XDG_RUNTIME_DIR", false},
    {"XDG_STATE_HOME", false},
    {"all_proxy", true},
    {"https_proxy", true},
    {"no_proxy", true},
};

static size_t
name_length(const char *variable)
{
    return strcspn(variable, "=");
}

static bool
is_named(const char *variable, const char *name)
{
    size_t n = strlen(name);

    if (n && name[n - 1] == '*')
        return strncmp(variable, name, n - 1) == 0;
    return name_length(variable) == n && memcmp(variable, name, n) == 0;
}

static bool
is_allowed(const char *variable, bool system)
{
    for (size_t i = 0; i < sizeof ALLOWED / sizeof *ALLOWED; i++) {
        if (is_named(variable, ALLOWED[i].name))
            return !(system && ALLOWED[i].not_as_system);
    }
    return false;
}

/* The first of a name counts, as for getenv(3). */
static bool
is_there(char **variables, size_t count, const char *variable)
{
    size_t n = name_length(variable) + 1;

    for (size_t i = 0; i < count; i++) {
        if (strncmp(variables[i], variable, n) == 0)
            return true;
    }
    return false;
}

/* Pointers and texts in one block, which begins where the result points. */
static char **
copy_all(char **variables)
{
    size_t count = 0, bytes = 0;
    char **copy;
    char *text;

    for (; variables && variables[count]; count++)
        bytes += strlen(variables[count]) + 1;
    copy = malloc((count + 1) * sizeof *copy + bytes);
    if (!copy)
        return NULL;
    text = (char *)(copy + count + 1);
    for (size_t i = 0; i < count; i++) {
        size_t n = strlen(variables[i]) + 1;

        copy[i] = memcpy(text, variables[i], n);
        text += n;
    }
    copy[count] = NULL;
    return copy;
}

static char **
copy_allowed(char **variables, bool system)
{
    AUTO_FREE char **chosen = NULL;
    size_t count = 0;

    while (variables[count])
        count++;
    chosen = calloc(count + 1, sizeof *chosen);
    if (!chosen)
        return NULL;
    for (size_t i = 0, n = 0; i < count; i++) {
        if (strchr(variables[i], '=') && is_allowed(variables[i], system) &&
            !is_there(chosen, n, variables[i]))
            chosen[n++] = variables[i];
    }
    return copy_all(chosen);
}

static void
wipe_values(char **variables)
{
    for (; variables && *variables; variables++) {
        size_t n = name_length(*variables);

        explicit_bzero(*variables + n, strlen(*variables + n));
    }
}

enum tw_status
environment_settle(bool system, struct environment *out, struct tw_error *err)
{
    AUTO(environment_clear) struct environment settled = {0};

    settled.given = copy_all(environ);
    if (!settled.given)
        return tw_no_memory(err);
    settled.allowed = copy_allowed(settled.given, system);
    if (!settled.allowed)
        return tw_no_memory(err);
    wipe_values(environ);
    environ = settled.allowed;
    *out = settled;
    settled = (struct environment){0};
    return TW_OK;
}

const char *
environment_get(const struct environment *environment, const char *name)
{
    size_t n = strlen(name);

    for (char **variable = environment->given; variable && *variable;
         variable++) {
        if (strncmp(*variable, name, n) == 0 && (*variable)[n] == '=')
            return *variable + n + 1;
    }
    return NULL;
}

static void
wipe_block(char **variables)
{
    size_t count = 0;

    if (!variables)
        return;
    while (variables[count])
        count++;
    if (count) {
        char *end = variables[count - 1] + strlen(variables[count - 1]);

        explicit_bzero(variables[0], (size_t)(end - variables[0]));
    }
    free(variables);
}

void
environment_clear(struct environment *environment)
{
    if (environment->allowed)
        environ = NULL; /* setenv(3) may have made its own list of them */
    wipe_block(environment->given);
    wipe_block(environment->allowed);
    *environment = (struct environment){0};
}
