/* SPDX-License-Identifier: MIT */
/*
 * init.c - the command init: asks what it was not told, writes a profile that
 * nobody sees yet, buys a token with it, and only then gives it its name.
 *
 * The secret goes into a file of its own beside the profile, 0600 like it, so
 * that the profile may be shown.  Nothing that is there is replaced: both
 * files are made new, and the profile is linked into place.  Whatever fails
 * or is ended before that leaves neither behind.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "helper/base/own_directory.h"
#include "helper/commands.h"
#include "helper/keys/secret_source.h"
#include "helper/person/prompt.h"
#include "helper/setup/draft.h"
#include "helper/setup/import.h"
#include "helper/setup/init_ask.h"
#include "helper/setup/init_words.h"
#include "helper/store/discard.h"
#include "provider/base/text.h"
#include "provider/base/write_whole.h"

#define FETCH_MS 20000
#define DISCARD_MS 1500
#define DROP_INS "profiles.d"
#define HIDDEN_PREFIX ".new." /* no reader looks at a name with a dot */

struct init {
    struct session *session;
    struct draft draft;
    struct init_words words;
    bool person; /* may be asked */
    bool login;  /* is what comes next, and not a token */
    int dir;     /* profiles.d */
    char path[PATH_MAX];
    char hidden[NAME_MAX + 1], secret[NAME_MAX + 1]; /* made; "": not */
};

static void
auto_init(struct init *init)
{
    if (init->hidden[0])
        (void)unlinkat(init->dir, init->hidden, 0);
    if (init->secret[0])
        (void)unlinkat(init->dir, init->secret, 0);
    if (init->dir >= 0)
        (void)close(init->dir);
    draft_clear(&init->draft);
}

static enum tw_status
open_dir(struct init *init, struct tw_error *err)
{
    const char *config = init->session->runtime.config;
    char above[PATH_MAX], path[PATH_MAX];
    AUTO_CLOSE int parent = -1;
    struct own_directory dir = {.at = AT_FDCWD,
                                .name = config,
                                .path = config,
                                .mode = 0700,
                                .forbidden = 022,
                                .else_where = "XDG_CONFIG_HOME"};
    enum tw_status status;

    if (!config[0])
        return runtime_no_config(err);
    (void)snprintf(above, sizeof above, "%s", config);
    if (strrchr(above, '/'))
        *strrchr(above, '/') = '\0';
    if (mkdir(above, 0700) < 0 && errno != EEXIST)
        return tw_fail_errno(err, TW_E_ACCESS, errno, "%s", above);
    status = own_directory_open(&dir, &parent, err);
    if (status)
        return status;
    (void)snprintf(path, sizeof path, "%s/" DROP_INS, config);
    dir.at = parent;
    dir.name = DROP_INS;
    dir.path = path;
    if (snprintf(init->path, sizeof init->path, "%s/%s.yaml", path,
                 init->draft.name) >= (int)sizeof init->path)
        return tw_fail(err, TW_E_SYSTEM, "the path is too long");
    return own_directory_open(&dir, &init->dir, err);
}

