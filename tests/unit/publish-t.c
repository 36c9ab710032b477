/* SPDX-License-Identifier: MIT */
/*
 * publish-t.c - what a record says about the profile it was bought with.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "helper/fetch/publish.h"
#include "tests/unit/loading.h"

TestSuite(publish, .init = loading_begin, .fini = scratch_remove);

/* A set read from the scratch directory, and a runtime directory in it. */
struct scene {
    struct profile_set set;
    struct store store;
    struct store_profile place;
    char runtime[256];
};

static void
begin(struct scene *scene)
{
    struct tw_error err = {0};

    *scene = (struct scene){.store = {.root = -1},
                            .place = {.dir = -1, .lock = -1}};
    (void)snprintf(scene->runtime, sizeof scene->runtime, "%s",
                   scratch_path("run"));
    loading_put_profile("profiles.yaml", 0600, "acme", "before");
    cr_assert_eq(loading_load(false, &scene->set, &err), TW_OK, "%s",
                 err.message);
    cr_assert_eq(scene->set.count, 1);
    cr_assert_eq(store_open(scene->runtime, false, &scene->store, &err), TW_OK,
                 "%s", err.message);
    cr_assert_eq(store_enter(&scene->store, "acme", &scene->place, &err),
                 TW_OK, "%s", err.message);
}

static void
end(struct scene *scene)
{
    store_leave(&scene->place);
    store_close(&scene->store);
    profile_set_clear(&scene->set);
}

/* The result: is an on_refresh owed for it? */
static bool
publish_token(struct scene *scene, const char *token,
              const struct record *kept, int64_t generation)
{
    struct outcome outcome = {
        .reply = {.token = SECRET_INIT(TOKEN_MAX), .lifetime = 60},
        .asked = clock_now()};
    const struct publication publication = {.profile = scene->set.first,
                                            .outcome = &outcome,
                                            .expected =
                                                kept ? kept->generation : 0,
                                            .kept = kept,
                                            .fingerprint = "f",
                                            .server = "s"};
    AUTO_STORE_CHANGE change = STORE_CHANGE_INIT;
    struct record numbers;

    (void)strcpy(outcome.reply.token_type, "Bearer");
    cr_assert(secret_append_text(&outcome.reply.token, token));
    cr_assert_eq(
        publish_prepare(&scene->place, &publication, &change, &numbers, NULL),
        TW_OK);
    cr_assert_eq(store_commit(&change, NULL), TW_OK);
    cr_expect_eq(numbers.generation, generation);
    cr_expect_eq(numbers.lifetime, 60);
    cr_expect_eq(numbers.expires.wall, outcome.asked.wall + 60);
    cr_expect_null(numbers.token);
    secret_clear(&outcome.reply.token);
    return change.has_hook;
}

static void
publish(struct scene *scene)
{
    cr_expect_not(publish_token(scene, "tok", NULL, 1));
}

static void
expect_current(const struct scene *scene, bool current)
{
    AUTO_RECORD kept = RECORD_INIT;

    cr_assert_eq(store_record(&scene->place, &kept, NULL), TW_OK);
    cr_assert_str_eq(kept.source, scene->set.first->file);
    cr_expect_eq(mark_is_current(kept.source, kept.source_mark), current, "%s",
                 kept.source_mark);
}

Test(publish, names_the_file_that_was_read)
{
    struct scene scene;

    begin(&scene);
    publish(&scene);
    expect_current(&scene, true);
    end(&scene);
}

/* The token belongs to what the profile said, not to what it says now. */
Test(publish, a_change_between_reading_and_publishing_shows)
{
    struct scene scene;

    begin(&scene);
    loading_put_profile("profiles.yaml", 0600, "acme", "afterwards");
    publish(&scene);
    expect_current(&scene, false);
    end(&scene);
}

Test(publish, a_change_before_a_kept_token_is_looked_at_shows)
{
    AUTO_RECORD kept = RECORD_INIT;
    struct scene scene;

    begin(&scene);
    publish(&scene);
    cr_assert_eq(store_record(&scene.place, &kept, NULL), TW_OK);
    loading_put_profile("profiles.yaml", 0600, "acme", "afterwards");
    cr_assert_eq(publish_source(scene.set.first, &scene.place, &kept), TW_OK);
    expect_current(&scene, false);
    end(&scene);
}

static ino_t
token_inode(const struct scene *scene)
{
    struct stat st;

    cr_assert_eq(fstatat(scene->place.dir, "token", &st, 0), 0);
    return st.st_ino;
}

/* A file is read again every minute: what its token was told to has it. */
Test(publish, the_same_token_again_is_no_new_one)
{
    static const struct hook HOOK = {.pidfile = (char *)"/nowhere"};
    AUTO_RECORD kept = RECORD_INIT;
    struct scene scene;
    ino_t before;

    begin(&scene);
    scene.set.first->on_refresh = &HOOK;
    cr_expect(publish_token(&scene, "tok", NULL, 1));
    before = token_inode(&scene);
    cr_assert_eq(store_record(&scene.place, &kept, NULL), TW_OK);
    cr_expect_not(publish_token(&scene, "tok", &kept, 1));
    cr_expect_eq(token_inode(&scene), before);
    cr_expect(publish_token(&scene, "other", &kept, 2));
    cr_expect_neq(token_inode(&scene), before);
    end(&scene);
}

Test(publish, the_same_token_after_its_rejection_is_a_new_one)
{
    AUTO_RECORD kept = RECORD_INIT;
    struct scene scene;

    begin(&scene);
    publish(&scene);
    cr_assert_eq(publish_rejection(&scene.store, "acme", NULL, 1, NULL),
                 TW_OK);
    cr_assert_eq(store_record(&scene.place, &kept, NULL), TW_OK);
    cr_expect_not(publish_token(&scene, "tok", &kept, 3));
    end(&scene);
}
