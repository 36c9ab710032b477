/* SPDX-License-Identifier: MIT */
/*
 * engine.c - which harness runs: $FUZZ_TARGET says, to libFuzzer and to
 * replay.c alike.
 */
#include <stdio.h>
#include <string.h>

#include "tests/fuzz/engine.h"

static const struct {
    const char *name;
    fuzz_run *run;
} TARGETS[] = {
    {"backoff", fuzz_backoff},
    {"bazel", fuzz_bazel},
    {"bell", fuzz_bell},
    {"broker", fuzz_broker},
    {"cargo", fuzz_cargo},
    {"claim", fuzz_claim},
    {"docker", fuzz_docker},
    {"exchange", fuzz_exchange},
    {"form", fuzz_form},
    {"git", fuzz_git},
    {"goauth", fuzz_goauth},
    {"index", fuzz_index},
    {"instant", fuzz_instant},
    {"json", fuzz_json},
    {"jwt_expiry", fuzz_jwt_expiry},
    {"keyring", fuzz_keyring},
    {"kubectl", fuzz_kubectl},
    {"kubelet", fuzz_kubelet},
    {"mail", fuzz_mail},
    {"metadata", fuzz_metadata},
    {"module_table", fuzz_module_table},
    {"oidc_token", fuzz_oidc_token},
    {"profile", fuzz_profile},
    {"record", fuzz_record},
    {"redirect", fuzz_redirect},
    {"reply", fuzz_reply},
    {"retry_after", fuzz_retry_after},
    {"session_word", fuzz_session_word},
    {"state", fuzz_state},
    {"terraform", fuzz_terraform},
    {"url", fuzz_url},
    {"verdict", fuzz_verdict},
    {"yaml", fuzz_yaml},
};

static fuzz_run *target;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *name = getenv("FUZZ_TARGET");

    (void)argc;
    (void)argv;
    for (size_t i = 0; i < sizeof TARGETS / sizeof *TARGETS; i++) {
        if (name && strcmp(TARGETS[i].name, name) == 0)
            target = TARGETS[i].run;
    }
    if (target)
        return 0;
    for (size_t i = 0; i < sizeof TARGETS / sizeof *TARGETS; i++)
        (void)puts(TARGETS[i].name);
    exit(name != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    target(data, n);
    return 0;
}
