#!/bin/sh
# SPDX-License-Identifier: MIT
# doorbell-t.sh - the resident helper's socket: requests become one fetch, no
# token crosses it, and whoever is slow or means ill delays nobody.
if [ "$(id -u)" = 0 ] && [ -z "${IN_NAMESPACE:-}" ] && unshare -m true 2>/dev/null; then
    IN_NAMESPACE=1 exec unshare -m sh "$0" "$@"
fi
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
nameless
PYTHON=/usr/bin/python3 # not one of root's home
[ -x $PYTHON ] || skip_all "python3 is not installed"
sandbox
cp "$TOP_SRC/tests/flow/bell.py" "$TOP_SRC/tests/flow/ring.py" "$TOP_SRC/tests/flow/load.py" "$T/bin/"
chmod 644 "$T/bin/bell.py" "$T/bin/ring.py" "$T/bin/load.py"
BELL=$T/run/tokenward/doorbell
ring() { user $PYTHON "$T/bin/ring.py" "$BELL" "$@"; }
serve() {
    user "$@" "$T/bin/tokenward-helper" serve >"$T/serve.out" 2>&1 &
    EXTRA_PID=$!
    until_true 30 test -S "$BELL"
}
rings() { ring 'command=status\n' | grep -q '^profiles='; } # more than a socket that was left
fetches() { ring 'command=status\n' | grep -q '^fetching=1'; }
stop() { kill "$1" "$(helper_pid)"; wait "$EXTRA_PID" 2>/dev/null; }

profile pay /oauth/v1/token
serve
until_true 30 rings
is "$(stat -c %a "$BELL")" 600 "the socket is its user's alone"
until_true 30 test -e "$(record pay)"
out=$(ring 'command=ensure\nprofile=pay\n'); is "$out" "status=ok" "ensure: ok"
printf '%s' "$out" | grep -qF -e "$(field pay access_token)"; is $? 1 "and no token in the answer"
# A user's own service manager is handed what its units load.
LOAD=$T/run/tokenward/credential
is "$(stat -c %a "$LOAD")" 600 "the socket of credentials is its user's alone, too"
is "$(user $PYTHON "$T/bin/load.py" "$LOAD" any.service pay)" "$(field pay access_token)" "any unit of the user's is handed the token"
if [ "$(id -u)" = 0 ]; then
    is "$($PYTHON "$T/bin/load.py" "$LOAD" any.service pay)" "" "root's manager is not the user's"
else
    skip "root's manager is not the user's" "needs root"
fi
like "$(ring 'command=ensure\nprofile=nosuch\n')" "^status=not_found" "an unknown profile: not_found"
like "$(ring 'command=status\n')" "^profiles=1" "status: how many profiles"
like "$(ring 'hello\n')" "^status=usage" "nonsense: usage"
like "$(ring 'command=ensure\nprofile=../pay\n')" "^status=usage" "a path for a name: usage"
like "$(ring "command=ensure\\nprofile=pay\\nx=$(printf %0600d 0)\\n")" "^gone\|^$" "a long packet: the call ends"
is "$(ring 'command=ensure\nprofile=pay\n' 'command=ensure\nprofile=pay\n' | grep -c '^status=ok')" 2 "two requests on one call"

# Another process is at it, and the token is not due, but too old for who asks.
age pay 2000
user flock -o "$T/run/tokenward/pay/lock" sleep 5 &
holder=$!
until_true 9 eval '! user flock -n "$T/run/tokenward/pay/lock" true'
before=$(field pay generation)
ring 'command=ensure\nprofile=pay\nmin_valid=1800\n' >"$T/waits" &
until_true 30 grep -q '^status=ok' "$T/waits"; is $? 0 "who waits while another process fetches is answered after it"
[ "$(field pay generation)" -gt "$before" ]; ok $? "by another token"
wait $holder

# 200 at once and 100 a second are more than anybody needs.
if under_valgrind; then
    skip "who asks without end is told so" "nobody is fast enough"
else
    set --
    for _ in $(seq 1500); do set -- "$@" 'command=status\n'; done
    ring "$@" >"$T/asked"
    [ "$(grep -c '^status=ok' "$T/asked")" -ge 200 ]; ok $? "$(grep -c '^status=ok' "$T/asked") of 1500 requests in a row are answered"
    like "$(cat "$T/asked")" "^message=too many requests of one user$" "who asks without end is told so"
    until_true 30 rings
    sleep 1 # and there is room for more than this one
