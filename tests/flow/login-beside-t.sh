#!/bin/sh
# SPDX-License-Identifier: MIT
# login-beside-t.sh - what goes on while a login waits for its person: the login
# before it is used on, another login is told, a logout ends it.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
# shellcheck source=tests/flow/login.sh
. "$TOP_SRC/tests/flow/login.sh"
sandbox
login() { wait_for_code "$@"; }
agree() { ask "/device/approve/$CODE" >/dev/null; }
logged_in() { # logged_in NAME: once, to begin with
    login "$1"
    agree
    wait "$LOGIN" || echo "# no login"
}
lost() { ask /families | grep -c reused; }
the_login() { tr -dc 0-9 <"$STATE/.login.$1"; }
polls() { ask "/count/m/tag=$1/oauth/v1/token"; }
polled_since() { [ "$(polls "$1")" -gt "$2" ]; }
waits() { kill -0 "$LOGIN" 2>/dev/null; }
ended() { ! waits; }
comes_to_end() { until_true 10 ended || interrupt; wait "$LOGIN"; }
held() { flock -n "$T/run/tokenward/$1/lock" true; [ $? = 1 ]; } # held NAME: by anybody
FETCH="$T/bin/tokenward-helper --deadline 5 fetch"
OVER='was ended: it was logged out meanwhile'

# The login before it is used on.
device_profile work '' ''
logged_in work
before=$(kept work)
login work
for i in 1 2 3; do
    generation=$(field work generation)
    age work 86400
    user timeout 10 tokenward get work >/dev/null; is $? 0 "$i: a login waits, and the token that ran out is replaced"
    [ "$(field work generation)" -gt "$generation" ]; ok $? "$i: by another one"
    sleep 0.7
done
[ "$(kept work)" != "$before" ]; ok $? "by the refresh token of the login before"
rotated=$(kept work)
waits; ok $? "and the login waits on"
out=$(user $FETCH --force work 2>&1); is $? 0 "as is one that is not wanted any more"
out=$(user tokenward login work 2>&1 </dev/null); is $? 75 "a second login: exit 75"
like "$out" "a login for 'work' is waited for by process $(the_login work)\$" "is told who is at it"
is "$(user tokenward explain work | grep '^  login')" "  login     a refresh token is kept
  login     a login for 'work' is waited for by process $(the_login work)" "explain tells of both logins"
waits; ok $? "and the first one waits on"
agree
wait "$LOGIN"; is $? 0 "it succeeds"
[ "$(kept work)" != "$rotated" ]; ok $? "its refresh token is kept"
is "$(ask /families | tail -n 1)" "family 1 alive rotations 0" "which nobody has used"
user $FETCH --force work; is $? 0 "and which brings the next token"
is "$(ask /families | tail -n 1)" "family 1 alive rotations 1" "by that login"
is "$(lost)" 0 "no refresh token was used twice"
[ ! -e "$STATE/.login.work" ]; ok $? "nothing is left of the login but what it brought"
is "$(user tokenward explain work | grep '^  login')" "  login     a refresh token is kept" "which explain tells"

# In the moment of a poll others wait, and in between the poll waits for them.
device_profile slow '' ',delay=700'
logged_in slow
login slow
failed=0
for i in 1 2 3 4 5 6 7 8; do user "$T/bin/tokenward-helper" fetch --force slow || failed=$((failed + 1)); done
is $failed 0 "fetches beside the polls of a slow server"
agree
wait "$LOGIN"; is $? 0 "and the login among them"
is "$(lost)" 0 "no refresh token was used twice"

# Nobody is logged in yet.
device_profile first '' ''
login first
began=$(date +%s)
out=$(user tokenward get first 2>&1); is $? 75 "nobody is logged in yet: exit 75"
like "$out" "a login for 'first' is waited for by process $(the_login first)\$" "but somebody is at it"
[ $(($(date +%s) - began)) -lt 15 ]; ok $? "which is said at once"
agree
wait "$LOGIN"; is $? 0 "the login succeeds"
[ -n "$(user tokenward get first)" ]; ok $? "and the token is there"

