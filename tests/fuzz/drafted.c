/* SPDX-License-Identifier: MIT */
/*
 * drafted.c - see drafted.h.
 *
 * Bytes alone do not write `headers: {X-A: {env: A}}`, and a list of words by
 * heart is out of date with the next key: the table knows them all.
 */
#include "tests/fuzz/drafted.h"

#include <inttypes.h>
#include <stdio.h>

#include "helper/profile/profile_keys.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/script.h"

#define ITEMS_MAX 4
#define WORDS_MAX 16 /* of one shape, and some odd ones */
#define LINES_MAX 12 /* beside those that most profiles have */
#define PICK(list) (list)[script_below(sizeof(list) / sizeof *(list))]

/* Now and then one that is no value of the kind. */
static const char *const WRONG[] = {
    "",     "~",     "[]",        "{}",        "[a, b]", "{a: b}",
    "\"\"", "[[a]]", "\"a\\nb\"", "\"\\x7f\"", "-1",     "{a: {b: c}}",
};
static const char *const TEXTS[] = {
    "me",
    "client_credentials",
    "pickle",
    "10/hour",
    "1000/day",
    "1001/minute",
    "0/hour",
    "issuer",
    "token_endpoint",
    "/etc/x.pem",
    "x.pem",
    "\"pkcs11:token=a\"",
    "expires_at",
    "urn:a:b",
    "\"a b\"",
    "\"a,b\"",
    "\"\\xe9\"",
    "7",
};
static const char *const URLS[] = {
    "https://as.example.test/token", "https://as.example.test",
    "http://127.0.0.1:8080/token",   "http://as.example.test/token",
    "https://git.example.test/team", "https://u@as.example.test/",
    "ftp://as.example.test/",        "\"https://as.example.test/#a\"",
};
static const char *const SECRETS[] = {
    DRAFTED_SECRET,     "{file: /x}",         "{file: x}",
    "{credential: c}",  "{env: V}",           "{command: [/bin/x, a]}",
    "{profile: other}", "{file: /x, env: V}", "{credential: ..}",
    "{env: 1}",         "{command: []}",      "{odd: x}",
};
static const char *const COMMANDS[] = {"[/bin/x, a, b]", "[x]",    "[./x]",
                                       "/bin/x",         "[\"\"]", NULL};
static const char *const NAMES[] = {
    "X-A",      "x-a",       "X-B",   "a",    "audience",
    "resource", "Host",      "scope", "DPoP", "Content-Type",
    "Proxy-X",  "client_id", "A_B",   "_",    "grant_type",
    "\"a b\"",  "\"\"",
};
static const char *const READERS[] = {
    "{users: [root]}",
    "{groups: [root], users: [root]}",
    "{units: [a.service, b@.service]}",
    "{users: [nobody-of-this-name]}",
    "{units: [a.target]}",
    "{users: [root, root]}",
};
static const char *const HOOKS[] = {
    "{command: [/bin/x, a]}",
    "{reload: a.service}",
    "{restart: a@b.service}",
    "{signal: HUP, pidfile: /run/a.pid}",
    "{signal: USR1, unit: a.service}",
    "{signal: KILL, unit: a.service}",
    "{signal: HUP}",
    "{reload: a.target}",
    "{command: [/bin/x], reload: a.service}",
};
static const char *const INSTANCES[] = {"[a, b]", "{list: /x}", "{files: /x}"};

/* What a line is about: a key that all profiles may have, or an option. */
struct row {
    const char *name;
    struct key_shape shape;
};

static const struct row OPTIONS[] = {
    {"assertion", {.kind = KEY_SECRET}},
    {"audience", {.kind = KEY_TEXT}},
    {"command", {.kind = KEY_CHOICE, .words = COMMANDS}},
    {"file", {.kind = KEY_TEXT}},
    {"jar_endpoint", {.kind = KEY_ENDPOINT}},
    {"resource", {.kind = KEY_URLS}},
    {"scope", {.kind = KEY_TEXT}},
    {"witness", {.kind = KEY_ENDPOINT}},
};
#define OPTION_COUNT (sizeof OPTIONS / sizeof *OPTIONS)

static void put_value(FILE *out, const struct key_shape *shape, bool inside);

static void
put_list(FILE *out, const char *const *texts, size_t count)
{
    size_t n = script_below(ITEMS_MAX);

    (void)fputc('[', out);
    for (size_t i = 0; i < n; i++)
        (void)fprintf(out, "%s%s", i ? ", " : "", texts[script_below(count)]);
    (void)fputc(']', out);
}

/* {NAME: VALUE, ...}, of one shape or the other. */
static void
put_map(FILE *out, const struct key_shape *one, const struct key_shape *other)
{
    size_t n = script_below(ITEMS_MAX);

    (void)fputc('{', out);
    for (size_t i = 0; i < n; i++) {
        (void)fprintf(out, "%s%s: ", i ? ", " : "", PICK(NAMES));
        put_value(out, script_below(2) ? other : one, true);
    }
    (void)fputc('}', out);
}

