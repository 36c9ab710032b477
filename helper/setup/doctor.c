/* SPDX-License-Identifier: MIT */
/*
 * doctor.c - the command doctor: every place where it can go wrong, in the
 * order in which a fetch passes it, with the time each took and what to do.
 *
 * Nothing is bought unless --fetch asks for it, nothing is locked or changed,
 * and no secret is read but a key that a handshake needs.  What is broken
 * does not hide what comes after it.
 */
#include "helper/setup/doctor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "helper/commands.h"
#include "helper/fetch/stack.h"
#include "helper/profile/profile_template.h"
#include "helper/setup/advice.h"
#include "provider/base/auto.h"
#include "provider/base/clock.h"
#include "provider/base/date.h"

#define BUILT_AFTER 1760000000 /* 2025: no clock is right before that */

static int64_t
now_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void
doctor_say(struct doctor *doctor, enum sheet_mark mark, enum tw_status status,
           const char *what, int64_t us, const char *text)
{
    sheet_line(&doctor->sheet, mark, what, us, "%s", text);
    if (mark == SHEET_BAD && !doctor->first)
        doctor->first = status;
}

void
doctor_fail(struct doctor *doctor, const char *what, int64_t us,
            const struct tw_error *err)
{
    doctor_say(doctor, SHEET_BAD, (enum tw_status)err->status, what, us,
               err->message);
}

static void
look_at_clock(struct doctor *doctor)
{
    char text[DATE_MAX];
    int64_t now = clock_now().wall;

    if (now < BUILT_AFTER) {
        doctor_say(doctor, SHEET_BAD, TW_E_SYSTEM, "clock", -1,
                   "is before this program was written: no certificate will "
                   "be valid\nset it: timedatectl set-ntp true");
        return;
    }
    date_text(now, ' ', text);
    doctor_say(doctor, SHEET_GOOD, TW_OK, "clock", -1, text);
}

static void
look_at_runtime(struct doctor *doctor, struct store *store)
{
    int64_t begun = now_us();
    struct tw_error err;
    char text[1200], name[64];
    int fd;

    if (session_store(doctor->session, store, &err)) {
        doctor_fail(doctor, "runtime", now_us() - begun, &err);
        return;
    }
    /* A disk that is full says so now and not at the first token. */
    (void)snprintf(name, sizeof name, ".new.%ld.doctor", (long)getpid());
    fd = openat(store->root, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                0600);
    if (fd < 0 || write(fd, name, strlen(name)) != (ssize_t)strlen(name)) {
        (void)tw_fail_errno(&err, TW_E_SYSTEM, errno,
                            "%s: nothing can be written", store->path);
        error_hint(&err, "is the file system full, or read-only?");
        doctor_fail(doctor, "runtime", now_us() - begun, &err);
    } else {
        (void)snprintf(text, sizeof text, "%s", store->path);
        doctor_say(doctor, SHEET_GOOD, TW_OK, "runtime", now_us() - begun,
                   text);
    }
    if (fd >= 0) {
        (void)unlinkat(store->root, name, 0);
        (void)close(fd);
    }
}

/* Where one is named, the fault may be another's; its own is told of when it
 * is looked for. */
static void
complain(void *arg, const struct tw_error *err)
{
    struct doctor *doctor = arg;

    if (doctor->named)
        doctor_say(doctor, SHEET_WARN, TW_OK, "profiles", -1, err->message);
    else
        doctor_fail(doctor, "profiles", -1, err);
}

static bool
look_at_profiles(struct doctor *doctor, struct profile_set *set)
{
    struct session *session = doctor->session;
    struct profile_scope scope = session_scope(session);
    int64_t begun = now_us();
    struct tw_error err;
    char instances[64] = "";
    bool is_there;

    if (profiles_load(&scope, &session->modules, complain, doctor, set,
                      &err)) {
        doctor_fail(doctor, "profiles", now_us() - begun, &err);
        return false;
    }
    if (profiles_misnamed(set, &err))
        doctor_say(doctor, SHEET_WARN, TW_OK, "profiles", -1, err.message);
    is_there = set->count || set->templates;
    if (set->templates)
        (void)snprintf(instances, sizeof instances,
                       " and %zu instances of templates", set->instance_count);
    (void)tw_fail(&err, TW_E_NOT_FOUND, "%zu%s in %s", set->count, instances,
                  set->places ? set->places : scope.dir);
    if (!is_there)
        error_hint(&err, set->broken.status || set->misnamed
                             ? "mend what is told of above"
                             : "tokenward init writes a first one; "
                               "tokenward-profiles(5) tells how to");
    if (!is_there && doctor->named)
        session_hint(session, doctor->named, &err);
    doctor_say(doctor, is_there ? SHEET_GOOD : SHEET_BAD,
               set->broken.status ? (enum tw_status)set->broken.status
                                  : TW_E_NOT_FOUND,
               "profiles", now_us() - begun, err.message);
    return is_there;
}

static void
advise_once(void *arg, const struct tw_error *advice)
{
    doctor_say(arg, SHEET_WARN, TW_OK, "profile", -1, advice->message);
}

/* Those of a stack that lack something are not for this host: @mark, unless
 * a fetch @ends there. */
static void
pass_over(struct doctor *doctor, enum sheet_mark mark, bool ends,
          const char *what, const struct tw_error *err)
{
    if (ends)
        doctor_fail(doctor, what, -1, err);
    else
        doctor_say(doctor, mark, TW_OK, what, -1, err->message);
}

