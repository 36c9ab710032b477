/* SPDX-License-Identifier: MIT */
/*
 * person.h - whoever is there to log in, and what they are shown.
 */
#ifndef TW_HELPER_PERSON_H
#define TW_HELPER_PERSON_H

#include <stdbool.h>
#include <stdint.h>

struct redirect;

/* What a person is shown; checked: printable, and an address that may be
 * opened. */
struct tell {
    const char *text; /* or NULL */
    const char *url;
    const char *code; /* what to type there, or NULL */
    const char *scan; /* the url with the code in it, or NULL */
    int64_t valid_s;  /* 0: not said */
    bool comes_back;  /* the browser does, to this host */
    bool is_pasted;   /* or else, where it ended is pasted */
};

/* Somebody who reads: the other end of `tokenward login`. */
struct person {
    void (*show)(void *arg, const struct tell *tell);
    void *arg;
    struct redirect *redirect; /* where their browser comes back to, or NULL */
};

#endif
