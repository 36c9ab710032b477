/* SPDX-License-Identifier: MIT */
/*
 * corpus-profiles-t.c - replays every row of the corpus of profiles, one TAP
 * line for each.
 *
 * Each file is copied to a private directory first (git does not keep mode
 * 0600) and loaded as a user's file with the real providers.  Verdict, class,
 * place, named key and values must be those of the row, no message may hold a
 * secret or a control character, and none may take a second.
 *
 * Rows are read from our own corpus; those made from the yaml-test-suite from
 * the shared one, where there is one.
 */
#include <ctype.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "helper/profile/profiles.h"
#include "tests/unit/corpora.h"
#include "tests/unit/cpu_time.h"
#include "tests/unit/figure.h"
#include "tests/unit/under_valgrind.h"

#define TEXT_MAX (256 * 1024)
#define OWN_ROWS 145 /* of tests/corpora */
#define SLOW_MS 100
#define TOO_SLOW_MS 1000

/* A word of a row's class, and what the message then holds. */
struct class_row {
    const char *name;
    const char *words[4];
    bool of_the_text; /* it is about YAML, and not about the schema */
};

static const struct class_row CLASSES[] = {
    {"alias", {"aliases are not supported"}, true},
    {"bad_name", {"profile name", "provider must be a name"}, false},
    {"bad_url", {"token_endpoint must", "token_endpoint has"}, false},
    {"bad_value", {"must be", "must not"}, false},
    {"control", {"control character", "direction", "line end that"}, true},
    {"depth", {"levels of nesting"}, true},
    {"directive", {"directive", "incompatible YAML"}, true},
    {"duplicate_key", {"duplicate key"}, true},
    {"empty", {"file is empty", "must not be empty"}, false},
    {"encoding", {"not UTF-8", "UTF-16"}, true},
    {"merge", {"merge keys"}, true},
    {"missing_key", {"missing", "has no value"}, false},
    {"multi_document", {"second document"}, true},
    {"size", {"larger than", "more than"}, true},
    {"syntax", {"bad YAML"}, true},
    {"tag", {"tags are not supported"}, true},
    {"template",
     {"%i must come", "%i may stand", "%i cannot stand", "percent sign"},
     false},
    {"template", {"stands there twice", "is for"}, false},
    {"unknown_key", {"unknown key"}, false},
    {"unknown_provider", {"no provider"}, false},
    {"wrong_type",
     {"must be text", "must be a map", "top level must", "'profiles' must"},
     false},
};

#define CLASS_COUNT (sizeof CLASSES / sizeof *CLASSES)

struct corpus {
    const char *dir; /* holds the TSV files */
    char scratch[64];
    struct modules modules;
    int tests, failures;
};

/* What became of one row. */
struct outcome {
    struct profile_set set;
    char message[1020]; /* of the first complaint, "" for none */
    const char *said;   /* the message without the file, whose name tells */
    char path[PATH_MAX];
    int64_t took_ms;
    char why[512]; /* the row is not met, "" if it is */
};

