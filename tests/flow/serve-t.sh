#!/bin/sh
# SPDX-License-Identifier: MIT
# serve-t.sh - the resident helper: tokens are there before anybody asks, it
# sleeps between its timers, reloads all or nothing, and ends cleanly.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
sandbox
serve() { # serve [OPTION...]: in the background
    user "$@" "$T/bin/tokenward-helper" serve >"$T/serve.out" 2>&1 &
    EXTRA_PID=$!
}
ended() { ! kill -0 "$EXTRA_PID" 2>/dev/null; }
# What it holds says who it is; a socket may be the one before's.
serving() { [ -n "$(helper_pid)" ] && grep -qx "$(helper_pid) *" "$T/run/tokenward/serve"; }
asked() { [ "$(requests)" -ge "$1" ]; }

profile pay /oauth/v1/token
profile shop /oauth/v1/token
profile slow /m/hang/oauth/v1/token 'timeout: 60'
profile refused /m/status=401,error=invalid_client/oauth/v1/token
serve
until_true 5 has_token pay; is $? 0 "a token is there without being asked for"
until_true 5 has_token shop; is $? 0 "and the other one, an endpoint that never answers or not"
until_true 5 grep -q 'refused.yaml:.*invalid_client' "$T/serve.out"; is $? 0 "a refusal is told, with its place"
until_true 5 asked 4 # all four were
before=$(requests)
out=$(user "$T/bin/tokenward-helper" serve 2>&1); is $? 75 "a second one: exit 75"
like "$out" "these profiles are served by process" "which says who is there"
user tokenward get pay >/dev/null; is $? 0 "a get is answered"
is "$(requests)" "$before" "without a request"

# Reload, all or nothing; what is new is fetched, what was refused is tried.
profile new /oauth/v1/token
until_true 5 has_token new; is $? 0 "a new profile's token is there by itself"
profile broken /oauth/v1/token 'scoop: x'
until_true 5 grep -q 'broken.yaml:.*scoop' "$T/serve.out"; is $? 0 "a broken file is told"
profile after /oauth/v1/token
sleep 0.5
[ ! -e "$(record after)" ]; is $? 0 "and the old set stays, whatever else is new"
rm "$T/config/tokenward/profiles.d/broken.yaml"
until_true 5 has_token after; is $? 0 "until the file is mended"
user mkdir "$T/home/lists" # where nothing else is
profile team@ /oauth/v1/token "instances: {list: $T/home/lists/names}" 'params: {tenant: "%i"}'
until_true 5 grep -q "team@.yaml:.*does not exist" "$T/serve.out"; is $? 0 "a list that is not there is told"
sleep 0.5
user sh -c "umask 077; echo one >'$T/home/lists/names'"
until_true 5 has_token team@one; is $? 0 "and waited for"
rm "$T/config/tokenward/profiles.d/team@.yaml"
user mkdir "$T/home/dotfiles"
profile linked /oauth/v1/token
mv "$T/config/tokenward/profiles.d/linked.yaml" "$T/home/dotfiles/"
sed -i "s|\.\./secret|$T/config/tokenward/secret|" "$T/home/dotfiles/linked.yaml"
own "$T/home/dotfiles"
user ln -s "$T/home/dotfiles/linked.yaml" "$T/config/tokenward/profiles.d/linked.yaml"
until_true 5 has_token linked; is $? 0 "a link to a profile's file: a token"
user sed -i 's/payments wallet/payments/' "$T/home/dotfiles/linked.yaml"
until_true 5 sh -c "grep -qx scope=payments '$(record linked)'"; is $? 0 "and the file is watched where it lies"
other=$T/home/dotfiles/other.yaml
user sh -c "echo 'profiles: {other: {nonsense: x}}' >'$other'"
user chmod 600 "$other"
user ln -sfn "$other" "$T/config/tokenward/profiles.d/linked.yaml"
until_true 5 grep -q 'linked.yaml:.*nonsense' "$T/serve.out"; is $? 0 "it leads to a broken one"
user sh -c "sed 's/^  linked:/  other:/' '$T/home/dotfiles/linked.yaml' >'$other'"
until_true 5 has_token other; is $? 0 "which is watched until it is not"
rm "$T/config/tokenward/profiles.d/linked.yaml"
profile refused /oauth/v1/token
until_true 5 has_token refused; is $? 0 "a changed profile closes the circuit of a refusal"
printf wrong >"$T/config/tokenward/late"
chmod 600 "$T/config/tokenward/late"
own "$T/config"
sed 's|^  pay:|  late:|; s|\.\./secret|../late|' "$T/config/tokenward/profiles.d/pay.yaml" >"$T/late.yaml"
chmod 600 "$T/late.yaml"
own "$T/late.yaml"
mv "$T/late.yaml" "$T/config/tokenward/profiles.d/"
until_true 5 grep -q "^status=denied" "$T/run/tokenward/late/backoff"
is $? 0 "a wrong secret is refused"
printf %s "$CANARY" >"$T/config/tokenward/late"
until_true 5 has_token late; is $? 0 "and a changed secret closes that circuit"
rm "$T/config/tokenward/profiles.d/late.yaml" "$T/config/tokenward/profiles.d/slow.yaml"