fi

# Rejected: a new one is there before anybody asks again.
before=$(field pay generation)
token=$(field pay access_token)
is "$(ring "command=reject\\nprofile=pay\\ngeneration=$before\\n")" "status=ok" "reject: ok"
until_true 30 sh -c "grep '^access_token=' '$(record pay)' | grep -qvF -e '$token'"
is $? 0 "and another token comes by itself"

# Those who ring at once make one request; the front end rings too.
# The resident helper may come before all of them, as soon as it sees the profile.
before=$(requests)
profile late /m/delay=500/oauth/v1/token
for _ in 1 2 3 4 5 6 7 8; do user tokenward get late >>"$T/got" 2>&1 & pids="${pids:-} $!"; done
# shellcheck disable=SC2086
wait $pids
is "$(sort "$T/got" | uniq -c | sed 's/^ *//')" "8 $(field late access_token)" "eight get one token"
is "$(($(requests) - before))" 1 "by one request"
# A profile changed a moment ago is the one that is fetched.
sed -i 's/payments wallet/payments/' "$T/config/tokenward/profiles.d/late.yaml"
user tokenward get late >/dev/null
is "$(field late scope)" payments "a profile changed a moment ago is the one that counts"
# And one that is changed while it is fetched, whatever comes of that.
for bad in delay=2000 delay=2000,status=401,error=invalid_client; do
    profile turns /oauth/v1/token
    until_true 30 has_token turns
    profile turns "/m/$bad/oauth/v1/token"
    forget turns
    ring 'command=ensure\nprofile=turns\n' >"$T/first" &
    first=$!
    until_true 30 fetches; is $? 0 "one that is being fetched ($bad)"
    profile turns /oauth/v1/token
    sed -i 's/payments wallet/payments/' "$T/config/tokenward/profiles.d/turns.yaml"
    is "$(ring 'command=ensure\nprofile=turns\n')" "status=ok" "and is changed meanwhile: who asks then is answered"
    is "$(field turns scope)" payments "when the token is there of the profile as it is now"
    wait $first
    is "$(cat "$T/first")" "status=ok" "and so is who asked before"
done
out=$(TOKENWARD_HELPER=/nonexistent user tokenward get late 2>&1); is $? 0 "no helper is started while one is there"
token=$(field late access_token)
out=$(TOKENWARD_HELPER=/nonexistent user tokenward reject late 2>&1); is "$?$out" 0 "nor for a rejection"
out=$(TOKENWARD_HELPER=/nonexistent user tokenward get late 2>&1); is $? 0 "after which there is a token"
[ "$out" != "$token" ]; is $? 0 "and another one"
profile refused /m/status=401,error=invalid_client/oauth/v1/token
out=$(user tokenward get refused 2>&1); is $? 77 "a failure comes through the doorbell"
like "$out" "refused.yaml:[0-9]*:.*invalid_client" "with its words"
profile lost /oauth/v1/token
sed -i 's#token_endpoint: .*#token_endpoint: https://nobody.invalid/token#' "$T/config/tokenward/profiles.d/lost.yaml"
user tokenward get lost >/dev/null 2>&1; is $? 75 "a name that has no address: exit 75"
until_true 30 sh -c "grep -qE '^failures=([3-9])$' '$T/run/tokenward/lost/backoff'"
like "$(grep '^message=' "$T/run/tokenward/lost/backoff")" "nobody.invalid: could not resolve its name$" "and the same the third time"
profile more /oauth/v1/token
user tokenward get more >/dev/null; is $? 0 "while others get theirs"
rm "$T/config/tokenward/profiles.d/lost.yaml"
profile goes /m/delay=9000/oauth/v1/token
until_true 30 test -k "$T/run/tokenward/goes"
ring 'command=status\n' 'command=ensure\nprofile=goes\n' >"$T/goes" & # the second is sent at once
until_true 30 grep -q '^profiles=' "$T/goes"
rm "$T/config/tokenward/profiles.d/goes.yaml"
until_true 6 grep -q '^message=the profile was removed' "$T/goes"; is $? 0 "whoever waits for a profile that is removed is told so"

