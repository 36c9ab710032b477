/* SPDX-License-Identifier: MIT */
/*
 * main.c - tokenward-helper: parse, give up privileges, hand the work to a
 * child, keep the clock, report.
 *
 *   1. options, by one table
 *   2. descriptors and umask; as root for the system: become the service
 *      user, for good
 *   3. the environment becomes the documented few, privileges go
 *   4. detached: the caller's process ends here
 *   5. the command, in a child if it talks to an endpoint, and without the
 *      system calls that it has no use for; once the profiles are read, what
 *      these do not need goes, too (fence.h)
 *   6. one status, one exit code (sysexits(3))
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "helper/commands.h"
#include "helper/confine.h"
#include "helper/filter.h"
#include "helper/supervise.h"
#include "provider/base/text.h"

#ifndef TW_MODULE_DIR
#define TW_MODULE_DIR "/usr/lib/tokenward"
#endif
#ifndef TW_PRESET_DIR
#define TW_PRESET_DIR "/usr/share/tokenward/presets"
#endif
#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unversioned"
#endif

#define DEADLINE_S 20
#define LEAVE_DEADLINE_S 10 /* what is removed is so in a moment */
#define LOGIN_DEADLINE_S 1800
#define HOOK_DEADLINE_S 35   /* more than HOOK_MS */
#define LOGOUT_DEADLINE_S 60 /* two requests, and a wait for the lock */
#define DOCTOR_DEADLINE_S 300
#define DEADLINE_MAX_S 3600
#define GRACE_MS 500 /* the child's own deadline comes this much earlier */

struct command {
    const char *name;
    enum tw_status (*run)(struct session *session, int argc, char **argv);
    int64_t deadline_s; /* 0: whoever started it waits, and needs no keeper */
    bool for_person;    /* signals wait until nothing is half done */
    enum broker_kind programs; /* that it may have started, or 0 */
    bool is_open; /* it runs a program, which its filter would bind, too */
    const char *help;
};

static const struct command COMMANDS[] = {
    {"check", command_check, 0, false, 0, false,
     "[FILE]   read the profiles, or one file, and tell what is wrong"},
    {"doctor", command_doctor, DOCTOR_DEADLINE_S, false, BROKER_COMMANDS,
     false, "[NAME]   look at every place where it can go wrong"},
    {"explain", command_explain, 0, false, 0, false,
     "NAME     tell what a profile does here, and why"},
    {"fetch", command_fetch, DEADLINE_S, false, BROKER_COMMANDS, false,
     "NAME...  have a good token kept for each of these profiles"},
    {"hook", command_hook, HOOK_DEADLINE_S, false, 0, true,
     "NAME     run what on_refresh: says, for the token that is kept"},
    {"index", command_index, DEADLINE_S, false, 0, false,
     "         write down the profiles' names and routes for readers"},
    {"init", command_init, LOGIN_DEADLINE_S, true, BROKER_COMMANDS, false,
     "-- WORD... write a profile, as tokenward(1) has it"},
    {"leave", command_leave, LEAVE_DEADLINE_S, false, BROKER_COMMANDS, false,
     "         remove what is kept for the length of a login"},
    {"login", command_login, LOGIN_DEADLINE_S, true, BROKER_COMMANDS, false,
     "NAME     have a person log in, and keep what comes of it"},
    {"logout", command_logout, LOGOUT_DEADLINE_S, false, BROKER_COMMANDS,
     false, "NAME     revoke what is kept, and remove it"},
    {"presets", command_presets, 0, false, 0, false,
     "         list what is known of servers, for preset: in a profile"},
    {"providers", command_providers, 0, false, 0, false,
     "[NAME]   list the providers, or one's options"},
    {"reject", command_reject, 0, false, 0, false,
     "NAME...  drop the kept tokens; the next request fetches"},
    {"schema", command_schema, 0, false, 0, false,
     "         print a JSON schema of profiles files, for editors"},
    {"serve", command_serve, 0, false, BROKER_FETCHES, false,
     "         keep every profile's token fresh, until ended"},
};

