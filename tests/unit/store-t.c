/* SPDX-License-Identifier: MIT */
/*
 * store-t.c - the runtime directory against planted files and umasks.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "helper/keys/token_file.h"
#include "provider/base/epoch.h"
#include "tests/unit/storing.h"

TestSuite(store, .init = storing_set_up, .fini = storing_tear_down);

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
        cr_assert_eq(stat(storing_root, &st), 0);
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
    (void)snprintf(victim, sizeof victim, "%s/victim", storing_top);
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

    (void)snprintf(other, sizeof other, "%s/other", storing_top);
    cr_assert_eq(mkdir(other, 0700), 0);
    cr_assert_eq(symlink(other, storing_root), 0);
    cr_assert_eq(store_open(storing_root, false, &store, &err), TW_E_ACCESS);
    cr_assert_eq(unlink(storing_root), 0);
    cr_assert_eq(mkdir(storing_root, 0700), 0);
    cr_assert_eq(chmod(storing_root, 0777), 0);
    cr_assert_eq(store_open(storing_root, false, &store, &err), TW_E_ACCESS);
    cr_assert_not_null(strstr(err.message, "0777"));
    cr_assert_eq(rmdir(storing_root), 0);
    cr_assert_eq(close(open(storing_root, O_CREAT | O_WRONLY, 0600)), 0);
    cr_assert_eq(store_open(storing_root, false, &store, &err), TW_E_ACCESS);
    cr_assert_not_null(strstr(err.message, storing_root));
    cr_assert_eq(unlink(storing_root), 0);
    if (geteuid() != 0)
        cr_skip("making another uid's directory needs root");
    cr_assert_eq(mkdir(storing_root, 0700), 0);
    cr_assert_eq(chown(storing_root, 65534, 65534), 0);
    cr_assert_eq(store_open(storing_root, false, &store, &err), TW_E_ACCESS);
    cr_assert_not_null(strstr(err.message, "65534"));
}

Test(store, a_directory_is_not_blamed_for_what_the_host_lacks)
{
    AUTO_STORE store = {.root = -1};
    struct rlimit limit, none;
    struct tw_error err;
    int next = dup(STDIN_FILENO);

    cr_assert_geq(next, 0);
    (void)close(next);
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    none =
        (struct rlimit){.rlim_cur = (rlim_t)next, .rlim_max = limit.rlim_max};
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
    cr_expect_eq(store_open(storing_root, false, &store, &err), TW_E_SYSTEM);
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    cr_expect_null(strstr(err.message, "no directory of ours"), "%s",
                   err.message);
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

Test(store, a_token_file_that_is_gone_keeps_nobody_from_rejecting)
{
    AUTO_STORE store = {.root = -1};
    AUTO_STORE_PROFILE place = {.dir = -1, .lock = -1};
    struct record record = a_record("one", 1);

    open_both(&store, &place);
    cr_assert_eq(store_publish(&place, &record, 0, NULL), TW_OK);
    cr_assert_eq(unlink(in_profile("token")), 0);
    record = a_record(NULL, 2);
    cr_expect_eq(store_publish(&place, &record, 1, NULL), TW_OK);
    cr_expect_eq(store_forget(&place, NULL), TW_OK);
}

/* Each source has a note of its own, and whoever has a token in hand looks
 * again. */
