/* SPDX-License-Identifier: MIT */
/*
 * exchange_form.h - the form a module described, with the secrets it named
 * and the client's authentication put in.
 */
#ifndef TW_HELPER_EXCHANGE_FORM_H
#define TW_HELPER_EXCHANGE_FORM_H

#include "helper/exchange/client_auth.h"
#include "helper/exchange/exchange.h"
#include "helper/exchange/extras.h"

#define FORM_SECRETS_MAX 8 /* fields of one form that are not plain text */

struct exchange_form {
    struct secret text; /* as it is sent; the client's part comes last */
    size_t own_len;     /* bytes before that part */
    bool is_once;       /* what is in it may be good for one use */
    bool has_client;    /* the client's authentication is in it */
    enum auth_secret which;
    struct client_proof proof;
    struct secret sent[FORM_SECRETS_MAX];
    size_t sent_count;
    struct extras extras; /* what the profile adds */
    bool has_kept;        /* the kept refresh token is in it */
    bool has_refresh;     /* that, or the profile's */
    struct secret looks;  /* of its secrets, just before they were read */
};

/* A NULL-ended list for reply_read(). */
struct exchange_secrets {
    const struct secret *list[FORM_SECRETS_MAX + EXTRAS_FIELDS_MAX + 2];
};

/* What an exchange has learned so far; each may be NULL. */
struct exchange_known {
    const struct json *answer; /* the last one */
    const struct json *asked;  /* the last good one to TW_POST_ANSWER */
    const struct authorization *authorization;
};

void exchange_form_init(struct exchange_form *form);

/* exchange_form_make: what @action posts, from its own texts, the profile's
 * secrets, read now, and what is @known.  TW_E_MODULE: the description is
 * broken; TW_E_CONFIG: it is too large; else as secret_source_read(). */
enum tw_status exchange_form_make(struct exchange_form *form,
                                  const struct exchange_context *context,
                                  const struct exchange_known *known,
                                  const struct tw_action *action,
                                  struct tw_error *err);

/* exchange_form_has_next: after that @reply, may the same form be sent once
 * more, with the other of the client's secrets? */
bool exchange_form_has_next(const struct exchange_form *form,
                            const struct profile *profile,
                            const struct reply *reply);

/* exchange_form_next: makes it that; the forms after it have that secret,
 * too.  Statuses of client_auth_apply(). */
enum tw_status exchange_form_next(struct exchange_form *form,
                                  const struct exchange_context *context,
                                  struct tw_error *err);

/* exchange_form_no_next: it cannot be sent, for the reason in @why: a hint
 * beside the refusal in @err.  Who mends the other one need not wait. */
void exchange_form_no_next(const struct tw_error *why, struct tw_error *err);

/* exchange_form_request: all that is sent; borrows from the three. */
struct http_request exchange_form_request(const struct exchange_form *form,
                                          const struct profile *profile,
                                          const char *url);

/* exchange_form_limit: @request ends by the monotonic time @deadline_ms, and
 * what may bring the next refresh token is not begun shortly before. */
void exchange_form_limit(const struct exchange_form *form, int64_t deadline_ms,
                         struct http_request *request);

/* exchange_form_secrets: all that was sent and must not come back in a
 * message; borrowed from @form. */
void exchange_form_secrets(const struct exchange_form *form,
                           struct exchange_secrets *out);

void exchange_form_clear(struct exchange_form *form);

#endif
