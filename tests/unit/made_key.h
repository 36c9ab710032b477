/* SPDX-License-Identifier: MIT */
/*
 * made_key.h - a key of a test's own, in its scratch directory.
 */
#ifndef TW_TESTS_MADE_KEY_H
#define TW_TESTS_MADE_KEY_H

#include "helper/keys/key.h"
#include "tests/unit/scratch.h"

#define LABEL "/c/p.yaml:5:20: assertion_key"

enum made_key_kind { RSA_KEY, SMALL_KEY, P256_KEY, P384_KEY, ED_KEY };

/* made_key_put: "key" and "public"; @passphrase may be NULL. */
void made_key_put(enum made_key_kind kind, const char *passphrase);

/* made_key_place: what a profile says that names @uri, which must stay. */
struct key_place made_key_place(const char *uri);

/* made_key_open: "key", which must open. */
struct key made_key_open(void);

#endif
