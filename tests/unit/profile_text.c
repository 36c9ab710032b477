/* SPDX-License-Identifier: MIT */
/*
 * profile_text.c - see profile_text.h.
 */
#include "tests/unit/profile_text.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct modules modules;
static struct arena arena; /* of every profile */
static struct arena scratch;
static struct host_names names;

const struct profile_context PRIVATE = {.file = "/c/p.yaml",
                                        .modules = &modules,
                                        .arena = &arena,
                                        .scratch = &scratch,
                                        .names = &names,
                                        .mode = 0600,
                                        .mode_wanted = 0600,
                                        .may_hold_secret = true};

enum tw_status
profile_text_read(const char *body, const struct profile_context *context,
                  struct profile **out, struct tw_error *err)
{
    const struct yaml_limits limits = YAML_LIMITS_USER;
    struct yaml_document *document = NULL;
    enum tw_status status;
    char *text = NULL;
    int n = asprintf(&text, "profiles:\n  acme:\n%s", body);

    cr_assert(n > 0);
    memset(err, 0, sizeof *err);
    status =
        yaml_read(context->file, text, (size_t)n, &limits, &document, err);
    free(text);
    cr_assert_eq(status, TW_OK, "%s", err->message);
    status =
        profile_read(context, yaml_root(document)->child->child, out, err);
    yaml_document_free(document); /* a profile keeps nothing of its tree */
    return status;
}

struct profile *
profile_text_good(const char *body)
{
    struct profile *profile = NULL;
    struct tw_error err;

    cr_assert_eq(profile_text_read(body, &PRIVATE, &profile, &err), TW_OK,
                 "%s", err.message);
    return profile;
}

void
profile_text_refused(const struct refusal *refusals, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct profile *profile = NULL;
        struct tw_error err;

        cr_expect_neq(
            profile_text_read(refusals[i].body, &PRIVATE, &profile, &err),
            TW_OK, "accepted: %s", refusals[i].body);
        cr_expect_str_eq(err.message, refusals[i].message);
        cr_expect_null(strstr(err.message, "s3cret"));
        cr_expect_null(profile);
    }
}
