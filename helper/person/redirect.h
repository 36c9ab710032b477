/* SPDX-License-Identifier: MIT */
/*
 * redirect.h - waits for the browser of a login to come back (RFC 8252 7.3),
 * or for a person to paste the address that it was sent to.
 */
#ifndef TW_HELPER_REDIRECT_H
#define TW_HELPER_REDIRECT_H

#include "helper/person/redirect_request.h"
#include "provider/base/error.h"

struct redirect;

/* redirect_open: listens at @uri (NULL: REDIRECT_PLACE) on this host.
 * TW_E_CONFIG: it is none, or its port is taken; TW_E_SYSTEM. */
enum tw_status redirect_open(const char *uri, struct redirect **out,
                             struct tw_error *err);

/* redirect_uri: with its port; borrowed. */
const char *redirect_uri(const struct redirect *redirect);

/* redirect_is_pasted: is there a terminal to paste an address at? */
bool redirect_is_pasted(const struct redirect *redirect);

/* redirect_expect: from now on the answer that has this @state, which is
 * copied, is waited for; all others are told that they are none. */
enum tw_status redirect_expect(struct redirect *redirect, const char *state,
                               struct tw_error *err);
bool redirect_is_expected(const struct redirect *redirect);

/* redirect_wait: serves who comes for at most @wait_ms, less if the answer
 * does or a signal; who comes later with the answer is shown the same. */
void redirect_wait(struct redirect *redirect, int wait_ms);

/* redirect_take: the answer moves to @out, which the caller clears; false:
 * there is none yet. */
bool redirect_take(struct redirect *redirect, struct redirect_answer *out);

void redirect_close(struct redirect *redirect);

#endif