# SIGHUP, SIGTERM.
until_true 5 sh -c "! grep -q '^profile=late$' '$T/run/tokenward/index'"
: >"$T/serve.out"
kill -HUP "$(helper_pid)"
reloaded="^level=notice event=reload status=ok profiles=$(grep -c '^profile=' "$T/run/tokenward/index")$"
until_true 5 grep -q "$reloaded" "$T/serve.out"; is $? 0 "SIGHUP: told, with the number of profiles"
! ended; is $? 0 "SIGHUP does not end it"
for i in $(seq 200); do # it takes some time to read these
    { echo 'profiles:' && yes '# a long story' | head -c 60000; } >"$T/config/tokenward/profiles.d/story$i.yaml"
done
chown "$USER_ID" "$T/config/tokenward/profiles.d"/story*.yaml
sleep 1
kill -HUP "$(helper_pid)"
sleep 0.03
profile meanwhile /oauth/v1/token
until_true 5 has_token meanwhile; is $? 0 "what comes while others are read is not missed"
rm "$T/config/tokenward/profiles.d"/story*.yaml
while :; do
    touch "$T/config/tokenward/secret"
    sleep 0.05
done &
touching=$!
profile beside /oauth/v1/token
until_true 9 has_token beside; is $? 0 "nor is what comes while a secret's file changes again and again"
kill "$touching"
told() { grep -c 'pay.yaml:.*scoop' "$T/serve.out"; }
cp -p "$T/config/tokenward/profiles.d/pay.yaml" "$T/pay.yaml"
profile pay /nowhere 'scoop: x'
until_true 5 sh -c "grep -q 'pay.yaml:.*scoop' '$T/serve.out'"
before=$(told) asked=$(requests)
kill -HUP "$(helper_pid)"
until_true 5 sh -c "[ \$(grep -c 'pay.yaml:.*scoop' '$T/serve.out') -gt $before ]"
is $? 0 "SIGHUP with a bad file: it is told"
age pay 4000
TOKENWARD_HELPER=/nonexistent user tokenward get pay >/dev/null; is $? 0 "and the old set stays: a token comes as before"
is "$(requests)" "$((asked + 1))" "by one request"
cp -p "$T/pay.yaml" "$T/config/tokenward/profiles.d/pay.yaml"
kill -TERM "$(helper_pid)"
until_true 8 ended; is $? 0 "SIGTERM does"
wait "$EXTRA_PID"; is $? 0 "with exit 0"
# Somebody cleans up below it.
for what in '' /doorbell; do
    serve
    until_true 30 serving
    until_true 30 test -S "$T/run/tokenward/doorbell"
    until_true 30 has_token pay
    pid=$(helper_pid)
    if [ -n "$what" ]; then rm "$T/run/tokenward$what"; else mv "$T/run/tokenward" "$T/run/elsewhere"; fi
    user mkdir -p -m 700 "$T/run/tokenward"
    kill -HUP "$pid"
    until_true 8 ended; is $? 0 "${what:-its directory} is removed: it ends"
    kill -KILL "$pid" 2>/dev/null
    wait "$EXTRA_PID"; is $? 71 "and asks to be started again: exit 71"
    like "$(cat "$T/serve.out")" "^tokenward-helper: $T/run/tokenward.* was removed .*while it was served" "says so"
    like "$(cat "$T/serve.out")" "hint: start the helper again" "and what to do"
