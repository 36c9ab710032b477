/* SPDX-License-Identifier: MIT */
/*
 * secret_source.c - where a secret is comes in, the secret goes out.
 *
 * It is read anew each time and kept nowhere.  Whatever its source, the same
 * check follows: one line, not empty, bounded.  A message names the profile's
 * line and the source; what was read never comes near one.
 */
#include "helper/keys/secret_source.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "helper/base/confine.h"
#include "helper/base/owned_file.h"
#include "helper/keys/secret_command.h"
#include "helper/store/store.h"
#include "provider/base/text.h"

#define LABEL_MAX 768 /* place and source; longer ones are cut */
#define CREDENTIALS "CREDENTIALS_DIRECTORY"
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* One reading: what it needs, and how messages about it begin. */
struct reading {
    const struct secret_source *source;
    const struct secret_context *context;
    size_t max; /* bytes of the secret */
    char label[LABEL_MAX];
    struct secret *out;
    struct tw_error *err;
};

static enum tw_status
not_found_is_config(const struct reading *reading, enum tw_status status)
{
    if (status != TW_E_NOT_FOUND)
        return status;
    if (reading->err)
        reading->err->status = TW_E_CONFIG;
    secret_source_remedy(reading->source, reading->err);
    return TW_E_CONFIG;
}

static enum tw_status
read_open(const struct reading *reading, const struct owned_path *path,
          const struct owned_rule *rule)
{
    AUTO_CLOSE int fd = -1;
    struct stat st;
    enum tw_status status =
        owned_file_open(path, rule, &fd, &st, reading->err);

    if (!status)
        status =
            owned_file_read(fd, path->label, &st, reading->out, reading->err);
    if (status == TW_E_RETRY) {
        if (reading->err)
            reading->err->status = TW_E_ACCESS;
        return TW_E_ACCESS;
    }
    return not_found_is_config(reading, status);
}

static enum tw_status
too_large(const struct reading *reading)
{
    return tw_fail(reading->err, TW_E_CONFIG, "%s: larger than %zu bytes",
                   reading->label, reading->max);
}

static enum tw_status
read_value(const struct reading *reading)
{
    return secret_append_text(reading->out, reading->source->value)
               ? TW_OK
               : tw_no_memory(reading->err);
}

static enum tw_status
read_path(const struct reading *reading, const struct owned_rule *rule)
{
    const struct owned_path path = {.dir = AT_FDCWD,
                                    .name = reading->source->text,
                                    .path = reading->source->text,
                                    .label = reading->label};

    return read_open(reading, &path, rule);
}

/* Whoever writes a foreign one decides who may read it, and may swap it by a
 * link, as Kubernetes does; nobody else may write it. */
static struct owned_rule
rule_of_file(enum secret_kind kind, bool system)
{
    if (kind == SECRET_FOREIGN_FILE)
        return (struct owned_rule){.root_too = true,
                                   .follow = true,
                                   .forbidden = 022,
                                   .wanted = 0644};
    return (struct owned_rule){.root_too = system,
                               .forbidden = system ? 037 : 077,
                               .wanted = system ? 0640 : 0600,
                               .owner = system ? TW_SERVICE_USER : NULL};
}

static enum tw_status
read_file(const struct reading *reading)
{
    const struct owned_rule rule =
        rule_of_file(reading->source->kind, reading->context->system);

    return read_path(reading, &rule);
}

/* Absolute and without a way back up, as systemd sets it. */
static bool
is_clean_path(const char *path)
{
    if (path[0] != '/')
        return false;
    for (const char *at = path; (at = strstr(at, "/..")); at += 3) {
        if (at[3] == '/' || at[3] == '\0')
            return false;
    }
    return true;
}

