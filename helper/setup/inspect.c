/* SPDX-License-Identifier: MIT */
/*
 * inspect.c - check, module, presets, providers and schema: the commands that
 * only read and tell.
 */
#include <stdio.h>
#include <string.h>

#include "helper/base/print.h"
#include "helper/commands.h"
#include "helper/fetch/stack.h"
#include "helper/module/module_table.h"
#include "helper/profile/preset.h"
#include "helper/profile/profile_keys.h"
#include "helper/profile/schema.h"
#include "helper/setup/advice.h"
#include "provider/base/text.h"

static void
complain(void *arg, const struct tw_error *err)
{
    (void)session_fail(arg, err);
}

static void
warn(void *arg, const struct tw_error *advice)
{
    const struct session *session = arg;
    size_t n = strcspn(advice->message, "\n");
    char line[sizeof advice->message + 16];

    print_flush();
    (void)snprintf(line, sizeof line, "warning: %.*s", (int)n,
                   advice->message);
    report_note(&session->report, line);
    if (!advice->message[n])
        return;
    (void)snprintf(line, sizeof line, "hint: %s", advice->message + n + 1);
    report_note(&session->report, line);
}

/* "provider X", or of a stack "sources 1 (build) X, 2 Y". */
static void
tell_sources(const struct profile *profile)
{
    char label[STACK_LABEL_MAX];

    if (!profile->source_number) {
        (void)printf("provider %s", profile->module->provider.name);
        return;
    }
    for (const struct profile *source = profile; source;
         source = source->then) {
        stack_label(source, label, sizeof label);
        (void)printf("%s%s %s", source == profile ? "sources " : ", ", label,
                     source->module->provider.name);
    }
}

static void
print_good(const struct profile *profile, const char *what)
{
    (void)printf("%s: good (", profile->name);
    print_shown(profile->file);
    (void)printf(":%u, ", profile->line);
    tell_sources(profile);
    (void)printf("%s)\n", what);
}

static void
tell_good(struct session *session, const struct profile *profile,
          const char *what)
{
    print_good(profile, what);
    advise(profile, &session->environment, session->options.system, warn,
           session);
}

/* Each instance is made, for its own sake; the first failure. */
static enum tw_status
tell_all(struct session *session, const struct profile_set *set)
{
    struct profile_cursor cursor = {.set = set};
    enum tw_status first = TW_OK;

    while (profiles_next(&cursor)) {
        AUTO(auto_release) const struct profile *profile = NULL;
        struct tw_error err;

        if (!profiles_find(set, cursor.name, &profile, &err))
            tell_good(session, profile, "");
        else if (session_fail(session, &err) && !first)
            first = (enum tw_status)err.status;
    }
    for (const struct profile_template *template = set->templates; template;
         template = template->next) {
        if (template->of_users)
            tell_good(session, template->sample, ", for each user who asks");
        else if (!template->count) /* nothing of its own to be looked for */
            print_good(template->sample, ", without an instance");
    }
    return first;
}

static enum tw_status
check_set(struct session *session, const struct profile_scope *scope,
          const char *file)
{
    AUTO(profile_set_clear) struct profile_set set = {0};
    struct tw_error err;
    enum tw_status status =
        file ? profiles_load_file(scope, file, &session->modules, complain,
                                  session, &set, &err)
             : profiles_load(scope, &session->modules, complain, session, &set,
                             &err);

    if (status == TW_E_NOT_FOUND && file && text_may_hold_password(file))
        (void)tw_fail(&err, status, "an address is no file");
    if (status == TW_E_NOT_FOUND && file)
        error_hint(&err, "check wants a file; without one all profiles are "
                         "read");
    if (status)
        return session_fail(session, &err);
    if (profiles_misnamed(&set, &err))
        warn(session, &err);
    status = tell_all(session, &set);
    if (!set.count && !set.templates && !set.broken_count) {
        (void)tw_fail(&err, TW_E_NOT_FOUND, "no profiles in %s",
                      set.places ? set.places : scope->dir);
        return session_fail(session, &err);
    }
    return set.broken.status ? (enum tw_status)set.broken.status : status;
}

/* What is wrong since one file has taken another one's place. */
struct news {
    const struct session *session;
    const struct profile_set *before;
    enum tw_status first;
};

static void
tell_news(void *arg, const struct tw_error *err)
{
    struct news *news = arg;
    const struct profile_left_out *known = news->before->left_out;

    while (known && strcmp(known->err.message, err->message) != 0)
        known = known->next;
    if (!known && session_fail(news->session, err) && !news->first)
        news->first = (enum tw_status)err->status;
}

/* A file that is good alone, among the others if it is to be one of them; what
 * was wrong with those before is no fault of its. */
static enum tw_status
check_among_others(struct session *session, const struct profile_scope *scope)
{
    AUTO(profile_set_clear) struct profile_set before = {0};
    AUTO(profile_set_clear) struct profile_set after = {0};
    struct news news = {.session = session, .before = &before};
    struct profile_scope as_it_is = *scope;

    as_it_is.stand_in = NULL;
    if (!profiles_load(&as_it_is, &session->modules, NULL, NULL, &before,
                       NULL))
        (void)profiles_load(scope, &session->modules, tell_news, &news, &after,
                            NULL);
    return news.first;
}

