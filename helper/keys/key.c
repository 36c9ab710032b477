/* SPDX-License-Identifier: MIT */
/*
 * key.c - a path or URI comes in, an open private key goes out.
 *
 * A file is read here and not by OpenSSL, so that owner and mode are checked
 * on what was read, and only its bytes are decoded.  A token's provider gets
 * a library context of its own: in the process's own one it would offer its
 * digests and random numbers to libcurl's TLS, too.
 */
#include "helper/keys/key.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/provider.h>
#include <openssl/store.h>
#include <openssl/ui.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

#include "helper/base/confine.h"
#include "helper/base/owned_file.h"
#include "provider/base/text.h"

/* Which provider opens what; by the beginning of a URI or of a file. */
struct opener {
    const char *beginning, *provider, *package;
    enum key_home home;
};

static const struct opener OPENERS[] = {
    {"-----BEGIN PKCS#11 PROVIDER URI-----", "pkcs11", "pkcs11-provider",
     KEY_IN_PKCS11},
    {"-----BEGIN TSS2 PRIVATE KEY-----", "tpm2", "tpm2-openssl", KEY_IN_TPM},
    {"handle:", "tpm2", "tpm2-openssl", KEY_IN_TPM},
    {"object:", "tpm2", "tpm2-openssl", KEY_IN_TPM},
    {"pkcs11:", "pkcs11", "pkcs11-provider", KEY_IN_PKCS11},
};

#define FILE_ERRORS_MAX 64
#define TOKEN_ERRORS_MAX 1 /* a PIN that is wrong is not tried again */
#define LOOK (O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)

/* What the passphrase's callback is given. */
struct asking {
    const struct secret *passphrase;
    bool asked;
};

static const struct opener *
opener_of(const char *text)
{
    for (size_t i = 0; i < sizeof OPENERS / sizeof *OPENERS; i++) {
        const char *beginning = OPENERS[i].beginning;

        if (strncmp(text, beginning, strlen(beginning)) == 0)
            return &OPENERS[i];
    }
    return NULL;
}

bool
key_is_uri(const char *text)
{
    size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789+.-");

    return n > 1 && text[n] == ':' && text[0] >= 'a' && text[0] <= 'z';
}

const char *
key_path(const char *uri)
{
    if (strncmp(uri, "file://", 7) == 0)
        return uri + 7;
    return strncmp(uri, "file:", 5) == 0 ? uri + 5 : uri;
}

enum key_home
key_home(const char *uri)
{
    const char *path = key_path(uri);
    char beginning[64] = "";
    AUTO_CLOSE int fd = path[0] == '/' ? open(path, LOOK) : -1;
    const struct opener *opener;

    if (fd >= 0 && read(fd, beginning, sizeof beginning - 1) < 0)
        return KEY_AT_HOME;
    opener = opener_of(fd >= 0 ? beginning : uri);
    return opener ? opener->home : KEY_AT_HOME;
}

const char *
key_uri_problem(const char *uri)
{
    if (key_path(uri)[0] == '/')
        return NULL;
    if (strncmp(uri, "file:", 5) == 0)
        return "must have an absolute path after file:";
    if (!opener_of(uri))
        return "must be a path, or a URI that begins with file:, pkcs11:, "
               "handle: or object:";
    if (strstr(uri, "pin-value"))
        return "must not hold a PIN; name it as the key's passphrase";
    return NULL;
}

static int
give_passphrase(char *out, int size, int for_writing, void *arg)
{
    struct asking *asking = arg;
    size_t n = asking->passphrase->len;

    (void)for_writing;
    asking->asked = true;
    if (n == 0 || size <= 0 || n > (size_t)size)
        return -1;
    memcpy(out, secret_text(asking->passphrase), n);
    return (int)n;
}

static void
auto_store(OSSL_STORE_CTX **store)
{
    (void)OSSL_STORE_close(*store);
}

static void
auto_bio(BIO **bio)
{
    (void)BIO_free(*bio);
}

static void
auto_method(UI_METHOD **method)
{
    UI_destroy_method(*method);
}

static struct owned_rule
rule_of_file(bool system)
{
    return (struct owned_rule){.root_too = system,
                               .forbidden = system ? 037 : 077,
                               .wanted = system ? 0640 : 0600,
                               .owner = system ? TW_SERVICE_USER : NULL};
}

static enum tw_status
read_file(const struct key_place *place, const char *label, struct secret *out,
          struct tw_error *err)
{
    const struct owned_rule rule = rule_of_file(place->system);
    const char *path = key_path(place->uri);
    const struct owned_path owned = {
        .dir = AT_FDCWD, .name = path, .path = path, .label = label};

    return owned_file_load(&owned, &rule, out, err);
}

static enum tw_status
load_provider(const struct opener *opener, struct key *key,
              struct tw_error *err)
{
    key->library = OSSL_LIB_CTX_new();
    if (!key->library)
        return tw_no_memory(err);
    (void)snprintf(key->properties, sizeof key->properties, "?provider=%s",
                   opener->provider);
    key->providers[0] = OSSL_PROVIDER_load(key->library, opener->provider);
    if (key->providers[0])
        key->providers[1] = OSSL_PROVIDER_load(key->library, "default");
    if (key->providers[1])
        return TW_OK;
    return tw_fail(err, TW_E_CONFIG,
                   "%s: needs OpenSSL's provider %s, which cannot be loaded\n"
                   "is its package there (Debian: %s), and the token itself?",
                   key->label, opener->provider, opener->package);
}

/* All keys of a store: there must be one.  What cannot be read is passed over,
 * @errors_max times: openssl-ecparam(1) writes a curve's parameters before its
 * key. */
