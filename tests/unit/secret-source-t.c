/* SPDX-License-Identifier: MIT */
/*
 * secret-source-t.c - secrets from every source, and what is refused.
 */
#include "helper/store/store.h"
#include "provider/base/clock.h"
#include "tests/unit/sourced.h"
#include <criterion/criterion.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

TestSuite(secret_source, .init = sourced_set_up, .fini = scratch_remove,
          .timeout = 60);

Test(secret_source, value)
{
    struct secret_source source = source_of(SECRET_VALUE, NULL);

    source.value = "s3cret";
    expect_secret(&source, false, "s3cret");
    expect_secret(&source, false, "s3cret");
}

Test(secret_source, none)
{
    const struct secret_source source = {0};

    expect_refusal(&source, false, TW_E_CONFIG, "the profile names no secret");
}

Test(secret_source, file)
{
    const struct secret_source source =
        source_of(SECRET_FILE, scratch_path("secret"));

    scratch_put("secret", 0600, "s3cret", 6);
    expect_secret(&source, false, "s3cret");
    scratch_put("secret", 0400, "s3cret\n", 7);
    expect_secret(&source, false, "s3cret");
    scratch_put("secret", 0600, "s3cret\r\n", 8);
    expect_secret(&source, false, "s3cret");
    scratch_put("secret", 0600, " s3\tcret ", 9);
    expect_secret(&source, false, " s3\tcret ");
}

/* Of a provider that takes one as its answer, as exchange_take() does. */
Test(secret_source, a_document_is_none_that_looks_bad)
{
    const struct secret_source source =
        source_of(SECRET_FILE, scratch_path("secret"));
    static char large[100000];
    struct tw_error err;

    scratch_put("secret", 0600, "\n {\n\"access_token\": \"a\"\n}\n", 24);
    cr_expect_eq(secret_source_look(&source, false, "x", &err), TW_OK);
    (void)memset(large, ' ', sizeof large);
    large[0] = '{';
    large[sizeof large - 1] = '}';
    scratch_put("secret", 0600, large, sizeof large);
    cr_expect_eq(secret_source_look(&source, false, "x", &err), TW_OK);
    scratch_put("secret", 0600, "\n s3cret\n", 9);
    cr_expect_eq(secret_source_look(&source, false, "x", &err), TW_E_CONFIG);
}

/* A foreign one is opened and not read. */
Test(secret_source, a_foreign_file_looks_as_who_may_write_it)
{
    const struct secret_source source =
        source_of(SECRET_FOREIGN_FILE, scratch_path("secret"));
    struct tw_error err;

    scratch_put("secret", 0644, "", 0);
    cr_expect_eq(secret_source_look(&source, false, "x", &err), TW_OK);
    scratch_put("secret", 0664, "", 0);
    cr_expect_eq(secret_source_look(&source, false, "x", &err), TW_E_ACCESS);
}

#define FILE_ PLACE "file %s/secret: "

Test(secret_source, file_with_bad_text)
{
    const struct secret_source source =
        source_of(SECRET_FILE, scratch_path("secret"));
    char large[CLIENT_SECRET_MAX + 3];

    scratch_put("secret", 0600, "", 0);
    expect_refusal(&source, false, TW_E_CONFIG, FILE_ "is empty");
    scratch_put("secret", 0600, "\n", 1);
    expect_refusal(&source, false, TW_E_CONFIG, FILE_ "is empty");
    scratch_put("secret", 0600, "s3cret\n\n", 8);
    expect_refusal(&source, false, TW_E_CONFIG, FILE_ LINES);
    scratch_put("secret", 0600, "s3cret\r", 7);
    expect_refusal(&source, false, TW_E_CONFIG, FILE_ LINES);
    scratch_put("secret", 0600, "s3\0cret", 7);
    expect_refusal(&source, false, TW_E_CONFIG, FILE_ LINES);
    scratch_put("secret", 0600, "\xef\xbb\xbfs3cret\n", 10);
    expect_refusal(&source, false, TW_E_CONFIG,
                   FILE_ "begins with a byte order mark, which an editor "
                         "wrote\nsave it without one");
    memset(large, 's', sizeof large);
    scratch_put("secret", 0600, large, CLIENT_SECRET_MAX + 1);
    expect_refusal(&source, false, TW_E_CONFIG,
                   FILE_ "larger than 8192 bytes");
    scratch_put("secret", 0600, large, CLIENT_SECRET_MAX + 3);
    expect_refusal(&source, false, TW_E_CONFIG,
                   FILE_ "larger than 8194 bytes");
    large[CLIENT_SECRET_MAX] = '\r';
    large[CLIENT_SECRET_MAX + 1] = '\n';
    scratch_put("secret", 0600, large, CLIENT_SECRET_MAX + 2);
    large[CLIENT_SECRET_MAX] = '\0';
    expect_secret(&source, false, large);
}

