/* SPDX-License-Identifier: MIT */
/*
 * session_word.c - see session_word.h.
 */
#include "provider/base/session_word.h"

#include <string.h>

#include "provider/base/text.h"

bool
session_word_is_whole(const struct session_word *word)
{
    if (memcmp(word->magic, SESSION_WORD_MAGIC, sizeof word->magic) != 0 ||
        word->kind < WORD_VARIABLE || word->kind > WORD_DROPPED ||
        !memchr(word->variable, '\0', sizeof word->variable) ||
        !memchr(word->profile, '\0', sizeof word->profile))
        return false;
    return word->kind != WORD_VARIABLE ||
           (text_is_variable_name(word->variable) &&
            text_is_profile_name(word->profile));
}
