/* SPDX-License-Identifier: MIT */
/*
 * assertions.c - see assertions.h.  It shares no code with tokenward, so that
 * the two cannot be wrong in the same way: json-c reads, libcrypto verifies.
 */
#include "tests/sandbox/assertions.h"

#include <json-c/json.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#define TYPE "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
#define PART_MAX 16384
#define P256_BYTES 32
#define ID_MAX 128

struct assertions {
    pthread_mutex_t lock;
    char ids[ASSERTIONS_REMEMBERED][ID_MAX];
    size_t next;
};

/* One of the three parts, decoded. */
struct part {
    unsigned char bytes[PART_MAX + 4];
    size_t len;
};

struct token {
    struct span signed_part;
    struct part header, claims, signature;
    struct json_object *header_json, *claims_json;
};

enum tw_status
assertions_new(struct assertions **out, struct tw_error *err)
{
    struct assertions *assertions = calloc(1, sizeof *assertions);

    if (!assertions)
        return tw_no_memory(err);
    (void)pthread_mutex_init(&assertions->lock, NULL);
    *out = assertions;
    return TW_OK;
}

void
assertions_free(struct assertions *assertions)
{
    if (!assertions)
        return;
    (void)pthread_mutex_destroy(&assertions->lock);
    free(assertions);
}

static bool
decode(struct span text, struct part *out)
{
    static const char ALPHABET[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnop"
                                   "qrstuvwxyz0123456789-_";
    unsigned bits = 0, held = 0;

    out->len = 0;
    if (text.len / 4 * 3 > PART_MAX)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        const char *at =
            text.bytes[i] ? strchr(ALPHABET, text.bytes[i]) : NULL;

        if (!at)
            return false;
        bits = bits << 6 | (unsigned)(at - ALPHABET);
        held += 6;
        if (held >= 8) {
            held -= 8;
            out->bytes[out->len++] = (unsigned char)(bits >> held);
        }
    }
    out->bytes[out->len] = '\0';
    return true;
}

static void
clear_token(struct token *token)
{
    json_object_put(token->header_json);
    json_object_put(token->claims_json);
}

static bool
take_apart(struct span jwt, struct token *out)
{
    const char *first = memchr(jwt.bytes, '.', jwt.len);
    const char *end = jwt.bytes + jwt.len;
    const char *second =
        first ? memchr(first + 1, '.', (size_t)(end - first - 1)) : NULL;

    if (!second)
        return false;
    out->signed_part = (struct span){jwt.bytes, (size_t)(second - jwt.bytes)};
    if (!decode((struct span){jwt.bytes, (size_t)(first - jwt.bytes)},
                &out->header) ||
        !decode((struct span){first + 1, (size_t)(second - first - 1)},
                &out->claims) ||
        !decode((struct span){second + 1, (size_t)(end - second - 1)},
                &out->signature))
        return false;
    out->header_json = json_tokener_parse((char *)out->header.bytes);
    out->claims_json = json_tokener_parse((char *)out->claims.bytes);
    return out->header_json && out->claims_json;
}

static const char *
text_of(struct json_object *object, const char *name)
{
    struct json_object *value;

    if (!json_object_object_get_ex(object, name, &value) ||
        !json_object_is_type(value, json_type_string))
        return "";
    return json_object_get_string(value);
}

static int64_t
number_of(struct json_object *object, const char *name)
{
    struct json_object *value;

    return json_object_object_get_ex(object, name, &value) &&
                   json_object_is_type(value, json_type_int)
               ? json_object_get_int64(value)
               : 0;
}

static bool
verify_hmac(const struct token *token, struct span secret)
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned n = 0;

    return HMAC(EVP_sha256(), secret.bytes, (int)secret.len,
                (const unsigned char *)token->signed_part.bytes,
                token->signed_part.len, bytes, &n) &&
           n == token->signature.len &&
           memcmp(bytes, token->signature.bytes, n) == 0;
}

/* r and s, side by side, as OpenSSL wants them. */
static bool
make_der(struct part *signature)
{
    ECDSA_SIG *pair = ECDSA_SIG_new();
    unsigned char *at = signature->bytes;
    BIGNUM *r, *s;
    bool good = signature->len == 2 * (size_t)P256_BYTES && pair;

    if (good) {
        r = BN_bin2bn(at, P256_BYTES, NULL);
        s = BN_bin2bn(at + P256_BYTES, P256_BYTES, NULL);
        good = ECDSA_SIG_set0(pair, r, s) == 1;
        if (good)
            signature->len = (size_t)i2d_ECDSA_SIG(pair, &at);
    }
    ECDSA_SIG_free(pair);
    return good;
}

