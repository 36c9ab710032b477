/* SPDX-License-Identifier: MIT */
/*
 * client.c - see client.h.
 */
#include "tests/sandbox/client.h"

#include "provider/base/secret.h"
#include "tests/sandbox/form.h"

void
clients_init(struct clients *clients)
{
    *clients = (struct clients){.n = 1};
    clients->rows[0] = (struct client){.id = span_of(CLIENT_ID),
                                       .secret = span_of(CLIENT_SECRET),
                                       .scopes = span_of(CLIENT_SCOPES)};
}

/* Cuts @text at its next ':' (or at its end, for the last part). */
static bool
take_part(char **text, bool last, struct span *out)
{
    char *start = *text, *colon = strchr(start, ':');
    size_t n = last ? strlen(start) : colon ? (size_t)(colon - start) : 0;

    if ((!colon) != last)
        return false;
    *text = last ? start + n : colon + 1;
    if (!url_decode(start, &n, true))
        return false;
    *out = (struct span){start, n};
    return true;
}

/* Where SECRET is the path of a file. */
static enum tw_status
read_proof(struct client *client, struct tw_error *err)
{
    AUTO_FREE char *path = strndup(client->secret.bytes, client->secret.len);

    if (!path)
        return tw_no_memory(err);
    switch (client->kind) {
    case CLIENT_BY_KEY:
        return client_key_read(path, &client->key, err);
    case CLIENT_BY_CERTIFICATE:
        return client_certificate_read(path, client->certificate, err);
    case CLIENT_BY_SECRET:
        break;
    }
    return TW_OK;
}

enum tw_status
clients_add(struct clients *clients, enum client_kind kind, const char *text,
            struct tw_error *err)
{
    AUTO_FREE char *copy = strdup(text);
    struct client client = {.kind = kind};
    char *rest = copy;
    enum tw_status status;

    if (!copy)
        return tw_no_memory(err);
    if (clients->n == CLIENTS_MAX)
        return tw_fail(err, TW_E_USAGE, "more than %d clients", CLIENTS_MAX);
    if (!take_part(&rest, false, &client.id) ||
        !take_part(&rest, false, &client.secret) ||
        !take_part(&rest, true, &client.scopes) || client.id.len == 0)
        return tw_fail(err, TW_E_USAGE,
                       "a client is ID:SECRET:SCOPES, each form-urlencoded");
    status = read_proof(&client, err);
    if (status)
        return status;
    clients->rows[clients->n] = client;
    clients->texts[clients->n] = TAKE_POINTER(copy);
    clients->n++;
    return TW_OK;
}

const struct client *
clients_find(const struct clients *clients, struct span id, struct span secret)
{
    for (size_t i = clients->n; i-- > 0;) {
        const struct client *client = &clients->rows[i];

        if (client->kind == CLIENT_BY_SECRET && span_equal(client->id, id) &&
            secret.bytes &&
            bytes_equal(client->secret.bytes, client->secret.len, secret.bytes,
                        secret.len))
            return client;
    }
    return NULL;
}

const struct client *
clients_find_id(const struct clients *clients, struct span id)
{
    for (size_t i = clients->n; i-- > 0;) {
        if (span_equal(clients->rows[i].id, id))
            return &clients->rows[i];
    }
    return NULL;
}

bool
client_may(const struct client *client, struct span scope)
{
    struct span rest = client->scopes, word = span_word(&rest);

    while (word.bytes && !span_equal(word, scope))
        word = span_word(&rest);
    return word.bytes != NULL;
}

void
clients_clear(struct clients *clients)
{
    for (size_t i = 0; i < clients->n; i++)
        client_key_free(clients->rows[i].key);
    for (size_t i = 0; i < clients->n; i++)
        free(clients->texts[i]);
    *clients = (struct clients){0};
}
