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

#define ASKED_NAME_SIZE 33 /* as text_is_module_name() has it, and a NUL */

/* asked_name: what ran in there when the other process ended, or "".  It is
 * that process's word, which may have been taken over: nothing but a
 * provider's name comes out. */
void asked_name(char out[static ASKED_NAME_SIZE]);

#endif
