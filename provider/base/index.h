/* SPDX-License-Identifier: MIT */
/*
 * index.h - which profiles there are, and what else a reader must know of
 * them.
 *
 * The helper writes <runtime>/index whenever it has read the profiles; a
 * reader believes it as long as every file and directory named in it still
 * looks the same, and asks the helper for a new one otherwise.  So a front
 * end needs no YAML.
 */
#ifndef TW_BASE_INDEX_H
#define TW_BASE_INDEX_H

#include "provider/base/mark.h"
#include "provider/base/runtime.h"
#include "provider/base/secret.h"
#include "provider/base/text.h"

#define INDEX_MAX (32 * 1024 * 1024)
#define INDEX_KEY "tokenward-index"
#define INDEX_VERSION "1"

/* The file's keys: tokenward-index=1, config=DIR (of a user's: where the
 * profiles are), incomplete=1 (something broken was left out), source=MARK
 * PATH, profile=NAME, written=NAME@INSTANCE (which counts in place of its
 * template's), left_out=NAME or NAME@ (something is wrong with it),
 * login=NAME@, login_user=UID, login_group=GID and login_variable=VARIABLE of
 * the NAME@ above them (who has one, and what it is called), readers=NAME
 * uUID... gGID... (of the system's, who may have what the routes below it lead
 * to), route=NAME USERNAME HOST[:PORT] [PATH].  NAME@ is the instance of
 * whoever reads it (own_name.h), with %u for that name in USERNAME and PATH;
 * NAME@%i, of a route, the instance that stands for %i in them.  In their
 * USERNAME %% is a percent sign.  Templates come first.
 */
struct index {
    struct secret text;
    bool current;    /* every source looked at still looks the same */
    bool incomplete; /* a profile is left out, since something is wrong */
};

#define INDEX_WAIT_MS 10000 /* for who can do nothing without */

/* index_open: <@dir>/index, checked as a record is: a user's own, made from
 * the configuration directory @config; NULL: the system's.  If it is absent or
 * no longer current, has the helper write a new one first, for which it waits
 * @wait_ms; 0: takes what is there.  TW_E_NOT_FOUND: there is none, or none of
 * a version known here. */
enum tw_status index_open(const char *dir, const char *config, int wait_ms,
                          struct index *out, struct tw_error *err);

/* index_each: calls @visit for each line with one of the keys above until it
 * returns false. */
void index_each(const struct index *index,
                bool (*visit)(void *arg, const char *key, const char *value),
                void *arg);

/* index_has_line: is there this very one?  Also while index_each() is at
 * another. */
bool index_has_line(const struct index *index, const char *key,
                    const char *value);

/* index_has_profile: is there one of exactly this name? */
bool index_has_profile(const struct index *index, const char *name);

/* index_has_instance: of the system's: is there one, or a template of which it
 * may be somebody's instance? */
bool index_has_instance(const struct index *index, const char *name);

/* index_hides: of a user's: does the system's of that name not count?  One
 * that was left out is told of, and no other's token given in its place. */
bool index_hides(const struct index *index, const char *name);

void index_clear(struct index *index);

#define AUTO_INDEX AUTO(index_clear) struct index
#define INDEX_INIT ((struct index){.text = {.max = INDEX_MAX}})

#endif