static enum tw_status
take_key(const struct key_place *place, OSSL_STORE_CTX *store, int errors_max,
         struct asking *asking, struct key *key, struct tw_error *err)
{
    bool is_locked = false;
    int count = 0, errors = 0;

    while (errors < errors_max && !OSSL_STORE_eof(store)) {
        OSSL_STORE_INFO *info;

        asking->asked = false;
        info = OSSL_STORE_load(store);
        if (!info) {
            is_locked = is_locked || asking->asked;
            errors += OSSL_STORE_error(store) ? 1 : 0;
        } else if (OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_PKEY &&
                   count++ == 0) {
            key->pkey = OSSL_STORE_INFO_get1_PKEY(info);
        }
        OSSL_STORE_INFO_free(info);
    }
    /* What asked for a passphrase and did not open is another one. */
    if (count == 1 && key->pkey && !is_locked)
        return TW_OK;
    if (count)
        return tw_fail(err, TW_E_CONFIG, "%s: holds more than one key",
                       key->label);
    if (is_locked && !asking->passphrase->len)
        return tw_fail(err, TW_E_CONFIG, "%s: is locked; add %s", key->label,
                       place->passphrase_key);
    if (is_locked)
        return tw_fail(err, TW_E_CONFIG,
                       "%s: does not open; is %s the right one?", key->label,
                       place->passphrase_key);
    return tw_fail(err, TW_E_CONFIG, "%s: no private key is found there",
                   key->label);
}

/* @bio: the file's bytes, or NULL for what the store has. */
static enum tw_status
open_store(const struct key_place *place, BIO *bio, struct asking *asking,
           struct key *key, struct tw_error *err)
{
    AUTO(auto_method)
    UI_METHOD *method = UI_UTIL_wrap_read_pem_callback(give_passphrase, 0);
    AUTO(auto_store) OSSL_STORE_CTX *store = NULL;

    if (!method)
        return tw_no_memory(err);
    store = bio ? OSSL_STORE_attach(bio, "file", key->library, key->properties,
                                    method, asking, NULL, NULL, NULL)
                : OSSL_STORE_open_ex(place->uri, key->library, key->properties,
                                     method, asking, NULL, NULL, NULL);
    if (!store)
        return tw_fail(err, TW_E_CONFIG, "%s: cannot be opened", key->label);
    (void)OSSL_STORE_expect(store, OSSL_STORE_INFO_PKEY);
    return take_key(place, store,
                    key->providers[0] ? TOKEN_ERRORS_MAX : FILE_ERRORS_MAX,
                    asking, key, err);
}

static enum tw_status
open_file(const struct key_place *place, struct asking *asking,
          struct key *key, struct tw_error *err)
{
    AUTO_SECRET text = SECRET_INIT(KEY_FILE_MAX);
    AUTO(auto_bio) BIO *bio = NULL;
    const struct opener *opener;
    enum tw_status status = read_file(place, key->label, &text, err);

    if (status)
        return status;
    opener = opener_of(secret_text(&text));
    if (opener)
        status = load_provider(opener, key, err);
    if (status)
        return status;
    bio = BIO_new_mem_buf(secret_text(&text), (int)text.len);
    return bio ? open_store(place, bio, asking, key, err) : tw_no_memory(err);
}

static enum tw_status
open_token(const struct key_place *place, struct asking *asking,
           struct key *key, struct tw_error *err)
{
    const struct opener *opener = opener_of(place->uri);
    enum tw_status status =
        opener
            ? load_provider(opener, key, err)
            : tw_fail(err, TW_E_CONFIG, "%s: is no URI of a key", key->label);

    return status ? status : open_store(place, NULL, asking, key, err);
}

enum tw_status
key_open(const struct key_place *place, const struct secret *passphrase,
         struct key *out, struct tw_error *err)
{
    struct asking asking = {.passphrase = passphrase};
    AUTO_KEY key = {0};
    struct shown shown;
    enum tw_status status;

    (void)snprintf(key.label, sizeof key.label, "%s %s", place->label,
                   text_printable(&shown, place->uri, strlen(place->uri)));
    status = key_path(place->uri)[0] == '/'
                 ? open_file(place, &asking, &key, err)
                 : open_token(place, &asking, &key, err);
    ERR_clear_error();
    if (status)
        return status;
    *out = key;
    key = (struct key){0};
    return TW_OK;
}

enum tw_status
key_look(const char *uri, bool system, const char *label, struct tw_error *err)
{
    const struct owned_rule rule = rule_of_file(system);
    const char *path = key_path(uri);
    const struct owned_path owned = {
        .dir = AT_FDCWD, .name = path, .path = path, .label = label};
    AUTO_CLOSE int fd = -1;
    struct stat st;

    return path[0] == '/' ? owned_file_open(&owned, &rule, &fd, &st, err)
                          : TW_OK;
}

bool
key_mark(const struct key *key, struct secret *out)
{
    unsigned char *der = NULL;
    int n = i2d_PUBKEY(key->pkey, &der);
    bool good = n > 0 && secret_append(out, der, (size_t)n);

    OPENSSL_free(der);
    ERR_clear_error();
    return good;
}

void
key_clear(struct key *key)
{
    EVP_PKEY_free(key->pkey);
    for (size_t i = 0; i < sizeof key->providers / sizeof *key->providers;
         i++) {
        if (key->providers[i])
            (void)OSSL_PROVIDER_unload(key->providers[i]);
    }
    OSSL_LIB_CTX_free(key->library);
    *key = (struct key){0};
}
