/* SPDX-License-Identifier: MIT */
/*
 * session_word.h - what the helper says to pam_tokenward, which is root.
 *
 * Words of one size on a pipe, each written at once (they are smaller than
 * PIPE_BUF).  The one who listens has the privileges and the one who speaks
 * is the user's, so there is nothing to parse: each field is text of its own
 * that is checked for what it may be, and a word that is odd ends the talk.
 */
#ifndef TW_BASE_SESSION_WORD_H
#define TW_BASE_SESSION_WORD_H

#include <stdbool.h>
#include <stdint.h>

#define SESSION_WORD_MAGIC "tw-word2" /* without its NUL */
#define SESSION_NAME_SIZE 136         /* of a variable's or profile's name */
#define SESSION_VARIABLES_MAX 64      /* more are not set */

#define SESSION_WORDS_MAX 2048 /* of one talk; the rest is not heard */

/* WLCG Bearer Token Discovery: a path, and the token itself, which is looked
 * for first. */
#define TOKEN_FILE_VARIABLE "BEARER_TOKEN_FILE"
#define TOKEN_VARIABLE "BEARER_TOKEN"

enum session_word_kind {
    WORD_VARIABLE = 1, /* @variable is to name the token file of @profile */
    WORD_READY,        /* no more of them: what is left is the fetch */
    WORD_FAILED,       /* with @status, for one profile or for all */
    WORD_DONE,         /* all went well */
    WORD_DROPPED,      /* instead of all: the process did not become the
                          user; @status is an errno */
    WORD_SYSTEM,       /* as WORD_VARIABLE; @profile is the user's instance of
                          one of the system's templates */
};

struct session_word {
    char magic[8];
    uint32_t kind;
    int32_t status;
    char variable[SESSION_NAME_SIZE];
    char profile[SESSION_NAME_SIZE];
};

/* session_system_variable: may the system's service name a token file by it?
 * Its word is no root's: of a variable like PAGER or EDITOR it would make
 * every reader run what it likes.  Those that end with TOKEN_FILE lead
 * programs to a token, and nowhere else. */
bool session_system_variable(const char *name);

/* session_word_is_whole: of this version, its texts ended, and names what
 * they shall be where its kind has them. */
bool session_word_is_whole(const struct session_word *word);

#endif
