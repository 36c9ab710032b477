/* SPDX-License-Identifier: MIT */
/*
 * options.c - see options.h.
 */
#include "helper/options.h"

#include <getopt.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "provider/base/text.h"

#define DEADLINE_MAX_S 3600

const char OPTIONS_HELP[] =
    "\n"
    "  --system           the profiles of /etc/tokenward, as the service "
    "user\n"
    "  --deadline SECONDS end the whole run after so long (default 20, "
    "login\n"
    "                     and init 1800, doctor 300, logout 60)\n"
    "  --min-valid SECONDS  fetch: how long a kept token must still live\n"
    "  --all              fetch: every profile\n"
    "  --progress         fetch: tell a person how it goes\n"
    "  --login            fetch: also the profiles marked login: true\n"
    "  --session          report to pam_tokenward, on stdout\n"
    "  --fetch            doctor: buy a token, too\n"
    "  --for FILE         check: a file that is to take this one's place\n"
    "  --force            fetch: ask even if a good token is kept\n"
    "  --background       fetch: only if a refresh is due and nobody is at "
    "it\n"
    "  --audit FILE       serve: append who was given which token\n"
    "  --metrics FILE     serve: numbers for Prometheus\n"
    "  --log-level LEVEL  serve: error, warning, notice (default) or info\n"
    "  --no-hooks         fetch: no on_refresh\n"
    "  --no-revoke        logout: remove what is kept, and tell no server\n"
    "  --generation N     reject: only if this generation is the current one\n"
    "  --report           report on stdout, as --detach does, and stay\n"
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
    OPTION_FOR,
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
    OPTION_REPORT,
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
    {"for", required_argument, NULL, OPTION_FOR},
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
    {"report", no_argument, NULL, OPTION_REPORT},
    {"session", no_argument, NULL, OPTION_SESSION},
    {"system", no_argument, NULL, OPTION_SYSTEM},
    {"version", no_argument, NULL, OPTION_VERSION},
    {NULL, 0, NULL, 0},
};

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
    case OPTION_FOR:
        return (session->place = optarg)[0] != '\0';
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
    case OPTION_REPORT:
        return settings->report = true;
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

/* POSIXLY_CORRECT would make names of options behind the command, where our
 * own programs write them. */
static int
next_option(int argc, char **argv)
{
    char **given = environ, *none[] = {NULL};
    int key;

    environ = none;
    key = getopt_long(argc, argv, "", LONG_OPTIONS, NULL);
    environ = given;
    return key;
}

enum tw_status
options_parse(int argc, char **argv, struct session *session,
              struct settings *settings, struct tw_error *err)
{
    int key;

    opterr = 0;
    while ((key = next_option(argc, argv)) != -1) {
        if (!take_option(key, session, settings)) {
            struct shown shown;
            const char *word = argv[optind > 1 ? optind - 1 : 1];

            return tw_fail(err, TW_E_USAGE,
                           "bad option or value at '%s'\n"
                           "tokenward-helper --help",
                           text_printable(&shown, word, strcspn(word, "=")));
        }
    }
    return TW_OK;
}