/* A new file of 0600, on the disk; or none. */
static enum tw_status
make_file(const struct init *init, const char *name, const struct secret *text,
          struct tw_error *err)
{
    AUTO_CLOSE int fd =
        openat(init->dir, name,
               O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (fd < 0 && errno == EEXIST)
        return tw_fail(err, TW_E_ACCESS,
                       "%s/" DROP_INS "/%s: is there already\n"
                       "remove it if no profile names it: a killed init "
                       "leaves one behind",
                       init->session->runtime.config, name);
    if (fd < 0)
        return tw_fail_errno(err, TW_E_ACCESS, errno, "%s: %s", DROP_INS,
                             name);
    if (write_whole(fd, text->bytes, text->len) && fsync(fd) == 0)
        return TW_OK;
    (void)tw_fail_errno(err, TW_E_SYSTEM, errno, "%s: %s", DROP_INS, name);
    (void)unlinkat(init->dir, name, 0);
    return TW_E_SYSTEM;
}

static enum tw_status
write_files(struct init *init, struct tw_error *err)
{
    AUTO_SECRET text = SECRET_INIT(DRAFT_TEXT_MAX);
    const struct draft *draft = &init->draft;
    char name[NAME_MAX + 1];
    const char *where = draft->secret_file[0] ? draft->secret_file : NULL;
    enum tw_status status = TW_OK;

    if (!where && draft->secret.len) {
        (void)snprintf(name, sizeof name, "%s.secret", draft->name);
        status = make_file(init, name, &draft->secret, err);
        if (status)
            return status;
        (void)strcpy(init->secret, name);
        where = name;
    }
    if (!draft_put(draft, where, &text))
        return tw_no_memory(err);
    (void)snprintf(name, sizeof name, HIDDEN_PREFIX "%s.yaml", draft->name);
    (void)unlinkat(init->dir, name, 0); /* of one that was killed */
    status = make_file(init, name, &text, err);
    if (!status)
        (void)strcpy(init->hidden, name);
    return status;
}

static void
name_hidden(const struct init *init, char out[static PATH_MAX])
{
    (void)snprintf(out, PATH_MAX, "%s/" DROP_INS "/%s",
                   init->session->runtime.config, init->hidden);
}

/* The secret's file goes, too: what it was made of is named in its place. */
static void
name_origin(const struct init *init, struct tw_error *err)
{
    const char *from = init->words.file ? init->words.file : "what was given";
    char path[PATH_MAX], file[256], text[sizeof err->message];
    struct shown shown;
    const char *at;

    if (!init->secret[0])
        return;
    (void)snprintf(path, sizeof path, "%s/" DROP_INS "/%s",
                   init->session->runtime.config, init->secret);
    (void)snprintf(file, sizeof file, "file %s",
                   text_printable(&shown, path, strlen(path)));
    at = strstr(err->message, file);
    if (!at)
        return;
    (void)snprintf(text, sizeof text, "%.*s%s%s", (int)(at - err->message),
                   err->message, text_printable(&shown, from, strlen(from)),
                   at + strlen(file));
    (void)strcpy(err->message, text);
}

/* Without the place in a file that will not be there any more. */
static enum tw_status
complain_of(const struct init *init, const struct tw_error *err)
{
    struct tw_error shown = *err;
    char path[PATH_MAX];
    const char *rest;
    size_t n;

    name_hidden(init, path);
    n = strlen(path);
    if (strncmp(err->message, path, n) == 0 &&
        (rest = strstr(err->message + n, ": ")))
        (void)snprintf(shown.message, sizeof shown.message, "%s", rest + 2);
    name_origin(init, &shown);
    return session_fail(init->session, &shown);
}

/* Where nobody could be asked, options say what the profile lacks. */
static void
complain(void *arg, const struct tw_error *err)
{
    const struct init *init = arg;
    struct tw_error hinted = *err;

    if (!init->person && strstr(err->message, ": missing: ") &&
        !strchr(err->message, '\n'))
        error_hint(&hinted, "on a terminal it is asked for; else an option "
                            "says it: tokenward help init");
    (void)complain_of(init, &hinted);
}

static void
report(void *arg, const char *name, const struct tw_error *err)
{
    (void)name;
    if (err->status)
        (void)complain_of(arg, err);
}

/* Is the name free, in every file? */
static enum tw_status
check_free(const struct init *init, struct tw_error *err)
{
    AUTO(profile_set_clear) struct profile_set set = {0};
    struct profile_scope scope = session_scope(init->session);
    AUTO(auto_release) const struct profile *there = NULL;
    struct stat st;

    if (fstatat(init->dir, strrchr(init->path, '/') + 1, &st,
                AT_SYMLINK_NOFOLLOW) == 0)
        return tw_fail(err, TW_E_USAGE,
                       "%s: is there already\ntokenward edit %s", init->path,
                       init->draft.name);
    if (profiles_load(&scope, &init->session->modules, NULL, NULL, &set, NULL))
        return TW_OK;
    if (!profiles_find(&set, init->draft.name, &there, NULL))
        return tw_fail(err, TW_E_USAGE,
                       "%s:%u: there is a profile '%s' already", there->file,
                       there->line, init->draft.name);
    if (profiles_hide(&set, init->draft.name))
        return tw_fail(err, TW_E_USAGE,
                       "there is a profile '%s' already, and something is "
                       "wrong with it\ntokenward explain %s tells what",
                       init->draft.name, init->draft.name);
    return TW_OK;
}

static enum tw_status
buy(struct init *init, const struct profile_set *set)
{
    struct session *session = init->session;
    char *name = init->draft.name;
    AUTO_STORE store = {.root = -1};
    struct secret_context secrets = {.environment = &session->environment,
                                     .store = &store};
    struct discard discard = {.entries = 0};
    struct tw_error err;
    enum tw_status status;
    bool was_there, is_bought;

    if (session_store(session, &store, &err))
        return session_fail(session, &err);
    was_there = store_has(&store, name);
    session->options.force = true;
    session->options.deadline_ms = clock_monotonic_ms() + FETCH_MS;
    status = fetch_profiles(&session->options, set, &secrets, &name, 1, report,
                            init);
    is_bought = !status;
    if (is_bought && prompt_is_ended()) {
        (void)tw_fail(&err, TW_E_INTERACT, "it was ended");
        status = session_fail(session, &err);
    }
    /* That it failed is nobody's affair: there is no such profile.  What is
     * kept of one that was removed is still given. */
    discard.deadline_ms = clock_monotonic_ms() + DISCARD_MS;
    if (status && (is_bought || !was_there))
        (void)discard_directory(&discard, store.root, name);
    return status;
}

/* Reads it as every reader will, and buys a token unless a person is needed.
 */
static enum tw_status
try_out(struct init *init)
{
    AUTO(profile_set_clear) struct profile_set set = {0};
    struct profile_scope scope = session_scope(init->session);
    struct tw_error err;
    char path[PATH_MAX];

    name_hidden(init, path);
    if (profiles_load_file(&scope, path, &init->session->modules, complain,
                           init, &set, &err))
        return complain_of(init, &err);
    if (set.broken_count)
        return (enum tw_status)set.broken.status;
    if (set.first && profile_login_source(set.first)) {
        init->login = true;
        return TW_OK;
    }
    return init->words.no_test ? TW_OK : buy(init, &set);
}

static enum tw_status
publish(struct init *init, struct tw_error *err)
{
    const char *name = strrchr(init->path, '/') + 1;

    if (linkat(init->dir, init->hidden, init->dir, name, 0) < 0)
        return tw_fail_errno(err, TW_E_ACCESS, errno, "%s", init->path);
    init->secret[0] = '\0'; /* it stays */
    (void)fsync(init->dir);
    (void)printf("%s is written. Try: tokenward %s %s\n", init->path,
                 init->login ? "login" : "get", init->draft.name);
    return TW_OK;
}

static enum tw_status
prepare(struct init *init, int argc, char **argv, struct tw_error *err)
{
    const struct init_words *words = &init->words;
    enum tw_status status =
        init_words_read(argc, argv, &init->words, &init->draft, err);

    if (!status && words->from)
        status = import_read(words->from, words->file, &init->draft, err);
    if (!status)
        status = init_ask(&init->draft, init->session->preset_dir,
                          init->person, words->from, err);
    if (!status)
        status = open_dir(init, err);
    if (!status)
        status = check_free(init, err);
    return status ? status : write_files(init, err);
}

enum tw_status
command_init(struct session *session, int argc, char **argv)
{
    AUTO(auto_init)
    struct init init = {.session = session,
                        .person =
                            isatty(STDIN_FILENO) && isatty(STDOUT_FILENO),
                        .draft.secret = SECRET_INIT(CLIENT_SECRET_MAX),
                        .dir = -1};
    struct tw_error err;
    enum tw_status status;

    if (session->options.system)
        (void)tw_fail(&err, TW_E_USAGE, "init is for a user's profiles");
    else
        err.status = (int32_t)prepare(&init, argc, argv, &err);
    if (err.status)
        return session_fail(session, &err);
    status = try_out(&init);
    if (!status && publish(&init, &err))
        return session_fail(session, &err);
    return status;
}