static enum tw_status
read_credential(const struct reading *reading)
{
    static const struct owned_rule RULE = {
        .root_too = true, .forbidden = 037, .wanted = 0400};
    const char *dir =
        environment_get(reading->context->environment, CREDENTIALS);
    struct owned_path path = {
        .dir = AT_FDCWD, .name = dir, .path = dir, .label = reading->label};
    AUTO_CLOSE int fd = -1;
    char whole[PATH_MAX];
    struct stat st;
    enum tw_status status;

    if (!dir || !dir[0])
        return tw_fail(reading->err, TW_E_CONFIG,
                       "%s: " CREDENTIALS " is not set\ngive the unit "
                       "LoadCredential=%s:PATH",
                       reading->label, reading->source->text);
    if (!is_clean_path(dir))
        return tw_fail(reading->err, TW_E_CONFIG,
                       "%s: " CREDENTIALS " is no absolute path without ..",
                       reading->label);
    status = owned_directory_open(&path, false, &fd, &st, reading->err);
    if (status)
        return not_found_is_config(reading, status);
    path.dir = fd;
    path.name = reading->source->text;
    path.path = whole;
    (void)snprintf(whole, sizeof whole, "%s/%s", dir, path.name);
    return read_open(reading, &path, &RULE);
}

static enum tw_status
read_variable(const struct reading *reading)
{
    const char *value =
        environment_get(reading->context->environment, reading->source->text);

    if (!value) {
        (void)tw_fail(reading->err, TW_E_CONFIG, "%s: is not set",
                      reading->label);
        secret_source_remedy(reading->source, reading->err);
        return TW_E_CONFIG;
    }
    if (strnlen(value, reading->out->max + 1) > reading->out->max)
        return too_large(reading);
    return secret_append_text(reading->out, value)
               ? TW_OK
               : tw_no_memory(reading->err);
}

static enum tw_status
read_command(const struct reading *reading)
{
    return secret_command_run(reading->context->broker, reading->source->argv,
                              reading->label, SECRET_COMMAND_MS, reading->out,
                              reading->err);
}

/* A token that was bought by another profile of that name is none of it. */
static bool
is_living(const struct secret_source *source, const struct record *kept)
{
    const char *wanted = source->fingerprint ? source->fingerprint : "";

    return record_left(kept, clock_now()) > 0 &&
           strcmp(kept->fingerprint, wanted) == 0;
}

/* fetch.c saw to it that there is one, if it could. */
static enum tw_status
read_profile(const struct reading *reading)
{
    AUTO_STORE_PROFILE place = {.dir = -1, .lock = -1};
    AUTO_RECORD kept = RECORD_INIT;
    const struct store *store = reading->context->store;
    enum tw_status status;

    if (!store)
        return tw_fail(reading->err, TW_E_CONFIG,
                       "%s: there is no place for tokens here",
                       reading->label);
    status = store_enter(store, reading->source->text, &place, reading->err);
    if (status)
        return status;
    if (store_record(&place, &kept, NULL) ||
        !is_living(reading->source, &kept))
        return tw_fail(reading->err, TW_E_RETRY, "%s: has no living token",
                       reading->label);
    if (kept.token_len > reading->max)
        return too_large(reading);
    return secret_append(reading->out, kept.token, kept.token_len)
               ? TW_OK
               : tw_no_memory(reading->err);
}

struct kind {
    const char *noun;
    enum tw_status (*read)(const struct reading *reading);
    const char *remedy; /* where it is not there; or NULL */
};

static const struct kind KINDS[] = {
    [SECRET_NONE] = {"no secret", NULL, NULL},
    [SECRET_VALUE] = {"the profile itself", read_value, NULL},
    [SECRET_FILE] = {"file", read_file,
                     "write the secret there, as its one line, and chmod 600 "
                     "it"},
    [SECRET_CREDENTIAL] = {"credential", read_credential,
                           "name it in the unit's LoadCredential="},
    [SECRET_ENV] = {"environment variable", read_variable,
                    "export it where tokenward is started, a resident helper "
                    "too"},
    [SECRET_COMMAND] = {"command", read_command,
                        "is it installed, and in the helper's PATH?"},
    [SECRET_FOREIGN_FILE] = {"file", read_file,
                             "is it the path, and does the program run that "
                             "writes it?"},
    [SECRET_PROFILE] = {"profile", read_profile, NULL},
};

/* One LF or CRLF at the end belongs to the file, not to the secret. */
static enum tw_status
check_size(const struct reading *reading, struct secret *read)
{
    size_t n = read->len;

    if (n && read->bytes[n - 1] == '\n')
        n -= n > 1 && read->bytes[n - 2] == '\r' ? 2 : 1;
    if (n == 0)
        return tw_fail(reading->err, TW_E_CONFIG, "%s: is empty",
                       reading->label);
    if (n > reading->max)
        return too_large(reading);
    explicit_bzero(read->bytes + n, read->len - n);
    read->len = n;
    return TW_OK;
}

