/* SPDX-License-Identifier: MIT */
/*
 * specifier.h - %i and %u in the texts of a template: which of its instances
 * this is.
 *
 * Only keys that the table in specifier.c names may have one, and there only
 * where it cannot change whose server gets the secret or which directory it
 * is read from.  Keys that are not in the table have none, so a new key is
 * safe until somebody thought about it.
 */
#ifndef TW_HELPER_SPECIFIER_H
#define TW_HELPER_SPECIFIER_H

#include <sys/types.h>

#include "helper/base/arena.h"
#include "helper/text/yaml.h"

#define SPECIFIER_INSTANCE 'i'
#define SPECIFIER_USER 'u'

struct specifier {
    char letter;       /* of the two */
    const char *value; /* what it stands for: text_is_name_part() */
    bool is_sample;    /* a template is checked: no reader is looked up, and
                          match: and git_username: keep SPECIFIER_SEGMENT for
                          the value */
    uid_t uid;         /* USER: of that name */
};

/* A whole segment of a match's path in a sample, or a part of its
 * git_username; no instance has a '~'. */
#define SPECIFIER_SEGMENT "~i~"

struct profile_reader;

/* specifier_find: does one with that letter stand anywhere below @node? */
bool specifier_find(const struct yaml_node *node, char letter);

/* specifier_expand: the profile's keys with every specifier replaced and
 * every %% become %, into @whole, whose nodes are @arena's.  The provider is
 * known by then.  TW_E_CONFIG: one stands where it may not, or a % is none;
 * TW_E_SYSTEM. */
enum tw_status specifier_expand(const struct profile_reader *reader,
                                struct arena *arena, struct yaml_node *whole);

/* specifier_room: bytes that @text of a sample, in which SPECIFIER_SEGMENT
 * stands, lacks beside one with the value in it; 0 of no sample's. */
size_t specifier_room(const struct specifier *specifier, const char *text);

/* specifier_copy: @node with all below it, as it stands; NULL: no memory. */
struct yaml_node *specifier_copy(struct arena *arena,
                                 const struct yaml_node *node);

#endif
