#!/bin/sh
# SPDX-License-Identifier: MIT
# isolation-t.sh - whoever means ill, hangs or is broken delays nobody else:
# the resident helper under callers, endpoints and profiles of that kind.
# Those who mean ill are root, the others a user: quotas are each uid's.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
PYTHON=/usr/bin/python3 # not one of root's home
[ -x $PYTHON ] || skip_all "python3 is not installed"
[ "$(id -u)" = 0 ] || skip_all "needs root, for two users"
is_sanitized && skip_all "a sanitized helper's memory grows by design"
sandbox
cp "$TOP_SRC/tests/flow/crowd.py" "$T/bin/"
chmod 644 "$T/bin/crowd.py"
BELL=$T/run/tokenward/doorbell
crowd() { $PYTHON "$T/bin/crowd.py" "$BELL" "$@"; }
ask() { user $PYTHON "$T/bin/crowd.py" "$BELL" ask "$@"; }
# The work of forty processes that each get a kept token, in ms.
cached() {
    start=$(date +%s%3N)
    for _ in $(seq 40); do user tokenward get pay >/dev/null || return 1; done
    echo $(($(date +%s%3N) - start))
}
serve() { # serve [COMMAND...]: in the background
    user "$@" "$T/bin/tokenward-helper" serve >"$T/serve.out" 2>&1 &
    EXTRA_PID=$!
    until_true 30 test -S "$BELL"
}

profile pay /oauth/v1/token
serve
until_true 30 has_token pay
is $? 0 "a token is there"
pid=$(helper_pid)
crowd vanish 2000 # what a first call needs is there from now on
before_fd=$(descriptors "$pid")
before_kb=$(memory "$pid")

quiet=$(ask 50 pay) || quiet="0 0"
cached_quiet=$(cached)
# All at once: endpoints that never answer, a broken profile, and callers.
for i in 1 2 3 4 5 6 7 8 9; do profile "hang$i" /m/hang/oauth/v1/token 'timeout: 30'; done
profile broken /oauth/v1/token 'scoop: x'
until_true 30 grep -q 'broken.yaml:.*scoop' "$T/serve.out"
is $? 0 "the broken profile is told of"
crowd idle 1000 60 &
load=$!
crowd slow 60 &
load="$load $!"
crowd garbage 60 &
load="$load $!"
sleep 1
# The worst of them is the host's as much as ours, so there are three looks; one
# that stood behind a hanging request would take seconds in each.
for _ in 1 2 3; do
    loud=$(ask 100 pay)
    status=$?
    [ $status = 0 ] && [ "${loud% *}" -lt 100000 ] && [ "${loud#* }" -lt 2000000 ] && break
done
is $status 0 "every call of another user is answered (${quiet#* } us at worst before, ${loud#* } us under load)"
[ "${loud% *}" -lt 100000 ] && [ "${loud#* }" -lt 2000000 ]; is $? 0 "within 100 ms (median ${loud% *} us)"
# The callers use a processor too; a get that waited for the helper would
# take many times as long.
for _ in 1 2 3; do
    cached_loud=$(cached)
    [ "$cached_loud" -ge $((cached_quiet * 4)) ] || break
done
pkill -f "$T/bin/crowd.py $BELL" # the shells between end with them
# shellcheck disable=SC2086
wait $load 2>/dev/null
cached_quiet_too=$(cached)
[ "$cached_quiet_too" -gt "$cached_quiet" ] && cached_quiet=$cached_quiet_too
[ "$cached_loud" -lt $((cached_quiet * 4)) ]
is $? 0 "a cached get does not notice (40 in $cached_quiet ms, $cached_loud ms under load)"
rm "$T/config/tokenward/profiles.d/broken.yaml" "$T/config/tokenward/profiles.d"/hang?.yaml

crowd rights 200
crowd halves 500
crowd vanish 100000
ask 5 pay >/dev/null; is $? 0 "after 253 descriptors at a time, half-closed and 100,000 vanished calls it answers"
until_true 35 sh -c "[ \$(find /proc/$pid/fd -mindepth 1 | wc -l) -le $((before_fd + 2)) ]"
is $? 0 "descriptors are as before ($before_fd, $(descriptors "$pid"))"
after_kb=$(memory "$pid")
[ "$after_kb" -lt $((before_kb + 2048)) ]
is $? 0 "memory too ($before_kb KiB, $after_kb KiB)"
is "$(helper_pid)" "$pid" "and it is the same process"
kill -TERM "$pid"
wait "$EXTRA_PID"; is $? 0 "which ends cleanly"

