/* SPDX-License-Identifier: MIT */
/*
 * store-lock-t.c - who holds the runtime directory's lock, and whom it holds
 * up.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "helper/base/replace.h"
#include "tests/unit/soon.h"
#include "tests/unit/storing.h"

TestSuite(store_lock, .init = storing_set_up, .fini = storing_tear_down);

Test(store_lock, the_lock_is_one_and_says_who_holds_it)
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
Test(store_lock, a_lock_is_not_waited_for_longer_with_signals_blocked,
     .timeout = 20)
{
    AUTO_STORE store = {.root = -1};
    AUTO_STORE_PROFILE one = {.dir = -1, .lock = -1};
    AUTO_STORE_PROFILE two = {.dir = -1, .lock = -1};
    int64_t start, took_ms = 2000;
    sigset_t alarm_alone, now;

    open_both(&store, &one);
    cr_assert_eq(store_enter(&store, "p", &two, NULL), TW_OK);
    cr_assert_eq(store_lock(&one, 0, NULL), TW_OK);
    (void)sigemptyset(&alarm_alone);
    (void)sigaddset(&alarm_alone, SIGALRM);
    (void)sigprocmask(SIG_SETMASK, &alarm_alone, NULL);
    for (int i = 0; i < SOON_TRIES && took_ms >= 2000; i++) {
        start = clock_monotonic_ms();
        cr_expect_eq(store_lock(&two, start + 200, NULL), TW_E_RETRY);
        took_ms = clock_monotonic_ms() - start;
    }
    cr_expect_lt(took_ms, 2000);
    (void)sigprocmask(SIG_SETMASK, NULL, &now);
    cr_expect(sigismember(&now, SIGALRM), "the mask was not put back");
}

/* Every user may open the system's directories, and so flock(2) them. */
Test(store_lock, a_directory_that_is_held_holds_nobody_up, .timeout = 20)
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

Test(store_lock, a_writer_that_does_not_end_is_waited_for, .timeout = 20)
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
Test(store_lock, a_fetch_keeps_nobody_from_rejecting, .timeout = 20)
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

/* Nobody else can publish where somebody holds the lock, unless its file was
 * taken away. */
Test(store_lock, a_lock_that_was_replaced_hides_no_generation)
{
    AUTO_STORE store = {.root = -1};
    AUTO_STORE_PROFILE one = {.dir = -1, .lock = -1};
    AUTO_STORE_PROFILE two = {.dir = -1, .lock = -1};
    struct record record = a_record("tok", 1), other = a_record("other", 1);

    open_both(&store, &one);
    cr_assert_eq(store_lock(&one, 0, NULL), TW_OK);
    cr_assert_eq(unlink(in_profile("lock")), 0);
    cr_assert_eq(store_enter(&store, "p", &two, NULL), TW_OK);
    cr_assert_eq(store_lock(&two, 0, NULL), TW_OK);
    cr_assert_eq(store_publish(&two, &other, 0, NULL), TW_OK);
    cr_expect_eq(store_publish(&one, &record, 0, NULL), TW_E_RETRY);
    check_published(&two, "other", 1);
}

/* The file that the resident helper holds as long as it lives. */
static FILE *
hold_serve(void)
{
    char path[128];
    FILE *serve;

    (void)snprintf(path, sizeof path, "%s/serve", storing_root);
    serve = fopen(path, "w+");
    cr_assert_not_null(serve);
    (void)fputs("4711      \n", serve);
    (void)fflush(serve);
    cr_assert_eq(flock(fileno(serve), LOCK_EX | LOCK_NB), 0);
    return serve;
}

/* As the resident helper, which holds @serve, and as anybody else. */
static void
open_resident(struct store *store, struct store *resident, FILE **serve)
{
    cr_assert_eq(store_open(storing_root, false, store, NULL), TW_OK);
    cr_assert_eq(store_open(storing_root, false, resident, NULL), TW_OK);
    *serve = hold_serve();
    store_reside(resident, fileno(*serve));
}

static mode_t
mode_of_profile(void)
{
    struct stat st;

    cr_assert_eq(stat(in_profile("."), &st), 0);
    return st.st_mode & 07777;
}

Test(store_lock, the_resident_helpers_first_fetch_is_told_by_a_mark,
     .timeout = 20)
{
    AUTO_STORE store = {.root = -1}, resident = {.root = -1};
    AUTO_STORE_PROFILE one = {.dir = -1, .lock = -1};
    AUTO_STORE_PROFILE two = {.dir = -1, .lock = -1};
    struct record record = a_record("tok", 1);
    struct tw_error err;
    FILE *serve;

    open_resident(&store, &resident, &serve);
    cr_assert_eq(store_enter(&resident, "p", &one, NULL), TW_OK);
    cr_assert_eq(store_lock(&one, 0, NULL), TW_OK);
    cr_expect_eq(mode_of_profile(), 01700);
    cr_expect_eq(access(in_profile("lock"), F_OK), -1);
    cr_assert_eq(store_enter(&store, "p", &two, NULL), TW_OK);
    cr_expect_eq(store_lock(&two, 0, &err), TW_E_RETRY);
    cr_expect_str_eq(err.message, "'p' is being fetched by process 4711");
    cr_expect_eq(two.lock, -1);
    cr_assert_eq(store_publish(&one, &record, 0, NULL), TW_OK);
    cr_expect_eq(store_lock(&two, 0, NULL), TW_E_RETRY, "it is not over");
    store_leave(&one);
    cr_expect_eq(mode_of_profile(), 0700);
    cr_assert_eq(store_lock(&two, 0, NULL), TW_OK);
    cr_expect(!two.is_new);
    check_published(&two, "tok", 1);
    (void)fclose(serve);
}