static enum tw_status
check_line(const struct reading *reading, const struct secret *read)
{
    if (memchr(read->bytes, '\0', read->len) ||
        memchr(read->bytes, '\r', read->len) ||
        memchr(read->bytes, '\n', read->len))
        return tw_fail(reading->err, TW_E_CONFIG,
                       "%s: holds NUL, CR or a line break; a secret is one "
                       "line",
                       reading->label);
    /* No server issues one; after some refusals it locks the client out. */
    if (strncmp(secret_text(read), BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)) ==
        0)
        return tw_fail(reading->err, TW_E_CONFIG,
                       "%s: begins with a byte order mark, which an editor "
                       "wrote\nsave it without one",
                       reading->label);
    return TW_OK;
}

void
secret_source_describe(const struct secret_source *source, char *out,
                       size_t size)
{
    const char *name =
        source->kind == SECRET_COMMAND ? source->argv[0] : source->text;
    struct shown shown;

    (void)snprintf(out, size, "%s%s%s", KINDS[source->kind].noun,
                   name ? " " : "",
                   name ? text_printable(&shown, name, strlen(name)) : "");
}

void
secret_source_remedy(const struct secret_source *source, struct tw_error *err)
{
    if (err && KINDS[source->kind].remedy)
        error_hint(err, KINDS[source->kind].remedy);
}

void
secret_source_place(const struct secret_source *source, char *out, size_t size)
{
    char what[256];

    secret_source_describe(source, what, sizeof what);
    (void)snprintf(out, size, "%s:%u:%u: secret from %s", source->file,
                   source->line, source->column, what);
}

static enum tw_status
read_checked(const struct reading *reading, bool is_line)
{
    enum tw_status status = KINDS[reading->source->kind].read(reading);

    if (!status)
        status = check_size(reading, reading->out);
    return status || !is_line ? status : check_line(reading, reading->out);
}

enum tw_status
secret_source_look(const struct secret_source *source, bool system,
                   const char *label, struct tw_error *err)
{
    const struct owned_rule rule = rule_of_file(source->kind, system);
    const struct secret_context context = {.system = system};
    AUTO_SECRET read = SECRET_INIT(SECRET_DOCUMENT_MAX + strlen("\r\n"));
    struct reading reading = {.source = source,
                              .context = &context,
                              .max = SECRET_DOCUMENT_MAX,
                              .out = &read,
                              .err = err};
    const struct owned_path path = {AT_FDCWD, source->text, source->text,
                                    label};
    AUTO_CLOSE int fd = -1;
    enum tw_status status;
    struct stat st;

    if (source->kind == SECRET_FOREIGN_FILE)
        return owned_file_open(&path, &rule, &fd, &st, err);
    if (source->kind != SECRET_FILE)
        return TW_OK;
    (void)snprintf(reading.label, sizeof reading.label, "%s", label);
    status = read_checked(&reading, false);
    /* What a provider takes as its answer is an object, and may have lines. */
    return status || read.bytes[strspn(read.bytes, " \t\r\n")] == '{'
               ? status
               : check_line(&reading, &read);
}

static enum tw_status
read_source(const struct secret_source *source,
            const struct secret_context *context, bool is_line,
            struct secret *out, struct tw_error *err)
{
    AUTO_SECRET read = SECRET_INIT(out->max + strlen("\r\n"));
    struct reading reading = {.source = source,
                              .context = context,
                              .max = out->max,
                              .out = &read,
                              .err = err};
    enum tw_status status;

    if (!KINDS[source->kind].read)
        return tw_fail(err, TW_E_CONFIG, "the profile names no secret");
    secret_source_place(source, reading.label, sizeof reading.label);
    status = read_checked(&reading, is_line);
    if (status)
        return status;
    read.max = out->max;
    secret_take(out, &read);
    return TW_OK;
}

enum tw_status
secret_source_read(const struct secret_source *source,
                   const struct secret_context *context, struct secret *out,
                   struct tw_error *err)
{
    return read_source(source, context, true, out, err);
}

enum tw_status
secret_source_read_document(const struct secret_source *source,
                            const struct secret_context *context,
                            struct secret *out, struct tw_error *err)
{
    return read_source(source, context, false, out, err);
}