Test(secret_source, file_is_checked)
{
    const struct secret_source source =
        source_of(SECRET_FILE, scratch_path("secret"));

    expect_refusal(&source, false, TW_E_CONFIG,
                   FILE_
                   "does not exist\nwrite the secret there, as its one line, "
                   "and chmod 600 it");
    scratch_put("secret", 0640, "s3cret", 6);
    expect_refusal(&source, false, TW_E_ACCESS,
                   FILE_ "mode 0640 lets others read it; wanted: 0600\nchmod "
                         "600 %s/secret");
    expect_secret(&source, true, "s3cret");
    scratch_put("secret", 0604, "s3cret", 6);
    expect_refusal(&source, true, TW_E_ACCESS,
                   FILE_ "mode 0604 lets others read it; wanted: 0640\nchmod "
                         "640 %s/secret");
    scratch_put("secret", 0620, "s3cret", 6);
    expect_refusal(&source, true, TW_E_ACCESS,
                   FILE_ "mode 0620 lets others write it; wanted: 0640\nchmod "
                         "640 %s/secret");
    cr_assert_eq(rename(scratch_path("secret"), scratch_path("other")), 0);
    cr_assert_eq(symlink("other", scratch_path("secret")), 0);
    expect_refusal(&source, false, TW_E_ACCESS,
                   FILE_ "is a symbolic link, which is not followed "
                         "here\nput the file itself there, or name it");
    cr_assert_eq(unlink(scratch_path("secret")), 0);
    cr_assert_eq(mkfifo(scratch_path("secret"), 0600), 0);
    expect_refusal(&source, false, TW_E_ACCESS, FILE_ "is not a regular file");
}

Test(secret_source, foreign_file)
{
    const struct secret_source source =
        source_of(SECRET_FOREIGN_FILE, scratch_path("secret"));

    scratch_put("other", 0644, "s3cret", 6);
    cr_assert_eq(symlink("other", scratch_path("secret")), 0);
    expect_secret(&source, false, "s3cret");
    expect_secret(&source, true, "s3cret");
    scratch_put("other", 0664, "s3cret", 6);
    expect_refusal(&source, false, TW_E_ACCESS,
                   FILE_ "mode 0664 lets others write it; wanted: 0644\nchmod "
                         "644 %s/secret");
    cr_assert_eq(unlink(scratch_path("secret")), 0);
    cr_assert_eq(mkfifo(scratch_path("secret"), 0600), 0);
    expect_refusal(&source, false, TW_E_ACCESS, FILE_ "is not a regular file");
}