static bool
verify_key(struct token *token, EVP_PKEY *key, const char *digest, bool pss)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *detail = NULL;
    bool good =
        context &&
        EVP_DigestVerifyInit_ex(context, &detail, digest, NULL, NULL, key,
                                NULL) == 1 &&
        (!pss ||
         (EVP_PKEY_CTX_set_rsa_padding(detail, RSA_PKCS1_PSS_PADDING) > 0 &&
          EVP_PKEY_CTX_set_rsa_pss_saltlen(detail, RSA_PSS_SALTLEN_DIGEST) >
              0)) &&
        EVP_DigestVerify(context, token->signature.bytes, token->signature.len,
                         (const unsigned char *)token->signed_part.bytes,
                         token->signed_part.len) == 1;

    EVP_MD_CTX_free(context);
    return good;
}

static const struct algorithm {
    const char *name, *kind, *digest;
    bool is_pss, is_pair;
} ALGORITHMS[] = {{"RS256", "RSA", "SHA256", false, false},
                  {"PS256", "RSA", "SHA256", true, false},
                  {"ES256", "EC", "SHA256", false, true},
                  {"EdDSA", "ED25519", NULL, false, false}};

static bool
verify(struct token *token, const struct client *client)
{
    const char *name = text_of(token->header_json, "alg");

    if (strcmp(name, "HS256") == 0)
        return client->kind == CLIENT_BY_SECRET &&
               verify_hmac(token, client->secret);
    for (size_t i = 0; i < sizeof ALGORITHMS / sizeof *ALGORITHMS; i++) {
        const struct algorithm *row = &ALGORITHMS[i];

        if (strcmp(name, row->name) == 0)
            return client->kind == CLIENT_BY_KEY &&
                   EVP_PKEY_is_a(client->key, row->kind) &&
                   (!row->is_pair || make_der(&token->signature)) &&
                   verify_key(token, client->key, row->digest, row->is_pss);
    }
    return false;
}

/* Remembers it; false when it was here before, or is none. */
static bool
is_new(struct assertions *assertions, const char *id)
{
    bool found = !id[0] || strlen(id) >= ID_MAX;

    (void)pthread_mutex_lock(&assertions->lock);
    for (size_t i = 0; !found && i < ASSERTIONS_REMEMBERED; i++)
        found = strcmp(assertions->ids[i], id) == 0;
    if (!found) {
        (void)strcpy(assertions->ids[assertions->next], id);
        assertions->next = (assertions->next + 1) % ASSERTIONS_REMEMBERED;
    }
    (void)pthread_mutex_unlock(&assertions->lock);
    return !found;
}

/* What is wrong, or NULL. */
static const char *
judge(struct assertions *assertions, const struct client *client,
      const struct assertion *assertion, struct token *token)
{
    const char *iss = text_of(token->claims_json, "iss");
    const char *sub = text_of(token->claims_json, "sub");
    const char *aud = text_of(token->claims_json, "aud");
    int64_t now = time(NULL), exp = number_of(token->claims_json, "exp");

    if (!client)
        return assertion->is_grant ? "The assertion's iss is no client."
                                   : "The assertion's sub is no client.";
    if (!sub[0])
        return "The assertion has no sub.";
    if (!assertion->is_grant && strcmp(iss, sub) != 0)
        return "The assertion's iss and sub differ.";
    if (assertion->client_id.bytes && !span_is(assertion->client_id, iss))
        return "The assertion is of another client_id.";
    if (!verify(token, client))
        return "The assertion's signature is wrong.";
    if (strcmp(aud, assertion->issuer) != 0 &&
        strcmp(aud, assertion->token_url) != 0)
        return "The assertion's aud is not this server.";
    if (exp <= now || exp > now + ASSERTION_LIFETIME_MAX_S)
        return "The assertion's exp is over, or too far away.";
    if (!is_new(assertions, text_of(token->claims_json, "jti")))
        return "The assertion's jti was here before.";
    return NULL;
}

const struct client *
assertions_check(struct assertions *assertions, const struct clients *clients,
                 const struct assertion *assertion, const char **why)
{
    struct token *token = calloc(1, sizeof *token);
    const struct client *client = NULL;

    if (!token || (!assertion->is_grant && !span_is(assertion->type, TYPE)) ||
        !assertion->jwt.bytes || !take_apart(assertion->jwt, token)) {
        *why = "The assertion is no JWT.";
    } else {
        client = clients_find_id(
            clients, span_of(text_of(token->claims_json,
                                     assertion->is_grant ? "iss" : "sub")));
        *why = judge(assertions, client, assertion, token);
    }
    if (token)
        clear_token(token);
    free(token);
    return *why ? NULL : client;
}