static void
put_word(FILE *out, const struct key_shape *shape)
{
    size_t which = script_below(WORDS_MAX), count = 0;

    while (key_word(shape, count))
        count++;
    (void)fputs(which < count ? key_word(shape, which) : "odd", out);
}

static void
put_seconds(FILE *out, const struct key_shape *shape)
{
    const int64_t numbers[] = {1, shape->max, shape->max + 1, 0, 59};

    (void)fprintf(out, "%" PRId64, PICK(numbers));
}

static struct row
pick_row(void)
{
    size_t count, which;
    const struct profile_key *keys = profile_keys(&count);

    which = script_below(count + OPTION_COUNT);
    if (which >= count)
        return OPTIONS[which - count];
    return (struct row){keys[which].name, keys[which].shape};
}

static void
put_sources(FILE *out)
{
    static const char *const HEADS[] = {
        "provider: pickle, assertion: {file: /x}",
        "name: one",
        "name: two, actions: {denied: return, unavailable: continue}",
        "actions: {odd: return}",
        "name: \"-\"",
    };
    size_t n = script_below(ITEMS_MAX);

    (void)fputc('[', out);
    for (size_t i = 0; i < n; i++) {
        size_t rows = script_below(ITEMS_MAX);

        (void)fprintf(out, "%s{%s", i ? ", " : "", PICK(HEADS));
        for (size_t j = 0; j < rows; j++) {
            struct row row = pick_row();

            (void)fprintf(out, ", %s: ", row.name);
            put_value(out, &row.shape, true);
        }
        (void)fputc('}', out);
    }
    (void)fputc(']', out);
}

/* @inside: of another value, where sources have no place. */
static void
put_value(FILE *out, const struct key_shape *shape, bool inside)
{
    static const struct key_shape TEXT = {.kind = KEY_TEXT};
    static const struct key_shape SECRET = {.kind = KEY_SECRET};
    struct key_shape words = {
        .kind = KEY_CHOICE, .words = shape->words, .word = shape->word};

    if (script_below(16) == 15) {
        (void)fputs(PICK(WRONG), out);
        return;
    }
    switch (shape->kind) {
    case KEY_ENDPOINT:
        (void)fputs(PICK(URLS), out);
        return;
    case KEY_CHOICE:
        put_word(out, shape);
        return;
    case KEY_SECONDS:
        put_seconds(out, shape);
        return;
    case KEY_SECRET:
        (void)fputs(PICK(SECRETS), out);
        return;
    case KEY_URLS:
        put_list(out, URLS, sizeof URLS / sizeof *URLS);
        return;
    case KEY_FIELDS:
        put_map(out, &TEXT, &SECRET);
        return;
    case KEY_TEXTS:
        put_map(out, &TEXT, &TEXT);
        return;
    case KEY_EXPORTS:
        put_map(out, &words, &words);
        return;
    case KEY_READERS:
        (void)fputs(PICK(READERS), out);
        return;
    case KEY_HOOK:
        (void)fputs(PICK(HOOKS), out);
        return;
    case KEY_ALIASES:
        (void)fprintf(out, "{token_endpoint: %s}", PICK(URLS));
        return;
    case KEY_INSTANCES:
        (void)fputs(PICK(INSTANCES), out);
        return;
    case KEY_SOURCES:
        if (!inside) {
            put_sources(out);
            return;
        }
        break;
    case KEY_TEXT:
        break;
    }
    (void)fputs(PICK(TEXTS), out);
}

static void
add_line(struct drafted *draft, const struct row *row)
{
    size_t size;
    FILE *out = open_memstream(&draft->lines[draft->count], &size);

    FUZZ_CHECK(out && draft->count < DRAFTED_LINES_MAX);
    (void)fprintf(out, "    %s: ", row->name);
    put_value(out, &row->shape, false);
    (void)fputc('\n', out);
    FUZZ_CHECK(fclose(out) == 0);
    draft->count++;
}

void
drafted_make(struct drafted *out)
{
    static const struct row USUAL[] = {
        {"token_endpoint", {.kind = KEY_ENDPOINT}},
        {"client_id", {.kind = KEY_TEXT}},
        {"client_secret", {.kind = KEY_SECRET}},
    };
    size_t count;

    out->count = 0;
    for (size_t i = 0; i < sizeof USUAL / sizeof *USUAL; i++) {
        if (!script_below(4))
            add_line(out, &USUAL[i]);
    }
    count = script_below(LINES_MAX);
    for (size_t i = 0; i < count; i++) {
        const struct row row = pick_row();

        add_line(out, &row);
    }
}

void
drafted_clear(struct drafted *drafted)
{
    while (drafted->count)
        free(drafted->lines[--drafted->count]);
}

char *
drafted_text(const struct drafted *drafted, bool backwards)
{
    char *text = NULL;
    size_t size, n = drafted->count;
    FILE *out = open_memstream(&text, &size);

    FUZZ_CHECK(out);
    (void)fputs("profiles:\n  acme:\n", out);
    for (size_t i = 0; i < n; i++)
        (void)fputs(drafted->lines[backwards ? n - 1 - i : i], out);
    FUZZ_CHECK(fclose(out) == 0);
    return text;
}
