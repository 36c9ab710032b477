/* SPDX-License-Identifier: MIT */
/*
 * fake_host.h - a module without a helper: events in, actions out, and what
 * the host would know is set by the test.
 */
#ifndef TW_TESTS_FAKE_HOST_H
#define TW_TESTS_FAKE_HOST_H

#include <stddef.h>

#include "provider/tokenward-provider.h"

#define FAKE_OPTIONS_MAX 40
#define FAKE_MEMBERS_MAX 8

struct fake_text {
    const char *name, *value;
};

struct fake_host {
    struct fake_text options[FAKE_OPTIONS_MAX]; /* to the first without a name;
                                                   a list has several */
    struct fake_text members[FAKE_MEMBERS_MAX];
    const char *secrets[FAKE_MEMBERS_MAX]; /* that the profile has */
    int has;                               /* of "refresh_token": TW_HAS_... */
};

extern struct fake_host fake_host;
extern struct tw_action fake_action; /* the module's last */

/* fake_load: the module as it was built; the test is skipped where that is
 * not known. */
void fake_load(const char *name);

/* fake_begin: a new exchange; nothing is known to the host. */
void fake_begin(void);

/* fake_set: one more of options or members. */
void fake_set(struct fake_text *texts, const char *name, const char *value);

/* fake_send: the event, and @error with REFUSED; the module's answer must be
 * an action of this kind. */
void fake_send(enum tw_event_kind event, const char *error,
               enum tw_action_kind expected);

/* fake_expect_form: as "name=value", with a kind as "name=SECRET:value",
 * joined by '&'. */
void fake_expect_form(const char *expected);

#endif
