/* SPDX-License-Identifier: MIT */
/*
 * session_word.c - see session_word.h.
 */
#include "provider/base/session_word.h"

#include <string.h>

#include "provider/base/text.h"

bool
session_system_variable(const char *name)
{
    static const char END[] = "TOKEN_FILE";
    size_t n = strlen(name);

    return text_is_variable_name(name) && n >= sizeof END - 1 &&
           strcmp(name + n - (sizeof END - 1), END) == 0;
}

static bool
has_names(const struct session_word *word)
{
    switch ((enum session_word_kind)word->kind) {
    case WORD_VARIABLE:
        return text_is_variable_name(word->variable) &&
               text_is_profile_name(word->profile);
    case WORD_SYSTEM: /* "user" and the like are there, and no instance's */
        return session_system_variable(word->variable) &&
               text_is_profile_name(word->profile) &&
               strchr(word->profile, '@');
    case WORD_READY:
    case WORD_FAILED:
    case WORD_DONE:
    case WORD_DROPPED:
        return true;
    }
    return false;
}

bool
session_word_is_whole(const struct session_word *word)
{
    return memcmp(word->magic, SESSION_WORD_MAGIC, sizeof word->magic) == 0 &&
           memchr(word->variable, '\0', sizeof word->variable) &&
           memchr(word->profile, '\0', sizeof word->profile) &&
           has_names(word);
}
