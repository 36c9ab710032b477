/* SPDX-License-Identifier: MIT */
/*
 * stack.c - see stack.h.
 *
 * The trap is "not configured here": it must not swallow mistakes.  So it is
 * looked for before anything is read, and only what is not there counts; what
 * is there and wrong is a fault, and so is what this process may not look at:
 * a mode that somebody got wrong must not send it to another server.
 */
#include "helper/fetch/stack.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "helper/broker/program.h"
#include "helper/exchange/keeper.h"
#include "helper/keys/certificate.h"
#include "helper/keys/key.h"
#include "provider/base/text.h"

static bool
is_absent(const char *path, int mode)
{
    return faccessat(AT_FDCWD, path, mode, AT_EACCESS) < 0 &&
           (errno == ENOENT || errno == ENOTDIR);
}

/* Looked for where it is run from, so that the two cannot disagree. */
static bool
lacks_program(const char *name, const struct environment *environment)
{
    char path[PATH_MAX];

    return !program_find(name, environment->allowed, path);
}

static bool
lacks_credential(const char *name, const struct environment *environment)
{
    const char *dir = environment_get(environment, "CREDENTIALS_DIRECTORY");
    char whole[PATH_MAX];

    if (!dir || !dir[0])
        return true;
    (void)snprintf(whole, sizeof whole, "%s/%s", dir, name);
    return is_absent(whole, R_OK);
}

bool
stack_lacks_secret(const struct secret_source *secret,
                   const struct environment *environment)
{
    switch (secret->kind) {
    case SECRET_FILE:
    case SECRET_FOREIGN_FILE:
        return is_absent(secret->text, R_OK);
    case SECRET_CREDENTIAL:
        return lacks_credential(secret->text, environment);
    case SECRET_ENV:
        return !environment_get(environment, secret->text);
    case SECRET_COMMAND:
        return lacks_program(secret->argv[0], environment);
    case SECRET_NONE:
    case SECRET_VALUE:
    case SECRET_PROFILE:
        return false;
    }
    return false;
}

static bool
fail_absent(const char *file, uint32_t line, const char *what,
            struct tw_error *err)
{
    (void)tw_fail(err, TW_E_CONFIG, "%s:%u: %s is not there", file, line,
                  what);
    return true;
}

/* What stands in a token cannot be looked for. */
bool
stack_lacks_file(const char *path)
{
    path = key_path(path);
    return path[0] == '/' && is_absent(path, R_OK);
}

static bool
lacks_path(const struct profile *source, const char *path, uint32_t line,
           struct tw_error *err)
{
    char what[320];
    struct shown shown;

    if (!path || !stack_lacks_file(path))
        return false;
    (void)snprintf(what, sizeof what, "file %s",
                   text_printable(&shown, path, strlen(path)));
    return fail_absent(source->file, line, what, err);
}

/* The secret that is tried when the first is refused, and the first refresh
 * token where a later one is kept, or cannot be looked at. */
static bool
is_spare(const struct profile *source, const struct secret_source *secret,
         const struct secret_context *context)
{
    const struct profile_option *first =
        profile_option(source, "refresh_token");

    return secret == profile_secret_next(source) ||
           (first && secret == &first->secret &&
            (source->module->provider.needs & TW_KEEPS_REFRESH_TOKEN) &&
            keeper_look(source, context->system, NULL) != TW_E_NOT_FOUND);
}

bool
stack_missing(const struct profile *source,
              const struct secret_context *context, struct tw_error *err)
{
    const struct secret_source *secret;
    struct profile_path file;
    char what[320];

    for (size_t i = 0; (secret = profile_source_secret(source, i)); i++) {
        if (!stack_lacks_secret(secret, context->environment) ||
            is_spare(source, secret, context))
            continue;
        secret_source_describe(secret, what, sizeof what);
        (void)fail_absent(source->file, secret->line, what, err);
        secret_source_remedy(secret, err);
        return true;
    }
    for (size_t i = 0; profile_source_file(source, i, &file); i++) {
        if (lacks_path(source, file.path, file.line, err))
            return true;
    }
    return false;
}

bool
stack_refuses_file(const struct profile_path *file, bool system,
                   const char *label, struct tw_error *err)
{
    return (file->is_key ? key_look(file->path, system, label, err)
                         : certificate_look(file->path, label, err)) != TW_OK;
}

