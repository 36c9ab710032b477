/* SPDX-License-Identifier: MIT */
/*
 * describe.c - the command explain: a profile as it is used here and now.
 *
 * It asks nobody, takes no lock and changes nothing, and it reads no secret:
 * what it tells of one is where it is and whether it is there.
 */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "helper/base/print.h"
#include "helper/commands.h"
#include "helper/exchange/client_auth.h"
#include "helper/exchange/explain.h"
#include "helper/exchange/keeper.h"
#include "helper/fetch/stack.h"
#include "helper/profile/fingerprint.h"
#include "helper/store/quota.h"
#include "provider/base/auto.h"

#define LINE_MAX_BYTES 2048

struct description {
    const struct profile *profile;
    struct secret_context secrets;
    struct store_profile place; /* dir -1: nothing is kept */
    struct record record;
    struct now now;
    bool spent;   /* max_fetches is */
    bool decided; /* it is known who is asked next */
};

/* Printable ASCII, so that no text of a server's steers the terminal. */
static void __attribute__((format(printf, 2, 3)))
say(const char *what, const char *format, ...)
{
    char line[LINE_MAX_BYTES];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(line, sizeof line, format, args);
    va_end(args);
    for (char *at = line; *at; at++) {
        if (*at < 0x20 || *at > 0x7e)
            *at = '?';
    }
    (void)printf("  %-9s %s\n", what, line);
}

static void
say_token(struct description *this)
{
    const struct record *record = &this->record;
    char fingerprint[FINGERPRINT_SIZE] = "";
    int64_t left = record->profile ? record_left(record, this->now) : 0;
    const char *by =
        record->profile && record->answered_by[0] ? record->answered_by : NULL;

    (void)fingerprint_of(this->profile, fingerprint);
    if (!record->profile) {
        say("token", "none is kept: the next reader asks for one");
    } else if (!record->token) {
        say("token", "rejected: the next reader asks for one");
    } else if (strcmp(record->fingerprint, fingerprint) != 0) {
        say("token", "of the profile as it was before a change: the next "
                     "reader asks for one");
    } else if (left <= 0) {
        say("token", "run out: the next reader asks for one");
    } else {
        int64_t due = record_refresh_left(record, this->now);

        say("token", "cached, alive for %lld s%s%s", (long long)left,
            by ? ", from source " : "", by ? by : "");
        say("refresh", due > 0 ? "due in %lld s" : "due", (long long)due);
    }
}

static void
say_quota(struct description *this)
{
    struct tw_error err;
    const char *hint;
    int64_t next;

    this->spent = quota_look(this->profile, this->secrets.system,
                             this->now.wall, &next, &err) != TW_OK;
    if (!this->spent)
        return;
    hint = strchr(err.message, '\n'); /* cut off, behind a long path */
    say("quota", "%.*s%s%s", (int)strcspn(err.message, "\n"), err.message,
        hint ? "; " : "", hint ? hint + 1 : "");
}

static void
say_secrets(const struct description *this, const struct profile *source)
{
    const struct environment *environment = this->secrets.environment;
    const struct secret_source *secret;
    char what[320];

    for (size_t i = 0; (secret = profile_source_secret(source, i)); i++) {
        if (secret->kind == SECRET_NONE)
            continue;
        secret_source_describe(secret, what, sizeof what);
        say("secret", "line %u: %s: %s", secret->line, what,
            stack_lacks_secret(secret, environment) ? "NOT there"
            : secret_source_look(secret, this->secrets.system, what, NULL)
                ? "there, and REFUSED"
                : "there");
    }
}

static void
say_files(const struct description *this, const struct profile *source)
{
    struct profile_path file;

    for (size_t i = 0; profile_source_file(source, i, &file); i++) {
        if (!file.path)
            continue;
        say(file.is_key ? "key" : "shows", "line %u: %s%s", file.line,
            file.path,
            stack_lacks_file(file.path) ? ": NOT there"
            : stack_refuses_file(&file, this->secrets.system, file.key, NULL)
                ? ": there, and REFUSED"
                : "");
    }
}

static void
say_keys(const struct description *this, const struct profile *source)
{
    const char *endpoint = profile_endpoint(source);

    if (endpoint)
        say("endpoint", "line %u: %s", profile_endpoint_line(source),
            endpoint);
    if (source->issuer)
        say("issuer", "line %u: %s", source->issuer_line, source->issuer);
    if (source->client_id)
        say("client", "line %u: %s, by %s", source->client_id_line,
            source->client_id, client_auth_name(source->auth_method));
    say_files(this, source);
    if (source->ca_file)
        say("trusts", "line %u: %s%s", source->ca_file_line, source->ca_file,
            stack_lacks_file(source->ca_file) ? ": NOT there" : "");
    for (size_t i = 0; i < source->option_count; i++) {
        const struct profile_option *option = &source->options[i];

        if (option->values && option->values[0])
            say("option", "line %u: %s: %s", option->line, option->name,
                option->values[0]);
    }
}

