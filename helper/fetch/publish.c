/* SPDX-License-Identifier: MIT */
/*
 * publish.c - fills in records and notes; see publish.h.
 */
#include "helper/fetch/publish.h"

#include <stdio.h>
#include <string.h>

#include "helper/fetch/stack.h"
#include "helper/profile/fingerprint.h"
#include "helper/store/bearer_file.h"
#include "helper/store/retry.h"

#define WARNING_MAX 400

/* Every word of @asked is in @granted. */
static bool
scope_covers(const char *granted, const char *asked)
{
    while (*asked) {
        size_t n = strcspn(asked, " ");
        const char *at = granted;
        bool found = false;

        while (*at && !found) {
            size_t m = strcspn(at, " ");

            found = m == n && strncmp(at, asked, n) == 0;
            at += m + (at[m] == ' ');
        }
        if (!found)
            return false;
        asked += n + (asked[n] == ' ');
    }
    return true;
}

static const char *
asked_scope(const struct profile *profile)
{
    const struct profile_option *scope = profile_option(profile, "scope");

    return scope && scope->values && scope->values[0] ? scope->values[0] : "";
}

static void
add_warning(char *out, const char *text)
{
    size_t used = strlen(out);

    (void)snprintf(out + used, WARNING_MAX - used, "%s%s", used ? "; " : "",
                   text);
}

static void
write_warning(const struct publication *publication, const char *asked,
              const char *granted, char *out)
{
    const struct outcome *outcome = publication->outcome;
    const struct secret *token = &outcome->reply.token;

    out[0] = '\0';
    if (outcome->by_next)
        add_warning(out, "the server refuses client_secret, and takes "
                         "client_secret_next: make that the client_secret");
    if (!scope_covers(granted, asked))
        add_warning(out, "the server granted less scope than asked for");
    else if (*asked && !scope_covers(asked, granted))
        add_warning(out, "the server granted more scope than asked for");
    if (publication->profile->wlcg_discovery &&
        !bearer_file_takes(secret_text(token), token->len))
        add_warning(out, "the token has characters that wlcg_discovery does "
                         "not allow, and is not published there");
}

static void
set_exports(const struct profile *profile, struct record *record,
            char texts[][96])
{
    static const char *const KINDS[] = {
        [EXPORT_TOKEN] = "token",
        [EXPORT_FILE] = "file",
        [EXPORT_HEADER] = "header",
    };

    for (size_t i = 0; i < profile->export_count && i < RECORD_EXPORTS_MAX;
         i++) {
        (void)snprintf(texts[i], sizeof texts[i], "%s=%s",
                       profile->exports[i].name,
                       KINDS[profile->exports[i].kind]);
        record->exports[record->export_count++] = texts[i];
    }
}

/* The mark is of what was read: a file that changed since is another. */
static void
set_profile(const struct profile *profile, struct record *record)
{
    record->source = profile->file;
    record->source_mark = profile->mark->text;
    record->git_username = profile->git_username;
    record->wlcg_discovery =
        profile->wlcg_discovery && record->token &&
        bearer_file_takes(record->token, record->token_len);
}

int64_t
publish_lifetime(const struct profile *profile, const struct reply *reply)
{
    return reply->lifetime == LIFETIME_UNKNOWN ? profile->default_lifetime_s
                                               : reply->lifetime;
}

/* A server may answer with the token of before, and a file holds the same one
 * each time that it is read. */
static bool
is_kept(const struct publication *publication, const struct secret *token)
{
    const struct record *kept = publication->kept;

    return kept && kept->token && kept->generation == publication->expected &&
           bytes_equal(kept->token, kept->token_len, secret_text(token),
                       token->len);
}

