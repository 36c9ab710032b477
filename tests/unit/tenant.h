/* SPDX-License-Identifier: MIT */
/*
 * tenant.h - the text of a template, for the tests of templates.
 */
#ifndef TW_TESTS_TENANT_H
#define TW_TESTS_TENANT_H

#define TENANT                                                       \
    "    token_endpoint: https://a.test/%i/t\n    client_id: c-%i\n" \
    "    client_secret: {file: s/%i.key}\n"
#define LISTED(where) \
    "profiles:\n  tenant@:\n    instances: " where "\n" TENANT

#endif
