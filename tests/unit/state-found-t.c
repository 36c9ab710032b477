/* SPDX-License-Identifier: MIT */
/*
 * state-found-t.c - what is found where a refresh token is kept: of a later
 * version, half done, of others, planted, or in use.
 */
#include <criterion/criterion.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "provider/base/text.h"
#include "tests/unit/kept_state.h"

TestSuite(state_found, .init = kept_state_set_up, .fini = scratch_remove,
          .timeout = 60);

#define WHOLE                                           \
    "tokenward-state=1\nprofile=p\nfingerprint=" SERVER \
    "\nkept_at=1\nrefresh_token=newer\n"

/* Else no login could put a good one in its place. */
Test(state_found, counts_what_is_too_long_as_none)
{
    static char text[2 * TOKEN_MAX];

    cr_assert_eq(keep("first"), TW_OK);
    memset(text, 'x', sizeof text);
    scratch_put("state/p", 0600, text, sizeof text);
    expect_kept(SERVER, NULL);
    cr_expect_eq(keep("second"), TW_OK);
    expect_kept(SERVER, "second");
}

static void
expect_untouched(const char *name, const char *text, size_t n)
{
    AUTO_FCLOSE FILE *file = fopen(scratch_path(name), "re");
    static char found[2 * TOKEN_MAX + 1];

    cr_assert(file, "%s is gone", name);
    cr_expect_eq(fread(found, 1, sizeof found, file), n);
    cr_expect_eq(memcmp(found, text, n), 0);
}

/* Its format is not known, nor how long it may be. */
Test(state_found, leaves_a_later_versions_file_as_it_is)
{
    static const char *const LATER[] = {
        "tokenward-state=2\nprofile=p\nfingerprint=" SERVER
        "\nkept_at=1\nrefresh_token=newer\n",
        "tokenward-state=10\nsealed=no line end"};
    static char text[2 * TOKEN_MAX];

    cr_assert_eq(mkdir(state_dir, 0700), 0);
    for (size_t i = 0; i < 3; i++) {
        size_t n = i < 2 ? strlen(LATER[i]) : sizeof text;

        memset(text, 'x', sizeof text);
        memcpy(text, LATER[i % 2], strlen(LATER[i % 2]));
        scratch_put("state/p", 0600, text, n);
        expect_entry(TW_E_ACCESS, "state/p: was written by a later version");
        expect_untouched("state/p", text, n);
        cr_expect_lt(access(scratch_path("state/.next.p"), F_OK), 0);
        scratch_put("state/.next.p", 0600, WHOLE, strlen(WHOLE));
        expect_entry(TW_E_ACCESS, "state/p: was written by a later version");
        expect_untouched("state/p", text, n);
        expect_untouched("state/.next.p", WHOLE, strlen(WHOLE));
        cr_assert_eq(unlink(scratch_path("state/p")), 0);
        scratch_put("state/.next.p", 0600, text, n);
        expect_entry(TW_E_ACCESS, "state/.next.p: was written by a later");
        expect_untouched("state/.next.p", text, n);
        cr_assert_eq(unlink(scratch_path("state/.next.p")), 0);
    }
}

Test(state_found, is_no_later_versions_where_it_does_not_say_so)
{
    static const char NUL_IN_IT[] = "tokenward-state=2\0=1\n";
    static const char *const TEXTS[] = {"tokenward-state=\n",
                                        "tokenward-state=0\n",
                                        "tokenward-state=2",
                                        "tokenward-state=2x\n",
                                        NUL_IN_IT,
                                        "Tokenward-state=2\n",
                                        "state=2\n",
                                        "\n",
                                        ""};

    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        size_t n =
            TEXTS[i] == NUL_IN_IT ? sizeof NUL_IN_IT - 1 : strlen(TEXTS[i]);

        cr_assert_eq(keep("first"), TW_OK);
        scratch_put("state/.next.p", 0600, TEXTS[i], n);
        expect_kept(SERVER, "first");
        scratch_put("state/p", 0600, TEXTS[i], n);
        expect_kept(SERVER, NULL);
    }
}

