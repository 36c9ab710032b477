/* SPDX-License-Identifier: MIT */
/*
 * main.c - the life of the sandbox: an authorization server on this host
 * alone, so that nobody needs an account to try tokenward, or to test it.
 *
 *   1. The command line is read.
 *   2. Keys and certificates are made; ca.pem is written.
 *   3. It listens and serves.
 *   4. It says that it is ready: on stdout, and in the file `ready`.
 *   5. It waits: for SIGTERM, SIGINT, its parent's death, or its time.
 *   6. It takes `ready` away, closes all connections and is gone.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>

#include "tests/sandbox/listener.h"
#include "tests/sandbox/options.h"
#include "tests/sandbox/server.h"
#include "tests/sandbox/state.h"

#define CA_FILE "ca.pem"
#define READY_FILE "ready"
#define READY_MAX 8192

static void
auto_assertions(struct assertions **assertions)
{
    assertions_free(*assertions);
}

static void
auto_codes(struct codes **codes)
{
    codes_free(*codes);
}

static void
auto_counter(struct counter **counter)
{
    counter_free(*counter);
}

static void
auto_devices(struct devices **devices)
{
    devices_free(*devices);
}

static void
auto_families(struct families **families)
{
    families_free(*families);
}

static void
auto_sold(struct sold **sold)
{
    sold_free(*sold);
}

static void
auto_server(struct server **server)
{
    server_stop(*server);
}

/* Descriptors for all the connections we allow. */
static void
raise_limits(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* False when the parent is dead already. */
static bool
follow_parent(pid_t parent)
{
    return prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && getppid() == parent;
}

static void
block_signals(sigset_t *stops)
{
    (void)sigemptyset(stops);
    (void)sigaddset(stops, SIGTERM);
    (void)sigaddset(stops, SIGINT);
    (void)sigprocmask(SIG_BLOCK, stops, NULL); /* inherited by all threads */
    (void)signal(SIGPIPE, SIG_IGN);
}

static void
wait_for_end(const sigset_t *stops, unsigned life_s)
{
    struct timespec now, left;
    time_t end;

    (void)clock_gettime(CLOCK_BOOTTIME, &now);
    end = now.tv_sec + (time_t)life_s;
    do {
        (void)clock_gettime(CLOCK_BOOTTIME, &now);
        left = (struct timespec){.tv_sec = end - now.tv_sec};
    } while (left.tv_sec > 0 && sigtimedwait(stops, NULL, &left) < 0 &&
             errno == EINTR);
}

static enum tw_status
listen_and_serve(const struct options *options,
                 const struct certificate *certificate,
                 struct sandbox *sandbox, struct server **out,
                 struct tw_error *err)
{
    struct server_wish wish = {.v4 = -1,
                               .v6 = -1,
                               .certificate =
                                   options->http ? NULL : certificate,
                               .idle_s = options->idle_s};
    uint16_t port = options->port;
    enum tw_status status =
        listener_open(&port, options->ipv6, &wish.v4, &wish.v6, err);

    if (status)
        return status;
    (void)snprintf(sandbox->url, sizeof sandbox->url, "http%s://127.0.0.1:%u",
                   options->http ? "" : "s", port);
    (void)snprintf(sandbox->token_url, sizeof sandbox->token_url,
                   "%s" TOKEN_PATH, sandbox->url);
    return server_start(&wish, sandbox, out, err);
}

static enum tw_status
announce(const struct options *options, const struct sandbox *sandbox, int dir,
         struct tw_error *err)
{
    AUTO_SECRET lines = SECRET_INIT(READY_MAX);
    const char *port = strrchr(sandbox->url, ':');
    char text[READY_MAX / 2];
    enum tw_status status;

    (void)snprintf(text, sizeof text, "url=%s\n", sandbox->url);
    (void)secret_append_text(&lines, text);
    if (options->ipv6) {
        (void)snprintf(text, sizeof text, "url6=http%s://[::1]%s\n",
                       options->http ? "" : "s", port);
        (void)secret_append_text(&lines, text);
    }
    if (!options->http) {
        (void)snprintf(text, sizeof text, "ca=%s/" CA_FILE "\n", options->dir);
        (void)secret_append_text(&lines, text);
    }
    (void)secret_append_text(&lines, "ready\n");
    status = state_put(dir, READY_FILE, &lines, err);
    if (status)
        return status;
    (void)fputs(secret_text(&lines), stdout);
    (void)fflush(stdout);
    return TW_OK;
}

static enum tw_status
serve(const struct options *options, struct sandbox *sandbox,
      const sigset_t *stops, struct tw_error *err)
{
    AUTO_CLOSE int dir = -1;
    AUTO_CERTIFICATE certificate = CERTIFICATE_INIT;
    AUTO(auto_assertions) struct assertions *assertions = NULL;
    AUTO(auto_codes) struct codes *codes = NULL;
    AUTO(auto_counter) struct counter *counter = NULL;
    AUTO(auto_devices) struct devices *devices = NULL;
    AUTO(auto_families) struct families *families = NULL;
    AUTO(auto_sold) struct sold *sold = NULL;
    AUTO(auto_server) struct server *server = NULL;
    enum tw_status status = state_open(options->dir, &dir, err);

    if (!status) {
        state_remove(dir, READY_FILE); /* of one that was killed */
        status = counter_new(options->count_file, &counter, err);
    }
    if (!status)
        status = assertions_new(&assertions, err);
    if (!status)
        status = codes_new(&codes, err);
    if (!status)
        status = devices_new(&devices, err);
    if (!status)
        status = families_new(&families, err);
    if (!status)
        status = sold_new(&sold, err);
    if (!status && !options->http)
        status = certificate_make(&certificate, options->certificate, err);
    if (!status && !options->http)
        status = state_put(dir, CA_FILE, &certificate.ca, err);
    if (status)
        return status;
    sandbox->assertions = assertions;
    sandbox->codes = codes;
    sandbox->counter = counter;
    sandbox->devices = devices;
    sandbox->families = families;
    sandbox->sold = sold;
    status = listen_and_serve(options, &certificate, sandbox, &server, err);
    if (!status)
        status = announce(options, sandbox, dir, err);
    if (status)
        return status;
    wait_for_end(stops, options->life_s);
    state_remove(dir, READY_FILE);
    return TW_OK;
}

static void
sandbox_init(struct sandbox *sandbox)
{
    *sandbox = (struct sandbox){.same_token = SECRET_INIT(TOKEN_LEN)};
    clients_init(&sandbox->clients);
    misbehave_init(&sandbox->always);
    (void)token_append(&sandbox->same_token, TOKEN_LEN);
}

static void
sandbox_clear(struct sandbox *sandbox)
{
    clients_clear(&sandbox->clients);
    misbehave_clear(&sandbox->always);
    secret_clear(&sandbox->same_token);
}

int
main(int argc, char *argv[])
{
    pid_t parent = getppid();
    AUTO(sandbox_clear) struct sandbox sandbox;
    struct options options;
    struct tw_error err;
    enum tw_status status;
    sigset_t stops;

    sandbox_init(&sandbox);
    status = options_read(argc, argv, &options, &sandbox, &err);
    if (!status && options.help) {
        options_help(stdout);
        return 0;
    }
    block_signals(&stops);
    raise_limits();
    if (!status && options.parent && !follow_parent(parent))
        return 0;
    if (!status)
        status = serve(&options, &sandbox, &stops, &err);
    if (status)
        (void)fprintf(stderr, "sandbox: %s\n", err.message);
    return status_exit_code((int)status);
}