done

# A request that may bring the next refresh token is waited for.
curl -s --cacert "$CA" "$URL/mint/$CLIENT_ID" >"$T/config/tokenward/first"
chmod 600 "$T/config/tokenward/first"
profile rotates /m/delay=7000/oauth/v1/token 'provider: refresh_token' 'refresh_token: {file: ../first}'
sed -i '/scope:/d' "$T/config/tokenward/profiles.d/rotates.yaml"
profile hangs /m/hang/oauth/v1/token 'timeout: 60'
before=$(requests)
serve
until_true 5 sh -c "[ -k '$T/run/tokenward/rotates' ] && [ \$(curl -s --cacert '$CA' '$URL/count' | tr -dc 0-9) -gt $((before + 1)) ]"
kill -TERM "$(helper_pid)"
start=$(date +%s)
wait "$EXTRA_PID"; is $? 0 "SIGTERM while a refresh token is used"
[ $(($(date +%s) - start)) -lt 20 ]; is $? 0 "which another request that hangs does not lengthen"
rm "$T/config/tokenward/profiles.d/hangs.yaml"
has_token rotates; is $? 0 "the answer is waited for"
grep -q '^refresh_token=' "$T/home/.local/state/tokenward/rotates"; is $? 0 "and the next refresh token kept"
# So it is where somebody cleans up below it.
forget rotates
before=$(requests)
serve
until_true 5 sh -c "[ -k '$T/run/tokenward/rotates' ] && [ \$(curl -s --cacert '$CA' '$URL/count' | tr -dc 0-9) -gt $before ]"
mv "$T/run/tokenward" "$T/run/removed"
kill -HUP "$(helper_pid)"
wait "$EXTRA_PID"; is $? 71 "its directory is removed while a refresh token is used: exit 71"
user "$T/bin/tokenward-helper" fetch rotates; is $? 0 "and the next one is kept, and good"
rm "$T/config/tokenward/profiles.d/rotates.yaml"

