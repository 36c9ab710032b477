/* SPDX-License-Identifier: MIT */
/*
 * secret_looks.c - see secret_looks.h.
 *
 * What proves the client is marked where it is used, by client_auth.c, and
 * read for that.  The others may be many, or a person's, or run a command, so
 * that reading them just to see whether they changed costs too much: a file's
 * mark does, and a token's record is a file.
 */
#include "helper/store/secret_looks.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

#include "helper/keys/key.h"
#include "helper/store/store.h"

static bool
add_mark(struct secret *out, int dir, const char *path)
{
    struct stat st;
    struct mark mark;

    mark_of(fstatat(dir, path, &st, 0) == 0 ? &st : NULL, &mark);
    return secret_append_text(out, mark.text) && secret_append(out, "\n", 1);
}

static bool
add_path(struct secret *out, int dir, const char *above, const char *name)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s%s", above, name);

    return n > 0 && (size_t)n < sizeof path && add_mark(out, dir, path);
}

static bool
add_credential(struct secret *out, const struct environment *environment,
               const char *name)
{
    char above[PATH_MAX];
    const char *dir = environment_get(environment, "CREDENTIALS_DIRECTORY");

    (void)snprintf(above, sizeof above, "%s/", dir ? dir : "");
    return add_path(out, AT_FDCWD, above, name);
}

static bool
add_text(struct secret *out, const char *text)
{
    return secret_append_text(out, text ? text : "") &&
           secret_append(out, "\n", 1);
}

static bool
add_token(struct secret *out, const struct store *store, const char *name)
{
    char path[NAME_MAX];

    (void)snprintf(path, sizeof path, "%s/record", name);
    return !store || add_mark(out, store->root, path);
}

static bool
add_source(struct secret *out, const struct secret_source *source,
           const struct secret_context *context)
{
    switch (source->kind) {
    case SECRET_NONE:
    case SECRET_COMMAND:
        return true;
    case SECRET_VALUE:
        return add_text(out, source->value);
    case SECRET_FILE:
    case SECRET_FOREIGN_FILE:
        return add_path(out, AT_FDCWD, "", source->text);
    case SECRET_CREDENTIAL:
        return add_credential(out, context->environment, source->text);
    case SECRET_ENV:
        return add_text(out,
                        environment_get(context->environment, source->text));
    case SECRET_PROFILE:
        return add_token(out, context->store, source->text);
    }
    return false;
}

/* Keys and certificates, and whom the source believes; what stays in its token
 * looks always the same. */
static bool
add_files(struct secret *out, const struct profile *source)
{
    struct profile_path file;
    bool good =
        !source->ca_file || add_path(out, AT_FDCWD, "", source->ca_file);

    for (size_t i = 0; good && profile_source_file(source, i, &file); i++) {
        const char *path = file.path ? key_path(file.path) : "";

        good = path[0] != '/' || add_path(out, AT_FDCWD, "", path);
    }
    return good;
}

bool
secret_looks(const struct profile *source,
             const struct secret_context *context, struct secret *out)
{
    const struct profile_request *request = &source->request;
    bool good = add_files(out, source);

    for (size_t i = 0; good && i < source->option_count; i++)
        good = add_source(out, &source->options[i].secret, context);
    for (size_t i = 0; good && i < request->param_count; i++)
        good = add_source(out, &request->params[i].value, context);
    for (size_t i = 0; good && i < request->header_count; i++)
        good = add_source(out, &request->headers[i].value, context);
    return good;
}
