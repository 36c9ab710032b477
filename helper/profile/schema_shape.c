/* SPDX-License-Identifier: MIT */
/*
 * schema_shape.c - see schema_shape.h.
 */
#include "helper/profile/schema_shape.h"

#include <string.h>

#include "provider/base/json_text.h"

void
schema_raw(struct schema_text *this, const char *text)
{
    this->good = this->good && secret_append_text(this->out, text);
}

void
schema_name(struct schema_text *this, const char *text)
{
    this->good = this->good && json_put_name(this->out, text);
}

void
schema_text(struct schema_text *this, const char *value)
{
    this->good = this->good && json_put_text(this->out, value);
}

void
schema_comma(struct schema_text *this, bool *first)
{
    schema_raw(this, *first ? "" : ",");
    *first = false;
}

/* A word that YAML takes for a boolean or a number is good as that, too. */
static void
put_word(struct schema_text *this, const char *word)
{
    schema_text(this, word);
    if (strcmp(word, "true") == 0 || strcmp(word, "false") == 0 ||
        strspn(word, "0123456789") == strlen(word)) {
        schema_raw(this, ",");
        schema_raw(this, word);
    }
}

void
schema_words(struct schema_text *this, const struct key_shape *shape)
{
    const char *word;

    schema_raw(this, "\"enum\":[");
    for (size_t i = 0; (word = key_word(shape, i)); i++) {
        schema_raw(this, i ? "," : "");
        put_word(this, word);
    }
    schema_raw(this, "]");
}

/* Kinds that look the same whatever the key; the others are NULL. */
static const char *const SHAPES[] = {
    [KEY_TEXT] = "\"$ref\":\"#/definitions/text\"",
    [KEY_ENDPOINT] = "\"$ref\":\"#/definitions/endpoint\"",
    [KEY_SECRET] = "\"$ref\":\"#/definitions/secret\"",
    [KEY_URLS] = "\"$ref\":\"#/definitions/texts\"",
    [KEY_FIELDS] = "\"type\":\"object\",\"additionalProperties\":{\"$ref\":"
                   "\"#/definitions/secret\"}",
    [KEY_TEXTS] = "\"type\":\"object\",\"additionalProperties\":{\"$ref\":"
                  "\"#/definitions/text\"}",
    [KEY_READERS] = "\"type\":\"object\",\"additionalProperties\":false,"
                    "\"properties\":{\"users\":{\"$ref\":"
                    "\"#/definitions/texts\"},\"groups\":{\"$ref\":"
                    "\"#/definitions/texts\"},\"units\":{\"$ref\":"
                    "\"#/definitions/texts\"}}",
    [KEY_HOOK] =
        "\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"
        "\"command\":{\"$ref\":\"#/definitions/command\"},"
        "\"reload\":{\"$ref\":\"#/definitions/text\"},\"restart\":{\"$ref\":"
        "\"#/definitions/text\"},\"signal\":{\"enum\":[\"HUP\",\"TERM\","
        "\"USR1\",\"USR2\"]},\"unit\":{\"$ref\":\"#/definitions/text\"},"
        "\"pidfile\":{\"$ref\":\"#/definitions/text\"}}",
    [KEY_ALIASES] = "\"type\":\"object\",\"additionalProperties\":false,"
                    "\"required\":[\"token_endpoint\"],\"properties\":{"
                    "\"token_endpoint\":{\"$ref\":"
                    "\"#/definitions/endpoint\"}}",
    [KEY_INSTANCES] = "\"anyOf\":[{\"$ref\":\"#/definitions/texts\"},{"
                      "\"type\":\"array\",\"maxItems\":0},{"
                      "\"type\":\"object\",\"minProperties\":1,"
                      "\"maxProperties\":1,\"additionalProperties\":false,"
                      "\"properties\":{\"list\":{\"$ref\":"
                      "\"#/definitions/text\"},\"files\":{\"$ref\":"
                      "\"#/definitions/text\"}}}]",
    [KEY_SOURCES] = NULL,
};

static void
put_limit(struct schema_text *this, const char *limit, int64_t number)
{
    schema_name(this, limit);
    this->good = this->good && json_put_number(this->out, number);
}

/* The shape of a key that all profiles have, without the braces. */
void
schema_shape(struct schema_text *this, const struct key_shape *shape)
{
    switch ((int)shape->kind) {
    case KEY_CHOICE:
        schema_words(this, shape);
        break;
    case KEY_SECONDS:
        schema_raw(this, "\"type\":[\"integer\",\"string\"],\"minimum\":1,"
                         "\"pattern\":\"^[0-9]+$\"");
        put_limit(this, "maximum", shape->max);
        break;
    case KEY_EXPORTS:
        schema_raw(this,
                   "\"type\":\"object\",\"propertyNames\":{\"pattern\":"
                   "\"^[A-Za-z_][A-Za-z0-9_]*$\"},\"additionalProperties\":{");
        schema_words(this, shape);
        schema_raw(this, "}");
        break;
    case KEY_SOURCES:
        schema_raw(this,
                   "\"type\":\"array\",\"minItems\":1,\"items\":{\"$ref\":"
                   "\"#/definitions/source\"}");
        put_limit(this, "maxItems", PROFILE_SOURCES_MAX);
        break;
    default:
        schema_raw(this, SHAPES[shape->kind]);
    }
}