static const char HELP[] =
    "usage: tokenward-helper [OPTION...] COMMAND [ARGUMENT...]\n"
    "\n"
    "Reads profiles, talks to token endpoints and writes the runtime\n"
    "directory. Programs use tokenward(1) or libtokenward instead.\n"
    "\n";

static const char OPTIONS_HELP[] =
    "\n"
    "  --system           the profiles of /etc/tokenward, as the service "
    "user\n"
    "  --deadline SECONDS end the whole run after so long (default 20, "
    "login\n"
    "                     1800)\n"
    "  --min-valid SECONDS  fetch: how long a kept token must still live\n"
    "  --all              fetch: every profile\n"
    "  --progress         fetch: tell a person how it goes\n"
    "  --login            fetch: also the profiles marked login: true\n"
    "  --session          report to pam_tokenward, on stdout\n"
    "  --fetch            doctor: buy a token, too\n"
    "  --force            fetch: ask even if a good token is kept\n"
    "  --background       fetch: only if a refresh is due and nobody is at "
    "it\n"
    "  --audit FILE       serve: append who was given which token\n"
    "  --metrics FILE     serve: numbers for Prometheus\n"
    "  --log-level LEVEL  serve: error, warning, notice (default) or info\n"
    "  --no-hooks         fetch: no on_refresh\n"
    "  --no-revoke        logout: remove what is kept, and tell no server\n"
    "  --generation N     reject: only if this generation is the current one\n"
    "  --detach           report on stdout, work in a process of its own\n"
    "  --quiet            with --detach: no report\n"
    "  --help, --version\n"
    "\n"
    "Exit status: 0, or by who must act, as in sysexits(3); see the manual.\n";

enum option_key {
    OPTION_ALL = 256,
    OPTION_AUDIT,
    OPTION_BACKGROUND,
    OPTION_DEADLINE,
    OPTION_DETACH,
    OPTION_FETCH,
    OPTION_FORCE,
    OPTION_GENERATION,
    OPTION_HELP,
    OPTION_LOG_LEVEL,
    OPTION_LOGIN,
    OPTION_METRICS,
    OPTION_MIN_VALID,
    OPTION_NO_HOOKS,
    OPTION_NO_REVOKE,
    OPTION_PROGRESS,
    OPTION_QUIET,
    OPTION_SESSION,
    OPTION_SYSTEM,
    OPTION_VERSION,
};

static const struct option LONG_OPTIONS[] = {
    {"all", no_argument, NULL, OPTION_ALL},
    {"audit", required_argument, NULL, OPTION_AUDIT},
    {"background", no_argument, NULL, OPTION_BACKGROUND},
    {"deadline", required_argument, NULL, OPTION_DEADLINE},
    {"detach", no_argument, NULL, OPTION_DETACH},
    {"fetch", no_argument, NULL, OPTION_FETCH},
    {"force", no_argument, NULL, OPTION_FORCE},
    {"generation", required_argument, NULL, OPTION_GENERATION},
    {"help", no_argument, NULL, OPTION_HELP},
    {"log-level", required_argument, NULL, OPTION_LOG_LEVEL},
    {"login", no_argument, NULL, OPTION_LOGIN},
    {"metrics", required_argument, NULL, OPTION_METRICS},
    {"min-valid", required_argument, NULL, OPTION_MIN_VALID},
    {"no-hooks", no_argument, NULL, OPTION_NO_HOOKS},
    {"no-revoke", no_argument, NULL, OPTION_NO_REVOKE},
    {"progress", no_argument, NULL, OPTION_PROGRESS},
    {"quiet", no_argument, NULL, OPTION_QUIET},
    {"session", no_argument, NULL, OPTION_SESSION},
    {"system", no_argument, NULL, OPTION_SYSTEM},
    {"version", no_argument, NULL, OPTION_VERSION},
    {NULL, 0, NULL, 0},
};

struct settings {
    int64_t deadline_s; /* 0: the command's own */
    bool detach, quiet, help, version;
};

