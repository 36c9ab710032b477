/* SPDX-License-Identifier: MIT */
/*
 * doctor_probe.h - one request that asks for nothing, and what it met.
 */
#ifndef TW_HELPER_DOCTOR_PROBE_H
#define TW_HELPER_DOCTOR_PROBE_H

#include "helper/http/identity.h"
#include "helper/setup/doctor.h"

/* Whom to ask, and how: all of it borrowed. */
struct doctor_probe {
    const struct profile *source;    /* its ca_file and allow_http */
    const char *url;                 /* the endpoint */
    const struct identity *identity; /* shown there, or NULL */
    const char *unasked; /* NULL: it is sent an empty form; else why its host
                            alone is looked at */
};

/* doctor_probe: asks, waits for the answer, and tells of each step on the way:
 * name, connection, TLS, certificate, the server's clock, and the answer. */
void doctor_probe(struct doctor *doctor, const struct doctor_probe *probe);

#endif
