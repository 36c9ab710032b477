/* SPDX-License-Identifier: MIT */
/*
 * session_word.c - what root is told over a pipe: a word that counts has its
 * texts ended, and they name what they shall.
 */
#include "provider/base/session_word.h"

#include <string.h>

#include "provider/base/text.h"
#include "tests/fuzz/fuzz.h"

void
fuzz_session_word(const uint8_t *data, size_t n)
{
    struct session_word word = {.kind = 0};

    memcpy(&word, data, n < sizeof word ? n : sizeof word);
    if (!session_word_is_whole(&word))
        return;
    FUZZ_CHECK(memcmp(word.magic, SESSION_WORD_MAGIC, sizeof word.magic) == 0);
    FUZZ_CHECK(memchr(word.variable, '\0', sizeof word.variable) &&
               memchr(word.profile, '\0', sizeof word.profile));
    if (word.kind == WORD_VARIABLE || word.kind == WORD_SYSTEM)
        FUZZ_CHECK(text_is_variable_name(word.variable) &&
                   text_is_profile_name(word.profile));
    FUZZ_CHECK(word.kind != WORD_SYSTEM ||
               session_system_variable(word.variable));
    /* Below the system's directory there are others than profiles'. */
    FUZZ_CHECK(word.kind != WORD_SYSTEM || strchr(word.profile, '@'));
    FUZZ_CHECK(word.kind >= WORD_VARIABLE && word.kind <= WORD_SYSTEM);
}
