/* SPDX-License-Identifier: MIT */
/*
 * json.c - a scanned text becomes json-c's tree; values come out by type.
 */
#include "helper/text/json.h"

#include <errno.h>
#include <json-c/json.h>
#include <limits.h>
#include <string.h>

#include "helper/text/json_number.h"
#include "helper/text/json_pairs.h"
#include "helper/text/json_scan.h"

#define DIGITS_MAX 20

struct json {
    struct json_object *root;
};

static void
skip_mark(const char **text, size_t *n)
{
    if (*n >= 3 && memcmp(*text, "\xef\xbb\xbf", 3) == 0) {
        *text += 3;
        *n -= 3;
    }
}

/* Adds @value and all within; as deep as JSON_DEPTH_MAX. */
static void
measure(struct json_object *value, struct json_size *size)
{
    size->values++;
    if (json_object_is_type(value, json_type_object)) {
        json_object_object_foreach(value, name, within)
        {
            size->bytes += strlen(name);
            measure(within, size);
        }
    } else if (json_object_is_type(value, json_type_array)) {
        for (size_t i = 0; i < json_object_array_length(value); i++)
            measure(json_object_array_get_idx(value, i), size);
    } else if (json_object_is_type(value, json_type_string)) {
        size->bytes += (size_t)json_object_get_string_len(value);
    }
}

/* All of what was scanned; NULL if memory is short.  Strict is the scan:
 * what json-c calls strict differs between its versions, and some refuse DEL
 * and numbers of more than 64 bits. */
static struct json_object *
parse(const char *text, size_t n, const struct json_size *scanned)
{
    AUTO_SECRET written_out = SECRET_INIT(n);
    struct json_tokener *tokener;
    struct json_object *root;
    struct json_size size = {0};

    if (scanned->pairs) {
        if (!json_pairs_write_out(text, n, &written_out))
            return NULL;
        text = secret_text(&written_out);
        n = written_out.len;
    }
    tokener = json_tokener_new_ex(JSON_DEPTH_MAX);
    if (!tokener)
        return NULL;
    root = json_tokener_parse_ex(tokener, text, (int)n);
    json_tokener_free(tokener);
    measure(root, &size);
    if (size.values == scanned->values && size.bytes == scanned->bytes)
        return root;
    json_object_put(root);
    return NULL;
}

struct json *
json_read(const char *text, size_t n)
{
    struct json *json;
    struct json_size scanned;

    skip_mark(&text, &n);
    if (n > INT_MAX || !json_scan(text, n, &scanned))
        return NULL;
    json = calloc(1, sizeof *json);
    if (json)
        json->root = parse(text, n, &scanned);
    if (!json || !json->root) {
        free(json);
        errno = ENOMEM;
        return NULL;
    }
    return json;
}

void
json_free(struct json *json)
{
    if (!json)
        return;
    json_object_put(json->root);
    free(json);
}

static struct json_object *
member(const struct json *json, const char *key)
{
    struct json_object *value = NULL;

    (void)json_object_object_get_ex(json->root, key, &value);
    return value;
}

bool
json_is_true(const struct json *json, const char *key)
{
    struct json_object *value = member(json, key);

    return value && json_object_is_type(value, json_type_boolean) &&
           json_object_get_boolean(value);
}

enum json_kind
json_kind(const struct json *json, const char *key)
{
    struct json_object *value = member(json, key);

    if (!value)
        return json_object_object_get_ex(json->root, key, NULL) ? JSON_NULL
                                                                : JSON_ABSENT;
    switch (json_object_get_type(value)) {
    case json_type_boolean:
        return JSON_BOOL;
    case json_type_int:
    case json_type_double:
        return JSON_NUMBER;
    case json_type_string:
        return JSON_STRING;
    case json_type_array:
        return JSON_ARRAY;
    case json_type_object:
        return JSON_OBJECT;
    case json_type_null:
        break;
    }
    return JSON_NULL;
}

static const char *
string_of(struct json_object *value, size_t *n)
{
    if (!json_object_is_type(value, json_type_string))
        return NULL;
    *n = (size_t)json_object_get_string_len(value);
    return json_object_get_string(value);
}

const char *
json_string(const struct json *json, const char *key, size_t *n)
{
    return string_of(member(json, key), n);
}

/* The member or item that @name is. */
static struct json_object *
inside(struct json_object *value, const char *name)
{
    struct json_object *found = NULL;

    if (json_object_is_type(value, json_type_object))
        (void)json_object_object_get_ex(value, name, &found);
    else if (json_object_is_type(value, json_type_array) && *name >= '0' &&
             *name <= '9')
        found = json_object_array_get_idx(value, strtoul(name, NULL, 10));
    return found;
}

const char *
json_text_at(const struct json *json, const char *path, size_t *n)
{
    struct json_object *value = json->root;
    char name[64];

    while (value && *path) {
        size_t length = strcspn(path, ".");

        if (length >= sizeof name)
            return NULL;
        memcpy(name, path, length);
        name[length] = '\0';
        value = inside(value, name);
        path += length + (path[length] == '.');
    }
    return string_of(value, n);
}

static bool
is_digits(const char *text, size_t n)
{
    if (n == 0 || n > DIGITS_MAX)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
    }
    return true;
}

bool
json_seconds(const struct json *json, const char *key, int64_t *out)
{
    struct json_object *value = member(json, key);
    const char *text;
    size_t n;

    if (json_object_is_type(value, json_type_int)) {
        *out = json_object_get_int64(value); /* saturates */
        return true;
    }
    if (json_object_is_type(value, json_type_double))
        text = json_object_to_json_string(value); /* as it was sent */
    else if (!(text = string_of(value, &n)) || !is_digits(text, n))
        return false;
    if (!text)
        return false;
    *out = json_number_floor(text);
    return true;
}

size_t
json_count(const struct json *json, const char *key)
{
    struct json_object *value = member(json, key);

    return json_object_is_type(value, json_type_array)
               ? json_object_array_length(value)
               : 0;
}

const char *
json_item(const struct json *json, const char *key, size_t index, size_t *n)
{
    struct json_object *value = member(json, key);

    if (!json_object_is_type(value, json_type_array) ||
        index >= json_object_array_length(value))
        return NULL;
    return string_of(json_object_array_get_idx(value, index), n);
}