/* What it published as the only one there it does not as one of several. */
Test(store_lock, a_marked_directory_hides_no_generation, .timeout = 20)
{
    AUTO_STORE store = {.root = -1}, resident = {.root = -1};
    AUTO_STORE_PROFILE one = {.dir = -1, .lock = -1};
    AUTO_STORE_PROFILE two = {.dir = -1, .lock = -1};
    struct record record = a_record("tok", 1), other = a_record("other", 1);
    FILE *serve;

    open_resident(&store, &resident, &serve);
    cr_assert_eq(store_enter(&resident, "p", &one, NULL), TW_OK);
    cr_assert_eq(store_enter(&store, "p", &two, NULL), TW_OK);
    cr_assert_eq(store_publish(&two, &other, 0, NULL), TW_OK);
    cr_expect_eq(store_publish(&one, &record, 0, NULL), TW_E_RETRY);
    check_published(&two, "other", 1);
    (void)fclose(serve);
}

/* What it writes under the second lock of its own file a rejection waits for,
 * and makes the lock that it looks for before it writes. */
Test(store_lock, a_marked_directory_has_one_writer, .timeout = 20)
{
    AUTO_STORE store = {.root = -1}, resident = {.root = -1};
    AUTO_STORE_PROFILE one = {.dir = -1, .lock = -1};
    AUTO_STORE_PROFILE two = {.dir = -1, .lock = -1};
    struct flock all = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    struct record record = a_record("tok", 1), rejected = a_record(NULL, 2);
    struct tw_error err;
    FILE *serve;

    open_resident(&store, &resident, &serve);
    cr_assert_eq(store_enter(&resident, "p", &one, NULL), TW_OK);
    cr_assert_eq(store_enter(&store, "p", &two, NULL), TW_OK);
    cr_assert_eq(store_publish(&one, &record, 0, NULL), TW_OK);
    cr_expect_eq(access(in_profile("lock"), F_OK), -1);
    cr_assert_eq(fcntl(fileno(serve), F_OFD_SETLK, &all), 0, "it is writing");
    cr_expect_eq(store_publish(&two, &rejected, 1, &err), TW_E_SYSTEM);
    cr_expect_str_eq(err.message, "the runtime directory is being written by "
                                  "another process");
    cr_expect_eq(access(in_profile("lock"), F_OK), 0);
    all.l_type = F_UNLCK;
    cr_assert_eq(fcntl(fileno(serve), F_OFD_SETLK, &all), 0);
    cr_expect_eq(store_publish(&two, &rejected, 1, NULL), TW_OK);
    cr_expect_eq(store_publish(&one, &record, 1, NULL), TW_E_RETRY);
    (void)fclose(serve);
}

static bool
is_written(const char *name)
{
    struct flock all = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    char path[160];
    AUTO_CLOSE int fd = -1;

    (void)snprintf(path, sizeof path, "%s/%s", storing_root, name);
    fd = open(path, O_RDWR | O_CLOEXEC);
    cr_assert_geq(fd, 0);
    return fcntl(fd, F_OFD_SETLK, &all) < 0;
}

static void
prepare(struct store_profile *place, struct store_change *out)
{
    struct record record = a_record("tok", 1);

    cr_assert_eq(store_prepare(place, &record, 0, out, NULL), TW_OK);
}

/* The resident helper's thread writes what it has got under one lock, and lets
 * go of it before it takes one that others hold who may wait for the first. */
Test(store_lock, several_changes_are_written_under_one_lock, .timeout = 20)
{
    AUTO_STORE store = {.root = -1}, resident = {.root = -1};
    AUTO_STORE_PROFILE one = {.dir = -1, .lock = -1};
    AUTO_STORE_PROFILE two = {.dir = -1, .lock = -1};
    AUTO_STORE_PROFILE other = {.dir = -1, .lock = -1};
    AUTO_STORE_CHANGE first = STORE_CHANGE_INIT, second = STORE_CHANGE_INIT;
    struct backoff note = {.rejections = 1};
    FILE *serve;

    open_resident(&store, &resident, &serve);
    cr_assert_eq(store_enter(&resident, "p", &one, NULL), TW_OK);
    cr_assert_eq(store_enter(&resident, "q", &two, NULL), TW_OK);
    cr_assert_eq(store_enter(&store, "q", &other, NULL), TW_OK);
    prepare(&one, &first);
    prepare(&two, &second);
    cr_assert_eq(store_commit(&first, NULL), TW_OK);
    cr_expect(is_written("serve"));
    cr_assert_eq(store_commit(&second, NULL), TW_OK);
    cr_expect(is_written("serve"));
    store_backoff(&one, 0, &note);
    cr_expect(!is_written("serve"));
    cr_expect(!is_written("p/lock"));
    store_change_clear(&second);
    store_leave(&two);
    cr_assert_eq(store_lock(&other, 0, NULL), TW_OK);
    check_published(&one, "tok", 1);
    check_published(&other, "tok", 1);
    store_rest();
    (void)fclose(serve);
}