enum tw_status
publish_prepare(struct store_profile *place,
                const struct publication *publication,
                struct store_change *change, struct record *numbers,
                struct tw_error *err)
{
    const struct profile *profile = publication->profile;
    const struct outcome *outcome = publication->outcome;
    const struct reply *reply = &outcome->reply;
    const char *asked = asked_scope(profile);
    char answered_by[STACK_LABEL_MAX], warning[WARNING_MAX],
        exports[RECORD_EXPORTS_MAX][96];
    int64_t lifetime = publish_lifetime(profile, reply);
    const bool is_same = is_kept(publication, &reply->token);
    struct record record = {
        .profile = profile->name,
        .generation = publication->expected + !is_same,
        .token = secret_text(&reply->token),
        .token_len = reply->token.len,
        .token_type = reply->token_type,
        .scope = reply->has_scope ? reply->scope : asked,
        .issued_at = outcome->asked.wall,
        .expires = moment_after(outcome->asked, lifetime),
        .lifetime = lifetime,
        .refresh_at =
            retry_refresh_at(outcome->asked.wall, lifetime, arc4random()),
        .fingerprint = publication->fingerprint,
        .server = publication->server,
        .watched = outcome->watched,
        .watched_mark = outcome->watched ? outcome->watched_mark.text : NULL,
        .warning = warning,
    };
    enum tw_status status;

    if (outcome->watched &&
        record.refresh_at > outcome->asked.wall + RETRY_WATCHED_S)
        record.refresh_at = outcome->asked.wall + RETRY_WATCHED_S;

    write_warning(publication, asked, record.scope, warning);
    if (!warning[0] && profile->warning)
        (void)snprintf(warning, sizeof warning, "%s", profile->warning);
    set_profile(profile, &record);
    set_exports(profile, &record, exports);
    if (profile->source_number) {
        stack_label(profile, answered_by, sizeof answered_by);
        record.answered_by = answered_by;
    }
    status = store_prepare(place, &record, publication->expected, change, err);
    change->is_same = is_same;
    change->has_hook = !status && !is_same && profile_has_hook(profile);
    if (!status)
        *numbers = (struct record){.generation = record.generation,
                                   .expires = record.expires,
                                   .lifetime = record.lifetime,
                                   .refresh_at = record.refresh_at};
    return status;
}

enum tw_status
publish_source(const struct profile *profile, struct store_profile *place,
               struct record *kept)
{
    char exports[RECORD_EXPORTS_MAX][96];

    if (strcmp(kept->source, profile->file) == 0 &&
        strcmp(kept->source_mark, profile->mark->text) == 0)
        return TW_OK;
    /* A generation is a token's: this one stays the same token. */
    kept->export_count = 0;
    set_profile(profile, kept);
    set_exports(profile, kept, exports);
    return store_republish(place, kept);
}

void
publish_failure(const struct store_profile *place, unsigned source,
                const struct secret *mark, const char *fingerprint,
                const struct tw_error *failure, int64_t retry_after,
                struct backoff *note)
{
    (void)snprintf(note->fingerprint, sizeof note->fingerprint, "%s",
                   fingerprint);
    note->secret_tag[0] = '\0';
    if (mark && mark->len) {
        if (!note->salt[0])
            (void)snprintf(note->salt, sizeof note->salt, "%08x%08x%08x%08x",
                           arc4random(), arc4random(), arc4random(),
                           arc4random());
        if (!secret_tag(note->salt, mark, note->secret_tag))
            note->secret_tag[0] = '\0';
    }
    retry_after_failure(note, failure, retry_after, clock_now(), arc4random());
    store_backoff(place, source, note);
}

enum tw_status
publish_rejection(const struct store *store, const char *name,
                  const struct readers *readers, int64_t generation,
                  struct tw_error *err)
{
    AUTO_STORE_PROFILE place = {.dir = -1, .lock = -1};
    AUTO_RECORD kept = RECORD_INIT;
    struct backoff note;
    struct now now = clock_now();
    enum tw_status status;

    if (!store_has(store, name))
        return TW_OK;
    status = store_enter(store, name, &place, err);
    if (!status && readers)
        status = store_admit(&place, readers, err);
    if (status)
        return status;
    if (store_record(&place, &kept, NULL) || !kept.token ||
        (generation && kept.generation != generation))
        return TW_OK;
    store_note(&place, 0, &note);
    retry_after_rejection(&note, now.wall - kept.issued_at, now, arc4random());
    kept.token = NULL;
    kept.generation++;
    status = store_publish(&place, &kept, kept.generation - 1, err);
    if (status == TW_E_RETRY)
        return TW_OK; /* a newer one came, or another rejection did */
    if (!status)
        store_backoff(&place, 0, &note);
    return status;
}