# Beside the resident helper.
device_profile fresh '' ',expires-in=12'
logged_in fresh
user "$T/bin/tokenward-helper" serve >/dev/null 2>&1 &
EXTRA_PID=$!
until_true 9 test -S "$T/run/tokenward/doorbell"
login fresh
generation=$(field fresh generation)
refreshed() { [ "$(field fresh generation)" -ge $((generation + $1)) ]; }
until_true 60 refreshed 2; ok $? "the resident helper refreshes while a login waits"
like "$(user tokenward get fresh 2>&1)" . "and hands the token out"
agree
wait "$LOGIN"; is $? 0 "the login succeeds"
used() { ask /families | tail -n 1 | grep -q 'alive rotations [1-9]'; }
until_true 20 used; ok $? "and the resident helper goes on with it"
is "$(lost)" 0 "no refresh token was used twice"
rm "$T/config/tokenward/profiles.d/fresh.yaml"
kill "$(helper_pid)"
wait "$EXTRA_PID" 2>/dev/null
EXTRA_PID=

# In another runtime directory, which has the same refresh tokens.
mkdir "$T/run2"; chmod 700 "$T/run2"; own "$T/run2"
other() { user env XDG_RUNTIME_DIR="$T/run2" "$@"; }
login work
until_true 5 other tokenward get work >/dev/null; ok $? "another runtime directory: the login before is used on there"
out=$(other tokenward login work 2>&1 </dev/null); is $? 75 "a second login there: exit 75"
like "$out" "is waited for by process $(the_login work)\$" "is told who is at it, too"
other tokenward logout work 2>&1 | sed 's/^/# /'
comes_to_end; is $? 69 "a logout there: the login ends with 69"
like "$(cat "$OUT")" "$OVER" "and says why"
is "$(kept work)" "" "no refresh token is kept"

# Another configuration of the same user's.
cp -rp "$T/config" "$T/config2"
logged_in work
login work
generation=$(field work generation)
age work 86400
user env XDG_CONFIG_HOME="$T/config2" tokenward get work >/dev/null; is $? 0 "another configuration: the login before is used on"
agree
wait "$LOGIN"; is $? 0 "and the login succeeds"

# One of several sources.
several() { # several INTERVAL [LINE]: of source 1, which a person logs in to
    profile several /oauth/v1/token 'any_of:' '- provider: device_code' "  token_endpoint: $URL/m/tag=several/oauth/v1/token" \
        "  device_authorization_endpoint: $URL/m/tag=several,interval=$1/oauth/v1/device" '  client_secret: {file: ../first}' \
        ${2+"$2"} '- client_secret: {file: ../secret}'
    sed -i '/^    client_secret:/d' "$T/config/tokenward/profiles.d/several.yaml"
    secret_is "$CANARY"
}
secret_is() {
    printf %s "$1" >"$T/config/tokenward/first"
    chmod 600 "$T/config/tokenward/first"
    own "$T/config"
}
several 4 '  actions: {denied: return}'
login several
out=$(user $FETCH several 2>&1); is $? 69 "the first source takes a person, and denied: return: exit 69"
like "$out" "a login for 'several' is waited for by process $(the_login several)\$" "as one logs in"
several 4
user $FETCH several; is $? 0 "without that the next source is asked"
agree
wait "$LOGIN"; is $? 0 "the login succeeds"
login several
secret_is wrong
user $FETCH --force several 2>/dev/null; is $? 0 "its fetch is refused while a login waits: the next source answers"
grep -q '^failures=[1-9]' "$T/run/tokenward/several/backoff.1"; ok $? "which is noted"
secret_is "$CANARY"
agree
wait "$LOGIN"; is $? 0 "the login succeeds"
grep -q '^failures=[1-9]' "$T/run/tokenward/several/backoff.1"; is $? 1 "and the note is of no use any more"