# An endpoint that never answers and a thousand callers.
profile hang /m/hang/oauth/v1/token 'timeout: 60'
profile other /oauth/v1/token
until_true 30 has_token other
ring --many 1000 'command=ensure\nprofile=hang\n' >"$T/many" &
until_true 30 test -s "$T/many"
is "$(cat "$T/many")" 31 "of a thousand callers of one user, so many are let in beside one who waits"
# The user's own share is used up, so the caller of another uid is asked.
if [ "$(id -u)" = 0 ]; then
    us=$($PYTHON "$TOP_SRC/tests/flow/crowd.py" "$BELL" ask 9 other)
    [ "${us% *}" -lt 100000 ]; is $? 0 "another uid's ensure takes under 100 ms (median and worst, in us: $us)"
else
    skip "another uid's ensure takes under 100 ms" "needs root"
fi
if is_sanitized; then
    skip "a token that is kept is served within 100 ms" "a sanitizer takes as long to begin"
else
    within 100 user tokenward get other >/dev/null; is $? 0 "a token that is kept is served within 100 ms ($TOOK)"
fi
pkill -f "$T/bin/ring.py $BELL --many"
wait $! 2>/dev/null

# Killed: the socket that is left costs nothing; nobody waits in vain.
stop -KILL
[ -S "$BELL" ]; is $? 0 "killed: its socket is left"
forget other
user tokenward get other >/dev/null; is $? 0 "and a helper is started, as without it"
serve
until_true 30 rings
is "$(ring 'command=ensure\nprofile=other\n')" "status=ok" "started again: the same socket answers"
(user "$T/bin/tokenward" get hang >"$T/hung" 2>&1; echo $? >>"$T/hung") &
hung=$!
until_true 30 pgrep -f "^$T/bin/tokenward get hang" >/dev/null
sleep 0.5
stop -TERM
rm "$T/config/tokenward/profiles.d/hang.yaml"
[ ! -e "$BELL" ]; is $? 0 "ended: the socket is removed"
kill "$hung" 2>/dev/null
wait "$hung" 2>/dev/null
# Who is gone before a fetch begins wants nothing any more.
cat >"$T/bin/gone.py" <<'EOF'
import socket, sys
def ring(profile, more=""):
    caller = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    caller.connect(sys.argv[1])
    caller.send(f"command=ensure\nprofile={profile}\n{more}".encode())
    return caller
waiting = [ring(f"hang@{n}") for n in range(1, 25)] # more than their lane has places
one = ring("left", "min_valid=3000\n")
one.settimeout(0.2)
try:
    print(one.recv(512))
except TimeoutError:
    one.close()
for caller in waiting:
    caller.recv(512)
EOF
chmod 755 "$T/bin/gone.py"
serve
until_true 30 rings
profile left /oauth/v1/token
until_true 30 has_token left
age left 2000
profile hang@ /m/hang/oauth/v1/token 'timeout: 4' "instances: [$(seq -s, 24)]" 'params: {tenant: "%i"}'
until_true 30 grep -q '^profile=hang@24$' "$T/run/tokenward/index"
is "$(user $PYTHON "$T/bin/gone.py" "$BELL")" "" "a caller leaves while others' fetches have its lane"
is "$(field left generation)" 1 "and nothing is fetched for nobody"
rm "$T/config/tokenward/profiles.d/hang@.yaml" "$T/config/tokenward/profiles.d/left.yaml"
stop -TERM

# Who rings in vain starts a helper with the time that is left, and no more.
cat >"$T/bin/leaves.py" <<'EOF'
import socket, sys, time
bell = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
bell.bind(sys.argv[1])
bell.listen(8)
while True:
    call, _ = bell.accept()
    call.recv(512)
    time.sleep(2)
    call.close()
EOF
printf '#!/bin/sh\nexec sleep 60\n' >"$T/bin/stuck"
chmod 755 "$T/bin/stuck" "$T/bin/leaves.py"
user "$PYTHON" "$T/bin/leaves.py" "$BELL" &
EXTRA_PID=$!
until_true 30 test -S "$BELL"
age other 2000
alive() { TOKENWARD_HELPER=$T/bin/stuck user tokenward get --min-valid 1800 other >/dev/null; }
within 4500 alive; is $? 0 "a door that is left after 2 s, and a helper that is stuck: a living token after 3 s ($TOOK)"
kill "$EXTRA_PID"; wait "$EXTRA_PID" 2>/dev/null; EXTRA_PID=
# Who says nothing more is hung up on, 30 seconds after the last word.
if is_sanitized; then
    skip "who says nothing is hung up on" "nothing can be preloaded here"
