/* SPDX-License-Identifier: MIT */
/*
 * index-t.c - which URL leads to which profile, and which index is one.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "provider/base/route.h"

#define CONFIG "/usr" /* one that is there */
#define FIRST "tokenward-index=1\nconfig=" CONFIG "\n"

static void
fill(struct index *index, const char *text)
{
    *index = INDEX_INIT;
    cr_assert(secret_append_text(&index->text, text));
}

static struct route route; /* where it led */

/* The profile that host and path lead to, or "". */
static const char *
leads(const struct index *index, const char *host, const char *path)
{
    return route_find(index, host, path, &route) ? route.profile : "";
}

Test(index, leads_a_host_and_the_longest_path_to_its_profile)
{
    AUTO_INDEX index;

    fill(&index, "tokenward-index=1\nprofile=a\nroute=a git h.test\n"
                 "route=b git h.test /team\nroute=c git h.test /team/deep\n"
                 "route=d git h.test:8443\nroute=e git h.test /%e\n");
    cr_assert_str_eq(leads(&index, "h.test", ""), "a");
    cr_assert_str_eq(leads(&index, "H.Test:443", ""), "a");
    cr_assert_str_eq(leads(&index, "h.test", "team"), "b");
    cr_assert_str_eq(leads(&index, "h.test", "/team/repo.git"), "b");
    cr_assert_str_eq(leads(&index, "h.test", "team/deep/x"), "c");
    cr_assert_str_eq(leads(&index, "h.test", "teams"), "a");
    cr_assert_str_eq(leads(&index, "h.test", "%e"), "e");
    cr_assert_str_eq(leads(&index, "h.test:8443", "team"), "d");
    cr_assert_str_eq(leads(&index, "h.test:8444", ""), "");
    cr_assert_str_eq(leads(&index, "xh.test", ""), "");
    cr_assert_str_eq(leads(&index, "h.test.", ""), "");
    cr_assert_str_eq(leads(&index, "", ""), "");
}

/* A match: has the shortest text of an address. */
Test(index, knows_an_address_however_it_is_written)
{
    AUTO_INDEX index;

    fill(&index, "tokenward-index=1\nroute=a git [2001:db8::1]\n"
                 "route=b git [::]:8443\nroute=c git [::ffff:192.0.2.1]\n");
    cr_assert_str_eq(leads(&index, "[2001:db8::1]", ""), "a");
    cr_assert_str_eq(leads(&index, "[2001:DB8:0:0::0001]:443", ""), "a");
    cr_assert_str_eq(leads(&index, "[::0]:8443", ""), "b");
    cr_assert_str_eq(leads(&index, "[::0]", ""), "");
    cr_assert_str_eq(leads(&index, "[::ffff:c000:201]", ""), "c");
    cr_assert_str_eq(leads(&index, "[2001:db8::1", ""), "");
    cr_assert_str_eq(leads(&index, "[2001:db8::1]x", ""), "");
    cr_assert_str_eq(leads(&index, "[]", ""), "");
    cr_assert_str_eq(leads(&index, "2001:db8::1", ""), "");
}

Test(index, says_how_much_of_the_path_led_there)
{
    AUTO_INDEX index;

    fill(&index, "tokenward-index=1\nroute=a git h.test\n"
                 "route=b git h.test /team\n");
    cr_assert(route_find(&index, "h.test", "/team/repo", &route));
    cr_assert_eq(route.path_len, strlen("/team"));
    cr_assert(route_find(&index, "h.test", "/other/repo", &route));
    cr_assert_eq(route.path_len, 0);
    cr_assert(route_find(&index, "h.test", "/team/../repo", &route));
    cr_assert_eq(route.path_len, 0);
}

/* One route for all instances: only to those that there are, and a path that
 * is written out comes first. */
