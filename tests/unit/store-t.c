/* SPDX-License-Identifier: MIT */
/*
 * store-t.c - the runtime directory against planted files and umasks.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "helper/replace.h"
#include "helper/store.h"

static char top[64], root[80];

static void
set_up(void)
{
    strcpy(top, "/tmp/tokenward-store.XXXXXX");
    cr_assert_not_null(mkdtemp(top));
    (void)snprintf(root, sizeof root, "%s/tokenward", top);
}

static void
tear_down(void)
{
    char command[128];

    (void)snprintf(command, sizeof command, "rm -rf %s", top);
    (void)!system(command);
}

TestSuite(store, .init = set_up, .fini = tear_down);

static const char *
in_profile(const char *file)
{
    static char path[256];

    (void)snprintf(path, sizeof path, "%s/p/%s", root, file);
    return path;
}

static struct record
a_record(const char *token, int64_t generation)
{
    struct now now = clock_now();

    return (struct record){.profile = "p",
                           .generation = generation,
                           .token_type = "Bearer",
                           .token = token,
                           .token_len = token ? strlen(token) : 0,
                           .issued_at = now.wall,
                           .expires = moment_after(now, 100),
                           .lifetime = 100,
                           .refresh_at = now.wall + 75};
}

static void
open_both(struct store *store, struct store_profile *place)
{
    struct tw_error err = {0};

    cr_assert_eq(store_open(root, false, store, &err), TW_OK, "%s",
                 err.message);
    cr_assert_eq(store_enter(store, "p", place, &err), TW_OK, "%s",
                 err.message);
}

static void
check_published(const struct store_profile *place, const char *token,
                int64_t generation)
{
    AUTO_RECORD kept = RECORD_INIT;

    cr_assert_eq(store_record(place, &kept, NULL), TW_OK);
    cr_assert_str_eq(kept.token, token);
    cr_assert_eq(kept.generation, generation);
}

Test(store, modes_are_exact_whatever_the_umask)
{
    static const mode_t MASKS[] = {0, 0777, 0277};

    for (size_t i = 0; i < 3; i++) {
        AUTO_STORE store = {.root = -1};
        AUTO_STORE_PROFILE place = {.dir = -1, .lock = -1};
        struct record record = a_record("tok", (int64_t)i + 1);
        mode_t before = umask(MASKS[i]);
        struct stat st;

        open_both(&store, &place);
        cr_assert_eq(store_publish(&place, &record, (int64_t)i, NULL), TW_OK);
        (void)umask(before);
        cr_assert_eq(stat(in_profile("token"), &st), 0);
        cr_assert_eq(st.st_mode & 07777, 0600);
        cr_assert_eq(stat(in_profile("record"), &st), 0);
        cr_assert_eq(st.st_mode & 07777, 0600);
        cr_assert_eq(stat(root, &st), 0);
        cr_assert_eq(st.st_mode & 07777, 0700);
    }
}

Test(store, planted_links_and_special_files_are_replaced)
{
    AUTO_STORE store = {.root = -1};
    AUTO_STORE_PROFILE place = {.dir = -1, .lock = -1};
    char victim[128], text[16] = "";
    struct record record = a_record("tok", 1);
    FILE *file;

    open_both(&store, &place);
    (void)snprintf(victim, sizeof victim, "%s/victim", top);
    file = fopen(victim, "w");
    (void)fputs("mine", file);
    (void)fclose(file);
    cr_assert_eq(symlink(victim, in_profile("token")), 0);
    cr_assert_eq(mkfifo(in_profile("record"), 0600), 0);
    cr_assert_eq(store_publish(&place, &record, 0, NULL), TW_OK);
    check_published(&place, "tok", 1);
    cr_assert_eq(unlink(in_profile("token")), 0);
    cr_assert_eq(link(victim, in_profile("token")), 0);
    record = a_record("tok2", 2);
    cr_assert_eq(store_publish(&place, &record, 1, NULL), TW_OK);
    file = fopen(victim, "r");
    (void)!fgets(text, sizeof text, file);
    (void)fclose(file);
    cr_assert_str_eq(text, "mine");
}

Test(store, a_directory_in_the_way_is_refused_and_kept)
{
    AUTO_STORE store = {.root = -1};
    AUTO_STORE_PROFILE place = {.dir = -1, .lock = -1};
    struct record record = a_record("tok", 1);
    struct tw_error err;
    struct stat st;

    open_both(&store, &place);
    cr_assert_eq(mkdir(in_profile("record"), 0700), 0);
    cr_assert_eq(store_publish(&place, &record, 0, &err), TW_E_ACCESS);
    cr_assert_eq(stat(in_profile("record"), &st), 0);
    cr_assert(S_ISDIR(st.st_mode));
}

Test(store, a_foreign_or_open_directory_is_refused)
{
    struct store store;
    struct tw_error err;
    char other[128];

    (void)snprintf(other, sizeof other, "%s/other", top);
    cr_assert_eq(mkdir(other, 0700), 0);
    cr_assert_eq(symlink(other, root), 0);
    cr_assert_eq(store_open(root, false, &store, &err), TW_E_ACCESS);
    cr_assert_eq(unlink(root), 0);
    cr_assert_eq(mkdir(root, 0700), 0);
    cr_assert_eq(chmod(root, 0777), 0);
    cr_assert_eq(store_open(root, false, &store, &err), TW_E_ACCESS);
    cr_assert_not_null(strstr(err.message, "0777"));
    cr_assert_eq(rmdir(root), 0);
    cr_assert_eq(close(open(root, O_CREAT | O_WRONLY, 0600)), 0);
    cr_assert_eq(store_open(root, false, &store, &err), TW_E_ACCESS);
    cr_assert_not_null(strstr(err.message, root));
    cr_assert_eq(unlink(root), 0);
    if (geteuid() != 0)
        cr_skip("making another uid's directory needs root");
    cr_assert_eq(mkdir(root, 0700), 0);
    cr_assert_eq(chown(root, 65534, 65534), 0);
    cr_assert_eq(store_open(root, false, &store, &err), TW_E_ACCESS);
    cr_assert_not_null(strstr(err.message, "65534"));
}

Test(store, strays_of_the_dead_go_and_of_the_living_stay)
{
    AUTO_STORE store = {.root = -1};
    AUTO_STORE_PROFILE place = {.dir = -1, .lock = -1};
    struct record record = a_record("tok", 1);
    char name[64];

    open_both(&store, &place);
    cr_assert_eq(store_publish(&place, &record, 0, NULL), TW_OK);
    for (int i = 0; i < 100; i++) {
        (void)snprintf(name, sizeof name, ".new.4194%03d.0", 304 + i);
        cr_assert_eq(close(open(in_profile(name), O_CREAT | O_WRONLY, 0600)),
                     0);
    }
    (void)snprintf(name, sizeof name, ".new.%ld.0", (long)getppid());
    cr_assert_eq(close(open(in_profile(name), O_CREAT | O_WRONLY, 0600)), 0);
    record = a_record("new", 2);
    cr_assert_eq(store_publish(&place, &record, 1, NULL), TW_OK);
    cr_assert_eq(access(in_profile(name), F_OK), 0);
    cr_assert_neq(access(in_profile(".new.4194304.0"), F_OK), 0);
}

Test(store, a_generation_that_moved_changes_nothing)
{
    AUTO_STORE store = {.root = -1};
    AUTO_STORE_PROFILE place = {.dir = -1, .lock = -1};
    struct record record = a_record("one", 1);

    open_both(&store, &place);
    cr_assert_eq(store_publish(&place, &record, 0, NULL), TW_OK);
    record = a_record("two", 1);
    cr_assert_eq(store_publish(&place, &record, 0, NULL), TW_E_RETRY);
    check_published(&place, "one", 1);
}

Test(store, a_rejected_record_has_no_token_and_keeps_counting)
{
    AUTO_STORE store = {.root = -1};
    AUTO_STORE_PROFILE place = {.dir = -1, .lock = -1};
    AUTO_RECORD kept = RECORD_INIT;
    struct record record = a_record("one", 1);

    open_both(&store, &place);
    cr_assert_eq(store_publish(&place, &record, 0, NULL), TW_OK);
    record = a_record(NULL, 2);
    cr_assert_eq(store_publish(&place, &record, 1, NULL), TW_OK);
    cr_assert_neq(access(in_profile("token"), F_OK), 0);
    cr_assert_eq(store_record(&place, &kept, NULL), TW_OK);
    cr_assert_null(kept.token);
    cr_assert_eq(kept.generation, 2);
}

Test(store, a_token_file_that_differs_is_mended)
{
    AUTO_STORE store = {.root = -1};
    AUTO_STORE_PROFILE place = {.dir = -1, .lock = -1};
    struct record record = a_record("one", 1);
    char text[16] = "";
    FILE *file;

    open_both(&store, &place);
    cr_assert_eq(store_publish(&place, &record, 0, NULL), TW_OK);
    file = fopen(in_profile("token"), "w");
    (void)fputs("garbage", file);
    (void)fclose(file);
    cr_assert_eq(store_mend(&place, &record, NULL), TW_OK);
    file = fopen(in_profile("token"), "r");
    (void)!fgets(text, sizeof text, file);
    (void)fclose(file);
    cr_assert_str_eq(text, "one");
}

Test(store, the_lock_is_one_and_says_who_holds_it)
{
    AUTO_STORE store = {.root = -1};
    AUTO_STORE_PROFILE one = {.dir = -1, .lock = -1};
    AUTO_STORE_PROFILE two = {.dir = -1, .lock = -1};
    struct tw_error err;
    char pid[24];
    int64_t start = clock_monotonic_ms();

    open_both(&store, &one);
    cr_assert_eq(store_enter(&store, "p", &two, NULL), TW_OK);
    cr_assert_eq(store_lock(&one, 0, NULL), TW_OK);
    cr_assert_eq(store_lock(&two, 0, &err), TW_E_RETRY);
    (void)snprintf(pid, sizeof pid, "%ld", (long)getpid());
    cr_assert_not_null(strstr(err.message, pid));
    cr_assert_eq(store_lock(&two, start + 200, &err), TW_E_RETRY);
    cr_assert_geq(clock_monotonic_ms() - start, 190);
    store_leave(&one);
    cr_assert_eq(store_lock(&two, start + 5000, NULL), TW_OK);
}

/* Who starts us may have the signal blocked that ends the waiting. */
Test(store, a_lock_is_not_waited_for_longer_with_signals_blocked,
     .timeout = 20)
{
    AUTO_STORE store = {.root = -1};
    AUTO_STORE_PROFILE one = {.dir = -1, .lock = -1};
    AUTO_STORE_PROFILE two = {.dir = -1, .lock = -1};
    int64_t start = clock_monotonic_ms();
    sigset_t alarm_alone, now;

    open_both(&store, &one);
    cr_assert_eq(store_enter(&store, "p", &two, NULL), TW_OK);
    cr_assert_eq(store_lock(&one, 0, NULL), TW_OK);
    (void)sigemptyset(&alarm_alone);
    (void)sigaddset(&alarm_alone, SIGALRM);
    (void)sigprocmask(SIG_SETMASK, &alarm_alone, NULL);
    cr_expect_eq(store_lock(&two, start + 200, NULL), TW_E_RETRY);
    cr_expect_lt(clock_monotonic_ms() - start, 2000);
    (void)sigprocmask(SIG_SETMASK, NULL, &now);
    cr_expect(sigismember(&now, SIGALRM), "the mask was not put back");
}