else
    cp "$TOP_BUILD/tests/flow/.libs/clock.so" "$T/bin/"
    cat >"$T/bin/silent.py" <<'EOF'
import socket, sys
call = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
call.settimeout(60)
call.connect(sys.argv[1])
for packet in sys.argv[2:]:
    call.send(packet.encode())
    call.recv(4096)
print("in", flush=True)
if not call.recv(4096):
    print("hung up on", flush=True)
EOF
    chmod 755 "$T/bin/silent.py" "$T/bin/clock.so"
    silent() { # silent FILE [PACKET]: in the background
        file=$1
        shift
        user "$PYTHON" "$T/bin/silent.py" "$BELL" "$@" >"$T/$file" &
        until_true 30 grep -q in "$T/$file"
    }
    passed() { printf '%-255s\n%-255s\n' "0 0 $1" "0 0 $1" | dd of="$T/clock" conv=notrunc status=none; }
    is_dropped() { rings && grep -q 'hung up on' "$T/$1"; } # who rings has it look at the clock
    truncate -s 4096 "$T/clock"
    passed 0
    own "$T/clock"
    rm "$BELL"
    serve env LD_PRELOAD="$T/bin/clock.so" TEST_CLOCK="$T/clock"
    until_true 30 rings
    silent first
    passed 20
    silent second "command=status
"
    passed 27
    rings && rings
    grep -q 'hung up on' "$T/first"; is $? 1 "who said nothing for 27 seconds is there still"
    passed 31
    until_true 9 is_dropped first; is $? 0 "for 31 seconds, no more"
    grep -q 'hung up on' "$T/second"; is $? 1 "one whose last word is younger is"
    passed 51
    until_true 9 is_dropped second; is $? 0 "until that is as old"
    # A unit is kept waiting for as long.
    profile hang /m/hang/oauth/v1/token 'timeout: 60'
    until_true 30 grep -q '^profile=hang$' "$T/run/tokenward/index"
    (user "$PYTHON" "$T/bin/load.py" --told "$LOAD" any.service hang; echo ended) >"$T/loaded" 2>&1 &
    until_true 30 grep -q in "$T/loaded"
    rings
    passed 78
    rings && rings
    is "$(cat "$T/loaded")" in "a unit that has waited for 27 seconds waits on"
    passed 82
    until_true 9 eval 'rings && grep -q ended "$T/loaded"'
    is "$(tr '\n' ' ' <"$T/loaded")" "in ended " "for 31 seconds, no more: it is handed nothing"
    until_true 9 grep -q "unit 'any.service' waited for 'hang' in vain: it was handed nothing" "$T/serve.out"; is $? 0 "which is told"
    rm "$T/config/tokenward/profiles.d/hang.yaml"
    stop -TERM
fi
# One that knows no such profile may have read them before it came.
rm -f "$BELL"
user $PYTHON "$T/bin/bell.py" "$BELL" 'status=not_found\nmessage=no such profile\n' >"$T/asked" &
EXTRA_PID=$!
until_true 30 test -S "$BELL"
profile newer /oauth/v1/token
user tokenward get newer >/dev/null; is $? 0 "a door where the profile is not known: a helper brings its token"
user tokenward reject newer; is "$? $(grep -c '^access_token=' "$(record newer)")" "0 0" "and drops it"
is "$(tr '\n' ' ' <"$T/asked")" "command=ensure command=reject " "after it was rung"
kill "$EXTRA_PID"; wait "$EXTRA_PID" 2>/dev/null; EXTRA_PID=
# The kernel has room for 107 bytes of a socket's path.
LONG=$T/run/$(printf '%80s' '' | tr ' ' x)
user mkdir -m 700 "$LONG"
out=$(user env XDG_RUNTIME_DIR="$LONG" "$T/bin/tokenward-helper" serve 2>&1); is $? 78 "a path that no socket can have: exit 78"
like "$out" "$LONG/tokenward: is too long a path for a socket in it" "says so"
done_testing