/* Whoever was killed had written all of it, or a part. */
Test(state_found, finishes_what_was_begun)
{
    cr_assert_eq(keep("older"), TW_OK);
    scratch_put("state/.next.p", 0600, WHOLE, strlen(WHOLE));
    expect_kept(SERVER, "newer");
    cr_expect_lt(access(scratch_path("state/.next.p"), F_OK), 0);
    expect_kept(SERVER, "newer");
}

/* @more: descriptors that may be opened beside those that are. */
static void
limit_descriptors(struct rlimit before, int more)
{
    int next = dup(STDIN_FILENO);

    cr_assert_geq(next, 0);
    (void)close(next);
    before.rlim_cur = (rlim_t)(next + more);
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
}

/* The directory and the file can be opened, and then no more. */
Test(state_found, leaves_what_it_cannot_read_to_the_next_run)
{
    struct rlimit limit;

    cr_assert_eq(keep("older"), TW_OK);
    scratch_put("state/.next.p", 0600, WHOLE, strlen(WHOLE));
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit_descriptors(limit, 2);
    expect_entry(TW_E_SYSTEM, "Too many open files");
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    expect_kept(SERVER, "newer");
}

Test(state_found, takes_no_part_for_a_whole)
{
    cr_assert_eq(keep("older"), TW_OK);
    for (size_t n = 0; n < strlen(WHOLE); n++) {
        scratch_put("state/.next.p", 0600, WHOLE, n);
        expect_kept(SERVER, "older");
    }
}

Test(state_found, takes_no_other_profiles)
{
    static const char OTHER[] =
        "tokenward-state=1\nprofile=q\nfingerprint=" SERVER
        "\nrefresh_token=newer\n";

    cr_assert_eq(keep("older"), TW_OK);
    scratch_put("state/.next.p", 0600, OTHER, strlen(OTHER));
    expect_kept(SERVER, "older");
    scratch_put("state/p", 0600, OTHER, strlen(OTHER));
    expect_kept(SERVER, NULL);
}

Test(state_found, is_used_by_one_process_at_a_time)
{
    AUTO_STATE state = STATE_INIT;

    cr_assert_eq(state_enter(state_dir, "p", &state, NULL), TW_OK);
    expect_entry(TW_E_RETRY, "another process");
    state_leave(&state);
    expect_kept(SERVER, NULL);
}

Test(state_found, is_still_used_after_a_rotation)
{
    AUTO_STATE state = STATE_INIT;
    AUTO_SECRET text = SECRET_INIT(TOKEN_MAX);

    cr_assert(secret_append_text(&text, "first"));
    cr_assert_eq(state_enter(state_dir, "p", &state, NULL), TW_OK);
    cr_assert_eq(keep_in(&state, &text, NULL), TW_OK);
    expect_entry(TW_E_RETRY, "another process");
    cr_expect_eq(keep_in(&state, &text, NULL), TW_OK);
}

Test(state_found, believes_no_planted_file)
{
    cr_assert_eq(keep("first"), TW_OK);
    cr_assert_eq(
        symlink(scratch_path("state/p"), scratch_path("state/.next.p")), 0);
    expect_entry(TW_E_ACCESS, "plain file");
    cr_assert_eq(unlink(scratch_path("state/.next.p")), 0);
    cr_assert_eq(mkfifo(scratch_path("state/.next.p"), 0600), 0);
    expect_entry(TW_E_ACCESS, "plain file");
    cr_assert_eq(unlink(scratch_path("state/.next.p")), 0);
    scratch_put("state/.next.p", 0644, WHOLE, strlen(WHOLE));
    expect_entry(TW_E_ACCESS, "plain file");
}

/* Whoever has it by another name, or gave it to us, would have the next one.
 */
Test(state_found, writes_to_no_file_of_another_s)
{
    cr_assert_eq(mkdir(state_dir, 0700), 0);
    scratch_put("state/.next.p", 0600, "", 0);
    cr_assert_eq(link(scratch_path("state/.next.p"), scratch_path("state/q")),
                 0);
    expect_entry(TW_E_ACCESS, "state/.next.p: is not a plain file of ours");
    if (geteuid() != 0)
        return;
    cr_assert_eq(unlink(scratch_path("state/q")), 0);
    cr_assert_eq(chown(scratch_path("state/.next.p"), SCRATCH_OTHER, 0), 0);
    expect_entry(TW_E_ACCESS, "state/.next.p: is not a plain file of ours");
}