# No descriptor is left for a caller: he is hung up on, and nothing spins.
serve prlimit --nofile=25:25
until_true 30 has_token pay
pid=$(helper_pid)
crowd idle 31 4 &
load=$!
sleep 1
before=$(ticks "$pid")
sleep 2
[ $(($(ticks "$pid") - before)) -lt 20 ]
is $? 0 "without a descriptor left it does not spin ($(($(ticks "$pid") - before)) of 200 ticks)"
out=$(user tokenward get --min-valid 1 pay 2>&1); is $? 0 "a kept token is served meanwhile"
wait $load
until_true 30 ask 3 pay >/dev/null; is $? 0 "and callers are let in again"
kill -TERM "$pid"
wait "$EXTRA_PID" 2>/dev/null

# What lies at the socket's place is replaced, never followed.
rm -f "$BELL"
echo mine >"$T/victim"
chmod 666 "$T/victim"
user ln -s "$T/victim" "$BELL"
serve
until_true 30 test -S "$BELL"
is "$(cat "$T/victim")$(stat -c %a "$T/victim")" mine666 "a link at the socket's place is not followed"
[ ! -L "$BELL" ] && ask 1 pay >/dev/null; is $? 0 "and the socket is there"

# A disk that takes eight seconds for one user's next refresh token.
can_delay() { command -v strace >/dev/null && user strace -qqo /dev/null -e inject=fsync:delay_enter=1:when=1 true 2>/dev/null; }
stop() { kill -TERM "$(helper_pid)"; wait "$EXTRA_PID"; }
stop
if can_delay; then
    next=$T/home/.local/state/tokenward/.next.rotates
    curl -s --cacert "$CA" "$URL/mint/$CLIENT_ID" >"$T/config/tokenward/first"
    chmod 600 "$T/config/tokenward/first"
    profile rotates /oauth/v1/token 'provider: refresh_token' 'refresh_token: {file: ../first}'
    sed -i '/scope:/d' "$T/config/tokenward/profiles.d/rotates.yaml"
    own "$T/config"
    user touch "$T/home/calls"
    serve strace -f -qqo "$T/home/calls" -e trace=fsync -e inject=fsync:delay_enter=8000000:when=1
    until_true 30 grep -q '^refresh_token=' "$next"; is $? 0 "a refresh token came, and is stored"
    ask 5 pay >/dev/null; is $? 0 "while the disk takes its time others are answered"
    profile fresh /oauth/v1/token
    own "$T/config"
    ask 5 fresh >/dev/null; is $? 0 "and so is who has no token yet"
    [ -e "$next" ] && [ ! -e "$(record rotates)" ]
    is $? 0 "before that token is told of"
    until_true 20 has_token rotates; is $? 0 "it is when the disk has it"
    grep -q '^refresh_token=' "${next%.next.rotates}rotates"; is $? 0 "for the next time"
    stop
    rm "$T/config/tokenward/profiles.d/rotates.yaml" "$T/config/tokenward/profiles.d/fresh.yaml"
    # The same for the count of fetches that are billed.
    profile billed /oauth/v1/token 'max_fetches: 9/day'
    ledger=$T/home/.local/state/tokenward/.fetches.billed
    before=$(requests)
    serve strace -f -qqo "$T/home/calls" -e trace=fdatasync -e inject=fdatasync:delay_enter=8000000:when=1
    until_true 5 test -s "$ledger"; is $? 0 "a fetch is counted"
    ask 5 pay >/dev/null; is $? 0 "while the disk takes its time others are answered"
    is "$(requests)" "$before" "and it is not made"
    until_true 20 has_token billed; is $? 0 "it is when the disk has the count"
    stop
    rm "$T/config/tokenward/profiles.d/billed.yaml"
else
    skip "a disk that takes its time" "strace cannot be used"
fi
serve
until_true 30 test -S "$BELL"

# Told to end with requests under way: it does, within its time.
profile hang /m/hang/oauth/v1/token 'timeout: 60'
for _ in 1 2 3; do
    until_true 30 test -k "$T/run/tokenward/hang"
    start=$(date +%s)
    kill -TERM "$(helper_pid)"
    wait "$EXTRA_PID"
    status=$? took=$(($(date +%s) - start))
    [ $status != 0 ] || [ $took -le 3 ] && break
    forget hang # the host may have been busy
    serve
done
is $status 0 "SIGTERM with a request that hangs: exit 0"
[ $took -le 3 ]; is $? 0 "within two seconds"
[ ! -e "$T/run/tokenward/hang/backoff" ]; is $? 0 "and what was abandoned is noted as no failure"
done_testing
