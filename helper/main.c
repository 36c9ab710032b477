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
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "helper/base/asked.h"
#include "helper/base/confine.h"
#include "helper/base/print.h"
#include "helper/base/signals.h"
#include "helper/commands.h"
#include "helper/fence/fence.h"
#include "helper/fence/filter.h"
#include "helper/options.h"
#include "helper/supervise.h"
#include "provider/base/nearest.h"

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
#define MODULE_DEADLINE_S 4 /* less than RENEWAL_LATE_MS */
#define GRACE_MS 500 /* the child's own deadline comes this much earlier */

struct command {
    const char *name;
    enum tw_status (*run)(struct session *session, int argc, char **argv);
    int64_t deadline_s; /* 0: whoever started it waits, and needs no keeper */
    bool for_person;    /* signals wait until nothing is half done */
    enum broker_kind programs; /* that it may have started, or 0 */
    bool is_open; /* it runs a program, which its filter would bind, too */
    bool keeps;   /* it writes the runtime directory, without an endpoint */
    const char *help;
};

static const struct command COMMANDS[] = {
    {"check", command_check, 0, false, 0, false, false,
     "[FILE]   read the profiles, or one file, and tell what is wrong"},
    {"doctor", command_doctor, DOCTOR_DEADLINE_S, false, BROKER_COMMANDS,
     false, false, "[NAME]   look at every place where it can go wrong"},
    {"explain", command_explain, 0, false, 0, false, true,
     "NAME     tell what a profile does here, and why"},
    {"fetch", command_fetch, DEADLINE_S, false, BROKER_COMMANDS, false, false,
     "NAME...  have a good token kept for each of these profiles"},
    {"hook", command_hook, HOOK_DEADLINE_S, false, 0, true, false,
     "NAME     run what on_refresh: says, for the token that is kept"},
    {"index", command_index, DEADLINE_S, false, 0, false, true,
     "         write down the profiles' names and routes for readers"},
    {"init", command_init, LOGIN_DEADLINE_S, true, BROKER_COMMANDS, false,
     false, "-- WORD... write a profile, as tokenward(1) has it"},
    {"leave", command_leave, LEAVE_DEADLINE_S, false, BROKER_COMMANDS, false,
     false, "         remove what is kept for the length of a login"},
    {"login", command_login, LOGIN_DEADLINE_S, true, BROKER_COMMANDS, false,
     false, "NAME     have a person log in, and keep what comes of it"},
    {"logout", command_logout, LOGOUT_DEADLINE_S, false, BROKER_COMMANDS,
     false, false, "NAME     revoke what is kept, and remove it"},
    {"module", command_module, MODULE_DEADLINE_S, false, 0, false, false,
     "NAME     tell the resident helper what a provider is"},
    {"presets", command_presets, 0, false, 0, false, false,
     "         list what is known of servers, for preset: in a profile"},
    {"providers", command_providers, 0, false, 0, false, false,
     "[NAME...] list the providers, or one's options"},
    {"reject", command_reject, 0, false, 0, false, true,
     "NAME...  drop the kept tokens; the next request fetches"},
    {"schema", command_schema, 0, false, 0, false, false,
     "         print a JSON schema of profiles files, for editors"},
    {"serve", command_serve, 0, false, BROKER_FETCHES, false, false,
     "         keep every profile's token fresh, until ended"},
};

static const char HELP[] =
    "usage: tokenward-helper [OPTION...] COMMAND [ARGUMENT...]\n"
    "\n"
    "Reads profiles, talks to token endpoints and writes the runtime\n"
    "directory. Programs use tokenward(1) or libtokenward instead.\n"
    "\n";

