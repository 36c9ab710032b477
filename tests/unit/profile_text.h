/* SPDX-License-Identifier: MIT */
/*
 * profile_text.h - a profile read from the text of its keys, for tests.
 */
#ifndef TW_TESTS_PROFILE_TEXT_H
#define TW_TESTS_PROFILE_TEXT_H

#include "helper/profile/profile.h"

#define URL "    token_endpoint: https://as.example.test/token\n"
#define CLIENT "    client_id: corpus-client\n    client_secret: s3cret\n"
#define GOOD URL CLIENT
#define PICKLE "    provider: pickle\n    assertion: {env: A}\n"
#define AT(line, column) "/c/p.yaml:" #line ":" #column ": profile 'acme': "

struct refusal {
    const char *body, *message;
};

/* As if the file were 0600; its modules are fake_modules.c's. */
extern const struct profile_context PRIVATE;

/* profile_text_read: `profiles: {acme: ...}` with @body for its keys, from
 * line 3 on. */
enum tw_status profile_text_read(const char *body,
                                 const struct profile_context *context,
                                 struct profile **out, struct tw_error *err);

/* profile_text_good: one that must be good. */
struct profile *profile_text_good(const char *body);

/* profile_text_refused: all must be refused with exactly their message. */
void profile_text_refused(const struct refusal *refusals, size_t count);

#endif
