/* SPDX-License-Identifier: MIT */
/*
 * secret_source.h - where a secret is, and reading it when it is needed.
 */
#ifndef TW_HELPER_SECRET_SOURCE_H
#define TW_HELPER_SECRET_SOURCE_H

#include "helper/base/environment.h"
#include "provider/base/error.h"
#include "provider/base/secret.h"

#define CLIENT_SECRET_MAX 8192           /* bytes, by value or of a client */
#define SECRET_DOCUMENT_MAX (256 * 1024) /* bytes around a token, and it */
#define SECRET_COMMAND_MS 10000

enum secret_kind {
    SECRET_NONE = 0,
    SECRET_VALUE,      /* in the profile, whose file must then be 0600 */
    SECRET_FILE,       /* {file: PATH}, relative to the profile's directory */
    SECRET_CREDENTIAL, /* {credential: NAME}, in $CREDENTIALS_DIRECTORY */
    SECRET_ENV,        /* {env: NAME} */
    SECRET_COMMAND,    /* {command: [ARGV...]}, no shell */
    SECRET_FOREIGN_FILE, /* another program's, who may read it is its affair */
    SECRET_PROFILE,      /* {profile: NAME}, its living token */
};

/* The profile's arena has all texts of it, and is wiped. */
struct secret_source {
    enum secret_kind kind;
    const char *value; /* VALUE: the secret itself */
    char *text; /* a FILE's absolute path; CREDENTIAL, ENV, PROFILE: a name */
    char **
        argv; /* COMMAND: NULL-ended; argv[0] absolute, or looked up in PATH */
    char *fingerprint; /* PROFILE: that profile's, see profile_links.h */
    const char *file;  /* place of the key in the profile, borrowed from it */
    uint32_t line, column;
};

struct broker;
struct store;

/* What reading needs besides the source. */
struct secret_context {
    const struct environment *environment;
    const struct store *store; /* where tokens of profiles are; or NULL */
    bool system;
    struct broker *broker; /* runs commands; or NULL: none is run */
};

/* secret_source_read: the secret's bytes now, one trailing LF or CRLF
 * stripped. A file is opened O_NONBLOCK|O_NOFOLLOW|O_CLOEXEC and checked on
 * the descriptor: regular, owned by the caller (or, as @system, by root), no
 * group or other permission but, as @system, reading by the group.
 * A foreign file may be a link, root's, and readable by all.
 * A profile's token is not fetched here: TW_E_RETRY when none is alive that
 * was bought by the profile as it is now.
 * Refuses an empty secret, NUL, CR, LF inside, and more than @out's maximum.
 * A command gets an environment of PATH, HOME and the like, no stdin,
 * SECRET_COMMAND_MS, and is killed with its group then, which is TW_E_RETRY.
 * TW_E_CONFIG, TW_E_ACCESS, TW_E_SYSTEM; a message names the source and the
 * profile's line, never a byte of the secret. */
enum tw_status secret_source_read(const struct secret_source *source,
                                  const struct secret_context *context,
                                  struct secret *out, struct tw_error *err);

/* secret_source_read_document: the same, but CR and LF are allowed in it. */
enum tw_status
secret_source_read_document(const struct secret_source *source,
                            const struct secret_context *context,
                            struct secret *out, struct tw_error *err);

/* secret_source_describe: "file /x/y", "environment variable X", ... */
void secret_source_describe(const struct secret_source *source, char *out,
                            size_t size);

/* secret_source_remedy: gives @err, that the source is not there, the hint
 * what to do. */
void secret_source_remedy(const struct secret_source *source,
                          struct tw_error *err);

/* secret_source_look: what a reading would say of a file that is there: its
 * owner and mode, and whether it holds a secret at all.  A foreign one is
 * opened and not read; TW_OK for what is no file.  @label begins the message.
 * Statuses of secret_source_read(). */
enum tw_status secret_source_look(const struct secret_source *source,
                                  bool system, const char *label,
                                  struct tw_error *err);

/* secret_source_place: "FILE:LINE:COLUMN: secret from file /x/y". */
void secret_source_place(const struct secret_source *source, char *out,
                         size_t size);

#endif
