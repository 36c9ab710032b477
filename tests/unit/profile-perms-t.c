/* SPDX-License-Identifier: MIT */
/*
 * profile-perms-t.c - owners, modes, links and special files: the cases of
 * perms.tsv that concern profiles, by their names there.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/loading.h"
#include "tests/unit/under_valgrind.h"

TestSuite(profile_perms, .init = loading_begin, .fini = scratch_remove);

/* Goes on as another user, for whom the directory was made. */
static void
become_other(void)
{
    if (geteuid() != 0)
        return;
    cr_assert_eq(chown(scratch_path(""), SCRATCH_OTHER, SCRATCH_OTHER), 0);
    cr_assert_eq(
        chown(scratch_path("profiles.d"), SCRATCH_OTHER, SCRATCH_OTHER), 0);
    cr_assert_eq(seteuid(SCRATCH_OTHER), 0);
}

static void
need_root(void)
{
    if (geteuid() != 0)
        cr_skip("needs root, to give a file to another user");
}

Test(profile_perms, modes) /* prof-ok-0600, prof-ok-0400, prof-0644, ... */
{
    loading_put_profile("profiles.yaml", 0600, "acme", "s3cret");
    loading_expect(false, 1, NULL);
    cr_assert_eq(chmod(scratch_path("profiles.yaml"), 0400), 0);
    loading_expect(false, 1, NULL);
    cr_assert_eq(chmod(scratch_path("profiles.yaml"), 0644), 0);
    loading_expect(
        false, 0,
        "%s/profiles.yaml:5:20: profile 'acme': client_secret stands "
        "here by value, and mode 0644 lets others read the file; "
        "wanted: 0600\nchmod 600 %s/profiles.yaml");
    cr_assert_eq(chmod(scratch_path("profiles.yaml"), 0640), 0);
    loading_expect(
        false, 0,
        "%s/profiles.yaml:5:20: profile 'acme': client_secret stands "
        "here by value, and mode 0640 lets others read the file; "
        "wanted: 0600\nchmod 600 %s/profiles.yaml");
    cr_assert_eq(chmod(scratch_path("profiles.yaml"), 0611), 0);
    loading_expect(
        false, 0,
        "%s/profiles.yaml:5:20: profile 'acme': client_secret stands "
        "here by value, and mode 0611 lets others read the file; "
        "wanted: 0600\nchmod 600 %s/profiles.yaml");
    cr_assert_eq(chmod(scratch_path("profiles.yaml"), 0606), 0);
    loading_expect(false, 0,
                   "%s/profiles.yaml: mode 0606 lets others write it; wanted: "
                   "0600\nchmod 600 %s/profiles.yaml");
    cr_assert_eq(chmod(scratch_path("profiles.yaml"), 0620), 0);
    loading_expect(false, 0,
                   "%s/profiles.yaml: mode 0620 lets others write it; wanted: "
                   "0600\nchmod 600 %s/profiles.yaml");
    loading_put_profile("profiles.yaml", 0644, "acme", "{env: A}");
    loading_expect(false, 1, NULL);
}

/* One secret by value in an open file, and none of its profiles is used. */
Test(profile_perms, open_file_is_left_out_whole)
{
    loading_put(
        "profiles.yaml", 0644,
        "profiles:\n"
        "  a: {token_endpoint: https://a.test, client_id: c, client_secret: "
        "{env: A}}\n"
        "  b: {token_endpoint: https://a.test, client_id: c, client_secret: "
        "s3cret}\n");
    loading_expect(false, 0,
                   "%s/profiles.yaml:3:68: profile 'b': client_secret stands "
                   "here by value, and mode 0644 lets others read the file; "
                   "wanted: 0600\nchmod 600 %s/profiles.yaml");
}

static void
expect_found(const char *name, enum tw_status wanted)
{
    struct profile_set set = {0};
    const struct profile *found = NULL;
    struct tw_error err;

    cr_assert_eq(loading_load(false, &set, &err), TW_OK);
    cr_expect_eq(profiles_find(&set, name, &found, &err), wanted, "%s: %s",
                 name, err.message);
    profile_release(found);
    profile_set_clear(&set);
}

/* What is written out counts, also in such a file: no template's instance
 * takes its place, with another secret. */
