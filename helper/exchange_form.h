/* SPDX-License-Identifier: MIT */
/*
 * exchange_form.h - the form a module described, with the secrets it named
 * and the client's authentication put in.
 */
#ifndef TW_HELPER_EXCHANGE_FORM_H
#define TW_HELPER_EXCHANGE_FORM_H

#include "helper/client_auth.h"
#include "helper/exchange.h"
#include "helper/extras.h"

#define FORM_SECRETS_MAX 8 /* fields of one form that are not plain text */

struct exchange_form {
    struct secret text; /* as it is sent */
    struct client_proof proof;
    struct secret sent[FORM_SECRETS_MAX];
    size_t sent_count;
    struct extras extras; /* what the profile adds */
    bool has_kept;        /* the kept refresh token is in it */
};

/* A NULL-ended list for reply_read(). */
struct exchange_secrets {
    const struct secret *list[FORM_SECRETS_MAX + EXTRAS_FIELDS_MAX + 2];
};

void exchange_form_init(struct exchange_form *form);

/* exchange_form_make: what @action posts, from its own texts, the profile's
 * secrets, read now, and members of @answer or else of @asked.  TW_E_MODULE:
 * the description is broken; TW_E_CONFIG: it is too large; else as
 * secret_source_read(). */
enum tw_status exchange_form_make(struct exchange_form *form,
                                  const struct exchange_context *context,
                                  const struct reply *answer,
                                  const struct json *asked,
                                  const struct tw_action *action,
                                  struct tw_error *err);

/* exchange_form_secrets: all that was sent and must not come back in a
 * message; borrowed from @form. */
void exchange_form_secrets(const struct exchange_form *form,
                           struct exchange_secrets *out);

void exchange_form_clear(struct exchange_form *form);

#endif
