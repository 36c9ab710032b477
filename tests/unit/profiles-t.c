/* SPDX-License-Identifier: MIT */
/*
 * profiles-t.c - directories of profiles: what is read, what is refused and
 * in which words.  The cases of perms.tsv that concern profiles are named.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "helper/profiles.h"
#include "provider/base/clock.h"

#define OTHER 65534

static struct modules modules;
static char root[] = "/tmp/tokenward-profiles-XXXXXX";
static struct tw_error complaint; /* the last one */
static size_t complaints;

static const char *
path_of(const char *name)
{
    static char paths[4][PATH_MAX];
    static size_t next;
    char *path = paths[next++ % 4];

    (void)snprintf(path, PATH_MAX, "%s/%s", root, name);
    return path;
}

static void
put(const char *name, mode_t mode, const char *text)
{
    FILE *file = fopen(path_of(name), "w");

    cr_assert(file, "%s", path_of(name));
    (void)fputs(text, file);
    cr_assert_eq(fclose(file), 0);
    cr_assert_eq(chmod(path_of(name), mode), 0);
}

/* `profiles:` with @name, and a secret by value or from a file. */
static void
put_profile(const char *file, mode_t mode, const char *name,
            const char *secret)
{
    char text[512];

    (void)snprintf(text, sizeof text,
                   "profiles:\n  %s:\n    token_endpoint: https://a.test/t\n"
                   "    client_id: c\n    client_secret: %s\n",
                   name, secret);
    put(file, mode, text);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static void
setup(void)
{
    (void)umask(022);
    cr_assert(mkdtemp(root));
    cr_assert_eq(chmod(root, 0755), 0);
    cr_assert_eq(mkdir(path_of("profiles.d"), 0755), 0);
}

static void
teardown(void)
{
    (void)seteuid(getuid());
    (void)nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

TestSuite(profiles, .init = setup, .fini = teardown);

static void
tell(void *arg, const struct tw_error *err)
{
    (void)arg;
    complaints++;
    complaint = *err;
}

static enum tw_status
load(bool system, struct profile_set *set, struct tw_error *err)
{
    const struct profile_scope scope = {.system = system, .dir = root};

    complaints = 0;
    memset(err, 0, sizeof *err);
    return profiles_load(&scope, &modules, tell, NULL, set, err);
}

/* Loads, expects @count profiles and as many complaints as @expected has (0 or
 * 1), word for word; "%s" in it stands for the directory. */
static void
expect_load(bool system, size_t count, const char *expected)
{
    struct profile_set set = {0};
    struct tw_error err;
    char message[1020], *at = message;
    const int64_t start = clock_monotonic_ms();

    cr_assert_eq(load(system, &set, &err), TW_OK, "%s", err.message);
    cr_expect_lt(clock_monotonic_ms() - start, 1000);
    cr_expect_eq(set.count, count, "%zu profiles", set.count);
    cr_expect_eq(complaints, expected ? 1 : 0, "%s", complaint.message);
    cr_expect_eq(set.broken_count, complaints);
    for (const char *c = expected; c && *c; c++) {
        if (c[0] == '%' && c[1] == 's')
            at += sprintf(at, "%s", root), c++;
        else
            *at++ = *c;
    }
    *at = '\0';
    if (expected) {
        cr_expect_str_eq(complaint.message, message);
        cr_expect_str_eq(set.broken.message, message);
        cr_expect_eq(set.broken.status, complaint.status);
    }
    cr_expect_null(strstr(complaint.message, "s3cret"));
    profile_set_clear(&set);
}

/* Goes on as another user, for whom the directory was made. */
static void
become_other(void)
{
    if (geteuid() != 0)
        return;
    cr_assert_eq(chown(root, OTHER, OTHER), 0);
    cr_assert_eq(chown(path_of("profiles.d"), OTHER, OTHER), 0);
    cr_assert_eq(seteuid(OTHER), 0);
}

static void
need_root(void)
{
    if (geteuid() != 0)
        cr_skip("needs root, to give a file to another user");
}

Test(profiles, are_read_in_order)
{
    struct profile_set set = {0};
    struct tw_error err;
    const struct profile *profile;

    put_profile("profiles.yaml", 0600, "first", "s3cret");
    put_profile("profiles.d/b.yaml", 0600, "third", "{env: A}");
    put_profile("profiles.d/B.yaml", 0600, "second", "{env: A}");
    put_profile("profiles.d/.c.yaml", 0600, "hidden", "{env: A}");
    put_profile("profiles.d/.yaml", 0600, "hidden", "{env: A}");
    put_profile("profiles.d/d.yml", 0600, "other", "{env: A}");
    put_profile("profiles.d/e.yaml~", 0600, "backup", "{env: A}");
    cr_assert_eq(load(false, &set, &err), TW_OK, "%s", err.message);
    cr_assert_eq(set.count, 3);
    profile = set.first;
    cr_expect_str_eq(profile->name, "first");
    cr_expect_str_eq(profile->file, path_of("profiles.yaml"));
    cr_expect_str_eq(profile->next->name, "second");
    cr_expect_str_eq(profile->next->next->name, "third");
    cr_expect_null(profile->next->next->next);
    cr_expect_eq(profiles_find(&set, "second", &profile, &err), TW_OK);
    cr_expect_str_eq(profile->name, "second");
    profile_set_clear(&set);
    cr_expect_null(set.first);
}

Test(profiles, of_the_system_have_no_profiles_yaml)
{
    put_profile("profiles.yaml", 0600, "ignored", "{env: A}");
    put_profile("profiles.d/a.yaml", 0600, "used", "{env: A}");
    expect_load(true, 1, NULL);
}

static const char *
mark_in(const struct profile_set *set, const char *path)
{
    for (const struct profile_source *source = set->sources; source;
         source = source->next) {
        if (strcmp(source->path, path) == 0)
            return source->mark.text;
    }
    return "not looked at";
}

Test(profiles, remember_what_was_looked_at)
{
    struct profile_set set = {0};
    struct tw_error err;

    put_profile("profiles.d/a.yaml", 0600, "a", "{env: A}");
    cr_assert_eq(load(false, &set, &err), TW_OK);
    for (const struct profile_source *source = set.sources; source;
         source = source->next)
        cr_expect(mark_is_current(source->path, source->mark.text), "%s",
                  source->path);
    cr_expect_str_eq(mark_in(&set, path_of("profiles.yaml")), "absent");
    cr_expect(mark_is_current(root, mark_in(&set, root)));
    put_profile("profiles.yaml", 0600, "b", "{env: A}");
    cr_expect(!mark_is_current(path_of("profiles.yaml"), "absent"));
    put_profile("profiles.d/a.yaml", 0600, "longer", "{env: A}");
    cr_expect(!mark_is_current(path_of("profiles.d/a.yaml"),
                               mark_in(&set, path_of("profiles.d/a.yaml"))));
    put_profile("profiles.d/c.yaml", 0600, "c", "{env: A}");
    cr_expect(!mark_is_current(path_of("profiles.d"),
                               mark_in(&set, path_of("profiles.d"))));
    profile_set_clear(&set);
}

Test(profiles, absent_directory_is_an_empty_set) /* prof-absent */
{
    char here[PATH_MAX], expected[3 * PATH_MAX];
    const struct profile_scope scope = {.dir = here};
    struct profile_set set = {0};
    const struct profile *profile = NULL;
    struct tw_error err = {0};

    (void)snprintf(here, sizeof here, "%s/none", root);
    cr_assert_eq(profiles_load(&scope, &modules, tell, NULL, &set, &err),
                 TW_OK);
    cr_expect_str_eq(mark_in(&set, here), "absent");
    cr_expect_str_eq(mark_in(&set, path_of("none/profiles.yaml")), "absent");
    cr_expect_str_eq(mark_in(&set, path_of("none/profiles.d")), "absent");
    cr_expect_eq(profiles_find(&set, "acme", &profile, &err), TW_E_NOT_FOUND);
    (void)snprintf(expected, sizeof expected,
                   "no profile 'acme' in %s/profiles.yaml, "
                   "%s/profiles.d/*.yaml",
                   here, here);
    cr_expect_str_eq(err.message, expected);
    profile_set_clear(&set);
}

Test(profiles, find_suggests_and_hands_on_what_is_broken)
{
    struct profile_set set = {0};
    const struct profile *profile = NULL;
    struct tw_error err;

    put_profile("profiles.yaml", 0600, "astrapay", "{env: A}");
    cr_assert_eq(load(false, &set, &err), TW_OK);
    cr_expect_eq(profiles_find(&set, "astrapya", &profile, &err),
                 TW_E_NOT_FOUND);
    cr_expect(strstr(err.message, "no profile 'astrapya' in "));
    cr_expect(strstr(err.message, "\ndid you mean 'astrapay'?"));
    cr_expect_eq(profiles_find(&set, "a\033[2J", &profile, &err),
                 TW_E_NOT_FOUND);
    cr_expect(strstr(err.message, "no profile 'a?[2J' in "));
    profile_set_clear(&set);
    put("profiles.d/x.yaml", 0600, "profiles: [\n");
    cr_assert_eq(load(false, &set, &err), TW_OK);
    cr_expect_eq(profiles_find(&set, "astrapay", &profile, &err), TW_OK);
    cr_expect_eq(profiles_find(&set, "other", &profile, &err), TW_E_CONFIG);
    cr_expect(strstr(err.message, "profiles.d/x.yaml:2:1: bad YAML"));
    profile_set_clear(&set);
}

Test(profiles, broken_profile_is_left_out_alone)
{
    put("profiles.yaml", 0600,
        "profiles:\n"
        "  a: {token_endpoint: https://a.test, client_id: c, client_secret: "
        "s3cret}\n"
        "  b: {token_endpoint: http://a.test, client_id: c, client_secret: "
        "s3cret}\n"
        "  c: {token_endpoint: https://a.test, client_id: c, client_secret: "
        "s3cret}\n");
    expect_load(false, 2,
                "%s/profiles.yaml:3:23: profile 'b': token_endpoint must "
                "begin with https:// (http would send the secret in the "
                "clear)");
}

Test(profiles, broken_file_is_left_out_whole)
{
    put_profile("profiles.d/a.yaml", 0600, "a", "{env: A}");
    put("profiles.d/b.yaml", 0600, "profiles: {}\nversion: s3cret\n");
    expect_load(false, 1,
                "%s/profiles.d/b.yaml:2:1: unknown key 'version'; the top "
                "level has 'profiles' and nothing else");
}

Test(profiles, top_level)
{
    put("profiles.yaml", 0600, "profiles:\n");
    expect_load(false, 0, NULL);
    put("profiles.yaml", 0600, "{}\n");
    expect_load(false, 0, "%s/profiles.yaml:1:1: missing key 'profiles'");
    put("profiles.yaml", 0600, "profiles: [a]\n");
    expect_load(false, 0,
                "%s/profiles.yaml:1:11: 'profiles' must be a map, NAME: and "
                "below it the profile's keys");
}

Test(profiles, same_name_in_two_files)
{
    put_profile("profiles.yaml", 0600, "acme", "s3cret");
    put_profile("profiles.d/a.yaml", 0600, "acme", "{env: A}");
    expect_load(false, 1,
                "%s/profiles.d/a.yaml:2:3: profile 'acme': stands already in "
                "%s/profiles.yaml:2:3; rename or remove one");
}

Test(profiles, same_match_in_two_files)
{
    put_profile("profiles.yaml", 0600, "acme",
                "{env: A}\n    match: https://git.test/team/");
    put_profile("profiles.d/a.yaml", 0600, "beta",
                "{env: A}\n    match: [https://x.test, "
                "https://GIT.test:443/team]");
    expect_load(false, 1,
                "%s/profiles.d/a.yaml:6:29: profile 'beta': match leads to "
                "profile 'acme' already, in %s/profiles.yaml:6:12; a URL has "
                "one profile");
}

Test(profiles, modes) /* prof-ok-0600, prof-ok-0400, prof-0644, ... */
{
    put_profile("profiles.yaml", 0600, "acme", "s3cret");
    expect_load(false, 1, NULL);
    cr_assert_eq(chmod(path_of("profiles.yaml"), 0400), 0);
    expect_load(false, 1, NULL);
    cr_assert_eq(chmod(path_of("profiles.yaml"), 0644), 0);
    expect_load(false, 0,
                "%s/profiles.yaml:5:20: profile 'acme': client_secret stands "
                "here by value, and mode 0644 lets others read the file; "
                "wanted: 0600\nchmod 600 %s/profiles.yaml");
    cr_assert_eq(chmod(path_of("profiles.yaml"), 0640), 0);
    expect_load(false, 0,
                "%s/profiles.yaml:5:20: profile 'acme': client_secret stands "
                "here by value, and mode 0640 lets others read the file; "
                "wanted: 0600\nchmod 600 %s/profiles.yaml");
    cr_assert_eq(chmod(path_of("profiles.yaml"), 0606), 0);
    expect_load(false, 0,
                "%s/profiles.yaml: mode 0606 lets others write it; wanted: "
                "0600\nchmod 600 %s/profiles.yaml");
    cr_assert_eq(chmod(path_of("profiles.yaml"), 0620), 0);
    expect_load(false, 0,
                "%s/profiles.yaml: mode 0620 lets others write it; wanted: "
                "0600\nchmod 600 %s/profiles.yaml");
    put_profile("profiles.yaml", 0644, "acme", "{env: A}");
    expect_load(false, 1, NULL);
}

/* One secret by value in an open file, and none of its profiles is used. */
Test(profiles, open_file_is_left_out_whole)
{
    put("profiles.yaml", 0644,
        "profiles:\n"
        "  a: {token_endpoint: https://a.test, client_id: c, client_secret: "
        "{env: A}}\n"
        "  b: {token_endpoint: https://a.test, client_id: c, client_secret: "
        "s3cret}\n");
    expect_load(false, 0,
                "%s/profiles.yaml:3:69: profile 'b': client_secret stands "
                "here by value, and mode 0644 lets others read the file; "
                "wanted: 0600\nchmod 600 %s/profiles.yaml");
}

Test(profiles, system_modes) /* prof-ok-system */
{
    put_profile("profiles.d/a.yaml", 0640, "acme", "s3cret");
    expect_load(true, 1, NULL);
    cr_assert_eq(chmod(path_of("profiles.d/a.yaml"), 0644), 0);
    expect_load(true, 0,
                "%s/profiles.d/a.yaml:5:20: profile 'acme': client_secret "
                "stands here by value, and mode 0644 lets others read the "
                "file; wanted: 0640\nchmod 640 %s/profiles.d/a.yaml");
    put_profile("profiles.d/a.yaml", 0644, "acme", "{env: A}");
    expect_load(true, 1, NULL);
    cr_assert_eq(chmod(path_of("profiles.d/a.yaml"), 0660), 0);
    expect_load(true, 0,
                "%s/profiles.d/a.yaml: mode 0660 lets others write it; "
                "wanted: 0640\nchmod 640 %s/profiles.d/a.yaml");
}

Test(profiles, of_another_user) /* prof-owner-other */
{
    need_root();
    put_profile("profiles.yaml", 0644, "acme", "{env: A}");
    cr_assert_eq(chown(path_of("profiles.yaml"), OTHER, OTHER), 0);
    expect_load(false, 0,
                "%s/profiles.yaml: belongs to uid 65534; it must belong to "
                "uid 0\nchown 0 %s/profiles.yaml");
    (void)unlink(path_of("profiles.yaml"));
    put_profile("profiles.d/a.yaml", 0644, "acme", "{env: A}");
    cr_assert_eq(chown(path_of("profiles.d/a.yaml"), OTHER, OTHER), 0);
    expect_load(true, 0,
                "%s/profiles.d/a.yaml: belongs to uid 65534; it must belong "
                "to uid 0\nchown 0 %s/profiles.d/a.yaml");
}

Test(profiles, of_root_among_a_users) /* prof-owner-root: refused */
{
    need_root();
    put_profile("profiles.yaml", 0644, "acme", "{env: A}");
    become_other();
    expect_load(false, 0,
                "%s/profiles.yaml: belongs to uid 0; it must belong to uid "
                "65534\nchown 65534 %s/profiles.yaml");
}

Test(profiles, of_root_for_the_service_user)
{
    need_root();
    put_profile("profiles.d/a.yaml", 0640, "acme", "s3cret");
    cr_assert_eq(chown(path_of("profiles.d/a.yaml"), 0, OTHER), 0);
    cr_assert_eq(setegid(OTHER), 0);
    cr_assert_eq(seteuid(OTHER), 0);
    expect_load(true, 1, NULL);
}

Test(profiles, own_link_is_followed) /* prof-symlink-own */
{
    become_other();
    put_profile("dotfile", 0600, "acme", "s3cret");
    cr_assert_eq(symlink("dotfile", path_of("profiles.yaml")), 0);
    expect_load(false, 1, NULL);
    cr_assert_eq(chmod(path_of("dotfile"), 0604), 0);
    expect_load(false, 0,
                "%s/profiles.yaml:5:20: profile 'acme': client_secret stands "
                "here by value, and mode 0604 lets others read the file; "
                "wanted: 0600\nchmod 600 %s/profiles.yaml");
}

Test(profiles, no_link_is_followed_for_root) /* prof-symlink-shadow */
{
    need_root();
    cr_assert_eq(symlink("/etc/shadow", path_of("profiles.yaml")), 0);
    expect_load(false, 0,
                "%s/profiles.yaml: is a symbolic link, which is not "
                "followed here");
    cr_assert_eq(rmdir(path_of("profiles.d")), 0);
    cr_assert_eq(unlink(path_of("profiles.yaml")), 0);
    cr_assert_eq(symlink("/etc", path_of("profiles.d")), 0);
    expect_load(false, 0,
                "%s/profiles.d: is not a directory (links are not "
                "followed for root)");
}

Test(profiles, special_files) /* prof-fifo, prof-device */
{
    cr_assert_eq(mkfifo(path_of("profiles.yaml"), 0600), 0);
    expect_load(false, 0, "%s/profiles.yaml: is not a regular file");
    cr_assert_eq(unlink(path_of("profiles.yaml")), 0);
    cr_assert_eq(mkdir(path_of("profiles.yaml"), 0700), 0);
    expect_load(false, 0, "%s/profiles.yaml: is not a regular file");
}

Test(profiles, link_to_a_device)
{
    static const char *const DEVICES[] = {"/dev/zero", "/dev/tty",
                                          "/dev/null"};

    become_other();
    for (size_t i = 0; i < sizeof DEVICES / sizeof *DEVICES; i++) {
        struct profile_set set = {0};
        struct tw_error err;

        cr_assert_eq(symlink(DEVICES[i], path_of("profiles.yaml")), 0);
        cr_expect_eq(load(false, &set, &err), TW_OK);
        cr_expect_eq(complaints, 1);
        cr_expect_eq(complaint.status, TW_E_ACCESS);
        profile_set_clear(&set);
        cr_assert_eq(unlink(path_of("profiles.yaml")), 0);
    }
}

Test(profiles, link_to_proc)
{
    struct profile_set set = {0};
    struct tw_error err;

    become_other();
    cr_assert_eq(symlink("/proc/self/environ", path_of("profiles.yaml")), 0);
    cr_expect_eq(load(false, &set, &err), TW_OK);
    cr_expect_eq(complaints, 1);
    cr_expect_eq(complaint.status, TW_E_ACCESS);
    profile_set_clear(&set);
}

Test(profiles, vanished_file_is_passed_over)
{
    become_other();
    cr_assert_eq(symlink("nowhere", path_of("profiles.d/a.yaml")), 0);
    expect_load(false, 0, NULL);
}

Test(profiles, directories_are_checked) /* prof-dir-0777 */
{
    struct profile_set set = {0};
    struct tw_error err;
    char expected[PATH_MAX + 128];

    put_profile("profiles.d/a.yaml", 0600, "a", "{env: A}");
    put_profile("profiles.yaml", 0600, "b", "{env: A}");
    cr_assert_eq(chmod(path_of("profiles.d"), 0777), 0);
    expect_load(false, 1,
                "%s/profiles.d: mode 0777 lets others write it; "
                "wanted: 0755\nchmod 755 %s/profiles.d");
    cr_expect_eq(load(true, &set, &err), TW_E_ACCESS);
    cr_assert_eq(chmod(path_of("profiles.d"), 01777), 0);
    cr_expect_eq(load(true, &set, &err), TW_E_ACCESS);
    cr_assert_eq(chmod(root, 0775), 0);
    cr_expect_eq(load(false, &set, &err), TW_E_ACCESS);
    (void)snprintf(expected, sizeof expected,
                   "%s: mode 0775 lets others write it; wanted: 0755\nchmod "
                   "755 %s",
                   root, root);
    cr_expect_str_eq(err.message, expected);
    cr_expect_eq(set.count, 0);
}

Test(profiles, directory_of_another_user)
{
    struct profile_set set = {0};
    struct tw_error err;

    need_root();
    cr_assert_eq(chown(root, OTHER, OTHER), 0);
    cr_expect_eq(load(false, &set, &err), TW_E_ACCESS);
    cr_expect(strstr(err.message, ": belongs to uid 65534; it must belong to "
                                  "uid 0\nchown 0 "));
}

Test(profiles, are_bounded)
{
    int fd;

    put("profiles.yaml", 0600, "");
    cr_assert_eq(truncate(path_of("profiles.yaml"), 64 * 1024 + 1), 0);
    expect_load(false, 0, "%s/profiles.yaml: larger than 65536 bytes");
    cr_assert_eq(truncate(path_of("profiles.yaml"), 1024 * 1024 * 1024), 0);
    expect_load(false, 0, "%s/profiles.yaml: larger than 65536 bytes");
    (void)unlink(path_of("profiles.yaml"));
    for (int i = 0; i <= PROFILE_FILES_MAX; i++) {
        char name[64];

        (void)snprintf(name, sizeof name, "profiles.d/%d.yaml", i);
        fd = open(path_of(name), O_CREAT | O_WRONLY, 0600);
        cr_assert_geq(fd, 0);
        (void)close(fd);
    }
    expect_load(false, 0,
                "%s/profiles.d: more than 256 files; put several "
                "profiles into one");
}

Test(profiles, one_file)
{
    const struct profile_scope scope = {0};
    struct profile_set set = {0};
    struct tw_error err = {0};

    put_profile("one", 0600, "acme", "{file: s}");
    cr_assert_eq(chdir(root), 0);
    cr_assert_eq(
        profiles_load_file(&scope, "one", &modules, tell, NULL, &set, &err),
        TW_OK);
    cr_expect_eq(set.count, 1);
    cr_expect_str_eq(set.first->client_secret.text, path_of("s"));
    profile_set_clear(&set);
    cr_expect_eq(
        profiles_load_file(&scope, "two", &modules, tell, NULL, &set, &err),
        TW_E_NOT_FOUND);
    cr_expect_str_eq(err.message, "two: does not exist");
    cr_expect_null(set.sources);
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

Test(profiles, swapped_while_read, .timeout = 60)
{
    struct swapper swapper = {.stop = false};
    size_t good = 0, refused = 0;
    pthread_t thread;

    need_root();
    put_profile("profiles.yaml", 0600, "acme", "good");
    put_profile("bad", 0644, "acme", "bad");
    cr_assert_eq(chown(path_of("bad"), OTHER, OTHER), 0);
    (void)strcpy(swapper.good, path_of("profiles.yaml"));
    (void)strcpy(swapper.bad, path_of("bad"));
    cr_assert_eq(pthread_create(&thread, NULL, swap, &swapper), 0);
    for (int i = 0; i < 10000; i++) {
        struct profile_set set = {0};
        struct tw_error err;

        cr_assert_eq(load(false, &set, &err), TW_OK);
        if (set.count) {
            good++;
            cr_assert_str_eq(secret_text(&set.first->client_secret.value),
                             "good");
        } else {
            refused++;
        }
        profile_set_clear(&set);
    }
    swapper.stop = true;
    (void)pthread_join(thread, NULL);
    cr_expect(good && refused, "good %zu, refused %zu", good, refused);
}