Test(store_lock, a_mark_of_one_that_was_killed_holds_nobody_up, .timeout = 20)
{
    AUTO_STORE store = {.root = -1}, resident = {.root = -1};
    AUTO_STORE_PROFILE one = {.dir = -1, .lock = -1};
    AUTO_STORE_PROFILE two = {.dir = -1, .lock = -1};
    FILE *serve;

    open_resident(&store, &resident, &serve);
    cr_assert_eq(store_enter(&resident, "p", &one, NULL), TW_OK);
    store_leave(&one);
    cr_assert_eq(chmod(in_profile("."), 01700), 0); /* it could not do that */
    cr_assert_eq(store_enter(&store, "p", &two, NULL), TW_OK);
    cr_expect_eq(store_lock(&two, 0, NULL), TW_E_RETRY);
    (void)fclose(serve);
    cr_expect_eq(store_lock(&two, 0, NULL), TW_OK);
    store_leave(&two);
    serve = hold_serve();
    store_reside(&resident, fileno(serve));
    cr_expect_eq(mode_of_profile(), 0700);
    (void)fclose(serve);
}

/* The profile was removed while it was fetched, and came back. */
Test(store_lock, the_resident_helper_heeds_its_own_mark, .timeout = 20)
{
    AUTO_STORE store = {.root = -1}, resident = {.root = -1};
    AUTO_STORE_PROFILE one = {.dir = -1, .lock = -1};
    AUTO_STORE_PROFILE two = {.dir = -1, .lock = -1};
    struct tw_error err;
    FILE *serve;

    open_resident(&store, &resident, &serve);
    cr_assert_eq(store_enter(&resident, "p", &one, NULL), TW_OK);
    cr_assert_eq(store_lock(&one, 0, NULL), TW_OK);
    cr_assert_eq(store_enter(&resident, "p", &two, NULL), TW_OK);
    cr_expect_eq(store_lock(&two, 0, &err), TW_E_RETRY);
    cr_expect_str_eq(err.message, "'p' is being fetched by process 4711");
    cr_expect_eq(mode_of_profile(), 01700);
    store_leave(&one);
    cr_expect_eq(store_lock(&two, 0, NULL), TW_OK);
    store_leave(&two);
    cr_assert_eq(chmod(in_profile("."), 01700), 0);
    cr_assert_eq(store_enter(&resident, "p", &two, NULL), TW_OK);
    cr_expect_eq(store_lock(&two, 0, NULL), TW_OK, "it is nobody's");
    cr_expect_eq(mode_of_profile(), 0700);
    (void)fclose(serve);
}

Test(store_lock, an_empty_lock_is_the_resident_helpers, .timeout = 20)
{
    AUTO_STORE store = {.root = -1}, resident = {.root = -1};
    AUTO_STORE_PROFILE one = {.dir = -1, .lock = -1};
    AUTO_STORE_PROFILE two = {.dir = -1, .lock = -1};
    struct tw_error err;
    struct stat st;
    FILE *serve;

    open_resident(&store, &resident, &serve);
    cr_assert_eq(store_enter(&store, "p", &two, NULL), TW_OK);
    cr_assert_eq(store_enter(&resident, "p", &one, NULL), TW_OK);
    cr_assert_eq(store_lock(&one, 0, NULL), TW_OK);
    cr_expect(stat(in_profile("lock"), &st) == 0 && st.st_size == 0);
    cr_expect_eq(store_lock(&two, 0, &err), TW_E_RETRY);
    cr_expect_str_eq(err.message, "'p' is being fetched by process 4711");
    store_leave(&one);
    cr_assert_eq(store_lock(&two, 0, NULL), TW_OK);
    cr_expect(!two.is_new);
    cr_expect(stat(in_profile("lock"), &st) == 0 && st.st_size > 0);
    (void)fclose(serve);
}

/* The resident helper has published before who made the directory came to lock
 * it.  It writes nothing into the lock, so that looks as if nobody had been
 * there. */
Test(store_lock, who_made_the_directory_may_find_a_record_there)
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
    cr_assert_eq(unlink(in_profile("lock")), 0);
    cr_assert_eq(store_lock(&one, 0, NULL), TW_OK);
    cr_expect(!one.is_new);
    cr_expect_eq(store_publish(&one, &record, 0, NULL), TW_E_RETRY);
    resident.root = -1;
}
