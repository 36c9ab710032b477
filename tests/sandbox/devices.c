/* SPDX-License-Identifier: MIT */
/*
 * devices.c - see devices.h.
 */
#include "tests/sandbox/devices.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/random.h>

#include "tests/sandbox/token.h"
#include "tests/sandbox/waiting.h"

#define SLOWER_S 5 /* RFC 8628 3.5 */
#define TOLERANCE_MS 100

enum decision { UNDECIDED, APPROVED, DENIED, USED };

struct device {
    const struct client *client; /* NULL: an empty place */
    char code[TOKEN_LEN + 1];
    char user_code[USER_CODE_SIZE];
    char scope[DEVICES_SCOPE_MAX];
    int64_t end_ms, interval_ms, polled_ms; /* polled_ms 0: never */
    enum decision decision;
};

struct devices {
    pthread_mutex_t lock;
    size_t next;
    struct device rows[DEVICES_MAX];
};

enum tw_status
devices_new(struct devices **out, struct tw_error *err)
{
    struct devices *devices = calloc(1, sizeof *devices);

    if (!devices)
        return tw_no_memory(err);
    (void)pthread_mutex_init(&devices->lock, NULL);
    *out = devices;
    return TW_OK;
}

void
devices_free(struct devices *devices)
{
    if (!devices)
        return;
    (void)pthread_mutex_destroy(&devices->lock);
    free(devices);
}

/* Consonants alone: no words, nothing that looks like something else. */
static bool
make_user_code(char out[USER_CODE_SIZE])
{
    static const char LETTERS[] = "BCDFGHJKLMNPQRSTVWXZ";
    unsigned char bytes[USER_CODE_SIZE];

    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return false;
    for (size_t i = 0; i < USER_CODE_SIZE - 1; i++)
        out[i] = i == 4 ? '-' : LETTERS[bytes[i] % (sizeof LETTERS - 1)];
    out[USER_CODE_SIZE - 1] = '\0';
    return true;
}

bool
devices_ask(struct devices *devices, const struct client *client,
            struct span scope, int64_t expires_s, int64_t interval_s,
            struct secret *device_code, char user_code[USER_CODE_SIZE])
{
    struct device *device;

    if (!make_user_code(user_code) || !token_append(device_code, TOKEN_LEN))
        return false;
    (void)pthread_mutex_lock(&devices->lock);
    device = &devices->rows[devices->next++ % DEVICES_MAX];
    *device = (struct device){.client = client,
                              .end_ms = waiting_now_ms() + expires_s * 1000,
                              .interval_ms = interval_s * 1000};
    memcpy(device->code, device_code->bytes, TOKEN_LEN);
    memcpy(device->user_code, user_code, USER_CODE_SIZE);
    (void)snprintf(device->scope, sizeof device->scope, "%.*s",
                   scope.bytes ? (int)scope.len : 0,
                   scope.bytes ? scope.bytes : "");
    (void)pthread_mutex_unlock(&devices->lock);
    return true;
}

static struct device *
find(struct devices *devices, const struct client *client, struct span code)
{
    for (size_t i = 0; i < DEVICES_MAX; i++) {
        struct device *device = &devices->rows[i];

        if (device->client && device->client == client &&
            span_is(code, device->code))
            return device;
    }
    return NULL;
}

static enum polled
judge(struct device *device, int64_t now_ms)
{
    bool too_fast =
        device->polled_ms &&
        now_ms - device->polled_ms < device->interval_ms - TOLERANCE_MS;

    device->polled_ms = now_ms;
    if (device->decision == USED)
        return POLL_UNKNOWN;
    if (now_ms >= device->end_ms)
        return POLL_EXPIRED;
    if (too_fast) {
        device->interval_ms += SLOWER_S * 1000;
        return POLL_TOO_FAST;
    }
    if (device->decision == DENIED)
        return POLL_DENIED;
    return device->decision == APPROVED ? POLL_APPROVED : POLL_PENDING;
}

enum polled
devices_poll(struct devices *devices, const struct client *client,
             struct span device_code, struct secret *scope)
{
    struct device *device;
    enum polled polled;

    (void)pthread_mutex_lock(&devices->lock);
    device = find(devices, client, device_code);
    polled = device ? judge(device, waiting_now_ms()) : POLL_UNKNOWN;
    if (polled == POLL_APPROVED) {
        device->decision = USED;
        (void)secret_append_text(scope, device->scope);
    }
    (void)pthread_mutex_unlock(&devices->lock);
    return polled;
}

bool
devices_decide(struct devices *devices, struct span user_code, bool approved)
{
    bool found = false;

    (void)pthread_mutex_lock(&devices->lock);
    for (size_t i = 0; i < DEVICES_MAX && !found; i++) {
        struct device *device = &devices->rows[i];

        found = device->client && device->decision == UNDECIDED &&
                span_is(user_code, device->user_code) &&
                waiting_now_ms() < device->end_ms;
        if (found)
            device->decision = approved ? APPROVED : DENIED;
    }
    (void)pthread_mutex_unlock(&devices->lock);
    return found;
}