Test(store, what_is_forgotten_leaves_no_note_and_is_told)
{
    AUTO_STORE store = {.root = -1};
    AUTO_STORE_PROFILE place = {.dir = -1, .lock = -1};
    struct record record = a_record("one", 1);
    struct backoff note = {.failures = 0};
    struct tw_error err = {.status = TW_E_CONFIG, .message = "failed"};
    struct epoch epoch;
    uint64_t first;

    open_both(&store, &place);
    cr_assert_eq(store_publish(&place, &record, 0, NULL), TW_OK);
    for (unsigned i = 0; i <= STORE_SOURCES_MAX; i++) {
        note.failures = 10 + i;
        store_backoff(&place, i, &note);
    }
    for (unsigned i = 0; i <= STORE_SOURCES_MAX; i++) {
        store_note(&place, i, &note);
        cr_expect_eq(note.failures, 10 + i, "%u", i);
    }
    store_hook_note(&place, -1, &err, 1);
    epoch_map(storing_root, geteuid(), &epoch);
    first = epoch_value(&epoch);
    cr_assert_neq(first, 0);
    record = a_record("two", 2);
    cr_assert_eq(store_publish(&place, &record, 1, NULL), TW_OK);
    cr_expect_eq(epoch_value(&epoch), first + 1);
    cr_assert_eq(store_forget(&place, NULL), TW_OK);
    cr_expect_eq(epoch_value(&epoch), first + 2);
    epoch_unmap(&epoch);
    for (unsigned i = 0; i <= STORE_SOURCES_MAX; i++) {
        store_note(&place, i, &note);
        cr_expect_eq(note.failures, 0, "%u", i);
    }
    cr_expect_neq(access(in_profile("hook"), F_OK), 0);
    cr_expect_neq(access(in_profile("record"), F_OK), 0);
    cr_expect_neq(access(in_profile("token"), F_OK), 0);
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

/* Whoever finds a good token looks at it without a lock. */
Test(store, a_token_that_was_removed_or_rejected_since_is_not_mended)
{
    AUTO_STORE store = {.root = -1};
    AUTO_STORE_PROFILE place = {.dir = -1, .lock = -1};
    struct record record = a_record("one", 1), none = a_record(NULL, 2);

    open_both(&store, &place);
    cr_assert_eq(store_publish(&place, &record, 0, NULL), TW_OK);
    cr_assert_eq(store_forget(&place, NULL), TW_OK);
    cr_expect_eq(store_mend(&place, &record, NULL), TW_OK);
    cr_expect_neq(access(in_profile("token"), F_OK), 0, "after a logout");
    cr_assert_eq(store_publish(&place, &record, 0, NULL), TW_OK);
    cr_assert_eq(store_publish(&place, &none, 1, NULL), TW_OK);
    cr_expect_eq(store_mend(&place, &record, NULL), TW_OK);
    cr_expect_neq(access(in_profile("token"), F_OK), 0, "after a rejection");
}

/* The first token after a logout has the number of the first one before. */
Test(store, a_login_is_not_undone_by_who_has_seen_the_one_before)
{
    AUTO_STORE store = {.root = -1};
    AUTO_STORE_PROFILE place = {.dir = -1, .lock = -1};
    struct record before = a_record("hers", 1), record = a_record("his", 1);

    open_both(&store, &place);
    cr_assert_eq(store_publish(&place, &before, 0, NULL), TW_OK);
    cr_assert_eq(store_republish(&place, &before), TW_OK);
    cr_assert_eq(store_forget(&place, NULL), TW_OK);
    cr_assert_eq(store_publish(&place, &record, 0, NULL), TW_OK);
    cr_expect_eq(store_republish(&place, &before), TW_E_RETRY);
    cr_expect_eq(store_mend(&place, &before, NULL), TW_OK);
    check_published(&place, "his", 1);
    cr_expect(token_file_says(place.dir, "token", "his", 3));
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

    cr_assert_eq(mkdir(storing_root, 0700), 0);
    cr_assert_eq(store_open(storing_root, true, &store, NULL), TW_OK);
    cr_assert_eq(stat(storing_root, &st), 0);
    cr_expect_eq(st.st_mode & 07777, 0755);
}

Test(store, a_directory_that_was_removed_is_entered_anew)
{
    AUTO_STORE store = {.root = -1};
    AUTO_STORE_PROFILE going = {.dir = -1, .lock = -1};
    AUTO_STORE_PROFILE coming = {.dir = -1, .lock = -1};
    struct record record = a_record("tok", 1);
    struct tw_error err;

    open_both(&store, &going);
    cr_assert_eq(store_publish(&going, &record, 0, NULL), TW_OK);
    cr_assert_eq(store_lock(&going, 0, NULL), TW_OK);
    cr_assert_eq(store_enter(&store, going.name, &coming, NULL), TW_OK);
    cr_assert_eq(store_lock(&coming, 0, &err), TW_E_RETRY);
    cr_assert_eq(store_remove(&going, NULL), TW_OK);
    cr_assert_not(store_has(&store, going.name));
    cr_assert_eq(store_lock(&coming, 0, &err), TW_OK, "%s", err.message);
    cr_assert_eq(store_publish(&coming, &record, 0, NULL), TW_OK);
    check_published(&coming, "tok", 1);
    cr_assert(store_has(&store, going.name));
}

Test(store, a_directory_that_somebody_came_into_stays)
{
    AUTO_STORE store = {.root = -1};
    AUTO_STORE_PROFILE place = {.dir = -1, .lock = -1};
    struct record record = a_record("tok", 1);

    open_both(&store, &place);
    cr_assert_eq(store_publish(&place, &record, 0, NULL), TW_OK);
    cr_assert_eq(store_lock(&place, 0, NULL), TW_OK);
    cr_assert_eq(mkdir(in_profile("another"), 0700), 0);
    cr_assert_eq(store_remove(&place, NULL), TW_OK);
    cr_expect_eq(access(in_profile("another"), F_OK), 0);
    cr_expect_eq(access(in_profile("record"), F_OK), -1);
    cr_expect_eq(access(in_profile("token"), F_OK), -1);
}
