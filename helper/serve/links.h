/* SPDX-License-Identifier: MIT */
/*
 * links.h - the symbolic links by way of which a path leads to its file.
 */
#ifndef TW_HELPER_LINKS_H
#define TW_HELPER_LINKS_H

typedef void links_told(void *arg, const char *path);

/* links_follow: tells the path of each link on the way of @path, which is
 * absolute, and then where it leads to, be that there or not; nothing if there
 * is no link. */
void links_follow(const char *path, links_told *told, void *arg);

#endif
