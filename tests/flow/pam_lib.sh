# SPDX-License-Identifier: MIT
# pam_lib.sh - sourced by the tests of logins, which are in a mount namespace
# of their own: what is installed, /run, /etc/pam.d and the users are covered,
# and the host stays as it is.  A test user, the sandbox, and stacks.
# shellcheck shell=sh
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
# shellcheck disable=SC2034,SC2154  # for those who source this
# shellcheck source=tests/flow/pam_stack.sh
. "${TOP_SRC:-.}/tests/flow/pam_stack.sh"
# An id that no other run of this test has at the same time.
USER_ID=$((20000 + $$ % 40000))
TESTER=tw-tester
for dir in "$MODULES" /run; do
    cover "$dir" || skip_all "$dir cannot be covered"
done
mkdir -m 755 /run/sshd /run/user
cp "$T/modules"/*.so "$MODULES/"
grep -v "^$TESTER:\|^tokenward:" /etc/passwd >"$T/passwd"
grep -v "^$TESTER:\|^tokenward:" /etc/group >"$T/group"
echo "$TESTER:x:$USER_ID:$USER_ID::$T/home:/bin/sh" >>"$T/passwd"
echo "$TESTER:x:$USER_ID:
tw-extra:x:19999:$TESTER" >>"$T/group"
chmod 644 "$T/passwd" "$T/group"
mount --bind "$T/passwd" /etc/passwd && mount --bind "$T/group" /etc/group || skip_all "no bind mounts here"
own "$T/run" "$T/home" "$T/config" "$T/sandbox"
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
