/* SPDX-License-Identifier: MIT */
/*
 * scripted.h - a module that is nothing but a script, driven against a server
 * that is nothing but a script, and what came of it.
 */
#ifndef TW_TESTS_SCRIPTED_H
#define TW_TESTS_SCRIPTED_H

#include "helper/exchange/exchange.h"
#include "tests/unit/raw_server.h"

#define SCRIPTED_STEPS 70

#define HTTP(status, body) \
    "HTTP/1.1 " status "\r\nConnection: close\r\n\r\n" body
#define TOKEN HTTP("200 OK", "{\"access_token\":\"t0ken\",\"expires_in\":60}")
#define IN_PROFILE "/c/p.yaml:3: profile 'p': "
#define IS_BROKEN "provider 'scripted' is broken: "

/* The server: what it answers, one after the other, and what it was sent. */
extern struct raw_server server;
extern const char *answers[4];
extern char requests[4][4096];

/* The profile: one secret, "assertion", and "scope". */
extern struct profile profile;

/* The module, beside its actions. */
extern struct scripted {
    const char *const *asks_members; /* of each answer, into seen */
    bool asks_options;               /* into seen as well */
    int rc;                          /* of advance() */
    size_t calls;
    unsigned events[SCRIPTED_STEPS];
    char seen[4][64], last_error[64];
} scripted;

/* What came of it. */
extern struct result {
    struct tw_error err;
    char token[64], token_type[32];
    int64_t lifetime;
    bool was_sent;
} result;

void scripted_set_up(void);
void scripted_tear_down(void);

/* set_source: the environment variable that the assertion is read from. */
void set_source(const char *variable);

/* run: an exchange, to its end; the module answers with these actions, one
 * after the other, and with the last one again and again. */
void run(size_t count, const struct tw_action *actions);

#define RUN(...)                                                            \
    run(sizeof(struct tw_action[]){__VA_ARGS__} / sizeof(struct tw_action), \
        (struct tw_action[]){__VA_ARGS__})
#define POST(fields_)                           \
    ((struct tw_action){.kind = TW_ACTION_POST, \
                        .fields = (fields_),    \
                        .field_count = sizeof(fields_) / sizeof *(fields_)})
#define DO(kind_, ...) \
    ((struct tw_action){.kind = TW_ACTION_##kind_, __VA_ARGS__})
#define DONE DO(DONE, .text = NULL)
#define FAIL DO(FAIL, .text = NULL)

/* A form of one field: text, a secret, a member of the last answer. */
extern const struct tw_field PLAIN[1], NAMED[1], MEMBER[1];

/* expect: what came of it, in these words, and no secret in them. */
void expect(enum tw_status status, const char *message);

/* expect_events: what the module was told, and no more. */
void expect_events(size_t count, const unsigned *kinds);

#define EVENTS(...)                                                   \
    expect_events(sizeof(unsigned[]){__VA_ARGS__} / sizeof(unsigned), \
                  (unsigned[]){__VA_ARGS__})

#endif