Test(profile_perms, name_in_a_file_that_is_left_out_is_no_others)
{
    loading_put("profiles.d/a.yaml", 0600,
                "profiles: {t@: {token_endpoint: https://a.test, client_id: "
                "c, client_secret: {file: s-%i}, instances: [x, y]}}\n");
    loading_put_profile("profiles.d/b.yaml", 0644, "t@x", "s3cret");
    expect_found("t@x", TW_E_ACCESS);
    expect_found("t@y", TW_OK);
    loading_put("profiles.d/b.yaml", 0600,
                "profiles: {t@x: {client_id: c}}\nversion: 1\n");
    expect_found("t@x", TW_E_CONFIG);
    expect_found("t@y", TW_OK);
    loading_put("profiles.d/b.yaml", 0644,
                "profiles: {t@x: {nonsense: c}, z: {token_endpoint: "
                "https://a.test, client_id: c, client_secret: s3cret}}\n");
    expect_found("t@x", TW_E_CONFIG);
    expect_found("z", TW_E_ACCESS);
    expect_found("t@y", TW_OK);
}

Test(profile_perms, system_modes) /* prof-ok-system */
{
    loading_put_profile("profiles.d/a.yaml", 0640, "acme", "s3cret");
    loading_expect(true, 1, NULL);
    cr_assert_eq(chmod(scratch_path("profiles.d/a.yaml"), 0644), 0);
    loading_expect(true, 0,
                   "%s/profiles.d/a.yaml:5:20: profile 'acme': client_secret "
                   "stands here by value, and mode 0644 lets others read the "
                   "file; wanted: 0640\nchmod 640 %s/profiles.d/a.yaml, in "
                   "the service user's group");
    loading_put_profile("profiles.d/a.yaml", 0644, "acme", "{env: A}");
    loading_expect(true, 1, NULL);
    cr_assert_eq(chmod(scratch_path("profiles.d/a.yaml"), 0660), 0);
    loading_expect(true, 0,
                   "%s/profiles.d/a.yaml: mode 0660 lets others write it; "
                   "wanted: 0640\nchmod 640 %s/profiles.d/a.yaml");
    cr_assert_eq(chmod(scratch_path("profiles.d/a.yaml"), 0666), 0);
    loading_expect(true, 0,
                   "%s/profiles.d/a.yaml: mode 0666 lets others write it; "
                   "wanted: 0644\nchmod 644 %s/profiles.d/a.yaml");
}

Test(profile_perms, of_another_user) /* prof-owner-other */
{
    need_root();
    loading_put_profile("profiles.yaml", 0644, "acme", "{env: A}");
    cr_assert_eq(
        chown(scratch_path("profiles.yaml"), SCRATCH_OTHER, SCRATCH_OTHER), 0);
    loading_expect(false, 0,
                   "%s/profiles.yaml: belongs to uid 65534; it must belong to "
                   "uid 0\nchown 0 %s/profiles.yaml");
    (void)unlink(scratch_path("profiles.yaml"));
    loading_put_profile("profiles.d/a.yaml", 0644, "acme", "{env: A}");
    cr_assert_eq(
        chown(scratch_path("profiles.d/a.yaml"), SCRATCH_OTHER, SCRATCH_OTHER),
        0);
    loading_expect(
        true, 0,
        "%s/profiles.d/a.yaml: belongs to uid 65534; it must belong "
        "to uid 0\nchown 0 %s/profiles.d/a.yaml");
}

Test(profile_perms, of_root_among_a_users) /* prof-owner-root: refused */
{
    need_root();
    loading_put_profile("profiles.yaml", 0644, "acme", "{env: A}");
    become_other();
    loading_expect(false, 0,
                   "%s/profiles.yaml: belongs to uid 0; it must belong to uid "
                   "65534\nchown 65534 %s/profiles.yaml");
}

/* Who is told to open it to all would show the secret, and gain nothing. */
Test(profile_perms, of_root_and_closed_among_a_users)
{
    need_root();
    loading_put_profile("profiles.yaml", 0600, "acme", "s3cret");
    become_other();
    loading_expect(false, 0,
                   "%s/profiles.yaml: Permission denied: mode 0600 of uid "
                   "0\nchown 65534 %s/profiles.yaml");
}

