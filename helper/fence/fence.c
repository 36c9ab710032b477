/* SPDX-License-Identifier: MIT */
/*
 * fence.c - see fence.h.
 *
 * Fetching is one run for known profiles: read is what they name and what the
 * C library, libcurl and OpenSSL need to find a host and to believe its
 * certificate; written are the runtime and the state directory.  The profiles'
 * own directory is closed by then, and so are other profiles' secrets.
 *
 * The resident process reads profiles again when they change, and then what
 * those name.  Rules can only be taken away and never added, so its reading is
 * ruled by the files' owners and modes alone; all the rest is as above.
 *
 * Two things cannot be foreseen and are left out of the rules of whoever needs
 * them: the files of a PKCS #11 module, and the port of an endpoint that
 * metadata, or a proxy's variable, names.
 *
 * The trap: a file that is replaced is another file.  What may change under a
 * resident process is never named alone, but with its directory.
 */
#include "helper/fence/fence.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "helper/broker/broker.h"
#include "helper/fence/fence_needs.h"
#include "helper/fence/filter.h"
#include "helper/fence/landlock.h"
#include "helper/http/http.h"
#include "helper/http/trust.h"
#include "helper/keys/key.h"
#include "helper/store/bearer_file.h"
#include "helper/store/state.h"
#include "helper/store/store.h"
#include "helper/text/url.h"

#define PORT_HTTPS 443
#define PORT_HTTP 80
#define PORT_DNS 53

/* Names of hosts and users, libraries that are loaded late, certificates. */
static const char *const READ[] = {
    "/dev/urandom",
    "/etc/ca-certificates",
    "/etc/crypto-policies",
    "/etc/gai.conf",
    "/etc/group",
    "/etc/host.conf",
    "/etc/hosts",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/nsswitch.conf",
    "/etc/passwd",
    "/etc/pki/ca-trust",
    "/etc/pki/tls/certs",
    "/etc/pki/tls/openssl.cnf",
    "/etc/protocols",
    "/etc/resolv.conf",
    "/etc/services",
    "/etc/ssl/certs",
    "/etc/ssl/openssl.cnf",
    "/lib",
    "/lib64",
    "/proc/sys",
    "/run/NetworkManager",
    "/run/nscd",
    "/run/resolvconf",
    "/run/systemd/resolve",
    "/sys/devices/system/cpu",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/usr/local/share/ca-certificates",
    "/usr/share/ca-certificates",
    "/usr/share/pki",
    "/usr/share/zoneinfo",
    "/var/lib/ca-certificates",
};

static const char *const DEVICES[] = {"/dev/null", "/dev/tty"};
static const char *const TOKENS[] = {"/dev/tpm0", "/dev/tpmrm0"};

static enum tw_status
instruct(const struct profile *const *profiles, size_t count,
         const struct broker *broker, struct tw_error *err)
{
    enum tw_status status = TW_OK;

    for (size_t i = 0; i < count; i++) {
        const struct secret_source *secret;

        for (size_t j = 0;
             !status && (secret = profile_secret(profiles[i], j)); j++) {
            if (secret->kind == SECRET_COMMAND)
                status = broker_allow(broker, secret->argv, err);
        }
    }
    return status ? status : broker_seal(broker, err);
}

static enum tw_status
allow_each(const struct landlock *landlock, const char *const *paths,
           size_t count, enum landlock_use use, struct tw_error *err)
{
    enum tw_status status = TW_OK;

    for (size_t i = 0; i < count && !status; i++)
        status = landlock_allow(landlock, paths[i], use, err);
    return status;
}

#define ALLOW_EACH(landlock, paths, use, err) \
    allow_each(landlock, paths, sizeof(paths) / sizeof *(paths), use, err)

/* Of an URL that was checked: what follows the host's colon, or the scheme's
 * own. */
static uint16_t
port_of(const char *url)
{
    size_t n;
    const char *host = url_authority(url, &n), *end = host + n, *colon = end;

    while (colon > host && colon[-1] >= '0' && colon[-1] <= '9')
        colon--;
    if (colon > host && colon[-1] == ':' && colon < end)
        return (uint16_t)strtoul(colon, NULL, 10);
    return strncasecmp(url, "http:", 5) == 0 ? PORT_HTTP : PORT_HTTPS;
}

