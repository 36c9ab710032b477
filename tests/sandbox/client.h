/* SPDX-License-Identifier: MIT */
/*
 * client.h - the clients the sandbox knows: id, what proves it, and scopes.
 */
#ifndef TW_SANDBOX_CLIENT_H
#define TW_SANDBOX_CLIENT_H

#include "provider/base/error.h"
#include "tests/sandbox/client_key.h"
#include "tests/sandbox/span.h"

#define CLIENTS_MAX 256

/* The one client that is always there; README.md documents it. */
#define CLIENT_ID "3f83b186-9ab7-4cec-8e44-a22c9a6e5e04"
#define CLIENT_SECRET "9c1f8a5e-2b7d-4f36-a0c4-51d2e8b7f690"
#define CLIENT_SCOPES "payments wallet accounts"

enum client_kind {
    CLIENT_BY_SECRET = 0,
    CLIENT_BY_KEY,
    CLIENT_BY_CERTIFICATE
};

struct client {
    struct span id, secret, scopes; /* scopes: separated by spaces */
    enum client_kind kind;          /* a SECRET that is empty: public */
    struct evp_pkey_st *key;        /* KEY: its public half */
    unsigned char certificate[CERTIFICATE_SHA256]; /* CERTIFICATE */
};

struct clients {
    struct client rows[CLIENTS_MAX];
    char *texts[CLIENTS_MAX]; /* what the rows point into */
    size_t n;
};

#define AUTO_CLIENTS AUTO(clients_clear) struct clients

/* clients_init: the one client above. */
void clients_init(struct clients *clients);

/* clients_add: @text is ID:SECRET:SCOPES, each part form-urlencoded, so that
 * any byte may stand in it; instead of SECRET the path of a PEM file for the
 * other kinds.  TW_E_USAGE when it is not, or one too many; TW_E_ACCESS. */
enum tw_status clients_add(struct clients *clients, enum client_kind kind,
                           const char *text, struct tw_error *err);

/* clients_find: NULL when there is none with this id and this secret. */
const struct client *clients_find(const struct clients *clients,
                                  struct span id, struct span secret);

/* clients_find_id: whatever proves it. */
const struct client *clients_find_id(const struct clients *clients,
                                     struct span id);

bool client_may(const struct client *client, struct span scope);

void clients_clear(struct clients *clients);

#endif