static void
print_help(void)
{
    (void)fputs(HELP, stdout);
    for (size_t i = 0; i < sizeof COMMANDS / sizeof *COMMANDS; i++)
        (void)printf("  %-9s %s\n", COMMANDS[i].name, COMMANDS[i].help);
    (void)fputs(OPTIONS_HELP, stdout);
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

/* @name: as it was written, or NULL. */
static enum tw_status
fail_command(const char *name, struct tw_error *err)
{
    struct nearest nearest = {.written = name};

    if (!name)
        return tw_fail(err, TW_E_USAGE,
                       "which command?\ntokenward-helper --help");
    for (size_t i = 0; i < sizeof COMMANDS / sizeof *COMMANDS; i++)
        nearest_look(&nearest, COMMANDS[i].name);
    return nearest_fail_command(&nearest, "tokenward-helper --help", err);
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

/* Where it is told that this process was ended by somebody else. */
static struct report last_word;

/* Our own end is _exit(2), so exit(3) was called by a provider or a library:
 * whatever it meant, the work is not done. */
static void
end_of_others(void)
{
    char name[ASKED_NAME_SIZE];
    struct tw_error err;

    asked_name(name);
    if (*name)
        (void)tw_fail(&err, TW_E_MODULE,
                      "provider '%s' ended the work\n"
                      "report it to whoever made it",
                      name);
    else
        (void)tw_fail(&err, TW_E_MODULE, "a library ended the work");
    report_failure(&last_word, &err);
    _exit(status_exit_code(TW_E_MODULE));
}

static enum tw_status
fence(const struct command *command, const struct session *session,
      struct tw_error *err)
{
    AUTO_STORE store = {.root = -1};

    if (command->programs)
        return filter_enter(PHASE_READING, err);
    if (command->keeps)
        (void)session_store(session, &store, NULL); /* it will say why not */
    return fence_local(store.root < 0 ? NULL : &store, err);
}

/* A pipe whose reader has had enough: that is no news to anybody. */
static bool
is_unread(void)
{
    struct pollfd poller = {.fd = STDOUT_FILENO, .events = POLLOUT};

    return poll(&poller, 1, 0) > 0 && (poller.revents & POLLERR);
}

/* What was printed for a person or a program must have gone somewhere; a line
 * that was flushed in between may have been lost long before. */
static enum tw_status
end_printing(const struct session *session, enum tw_status status)
{
    static const char LOST[] = "the answer could not be written";
    struct tw_error err;
    int why;

    print_flush();
    why = print_problem();
    if (status || (!why && !ferror(stdout)))
        return status;
    if (is_unread())
        return TW_E_SYSTEM;
    if (why)
        (void)tw_fail_errno(&err, TW_E_SYSTEM, why, LOST);
    else
        (void)tw_fail(&err, TW_E_SYSTEM, LOST);
    return session_fail(session, &err);
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
    sigset_t held, before;
    int exit_status;

    session->options.deadline_ms = deadline_ms - GRACE_MS;
    signals_ending(&held);
    if (command->deadline_s)
        (void)sigprocmask(SIG_BLOCK, &held, &before);
    if (command->programs)
        status = broker_open(command->programs, &session->environment,
                             session->options.system, &session->broker,
                             &office, &err);
    if (!status && command->programs && !command->deadline_s)
        status = broker_settle(&session->broker, &office, &err);
    if (!status && command->deadline_s &&
        !supervise(deadline_ms, &held, &office, &exit_status, &err)) {
        if (exit_status >= 0)
            exit(exit_status);
        report_cut_off(&session->report);
        return session_fail(session, &err);
    }
    last_word = session->report;
    if (command->deadline_s)
        (void)atexit(end_of_others);
    if (command->deadline_s && !command->for_person)
        (void)sigprocmask(SIG_SETMASK, &before, NULL);
    /* Before a profile is read; fence.h has what is given up after that. */
    if (!status && !command->is_open)
        status = fence(command, session, &err);
    status = status ? session_fail(session, &err)
                    : command->run(session, argc, argv);
    broker_close(&session->broker);
    report_end(&session->report, status);
    status = end_printing(session, status);
    if (command->deadline_s)
        _exit(status_exit_code((int)status));
    return status;
}

int
main(int argc, char **argv)
{
    struct session session = {.options = {.min_valid = TW_MIN_VALID_DEFAULT},
                              .report = {.out = STDOUT_FILENO},
                              .broker = BROKER_INIT};
    struct settings settings = {.deadline_s = 0};
    const struct command *command;
    struct tw_error err = {0};
    enum tw_status status =
        options_parse(argc, argv, &session, &settings, &err);

    /* Whoever started us may ignore it, and then no child can be waited for.
     */
    (void)signal(SIGCHLD, SIG_DFL);
    /* A limit of file sizes is an error that is told, and no end. */
    (void)signal(SIGXFSZ, SIG_IGN);
    /* Who reads what is said may go away, and the work goes on: a token that
     * is paid for is kept, and a login closes its end.  Nor does a server end
     * us by closing its own. */
    (void)signal(SIGPIPE, SIG_IGN);
    session.report.detached = settings.detach;
    if (settings.help || settings.version) {
        if (settings.help)
            print_help();
        else
            (void)puts("tokenward-helper " PACKAGE_VERSION);
        return status_exit_code((int)end_printing(&session, TW_OK));
    }
    command = optind < argc ? find_command(argv[optind]) : NULL;
    if (!status && !command)
        status = fail_command(argv[optind], &err);
    if (!status)
        status = settle(&session, &err);
    if (!status && settings.report)
        status = report_aside(&session.report, &err);
    if (!status && settings.detach)
        status = supervise_detach(settings.quiet, &err);
    if (status)
        return status_exit_code((int)session_fail(&session, &err));
    status = run(command, &session, settings.deadline_s, argc - optind - 1,
                 argv + optind + 1);
    modules_clear(&session.modules);
    environment_clear(&session.environment);
    return status_exit_code((int)status);
}