/* Every user may open the system's directories, and so flock(2) them. */
Test(store, a_directory_that_is_held_holds_nobody_up, .timeout = 20)
{
    AUTO_STORE store = {.root = -1};
    AUTO_STORE_PROFILE place = {.dir = -1, .lock = -1};
    AUTO_CLOSE int held = -1;
    struct record record = a_record("tok", 1);

    open_both(&store, &place);
    held = open(in_profile("."), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    cr_assert_eq(flock(held, LOCK_EX), 0);
    cr_assert_eq(store_publish(&place, &record, 0, NULL), TW_OK);
    check_published(&place, "tok", 1);
}

Test(store, a_writer_that_does_not_end_is_waited_for, .timeout = 20)
{
    AUTO_STORE store = {.root = -1};
    AUTO_STORE_PROFILE place = {.dir = -1, .lock = -1};
    AUTO_GUARD guard = REPLACE_GUARD_INIT;
    struct replace_place written = {.lock = STORE_LOCK, .held = -1};
    struct record record = a_record("tok", 1);
    struct tw_error err;

    open_both(&store, &place);
    written.dir = place.dir;
    cr_assert_eq(replace_begin(&written, &guard, NULL), TW_OK);
    cr_expect_eq(store_publish(&place, &record, 0, &err), TW_E_SYSTEM);
    cr_expect_str_eq(err.message, "the runtime directory is being written by "
                                  "another process");
}

/* Fetches and renames are locked by the same file, and not by each other. */
Test(store, a_fetch_keeps_nobody_from_rejecting, .timeout = 20)
{
    AUTO_STORE store = {.root = -1};
    AUTO_STORE_PROFILE place = {.dir = -1, .lock = -1};
    AUTO_STORE_PROFILE fetching = {.dir = -1, .lock = -1};
    struct record record = a_record("tok", 1), next = a_record("next", 2);
    struct record rejected = a_record(NULL, 2);

    open_both(&store, &place);
    cr_assert_eq(store_publish(&place, &record, 0, NULL), TW_OK);
    cr_assert_eq(store_enter(&store, "p", &fetching, NULL), TW_OK);
    cr_assert_eq(store_lock(&fetching, 0, NULL), TW_OK);
    cr_assert_eq(store_publish(&place, &rejected, 1, NULL), TW_OK);
    cr_expect_eq(store_publish(&fetching, &next, 1, NULL), TW_E_RETRY);
    next.generation = 3;
    cr_expect_eq(store_publish(&fetching, &next, 2, NULL), TW_OK);
    check_published(&place, "next", 3);
}

/* What was new when it was locked may not be any more, if somebody took the
 * lock's file away. */
Test(store, a_lock_that_was_replaced_hides_no_generation)
{
    AUTO_STORE store = {.root = -1};
    AUTO_STORE_PROFILE one = {.dir = -1, .lock = -1};
    AUTO_STORE_PROFILE two = {.dir = -1, .lock = -1};
    struct record record = a_record("tok", 1), other = a_record("other", 1);

    open_both(&store, &one);
    cr_assert_eq(store_lock(&one, 0, NULL), TW_OK);
    cr_assert(one.is_new);
    cr_assert_eq(unlink(in_profile("lock")), 0);
    cr_assert_eq(store_enter(&store, "p", &two, NULL), TW_OK);
    cr_assert_eq(store_lock(&two, 0, NULL), TW_OK);
    cr_assert(!two.is_new);
    cr_assert_eq(store_publish(&two, &other, 0, NULL), TW_OK);
    cr_expect_eq(store_publish(&one, &record, 0, NULL), TW_E_RETRY);
    check_published(&two, "other", 1);
}

Test(store, a_new_lock_of_the_resident_helper_is_empty_and_known)
{
    AUTO_STORE store = {.root = -1};
    AUTO_STORE_PROFILE one = {.dir = -1, .lock = -1};
    AUTO_STORE_PROFILE two = {.dir = -1, .lock = -1};
    struct tw_error err;
    struct stat st;
    char path[128];
    FILE *serve;

    open_both(&store, &one);
    store.is_resident = true;
    cr_assert_eq(store_enter(&store, "p", &two, NULL), TW_OK);
    cr_assert_eq(store_lock(&one, 0, NULL), TW_OK);
    cr_expect(one.is_new && stat(in_profile("lock"), &st) == 0 &&
              st.st_size == 0);
    cr_expect_eq(store_lock(&two, 0, &err), TW_E_RETRY);
    cr_expect_str_eq(err.message, "'p' is being fetched by another process");
    (void)snprintf(path, sizeof path, "%s/serve", root);
    serve = fopen(path, "w");
    cr_assert_not_null(serve);
    (void)fputs("4711      \n", serve);
    (void)fclose(serve);
    cr_expect_eq(store_lock(&two, 0, &err), TW_E_RETRY);
    cr_expect_str_eq(err.message, "'p' is being fetched by process 4711");
    store_leave(&one);
    cr_assert_eq(store_lock(&two, 0, NULL), TW_OK);
    cr_expect(!two.is_new);
    cr_expect(stat(in_profile("lock"), &st) == 0 && st.st_size > 0);
}

/* The resident helper made the lock and has published, before who made the
 * directory came to lock it. */
Test(store, who_made_the_directory_may_find_a_record_there)
{
    AUTO_STORE store = {.root = -1}, resident;
    AUTO_STORE_PROFILE one = {.dir = -1, .lock = -1};
    AUTO_STORE_PROFILE two = {.dir = -1, .lock = -1};
    struct record record = a_record("tok", 1);

    open_both(&store, &one);
    resident = store;
    resident.is_resident = true;
    cr_assert(one.is_new);
    cr_assert_eq(store_enter(&resident, "p", &two, NULL), TW_OK);
    cr_assert_eq(store_lock(&two, 0, NULL), TW_OK);
    cr_assert_eq(store_publish(&two, &record, 0, NULL), TW_OK);
    store_leave(&two);
    cr_assert_eq(store_lock(&one, 0, NULL), TW_OK);
    cr_expect(!one.is_new);
    resident.root = -1;
}

/* A good token file needs no guard: not when the disk is full, not when
 * something lies in its place. */
Test(store, a_good_token_file_needs_no_guard)
{
    AUTO_STORE store = {.root = -1};
    AUTO_STORE_PROFILE place = {.dir = -1, .lock = -1};
    struct record record = a_record("tok", 1);

    open_both(&store, &place);
    cr_assert_eq(store_publish(&place, &record, 0, NULL), TW_OK);
    cr_assert_eq(unlink(in_profile("lock")), 0);
    cr_assert_eq(mkdir(in_profile("lock"), 0700), 0);
    cr_expect_eq(store_mend(&place, &record, NULL), TW_OK);
    cr_assert_eq(unlink(in_profile("token")), 0);
    cr_expect_eq(store_mend(&place, &record, NULL), TW_E_ACCESS);
}

Test(store, a_system_directory_of_a_killed_maker_is_opened_to_readers)
{
    AUTO_STORE store = {.root = -1};
    struct stat st;

    cr_assert_eq(mkdir(root, 0700), 0);
    cr_assert_eq(store_open(root, true, &store, NULL), TW_OK);
    cr_assert_eq(stat(root, &st), 0);
    cr_expect_eq(st.st_mode & 07777, 0755);
}
