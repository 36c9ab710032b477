#!/bin/sh
# SPDX-License-Identifier: MIT
# quota-t.sh - max_fetches: no process, boot or --force passes it, and a
# living token is given all the same.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
sandbox
mkdir "$T/state"
chmod 700 "$T/state"
own "$T/state"
export XDG_STATE_HOME="$T/state"
LEDGER=$T/state/tokenward/.fetches.bill
fetch() { user tokenward-helper fetch --force "${1:-bill}"; }

profile bill /oauth/v1/token 'max_fetches: 3/day'
fetch && fetch && fetch; is $? 0 "three are allowed"
out=$(fetch 2>&1); is $? 75 "the fourth is not, --force or no: exit 75"
like "$out" "bill.yaml:8: profile 'bill': max_fetches is used up: 3 in the last 86400 s$" "says so"
like "$out" "hint: the next fetch is allowed in 8[0-9]* s, at 2" "and when the next one is"
is "$(requests)" 3 "and nothing was sent"
like "$out" "at 2[0-9-]* [0-9:]*Z$" "in UTC, as every date"
cp "$LEDGER" "$T/ledger"
out=$(user tokenward explain bill)
like "$out" "^  quota .*bill.yaml:8: profile 'bill': max_fetches is used up: 3 in the last 86400 s" "explain tells of it"
like "$out" "^  rule *not asked before max_fetches allows it$" "and what a fetch would do"
cmp -s "$LEDGER" "$T/ledger"; ok $? "and counts none"
# A file whose path takes all the room that a message has.
long=$T/config/$(printf %0200d 0)/$(printf %0200d 0)/$(printf %0200d 0)/$(printf "%0$((223 - ${#T}))d" 0)
mkdir -p "$long"
cp -Rp "$T/config/tokenward" "$long/"
mv "$long/tokenward/profiles.d/bill.yaml" "$long/tokenward/profiles.d/$(printf %0250d 0).yaml"
own "$T/config"
out=$(XDG_CONFIG_HOME=$long && export XDG_CONFIG_HOME && user tokenward explain bill); is $? 0 "explain, where the path leaves no room: exit 0"
like "$out" "^  rule *not asked before max_fetches allows it$" "and what a fetch would do is told all the same"
is "$(stat -c '%a %u %s' "$LEDGER")" "600 $USER_ID 48" "they are counted in the state directory"
[ -n "$(user tokenward get bill)" ]; ok $? "a living token is given"
user tokenward-helper fetch --min-valid 1700 bill; is $? 0 "even if it is not fresh enough"
is "$(requests)" 3 "without a request"
rm -rf "$T/run/tokenward"
user tokenward get bill >/dev/null 2>&1; is $? 75 "a new boot begins no new day"

now=$(date +%s)
back() { printf '%015d\n' $((now - $1)); } # a time so long ago
{ back 90000; back 5; back 86399; } >"$LEDGER"
user tokenward get bill >/dev/null; is $? 0 "one that is a day old no longer counts"
is "$(wc -c <"$LEDGER")" 48 "and its line is used again"
[ "$(sed -n 1p "$LEDGER")" -ge "$(back 0)" ]; ok $? "in its place"
{ back -1000000; back 90000; back 90000; } >"$LEDGER"
fetch; is $? 0 "a time ahead of the clock counts as one"
[ "$(sed -n 1p "$LEDGER")" -le "$(date +%s)" ]; ok $? "and is put right"
{ echo garbage; echo more; } >"$LEDGER"
fetch; is $? 0 "what is no time is no fetch"
head -c 20000 /dev/zero >"$LEDGER"
fetch; is $? 0 "however long it is"
rm "$LEDGER"
ln -s "$T/state/other" "$LEDGER"
fetch 2>/dev/null; is $? 71 "a link is not followed: what cannot be counted is not allowed"
[ ! -e "$T/state/other" ]; ok $? "nor made"
rm "$LEDGER"

profile many /oauth/v1/token 'max_fetches: 5/hour'
before=$(requests)
pids=
for _ in $(seq 20); do
    fetch many 2>/dev/null &
    pids="$pids $!"
done
for pid in $pids; do wait "$pid"; done
got=$(($(requests) - before))
[ "$got" -le 5 ] && [ "$got" -ge 1 ]; ok $? "twenty processes at once: $got of 5"
# What stands in the place of the count is no count, and none is made without.
rm -f "$LEDGER"
for odd in 'mkdir -m 700' 'mkfifo -m 600' 'ln -s /dev/null'; do
    # shellcheck disable=SC2086  # words are wanted
    user $odd "$LEDGER"
    out=$(fetch 2>&1); [ $? != 0 ]; ok $? "$odd in its place: no fetch"
    like "$out" '\.fetches\.bill' "which is named"
    rm -rf "$LEDGER"
done
user sh -c "umask 077; : >'$LEDGER'"; user ln "$LEDGER" "$T/home/other"
out=$(fetch 2>&1); is $? 73 "a count with a second name: exit 73"
like "$out" "is not a plain file of ours" "says so"
rm "$T/home/other"
for mode in 604 602 640 620; do
    chmod $mode "$LEDGER"
    out=$(fetch 2>&1); is $? 73 "one of mode $mode: exit 73"
done
chmod 600 "$LEDGER"
# shellcheck disable=SC2016
user flock --no-fork "$LEDGER" sh -c 'echo $$ >"$HOME/holder"; exec sleep 30' &
EXTRA_PID=$!
until_true 5 sh -c "! flock -n '$LEDGER' true"
out=$(fetch 2>&1); is $? 75 "a count that is being written: exit 75"
like "$out" "being counted by another process" "says so"
kill "$(cat "$T/home/holder")"; wait "$EXTRA_PID" 2>/dev/null
EXTRA_PID=

# The resident helper sleeps until there is one again.
profile once /oauth/v1/token 'max_fetches: 1/hour'
profile apart /oauth/v1/token 'max_fetches: 1/hour'
sed -i "s#client_secret:.*#client_secret: {command: [cat, $T/config/tokenward/secret]}#" "$T/config/tokenward/profiles.d/apart.yaml"
fetch once && fetch apart
age once 3000
age apart 3000
user "$T/bin/tokenward-helper" serve >"$T/serve.out" 2>&1 &
EXTRA_PID=$!
until_true 5 test -S "$T/run/tokenward/doorbell"; is $? 0 "the resident helper"
sleep 3
# Both its processes.
woken() { sed -n 's/^voluntary_ctxt_switches:[^0-9]*//p' "/proc/$(helper_pid)/status" "/proc/$(pgrep -P "$(helper_pid)")/status" | tr '\n' ' '; }
before=$(woken)
sleep 3
is "$(woken)" "$before" "a due refresh without a fetch left wakes nobody"
age once 700
told() { grep -c "profile=once .*max_fetches is used up" "$T/serve.out"; }
for _ in 1 2 3; do
    user tokenward get once >/dev/null 2>&1; is $? 75 "nor is there one for who asks"
    sleep 1
done
is "$(told)" 1 "which is told once"
kill "$(helper_pid)"
wait "$EXTRA_PID"
EXTRA_PID=
profile odd /oauth/v1/token 'max_fetches: 0/day'
like "$(user tokenward-helper check 2>&1)" "odd.yaml:8:18: profile 'odd': max_fetches must be a number from 1 to 1000 and a time" "a quota of none is refused"
for text in 5 5/week /day -1/day 1001/day '5 /day'; do
    profile odd /oauth/v1/token "max_fetches: $text"
    user tokenward-helper check >/dev/null 2>&1; is $? 78 "so is $text"
done
done_testing