/* Can it be asked?  @is_first of those that can, if so. */
static bool
look_at_source(struct doctor *doctor, const struct profile *source,
               const struct secret_context *secrets, int dir, bool is_first)
{
    char label[STACK_LABEL_MAX];
    struct tw_error err;
    bool lacks = stack_missing(source, secrets, &err);

    if (source->source_number) {
        stack_label(source, label, sizeof label);
        sheet_title(&doctor->sheet, "  source %s", label);
    }
    if (stack_lacks_module(source, &err)) {
        pass_over(doctor, SHEET_WARN,
                  is_first && !stack_goes_on(source, STACK_UNAVAILABLE),
                  "provider", &err);
        return false;
    }
    if (lacks && source->source_number) {
        pass_over(doctor, SHEET_SKIPPED,
                  is_first && !stack_goes_on(source, STACK_NOT_CONFIGURED),
                  "secret", &err);
        return false;
    }
    if (lacks)
        doctor_fail(doctor, "secret", -1, &err);
    else if (stack_refuses(source, secrets, &err))
        pass_over(doctor, SHEET_WARN, is_first, "secret", &err);
    else
        doctor_say(doctor, SHEET_GOOD, TW_OK, "secret", -1,
                   "what the profile names is there");
    doctor_endpoint(doctor, source, secrets, dir);
    return true;
}

static void
report_fetch(void *arg, const char *name, const struct tw_error *err)
{
    struct doctor *doctor = arg;
    char text[128];

    (void)snprintf(text, sizeof text, "a token of '%s' was bought and is kept",
                   name);
    if (err->status)
        doctor_fail(doctor, "fetch", -1, err);
    else
        doctor_say(doctor, SHEET_GOOD, TW_OK, "fetch", -1, text);
}

/* A line that could not be written, as where `head` has had enough: no server
 * is asked for nobody. */
static bool
is_read(void)
{
    return !ferror(stdout);
}

/* The last thing that is done: a fetch gives up what it does not need. */
static void
fetch_all(struct doctor *doctor, const struct profile_set *set,
          const struct store *store, const struct profile *first)
{
    struct session *session = doctor->session;
    const struct secret_context secrets = session_secrets(session, store);
    char *names[FETCH_PROFILES_MAX];
    struct tw_error err;
    size_t count = 0;

    sheet_title(&doctor->sheet, "tokens");
    for (const struct profile *each = first ? first : set->first; each;
         each = first ? NULL : each->next) {
        if (count == FETCH_PROFILES_MAX) {
            (void)tw_fail(&err, TW_E_USAGE, "more than %d profiles: name one",
                          FETCH_PROFILES_MAX);
            doctor_fail(doctor, "fetch", -1, &err);
            return;
        }
        names[count++] = each->name;
    }
    session->options.force = true;
    (void)fetch_profiles(&session->options, set, &secrets, names, count,
                         report_fetch, doctor);
}

static void
look_at(struct doctor *doctor, const struct profile *profile,
        const struct store *store)
{
    struct session *session = doctor->session;
    const struct secret_context secrets = session_secrets(session, store);
    AUTO_CLOSE int dir =
        store->root < 0
            ? -1
            : openat(store->root, profile->name,
                     O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    bool is_first = true;

    sheet_title(&doctor->sheet, "%s: %s:%u", profile->name, profile->file,
                profile->line);
    advise(profile, &session->environment, session->options.system,
           advise_once, doctor);
    for (const struct profile *source = profile; source; source = source->then)
        is_first &= !look_at_source(doctor, source, &secrets, dir, is_first);
    doctor_kept(doctor, profile, store);
}

/* Their instances may be very many, and are alike but for names and secrets:
 * one is looked at when it is named. */
static void
look_at_templates(struct doctor *doctor, const struct profile_set *set)
{
    for (const struct profile_template *template = set->templates; template;
         template = template->next)
        sheet_title(&doctor->sheet,
                    "%s: a template; name one of its instances",
                    template->name);
}

enum tw_status
command_doctor(struct session *session, int argc, char **argv)
{
    AUTO_STORE store = {.root = -1};
    AUTO(profile_set_clear) struct profile_set set = {0};
    struct doctor doctor = {.session = session,
                            .named = argc ? argv[0] : NULL};
    AUTO(auto_release) const struct profile *profile = NULL;
    struct tw_error err;
    enum tw_status status =
        argc ? session_names(session, argc, argv, 1) : TW_OK;

    if (status)
        return status;
    sheet_open(&session->environment, &doctor.sheet);
    sheet_title(&doctor.sheet, "this host");
    look_at_clock(&doctor);
    look_at_runtime(&doctor, &store);
    if (!look_at_profiles(&doctor, &set))
        return doctor.first;
    if (argc && profiles_find(&set, argv[0], &profile, &err)) {
        session_hint(session, argv[0], &err);
        return session_fail(session, &err);
    }
    for (const struct profile *each = argc ? profile : set.first;
         each && is_read(); each = argc ? NULL : each->next)
        look_at(&doctor, each, &store);
    if (!argc)
        look_at_templates(&doctor, &set);
    if (session->fetch && store.root >= 0 && is_read())
        fetch_all(&doctor, &set, &store, profile);
    return doctor.first;
}
