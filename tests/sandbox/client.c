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
    clients->rows[0] = (struct client){
        span_of(CLIENT_ID), span_of(CLIENT_SECRET), span_of(CLIENT_SCOPES)};
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

enum tw_status
clients_add(struct clients *clients, const char *text, struct tw_error *err)
{
    AUTO_FREE char *copy = strdup(text);
    struct client client;
    char *rest = copy;

    if (!copy)
        return tw_no_memory(err);
    if (clients->n == CLIENTS_MAX)
        return tw_fail(err, TW_E_USAGE, "more than %d clients", CLIENTS_MAX);
    if (!take_part(&rest, false, &client.id) ||
        !take_part(&rest, false, &client.secret) ||
        !take_part(&rest, true, &client.scopes) || client.id.len == 0)
        return tw_fail(err, TW_E_USAGE,
                       "--client is ID:SECRET:SCOPES, each form-urlencoded");
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

        if (span_equal(client->id, id) && secret.bytes &&
            bytes_equal(client->secret.bytes, client->secret.len, secret.bytes,
                        secret.len))
            return client;
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
        free(clients->texts[i]);
    *clients = (struct clients){0};
}
