/* SPDX-License-Identifier: MIT */
/*
 * hours-t.c - hours in a second: a reader that asks each second, a server that
 * fails, and clocks that are set.
 *
 * The readers' whole way and the helper's are those of the programs, but for
 * what the linker puts in their place here: the clock, to which each second
 * is added by hand, and the start of a process, instead of which the fetch is
 * made at once.
 */
#include <criterion/criterion.h>
#include <time.h>

#include "helper/fetch/fetch.h"
#include "provider/base/ask.h"
#include "provider/base/spawn.h"
#include "tests/unit/figure.h"
#include "tests/unit/raw_server.h"
#include "tests/unit/scratch.h"

#define tokenward_provider_v1 client_credentials
#include "provider/grants/client_credentials.c"

#define HOUR 3600
#define LIFETIME 3600
#define HTTP(status, more) "HTTP/1.1 " status "\r\nConnection: close\r\n" more

/* What the two clocks that count are ahead of the host's. */
static int64_t wall_ahead, boot_ahead;

/* What clock_gettime(2) is called where times are wider than a machine's
 * words. */
#if __TIMESIZE == 32
#define __real_clock_gettime __real___clock_gettime64
#define __wrap_clock_gettime __wrap___clock_gettime64
#endif

int __real_clock_gettime(clockid_t id, struct timespec *out);
int __wrap_clock_gettime(clockid_t id, struct timespec *out);
enum tw_status __wrap_spawn_helper(const char *const *args, int wait_ms,
                                   struct tw_error *err);

int
__wrap_clock_gettime(clockid_t id, struct timespec *out)
{
    int rc = __real_clock_gettime(id, out);

    if (id == CLOCK_REALTIME)
        out->tv_sec += wall_ahead;
    if (id == CLOCK_BOOTTIME)
        out->tv_sec += boot_ahead;
    return rc;
}

static void
pass(int64_t seconds)
{
    wall_ahead += seconds;
    boot_ahead += seconds;
}

/* The one provider, without dlopen(3). */
static struct module module;

enum tw_status
modules_get(struct modules *modules, const char *name,
            const struct module **out, struct tw_error *err)
{
    (void)modules;
    (void)name;
    (void)err;
    module.provider = client_credentials;
    *out = &module;
    return TW_OK;
}

const struct tw_option *
module_option(const struct module *asked, const char *name)
{
    (void)asked;
    (void)name;
    return NULL;
}

/* What the helper does when it is started with `fetch [OPTION...] NAME`. */
static struct runtime runtime;
static struct profile_set set;
static struct modules modules;
static char *no_variables[] = {NULL};
static const struct environment ENVIRONMENT = {.given = no_variables,
                                               .allowed = no_variables};

static void
report(void *arg, const char *name, const struct tw_error *err)
{
    (void)name;
    *(struct tw_error *)arg = *err;
}

enum tw_status
__wrap_spawn_helper(const char *const *args, int wait_ms, struct tw_error *err)
{
    struct fetch_options options = {.min_valid = TW_MIN_VALID_DEFAULT,
                                    .background = !wait_ms,
                                    .deadline_ms =
                                        clock_monotonic_ms() + 10000};
    char name[] = "acme", *names[] = {name};
    struct store store;
    const struct secret_context secrets = {.environment = &ENVIRONMENT,
                                           .store = &store};
    struct tw_error result = {0};

    cr_assert_str_eq(args[0], "fetch");
    cr_assert_eq(store_open(runtime.user, false, &store, &result), TW_OK);
    (void)fetch_profiles(&options, &set, &secrets, names, 1, report, &result);
    store_close(&store);
    return error_copy(err, &result);
}

/* The server: gives tokens t1, t2, ... or what it is told to. */
static struct raw_server server;
static const char *instead; /* NULL: a token */
static int64_t granted_at[4096];
static int grants;

static bool
answer(struct raw_server *self, int fd, const char *request)
{
    char text[512];

    (void)self;
    (void)request;
    if (instead) {
        (void)raw_send_text(fd, instead);
        return false;
    }
    granted_at[++grants & 4095] = boot_ahead;
    (void)snprintf(text, sizeof text,
                   HTTP("200 OK", "\r\n") "{\"access_token\":\"t%d\","
                                          "\"token_type\":\"Bearer\","
                                          "\"expires_in\":%d}",
                   grants, LIFETIME);
    (void)raw_send_text(fd, text);
    return false;
}

static void
set_up(void)
{
    struct profile_scope scope = {.system = false};
    struct tw_error err = {0};
    char text[512];

    scratch_make();
    cr_assert_eq(mkdir(scratch_path("profiles.d"), 0755), 0);
    cr_assert_eq(mkdir(scratch_path("run"), 0700), 0);
    raw_start(&server, answer);
    (void)snprintf(text, sizeof text,
                   "profiles:\n  acme:\n    token_endpoint: %s\n"
                   "    client_id: c\n    client_secret: s\n"
                   "    allow_http: loopback\n",
                   server.url);
    scratch_put("profiles.yaml", 0600, text, strlen(text));
    (void)snprintf(runtime.user, sizeof runtime.user, "%s",
                   scratch_path("run"));
    runtime.system = "/nonexistent";
    scope.dir = scratch_path("");
    cr_assert_eq(profiles_load(&scope, &modules, NULL, NULL, &set, &err),
                 TW_OK);
    cr_assert_eq(set.count, 1, "%s", set.broken.message);
}

