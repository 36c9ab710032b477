/* SPDX-License-Identifier: MIT */
/*
 * corpus-replies-t.c - every answer of the token-responses corpus, read.
 *
 * Rows of http/ are cut into status, fields and body and read without a
 * network, and sent over a socket as well; rows of wire/ only over a socket.
 * Rows named jts-... are read from the shared corpus, where there is one.
 */
#include <dirent.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <time.h>

#include "helper/exchange/reply.h"
#include "helper/text/retry_after.h"
#include "provider/base/clock.h"
#include "tests/unit/corpora.h"
#include "tests/unit/cpu_time.h"
#include "tests/unit/figure.h"
#include "tests/unit/raw_server.h"
#include "tests/unit/under_valgrind.h"

#define ROWS 150     /* of the shared corpus */
#define OWN_ROWS 126 /* of tests/corpora */
#define FIELDS 10
#define FILE_MAX_BYTES (1024 * 1024)
#define CANARY "CANARY-client-secret-7f3a"
#define SLOW_MS 100

enum field {
    CASE,
    VERDICT,
    CLASS,
    TOKEN,
    LIFETIME,
    SCOPE,
    RETRY_AFTER,
    LEVEL,
    CHECKS,
    REASON
};

struct bytes {
    char *at;
    size_t n;
};

static struct raw_server server;
static struct http *engine;
static struct secret canary = {.max = 100};
static struct secret form = {.max = 1000};
static int number, failures;

static bool
read_file(const char *folder, const char *name, struct bytes *out)
{
    char path[4096];
    FILE *file;

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "rb");
    if (!file)
        return false;
    out->at = calloc(1, FILE_MAX_BYTES + 1);
    out->n = out->at ? fread(out->at, 1, FILE_MAX_BYTES, file) : 0;
    (void)fclose(file);
    return out->at != NULL;
}

/* Is @word one of the words of @list, separated by @separators? */
static bool
has_word(const char *list, const char *word, const char *separators)
{
    size_t n = strlen(word);

    while (*list) {
        size_t m = strcspn(list, separators);

        if (m == n && strncmp(list, word, n) == 0)
            return true;
        list += m + (list[m] != '\0');
    }
    return false;
}

static bool
is_token(const char *wanted, const struct reply *reply)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    char text[80] = "@sha256:";

    if (strncmp(wanted, "@sha256:", 8) != 0)
        return strcmp(wanted, secret_text(&reply->token)) == 0;
    if (!EVP_Digest(secret_text(&reply->token), reply->token.len, digest, NULL,
                    EVP_sha256(), NULL))
        return false;
    for (size_t i = 0; i < 32; i++)
        (void)snprintf(text + 8 + 2 * i, 3, "%02x", digest[i]);
    return strcmp(wanted, text) == 0;
}

static bool
is_lifetime(const char *wanted, const struct reply *reply)
{
    if (strcmp(wanted, "unknown") == 0)
        return reply->lifetime == LIFETIME_UNKNOWN;
    if (strcmp(wanted, "max") == 0)
        return reply->lifetime == LIFETIME_MAX;
    return reply->lifetime == strtoll(wanted, NULL, 10);
}

/* The same words, order of no account. */
static bool
is_scope(const char *wanted, const struct reply *reply)
{
    char copy[1000];
    char *rest = copy, *word;

    if (strcmp(wanted, "-") == 0)
        return true;
    if (strcmp(wanted, "=req") == 0)
        return !reply->has_scope;
    if (!reply->has_scope || strlen(wanted) != strlen(reply->scope))
        return false;
    (void)snprintf(copy, sizeof copy, "%s", reply->scope);
    while ((word = strsep(&rest, " "))) {
        if (!has_word(wanted, word, " "))
            return false;
    }
    return true;
}

static bool
is_retry_after(const char *wanted, const struct reply *reply)
{
    if (strcmp(wanted, "-") == 0)
        return reply->retry_after == -1;
    if (strcmp(wanted, "max") == 0)
        return reply->retry_after == RETRY_AFTER_MAX;
    return reply->retry_after == strtoll(wanted, NULL, 10);
}