# Who logs out has the last word.
token=$(user tokenward get work)
login work
out=$(user tokenward logout work 2>&1); is $? 0 "logout while a login waits: exit 0"
like "$out" "a login for 'work' is waited for by process [0-9]*; it ends, too" "which says what becomes of that"
agree
comes_to_end; is $? 69 "the login ends with 69"
like "$(cat "$OUT")" "$OVER" "and says why"
is "$(kept work)" "" "no refresh token is kept"
[ ! -e "$(record work)" ]; ok $? "nor a token"
is "$(find "$STATE" -name '.*work' | wc -l)" 0 "nothing else is left either"
logged_in work
user sh -c "umask 077; : >'$STATE/.next.work'"
user flock -o "$STATE/.next.work" sleep 2 &
until_true 5 eval '! flock -n "$STATE/.next.work" true'
user tokenward logout work 2>/dev/null; is $? 0 "logout while a process of another runtime directory is at it: waits"
is "$(kept work)" "" "and removes what is kept"
login work
out=$(user tokenward logout work 2>&1); is $? 0 "logout when nothing is kept but a login waits: exit 0"
like "$out" "waited for by process [0-9]*; it ends, too" "says so"
OUT=$T/next
login work
agree
wait "$LOGIN"; is $? 0 "the next login does not wait for the one that was ended"
is "$(tail -n 1 "$OUT")" "Logged in for 'work'." "and succeeds"
code_profile browser '' ''
wait_for_browser browser
began=$(date +%s)
user tokenward logout browser 2>/dev/null; is $? 0 "logout while a browser is waited for"
comes_to_end; is $? 69 "the login ends with 69"
[ $(($(date +%s) - began)) -lt 8 ]; ok $? "at once"
like "$(cat "$OUT")" "$OVER" "and says why"

# The profile is another by then, which needs no login.
login work
profile work /oauth/v1/token
user tokenward logout work 2>/dev/null; is $? 0 "logout of what became a profile without a login"
comes_to_end; is $? 69 "ends the login of before"
device_profile work '' ''
login work
mv "$T/config/tokenward/profiles.d/work.yaml" "$T/config/work.yaml"
user tokenward logout work 2>/dev/null; is $? 0 "logout of a profile that is in no file any more"
comes_to_end; is $? 69 "ends its login"
mv "$T/config/work.yaml" "$T/config/tokenward/profiles.d/work.yaml"

# What was kept for it is removed, as at the end of a session.
logged_in work
login work
before=$(kept work)
rm -r "$T/run/tokenward/work"
agree
comes_to_end; is $? 69 "its place is removed: exit 69"
like "$(cat "$OUT")" "was ended: what is kept of it was removed" "and says why"
is "$(kept work)" "$before" "the login before it stays"
[ ! -e "$T/run/tokenward/work" ]; ok $? "and nothing is made anew"

# Killed while it waits.
login work
kill -KILL "$(the_login work)"
wait "$LOGIN" 2>/dev/null
user $FETCH --force work; is $? 0 "killed while it waits: the login before it is used on"
logged_in work
is "$(tail -n 1 "$OUT")" "Logged in for 'work'." "and another one succeeds"
user tokenward logout work; is $? 0 "a logout finds no login that waits"
[ ! -e "$STATE/.login.work" ]; ok $? "and leaves nothing of one"