static void
tear_down(void)
{
    raw_stop(&server);
    profile_set_clear(&set);
    scratch_remove();
}

TestSuite(hours, .init = set_up, .fini = tear_down, .timeout = 120);

/* What a reader met who asked once a second. */
struct met {
    int asked, failed;
    int stale;    /* given a token after its real end */
    int requests; /* of the helper meanwhile */
};

static void
ask_once(struct met *met)
{
    AUTO_ANSWER got = ANSWER_INIT;
    int number;

    met->asked++;
    if (ask_record(&runtime, "acme", TW_MIN_VALID_DEFAULT, 0, &got, NULL)) {
        met->failed++;
        return;
    }
    number = atoi(got.record.token + 1);
    met->stale += boot_ahead - granted_at[number & 4095] >= LIFETIME;
}

static struct met
ask_for(int64_t seconds)
{
    struct met met = {.requests = atomic_load(&server.requests)};

    for (int64_t i = 0; i < seconds; i++) {
        ask_once(&met);
        pass(1);
    }
    met.requests = atomic_load(&server.requests) - met.requests;
    return met;
}

static const struct failing {
    const char *name, *answer;
} FAILINGS[] = {
    {"no answer", HTTP("500 Down", "\r\n")},
    {"out of order", HTTP("503 Later", "Retry-After: 1\r\n\r\n")},
    {"busy", HTTP("429 Too Many", "Retry-After: 600\r\n\r\n")},
    {"garbage", HTTP("200 OK", "\r\n") "<html>"},
    {"cut off", "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"},
    {"refused", HTTP("401 No", "\r\n") "{\"error\":\"invalid_client\"}"},
};
#define FAILING_COUNT (sizeof FAILINGS / sizeof *FAILINGS)

Test(hours, an_hour_of_failures_and_a_get_each_second)
{
    int most = 0;

    for (size_t i = 0; i < FAILING_COUNT; i++) {
        struct met met;

        instead = FAILINGS[i].answer;
        met = ask_for(HOUR);
        cr_expect_eq(met.failed, HOUR);
        cr_expect_geq(met.requests, 1, "%s: nobody asked", FAILINGS[i].name);
        cr_expect_leq(met.requests, 20, "%s: %d requests", FAILINGS[i].name,
                      met.requests);
        most = met.requests > most ? met.requests : most;
        pass(2 * HOUR);
        instead = NULL;
        met = ask_for(1);
        cr_expect_eq(met.failed, 0, "it is well again");
        pass(LIFETIME);
    }
    figure("hour-of-failures-requests %d", most);
}

/* From the moment a refresh is due, as long as the token lives. */
Test(hours, a_living_token_is_given_while_everything_fails)
{
    struct met all = {0};

    for (size_t i = 0; i < FAILING_COUNT; i++) {
        struct met met;

        instead = NULL;
        (void)ask_for(1);
        pass(LIFETIME * 6 / 10);
        instead = FAILINGS[i].answer;
        met = ask_for(LIFETIME * 4 / 10 - 10);
        cr_expect_geq(met.requests, 1, "no refresh was tried");
        cr_expect_leq(met.requests, 20);
        all.asked += met.asked;
        all.failed += met.failed;
        all.stale += met.stale;
        pass(2 * HOUR);
    }
    cr_expect_eq(all.failed, 0);
    cr_expect_eq(all.stale, 0);
    figure("gets-failed-alive %d of %d", all.failed, all.asked);
}

Test(hours, clocks_that_are_set)
{
    static const int64_t JUMPS[] = {-315360000, -HOUR, HOUR, 315360000};
    int most = 0, stale = 0, failed = 0;

    for (size_t i = 0; i < sizeof JUMPS / sizeof *JUMPS; i++) {
        struct met met, after, back;

        (void)ask_for(1);
        wall_ahead += JUMPS[i];
        met = ask_for(120);
        pass(LIFETIME); /* whatever the wall clock says: it is over */
        after = ask_for(2);
        cr_expect_geq(after.requests, 1, "jump %ld: a dead token was kept",
                      (long)JUMPS[i]);
        wall_ahead -= JUMPS[i];
        back = ask_for(120);
        stale += met.stale + after.stale + back.stale;
        failed += met.failed + after.failed + back.failed;
        most = met.requests > most ? met.requests : most;
        most = back.requests > most ? back.requests : most;
        pass(2 * LIFETIME);
    }
    cr_expect_eq(failed, 0);
    cr_expect_eq(stale, 0);
    cr_expect_leq(most, 2);
    figure("clock-jump-requests %d", most);
    figure("stale-tokens %d", stale);
}

/* Both clocks of a host that slept have moved on. */
Test(hours, a_night_asleep)
{
    struct met met;

    (void)ask_for(1);
    pass(8 * HOUR);
    met = ask_for(60);
    cr_expect_eq(met.requests, 1);
    cr_expect_eq(met.failed, 0);
    cr_expect_eq(met.stale, 0);
}

/* expires_in 3600 again and again, with a get each second for a day: four
 * refreshes in three hours, and no get that waits in vain. */
Test(hours, a_day_of_refreshes)
{
    struct met met = ask_for(24 * HOUR);

    cr_expect_eq(met.failed, 0);
    cr_expect_eq(met.stale, 0);
    cr_expect_leq(met.requests, 36, "%d requests", met.requests);
    cr_expect_geq(met.requests, 28, "%d requests", met.requests);
}