enum tw_status
command_check(struct session *session, int argc, char **argv)
{
    struct profile_scope scope = session_scope(session);
    struct stand_in stand_in;
    struct tw_error err;
    enum tw_status status;

    if (argc > 1 || (session->place && !argc)) {
        (void)tw_fail(&err, TW_E_USAGE, "check takes %s one file",
                      session->place ? "with --for" : "at most");
        return session_fail(session, &err);
    }
    if (session->place) {
        if (stand_in_make(argv[0], session->place, &stand_in, &err))
            return session_fail(session, &err);
        scope = session_scope_of(session, session->place);
        scope.stand_in = &stand_in;
    }
    status = check_set(session, &scope, argc ? argv[0] : NULL);
    return status || !scope.stand_in ? status
                                     : check_among_others(session, &scope);
}

static const char *
type_name(uint32_t type)
{
    switch ((enum tw_option_type)type) {
    case TW_OPTION_TEXT:
        return "text";
    case TW_OPTION_URL:
        return "URL";
    case TW_OPTION_SCOPE:
        return "scope";
    case TW_OPTION_URLS:
        return "URL or list";
    case TW_OPTION_SECRET:
        return "secret";
    case TW_OPTION_COMMAND:
        return "command";
    case TW_OPTION_FILE:
        return "file";
    case TW_OPTION_LOOPBACK:
        return "loopback URL";
    case TW_OPTION_ENDPOINT:
        return "https URL";
    }
    return "?";
}

static const char *
necessity(const struct tw_option *option)
{
    if (!(option->flags & TW_OPTION_REQUIRED))
        return "";
    return profile_key_is_discovered(option->name)
               ? " (required, unless issuer says it)"
               : " (required)";
}

static void
tell_provider(const struct module *module)
{
    const struct tw_provider_v1 *provider = &module->provider;

    (void)printf("%s: %s\n", provider->name, provider->summary);
    if (provider->needs & TW_NEEDS_ENDPOINT)
        (void)printf("  needs token_endpoint, or issuer\n");
    if (provider->needs & TW_NEEDS_CLIENT)
        (void)printf(
            "  needs client_id and what proves it, like client_secret\n");
    for (uint32_t i = 0; i < provider->option_count; i++) {
        const struct tw_option *option = &provider->options[i];

        (void)printf("  %-16s %-12s%s %s\n", option->name,
                     type_name(option->type), necessity(option), option->help);
    }
}

static void
list_provider(void *arg, const char *name, const struct module *module,
              const struct tw_error *err)
{
    if (module)
        (void)printf("%-24s %s\n", name, module->provider.summary);
    else
        (void)session_fail(arg, err);
}

enum tw_status
command_providers(struct session *session, int argc, char **argv)
{
    const struct module *module;
    struct tw_error err;

    if (argc == 0) {
        if (modules_each(&session->modules, list_provider, session, &err))
            return session_fail(session, &err);
        return TW_OK;
    }
    for (int i = 0; i < argc; i++) {
        if (modules_get(&session->modules, argv[i], &module, &err))
            return session_fail(session, &err);
        tell_provider(module);
    }
    return TW_OK;
}

enum tw_status
command_module(struct session *session, int argc, char **argv)
{
    AUTO_SECRET table = SECRET_INIT(MODULE_TABLE_MAX);
    const struct module *module = NULL;
    struct tw_error err = {.status = TW_OK};

    if (argc != 1)
        (void)tw_fail(&err, TW_E_USAGE, "one provider's name is wanted");
    else if (!modules_get(&session->modules, argv[0], &module, &err) &&
             !module_table_put(&module->provider, &table))
        (void)tw_no_memory(&err);
    if (err.status)
        return session_fail(session, &err);
    report_lines(&session->report, &table);
    return TW_OK;
}

static void
list_preset(void *arg, const char *name, const char *summary,
            const struct tw_error *err)
{
    if (summary)
        (void)printf("%-16s %s\n", name, summary);
    else
        (void)session_fail(arg, err);
}

enum tw_status
command_presets(struct session *session, int argc, char **argv)
{
    struct tw_error err;

    (void)argv;
    if (argc > 0)
        (void)tw_fail(&err, TW_E_USAGE, "presets takes no argument");
    else if (!preset_each(session->preset_dir, list_preset, session, &err))
        return TW_OK;
    return session_fail(session, &err);
}

enum tw_status
command_schema(struct session *session, int argc, char **argv)
{
    AUTO_SECRET out = SECRET_INIT(SCHEMA_MAX);
    struct tw_error err;

    (void)argv;
    if (argc > 0)
        (void)tw_fail(&err, TW_E_USAGE, "schema takes no argument");
    else
        err.status = (int32_t)schema_put(&session->modules, &out, &err);
    if (err.status)
        return session_fail(session, &err);
    print_bytes(out.bytes, out.len); /* main asks if it went */
    return TW_OK;
}
