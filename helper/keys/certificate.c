/* SPDX-License-Identifier: MIT */
/*
 * certificate.c - see certificate.h.
 */
#include "helper/keys/certificate.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

#include "helper/base/base64.h"
#include "helper/base/owned_file.h"

static void
auto_bio(BIO **bio)
{
    (void)BIO_free(*bio);
}

static const struct owned_rule RULE = {
    .root_too = true, .follow = true, .forbidden = 022, .wanted = 0644};

static enum tw_status
read_text(const char *path, const char *label, struct secret *out,
          struct tw_error *err)
{
    const struct owned_path owned = {
        .dir = AT_FDCWD, .name = path, .path = path, .label = label};

    return owned_file_load(&owned, &RULE, out, err);
}

enum tw_status
certificate_look(const char *path, const char *label, struct tw_error *err)
{
    const struct owned_path owned = {
        .dir = AT_FDCWD, .name = path, .path = path, .label = label};
    AUTO_CLOSE int fd = -1;
    struct stat st;

    return owned_file_open(&owned, &RULE, &fd, &st, err);
}

/* The first is the client's own, those after it vouch for it. */
static bool
take_all(BIO *bio, struct certificate *out)
{
    out->chain = sk_X509_new_null();
    out->own = out->chain ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    if (!out->own)
        return false;
    for (int i = 1; i < CERTIFICATE_CHAIN_MAX; i++) {
        X509 *next = PEM_read_bio_X509(bio, NULL, NULL, NULL);

        if (!next)
            return ERR_GET_REASON(ERR_peek_last_error()) ==
                   PEM_R_NO_START_LINE;
        if (!sk_X509_push(out->chain, next)) {
            X509_free(next);
            return false;
        }
    }
    return false;
}

bool
certificate_is_bundle(const struct secret *pem)
{
    AUTO(auto_bio)
    BIO *bio = BIO_new_mem_buf(secret_text(pem), (int)pem->len);
    X509 *one = NULL;
    int count = -1;
    bool ended;

    do {
        X509_free(one);
        one = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
        count++;
    } while (one);
    ended = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    return count > 0 && ended;
}

enum tw_status
certificate_read(const char *path, const char *label, struct certificate *out,
                 struct tw_error *err)
{
    AUTO_SECRET text = SECRET_INIT(CERTIFICATE_FILE_MAX);
    AUTO(auto_bio) BIO *bio = NULL;
    AUTO_CERTIFICATE certificate = {0};
    enum tw_status status = read_text(path, label, &text, err);
    bool good;

    if (status)
        return status;
    bio = BIO_new_mem_buf(secret_text(&text), (int)text.len);
    if (!bio)
        return tw_no_memory(err);
    good = take_all(bio, &certificate);
    ERR_clear_error();
    if (!good)
        return tw_fail(err, TW_E_CONFIG,
                       "%s: must hold 1 to %d certificates in PEM, the "
                       "client's own first",
                       label, CERTIFICATE_CHAIN_MAX - 1);
    *out = certificate;
    certificate = (struct certificate){0};
    return TW_OK;
}

bool
certificate_is_of(const struct certificate *certificate, const struct key *key)
{
    bool same = X509_check_private_key(certificate->own, key->pkey) == 1;

    ERR_clear_error();
    return same;
}

bool
certificate_thumbprint(const struct certificate *certificate,
                       char out[static THUMBPRINT_SIZE])
{
    AUTO_SECRET text = SECRET_INIT(THUMBPRINT_SIZE);
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int n = 0;

    if (X509_digest(certificate->own, EVP_sha256(), digest, &n) != 1 ||
        !base64url_encode(&text, digest, n) || text.len >= THUMBPRINT_SIZE)
        return false;
    memcpy(out, secret_text(&text), text.len + 1);
    return true;
}

void
certificate_clear(struct certificate *certificate)
{
    X509_free(certificate->own);
    sk_X509_pop_free(certificate->chain, X509_free);
    *certificate = (struct certificate){0};
}
