/* SPDX-License-Identifier: MIT */
/*
 * brokered.h - a broker that may run one command.
 */
#ifndef TW_TESTS_BROKERED_H
#define TW_TESTS_BROKERED_H

#include <criterion/criterion.h>

#include "helper/broker/broker.h"

static inline struct broker
brokered(char *const *argv, const struct environment *environment)
{
    struct broker broker = BROKER_INIT;
    struct broker_office office = BROKER_OFFICE_INIT;
    struct tw_error err = {.status = TW_OK};

    cr_assert_eq(broker_open(BROKER_COMMANDS, environment, false, &broker,
                             &office, &err),
                 TW_OK, "%s", err.message);
    cr_assert_eq(broker_settle(&broker, &office, &err), TW_OK, "%s",
                 err.message);
    cr_assert_eq(broker_allow(&broker, argv, &err), TW_OK, "%s", err.message);
    cr_assert_eq(broker_seal(&broker, &err), TW_OK, "%s", err.message);
    return broker;
}

#endif