Test(state_found, believes_no_file_that_others_read)
{
    AUTO_STATE state = STATE_INIT;
    AUTO_SECRET text = SECRET_INIT(TOKEN_MAX);

    cr_assert_eq(keep("first"), TW_OK);
    cr_assert_eq(chmod(scratch_path("state/p"), 0640), 0);
    cr_assert_eq(state_enter(state_dir, "p", &state, NULL), TW_OK);
    cr_expect_eq(state_read(&state, SERVER, &text, NULL), TW_E_ACCESS);
}

Test(state_found, believes_no_open_directory)
{
    cr_assert_eq(mkdir(state_dir, 0755), 0);
    expect_entry(TW_E_ACCESS, "chmod 0700");
    cr_assert_eq(rmdir(state_dir), 0);
    cr_assert_eq(symlink("/tmp", state_dir), 0);
    expect_entry(TW_E_ACCESS, "no directory of ours");
}

/* Each of these decides to whom a refresh token is sent, or for what. */
Test(state_found, belongs_to_one_server_and_client)
{
    static char a[] = "https://a.test/", b[] = "https://b.test/", name[] = "p",
                scope[] = "x", other[] = "y";
    static char *scopes[] = {scope, NULL}, *others[] = {other, NULL};
    struct module module = {.provider = {.name = "device_code"}},
                  second = {.provider = {.name = "refresh_token"}};
    struct profile_option asked = {.name = "scope", .values = scopes},
                          asked2 = {.name = "scope", .values = others};
    const struct profile base = {.name = name,
                                 .module = &module,
                                 .token_endpoint = a,
                                 .issuer = a,
                                 .client_id = name,
                                 .options = &asked,
                                 .option_count = 1};
    struct profile changed[6];
    char first[FINGERPRINT_SIZE], next[FINGERPRINT_SIZE];

    for (size_t i = 0; i < 6; i++)
        changed[i] = base;
    changed[0].token_endpoint = b;
    changed[1].issuer = b;
    changed[2].client_id = other;
    changed[3].options = &asked2;
    changed[4].module = &second;
    changed[5].mtls_token_endpoint = b;
    cr_assert(fingerprint_of_grant(&base, first));
    for (size_t i = 0; i < 6; i++) {
        cr_assert(fingerprint_of_grant(&changed[i], next));
        cr_expect_str_neq(first, next, "%zu", i);
    }
    changed[0] = base;
    changed[0].auth_method = (enum auth_method)(base.auth_method + 1);
    cr_assert(fingerprint_of_grant(&changed[0], next));
    cr_expect_str_eq(first, next, "another proof is no other grant");
}

/* The first one, in the profile itself; elsewhere it may be one that was used
 * and is renewed in its place. */
Test(state_found, belongs_to_the_refresh_token_that_is_written_out)
{
    static char a[] = "https://a.test/", name[] = "p", first[] = "one",
                second[] = "two";
    struct module module = {.provider = {.name = "refresh_token",
                                         .needs = TW_KEEPS_REFRESH_TOKEN}};
    struct profile_option option = {
        .name = "refresh_token",
        .secret = {.kind = SECRET_VALUE, .value = first}};
    const struct profile profile = {.name = name,
                                    .module = &module,
                                    .token_endpoint = a,
                                    .client_id = name,
                                    .options = &option,
                                    .option_count = 1};
    char grant[FINGERPRINT_SIZE], whole[FINGERPRINT_SIZE],
        next[FINGERPRINT_SIZE];

    cr_assert(fingerprint_of_grant(&profile, grant));
    cr_assert(fingerprint_of(&profile, whole));
    option.secret.value = second;
    cr_assert(fingerprint_of_grant(&profile, next));
    cr_expect_str_neq(grant, next);
    cr_assert(fingerprint_of(&profile, next));
    cr_expect_str_eq(whole, next, "a record tells nothing of it");
}