bool
stack_refuses(const struct profile *source,
              const struct secret_context *context, struct tw_error *err)
{
    const struct secret_source *secret;
    struct profile_path file;
    struct shown shown;
    char what[320], label[768];

    for (size_t i = 0; (secret = profile_source_secret(source, i)); i++) {
        if (stack_lacks_secret(secret, context->environment) ||
            is_spare(source, secret, context))
            continue;
        secret_source_describe(secret, what, sizeof what);
        (void)snprintf(label, sizeof label, "%s:%u: %s", source->file,
                       secret->line, what);
        if (secret_source_look(secret, context->system, label, err))
            return true;
    }
    for (size_t i = 0; profile_source_file(source, i, &file); i++) {
        if (!file.path || stack_lacks_file(file.path))
            continue;
        (void)snprintf(label, sizeof label, "%s:%u: %s %s", source->file,
                       file.line, file.key,
                       text_printable(&shown, file.path, strlen(file.path)));
        if (stack_refuses_file(&file, context->system, label, err))
            return true;
    }
    return false;
}

bool
stack_lacks_module(const struct profile *source, struct tw_error *err)
{
    const struct tw_error *fault = &source->module->fault;

    if (fault->status)
        (void)tw_fail(err, (enum tw_status)fault->status,
                      "%s:%u: provider: %s", source->file, source->source_line,
                      fault->message);
    return fault->status != TW_OK;
}

bool
stack_outcome(const struct tw_error *failure, bool asked,
              enum stack_outcome *out)
{
    enum tw_status status = (enum tw_status)failure->status;

    if (status == TW_E_RETRY || status == TW_E_PROTOCOL)
        *out = STACK_UNAVAILABLE;
    else if (status == TW_E_DENIED || status == TW_E_INTERACT)
        *out = STACK_DENIED;
    else if (status == TW_E_CONFIG && asked) /* refused by the server */
        *out = STACK_DENIED;
    else
        return false;
    return true;
}

void
stack_add(struct stack_account *account, const struct profile *source,
          enum stack_outcome outcome, const struct tw_error *failure)
{
    struct stack_entry *entry;

    if (account->count == PROFILE_SOURCES_MAX)
        return;
    if (outcome != STACK_NOT_CONFIGURED || !account->decides.status ||
        account->entries[account->decider].outcome == STACK_NOT_CONFIGURED) {
        account->decides = *failure;
        account->decider = account->count;
    }
    entry = &account->entries[account->count++];
    entry->source = source;
    entry->outcome = outcome;
    (void)snprintf(entry->reason, sizeof entry->reason, "%.*s",
                   (int)strcspn(failure->message, "\n"), failure->message);
}

bool
stack_goes_on(const struct profile *source, enum stack_outcome outcome)
{
    return source->then && source->actions[outcome] == STACK_CONTINUE;
}

const char *
stack_outcome_name(enum stack_outcome outcome)
{
    static const char *const NAMES[] = {[STACK_NOT_CONFIGURED] =
                                            "not configured here",
                                        [STACK_UNAVAILABLE] = "unavailable",
                                        [STACK_DENIED] = "denied"};

    return NAMES[outcome];
}

void
stack_label(const struct profile *source, char *out, size_t size)
{
    if (source->source_name)
        (void)snprintf(out, size, "%u (%s)", source->source_number,
                       source->source_name);
    else
        (void)snprintf(out, size, "%u", source->source_number);
}

/* Is it the one with the name, or else the number, in @label? */
static bool
is_labelled(const struct profile *source, const char *label, bool by_name)
{
    char own[STACK_LABEL_MAX];
    const char *name;

    stack_label(source, own, sizeof own);
    name = strchr(own, ' ');
    return by_name ? name && strchr(label, ' ') &&
                         strcmp(name, strchr(label, ' ')) == 0
                   : strcspn(own, " ") == strcspn(label, " ") &&
                         strncmp(own, label, strcspn(own, " ")) == 0;
}

static const struct profile *
find_labelled(const struct profile *source, const char *label, bool by_name)
{
    while (source && !is_labelled(source, label, by_name))
        source = source->then;
    return source;
}

const struct profile *
stack_answered(const struct profile *profile, const char *label)
{
    const struct profile *found =
        label ? find_labelled(profile, label, true) : profile;

    if (!found)
        found = find_labelled(profile, label, false);
    return found ? found : profile;
}

void
stack_explain(const struct stack_account *account, struct tw_error *out)
{
    const char *hint = strchr(account->decides.message, '\n');
    char text[sizeof out->message], label[STACK_LABEL_MAX];
    size_t used = 0;

    for (size_t i = 0; i < account->count && used < sizeof text; i++) {
        const struct stack_entry *entry = &account->entries[i];
        bool told = i == account->decider;

        stack_label(entry->source, label, sizeof label);
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 "%ssource %s: %s%s%s", i ? "; " : "", label,
                                 stack_outcome_name(entry->outcome),
                                 told ? "" : ": ", told ? "" : entry->reason);
    }
    if (hint && used < sizeof text)
        (void)snprintf(text + used, sizeof text - used, "; %s", hint + 1);
    (void)tw_fail(out, (enum tw_status)account->decides.status, "%.*s\n%s",
                  (int)strcspn(account->decides.message, "\n"),
                  account->decides.message, text);
}