static const char *
judge(char *const *row, const struct reply *reply)
{
    bool is_either = strcmp(row[VERDICT], "either") == 0;

    if (reply->class != REPLY_TOKEN) {
        if (strcmp(row[VERDICT], "accept") == 0)
            return "refused";
        if (!has_word(row[CLASS], reply_class_name(reply->class), "|"))
            return "of another class";
        return reply->token.len ? "refused with a token" : NULL;
    }
    if (!is_either && strcmp(row[VERDICT], "accept") != 0)
        return "accepted";
    if (!is_token(row[TOKEN], reply))
        return "another token";
    if (strcmp(reply->token_type, "Bearer") != 0)
        return "another token type";
    if (!is_lifetime(row[LIFETIME], reply))
        return "another lifetime";
    return is_scope(row[SCOPE], reply) ? NULL : "another scope";
}

/* Whatever is shown comes from these. */
static const char *
judge_shown(char *const *row, const struct reply *reply,
            const struct bytes *raw)
{
    char shown[2048];
    const char *checks = row[CHECKS];
    int n = snprintf(shown, sizeof shown, "%s %s %s %s", reply->error,
                     reply->description.text, reply->err.message,
                     reply->token_type);

    if (n < 0 || n > 1024)
        return "more than 1 KiB is shown";
    for (const char *at = shown; *at; at++) {
        if (*at < 0x20 || *at > 0x7e)
            return "a control character is shown";
    }
    if (strstr(shown, CANARY))
        return "the secret is shown";
    if (reply->class == REPLY_TOKEN && strstr(shown, row[TOKEN]) &&
        strlen(row[TOKEN]) > 8)
        return "the token is shown";
    if (has_word(checks, "show-description", ",; ") &&
        (strlen(reply->description.text) < 8 ||
         !memmem(raw->at, raw->n, reply->description.text,
                 strlen(reply->description.text))))
        return "the description is not shown";
    if (has_word(checks, "show-code", ",; ") &&
        (!reply->error[0] ||
         !memmem(raw->at, raw->n, reply->error, strlen(reply->error))))
        return "the code is not shown";
    return NULL;
}

static const char *
judge_all(char *const *row, const struct http_reply *http,
          const struct bytes *raw)
{
    const struct secret *const scrub[] = {&canary, NULL};
    struct reply reply;
    const char *problem;
    int64_t start = cpu_ms();

    reply_read(http, scrub, &reply);
    problem = judge(row, &reply);
    if (!problem && !is_retry_after(row[RETRY_AFTER], &reply))
        problem = "another Retry-After";
    if (!problem)
        problem = judge_shown(row, &reply, raw);
    if (!problem && cpu_ms() - start > time_limit(SLOW_MS))
        problem = "slow";
    if (problem)
        printf("# class %s error \"%s\" description \"%s\" %s\n",
               reply_class_name(reply.class), reply.error,
               reply.description.text, reply.err.message);
    reply_clear(&reply);
    return problem;
}

static void
take_line(struct http_reply *http, const char *line, size_t n)
{
    char text[200];
    int64_t seconds;

    (void)snprintf(text, sizeof text, "%.*s", (int)n, line);
    if (strncasecmp(text, "Content-Type: ", 14) == 0)
        (void)snprintf(http->content_type, sizeof http->content_type, "%.100s",
                       text + 14);
    if (strncasecmp(text, "Retry-After: ", 13) == 0 &&
        retry_after_parse(text + 13, time(NULL), &seconds))
        http->retry_after = seconds;
}

