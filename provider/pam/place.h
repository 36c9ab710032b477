/* SPDX-License-Identifier: MIT */
/*
 * place.h - the runtime directory of a session's user.
 *
 * /run/user/UID if the login manager has made it: what pam_systemd(8) puts
 * into XDG_RUNTIME_DIR.  Any other value of that variable may come from a file
 * of the user's, and root looks at no path the user chose.  Else
 * /run/tokenward/user/UID, which is made here; never a directory below
 * /run/user, and never one in /tmp.
 */
#ifndef TW_PAM_PLACE_H
#define TW_PAM_PLACE_H

#include "provider/pam/person.h"

#ifndef TW_SYSTEM_RUNTIME_DIR
#define TW_SYSTEM_RUNTIME_DIR "/run/tokenward" /* the service user's */
#endif

struct place {
    char manager[64]; /* "/run/user/UID", or "": there is none */
    char tokens[256]; /* where the profiles' directories are; "": nowhere */
};

/* place_users: /run/tokenward/user, opened, made and checked: root's own.
 * -1, logged: it cannot be had, or we are not root. */
int place_users(pam_handle_t *pamh);

/* place_find: false, and @out is empty, when there is none.  @users: what
 * place_users() gave, or -1.  @make: make <users>/UID if it is wanted; what is
 * wrong with it is logged. */
bool place_find(pam_handle_t *pamh, const struct person *person, int users,
                bool make, struct place *out);

/* place_leave: <users>/UID goes, if it is empty. */
void place_leave(const struct person *person, int users);

/* place_own_directory: <@dir>/@name of @owner and @mode, made if it is
 * missing, opened without following a link, and checked: -1 and errno when it
 * is somebody else's or open to others. */
int place_own_directory(int dir, const char *name, uid_t owner, gid_t group,
                        mode_t mode);

#endif