# A lock that another process holds.
logged_in work
hold() { # hold NAME SECONDS
    # shellcheck disable=SC2016 # that is for the inner one
    user flock -o "$T/run/tokenward/$1/lock" sh -c 'echo $PPID $$ >"$1"; exec sleep "$2"' sh "$T/home/holders" "$2" &
    until_true 5 held "$1"
}
let_go() {
    # shellcheck disable=SC2046 # they are two
    kill $(cat "$T/home/holders")
    until_true 5 eval "! held $1"
}
login work
until_true 5 eval '! held work'
hold work 3
before=$(polls work)
sleep 2
agree
is "$(polls work)" "$before" "a fetch is at it: the login does not ask meanwhile"
wait "$LOGIN"; is $? 0 "and succeeds after it"
wait_for_browser browser
until_true 5 eval '! held browser'
hold browser 3
curl -s -m 10 "$(curl -s --cacert "$CA" -o /dev/null -w '%{redirect_url}' "$SHOWN")" >/dev/null
sleep 1
is "$(polls browser)" 0 "the browser is back while a fetch is at it: the code is not used yet"
wait "$LOGIN"; is $? 0 "but after it"
device_profile short ',expires-in=4' ''
login short
until_true 5 eval '! held short'
hold short 30
wait "$LOGIN"; is $? 75 "one that does not end: exit 75"
like "$(cat "$OUT")" "'short' is being fetched" "and says why"
let_go short
login work
until_true 5 eval '! held work'
hold work 30
interrupt
wait "$LOGIN"; is $? 69 "Ctrl-C while another process has the lock: exit 69"
let_go work

login work
until_true 5 eval '! held work'
user sh -c "umask 077; : >'$STATE/.next.work'"
user flock -o "$STATE/.next.work" sleep 3 &
until_true 5 eval '! flock -n "$STATE/.next.work" true'
agree
wait "$LOGIN"; is $? 0 "a fetch is at it in another runtime directory: the login goes on after it"
: >"$OUT" # what the one before said is no sign of this one
user "$T/bin/tokenward-helper" --deadline 4 login work >"$OUT" 2>&1 </dev/null &
LOGIN=$!
until_true 5 test -s "$OUT"
until_true 3 eval '! held work'
hold work 30
wait "$LOGIN"; is $? 75 "its own time is over while another process has the lock: exit 75"
like "$(cat "$OUT")" "'work' is being fetched" "and says why"
for command in login logout; do
    out=$(user "$T/bin/tokenward-helper" --deadline 4 $command work 2>&1 </dev/null); is $? 75 "$command, whose time is shorter than it waits for a lock: exit 75"
    like "$out" "'work' is being fetched" "and says why"
done
let_go work

# A disk that is full for a while.
mkdir "$T/state"
if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=256k,mode=700,uid="$USER_ID",gid="$USER_ID" none "$T/state" 2>/dev/null; then
    export XDG_STATE_HOME="$T/state"
    fill() { user dd if=/dev/zero of="$T/state/filler" bs=4k 2>/dev/null; }
    login work
    until_true 5 eval '! held work'
    fill
    before=$(polls work)
    agree
    sleep 2
    is "$(polls work)" "$before" "no room for the refresh token: the login does not ask"
    waits; ok $? "and waits on"
    ! held work; ok $? "with nothing held"
    user rm "$T/state/filler"
    wait "$LOGIN"; is $? 0 "there is room again: the login succeeds"
    login short
    fill
    comes_to_end; is $? 71 "no room until the code has run out: exit 71"
    like "$(cat "$OUT")" "no room for the next refresh token of 'short', so it is not asked for: No space left" "and says why"
    user rm "$T/state/filler"
    login work
    fill
    agree
    sleep 2 # it has found no room by now, and looks for some again and again
    # What is removed makes room, which is taken at once.
    user sh -c 'rm "$1/tokenward/.login.work"; exec dd if=/dev/zero of="$1/more" bs=4k' sh "$T/state" 2>/dev/null
    comes_to_end; is $? 69 "a logout while there is no room: exit 69"
    unset XDG_STATE_HOME
    umount "$T/state"
else
    skip "a disk that is full for a while" "needs root and a tmpfs"
fi

# Its own time is over: the login before is not held off.
user "$T/bin/tokenward-helper" --deadline 3 login work >"$OUT" 2>&1 </dev/null; is $? 75 "a deadline while it waits: exit 75"
[ ! -e "$T/run/tokenward/work/backoff" ]; ok $? "nothing is noted of it"
user $FETCH --force work; is $? 0 "and the login before it is used on"
is "$(lost)" 0 "no refresh token was used twice in all that"
is "$(helpers)" 0 "no process is left"
done_testing
