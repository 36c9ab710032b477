/* SPDX-License-Identifier: MIT */
/*
 * init_words.c - see init_words.h.
 */
#include "helper/setup/init_words.h"

#include <getopt.h>
#include <string.h>

#include "provider/base/text.h"

enum word {
    WORD_FROM = 256,
    WORD_FILE,
    WORD_NO_TEST,
    WORD_SECRET_FILE,
    WORD_VAR,
    WORD_KEY, /* and the ones after it: enum draft_key */
};

static const struct option WORDS[] = {
    {"allow-http", required_argument, NULL, WORD_KEY + DRAFT_ALLOW_HTTP},
    {"assertion-key", required_argument, NULL, WORD_KEY + DRAFT_ASSERTION_KEY},
    {"audience", required_argument, NULL, WORD_KEY + DRAFT_AUDIENCE},
    {"auth-method", required_argument, NULL, WORD_KEY + DRAFT_AUTH_METHOD},
    {"authorization-endpoint", required_argument, NULL,
     WORD_KEY + DRAFT_AUTHORIZATION_ENDPOINT},
    {"ca-file", required_argument, NULL, WORD_KEY + DRAFT_CA_FILE},
    {"client-id", required_argument, NULL, WORD_KEY + DRAFT_CLIENT_ID},
    {"device-authorization-endpoint", required_argument, NULL,
     WORD_KEY + DRAFT_DEVICE_ENDPOINT},
    {"file", required_argument, NULL, WORD_FILE},
    {"from", required_argument, NULL, WORD_FROM},
    {"issuer", required_argument, NULL, WORD_KEY + DRAFT_ISSUER},
    {"no-test", no_argument, NULL, WORD_NO_TEST},
    {"preset", required_argument, NULL, WORD_KEY + DRAFT_PRESET},
    {"provider", required_argument, NULL, WORD_KEY + DRAFT_PROVIDER},
    {"redirect-uri", required_argument, NULL, WORD_KEY + DRAFT_REDIRECT_URI},
    {"resource", required_argument, NULL, WORD_KEY + DRAFT_RESOURCE},
    {"scope", required_argument, NULL, WORD_KEY + DRAFT_SCOPE},
    {"secret-file", required_argument, NULL, WORD_SECRET_FILE},
    {"token-endpoint", required_argument, NULL,
     WORD_KEY + DRAFT_TOKEN_ENDPOINT},
    {"var", required_argument, NULL, WORD_VAR},
    {NULL, 0, NULL, 0},
};

static enum tw_status
take_var(struct draft *draft, const char *word, struct tw_error *err)
{
    const char *equals = strchr(word, '=');

    return draft_add_var(draft, "--var NAME=VALUE", word,
                         equals ? (size_t)(equals - word) : 0,
                         equals ? equals + 1 : "", err);
}

static enum tw_status
take_word(struct init_words *out, struct draft *draft, int key,
          const char *value, struct tw_error *err)
{
    switch (key) {
    case WORD_FROM:
        out->from = value;
        return TW_OK;
    case WORD_FILE:
        out->file = value;
        return TW_OK;
    case WORD_NO_TEST:
        out->no_test = true;
        return TW_OK;
    case WORD_SECRET_FILE:
        return draft_find_path("--secret-file", value, draft->secret_file,
                               err);
    case WORD_VAR:
        return take_var(draft, value, err);
    case WORD_KEY + DRAFT_CA_FILE:
        return draft_set_path(draft, DRAFT_CA_FILE, "--ca-file", value, err);
    case WORD_KEY + DRAFT_ASSERTION_KEY:
        return draft_set_path(draft, DRAFT_ASSERTION_KEY, "--assertion-key",
                              value, err);
    default:
        return draft_set(draft, (enum draft_key)(key - WORD_KEY),
                         draft_key((enum draft_key)(key - WORD_KEY)), value,
                         err);
    }
}

/* Names the option alone: behind a '=' may stand anything.  A letter that is
 * none is told where it is found, since its word may go on. */
static enum tw_status
refuse(const char *word, bool lacks_value, struct tw_error *err)
{
    int n = (int)strcspn(word, "=");

    return tw_fail(err, TW_E_USAGE,
                   lacks_value
                       ? "init: %.*s needs a value\ntokenward init --help"
                       : "init: unknown option %.*s\ntokenward init --help",
                   n < 40 ? n : 40, word);
}

enum tw_status
init_words_read(int argc, char **argv, struct init_words *out,
                struct draft *draft, struct tw_error *err)
{
    char *words[64] = {(char *)(uintptr_t) "init"};
    enum tw_status status = TW_OK;
    int key;

    if (argc > 62)
        return tw_fail(err, TW_E_USAGE, "too many words");
    for (int i = 0; i < argc; i++)
        words[i + 1] = argv[i];
    optind = 0; /* anew */
    opterr = 0;
    while (!status &&
           (key = getopt_long(argc + 1, words, ":", WORDS, NULL)) != -1) {
        if (key == '?' && optopt && optopt < WORD_FROM)
            return tw_fail(err, TW_E_USAGE,
                           "init: unknown option -%c\ntokenward init --help",
                           optopt);
        if (key == '?' || key == ':')
            return refuse(words[optind - 1], key == ':', err);
        status = take_word(out, draft, key, optarg, err);
    }
    if (status)
        return status;
    if (optind + 1 < argc + 1)
        return tw_fail(err, TW_E_USAGE, "init: one name");
    if (optind == argc && !text_is_profile_name(words[optind]))
        return tw_fail(err, TW_E_USAGE, "init: this is no profile's name");
    if (optind == argc)
        (void)strcpy(draft->name, words[optind]);
    if (!out->from != !out->file)
        return tw_fail(err, TW_E_USAGE, "--from KIND wants --file FILE");
    return TW_OK;
}
