/* SPDX-License-Identifier: MIT */
/*
 * options.c - see options.h.  A new option is a word in the enum, a row in
 * the table, a case in set(), and a row in README.md.
 */
#include "tests/sandbox/options.h"

#include <getopt.h>

#include "provider/base/text.h"

#define LIFE_S 3600
#define IDLE_S 120
#define CERTIFICATE_KINDS "good, expired, wrong-name or no-name"

enum word {
    BASIC_RAW = 1, /* getopt_long(3) keeps 0 and '?' for itself */
    CERTIFICATE,
    CLIENT,
    CLIENT_CERTIFICATE,
    CLIENT_KEY,
    COUNT_FILE,
    DIR_,
    ENDPOINT,
    HELP,
    HTTP,
    IDLE,
    IPV6,
    LIFE,
    MISBEHAVE,
    PARENT,
    PORT,
    WORD_END,
};

static const struct row {
    const char *name, *value; /* value NULL: none follows */
    const char *help;
} ROWS[WORD_END] = {
    [BASIC_RAW] = {"basic-raw", NULL,
                   "the parts of Basic are not form-urlencoded"},
    [CERTIFICATE] = {"certificate", "KIND", CERTIFICATE_KINDS},
    [CLIENT] = {"client", "ID:SECRET:SCOPES",
                "one more client; parts form-urlencoded"},
    [CLIENT_CERTIFICATE] = {"client-certificate", "ID:FILE:SCOPES",
                            "one that proves itself by this certificate"},
    [CLIENT_KEY] = {"client-key", "ID:FILE:SCOPES",
                    "one that signs assertions with this public key's half"},
    [COUNT_FILE] = {"count-file", "FILE",
                    "append a line for each token request, when it was read"},
    [DIR_] = {"dir", "DIR", "where ca.pem and ready are put (required)"},
    [ENDPOINT] = {"endpoint", "PATH=LIST",
                  "one more token endpoint, with these manners"},
    [HELP] = {"help", NULL, "this"},
    [HTTP] = {"http", NULL, "without TLS"},
    [IDLE] = {"idle", "SECONDS",
              "close a connection idle for so long (120; 0: never)"},
    [IPV6] = {"ipv6", NULL, "also on ::1, same port"},
    [LIFE] = {"life", "SECONDS", "stop after it (3600)"},
    [MISBEHAVE] = {"misbehave", "LIST",
                   "what the token endpoint always does (see below)"},
    [PARENT] = {"parent", NULL, "stop when the parent process dies"},
    [PORT] = {"port", "N", "on this port (0: any that is free)"},
};

static const char *const CERTIFICATES[] = {
    [CERTIFICATE_GOOD] = "good",
    [CERTIFICATE_EXPIRED] = "expired",
    [CERTIFICATE_WRONG_NAME] = "wrong-name",
    [CERTIFICATE_NO_NAME] = "no-name",
};

static enum tw_status
set_number(const char *value, enum word word, int64_t min, int64_t max,
           int64_t *out, struct tw_error *err)
{
    int64_t number;

    if (!text_to_int64(value, &number) || number < min || number > max)
        return tw_fail(err, TW_E_USAGE, "--%s: not a number of %jd to %jd",
                       ROWS[word].name, (intmax_t)min, (intmax_t)max);
    *out = number;
    return TW_OK;
}

static enum tw_status
set_certificate(struct options *out, const char *value, struct tw_error *err)
{
    for (size_t i = 0; i < sizeof CERTIFICATES / sizeof *CERTIFICATES; i++) {
        if (strcmp(CERTIFICATES[i], value) == 0) {
            out->certificate = (enum certificate_kind)i;
            return TW_OK;
        }
    }
    return tw_fail(err, TW_E_USAGE, "--certificate: " CERTIFICATE_KINDS);
}

/* The LIST is read at each request, like one in a path. */
static enum tw_status
add_endpoint(struct sandbox *sandbox, const char *value, struct tw_error *err)
{
    const char *equals = strchr(value, '=');

    if (*value != '/' || !equals || sandbox->endpoint_count == ENDPOINTS_MAX)
        return tw_fail(err, TW_E_USAGE, "--endpoint: PATH=LIST, at most %d",
                       ENDPOINTS_MAX);
    sandbox->endpoints[sandbox->endpoint_count++] =
        (struct other_endpoint){.path = {value, (size_t)(equals - value)},
                                .list = span_of(equals + 1)};
    return TW_OK;
}

