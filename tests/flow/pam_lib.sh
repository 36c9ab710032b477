# SPDX-License-Identifier: MIT
# pam_lib.sh - sourced by the tests of logins, which are in a mount namespace
# of their own: what is installed, /run, /etc/pam.d and the users are covered,
# and the host stays as it is.  A test user, the sandbox, and stacks.
# shellcheck shell=sh
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
# shellcheck disable=SC2034,SC2154  # for those who source this
[ -n "${IN_NAMESPACE:-}" ] || skip_all "logins need root and a mount namespace"
MODULE=$TOP_BUILD/provider/pam/.libs/pam_tokenward.so
[ -f "$MODULE" ] || skip_all "pam_tokenward was not built: libpam0g-dev is missing"
command -v pamtester >/dev/null || skip_all "pamtester is not installed"
is_sanitized && skip_all "a sanitizer build"
# shellcheck disable=SC2016
where=$(printf 'include Makefile\nprint:\n\t@echo $(libexecdir) $(moduledir)\n' |
    make -s --no-print-directory -C "$TOP_BUILD" -f - print 2>/dev/null | tail -n 1)
LIBEXEC=${where% *} MODULES=${where#* }
# An id that no other run of this test has at the same time.
USER_ID=$((20000 + $$ % 40000))
TESTER=tw-tester
COVERED=
cover() {
    above=$1
    while [ ! -d "$above" ]; do above=$(dirname "$above"); done
    case " $COVERED " in *" $above "*) ;; *)
        case $above in / | /usr | /etc | /lib | /usr/lib) return 1 ;; esac
        mount -t tmpfs -o mode=755 none "$above" || return 1
        COVERED="$COVERED $above" ;;
    esac
    mkdir -p "$1"
}
for dir in "$LIBEXEC" "$MODULES" /run; do
    cover "$dir" || skip_all "$dir cannot be covered"
done
mkdir -m 755 /run/sshd /run/user
cp "$T/modules"/*.so "$MODULES/"
install_helper() { rm -f "$LIBEXEC/tokenward-helper"; cp "$T/bin/tokenward-helper" "$LIBEXEC/"; }
install_helper
grep -v "^$TESTER:\|^tokenward:" /etc/passwd >"$T/passwd"
grep -v "^$TESTER:\|^tokenward:" /etc/group >"$T/group"
echo "$TESTER:x:$USER_ID:$USER_ID::$T/home:/bin/sh" >>"$T/passwd"
echo "$TESTER:x:$USER_ID:
tw-extra:x:19999:$TESTER" >>"$T/group"
chmod 644 "$T/passwd" "$T/group"
mkdir "$T/pam.d"
cp -r /etc/pam.d/. "$T/pam.d/"
mount --bind "$T/passwd" /etc/passwd && mount --bind "$T/group" /etc/group &&
    mount --bind "$T/pam.d" /etc/pam.d || skip_all "no bind mounts here"
own "$T/run" "$T/home" "$T/config" "$T/sandbox"
service() { # service NAME [OPTION...]: a stack of ours alone
    service_name=$1
    shift
    cat >"/etc/pam.d/$service_name" <<EOF
auth required pam_permit.so
auth optional $MODULE $*
account required pam_permit.so
session required pam_permit.so
session optional $MODULE $*
EOF
}
sandbox
mkdir -p "$T/home/.config"
ln -s "$T/config/tokenward" "$T/home/.config/tokenward"
own "$T/home"
unset TOKENWARD_HELPER TOKENWARD_MODULE_DIR XDG_CONFIG_HOME XDG_RUNTIME_DIR
OWN=/run/tokenward/user/$USER_ID
open_session() { pamtester "${1:-tw-test}" "$TESTER" open_session >"$T/out" 2>&1; }
close_session() { pamtester "${1:-tw-test}" "$TESTER" close_session >"$T/out" 2>&1; }
ms() { echo $(($(date +%s%N) / 1000000)); }
timed() { # timed COMMAND...: sets took, and keeps its status
    begun=$(ms)
    "$@"
    set -- $?
    took=$(($(ms) - begun))
    [ "$took" -le "${longest:-0}" ] || longest=$took
    return "$1"
}
gone() { # none of the user's processes is left; waits for their ends a little
    for _ in $(seq 30); do
        pgrep -u "$USER_ID" -f tokenward-helper >/dev/null || return 0
        sleep 0.1
    done
    return 1
}
fake_helper() { # fake_helper SCRIPT
    rm -f "$LIBEXEC/tokenward-helper"
    printf '#!/bin/sh\n%s\n' "$1" >"$LIBEXEC/tokenward-helper"
    chmod 755 "$LIBEXEC/tokenward-helper"
}
