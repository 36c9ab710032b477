/* SPDX-License-Identifier: MIT */
/*
 * importer.h - what the readers of other programs' settings share; see
 * import.h.
 */
#ifndef TW_HELPER_IMPORTER_H
#define TW_HELPER_IMPORTER_H

#include "helper/setup/draft.h"

struct importer {
    const char *path;
    const struct secret *text;
    struct draft *draft;
    struct tw_error *err;
};

/* importer_take: what is set already was said by the person, and stays.
 * TW_E_CONFIG: a relative path. */
enum tw_status importer_take(const struct importer *this, enum draft_key key,
                             const char *value);
enum tw_status importer_take_secret(const struct importer *this,
                                    const char *value);

/* importer_refuse_grant: TW_E_CONFIG, unless the person has chosen one. */
enum tw_status importer_refuse_grant(const struct importer *this,
                                     const char *grant);
void importer_take_name(const struct importer *this, const char *name);

/* import_kubelogin: of a kubeconfig. */
enum tw_status import_kubelogin(const struct importer *this);

#endif