Test(secret_source, a_document_has_lines)
{
    const struct secret_source source =
        source_of(SECRET_FILE, scratch_path("secret"));
    const struct secret_context context = {.environment =
                                               &SOURCED_ENVIRONMENT};
    AUTO_SECRET text = SECRET_INIT(20);
    struct tw_error err = {0};

    scratch_put("secret", 0600, "{\r\n}\n\n", 6);
    cr_expect_eq(secret_source_read_document(&source, &context, &text, &err),
                 TW_OK, "%s", err.message);
    cr_expect_str_eq(secret_text(&text), "{\r\n}\n");
    scratch_put("secret", 0600, "123456789 123456789 1", 21);
    cr_expect_eq(secret_source_read_document(&source, &context, &text, &err),
                 TW_E_CONFIG);
    cr_expect_not_null(strstr(err.message, "larger than 20 bytes"));
}

Test(secret_source, file_of_another_user)
{
    const struct secret_source source =
        source_of(SECRET_FILE, scratch_path("secret"));

    if (geteuid() != 0)
        cr_skip("needs root, to give a file to another user");
    scratch_put("secret", 0600, "s3cret", 6);
    cr_assert_eq(chown(scratch_path("secret"), SCRATCH_OTHER, SCRATCH_OTHER),
                 0);
    expect_refusal(&source, false, TW_E_ACCESS,
                   FILE_ "belongs to uid 65534; it must belong to uid 0\n"
                         "chown 0 %s/secret");
    scratch_put("secret", 0644, "s3cret", 6);
    cr_assert_eq(chown(scratch_path("secret"), 0, SCRATCH_OTHER), 0);
    cr_assert_eq(chmod(scratch_path("secret"), 0640), 0);
    cr_assert_eq(setegid(SCRATCH_OTHER), 0);
    cr_assert_eq(seteuid(SCRATCH_OTHER), 0);
    expect_secret(&source, true, "s3cret");
    expect_refusal(&source, false, TW_E_ACCESS,
                   FILE_ "belongs to uid 0; it must belong to uid 65534\n"
                         "chown 65534 %s/secret");
}

Test(secret_source, proc_is_no_secret)
{
    /* environ would do as well, but its length is the caller's affair; and
     * valgrind has a /proc/self/auxv of its own. */
    const struct secret_source source =
        source_of(SECRET_FILE, "/proc/thread-self/auxv");
    AUTO_SECRET secret = SECRET_INIT(CLIENT_SECRET_MAX);
    const struct secret_context context = {.environment =
                                               &SOURCED_ENVIRONMENT};
    struct tw_error err = {0};

    cr_expect_eq(secret_source_read(&source, &context, &secret, &err),
                 TW_E_ACCESS);
    cr_expect_eq(secret.len, 0);
}

static void
publish(const char *token, int64_t generation)
{
    AUTO_STORE_PROFILE place = {.dir = -1, .lock = -1};
    struct now now = clock_now();
    struct record record = {.profile = "other",
                            .generation = generation,
                            .token_type = "Bearer",
                            .token = token,
                            .token_len = token ? strlen(token) : 0,
                            .fingerprint = "f1",
                            .issued_at = now.wall,
                            .expires = moment_after(now, 100),
                            .lifetime = 100,
                            .refresh_at = now.wall + 75};

    cr_assert_eq(store_enter(sourced_store, "other", &place, NULL), TW_OK);
    cr_assert_eq(store_publish(&place, &record, generation - 1, NULL), TW_OK);
}

Test(secret_source, token_of_a_profile)
{
    static char large[CLIENT_SECRET_MAX + 2];
    struct secret_source source = source_of(SECRET_PROFILE, "other");
    static char own[] = "f1", changed[] = "f2";
    AUTO_STORE opened = {.root = -1};

    expect_refusal(&source, false, TW_E_CONFIG,
                   PLACE "profile other: there is no place for tokens here");
    cr_assert_eq(store_open(scratch_path("run"), false, &opened, NULL), TW_OK);
    sourced_store = &opened;
    expect_refusal(&source, false, TW_E_RETRY,
                   PLACE "profile other: has no living token");
    publish("s3cret", 1);
    source.fingerprint = changed;
    expect_refusal(&source, false, TW_E_RETRY,
                   PLACE "profile other: has no living token");
    source.fingerprint = own;
    expect_secret(&source, false, "s3cret");
    publish(NULL, 2);
    expect_refusal(&source, false, TW_E_RETRY,
                   PLACE "profile other: has no living token");
    memset(large, 's', sizeof large - 1);
    publish(large, 3);
    expect_refusal(&source, false, TW_E_CONFIG,
                   PLACE "profile other: larger than 8192 bytes");
    sourced_store = NULL;
}

