/* SPDX-License-Identifier: MIT */
/*
 * secret_source.h - where a secret is, and reading it when it is needed.
 */
#ifndef TW_HELPER_SECRET_SOURCE_H
#define TW_HELPER_SECRET_SOURCE_H

#include "helper/environment.h"
#include "provider/base/error.h"
#include "provider/base/secret.h"

#define CLIENT_SECRET_MAX 8192 /* bytes of a client secret */
#define SECRET_COMMAND_MS 10000

enum secret_kind {
    SECRET_NONE = 0,
    SECRET_VALUE,      /* in the profile, whose file must then be 0600 */
    SECRET_FILE,       /* {file: PATH}, relative to the profile's directory */
    SECRET_CREDENTIAL, /* {credential: NAME}, in $CREDENTIALS_DIRECTORY */
    SECRET_ENV,        /* {env: NAME} */
    SECRET_COMMAND,    /* {command: [ARGV...]}, no shell */
};

struct secret_source {
    enum secret_kind kind;
    struct secret value; /* VALUE */
    char *text;          /* FILE: absolute path; CREDENTIAL, ENV: a name */
    char **
        argv; /* COMMAND: NULL-ended; argv[0] absolute, or looked up in PATH */
    const char *file; /* place of the key in the profile, borrowed from it */
    uint32_t line, column;
};

/* secret_source_read: the secret's bytes now, one trailing LF or CRLF
 * stripped. A file is opened O_NONBLOCK|O_NOFOLLOW|O_CLOEXEC and checked on
 * the descriptor: regular, owned by the caller (or, as @system, by root), no
 * group or other permission but, as @system, reading by the group.
 * Refuses an empty secret, NUL, CR, LF inside, and more than
 * CLIENT_SECRET_MAX bytes.  A command gets an environment of PATH, HOME and
 * the like, no stdin, SECRET_COMMAND_MS, and is killed with its group then.
 * TW_E_CONFIG, TW_E_ACCESS, TW_E_SYSTEM; a message names the source and the
 * profile's line, never a byte of the secret. */
enum tw_status secret_source_read(const struct secret_source *source,
                                  const struct environment *environment,
                                  bool system, struct secret *out,
                                  struct tw_error *err);

/* secret_source_describe: "file /x/y", "environment variable X", ... */
void secret_source_describe(const struct secret_source *source, char *out,
                            size_t size);

void secret_source_clear(struct secret_source *source);

#endif
