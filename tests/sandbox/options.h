/* SPDX-License-Identifier: MIT */
/*
 * options.h - the command line.
 */
#ifndef TW_SANDBOX_OPTIONS_H
#define TW_SANDBOX_OPTIONS_H

#include <stdio.h>

#include "tests/sandbox/certificate.h"
#include "tests/sandbox/sandbox.h"

struct options {
    const char *dir;
    const char *count_file; /* NULL: none */
    enum certificate_kind certificate;
    uint16_t port; /* 0: any */
    unsigned life_s, idle_s;
    bool http, ipv6, parent, help;
};

/* options_read: also sets the clients, `always` and basic_raw of @sandbox,
 * which was initialised.  TW_E_USAGE. */
enum tw_status options_read(int argc, char *argv[], struct options *out,
                            struct sandbox *sandbox, struct tw_error *err);

void options_help(FILE *out);

#endif
