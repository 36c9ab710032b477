/* SPDX-License-Identifier: MIT */
/*
 * asked.h - the provider that runs right now, told to the process that watches
 * this one: if it dies or hangs in there, whose fault it was.
 */
#ifndef TW_HELPER_ASKED_H
#define TW_HELPER_ASKED_H

/* asked_share: before fork(2); without it nobody is told anything. */
void asked_share(void);

/* asked_begin, asked_end: around each call of foreign code. */
void asked_begin(const char *provider);
void asked_end(void);

/* asked_name: what ran in there when the other process ended, or "". */
const char *asked_name(void);

#endif
