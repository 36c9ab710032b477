/* SPDX-License-Identifier: MIT */
/*
 * fake_host.h - a module without a helper: events in, actions out, and what
 * the host would know is set by the test.
 */
#ifndef TW_TESTS_FAKE_HOST_H
#define TW_TESTS_FAKE_HOST_H

#include <stddef.h>

#include "provider/tokenward-provider.h"

struct fake_text {
    const char *name, *value;
};

struct fake_host {
    struct fake_text options[8], members[8]; /* to the first without a name */
    int has; /* of "refresh_token": TW_HAS_... */
};

extern struct fake_host fake_host;
extern struct tw_action fake_action; /* the module's last */

/* fake_begin: a new exchange; nothing is known to the host. */
void fake_begin(void);

/* fake_send: the event, and @error with REFUSED; the module's answer must be
 * an action of this kind. */
void fake_send(enum tw_event_kind event, const char *error,
               enum tw_action_kind expected);

/* fake_expect_form: as "name=value", with a kind as "name=SECRET:value",
 * joined by '&'. */
void fake_expect_form(const char *expected);

#endif
