/* SPDX-License-Identifier: MIT */
/*
 * preset_file.h - a preset's file, read and taken apart.
 */
#ifndef TW_HELPER_PRESET_FILE_H
#define TW_HELPER_PRESET_FILE_H

#include <limits.h>

#include "helper/text/yaml.h"

struct preset {
    struct yaml_document *document;
    const char *summary;                  /* borrowed from it, as the rest */
    const struct yaml_node *keys;         /* a map */
    const struct yaml_node *vars, *wants; /* maps of texts, or NULL */
};

/* preset_file_path: DIR/NAME.yaml.  TW_E_SYSTEM: too long. */
enum tw_status preset_file_path(const char *dir, const char *name,
                                char out[static PATH_MAX],
                                struct tw_error *err);

/* preset_file_read: DIR/NAME.yaml, checked on the descriptor: the caller's or
 * root's, and nobody else may write it or its directory.  @name must be a
 * module's kind of name.  TW_E_NOT_FOUND, TW_E_CONFIG, TW_E_ACCESS,
 * TW_E_SYSTEM. */
enum tw_status preset_file_read(const char *dir, const char *name,
                                struct preset *out, struct tw_error *err);
void preset_file_clear(struct preset *preset);

#endif