Test(index, leads_to_instances)
{
    AUTO_INDEX index;

    fill(&index, "tokenward-index=1\nprofile=t@a\nprofile=t@b\nprofile=t@ab\n"
                 "route=t@%i git h.test /%i\nroute=c git h.test /b\n"
                 "route=t@%i git i.test /x/%i/y\n"
                 "route=t@%i u-%i-%%i h.test /as/%i\nroute=d u-%i d.test\n"
                 "route=t@%i git j.test /%i/%i\n");
    cr_assert_str_eq(leads(&index, "h.test", "as/ab"), "t@ab");
    cr_assert_str_eq(route.username, "u-ab-%i");
    cr_assert_str_eq(leads(&index, "d.test", "a"), "d");
    cr_assert_str_eq(route.username, "u-%i");
    cr_assert_str_eq(leads(&index, "j.test", "a/a/x"), "t@a");
    cr_assert_str_eq(leads(&index, "j.test", "a/b/x"), "");
    cr_assert_str_eq(leads(&index, "h.test", "a"), "t@a");
    cr_assert_str_eq(leads(&index, "h.test", "ab/repo.git"), "t@ab");
    cr_assert_str_eq(leads(&index, "h.test", "b/repo"), "c");
    cr_assert_str_eq(leads(&index, "h.test", "other"), "");
    cr_assert_str_eq(leads(&index, "h.test", ""), "");
    cr_assert_str_eq(leads(&index, "h.test", "%i"), "");
    cr_assert_str_eq(leads(&index, "i.test", "x/a/y/z"), "t@a");
    cr_assert_str_eq(leads(&index, "i.test", "x/a"), "");
    cr_assert_str_eq(leads(&index, "i.test", "x/a/yy"), "");
}

/* What is written out has a match of its own, and the template does not
 * count. */
Test(index, leads_to_what_is_written_out_by_its_own_routes)
{
    AUTO_INDEX index;

    fill(&index, "tokenward-index=1\nroute=t@%i git h.test /%i\n"
                 "profile=t@a\nwritten=t@a\nroute=t@a git i.test\n"
                 "profile=t@b\n");
    cr_assert_str_eq(leads(&index, "h.test", "a"), "");
    cr_assert_str_eq(leads(&index, "h.test", "b"), "t@b");
    cr_assert_str_eq(leads(&index, "i.test", ""), "t@a");
}

/* An instance is a whole line of the index, not the beginning of one. */
Test(index, takes_no_instance_for_a_longer_one)
{
    AUTO_INDEX index;

    fill(&index, "tokenward-index=1\nroute=t@%i git h.test /%i\n"
                 "profile=t@abc\nprofile=t@a\nlogin=profile=t@d\n");
    cr_assert_str_eq(leads(&index, "h.test", "a"), "t@a");
    cr_assert_str_eq(leads(&index, "h.test", "abc"), "t@abc");
    cr_assert_str_eq(leads(&index, "h.test", "ab"), "");
    cr_assert_str_eq(leads(&index, "h.test", "d"), "");
}

/* A route for all instances whose path says none, or one that no name has
 * room for, leads to nobody. */
Test(index, leads_to_no_instance_that_cannot_be_named)
{
    char name[PROFILE_NAME_MAX], instance[NAME_PART_MAX + 1], text[512];
    AUTO_INDEX index;

    memset(name, 'n', sizeof name - 4);
    name[sizeof name - 4] = '\0';
    memset(instance, 'i', sizeof instance - 1);
    instance[sizeof instance - 1] = '\0';
    (void)snprintf(text, sizeof text,
                   "tokenward-index=1\nprofile=t@a\nroute=t@%%i git h.test\n"
                   "route=%s@%%i git i.test /%%i\n",
                   name);
    fill(&index, text);
    cr_assert_str_eq(leads(&index, "h.test", ""), "");
    cr_assert_str_eq(leads(&index, "h.test", "a"), "");
    cr_assert_str_eq(leads(&index, "i.test", instance), "");
}

