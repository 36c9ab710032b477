#!/bin/sh
# SPDX-License-Identifier: MIT
# pam-denied-t.sh - logins where SELinux, AppArmor or a container says no, to
# the module and to all that it starts, at one kind of step after the other:
# each login and logout goes on, in time, and nothing is left.
if [ "$(id -u)" = 0 ] && [ -z "${IN_NAMESPACE:-}" ] && unshare -m true 2>/dev/null; then
    IN_NAMESPACE=1 exec unshare -m sh "$0" "$@"
fi
# shellcheck source=tests/flow/pam_lib.sh
. "${TOP_SRC:-.}/tests/flow/pam_lib.sh"
DENIED=$TOP_BUILD/tests/pam/denied
service tw-test
service tw-1s deadline=1
service tw-10s deadline=10
# libnss_systemd aborts where it may not block a signal.
printf 'passwd: files\ngroup: files\nhosts: files\n' >"$T/nsswitch.conf"
mount --bind "$T/nsswitch.conf" "$(readlink -f /etc/nsswitch.conf)"
printf 'session required pam_permit.so\n' >/etc/pam.d/tw-none
profile login /oauth/v1/token 'login: true'
LIMIT=2800 # the logout's 2 s, on a busy machine
longest=0 bad=0 count=0
for call in $("$DENIED"); do
    for error in EACCES EPERM; do
        for _ in 1 2 3 4 5; do # a busy machine may be late, but not each time
            took=$("$DENIED" "$call" "$error" tw-1s "$TESTER" 2>"$T/err")
            status=$?
            [ "$call" != write ] && [ "${took:-0}" -ge $LIMIT ] || break
        done
        # libpam, which tells the audit system, may not forgive it itself.
        "$DENIED" "$call" "$error" tw-none "$TESTER" >/dev/null 2>&1
        without=$?
        if [ "$without" != 0 ]; then
            is "$status" "$without" "$call: $error: fails without us, too"
            continue
        fi
        [ "$call" != write ] || took=0 # it cannot tell
        count=$((count + 1))
        is "$status$([ "${took:-$LIMIT}" -lt $LIMIT ] && echo " in time")" "0 in time" "$call: $error: logged in and out (${took:-?} ms)"
        [ "${took:-0}" -le "$longest" ] || longest=$took
        [ "$status" = 0 ] || bad=$((bad + 1))
    done
done
for _ in $(seq 220); do # 20 s: the helper's own deadline
    pgrep -r DRST -u "$USER_ID" -x tokenward-helpe >/dev/null || break
    sleep 0.1
done
is "$(pgrep -c -r DRST -u "$USER_ID" -x tokenward-helpe)" 0 "no process is left"
# A count that could not be taken back is not believed for long.
find /run/tokenward/user/.sessions/$USER_ID -type f -exec touch -d '2 hours ago' {} +
rm -rf "$OWN/login"
open_session tw-10s; is $? 0 "a session where nothing is forbidden"
[ -s "$OWN/login/token" ]; ok $? "has its token"
close_session
is "$(find /run/tokenward | sort | tr '\n' ' ')" "/run/tokenward /run/tokenward/user /run/tokenward/user/.sessions /run/tokenward/user/.sessions/$USER_ID " \
    "and leaves nothing of itself or of those before"
ok "$((count == 0))" "some of them were tried ($count)"
figure denied-logins "$count"
figure denied-logins-failed "$bad"
figure denied-longest-ms "$longest"
done_testing
