/* SPDX-License-Identifier: MIT */
/*
 * exchange_tell.h - what a module wants a person to know, and whether one is
 * there.
 */
#ifndef TW_HELPER_EXCHANGE_TELL_H
#define TW_HELPER_EXCHANGE_TELL_H

#include "helper/exchange/exchange.h"

/* exchange_lacks_person: nothing is kept, and nobody is there to log in; then
 * @err says so (TW_E_INTERACT). */
bool exchange_lacks_person(const struct exchange_context *context,
                           struct tw_error *err);

/* exchange_tell: shows the person what TW_ACTION_TELL says.  TW_E_INTERACT:
 * nobody is there; TW_E_PROTOCOL: the server's address or code is none that
 * may be shown. */
enum tw_status exchange_tell(const struct exchange_context *context,
                             const struct tw_action *action,
                             struct tw_error *err);

#endif
