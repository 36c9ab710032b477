/* SPDX-License-Identifier: MIT */
/*
 * protocol.h - one way in which a client asks for credentials.
 *
 * Each reads its request and appends its answer to @out.  How it says "not
 * ours" is the protocol's own affair, and TW_OK.  A failure is handed to
 * main(), which prints it on stderr; a protocol that wants it elsewhere puts
 * it there, sets *@exit_code and returns TW_OK.
 */
#ifndef TW_CREDENTIAL_PROTOCOL_H
#define TW_CREDENTIAL_PROTOCOL_H

#include "provider/base/error.h"
#include "provider/base/secret.h"

#define ANSWER_MAX (6 * 128 * 1024) /* bytes; a token, each byte escaped */

struct call {
    const char *program; /* the name it was called by */
    const char *suffix;  /* what stands behind the link's name in it, or "" */
    char **args;         /* NULL-ended */
    int count;
};

enum tw_status bazel_run(const struct call *call, struct secret *out,
                         int *exit_code, struct tw_error *err);
enum tw_status cargo_run(const struct call *call, struct secret *out,
                         int *exit_code, struct tw_error *err);
enum tw_status docker_run(const struct call *call, struct secret *out,
                          int *exit_code, struct tw_error *err);
enum tw_status goauth_run(const struct call *call, struct secret *out,
                          int *exit_code, struct tw_error *err);
enum tw_status google_run(const struct call *call, struct secret *out,
                          int *exit_code, struct tw_error *err);
enum tw_status keyring_run(const struct call *call, struct secret *out,
                           int *exit_code, struct tw_error *err);
enum tw_status kubectl_run(const struct call *call, struct secret *out,
                           int *exit_code, struct tw_error *err);
enum tw_status kubelet_run(const struct call *call, struct secret *out,
                           int *exit_code, struct tw_error *err);
enum tw_status match_run(const struct call *call, struct secret *out,
                         int *exit_code, struct tw_error *err);
enum tw_status oauthbearer_run(const struct call *call, struct secret *out,
                               int *exit_code, struct tw_error *err);
enum tw_status oidc_token_run(const struct call *call, struct secret *out,
                              int *exit_code, struct tw_error *err);
enum tw_status pnpm_run(const struct call *call, struct secret *out,
                        int *exit_code, struct tw_error *err);
enum tw_status terraform_run(const struct call *call, struct secret *out,
                             int *exit_code, struct tw_error *err);
enum tw_status xoauth2_run(const struct call *call, struct secret *out,
                           int *exit_code, struct tw_error *err);

#endif