/* A command would change what it leads to, which may be /etc/shadow. */
Test(profile_perms, link_to_a_file_of_roots)
{
    need_root();
    loading_put_profile("closed", 0600, "acme", "s3cret");
    loading_put_profile("open", 0644, "acme", "{env: A}");
    become_other();
    cr_assert_eq(symlink("closed", scratch_path("profiles.yaml")), 0);
    loading_expect(false, 0,
                   "%s/profiles.yaml: Permission denied: mode 0600 of uid 0");
    cr_assert_eq(unlink(scratch_path("profiles.yaml")), 0);
    cr_assert_eq(symlink("open", scratch_path("profiles.yaml")), 0);
    loading_expect(false, 0,
                   "%s/profiles.yaml: is a link to what belongs to uid 0; "
                   "that must belong to uid 65534");
}

Test(profile_perms, of_root_for_the_service_user)
{
    need_root();
    loading_put_profile("profiles.d/a.yaml", 0640, "acme", "s3cret");
    cr_assert_eq(chown(scratch_path("profiles.d/a.yaml"), 0, SCRATCH_OTHER),
                 0);
    cr_assert_eq(symlink("a.yaml", scratch_path("profiles.d/b.yaml")), 0);
    cr_assert_eq(setegid(SCRATCH_OTHER), 0);
    cr_assert_eq(seteuid(SCRATCH_OTHER), 0);
    loading_expect(true, 1,
                   "%s/profiles.d/b.yaml: is a symbolic link, which is not "
                   "followed here\nput the file itself there, or name it");
}

Test(profile_perms, own_link_is_followed) /* prof-symlink-own */
{
    become_other();
    loading_put_profile("dotfile", 0600, "acme", "s3cret");
    cr_assert_eq(symlink("dotfile", scratch_path("profiles.yaml")), 0);
    loading_expect(false, 1, NULL);
    cr_assert_eq(chmod(scratch_path("dotfile"), 0604), 0);
    loading_expect(
        false, 0,
        "%s/profiles.yaml:5:20: profile 'acme': client_secret stands "
        "here by value, and mode 0604 lets others read the file; "
        "wanted: 0600\nchmod 600 %s/profiles.yaml");
}

Test(profile_perms, no_link_is_followed_for_root) /* prof-symlink-shadow */
{
    need_root();
    cr_assert_eq(symlink("/etc/shadow", scratch_path("profiles.yaml")), 0);
    loading_expect(false, 0,
                   "%s/profiles.yaml: is a symbolic link, which is not "
                   "followed here\nput the file itself there, or name it");
    cr_assert_eq(rmdir(scratch_path("profiles.d")), 0);
    cr_assert_eq(unlink(scratch_path("profiles.yaml")), 0);
    cr_assert_eq(symlink("/etc", scratch_path("profiles.d")), 0);
    loading_expect(false, 0,
                   "%s/profiles.d: is not a directory (links are not "
                   "followed for root)");
}

Test(profile_perms, special_files) /* prof-fifo, prof-device */
{
    cr_assert_eq(mkfifo(scratch_path("profiles.yaml"), 0600), 0);
    loading_expect(false, 0, "%s/profiles.yaml: is not a regular file");
    cr_assert_eq(unlink(scratch_path("profiles.yaml")), 0);
    cr_assert_eq(mkdir(scratch_path("profiles.yaml"), 0700), 0);
    loading_expect(false, 0, "%s/profiles.yaml: is not a regular file");
}

Test(profile_perms, link_to_a_device)
{
    static const char *const DEVICES[] = {"/dev/zero", "/dev/tty",
                                          "/dev/null"};

    become_other();
    for (size_t i = 0; i < sizeof DEVICES / sizeof *DEVICES; i++) {
        struct profile_set set = {0};
        struct tw_error err;

        cr_assert_eq(symlink(DEVICES[i], scratch_path("profiles.yaml")), 0);
        cr_expect_eq(loading_load(false, &set, &err), TW_OK);
        cr_expect_eq(loading_count, 1);
        cr_expect_eq(loading_complaint.status, TW_E_ACCESS);
        profile_set_clear(&set);
        cr_assert_eq(unlink(scratch_path("profiles.yaml")), 0);
    }
}

Test(profile_perms, link_to_proc)
{
    struct profile_set set = {0};
    struct tw_error err;

    become_other();
    cr_assert_eq(symlink("/proc/self/environ", scratch_path("profiles.yaml")),
                 0);
    cr_expect_eq(loading_load(false, &set, &err), TW_OK);
    cr_expect_eq(loading_count, 1);
    cr_expect_eq(loading_complaint.status, TW_E_ACCESS);
    profile_set_clear(&set);
}