static void
print_help(void)
{
    (void)fputs(HELP, stdout);
    for (size_t i = 0; i < sizeof COMMANDS / sizeof *COMMANDS; i++)
        (void)printf("  %-9s %s\n", COMMANDS[i].name, COMMANDS[i].help);
    (void)fputs(OPTIONS_HELP, stdout);
}

static bool
is_between(const char *text, int64_t low, int64_t high, int64_t *out)
{
    return text_to_int64(text, out) && *out >= low && *out <= high;
}

static bool
is_file_path(const char *text)
{
    size_t n = strlen(text);

    return text[0] == '/' && n < PATH_MAX && text[n - 1] != '/';
}

static bool
take_option(int key, struct session *session, struct settings *settings)
{
    switch (key) {
    case OPTION_ALL:
        return session->all = true;
    case OPTION_AUDIT:
        return is_file_path(session->audit = optarg);
    case OPTION_BACKGROUND:
        return session->options.background = true;
    case OPTION_DEADLINE:
        return is_between(optarg, 1, DEADLINE_MAX_S, &settings->deadline_s);
    case OPTION_DETACH:
        return settings->detach = true;
    case OPTION_FETCH:
        return session->fetch = true;
    case OPTION_FORCE:
        return session->options.force = true;
    case OPTION_GENERATION:
        return is_between(optarg, 1, INT64_MAX, &session->generation);
    case OPTION_HELP:
        return settings->help = true;
    case OPTION_LOG_LEVEL:
        return log_level_of(optarg, &session->log_level);
    case OPTION_LOGIN:
        return session->login = true;
    case OPTION_METRICS:
        return is_file_path(session->metrics = optarg);
    case OPTION_MIN_VALID:
        return is_between(optarg, 0, TIME_MAX_S, &session->options.min_valid);
    case OPTION_NO_HOOKS:
        return session->no_hooks = true;
    case OPTION_NO_REVOKE:
        return session->no_revoke = true;
    case OPTION_PROGRESS:
        return session->progress = true;
    case OPTION_QUIET:
        return settings->quiet = true;
    case OPTION_SESSION:
        return session->report.session = true;
    case OPTION_SYSTEM:
        return session->options.system = true;
    case OPTION_VERSION:
        return settings->version = true;
    default:
        return false;
    }
}

static enum tw_status
parse(int argc, char **argv, struct session *session,
      struct settings *settings, struct tw_error *err)
{
    int key;

    opterr = 0;
    while ((key = getopt_long(argc, argv, "", LONG_OPTIONS, NULL)) != -1) {
        if (!take_option(key, session, settings)) {
            struct shown shown;
            const char *word = argv[optind > 1 ? optind - 1 : 1];

            return tw_fail(err, TW_E_USAGE,
                           "bad option or value at '%s'\n"
                           "tokenward-helper --help",
                           text_printable(&shown, word, strlen(word)));
        }
    }
    return TW_OK;
}

static const struct command *
find_command(const char *name)
{
    for (size_t i = 0; i < sizeof COMMANDS / sizeof *COMMANDS; i++) {
        if (strcmp(COMMANDS[i].name, name) == 0)
            return &COMMANDS[i];
    }
    return NULL;
}

/* Nobody but the owner of the process says where modules and presets are: not
 * the caller of a privileged program, and not for the system. */
static const char *
choose_dir(bool system, const char *variable, const char *standard)
{
    const char *given = secure_getenv(variable);

    return given && given[0] == '/' && !system ? given : standard;
}

static enum tw_status
settle(struct session *session, struct tw_error *err)
{
    bool system = session->options.system;
    enum tw_status status = confine_start(err);

    if (!status && system)
        status = confine_to_service(err);
    if (!status)
        status = confine_process(err);
    if (!status)
        status = environment_settle(system, &session->environment, err);
    if (!status) {
        runtime_find(&session->runtime, &session->no_runtime);
        session->modules.dir =
            choose_dir(system, "TOKENWARD_MODULE_DIR", TW_MODULE_DIR);
        session->preset_dir =
            choose_dir(system, "TOKENWARD_PRESET_DIR", TW_PRESET_DIR);
    }
    return status;
}

