/* SPDX-License-Identifier: MIT */
/*
 * devices.h - logins by device code (RFC 8628) that wait for a person.
 *
 * Safe to use from any thread.
 */
#ifndef TW_SANDBOX_DEVICES_H
#define TW_SANDBOX_DEVICES_H

#include <stdint.h>

#include "provider/base/error.h"
#include "provider/base/secret.h"
#include "tests/sandbox/client.h"

#define DEVICES_MAX 4096 /* the oldest is forgotten */
#define DEVICES_SCOPE_MAX 1024
#define USER_CODE_SIZE sizeof "BCDF-GHJK"

struct devices;

enum polled {
    POLL_APPROVED,
    POLL_PENDING,
    POLL_TOO_FAST,
    POLL_DENIED,
    POLL_EXPIRED,
    POLL_UNKNOWN,
};

enum tw_status devices_new(struct devices **out, struct tw_error *err);
void devices_free(struct devices *devices);

/* devices_ask: a new one, for @expires_s; may be polled each @interval_s. */
bool devices_ask(struct devices *devices, const struct client *client,
                 struct span scope, int64_t expires_s, int64_t interval_s,
                 struct secret *device_code, char user_code[USER_CODE_SIZE]);

/* devices_poll: an approved one is good once; @scope is then what was asked
 * for. */
enum polled devices_poll(struct devices *devices, const struct client *client,
                         struct span device_code, struct secret *scope);

/* devices_decide: what the person says; false: no such code waits. */
bool devices_decide(struct devices *devices, struct span user_code,
                    bool approved);

#endif
