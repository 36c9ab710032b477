/* SPDX-License-Identifier: MIT */
/*
 * key.h - a private key, opened where it is: a file, or a token that never
 * gives it away.
 */
#ifndef TW_HELPER_KEY_H
#define TW_HELPER_KEY_H

#include <stdbool.h>

#include "provider/base/error.h"
#include "provider/base/secret.h"

#define KEY_FILE_MAX 65536 /* bytes; an encrypted RSA 16384 key has 13 K */

struct evp_pkey_st;
struct ossl_lib_ctx_st;
struct ossl_provider_st;

/* An open key, and how messages about it begin. */
struct key {
    struct evp_pkey_st *pkey;
    struct ossl_lib_ctx_st *library;       /* of a token's provider, or NULL */
    struct ossl_provider_st *providers[2]; /* which it does not let go */
    char properties[64]; /* which provider works with it, or "" */
    char label[512];
};

/* Where a key is. */
struct key_place {
    const char *uri;   /* an absolute path, or what key_uri_problem() passes */
    const char *label; /* "FILE:LINE:COLUMN: KEY" */
    const char *passphrase_key; /* the profile's key for it, for a message */
    bool system;
};

/* key_is_uri: does @text begin with a scheme, as "pkcs11:" does? */
bool key_is_uri(const char *text);

/* key_path: what follows @uri's file: or file://, or @uri itself; a key's file
 * if that begins with '/'. */
const char *key_path(const char *uri);

/* key_home: where a key is that stays there.  A file is looked into, and is
 * at home if it cannot be. */
enum key_home { KEY_AT_HOME = 0, KEY_IN_TPM, KEY_IN_PKCS11 };
enum key_home key_home(const char *uri);

/* key_uri_problem: why @uri is none that a key can be opened by, as the rest
 * of a sentence, or NULL.  file: must have an absolute path; a PIN must not
 * stand in it. */
const char *key_uri_problem(const char *uri);

/* key_open: opens it anew, whatever was open before.  A file is one key in
 * PEM, DER or PKCS #12 and is checked as a secret's file is
 * (secret_source.h); other URIs go to the OpenSSL store of their provider,
 * loaded beside the process's own and for this key alone.  @passphrase: of an
 * encrypted file, or a token's PIN; empty: none.
 * TW_E_CONFIG: no key there, more than one, another passphrase, no provider;
 * TW_E_ACCESS, TW_E_SYSTEM.  Messages name the place. */
enum tw_status key_open(const struct key_place *place,
                        const struct secret *passphrase, struct key *out,
                        struct tw_error *err);

/* key_look: would owner and mode of @uri's file have key_open() refuse it?
 * Nothing is read; what is no file is never refused.  @label begins every
 * message.  TW_E_NOT_FOUND, TW_E_ACCESS, TW_E_SYSTEM. */
enum tw_status key_look(const char *uri, bool system, const char *label,
                        struct tw_error *err);

/* key_mark: appends what tells this key from another one, its public half;
 * false when @out's maximum is passed. */
bool key_mark(const struct key *key, struct secret *out);

void key_clear(struct key *key);

#define AUTO_KEY AUTO(key_clear) struct key

#endif
