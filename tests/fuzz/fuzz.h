/* SPDX-License-Identifier: MIT */
/*
 * fuzz.h - what the harnesses share.
 *
 * A harness is a function from bytes to nothing.  It hands them to one parser
 * and asserts what must hold whatever they were: what was accepted is within
 * its bounds, what was written is read as the same again, two parsers of one
 * thing agree.  One that does not hold is a crash.
 */
#ifndef TW_TESTS_FUZZ_H
#define TW_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "provider/base/error.h"
#include "provider/base/secret.h"

typedef void fuzz_run(const uint8_t *data, size_t n);

fuzz_run fuzz_backoff, fuzz_bazel, fuzz_bell, fuzz_broker, fuzz_cargo,
    fuzz_claim, fuzz_docker, fuzz_exchange, fuzz_form, fuzz_git, fuzz_goauth,
    fuzz_index, fuzz_instant, fuzz_json, fuzz_jwt_expiry, fuzz_keyring,
    fuzz_kubectl, fuzz_kubelet, fuzz_mail, fuzz_metadata, fuzz_module_table,
    fuzz_oidc_token, fuzz_profile, fuzz_record, fuzz_redirect, fuzz_reply,
    fuzz_retry_after, fuzz_session_word, fuzz_state, fuzz_terraform, fuzz_url,
    fuzz_verdict, fuzz_yaml;

/* FUZZ_CHECK: ends the run, and says where, unless @condition holds. */
#define FUZZ_CHECK(condition)                          \
    do {                                               \
        if (!(condition))                              \
            fuzz_fail(__FILE__, __LINE__, #condition); \
    } while (0)

_Noreturn void fuzz_fail(const char *file, int line, const char *condition);

/* fuzz_text: a copy with a NUL behind it, in a block of that very size. */
char *fuzz_text(const uint8_t *data, size_t n);

/* fuzz_between: the same between two texts. */
char *fuzz_between(const char *before, const uint8_t *data, size_t n,
                   const char *after);

/* fuzz_input: descriptor @fd, at its begin, has these bytes and ends. */
void fuzz_input(int fd, const uint8_t *data, size_t n);

/* fuzz_check_message: @err is one printable line, and perhaps a hint. */
void fuzz_check_message(const struct tw_error *err);

/* fuzz_check_line: a value that may stand in a line. */
void fuzz_check_line(const char *value);

/* fuzz_equal: both NULL, or the same text. */
bool fuzz_equal(const char *a, const char *b);

/* fuzz_host: does libcurl, too, read @host (perhaps with a port) in @url? */
bool fuzz_host(const char *url, const char *host);

#endif
