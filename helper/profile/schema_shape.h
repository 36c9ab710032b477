/* SPDX-License-Identifier: MIT */
/*
 * schema_shape.h - what one value may look like, in a JSON schema.
 */
#ifndef TW_HELPER_SCHEMA_SHAPE_H
#define TW_HELPER_SCHEMA_SHAPE_H

#include "helper/profile/profile_keys.h"

struct schema_text {
    struct secret *out;
    bool good; /* all of it had room so far */
};

void schema_raw(struct schema_text *this, const char *text);
void schema_name(struct schema_text *this, const char *text);
void schema_text(struct schema_text *this, const char *value);
void schema_comma(struct schema_text *this, bool *first);

/* schema_words: "enum", of the words of a choice. */
void schema_words(struct schema_text *this, const struct key_shape *shape);

/* schema_shape: of a common key, without the braces around it. */
void schema_shape(struct schema_text *this, const struct key_shape *shape);

#endif