# Idle: not one system call, also with many profiles and after somebody rang.
quiet() { # for three seconds
    lines=$(wc -l <"$T/home/calls")
    sleep 3
    [ "$(wc -l <"$T/home/calls")" = "$lines" ]
}
many_are_there() { [ "$(find "$T/run/tokenward" -path '*/many@*/record' | wc -l)" = 300 ]; }
if command -v strace >/dev/null && user strace -o /dev/null true 2>/dev/null; then
    rm -f "$T/config/tokenward/profiles.d/slow.yaml"
    seq -f 'm%.0f' 300 >"$T/config/tokenward/names"
    chmod 600 "$T/config/tokenward/names"
    profile many@ "/oauth/v1/token?tenant=%i" 'instances: {list: ../names}'
    user touch "$T/home/calls"
    serve strace -f -o "$T/home/calls"
    until_true 5 test -n "$(helper_pid)"
    until_true 60 many_are_there; is $? 0 "300 instances have their tokens"
    until_true 1 quiet; is $? 0 "idle for three seconds: no system call"
    # A reload looks at all that is kept, of which none has failed, and at
    # others between.  No name can be read in a process that dumps no core.
    before_lines=$(wc -l <"$T/home/calls")
    looks() { tail -n +"$((before_lines + 1))" "$T/home/calls" | grep -E 'epoll_p?wait|openat\(.*O_NOFOLLOW.* ENOENT'; }
    all_were_read() { [ "$(looks | grep -c ENOENT)" -ge 300 ]; }
    kill -HUP "$(helper_pid)"
    until_true 20 all_were_read; is $? 0 "SIGHUP: everything kept is looked at"
    until_true 1 quiet
    most=$(looks | awk '/epoll/ { n = 0 } /ENOENT/ && ++n > most { most = n } END { print most + 0 }')
    [ "$most" -gt 0 ] && [ "$most" -le 150 ]; is $? 0 "some in each turn ($most of 300)"
    age many@m7 4000
    lines=$(wc -l <"$T/home/calls")
    TOKENWARD_HELPER=/nonexistent user tokenward get many@m7 >/dev/null; is $? 0 "somebody rings, and has a token"
    [ "$(wc -l <"$T/home/calls")" -gt "$lines" ]; is $? 0 "by some system calls"
    until_true 1 quiet; is $? 0 "and then there are none again"
    kill -KILL "$(helper_pid)"
    wait "$EXTRA_PID" 2>/dev/null
    rm "$T/config/tokenward/profiles.d/many@.yaml"
else
    skip "idle: no system call" "strace cannot be used"
fi

# A profile that goes and comes back during its first fetch.
serve
until_true 9 serving
sleep 1
before=$(requests)
profile back /m/delay=6000/oauth/v1/token
until_true 5 test -k "$T/run/tokenward/back"
mv "$T/config/tokenward/profiles.d/back.yaml" "$T/"
sleep 0.5
mv "$T/back.yaml" "$T/config/tokenward/profiles.d/"
until_true 12 has_token back; is $? 0 "a profile that goes and comes back: its token comes"
sleep 1.5
is "$(requests)" "$((before + 1))" "by the fetch that was under way"
rm "$T/config/tokenward/profiles.d/back.yaml"
kill -TERM "$(helper_pid)"
wait "$EXTRA_PID"

# Killed and started again: tokens are served meanwhile, and not fetched twice.
user flock -s "$T/run/tokenward/serve" sleep 0.2 &
serve
until_true 9 serving; is $? 0 "who looks whether it is there keeps it from nothing"
before=$(requests)
kill -KILL "$(helper_pid)"
wait "$EXTRA_PID" 2>/dev/null
user tokenward get --cached pay >/dev/null; is $? 0 "killed: the token is served"
serve
until_true 9 serving
sleep 1
is "$(requests)" "$before" "started again: nothing is fetched twice"
age pay 3000
generation=$(field pay generation)
kill -HUP "$(helper_pid)"
until_true 5 sh -c "[ \"\$(sed -n 's/^generation=//p' '$(record pay)')\" -gt $generation ]"
is $? 0 "what is due is refreshed ahead of time"
is "$(requests)" "$((before + 1))" "by one request"

# A command is run apart: it holds nobody up.
user mkdir -p "$T/home/bin"
printf '#!/bin/sh\nuntil [ -e "%s" ]; do sleep 0.1; done\nprintf %%s "%s"\n' "$T/home/go" "$CANARY" | user tee "$T/home/bin/slow" >/dev/null
chmod 755 "$T/home/bin/slow"
profile command /oauth/v1/token
sed -i "s#client_secret:.*#client_secret: {command: [$T/home/bin/slow]}#" "$T/config/tokenward/profiles.d/command.yaml"
profile beside /oauth/v1/token
until_true 8 has_token beside; is $? 0 "a command that takes its time holds nobody up"
touch "$T/home/go"
until_true 8 has_token command; is $? 0 "and its token comes too"
kill "$(helper_pid)"
until_true 8 ended
done_testing
