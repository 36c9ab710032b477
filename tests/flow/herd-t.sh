#!/bin/sh
# SPDX-License-Identifier: MIT
# herd-t.sh - many callers, one request; a holder that dies or sleeps.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
sandbox
profile herd /m/delay=1500/oauth/v1/token

herd() { # herd NAME COUNT: all at once, released by one lock
    rm -f "$T/out".*
    exec 9>"$T/gate"
    flock -x 9
    for i in $(seq "$2"); do
        { flock -s "$T/gate" true; user tokenward get "$1" >"$T/out.$i" 2>"$T/out.err.$i"; } 9>&- &
        pids="${pids:-} $!"
    done
    is_gathered() { [ "$(pgrep -c -f "^flock -s $T/gate")" -ge "$1" ]; }
    until_true 30 is_gathered "$2"
    flock -u 9
    # shellcheck disable=SC2086
    wait $pids
    pids=
    cat "$T/out".[0-9]* | sort | uniq -c | sort -rn | head -3 >"$T/sum"
}
herd herd 200
sed 's/^/# /' "$T/sum"
cat "$T/out.err".* | sort | uniq -c | head -3 | sed 's/^/# /'
cold=$(requests)
is "$cold" 1 "200 processes on a cold profile: one request"
is "$(awk '{ print $1; exit }' "$T/sum")" 200 "and all 200 have its token"
before=$(requests)
age herd 4000
rm -f "$T/run/tokenward/herd/backoff"
herd herd 200
dead=$(($(requests) - before))
figure requests-of-200 "$((cold > dead ? cold : dead))" "cold $cold, dead $dead"
is "$dead" 1 "200 on a dead token: one request"
is "$(awk '{ print $1; exit }' "$T/sum")" 200 "and all 200 have the new one"

# The holder of the lock is killed.
before=$(requests)
forget herd
user "$T/bin/tokenward-helper" fetch herd &
until_true 30 test -s "$T/run/tokenward/herd/lock"
pkill -KILL -u "$USER_ID" -f "^$T/bin/tokenward-helper"
user tokenward get herd >"$T/out" 2>&1; is $? 0 "the holder was killed: the next one gets the token"
[ "$(($(requests) - before))" -le 2 ]; ok $? "with at most two requests"

# The holder is stopped: nobody waits for ever, and is told who it is.
profile held /m/delay=15000/oauth/v1/token
user "$T/bin/tokenward-helper" fetch held >/dev/null 2>&1 &
until_true 30 test -s "$T/run/tokenward/held/lock"
pkill -STOP -f "^$T/bin/tokenward-helper"
out=$(user "$T/bin/tokenward-helper" --deadline 3 fetch held 2>&1); is $? 75 "the holder is stopped: exit 75"
like "$out" "process [0-9]" "and the message says who holds it"
pkill -KILL -f "^$T/bin/tokenward-helper"
wait "$!" 2>/dev/null
rm "$T/config/tokenward/profiles.d/held.yaml"

# Two hundred profiles do not wait for each other.
for i in $(seq 20); do profile "many$i" /m/delay=1000/oauth/v1/token; done
# shellcheck disable=SC2046
within 6000 user "$T/bin/tokenward-helper" fetch --force $(seq -f 'many%g' 20)
is $? 0 "20 slow profiles in one run, side by side ($TOOK ms, one after the other: 20000)"

# The lock file goes, and another one stands in its place, while one fetch has
# it and others wait: who gets a lock that no name leads to begins anew.
profile moved /m/delay=1500/oauth/v1/token
user "$T/bin/tokenward-helper" fetch moved &
holder=$!
until_true 30 test -s "$T/run/tokenward/moved/lock"
user "$T/bin/tokenward-helper" fetch moved >/dev/null 2>&1 &
waiter=$!
sleep 0.5
user rm -f "$T/run/tokenward/moved/lock"
user tokenward get moved >/dev/null; is $? 0 "the lock file was removed: a reader is served"
wait $holder; is $? 0 "so does who held it"
wait $waiter; is $? 0 "and who waited for it"
is "$(cat "$T/run/tokenward/moved/token")" "$(field moved access_token)" "record and token file agree"

# Two have a lock each, and a third one waits: what the first one has brought is
# good for the second.
profile twice /m/delay=3000/oauth/v1/token
before=$(requests)
user "$T/bin/tokenward-helper" fetch twice &
first=$!
until_true 30 test -s "$T/run/tokenward/twice/lock"
user rm -f "$T/run/tokenward/twice/lock"
user "$T/bin/tokenward-helper" fetch twice &
second=$!
until_true 30 test -s "$T/run/tokenward/twice/lock"
user "$T/bin/tokenward-helper" fetch twice; is $? 0 "the lock file was removed: who waits for the next one is served"
wait $first; is $? 0 "so is who held the first"
wait $second; is $? 0 "and who holds the next"
made=$(($(requests) - before))
[ $made -le 2 ]; ok $? "by a request of each who had one ($made)"

# The resident helper's first fetch of a profile, and others who begin beside it.
user tokenward get herd >/dev/null
for name in alone killed; do profile $name /m/delay=5000/oauth/v1/token; done
before=$(requests)
user "$T/bin/tokenward-helper" serve >/dev/null 2>&1 &
resident=$!
until_true 30 test -k "$T/run/tokenward/alone" -a -k "$T/run/tokenward/killed"
is $? 0 "its first fetch of a profile is marked"
out=$(user "$T/bin/tokenward-helper" --deadline 1 fetch alone 2>&1); is $? 75 "who comes to fetch it, too, waits"
like "$out" "'alone' is being fetched by process $(helper_pid)" "and is told for whom"
user "$T/bin/tokenward-helper" fetch alone; is $? 0 "or has its token"
is "$(field alone generation)" 1 "which is the only one"
until_true 20 has_token killed
[ ! -k "$T/run/tokenward/alone" ] && [ ! -k "$T/run/tokenward/killed" ]; is $? 0 "the mark is gone then"
is "$(requests)" "$((before + 2))" "and there was one request for each"
forget killed
user tokenward get killed >"$T/out" 2>&1 &
caller=$!
until_true 30 test -k "$T/run/tokenward/killed"
pkill -KILL -f "^$T/bin/tokenward-helper serve"
wait "$resident" 2>/dev/null
[ -k "$T/run/tokenward/killed" ]; is $? 0 "one that is killed leaves its mark"
wait "$caller"; is $? 0 "which holds nobody up"

# Tokens that live a second do not make a storm.
profile short /m/expires-in=1/oauth/v1/token
before=$(requests)
began=$(date +%s)
while [ "$(date +%s)" -lt $((began + 10)) ]; do user tokenward get short >/dev/null 2>&1; sleep 0.1; done
made=$(($(requests) - before)) took=$(($(date +%s) - began))
[ $made -le $((1 + (took + 1) / 6)) ]; ok $? "expires_in 1: a request each 6 s at most ($made in $took s)"
done_testing