static void not_met(struct outcome *outcome, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
not_met(struct outcome *outcome, const char *format, ...)
{
    va_list args;

    if (outcome->why[0])
        return;
    va_start(args, format);
    (void)vsnprintf(outcome->why, sizeof outcome->why, format, args);
    va_end(args);
}

static bool
is_of_class(const struct class_row *class, const char *message)
{
    for (size_t i = 0; i < 4 && class->words[i]; i++) {
        if (strstr(message, class->words[i]))
            return true;
    }
    return false;
}

/* @classes: "syntax|control" */
static bool
is_of_classes(const char *classes, const char *message)
{
    for (size_t i = 0; i < CLASS_COUNT; i++) {
        const char *found = strstr(classes, CLASSES[i].name);
        size_t n = strlen(CLASSES[i].name);

        if (found && (found == classes || found[-1] == '|') &&
            (found[n] == '\0' || found[n] == '|') &&
            is_of_class(&CLASSES[i], message))
            return true;
    }
    return false;
}

static bool
is_about_the_text(const char *message)
{
    for (size_t i = 0; i < CLASS_COUNT; i++) {
        if (CLASSES[i].of_the_text && is_of_class(&CLASSES[i], message))
            return true;
    }
    return false;
}

/* PATH:LINE:COLUMN: ... but for what is about the file as a whole. */
static void
check_message(struct outcome *outcome)
{
    static const char *const SECRETS[] = {"s3cret", "CANARY"};
    const char *message = outcome->message, *said = outcome->said;
    size_t lines = 0;
    int line = 0, column = 0, used = 0;

    if (!message[0])
        return;
    for (size_t i = 0; i < sizeof SECRETS / sizeof *SECRETS; i++) {
        if (strstr(message, SECRETS[i]))
            not_met(outcome, "the message holds a secret");
    }
    for (const char *c = message; *c; c++) {
        lines += *c == '\n';
        if ((*c != '\n' || lines > 1) && !isprint((unsigned char)*c))
            not_met(outcome, "the message holds byte 0x%02x",
                    (unsigned char)*c);
    }
    if (said == message)
        not_met(outcome, "the message does not begin with the file");
    else if (strncmp(said, ": larger than ", 14) != 0 &&
             (sscanf(said, ":%d:%d: %n", &line, &column, &used) != 2 ||
              !used || line < 1 || column < 1))
        not_met(outcome, "the message has no line and column");
}

/* @where: PROFILE/KEY, or a whole profile's name, or "-". */
static void
check_where(struct outcome *outcome, const char *where)
{
    char shown[128];

    if (strcmp(where, "-") == 0)
        return;
    if (strncmp(where, "acme/", 5) == 0)
        where += 5;
    (void)snprintf(shown, sizeof shown, "%.100s", where); /* as it is cut */
    if (!strstr(outcome->said, shown))
        not_met(outcome, "the message does not name %s", shown);
}

static const char *
value_of(const struct profile *profile, const char *key)
{
    const struct profile_option *option = profile_option(profile, key);

    if (strcmp(key, "client_id") == 0)
        return profile->client_id;
    if (strcmp(key, "client_secret") == 0)
        return profile->client_secret.value;
    if (strcmp(key, "token_endpoint") == 0)
        return profile->token_endpoint;
    return option ? option->values[0] : "";
}

/* @expect: PROFILE/KEY=VALUE;... */
static void
check_values(struct outcome *outcome, char *expect)
{
    char *rest = expect;

    if (strcmp(expect, "-") == 0)
        return;
    for (char *item; (item = strsep(&rest, ";"));) {
        char *name = strsep(&item, "/"), *key = strsep(&item, "=");
        AUTO(auto_release) const struct profile *profile = NULL;

        if (!item || profiles_find(&outcome->set, name, &profile, NULL))
            not_met(outcome, "there is no profile %s", name);
        else if (strcmp(value_of(profile, key), item) != 0)
            not_met(outcome, "%s/%s is another value", name, key);
    }
}

static void
check_yaml(struct outcome *outcome, char **fields)
{
    const char *verdict = fields[1], *class = fields[2];
    const char *message = outcome->said;

    if (strcmp(verdict, "reject") == 0) {
        if (!is_of_classes(class, message))
            not_met(outcome, "not refused as %s", class);
    } else if (is_about_the_text(message) &&
               !(strcmp(verdict, "either") == 0 &&
                 is_of_classes(class, message))) {
        not_met(outcome, "refused for its text");
    }
}

static void
check_schema(struct outcome *outcome, char **fields)
{
    const char *verdict = fields[1], *class = fields[2];

    if (!outcome->message[0]) {
        if (strcmp(verdict, "reject") == 0)
            not_met(outcome, "accepted");
        check_values(outcome, fields[4]);
        return;
    }
    if (strcmp(verdict, "accept") == 0)
        not_met(outcome, "refused");
    else if (!is_of_classes(class, outcome->said))
        not_met(outcome, "refused, but not as %s", class);
    check_where(outcome, fields[3]);
}

static void
keep_first(void *arg, const struct tw_error *err)
{
    struct outcome *outcome = arg;

    if (!outcome->message[0])
        (void)strcpy(outcome->message, err->message);
}

/* To a file of mode 0600 that is ours. */
static bool
copy_file(const char *from, const char *to)
{
    static char text[TEXT_MAX];
    FILE *in = fopen(from, "r"), *out = fopen(to, "w");
    bool good = in && out;

    if (good) {
        size_t n = fread(text, 1, sizeof text, in);

        good = fwrite(text, 1, n, out) == n && !ferror(in) &&
               fchmod(fileno(out), 0600) == 0;
    }
    if (in)
        (void)fclose(in);
    if (out && fclose(out) != 0)
        good = false;
    return good;
}

static void
load(struct corpus *corpus, const char *name, struct outcome *outcome)
{
    const struct profile_scope scope = {.system = false};
    char from[PATH_MAX];
    struct tw_error err = {0};
    int64_t start;

    (void)snprintf(from, sizeof from, "%s/%s", corpus->dir, name);
    (void)snprintf(outcome->path, sizeof outcome->path, "%s/%s",
                   corpus->scratch, strrchr(name, '/') + 1);
    if (!copy_file(from, outcome->path)) {
        not_met(outcome, "%s cannot be copied", from);
        return;
    }
    start = cpu_ms();
    if (profiles_load_file(&scope, outcome->path, &corpus->modules, keep_first,
                           outcome, &outcome->set, &err))
        not_met(outcome, "not loaded: %s", err.message);
    outcome->took_ms = cpu_ms() - start;
    if (strncmp(outcome->message, outcome->path, strlen(outcome->path)) == 0)
        outcome->said = outcome->message + strlen(outcome->path);
}

static void
replay(struct corpus *corpus, char **fields,
       void (*check)(struct outcome *outcome, char **fields))
{
    struct outcome outcome = {.message = ""};

    outcome.said = outcome.message;
    load(corpus, fields[0], &outcome);
    if (!outcome.why[0]) {
        check(&outcome, fields);
        check_message(&outcome);
    }
    if (outcome.took_ms > time_limit(TOO_SLOW_MS))
        not_met(&outcome, "too slow");
    corpus->tests++;
    corpus->failures += outcome.why[0] != '\0';
    (void)printf("%s %d - %s\n", outcome.why[0] ? "not ok" : "ok",
                 corpus->tests, fields[0]);
    if (outcome.why[0])
        (void)printf("# %s: %s\n# message: %s\n", fields[1], outcome.why,
                     outcome.message);
    if (outcome.took_ms > SLOW_MS)
        (void)printf("# slow: %lld ms\n", (long long)outcome.took_ms);
    profile_set_clear(&outcome.set);
    (void)unlink(outcome.path);
}

/* Of one table: those of the suite alone, or all others. */
struct rows {
    struct corpus *corpus;
    bool suite;
    void (*check)(struct outcome *outcome, char **fields);
};

static void
replay_row(void *arg, char **fields)
{
    const struct rows *rows = arg;

    if ((strncmp(fields[0], "yaml/yts-", 9) == 0) == rows->suite)
        replay(rows->corpus, fields, rows->check);
}

static void
replay_own(struct corpus *corpus)
{
    struct rows yaml = {corpus, false, check_yaml};
    struct rows schema = {corpus, false, check_schema};
    char dir[PATH_MAX];

    corpora_own("profiles", dir, sizeof dir);
    corpus->dir = dir;
    if (!corpora_rows(dir, "yaml.tsv", 5, replay_row, &yaml) ||
        !corpora_rows(dir, "schema.tsv", 7, replay_row, &schema) ||
        corpus->tests != OWN_ROWS)
        (void)printf("not ok %d - %s is not whole\n",
                     (corpus->failures++, ++corpus->tests), dir);
}

static void
replay_suite(struct corpus *corpus)
{
    struct rows rows = {corpus, true, check_yaml};
    char dir[PATH_MAX];

    corpora_shared("profiles", dir, sizeof dir);
    corpus->dir = dir;
    if (!corpora_rows(dir, "yaml.tsv", 5, replay_row, &rows))
        (void)printf("ok %d - yaml/yts-* # SKIP the shared corpora are not "
                     "here (TOKENWARD_CORPORA)\n",
                     ++corpus->tests);
}

int
main(void)
{
    const char *modules = getenv("TOKENWARD_MODULE_DIR");
    struct corpus corpus = {.scratch = "/tmp/tokenward-corpus-XXXXXX"};

    corpus.modules.dir = modules ? modules : "provider/grants/.libs";
    if (!mkdtemp(corpus.scratch)) {
        (void)printf("Bail out! no temporary directory\n");
        return 1;
    }
    replay_own(&corpus);
    replay_suite(&corpus);
    figure("corpus-unmet %d of %d rows of profiles", corpus.failures,
           corpus.tests);
    (void)printf("1..%d\n", corpus.tests);
    (void)rmdir(corpus.scratch);
    modules_clear(&corpus.modules);
    return corpus.failures > 0;
}
