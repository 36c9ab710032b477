/* SPDX-License-Identifier: MIT */
/*
 * profile_reader.h - a profile on its way from YAML nodes to struct profile.
 *
 * Shared by the files that read parts of a profile.  Every function names
 * @key in its messages and the place of @node; outputs are written on success
 * alone.  All fail with TW_E_CONFIG unless said otherwise, or TW_E_SYSTEM.
 */
#ifndef TW_HELPER_PROFILE_READER_H
#define TW_HELPER_PROFILE_READER_H

#include "helper/profile/profile.h"

#define PROFILE_SCOPE_MAX 8192 /* bytes of a scope */

struct profile_key;

/* A key of the entry. */
struct profile_value {
    const struct yaml_node *node;
    const struct profile_key *key;  /* its row, if it is no option's */
    const struct tw_option *option; /* the module's, if it is one's */
};

struct profile_reader {
    const struct profile_context *context;
    struct profile *profile;
    struct profile_assertion *assertion; /* its, as far as they were read: */
    struct profile_identity *identity;   /* most profiles have neither */
    const struct yaml_node *entry;       /* the profile's map */
    struct profile_value *values;        /* its keys */
    size_t value_count;
    const struct profile_key *key; /* of the value that is being read */
    struct tw_error *err;
};

/* profile_refuse: "FILE:LINE:COLUMN: profile 'NAME': " and the message. */
enum tw_status profile_refuse(const struct profile_reader *reader,
                              const struct yaml_node *where,
                              const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* profile_value_line: is it one line of text, not empty?  One LF at its end
 * is not counted, as a block scalar has it. */
enum tw_status profile_value_line(const struct profile_reader *reader,
                                  const char *key,
                                  const struct yaml_node *node, size_t *n);

/* profile_value_word: a copy of one of 1 to @max printable ASCII characters
 * without spaces; @what says in a message what it must be. */
enum tw_status profile_value_word(const struct profile_reader *reader,
                                  const struct yaml_node *value,
                                  const char *what, int max, char **out);

/* profile_value_text: a copy of such a line. */
enum tw_status profile_value_text(const struct profile_reader *reader,
                                  const char *key,
                                  const struct yaml_node *node, char **out);

/* profile_value_path: the same, made absolute from the profile's directory. */
enum tw_status profile_value_path(const struct profile_reader *reader,
                                  const char *key,
                                  const struct yaml_node *node, char **out);

/* profile_value_choice: the index of the word in @words (NULL-ended). */
enum tw_status profile_value_choice(const struct profile_reader *reader,
                                    const char *key,
                                    const struct yaml_node *node,
                                    const char *const *words, size_t *out);

/* profile_key_choice, profile_key_seconds: the same of the reader's key, whose
 * row has the words or the maximum. */
enum tw_status profile_key_choice(const struct profile_reader *reader,
                                  const struct yaml_node *value, size_t *out);
enum tw_status profile_key_seconds(const struct profile_reader *reader,
                                   const struct yaml_node *value,
                                   int64_t *out);

/* profile_value_list: a text counts as a list of one; gives the first item
 * (->next leads on) of 1 to @max. */
enum tw_status profile_value_list(const struct profile_reader *reader,
                                  const char *key,
                                  const struct yaml_node *node, size_t max,
                                  const struct yaml_node **first,
                                  size_t *count);

/* profile_read_source: as profile_read(), of an entry without any_of. */
enum tw_status profile_read_source(const struct profile_context *context,
                                   const struct yaml_node *entry,
                                   struct profile **out, struct tw_error *err);

/* profile_read_secret: a text, or a map with one of file, credential, env and
 * command.  TW_E_ACCESS: by value in a file that others may read. */
enum tw_status profile_read_secret(const struct profile_reader *reader,
                                   const char *key,
                                   const struct yaml_node *node,
                                   struct secret_source *out);

/* profile_secret_word: a map's key that says where a secret is; NULL after
 * the last. */
const char *profile_secret_word(size_t index);

/* profile_read_issued: the same for what a platform issues: its file is a
 * foreign one (secret_source.h). */
enum tw_status profile_read_issued(const struct profile_reader *reader,
                                   const char *key,
                                   const struct yaml_node *node,
                                   struct secret_source *out);

/* profile_read_command: the list of a {command: [...]} alone. */
enum tw_status profile_read_command(const struct profile_reader *reader,
                                    const char *key,
                                    const struct yaml_node *node,
                                    struct secret_source *out);

/* profile_read_foreign_file: the path of another program's file. */
enum tw_status profile_read_foreign_file(const struct profile_reader *reader,
                                         const char *key,
                                         const struct yaml_node *node,
                                         struct secret_source *out);

/* The row of profile_provider.c. */
enum tw_status profile_read_provider(const struct profile_reader *reader,
                                     const struct yaml_node *value);

/* profile_use_provider: the module of that name; one of several sources has a
 * stand-in for one that is not there.  As modules_get(), @where in front. */
enum tw_status profile_use_provider(const struct profile_reader *reader,
                                    const struct yaml_node *where,
                                    const char *name);

/* profile_read_option: a key of the provider's own table. */
enum tw_status profile_read_option(const struct profile_reader *reader,
                                   const struct tw_option *option,
                                   const struct yaml_node *node,
                                   struct profile_option *out);

/* profile_endpoint_read: the URL of an endpoint, by its own key. */
enum tw_status profile_endpoint_read(const struct profile_reader *reader,
                                     const struct yaml_node *value,
                                     char **out);

/* The rows of profile_endpoint.c. */
enum tw_status profile_endpoint_revocation(const struct profile_reader *reader,
                                           const struct yaml_node *value);
enum tw_status profile_endpoint_token(const struct profile_reader *reader,
                                      const struct yaml_node *value);

/* The rows of profile_login.c. */
enum tw_status profile_login_lifetime(const struct profile_reader *reader,
                                      const struct yaml_node *value);
enum tw_status profile_login_login(const struct profile_reader *reader,
                                   const struct yaml_node *value);
enum tw_status
profile_login_revoke_on_logout(const struct profile_reader *reader,
                               const struct yaml_node *value);
enum tw_status
profile_login_wlcg_discovery(const struct profile_reader *reader,
                             const struct yaml_node *value);

/* The row of profile_export.c, and its words. */
extern const char *const PROFILE_EXPORT_WORDS[];
enum tw_status profile_read_env(const struct profile_reader *reader,
                                const struct yaml_node *value);

/* The row of profile_hook.c. */
enum tw_status profile_read_on_refresh(const struct profile_reader *reader,
                                       const struct yaml_node *value);

/* The row of profile_match.c. */
enum tw_status profile_read_match(const struct profile_reader *reader,
                                  const struct yaml_node *value);

/* The rows of profile_request.h. */
enum tw_status profile_read_grant_type(const struct profile_reader *reader,
                                       const struct yaml_node *value);
enum tw_status profile_read_headers(const struct profile_reader *reader,
                                    const struct yaml_node *value);
enum tw_status profile_read_max_fetches(const struct profile_reader *reader,
                                        const struct yaml_node *value);
enum tw_status profile_read_params(const struct profile_reader *reader,
                                   const struct yaml_node *value);
enum tw_status
profile_read_scope_separator(const struct profile_reader *reader,
                             const struct yaml_node *value);

/* The rows of reply_rules.h. */
enum tw_status profile_read_expires_member(const struct profile_reader *reader,
                                           const struct yaml_node *value);
enum tw_status profile_read_reply_format(const struct profile_reader *reader,
                                         const struct yaml_node *value);
enum tw_status profile_read_success_status(const struct profile_reader *reader,
                                           const struct yaml_node *value);
enum tw_status profile_read_token_type(const struct profile_reader *reader,
                                       const struct yaml_node *value);
enum tw_status profile_read_zero_lifetime(const struct profile_reader *reader,
                                          const struct yaml_node *value);

#endif