Test(index, leads_nobody_by_a_username_that_is_too_long)
{
    char name[ROUTE_USERNAME_SIZE - 2], text[1024];
    AUTO_INDEX index;

    memset(name, 'u', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    (void)snprintf(text, sizeof text,
                   "tokenward-index=1\nprofile=t@ab\nprofile=t@abc\n"
                   "route=t@%%i %s%%i h.test /%%i\n",
                   name);
    fill(&index, text);
    cr_assert_str_eq(leads(&index, "h.test", "ab"), "t@ab");
    cr_assert_eq(strlen(route.username), ROUTE_USERNAME_SIZE - 1);
    cr_assert_str_eq(leads(&index, "h.test", "abc"), "");
}

Test(index, leads_users_to_their_own)
{
    const struct passwd *user = getpwuid(geteuid());
    char own[PROFILE_NAME_MAX + 1];
    AUTO_INDEX index;

    if (!user)
        cr_skip_test("this user has no name");
    (void)snprintf(own, sizeof own, "corp@%s", user->pw_name);
    fill(&index, "tokenward-index=1\nprofile=corp@\nroute=corp@ %u h.test\n"
                 "route=corp@ git i.test /%u\n");
    cr_assert_str_eq(leads(&index, "h.test", "x"), own);
    cr_assert_str_eq(route.username, user->pw_name);
    cr_assert_str_eq(leads(&index, "i.test", user->pw_name), own);
    cr_assert_str_eq(leads(&index, "i.test", "somebody-else"), "");
    cr_assert(secret_append_text(&index.text, "written=") &&
              secret_append_text(&index.text, own) &&
              secret_append_text(&index.text, "\n"));
    cr_assert_str_eq(leads(&index, "h.test", "x"), "", "written out");
}

Test(index, trusts_no_path_that_climbs)
{
    const char *const climbing[] = {
        "team/../other",     "/team/./x",       "team/..",
        "team/%2e%2E/other", "team/.%2e/other", "../team/x",
    };
    AUTO_INDEX index;

    fill(&index, "tokenward-index=1\nroute=b git h.test /team\n");
    cr_assert_str_eq(leads(&index, "h.test", "team/...x"), "b");
    cr_assert_str_eq(leads(&index, "h.test", "team/.git"), "b");
    for (size_t i = 0; i < sizeof climbing / sizeof *climbing; i++)
        cr_assert_str_eq(leads(&index, "h.test", climbing[i]), "", "%s",
                         climbing[i]);
}

/* A pattern and a path that differ only past some buffer's end. */
Test(index, compares_the_whole_of_a_long_path)
{
    char text[4096], path[4096];
    AUTO_INDEX index;
    int n =
        snprintf(text, sizeof text, "tokenward-index=1\nroute=b git h.test /");

    memset(text + n, 'x', 1022);
    (void)strcpy(text + n + 1022, "\n");
    fill(&index, text);
    memset(path, 'x', 1022);
    path[1022] = '\0';
    cr_assert_str_eq(leads(&index, "h.test", path), "b");
    (void)strcpy(path + 1022, "yz");
    cr_assert_str_eq(leads(&index, "h.test", path), "");
}

Test(index, skips_routes_that_are_none)
{
    char text[1024] = "tokenward-index=1\nroute=a git\nroute=\nroute=a  h\n"
                      "route=";
    size_t n = strlen(text);
    AUTO_INDEX index;

    memset(text + n, 'n', 65); /* a name of 65 */
    (void)strcpy(text + n + 65, " git h.test\n");
    fill(&index, text);
    cr_assert_str_eq(leads(&index, "h.test", ""), "");
    cr_assert_str_eq(leads(&index, "h", ""), "");
}

struct place {
    char dir[32], path[64];
};

static void
begin(struct place *place)
{
    (void)strcpy(place->dir, "/tmp/index-t.XXXXXX");
    cr_assert(mkdtemp(place->dir));
    (void)snprintf(place->path, sizeof place->path, "%s/index", place->dir);
}

static void
put(const struct place *place, const char *text, mode_t mode)
{
    FILE *file = fopen(place->path, "we");

    cr_assert(file);
    (void)fputs(text, file);
    cr_assert_eq(fclose(file), 0);
    cr_assert_eq(chmod(place->path, mode), 0);
}

static enum tw_status
open_there(const struct place *place, bool private, struct index *out)
{
    enum tw_status status =
        index_open(place->dir, private ? CONFIG : NULL, 0, out, NULL);

    (void)remove(place->path);
    return status;
}

static void
end(const struct place *place)
{
    cr_assert_eq(rmdir(place->dir), 0);
}

static enum tw_status
open_text(const char *text, struct index *out)
{
    struct place place;
    enum tw_status status;

    begin(&place);
    put(&place, text, 0600);
    status = open_there(&place, true, out);
    end(&place);
    return status;
}

Test(index, is_one_of_a_known_version_alone)
{
    AUTO_INDEX index = INDEX_INIT;

    cr_assert_eq(open_text("tokenward-index=2\nroute=a git h.test\n", &index),
                 TW_E_NOT_FOUND);
    cr_assert_eq(open_text("route=a git h.test\n", &index), TW_E_NOT_FOUND);
    cr_assert_eq(open_text("tokenward-index=1\n", &index), TW_E_NOT_FOUND);
    cr_assert_eq(open_text("tokenward-index=1\nconfig=/nowhere\n", &index),
                 TW_E_NOT_FOUND);
    cr_assert_eq(open_text("tokenward-index=1\nconfig=/usr/\n", &index),
                 TW_OK);
    cr_assert_eq(open_text(FIRST "no line\n", &index), TW_E_NOT_FOUND);
    cr_assert_eq(open_text(FIRST "route=a git h.test", &index),
                 TW_E_NOT_FOUND);
    cr_assert_eq(open_text(FIRST, &index), TW_OK);
    cr_assert(index.current);
    cr_assert_eq(open_text(FIRST "source=absent /\n", &index), TW_OK);
    cr_assert_not(index.current);
    cr_assert_eq(open_text(FIRST "source=nothing\n", &index), TW_OK);
    cr_assert_not(index.current);
    index_clear(&index);
}

/* Whoever can write there would lead other hosts to a token. */
Test(index, is_a_file_that_nobody_else_may_write)
{
    static const char GOOD[] = FIRST;
    static const struct {
        mode_t mode;
        bool private, good;
    } ROWS[] = {{0600, true, true},   {0640, true, false},
                {0604, true, false},  {0644, false, true},
                {0664, false, false}, {0646, false, false}};
    struct place place;

    begin(&place);
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        AUTO_INDEX index = INDEX_INIT;

        put(&place, GOOD, ROWS[i].mode);
        cr_expect_eq(open_there(&place, ROWS[i].private, &index),
                     ROWS[i].good ? TW_OK : TW_E_NOT_FOUND, "row %zu", i);
    }
    end(&place);
}

