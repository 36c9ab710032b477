/* SPDX-License-Identifier: MIT */
/*
 * secret_source.c - where a secret is comes in, the secret goes out.
 *
 * It is read anew each time and kept nowhere.  Whatever its source, the same
 * check follows: one line, not empty, bounded.  A message names the profile's
 * line and the source; what was read never comes near one.
 */
#include "helper/secret_source.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helper/owned_file.h"
#include "helper/secret_command.h"
#include "provider/base/text.h"

#define LABEL_MAX 768 /* place and source; longer ones are cut */
#define CREDENTIALS "CREDENTIALS_DIRECTORY"

/* One reading: what it needs, and how messages about it begin. */
struct reading {
    const struct secret_source *source;
    const struct environment *environment;
    bool system;
    char label[LABEL_MAX];
    struct secret *out;
    struct tw_error *err;
};

static enum tw_status
not_found_is_config(struct tw_error *err, enum tw_status status)
{
    if (status != TW_E_NOT_FOUND)
        return status;
    if (err)
        err->status = TW_E_CONFIG;
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
    return not_found_is_config(reading->err, status);
}

static enum tw_status
read_value(const struct reading *reading)
{
    const struct secret *value = &reading->source->value;

    return secret_append(reading->out, secret_text(value), value->len)
               ? TW_OK
               : tw_no_memory(reading->err);
}

static enum tw_status
read_file(const struct reading *reading)
{
    const struct owned_rule rule = {.root_too = reading->system,
                                    .forbidden = reading->system ? 037 : 077,
                                    .wanted = reading->system ? 0640 : 0600};
    const struct owned_path path = {.dir = AT_FDCWD,
                                    .name = reading->source->text,
                                    .path = reading->source->text,
                                    .label = reading->label};

    return read_open(reading, &path, &rule);
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
    const char *dir = environment_get(reading->environment, CREDENTIALS);
    struct owned_path path = {
        .dir = AT_FDCWD, .name = dir, .path = dir, .label = reading->label};
    AUTO_CLOSE int fd = -1;
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
        return not_found_is_config(reading->err, status);
    path.dir = fd;
    path.name = path.path = reading->source->text;
    return read_open(reading, &path, &RULE);
}

static enum tw_status
read_variable(const struct reading *reading)
{
    const char *value =
        environment_get(reading->environment, reading->source->text);

    if (!value)
        return tw_fail(reading->err, TW_E_CONFIG, "%s: is not set",
                       reading->label);
    if (strnlen(value, reading->out->max + 1) > reading->out->max)
        return tw_fail(reading->err, TW_E_CONFIG, "%s: larger than %d bytes",
                       reading->label, CLIENT_SECRET_MAX);
    return secret_append_text(reading->out, value)
               ? TW_OK
               : tw_no_memory(reading->err);
}

static enum tw_status
read_command(const struct reading *reading)
{
    return secret_command_run(reading->source->argv,
                              reading->environment->allowed, reading->label,
                              SECRET_COMMAND_MS, reading->out, reading->err);
}

struct kind {
    const char *noun;
    enum tw_status (*read)(const struct reading *reading);
};

static const struct kind KINDS[] = {
    [SECRET_NONE] = {"no secret", NULL},
    [SECRET_VALUE] = {"the profile itself", read_value},
    [SECRET_FILE] = {"file", read_file},
    [SECRET_CREDENTIAL] = {"credential", read_credential},
    [SECRET_ENV] = {"environment variable", read_variable},
    [SECRET_COMMAND] = {"command", read_command},
};

/* One LF or CRLF at the end belongs to the file, not to the secret. */
static enum tw_status
check_secret(const struct reading *reading, struct secret *read)
{
    size_t n = read->len;

    if (n && read->bytes[n - 1] == '\n')
        n -= n > 1 && read->bytes[n - 2] == '\r' ? 2 : 1;
    if (n == 0)
        return tw_fail(reading->err, TW_E_CONFIG, "%s: is empty",
                       reading->label);
    if (n > CLIENT_SECRET_MAX)
        return tw_fail(reading->err, TW_E_CONFIG, "%s: larger than %d bytes",
                       reading->label, CLIENT_SECRET_MAX);
    explicit_bzero(read->bytes + n, read->len - n);
    read->len = n;
    if (memchr(read->bytes, '\0', n) || memchr(read->bytes, '\r', n) ||
        memchr(read->bytes, '\n', n))
        return tw_fail(reading->err, TW_E_CONFIG,
                       "%s: holds NUL, CR or a line break; a secret is one "
                       "line",
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

enum tw_status
secret_source_read(const struct secret_source *source,
                   const struct environment *environment, bool system,
                   struct secret *out, struct tw_error *err)
{
    AUTO_SECRET read = SECRET_INIT(CLIENT_SECRET_MAX + sizeof "\r");
    struct reading reading = {.source = source,
                              .environment = environment,
                              .system = system,
                              .out = &read,
                              .err = err};
    char what[256];
    enum tw_status status;

    if (!KINDS[source->kind].read)
        return tw_fail(err, TW_E_CONFIG, "the profile names no secret");
    secret_source_describe(source, what, sizeof what);
    (void)snprintf(reading.label, sizeof reading.label,
                   "%s:%u:%u: secret "
                   "from %s",
                   source->file, source->line, source->column, what);
    status = KINDS[source->kind].read(&reading);
    if (!status)
        status = check_secret(&reading, &read);
    if (status)
        return status;
    read.max = CLIENT_SECRET_MAX;
    secret_take(out, &read);
    return TW_OK;
}

void
secret_source_clear(struct secret_source *source)
{
    secret_clear(&source->value);
    free(source->text);
    for (char **argument = source->argv; argument && *argument; argument++)
        free(*argument);
    free(source->argv);
    *source = (struct secret_source){0};
}
