/* SPDX-License-Identifier: MIT */
/*
 * unit_name.h - names of a service manager's units (systemd.unit(5)). Pure.
 */
#ifndef TW_HELPER_UNIT_NAME_H
#define TW_HELPER_UNIT_NAME_H

#include <stdbool.h>

#define UNIT_NAME_MAX 255 /* bytes */

/* unit_name_is: of a unit that runs programs: a service, socket, mount or
 * swap.  "worker@.service", a template, is one, too. */
bool unit_name_is(const char *text);

/* unit_name_matches: is @unit the one that @rule names, or an instance of the
 * template that it names? */
bool unit_name_matches(const char *rule, const char *unit);

#endif