Test(index, is_a_file_of_a_size_that_there_can_be)
{
    AUTO_INDEX index = INDEX_INIT;
    struct place place;
    char other[64];

    begin(&place);
    put(&place, "", 0600);
    cr_expect_eq(open_there(&place, true, &index), TW_E_NOT_FOUND);
    put(&place, FIRST, 0600);
    cr_assert_eq(truncate(place.path, (off_t)INDEX_MAX + 1), 0);
    cr_expect_eq(open_there(&place, true, &index), TW_E_NOT_FOUND);
    cr_assert_eq(mkfifo(place.path, 0600), 0);
    cr_expect_eq(open_there(&place, true, &index), TW_E_NOT_FOUND);
    cr_assert_eq(mkdir(place.path, 0700), 0);
    cr_expect_eq(open_there(&place, true, &index), TW_E_NOT_FOUND);
    cr_assert_eq(symlink("/dev/null", place.path), 0);
    cr_expect_eq(open_there(&place, true, &index), TW_E_NOT_FOUND);
    put(&place, FIRST, 0600);
    (void)snprintf(other, sizeof other, "%s/other", place.dir);
    cr_assert_eq(rename(place.path, other), 0);
    cr_assert_eq(symlink("other", place.path), 0);
    cr_expect_eq(open_there(&place, true, &index), TW_E_NOT_FOUND);
    cr_assert_eq(unlink(other), 0);
    end(&place);
}
