/* SPDX-License-Identifier: MIT */
/*
 * stack.h - what came of a profile's sources, one after the other.
 *
 * Sources are tried as nsswitch.conf(5) has it: success ends it, and every
 * other outcome goes on to the next source unless the profile says return.
 * A fault (a secret open to others, no memory) is no outcome: it ends the
 * whole fetch, because nobody wants it to be passed over in silence.
 */
#ifndef TW_HELPER_STACK_H
#define TW_HELPER_STACK_H

#include "helper/profile/profile.h"

#define STACK_LABEL_MAX (PROFILE_SOURCE_NAME_MAX + 16)
#define STACK_REASON_MAX 200 /* bytes; longer ones are cut */

/* What became of the sources so far, in their order. */
struct stack_entry {
    const struct profile *source;
    enum stack_outcome outcome;
    char reason[STACK_REASON_MAX];
};
struct stack_account {
    struct stack_entry entries[PROFILE_SOURCES_MAX];
    size_t count;
    struct tw_error decides; /* the last failure that was configured here */
    size_t decider;          /* whose, from 0 */
};

/* stack_missing: is something that @source needs (file, credential, variable,
 * command, key, certificate) not there?  @err then says what, with its line.
 * What may not be looked at counts as there: reading it says why not.  Nothing
 * is read. */
bool stack_missing(const struct profile *source,
                   const struct secret_context *context, struct tw_error *err);

/* stack_refuses: is a file that @source needs (a secret's, key, certificate)
 * there, and of an owner or mode that reading it refuses, which ends a fetch?
 * @err then says why.  Nothing is read. */
bool stack_refuses(const struct profile *source,
                   const struct secret_context *context, struct tw_error *err);

/* stack_lacks_module: is @source's provider missing or broken?  @err then says
 * why (TW_E_MODULE); none but a source of several is read without one. */
bool stack_lacks_module(const struct profile *source, struct tw_error *err);

/* stack_lacks_secret, stack_lacks_file: the same of one of its secrets, and of
 * the path of a certificate or key; false for a URI that is no file's. */
bool stack_lacks_secret(const struct secret_source *secret,
                        const struct environment *environment);
bool stack_lacks_file(const char *path);

/* stack_refuses_file: the same of a key or certificate that is there; @label
 * begins the message. */
bool stack_refuses_file(const struct profile_path *file, bool system,
                        const char *label, struct tw_error *err);

/* stack_outcome: which one @failure is; @asked: the endpoint was.  False: it
 * is a fault. */
bool stack_outcome(const struct tw_error *failure, bool asked,
                   enum stack_outcome *out);

/* stack_add: @source failed so. */
void stack_add(struct stack_account *account, const struct profile *source,
               enum stack_outcome outcome, const struct tw_error *failure);

/* stack_goes_on: is the source after this one tried? */
bool stack_goes_on(const struct profile *source, enum stack_outcome outcome);

/* stack_explain: the failure that decides, with a hint that names every
 * source and why it brought no token. */
void stack_explain(const struct stack_account *account, struct tw_error *out);

/* stack_label: "2 (office)", or "2". */
void stack_label(const struct profile *source, char *out, size_t size);

/* stack_answered: the source of that label, which a record has: it may have
 * been moved or renamed since, so by its name, and else by its number; the
 * first if there is none, or no text (NULL). */
const struct profile *stack_answered(const struct profile *profile,
                                     const char *label);

/* stack_outcome_name: in words. */
const char *stack_outcome_name(enum stack_outcome outcome);

#endif
