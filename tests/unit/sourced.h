/* SPDX-License-Identifier: MIT */
/*
 * sourced.h - secrets read from a source of a profile, or refused.
 */
#ifndef TW_TESTS_SOURCED_H
#define TW_TESTS_SOURCED_H

#include "helper/keys/secret_source.h"
#include "tests/unit/scratch.h"

#define PLACE "/c/p.yaml:5:20: secret from "
#define LINES "holds NUL, CR or a line break; a secret is one line"

/* Has ACME_SECRET, EMPTY, TWO_LINES and sourced_variable, which is
 * CREDENTIALS_DIRECTORY, the scratch directory. */
extern const struct environment SOURCED_ENVIRONMENT;
extern char sourced_variable[];

extern const struct store *sourced_store; /* of tokens of profiles, or NULL */

/* sourced_set_up: with a scratch directory. */
void sourced_set_up(void);

struct secret_source source_of(enum secret_kind kind, const char *text);
struct secret_source command_of(char **argv);

#define SHELL(script) \
    ((char *[]){(char[]){"sh"}, (char[]){"-c"}, (char[]){script}, NULL})

void expect_secret(const struct secret_source *source, bool system,
                   const char *expected);

/* expect_refusal: within a second, in these words, and no secret in them; "%s"
 * in @message stands for the directory. */
void expect_refusal(const struct secret_source *source, bool system,
                    enum tw_status status, const char *message);

#endif