Test(secret_source, credential)
{
    const struct secret_source source = source_of(SECRET_CREDENTIAL, "acme");

    scratch_put("acme", 0400, "s3cret\n", 7);
    expect_secret(&source, true, "s3cret");
    scratch_put("acme", 0440, "s3cret", 6);
    expect_secret(&source, false, "s3cret");
    cr_assert_eq(chmod(scratch_path("acme"), 0444), 0);
    expect_refusal(&source, false, TW_E_ACCESS,
                   PLACE "credential acme: mode 0444 lets others read it; "
                         "wanted: 0400\nchmod 400 %s/acme");
    cr_assert_eq(chmod(scratch_path(""), 0777), 0);
    expect_refusal(&source, false, TW_E_ACCESS,
                   PLACE "credential acme: mode 0777 lets others write it; "
                         "wanted: 0755\nchmod 755 %s");
}

Test(secret_source, credential_without_directory)
{
    const struct secret_source source = source_of(SECRET_CREDENTIAL, "acme");

    (void)strcpy(sourced_variable, "X=y");
    expect_refusal(&source, false, TW_E_CONFIG,
                   PLACE "credential acme: CREDENTIALS_DIRECTORY is not set\n"
                         "give the unit LoadCredential=acme:PATH");
    (void)strcpy(sourced_variable, "CREDENTIALS_DIRECTORY=run");
    expect_refusal(&source, false, TW_E_CONFIG,
                   PLACE "credential acme: CREDENTIALS_DIRECTORY is no "
                         "absolute path without ..");
    (void)strcpy(sourced_variable, "CREDENTIALS_DIRECTORY=/run/..");
    expect_refusal(&source, false, TW_E_CONFIG,
                   PLACE "credential acme: CREDENTIALS_DIRECTORY is no "
                         "absolute path without ..");
    (void)strcpy(sourced_variable, "CREDENTIALS_DIRECTORY=/run/..x/none");
    expect_refusal(&source, false, TW_E_CONFIG,
                   PLACE "credential acme: does not exist\nname it in the "
                         "unit's LoadCredential=");
}

Test(secret_source, environment_variable)
{
    struct secret_source source = source_of(SECRET_ENV, "ACME_SECRET");

    expect_secret(&source, true, "s3cret");
    source.text = (char[]){"NONE"};
    expect_refusal(&source, false, TW_E_CONFIG,
                   PLACE
                   "environment variable NONE: is not set\nexport it where "
                   "tokenward is started, a resident helper too");
    source.text = (char[]){"EMPTY"};
    expect_refusal(&source, false, TW_E_CONFIG,
                   PLACE "environment variable EMPTY: is empty");
    source.text = (char[]){"TWO_LINES"};
    expect_refusal(&source, false, TW_E_CONFIG,
                   PLACE "environment variable TWO_LINES: " LINES);
}

Test(secret_source, describes_itself)
{
    char text[256];
    struct secret_source source = source_of(SECRET_FILE, "/x/y");

    secret_source_describe(&source, text, sizeof text);
    cr_expect_str_eq(text, "file /x/y");
    source = source_of(SECRET_ENV, "X");
    secret_source_describe(&source, text, sizeof text);
    cr_expect_str_eq(text, "environment variable X");
    source = command_of(SHELL("s3cret"));
    secret_source_describe(&source, text, sizeof text);
    cr_expect_str_eq(text, "command sh");
    source = source_of(SECRET_VALUE, NULL);
    secret_source_describe(&source, text, sizeof text);
    cr_expect_str_eq(text, "the profile itself");
}