Test(profile_perms, link_to_nothing_is_told)
{
    become_other();
    cr_assert_eq(symlink("nowhere", scratch_path("profiles.d/a.yaml")), 0);
    loading_expect(false, 0,
                   "%s/profiles.d/a.yaml: is a link to a file that is not "
                   "there");
}

Test(profile_perms, directories_are_checked) /* prof-dir-0777 */
{
    struct profile_set set = {0};
    struct tw_error err;
    char expected[PATH_MAX + 128];

    loading_put_profile("profiles.d/a.yaml", 0600, "a", "{env: A}");
    loading_put_profile("profiles.yaml", 0600, "b", "{env: A}");
    cr_assert_eq(chmod(scratch_path("profiles.d"), 0777), 0);
    loading_expect(false, 1,
                   "%s/profiles.d: mode 0777 lets others write it; "
                   "wanted: 0755\nchmod 755 %s/profiles.d");
    cr_expect_eq(loading_load(true, &set, &err), TW_E_ACCESS);
    cr_assert_eq(chmod(scratch_path("profiles.d"), 01777), 0);
    cr_expect_eq(loading_load(true, &set, &err), TW_E_ACCESS);
    cr_assert_eq(chmod(scratch_path(""), 0775), 0);
    cr_expect_eq(loading_load(false, &set, &err), TW_E_ACCESS);
    (void)snprintf(expected, sizeof expected,
                   "%s: mode 0775 lets others write it; wanted: 0755\nchmod "
                   "755 %s",
                   scratch_path(""), scratch_path(""));
    cr_expect_str_eq(err.message, expected);
    cr_expect_eq(set.count, 0);
}

Test(profile_perms, directory_of_another_user)
{
    struct profile_set set = {0};
    struct tw_error err;

    need_root();
    cr_assert_eq(chown(scratch_path(""), SCRATCH_OTHER, SCRATCH_OTHER), 0);
    cr_expect_eq(loading_load(false, &set, &err), TW_E_ACCESS);
    cr_expect(strstr(err.message, ": belongs to uid 65534; it must belong to "
                                  "uid 0\nchown 0 "));
}

/* prof-swap: the bad file is never read, whenever it comes. */
struct swapper {
    char good[PATH_MAX], bad[PATH_MAX];
    volatile bool stop;
};

static void *
swap(void *arg)
{
    struct swapper *swapper = arg;

    while (!swapper->stop)
        (void)renameat2(AT_FDCWD, swapper->good, AT_FDCWD, swapper->bad,
                        RENAME_EXCHANGE);
    return NULL;
}

Test(profile_perms, swapped_while_read, .timeout = 60)
{
    struct swapper swapper = {.stop = false};
    size_t good = 0, refused = 0;
    pthread_t thread;
    char inode[64];
    struct stat st;

    need_root();
    if (under_valgrind())
        cr_skip_test("its threads take turns, and hardly meet");
    loading_put_profile("profiles.yaml", 0600, "acme", "good");
    loading_put_profile("bad", 0644, "acme", "bad");
    cr_assert_eq(chown(scratch_path("bad"), SCRATCH_OTHER, SCRATCH_OTHER), 0);
    cr_assert_eq(stat(scratch_path("profiles.yaml"), &st), 0);
    (void)snprintf(inode, sizeof inode,
                   "%llu:%llu:", (unsigned long long)st.st_dev,
                   (unsigned long long)st.st_ino);
    (void)strcpy(swapper.good, scratch_path("profiles.yaml"));
    (void)strcpy(swapper.bad, scratch_path("bad"));
    cr_assert_eq(pthread_create(&thread, NULL, swap, &swapper), 0);
    for (int i = 0; i < 10000; i++) {
        struct profile_set set = {0};
        struct tw_error err;

        cr_assert_eq(loading_load(false, &set, &err), TW_OK);
        if (set.count) {
            good++;
            cr_assert_str_eq(set.first->client_secret.value, "good");
            cr_assert_eq(strncmp(set.first->mark->text, inode, strlen(inode)),
                         0, "the mark is another file's");
        } else {
            refused++;
        }
        profile_set_clear(&set);
    }
    swapper.stop = true;
    (void)pthread_join(thread, NULL);
    cr_expect(good && refused, "good %zu, refused %zu", good, refused);
}