static enum tw_status
allow_url(const struct landlock *landlock, const char *url,
          struct tw_error *err)
{
    return url ? landlock_allow_port(landlock, port_of(url), err) : TW_OK;
}

static enum tw_status
allow_options(const struct landlock *landlock, const struct profile *source,
              struct tw_error *err)
{
    enum tw_status status = TW_OK;

    for (size_t i = 0; i < source->option_count && !status; i++) {
        const struct profile_option *option = &source->options[i];
        const struct tw_option *row =
            module_option(source->module, option->name);

        if (row && option->values &&
            (row->type == TW_OPTION_URL || row->type == TW_OPTION_ENDPOINT))
            status = allow_url(landlock, option->values[0], err);
    }
    return status;
}

static enum tw_status
allow_path(const struct landlock *landlock, const char *path,
           struct tw_error *err)
{
    path = path ? key_path(path) : "";
    return path[0] == '/' ? landlock_allow(landlock, path, LANDLOCK_READ, err)
                          : TW_OK;
}

static enum tw_status
allow_source(const struct landlock *landlock, const struct profile *source,
             struct tw_error *err)
{
    const char *const urls[] = {source->token_endpoint,
                                source->revocation_endpoint,
                                source->mtls_token_endpoint};
    enum tw_status status = allow_options(landlock, source, err);
    struct profile_path file;

    for (size_t i = 0; i < sizeof urls / sizeof *urls && !status; i++)
        status = allow_url(landlock, urls[i], err);
    if (!status)
        status = allow_path(landlock, source->ca_file, err);
    for (size_t i = 0; !status && profile_source_file(source, i, &file); i++)
        status = allow_path(landlock, file.path, err);
    return status;
}

static enum tw_status
allow_profile(const struct landlock *landlock, const struct profile *profile,
              const struct environment *environment, struct tw_error *err)
{
    const struct secret_source *secret;
    enum tw_status status = TW_OK;

    for (size_t i = 0; !status && (secret = profile_secret(profile, i)); i++) {
        if (secret->kind == SECRET_FILE || secret->kind == SECRET_FOREIGN_FILE)
            status = allow_path(landlock, secret->text, err);
        else if (secret->kind == SECRET_CREDENTIAL)
            status = allow_path(
                landlock,
                environment_get(environment, "CREDENTIALS_DIRECTORY"), err);
    }
    for (; profile && !status; profile = profile->then)
        status = allow_source(landlock, profile, err);
    return status;
}

/* It is made here, because what is above it is closed afterwards. */
static enum tw_status
allow_state(const struct landlock *landlock, bool system, struct tw_error *err)
{
    char path[PATH_MAX];

    if (state_path(system, path, NULL))
        return TW_OK; /* whoever needs it will say why */
    (void)mkdir(path, 0700);
    return landlock_allow(landlock, path, LANDLOCK_KEEP, err);
}

/* Where the profile's token goes beside the runtime directory, or went. */
static enum tw_status
allow_bearer_file(const struct landlock *landlock, const struct store *store,
                  bool wanted, struct tw_error *err)
{
    AUTO_CLOSE int fd = -1;
    bool there;

    if (store->system ||
        bearer_file_open(store->root, &fd, &there, NULL) || /* will be told */
        (!wanted && !there))
        return TW_OK;
    return landlock_allow_open(landlock, fd, LANDLOCK_PUT, err);
}

static enum tw_status
allow_places(const struct landlock *landlock, const struct fence_needs *needs,
             const struct secret_context *secrets, struct tw_error *err)
{
    enum tw_status status = landlock_allow_open(landlock, secrets->store->root,
                                                LANDLOCK_KEEP, err);

    if (!status)
        status = ALLOW_EACH(landlock, DEVICES, LANDLOCK_DEVICE, err);
    if (!status && needs->tpm)
        status = ALLOW_EACH(landlock, TOKENS, LANDLOCK_DEVICE, err);
    if (!status && needs->state)
        status = allow_state(landlock, secrets->system, err);
    if (!status)
        status = allow_bearer_file(landlock, secrets->store,
                                   needs->bearer_file, err);
    return status;
}

