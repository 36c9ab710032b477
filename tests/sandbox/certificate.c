/* SPDX-License-Identifier: MIT */
/*
 * certificate.c - see certificate.h.  The one place that knows libcrypto.
 *
 * New keys at every start: nothing that would have to be kept secret lies on
 * disk, and P-256 makes them in a millisecond.
 */
#include "tests/sandbox/certificate.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#define HOUR_S 3600L
#define DAY_S (24 * HOUR_S)
#define YEAR_S (365 * DAY_S)

static void
free_key(EVP_PKEY **key)
{
    EVP_PKEY_free(*key);
}

static void
free_x509(X509 **x509)
{
    X509_free(*x509);
}

static void
free_extension(X509_EXTENSION **extension)
{
    X509_EXTENSION_free(*extension);
}

static void
free_bio(BIO **bio)
{
    (void)BIO_free(*bio);
}

#define AUTO_KEY AUTO(free_key) EVP_PKEY
#define AUTO_X509 AUTO(free_x509) X509

/* Something to be signed: the authority (self-signed) or the server. */
struct wish {
    const char *name;
    long from_s, until_s; /* seconds from now */
    struct {
        int nid;
        const char *value;
    } extensions[6]; /* ends with nid 0 */
};

static const struct wish AUTHORITY = {
    "tokenward sandbox CA",
    -HOUR_S,
    YEAR_S,
    {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
     {NID_key_usage, "critical,keyCertSign,cRLSign"},
     {NID_subject_key_identifier, "hash"}}};

#define SERVER_EXTENSIONS(names)                          \
    {                                                     \
        {NID_basic_constraints, "critical,CA:FALSE"},     \
            {NID_key_usage, "critical,digitalSignature"}, \
            {NID_ext_key_usage, "serverAuth"},            \
            {NID_authority_key_identifier, "keyid"},      \
            {NID_subject_alt_name, names},                \
    }

/* DNS:sandbox.invalid, and an iPAddress of five bytes, which is none. */
#define ELSEWHERE "DER:3018820f73616e64626f782e696e76616c696487057f0000012a"

#define HERE "IP:127.0.0.1,IP:::1,DNS:localhost,DNS:sandbox.test"

static const struct wish SERVERS[] = {
    [CERTIFICATE_GOOD] = {"tokenward sandbox", -HOUR_S, YEAR_S,
                          SERVER_EXTENSIONS(HERE)},
    [CERTIFICATE_EXPIRED] = {"tokenward sandbox", -2 * DAY_S, -DAY_S,
                             SERVER_EXTENSIONS(HERE)},
    [CERTIFICATE_WRONG_NAME] = {"tokenward sandbox", -HOUR_S, YEAR_S,
                                SERVER_EXTENSIONS(ELSEWHERE)},
    [CERTIFICATE_NO_NAME] = {"127.0.0.1", -HOUR_S, YEAR_S,
                             SERVER_EXTENSIONS("email:admin@sandbox.test")},
};

static bool
set_serial(X509 *x509)
{
    unsigned char bytes[8];
    uint64_t serial;

    if (RAND_bytes(bytes, sizeof bytes) != 1)
        return false;
    memcpy(&serial, bytes, sizeof serial);
    return ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509),
                                   serial >> 1 | 1) == 1;
}

static bool
set_name(X509 *x509, const char *name)
{
    X509_NAME *subject = X509_get_subject_name(x509);

    return X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                                      (const unsigned char *)name, -1, -1,
                                      0) == 1;
}

static bool
add_extensions(X509 *x509, X509 *issuer, const struct wish *wish)
{
    X509V3_CTX context;

    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, x509, NULL, NULL, 0);
    for (size_t i = 0; wish->extensions[i].nid; i++) {
        AUTO(free_extension)
        X509_EXTENSION *extension =
            X509V3_EXT_conf_nid(NULL, &context, wish->extensions[i].nid,
                                wish->extensions[i].value);

        if (!extension || X509_add_ext(x509, extension, -1) != 1)
            return false;
    }
    return true;
}

/* @issuer NULL: self-signed. */
static X509 *
sign(const struct wish *wish, EVP_PKEY *key, X509 *issuer,
     EVP_PKEY *issuer_key)
{
    AUTO_X509 *x509 = X509_new();
    X509 *by = issuer ? issuer : x509;

    if (!x509 || X509_set_version(x509, X509_VERSION_3) != 1 ||
        !set_serial(x509) || !set_name(x509, wish->name) ||
        X509_set_issuer_name(x509, X509_get_subject_name(by)) != 1 ||
        !X509_gmtime_adj(X509_getm_notBefore(x509), wish->from_s) ||
        !X509_gmtime_adj(X509_getm_notAfter(x509), wish->until_s) ||
        X509_set_pubkey(x509, key) != 1 || !add_extensions(x509, by, wish) ||
        X509_sign(x509, issuer_key, EVP_sha256()) == 0)
        return NULL;
    return TAKE_POINTER(x509);
}

static bool
put_pem(struct secret *out, X509 *x509, EVP_PKEY *key)
{
    AUTO(free_bio) BIO *bio = BIO_new(BIO_s_secmem());
    char *bytes;
    long n;

    if (!bio || (x509 && PEM_write_bio_X509(bio, x509) != 1) ||
        (key &&
         PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) != 1))
        return false;
    n = BIO_get_mem_data(bio, &bytes);
    return n > 0 && secret_append(out, bytes, (size_t)n);
}

enum tw_status
certificate_make(struct certificate *out, enum certificate_kind kind,
                 struct tw_error *err)
{
    AUTO_KEY *ca_key = EVP_EC_gen("P-256"), *key = EVP_EC_gen("P-256");
    AUTO_X509 *ca = NULL, *server = NULL;

    if (ca_key && key)
        ca = sign(&AUTHORITY, ca_key, NULL, ca_key);
    if (ca)
        server = sign(&SERVERS[kind], key, ca, ca_key);
    if (!server || !put_pem(&out->ca, ca, NULL) ||
        !put_pem(&out->server, server, NULL) || !put_pem(&out->key, NULL, key))
        return tw_fail(err, TW_E_SYSTEM, "certificate: %s",
                       ERR_error_string(ERR_get_error(), NULL));
    return TW_OK;
}

void
certificate_clear(struct certificate *certificate)
{
    secret_clear(&certificate->ca);
    secret_clear(&certificate->server);
    secret_clear(&certificate->key);
}