/* Our own end is _exit(2), so exit(3) was called by a provider or a library:
 * whatever it meant, the work is not done. */
static void
end_of_others(void)
{
    static const char TEXT[] =
        "tokenward-helper: a provider or a library ended the work\n";

    (void)!write(STDERR_FILENO, TEXT, sizeof TEXT - 1);
    _exit(status_exit_code(TW_E_MODULE));
}

static enum tw_status
run(const struct command *command, struct session *session, int64_t deadline_s,
    int argc, char **argv)
{
    int64_t deadline_ms =
        clock_monotonic_ms() +
        (deadline_s ? deadline_s : command->deadline_s) * 1000;
    struct tw_error err = {0};
    struct broker_office office = BROKER_OFFICE_INIT;
    enum tw_status status = TW_OK;
    sigset_t held;
    int exit_status;

    session->options.deadline_ms = deadline_ms - GRACE_MS;
    login_signals(&held);
    if (command->for_person)
        (void)sigprocmask(SIG_BLOCK, &held, NULL);
    if (command->programs)
        status = broker_open(command->programs, &session->environment,
                             session->options.system, &session->broker,
                             &office, &err);
    if (!status && command->programs && !command->deadline_s)
        status = broker_settle(&session->broker, &office, &err);
    if (!status && command->deadline_s &&
        !supervise(deadline_ms, command->for_person ? &held : NULL, &office,
                   &exit_status, &err)) {
        if (exit_status >= 0)
            exit(exit_status);
        return session_fail(session, &err);
    }
    if (command->deadline_s)
        (void)atexit(end_of_others);
    /* Before a profile is read; fence.h has what is given up after that. */
    if (!status && !command->is_open)
        status = filter_enter(command->programs ? PHASE_READING : PHASE_LOCAL,
                              &err);
    status = status ? session_fail(session, &err)
                    : command->run(session, argc, argv);
    broker_close(&session->broker);
    report_end(&session->report, status);
    if (command->deadline_s)
        _exit(fflush(stdout) ? 71 : status_exit_code((int)status));
    return status;
}

int
main(int argc, char **argv)
{
    struct session session = {.log_level = LOG_NOTE,
                              .options = {.min_valid = TW_MIN_VALID_DEFAULT},
                              .broker = BROKER_INIT};
    struct settings settings = {.deadline_s = 0};
    const struct command *command;
    struct tw_error err = {0};
    enum tw_status status = parse(argc, argv, &session, &settings, &err);

    /* Whoever started us may ignore it, and then no child can be waited for.
     */
    (void)signal(SIGCHLD, SIG_DFL);
    /* A limit of file sizes is an error that is told, and no end. */
    (void)signal(SIGXFSZ, SIG_IGN);
    /* A login goes on and closes its end, and the work goes on, too. */
    if (session.report.session)
        (void)signal(SIGPIPE, SIG_IGN);
    session.report.detached = settings.detach;
    if (settings.help || settings.version) {
        if (settings.help)
            print_help();
        else
            (void)puts("tokenward-helper " PACKAGE_VERSION);
        return fflush(stdout) ? status_exit_code(TW_E_SYSTEM) : 0;
    }
    command = optind < argc ? find_command(argv[optind]) : NULL;
    if (!status && !command)
        status = tw_fail(&err, TW_E_USAGE,
                         "which command? tokenward-helper --help lists them");
    if (!status)
        status = settle(&session, &err);
    if (!status && settings.detach)
        status = supervise_detach(settings.quiet, &err);
    if (status)
        return status_exit_code((int)session_fail(&session, &err));
    status = run(command, &session, settings.deadline_s, argc - optind - 1,
                 argv + optind + 1);
    modules_clear(&session.modules);
    environment_clear(&session.environment);
    if (fflush(stdout) && !status)
        status = TW_E_SYSTEM;
    return status_exit_code((int)status);
}