static enum tw_status
allow_link(void *arg, const char *path, struct tw_error *err)
{
    return allow_path(arg, path, err);
}

/* A directory's rule is none for what its links lead to. */
static enum tw_status
allow_authorities(const struct landlock *landlock, struct tw_error *err)
{
    const char *directory = trust_directory();
    enum tw_status status =
        allow_path(landlock, directory ? directory : http_bundle(), err);

    return status
               ? status
               : trust_each_link(allow_link, (void *)(uintptr_t)landlock, err);
}

static enum tw_status
allow_system(const struct landlock *landlock, struct tw_error *err)
{
    enum tw_status status = ALLOW_EACH(landlock, READ, LANDLOCK_READ, err);

    if (!status)
        status = allow_authorities(landlock, err);
    return status ? status : landlock_allow_port(landlock, PORT_DNS, err);
}

enum tw_status
fence_local(const struct store *store, struct tw_error *err)
{
    static const struct landlock_scope SCOPE = {
        .writes = true, .connects = true, .signals = true};
    AUTO_LANDLOCK landlock = LANDLOCK_INIT;
    enum tw_status status = landlock_begin(&SCOPE, &landlock, err);

    if (!status)
        status = ALLOW_EACH(&landlock, DEVICES, LANDLOCK_DEVICE, err);
    if (!status && store)
        status =
            landlock_allow_open(&landlock, store->root, LANDLOCK_KEEP, err);
    if (!status && store)
        status = allow_bearer_file(&landlock, store, false, err);
    if (!status)
        status = landlock_enforce(&landlock, err);
    return status ? status : filter_enter(PHASE_LOCAL, err);
}

enum tw_status
fence_fetching(const struct profile *const *profiles, size_t count,
               const struct secret_context *secrets, bool state,
               struct tw_error *err)
{
    AUTO_LANDLOCK landlock = LANDLOCK_INIT;
    const struct fence_needs needs =
        fence_survey(profiles, count, secrets->environment, state);
    const struct landlock_scope scope = {.reads = !needs.pkcs11,
                                         .writes = !needs.pkcs11,
                                         .connects = !needs.anywhere,
                                         .signals = !needs.commands};
    enum tw_status status = TW_OK;

    if (needs.commands || needs.hooks)
        status = instruct(profiles, count, secrets->broker, err);
    else
        broker_close(secrets->broker);
    if (!status)
        status = landlock_begin(&scope, &landlock, err);
    if (!status)
        status = allow_places(&landlock, &needs, secrets, err);
    if (!status)
        status = allow_system(&landlock, err);
    for (size_t i = 0; i < count && !status; i++)
        status =
            allow_profile(&landlock, profiles[i], secrets->environment, err);
    if (!status)
        status = landlock_enforce(&landlock, err);
    return status ? status : filter_enter(PHASE_FETCHING, err);
}

static enum tw_status
allow_parent(const struct landlock *landlock, const char *file,
             struct tw_error *err)
{
    char parent[PATH_MAX];
    int n = file ? (int)(strrchr(file, '/') + 1 - file) : 0;

    return n && snprintf(parent, sizeof parent, "%.*s", n, file) < PATH_MAX
               ? landlock_allow(landlock, parent, LANDLOCK_KEEP, err)
               : TW_OK;
}

enum tw_status
fence_resident(const struct secret_context *secrets, bool bearer_file,
               const char *const *files, size_t file_count,
               struct tw_error *err)
{
    const struct fence_needs needs = {
        .state = true, .tpm = true, .bearer_file = bearer_file};
    static const struct landlock_scope SCOPE = {.writes = true};
    AUTO_LANDLOCK landlock = LANDLOCK_INIT;
    enum tw_status status = landlock_begin(&SCOPE, &landlock, err);

    if (!status)
        status = allow_places(&landlock, &needs, secrets, err);
    for (size_t i = 0; i < file_count && !status; i++)
        status = allow_parent(&landlock, files[i], err);
    if (!status)
        status = landlock_enforce(&landlock, err);
    return status ? status : filter_enter(PHASE_RESIDENT, err);
}