/* Without a network: the file is cut at its first empty line. */
static const char *
replay_cut(char *const *row, const struct bytes *raw)
{
    struct http_reply http = {.retry_after = -1,
                              .body = SECRET_INIT(HTTP_BODY_MAX)};
    const char *body = memmem(raw->at, raw->n, "\r\n\r\n", 4), *line;
    const char *problem;

    if (!body || sscanf(raw->at, "HTTP/1.%*d %d", &http.status) != 1)
        return "the file is no HTTP answer";
    for (line = raw->at; line < body;) {
        const char *end = strstr(line, "\r\n");

        take_line(&http, line, (size_t)(end - line));
        line = end + 2;
    }
    body += 4;
    (void)secret_append(&http.body, body, raw->n - (size_t)(body - raw->at));
    problem = judge_all(row, &http, raw);
    secret_clear(&http.body);
    return problem;
}

struct judged {
    char *const *row;
    const struct bytes *raw;
    const char *problem;
};

static void
on_done(void *arg, struct http_reply *http)
{
    struct judged *judged = arg;

    judged->problem = judge_all(judged->row, http, judged->raw);
}

static const char *
replay_sent(char *const *row, const struct bytes *raw)
{
    struct http_request request = {.url = server.url,
                                   .form = &form,
                                   .allow_loopback_http = true,
                                   .timeout_ms = (int)time_limit(3000)};
    struct judged judged = {row, raw, "no answer"};
    struct tw_error err = {0};

    server.bytes = raw->at;
    server.len = raw->n;
    atomic_store(&server.requests, 0);
    if (http_post(engine, &request, on_done, &judged, &err) ||
        http_run(engine, INT64_MAX, clock_monotonic_ms() + time_limit(5000),
                 &err))
        return "the engine fails";
    raw_wait(&server);
    if (!judged.problem && atomic_load(&server.requests) != 1)
        return "more than one request";
    return judged.problem;
}

static void
report(const char *name, const char *problem, const char *reason)
{
    failures += problem != NULL;
    printf("%sok %d - %s%s%s%s%s\n", problem ? "not " : "", ++number, name,
           problem ? ": " : "", problem ? problem : "", problem ? "; " : "",
           problem ? reason : "");
    (void)fflush(stdout);
}

/* Of one table: rows named jts-... or all others. */
struct rows {
    const char *folder;
    bool jts;
    int count;
};

static void
replay(void *arg, char **row)
{
    struct rows *rows = arg;
    struct bytes raw = {NULL, 0};
    const char *problem = NULL;

    if ((strstr(row[CASE], "/jts-") != NULL) != rows->jts)
        return;
    rows->count++;
    if (!read_file(rows->folder, row[CASE], &raw)) {
        report(row[CASE], "its file cannot be read", row[REASON]);
        return;
    }
    if (strncmp(row[CASE], "http/", 5) == 0)
        problem = replay_cut(row, &raw);
    if (!problem)
        problem = replay_sent(row, &raw);
    report(row[CASE], problem, row[REASON]);
    free(raw.at);
}

static int
replay_rows(const char *folder, bool jts)
{
    struct rows rows = {folder, jts, 0};

    (void)corpora_rows(folder, "cases.tsv", FIELDS, replay, &rows);
    return rows.count;
}

int
main(void)
{
    char own[4096], other[4096];
    struct tw_error err = {0};

    corpora_own("token-responses", own, sizeof own);
    corpora_shared("token-responses", other, sizeof other);
    printf("1..%d\n", ROWS);
    raw_start(&server, raw_send_bytes);
    if (http_new(true, &engine, &err) ||
        !secret_append_text(&canary, CANARY) ||
        !secret_append_text(&form, "grant_type=client_credentials&scope="
                                   "accounts+payments&client_id=corpus-client&"
                                   "client_secret=" CANARY)) {
        printf("Bail out! %s\n", err.message);
        return 1;
    }
    if (replay_rows(own, false) != OWN_ROWS) {
        printf("Bail out! %s is not whole\n", own);
        return 1;
    }
    (void)replay_rows(other, true);
    while (number < ROWS)
        printf("ok %d - http/jts-... # SKIP the shared corpus is not here\n",
               ++number);
    figure("corpus-unmet %d of %d rows of replies", failures, number);
    http_free(engine);
    raw_stop(&server);
    secret_clear(&canary);
    secret_clear(&form);
    return failures != 0;
}
