#!/bin/sh
# SPDX-License-Identifier: MIT
# crowded-t.sh - who has many uids (subuid(5) gives a user 65536) and fills the
# system's doorbell with callers who say nothing keeps nobody else from it.
if [ "$(id -u)" = 0 ] && [ -z "${IN_NAMESPACE:-}" ] && unshare -m true 2>/dev/null; then
    IN_NAMESPACE=1 exec unshare -m sh "$0" "$@"
fi
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
# shellcheck source=tests/flow/host.sh
. "${TOP_SRC:-.}/tests/flow/host.sh"
cp "$TOP_SRC/tests/flow/crowd.py" "$TOP_SRC/tests/flow/ring.py" "$T/bin/"
chmod 644 "$T/bin"/*.py
tenant pay /oauth/v1/token 'readers: {users: [anna]}'
tenant hang /m/hang/oauth/v1/token 'readers: {users: [anna]}' 'timeout: 60'
serve_system
until_true 9 test -s /run/tokenward/pay/token
ring() { as anna $PYTHON "$T/bin/ring.py" /run/tokenward/doorbell "$1"; }
ring 'command=ensure\nprofile=hang\n' >"$T/waits" &
waits=$!

crowd() { # crowd GROUP WORD...: of 33 uids, in the background
    group=$1
    shift
    CROWD=
    for i in $(seq 33); do
        setpriv --reuid=$((70000 + i)) --regid=$((70000 + i)) --groups="$group" \
            $PYTHON "$T/bin/crowd.py" /run/tokenward/doorbell "$@" 2>/dev/null &
        CROWD="$CROWD $!"
        EXTRA_PID="$EXTRA_PID $!"
    done
}
crowd 70000 idle 32 120
callers() { find "/proc/${EXTRA_PID%% *}/fd" -lname 'socket:*' | wc -l; }
until_true 60 eval '[ "$(callers)" -ge 1024 ]'; is $? 0 "a thousand callers of 33 uids say nothing"
began=$(date +%s%3N)
is "$(ring 'command=ensure\nprofile=pay\n')" status=ok "and a tenant is answered"
took=$(($(date +%s%3N) - began))
[ $took -lt 5000 ]; is $? 0 "at once ($took ms)"
[ -s "$T/waits" ]; is $? 1 "one who waits goes on waiting"
kill "$waits"
# shellcheck disable=SC2086
kill $CROWD
until_true 9 eval '[ "$(callers)" -lt 100 ]'

# Who waits makes no room, and who was answered does.
tenant late /m/delay=20000/oauth/v1/token 'readers: {groups: [team]}' 'timeout: 40'
until_true 9 test -d /run/tokenward/late
crowd 61100 stay 32 late
until_true 19 eval '[ "$(callers)" -ge 1024 ]'; is $? 0 "a thousand callers of 33 uids wait for a token"
ring 'command=ensure\nprofile=pay\n' >"$T/next" &
next=$!
sleep 2
[ -s "$T/next" ]; is $? 1 "none of them makes room for the next one"
until_true 30 test -s /run/tokenward/late/token
until_true 5 test -s "$T/next"
is "$(cat "$T/next")" status=ok "they have it, stay, and the next one is answered"
wait "$next"
[ "$(callers)" -ge 1024 ]; is $? 0 "beside them"
# shellcheck disable=SC2086
kill $CROWD
EXTRA_PID=${EXTRA_PID%% *}
wait "$waits" 2>/dev/null
stop_system; is $? 0 "it ends cleanly"
done_testing
