/* SPDX-License-Identifier: MIT */
/*
 * client_auth.c - the table of methods; see client_auth.h.  A new one is a
 * word in enum auth_method, a row here, and a function.
 */
#include "helper/exchange/client_auth.h"

#include <stdio.h>
#include <string.h>

#include "helper/exchange/client_auth_method.h"
#include "helper/text/form.h"
#include "provider/base/text.h"

struct row {
    const char *name;
    unsigned needs;
    client_auth_method *apply;
    const char *hint;
};

#define ID_AND_SECRET                                                      \
    "check client_id and the secret against what the server issued; does " \
    "it want token_endpoint_auth_method: "

static const struct row ROWS[] = {
    [AUTH_CLIENT_SECRET_POST] =
        {"client_secret_post", AUTH_NEEDS_SECRET, client_auth_post,
         ID_AND_SECRET "client_secret_basic instead of client_secret_post, or "
                       "the other way round?"},
    [AUTH_CLIENT_ASSERTION] =
        {"client_assertion", AUTH_NEEDS_ASSERTION, client_auth_assertion,
         "is the assertion still valid, is its audience this server, and does "
         "the server trust who issued it?"},
    [AUTH_CLIENT_SECRET_BASIC] =
        {"client_secret_basic", AUTH_NEEDS_SECRET, client_auth_basic,
         ID_AND_SECRET "client_secret_basic instead of client_secret_post, or "
                       "the other way round?"},
    [AUTH_CLIENT_SECRET_JWT] =
        {"client_secret_jwt", AUTH_NEEDS_SECRET, client_auth_secret_jwt,
         "check client_id and the secret; does the server want another "
         "assertion_audience, and is the clock of this machine right?"},
    [AUTH_NONE] = {"none", 0, client_auth_id,
                   "is client_id right, and is it a public client that needs "
                   "no secret?"},
    [AUTH_PRIVATE_KEY_JWT] =
        {"private_key_jwt", AUTH_NEEDS_KEY, client_auth_key_jwt,
         "does the server have the public half of this key, under this "
         "assertion_key_id? does it want another assertion_audience or "
         "token_endpoint_auth_signing_alg? is the clock of this machine "
         "right?"},
    [AUTH_SELF_SIGNED_TLS] = {"self_signed_tls_client_auth",
                              AUTH_NEEDS_CERTIFICATE, client_auth_id,
                              "does the server have this very certificate "
                              "for this client_id?"},
    [AUTH_TLS] = {"tls_client_auth", AUTH_NEEDS_CERTIFICATE, client_auth_id,
                  "is this the subject that the server has for this "
                  "client_id, and does it trust who issued the certificate?"},
};

#define ROW_COUNT (sizeof ROWS / sizeof *ROWS)

const char *
client_auth_name(size_t method)
{
    return method < ROW_COUNT ? ROWS[method].name : NULL;
}

unsigned
client_auth_needs(enum auth_method method)
{
    return ROWS[method].needs;
}

const char *
client_auth_hint(const struct profile *profile)
{
    return profile->client_id
               ? ROWS[profile->auth_method].hint
               : "the server wants a client: add client_id, and what proves "
                 "it, like client_secret";
}

/* It is told that they were refused, so both were tried. */
static void
describe_secrets(const struct profile *profile, char *out, size_t size)
{
    char first[120], next[120];

    secret_source_describe(&profile->client_secret, first, sizeof first);
    secret_source_describe(profile_secret_next(profile), next, sizeof next);
    (void)snprintf(out, size,
                   "both were refused, client_secret from %s and "
                   "client_secret_next from %s",
                   first, next);
}

static void
describe_source(const char *what, const struct secret_source *source,
                char *out, size_t size)
{
    char place[200];

    secret_source_describe(source, place, sizeof place);
    (void)snprintf(out, size, "the %s came from %s", what, place);
}

void
client_auth_describe(const struct profile *profile, char *out, size_t size)
{
    unsigned needs = client_auth_needs(profile->auth_method);
    struct shown shown;

    if (!profile->client_id)
        (void)snprintf(out, size, "no client was named");
    else if ((needs & AUTH_NEEDS_SECRET) && profile_secret_next(profile)->kind)
        describe_secrets(profile, out, size);
    else if (needs & AUTH_NEEDS_SECRET)
        describe_source("secret", &profile->client_secret, out, size);
    else if (needs & AUTH_NEEDS_ASSERTION)
        describe_source("assertion", &profile_assertion(profile)->given, out,
                        size);
    else if (needs & AUTH_NEEDS_KEY)
        (void)snprintf(
            out, size, "it was signed with %s",
            text_printable(&shown, profile_assertion(profile)->key.uri,
                           strlen(profile_assertion(profile)->key.uri)));
    else if (needs & AUTH_NEEDS_CERTIFICATE)
        (void)snprintf(
            out, size, "the certificate came from %s",
            text_printable(&shown, profile_identity(profile)->certificate,
                           strlen(profile_identity(profile)->certificate)));
    else
        (void)snprintf(out, size, "no secret was sent");
}

enum tw_status
client_auth_too_long(const struct client_auth *auth)
{
    return tw_fail(auth->err, TW_E_CONFIG,
                   "%s:%u: profile '%s': client_id and what proves it are too "
                   "long",
                   auth->profile->file, auth->profile->client_id_line,
                   auth->profile->name);
}

enum tw_status
client_auth_id(const struct client_auth *auth)
{
    const char *id = auth->profile->client_id;

    return form_field(auth->form, "client_id", id, strlen(id))
               ? TW_OK
               : client_auth_too_long(auth);
}

/* No secret is that: each is a line. */
#define MARK_UNUSABLE "\n"

enum tw_status
client_auth_apply(const struct profile *profile,
                  const struct secret_context *secrets, enum auth_secret which,
                  struct secret *form, struct client_proof *proof,
                  struct tw_error *err)
{
    const struct client_auth auth = {profile, secrets, which,
                                     form,    proof,   err};
    enum tw_status status = TW_OK;

    client_proof_clear(proof);
    if (profile->client_id)
        status = ROWS[profile->auth_method].apply(&auth);
    if (!status && profile_identity(profile)->certificate) {
        status = identity_open(profile, secrets, &proof->identity,
                               &proof->mark, err);
        proof->has_identity = !status;
    }
    if (status) {
        secret_clear(&proof->mark);
        (void)secret_append_text(&proof->mark, MARK_UNUSABLE);
    }
    return status;
}

void
client_proof_init(struct client_proof *proof)
{
    *proof = (struct client_proof){
        .authorization = SECRET_INIT(AUTHORIZATION_MAX),
        .sent = SECRET_INIT(TOKEN_MAX),
        .mark = SECRET_INIT(PROOF_MARK_MAX),
    };
}

void
client_proof_clear(struct client_proof *proof)
{
    secret_clear(&proof->authorization);
    secret_clear(&proof->sent);
    secret_clear(&proof->mark);
    identity_clear(&proof->identity);
    client_proof_init(proof); /* what was moved brought its own maximum */
}
