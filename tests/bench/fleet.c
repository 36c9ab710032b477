/* SPDX-License-Identifier: MIT */
/*
 * fleet.c - the floor for many profiles: what libcurl alone needs for the
 * same requests, and the kernel for the same files.
 *
 * usage: fleet flat|tree COUNT CA-FILE DIRECTORY URL
 *
 * COUNT token requests, each with its own client_id and client_secret, by one
 * curl_multi and epoll over CONNECTIONS kept connections.  flat: each answer
 * becomes DIRECTORY/N, 0600, by rename.  tree: each gets a directory of its
 * own with two files, as a record and a token file are.  Nothing is parsed,
 * checked or locked.  Prints wall and processor seconds.
 */
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS 8
#define BATCH 64

struct slot {
    CURL *easy;
    long number;
    size_t len;
    char body[4096], form[256];
};

struct fleet {
    CURLM *multi;
    int epoll, directory;
    long wait_ms, count, started, done;
    bool tree;
    struct slot slots[CONNECTIONS];
};

static double
seconds(double s, double us)
{
    return s + us / 1e6;
}

static void
die(const char *what)
{
    perror(what);
    exit(1);
}

static size_t
on_body(char *bytes, size_t size, size_t n, void *arg)
{
    struct slot *slot = arg;

    n *= size;
    if (n > sizeof slot->body - slot->len)
        return 0;
    memcpy(slot->body + slot->len, bytes, n);
    slot->len += n;
    return n;
}

static int
on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *known)
{
    const struct fleet *fleet = arg;
    struct epoll_event event = {.data = {.fd = fd}};

    (void)easy;
    if (what & CURL_POLL_IN)
        event.events |= EPOLLIN;
    if (what & CURL_POLL_OUT)
        event.events |= EPOLLOUT;
    if (what == CURL_POLL_REMOVE)
        (void)epoll_ctl(fleet->epoll, EPOLL_CTL_DEL, fd, NULL);
    else if (epoll_ctl(fleet->epoll, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd,
                       &event) < 0)
        die("epoll_ctl");
    (void)curl_multi_assign(fleet->multi, fd,
                            what == CURL_POLL_REMOVE ? NULL : fleet->multi);
    return 0;
}

static int
on_timer(CURLM *multi, long wait_ms, void *arg)
{
    struct fleet *fleet = arg;

    (void)multi;
    fleet->wait_ms = wait_ms;
    return 0;
}

static void
replace(int dir, const char *name, const struct slot *slot)
{
    char temporary[64];
    int fd;

    (void)snprintf(temporary, sizeof temporary, ".new.%s", name);
    fd = openat(dir, temporary,
                O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, slot->body, slot->len) != (ssize_t)slot->len ||
        close(fd) < 0 || renameat(dir, temporary, dir, name) < 0)
        die("publishing");
}

static void
publish(const struct fleet *fleet, const struct slot *slot)
{
    char name[32];
    int dir;

    (void)snprintf(name, sizeof name, "%ld", slot->number);
    if (!fleet->tree) {
        replace(fleet->directory, name, slot);
        return;
    }
    if (mkdirat(fleet->directory, name, 0700) < 0 ||
        (dir = openat(fleet->directory, name, O_RDONLY | O_DIRECTORY)) < 0)
        die(name);
    replace(dir, "record", slot);
    replace(dir, "token", slot);
    (void)close(dir);
}

static void
start(struct fleet *fleet, struct slot *slot)
{
    slot->number = fleet->started++;
    slot->len = 0;
    (void)snprintf(slot->form, sizeof slot->form,
                   "grant_type=client_credentials&scope=payments&"
                   "client_id=client-%06ld&client_secret=secret-%06ld",
                   slot->number, slot->number);
    (void)curl_easy_setopt(slot->easy, CURLOPT_POSTFIELDS, slot->form);
    (void)curl_multi_add_handle(fleet->multi, slot->easy);
}

static void
prepare(struct slot *slot, const char *ca_file, const char *url)
{
    CURL *easy = slot->easy = curl_easy_init();

    (void)curl_easy_setopt(easy, CURLOPT_URL, url);
    (void)curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file);
    (void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    (void)curl_easy_setopt(easy, CURLOPT_PRIVATE, slot);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, slot);
}

static void
take_finished(struct fleet *fleet)
{
    const CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(fleet->multi, &left))) {
        struct slot *slot = NULL;
        long status = 0;

        (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &slot);
        (void)curl_easy_getinfo(message->easy_handle, CURLINFO_RESPONSE_CODE,
                                &status);
        if (message->data.result != CURLE_OK || status != 200) {
            (void)fprintf(stderr, "fleet: %s, status %ld\n",
                          curl_easy_strerror(message->data.result), status);
            exit(1);
        }
        publish(fleet, slot);
        (void)curl_multi_remove_handle(fleet->multi, slot->easy);
        fleet->done++;
        if (fleet->started < fleet->count)
            start(fleet, slot);
    }
}

static void
run(struct fleet *fleet)
{
    struct epoll_event events[BATCH];
    int running;

    while (fleet->done < fleet->count) {
        int n = epoll_wait(fleet->epoll, events, BATCH,
                           fleet->wait_ms < 0 ? 60000 : (int)fleet->wait_ms);

        if (n < 0 && errno != EINTR)
            die("epoll_wait");
        if (n == 0)
            (void)curl_multi_socket_action(fleet->multi, CURL_SOCKET_TIMEOUT,
                                           0, &running);
        for (int i = 0; i < n; i++) {
            int what = (events[i].events & EPOLLIN ? CURL_CSELECT_IN : 0) |
                       (events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0);

            (void)curl_multi_socket_action(fleet->multi, events[i].data.fd,
                                           what, &running);
        }
        take_finished(fleet);
    }
}

int
main(int argc, char **argv)
{
    static struct fleet fleet;
    struct timespec begin, end;
    struct rusage used;

    if (argc != 6)
        return 2;
    (void)clock_gettime(CLOCK_MONOTONIC, &begin);
    fleet.tree = strcmp(argv[1], "tree") == 0;
    fleet.count = strtol(argv[2], NULL, 10);
    fleet.directory = open(argv[4], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    fleet.epoll = epoll_create1(EPOLL_CLOEXEC);
    if (fleet.directory < 0 || fleet.epoll < 0)
        die(argv[4]);
    (void)curl_global_init(CURL_GLOBAL_SSL);
    fleet.multi = curl_multi_init();
    (void)curl_multi_setopt(fleet.multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    (void)curl_multi_setopt(fleet.multi, CURLMOPT_SOCKETDATA, &fleet);
    (void)curl_multi_setopt(fleet.multi, CURLMOPT_TIMERFUNCTION, on_timer);
    (void)curl_multi_setopt(fleet.multi, CURLMOPT_TIMERDATA, &fleet);
    for (int i = 0; i < CONNECTIONS && i < fleet.count; i++) {
        prepare(&fleet.slots[i], argv[3], argv[5]);
        start(&fleet, &fleet.slots[i]);
    }
    run(&fleet);
    (void)clock_gettime(CLOCK_MONOTONIC, &end);
    (void)getrusage(RUSAGE_SELF, &used);
    (void)printf(
        "%.3f %.3f\n",
        seconds((double)(end.tv_sec - begin.tv_sec),
                (double)(end.tv_nsec - begin.tv_nsec) / 1e3),
        seconds((double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec),
                (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec)));
    return 0;
}
