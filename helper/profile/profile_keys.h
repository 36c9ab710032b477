/* SPDX-License-Identifier: MIT */
/*
 * profile_keys.h - the keys that a profile of any provider may have.
 */
#ifndef TW_HELPER_PROFILE_KEYS_H
#define TW_HELPER_PROFILE_KEYS_H

#include "helper/profile/profile_reader.h"

/* What a key's value looks like: for its reader, and for editors. */
enum key_kind {
    KEY_TEXT = 0,
    KEY_ENDPOINT, /* https://..., or http:// where that is allowed */
    KEY_CHOICE,   /* one of the words */
    KEY_SECONDS,  /* a whole number, 1 to max */
    KEY_SECRET,
    KEY_URLS,      /* one, or a list */
    KEY_FIELDS,    /* NAME: text or secret */
    KEY_TEXTS,     /* NAME: text */
    KEY_EXPORTS,   /* NAME: one of the words */
    KEY_READERS,   /* users:, groups: and units:, lists of names */
    KEY_HOOK,      /* on_refresh: */
    KEY_ALIASES,   /* token_endpoint: URL */
    KEY_INSTANCES, /* names, or where they are */
    KEY_SOURCES,   /* a list of profiles without what is the whole one's */
};

struct key_shape {
    enum key_kind kind;
    const char *const *words;          /* NULL-ended, */
    const char *(*word)(size_t index); /* or one by one until NULL */
    int64_t max;
};

/* What a key is of no use without; profile_client_check.c sees to it. */
enum key_use {
    KEY_ALWAYS = 0,
    KEY_WITH_ASSERTION,        /* client_assertion */
    KEY_WITH_ASSERTION_METHOD, /* a method that sends one */
    KEY_WITH_BASIC,            /* client_secret_basic */
    KEY_WITH_CERTIFICATE,      /* client_certificate */
    KEY_WITH_KEY,              /* assertion_key */
    KEY_WITH_SECRET,           /* client_secret */
    KEY_WITH_SECRET_METHOD,    /* a method that has one */
    KEY_WITH_SIGNATURE,        /* anything that is signed */
    KEY_WITH_SIGNED_CLIENT,    /* a method that signs */
};

/* One row for each key; the table is sorted by name. */
struct profile_key {
    const char *name;
    const char *type; /* what may be written, for documents */
    const char *help; /* one line */
    bool first;       /* read before the others, which depend on it */
    enum tw_status (*read)(const struct profile_reader *reader,
                           const struct yaml_node *value);
    struct key_shape shape;
    enum key_use use;
};

#define PROFILE_PROVIDER "client_credentials" /* default of provider: */

/* key_word: the @index-th word of a shape that has words, or NULL. */
const char *key_word(const struct key_shape *shape, size_t index);

/* profile_keys: the whole table. */
const struct profile_key *profile_keys(size_t *count);

/* profile_key_find: NULL when no row has that name. */
const struct profile_key *profile_key_find(const char *name);

/* profile_key_is_discovered: may an issuer say it in the profile's place? */
bool profile_key_is_discovered(const char *name);

#endif