static void
say_note(const struct backoff *note, int64_t left, struct now now)
{
    size_t n = strcspn(note->message, "\n");

    say("failed", "%lld s ago, %s: %.*s", (long long)backoff_age(note, now),
        note->status, (int)n, note->message);
    if (left > 0)
        say("next", "asked again in %lld s, or when its secret changes",
            (long long)left);
}

/* True: nobody can go on but a person. */
static bool
say_login(const struct description *this, const struct profile *source)
{
    struct tw_error err, waiting;
    enum tw_status status;

    if (!(source->module->provider.needs & TW_KEEPS_REFRESH_TOKEN))
        return false;
    status = keeper_look(source, this->secrets.system, &err);
    if (!status)
        say("login", "a refresh token is kept");
    else if (status != TW_E_NOT_FOUND)
        say("login", "%.*s", (int)strcspn(err.message, "\n"), err.message);
    else if (keeper_has_first(source))
        say("login", "none is kept yet: the profile's refresh_token is sent");
    else
        say("login", "none is kept: tokenward login%s %s",
            explain_system_option(this->secrets.system), this->profile->name);
    if (keeper_look_login(source, this->secrets.system, &waiting))
        say("login", "%s", waiting.message);
    return status == TW_E_NOT_FOUND && !keeper_has_first(source);
}

/* What a fetch would do here, and what after it. */
static void
say_turn(struct description *this, const struct profile *source)
{
    const bool wants_person = say_login(this, source);
    char fingerprint[FINGERPRINT_SIZE] = "";
    enum stack_outcome outcome = STACK_UNAVAILABLE;
    struct tw_error err = {.status = TW_E_RETRY};
    struct backoff note = {.failures = 0};
    enum tw_status status;
    int64_t left;

    (void)fingerprint_of_source(source, fingerprint);
    store_note(&this->place, source->source_number, &note);
    if (strcmp(note.fingerprint, fingerprint) != 0 || !note.message[0])
        memset(&note, 0, sizeof note);
    left = backoff_left(&note, this->now);
    if (note.message[0])
        say_note(&note, left, this->now);
    if (stack_lacks_module(source, &err)) {
        say("lacks", "%.*s", (int)strcspn(err.message, "\n"), err.message);
    } else if (stack_missing(source, &this->secrets, &err)) {
        outcome = STACK_NOT_CONFIGURED;
    } else if (wants_person) {
        outcome = STACK_DENIED;
    } else if (left == 0 && this->spent) {
        say("rule", "not asked before max_fetches allows it");
        return;
    } else if (left == 0 && stack_refuses(source, &this->secrets, &err)) {
        say("rule", "a fetch that comes here ends: %.*s",
            (int)strcspn(err.message, "\n"), err.message);
        this->decided = true;
        return;
    } else if (left == 0) {
        say("rule", this->decided ? "asked if those before it fail"
                                  : "a fetch asks this source");
        this->decided = true;
        return;
    } else if (status_from_name(note.status, &status)) {
        err.status = (int32_t)status;
        (void)stack_outcome(&err, true, &outcome);
    }
    say("rule", "%s: %s", stack_outcome_name(outcome),
        stack_goes_on(source, outcome) ? "continue with the next source"
        : source->then                 ? "return: none after it is asked"
                                       : "there is no other source");
    this->decided =
        this->decided || (source->then && !stack_goes_on(source, outcome));
}

static void
say_source(struct description *this, const struct profile *source)
{
    char label[STACK_LABEL_MAX];

    if (source->source_number) {
        stack_label(source, label, sizeof label);
        (void)printf("source %s, line %u, provider %s\n", label,
                     source->source_line, source->module->provider.name);
    } else {
        say("provider", "%s", source->module->provider.name);
    }
    say_keys(this, source);
    say_secrets(this, source);
    say_turn(this, source);
}

static void
describe(struct description *this)
{
    const struct profile *profile = this->profile;

    (void)printf("%s: ", profile->name);
    print_shown(profile->file);
    (void)printf(":%u\n", profile->line);
    say_token(this);
    say_quota(this);
    for (const struct profile *source = profile; source; source = source->then)
        say_source(this, source);
}

static void
auto_description(struct description *this)
{
    record_clear(&this->record);
    store_leave(&this->place);
    profile_release(this->profile);
}

enum tw_status
command_explain(struct session *session, int argc, char **argv)
{
    AUTO_STORE store = {.root = -1};
    AUTO(profile_set_clear) struct profile_set set = {0};
    AUTO(auto_description)
    struct description this = {.record = RECORD_INIT,
                               .place = {.dir = -1, .lock = -1},
                               .now = clock_now()};
    enum tw_status status =
        session_profile(session, argc, argv, &store, &set, &this.profile);

    if (status)
        return status;
    this.secrets = session_secrets(session, &store);
    this.place = (struct store_profile){
        .store = &store,
        .name = this.profile->name,
        .dir = openat(store.root, this.profile->name,
                      O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC),
        .lock = -1};
    (void)store_record(&this.place, &this.record, NULL);
    describe(&this);
    return TW_OK;
}