static enum tw_status
set(struct options *out, struct sandbox *sandbox, enum word word,
    const char *value, struct tw_error *err)
{
    enum tw_status status = TW_OK;
    int64_t number = 0;

    switch (word) {
    case BASIC_RAW:
        sandbox->basic_raw = true;
        break;
    case CERTIFICATE:
        status = set_certificate(out, value, err);
        break;
    case CLIENT:
        status = clients_add(&sandbox->clients, CLIENT_BY_SECRET, value, err);
        break;
    case CLIENT_CERTIFICATE:
        sandbox->asks_certificates = true;
        status =
            clients_add(&sandbox->clients, CLIENT_BY_CERTIFICATE, value, err);
        break;
    case CLIENT_KEY:
        status = clients_add(&sandbox->clients, CLIENT_BY_KEY, value, err);
        break;
    case COUNT_FILE:
        out->count_file = value;
        break;
    case DIR_:
        out->dir = value;
        break;
    case ENDPOINT:
        status = add_endpoint(sandbox, value, err);
        break;
    case HELP:
        out->help = true;
        break;
    case HTTP:
        out->http = true;
        break;
    case IDLE:
        status = set_number(value, word, 0, 86400, &number, err);
        out->idle_s = (unsigned)number;
        break;
    case IPV6:
        out->ipv6 = true;
        break;
    case LIFE:
        status = set_number(value, word, 1, INT32_MAX, &number, err);
        out->life_s = (unsigned)number;
        break;
    case MISBEHAVE:
        misbehave_clear(&sandbox->always);
        status = misbehave_add(&sandbox->always, span_of(value), err);
        break;
    case PARENT:
        out->parent = true;
        break;
    case PORT:
        status = set_number(value, word, 0, 65535, &number, err);
        out->port = (uint16_t)number;
        break;
    case WORD_END:
        break;
    }
    return status;
}

enum tw_status
options_read(int argc, char *argv[], struct options *out,
             struct sandbox *sandbox, struct tw_error *err)
{
    struct option words[WORD_END] = {{0}}; /* the last one stays empty */
    int word;

    *out = (struct options){.life_s = LIFE_S, .idle_s = IDLE_S};
    for (int i = 1; i < WORD_END; i++)
        words[i - 1] = (struct option){
            .name = ROWS[i].name, .has_arg = ROWS[i].value != NULL, .val = i};
    opterr = 0;
    while ((word = getopt_long(argc, argv, "", words, NULL)) != -1) {
        enum tw_status status;

        if (word == '?')
            return tw_fail(err, TW_E_USAGE, "%s: unknown, or lacks a value",
                           argv[optind - 1]);
        status = set(out, sandbox, (enum word)word, optarg, err);
        if (status)
            return status;
    }
    if (optind < argc)
        return tw_fail(err, TW_E_USAGE, "what is '%s'?", argv[optind]);
    if (!out->dir && !out->help)
        return tw_fail(err, TW_E_USAGE, "--dir DIR is missing");
    return TW_OK;
}

void
options_help(FILE *out)
{
    (void)fputs("sandbox --dir DIR [OPTIONS]: an OAuth 2.0 authorization "
                "server to try tokenward on\n\n",
                out);
    for (int i = 1; i < WORD_END; i++) {
        int width = 27 - (int)strlen(ROWS[i].name);

        (void)fprintf(out, "  --%s %-*s %s\n", ROWS[i].name, width,
                      ROWS[i].value ? ROWS[i].value : "", ROWS[i].help);
    }
    (void)fputs("\nLIST, also in a path (/m/LIST" TOKEN_PATH
                "), separated by commas:\n\n",
                out);
    misbehave_help(out);
    (void)fputs("\nThe client that is always there: " CLIENT_ID
                "\nwith the secret " CLIENT_SECRET
                "\nand the scopes " CLIENT_SCOPES ".\n",
                out);
}
