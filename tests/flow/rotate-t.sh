#!/bin/sh
# SPDX-License-Identifier: MIT
# rotate-t.sh - refresh tokens that rotate: kept, used once, by one process at
# a time, never sent to another server.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
# shellcheck source=tests/flow/login.sh
. "$TOP_SRC/tests/flow/login.sh"
sandbox
FETCH="user $T/bin/tokenward-helper fetch --force"
mint() { curl -s --cacert "$CA" "$URL/mint/$CLIENT_ID"; }
families() { curl -s --cacert "$CA" "$URL/families"; }
rotating() { # rotating NAME PATH [LINE...]: with a first refresh token in a file
    name=$1
    shift
    mint >"$T/config/tokenward/$name.refresh"
    chmod 600 "$T/config/tokenward/$name.refresh"
    profile "$name" "$@" 'provider: refresh_token' "refresh_token: {file: ../$name.refresh}"
    sed -i '/scope:/d' "$T/config/tokenward/profiles.d/$name.yaml"
}

rotating work /oauth/v1/token
first=$(cat "$T/config/tokenward/work.refresh")
user tokenward get work >/dev/null; is $? 0 "the profile's refresh token buys a token"
second=$(kept work)
[ -n "$second" ] && [ "$second" != "$first" ]; ok $? "the next one is kept"
is "$(cat "$T/config/tokenward/work.refresh")" "$first" "the profile's file stays as it is"
is "$(stat -c '%a %u' "$STATE" "$STATE/work" | tr '\n' ';')" "700 $USER_ID;600 $USER_ID;" "0600 in 0700, the user's own"
is "$(find "$STATE" -name '.*' -type f | wc -l)" 0 "nothing else lies there"
if can_trace && ! is_sanitized; then
    strace -f -y -o "$T/order" -e trace=fsync,renameat setpriv --reuid="$USER_ID" --regid="$USER_ID" --clear-groups \
        "$T/bin/tokenward-helper" fetch --force work; is $? 0 "it is used"
    sed -n "s#.* fsync([0-9]*<\([^>]*\)>.* = 0\$#synced \1#p; s#.* renameat(.*, \"\([^\"]*\)\") = 0\$#named \1#p" "$T/order" >"$T/steps"
    is "$(tr '\n' ' ' <"$T/steps")" "synced $STATE/.next.work named work synced $STATE named record named token " \
        "the next one and its name are on the disk before the token is there"
else
    $FETCH work; is $? 0 "it is used"
fi
third=$(kept work)
[ "$third" != "$second" ]; ok $? "and replaced by the next"
is "$(families)" "family 0 alive rotations 2" "each was used once"
grep -rqF -e "$second" -e "$third" "$T/run"; is $? 1 "the runtime directory holds none"
out=$(user tokenward status --json)
like "$out" '"name": *"work"' "status --json tells of it"
printf '%s' "$out" | grep -qF -e "$third"; is $? 1 "and does not hold it"
grep -qF -e "$first" "$STATE/work"; is $? 1 "nor the state the old one"

# Another scope is asked for with the same login: the profile's own token, sent again, would end it.
rotating narrow /oauth/v1/token
user tokenward get narrow >/dev/null
before=$(kept narrow)
echo '    scope: payments' >>"$T/config/tokenward/profiles.d/narrow.yaml"
user tokenward get narrow >/dev/null; is $? 0 "less scope than before: exit 0"
[ -n "$before" ] && [ "$(kept narrow)" != "$before" ]; ok $? "by the refresh token that was kept"
is "$(families | tail -n 1)" "family 1 alive rotations 2" "and the login lives"
rm "$T/config/tokenward/profiles.d/narrow.yaml"

# Many at once, in two runtime directories: nobody sends one twice.
mkdir "$T/run2"; chmod 700 "$T/run2"; own "$T/run2"
pids=
for i in $(seq 10); do
    user "$T/bin/tokenward-helper" fetch --force work >/dev/null 2>&1 &
    pids="$pids $!"
    user env XDG_RUNTIME_DIR="$T/run2" "$T/bin/tokenward-helper" fetch --force work >/dev/null 2>"$T/err.$i" &
    pids="$pids $!"
done
# shellcheck disable=SC2086
wait $pids
like "$(families)" "family 0 alive" "20 processes in two runtime directories: the login lives"
cat "$T"/err.* | sort | uniq -c | sed 's/^/# /'
$FETCH work; is $? 0 "and goes on"
user sh -c "umask 077; : >'$STATE/.next.work'"
user flock -o "$STATE/.next.work" sleep 2 &
until_true 9 eval '! user flock -n "$STATE/.next.work" true'
$FETCH work; is $? 0 "a process of another runtime directory is at it: it is waited for"
like "$(families)" "family 0 alive" "and the login lives"

# Beside the resident helper, which has others to look after: who waits for its
# fetch has the refresh token next.
rotating beside /m/delay=150/oauth/v1/token
seq -f 'm%.0f' 60 >"$T/config/tokenward/names"
chmod 600 "$T/config/tokenward/names"
profile many@ "/oauth/v1/token?tenant=%i" 'instances: {list: ../names}'
user "$T/bin/tokenward-helper" serve >/dev/null 2>&1 &
EXTRA_PID=$!
until_true 9 sh -c "[ -s '$(record many@m1)' ] && [ -s '$(record many@m60)' ] && [ -s '$(record beside)' ]"
failed=0
for i in $(seq 15); do
    for name in beside $(seq -f 'many@m%.0f' 60); do age "$name" 3400; done
    kill -HUP "$(helper_pid)"
    sleep 0.15
    $FETCH beside 2>>"$T/beside" || failed=$((failed + 1))
done
is "$failed $(sort "$T/beside" | uniq -c)" "0 " "who waits for the resident helper uses the refresh token after it"
kill "$(helper_pid)"
wait "$EXTRA_PID"
rm "$T/config/tokenward/profiles.d/many@.yaml"

# Whatever name a server has for the provider's grant, this one keeps its own.
rotating named /oauth/v1/token 'grant_type: urn:example:other'
$FETCH named; is $? 0 "a refresh has no other grant_type"

# Servers that do not rotate, or send the same one.
rotating same /m/no-rotation/oauth/v1/token
before=$(cat "$T/config/tokenward/same.refresh")
$FETCH same; is $? 0 "a server that does not rotate"
is "$(kept same)" "$before" "its token is kept"
inode=$(stat -c %i "$STATE/same")
$FETCH same
is "$(stat -c %i "$STATE/same")" "$inode" "and not written again"
rotating none /m/no-rotation,refresh-token=none/oauth/v1/token
$FETCH none; is $? 0 "a server that sends none"
[ ! -e "$STATE/none" ]; ok $? "nothing is kept"
$FETCH none; is $? 0 "the profile's is used again"
rotating odd "/m/refresh-token=a%0Ab/oauth/v1/token"
out=$($FETCH odd 2>&1); is $? 76 "a refresh token that cannot be kept: exit 76"
like "$out" "none that can be kept" "which the message says"
[ -n "$(user tokenward get --cached odd)" ]; ok $? "the token that came with it is served"
# An answer that is refused has used up the refresh token all the same, and
# brought the next one.  It is kept if it can be told what it is.
quoted() { printf %s "$1" | sed 's/%/%25/g;s/,/%2C/g;s/ /%20/g;s/"/%22/g;s/\\/%5C/g;s/{/%7B/g;s/}/%7D/g'; }
answered() { # answered NAME MEMBERS [MORE]: to its first request with this; NEXT is in it, as another login's refresh token
    NEXT=$(mint)
    rotating "$1" "/m/tag=$1,fail=1,body=$(quoted "{$2,\"refresh_token\":\"$NEXT\"${3:-}}")/oauth/v1/token"
}
number=0
while read -r members; do
    number=$((number + 1))
    answered "refused$number" "$members"
    $FETCH "refused$number" 2>"$T/err"; is $? 76 "$members: exit 76"
    is "$(kept "refused$number")" "$NEXT" "the next refresh token is kept"
    is "$(find "$STATE" -name '.*' -type f | wc -l)" 0 "and nothing else"
    $FETCH "refused$number"; is $? 0 "and is the one that is used"
    is "$(families | tail -n 2 | sed 's/family [0-9]* //' | tr '\n' ';')" "alive rotations 1;alive rotations 0;" "and no other"
done <<EOF
"access_token":"a","token_type":"mac"
"token_type":"Bearer"
"access_token":"a b","token_type":"Bearer"
"access_token":7,"token_type":"Bearer"
"access_token":"a","token_type":"Bearer","scope":"\""
"access_token":"a","token_type":"Bearer","expires_in":true
EOF
# So it has with a status that is expected from now on.
rotating created "/m/status=201/oauth/v1/token"
out=$($FETCH created 2>&1); is $? 76 "a status that is not expected: exit 76"
like "$out" "HTTP 201" "which the message says"
[ -n "$(kept created)" ]; ok $? "the next refresh token is kept"
echo '    success_status: "201"' >>"$T/config/tokenward/profiles.d/created.yaml"
$FETCH created; is $? 0 "and used, once it is"
is "$(families | tail -n 1 | sed 's/family [0-9]* //')" "alive rotations 2" "and the login lives"
untouched_by() { # untouched_by NAME TITLE: what was kept before
    $FETCH "$1" 2>"$T/err"; is $? 76 "$2: exit 76"
    is "$(kept "$1")" "" "nothing of it is kept"
}
answered twice '"token_type":"mac"' ',"refresh_token":"other"'
untouched_by twice "two refresh tokens"
answered cut '"token_type":"mac"' ',"scope":'
untouched_by cut "half an answer"
answered error '"error":"server_error","token_type":"mac"'
$FETCH error 2>"$T/err"; is $? 75 "an error: exit 75"
is "$(kept error)" "" "nothing of it is kept"
answered spaced '"access_token":"a","token_type":"mac"'
sed -i "s/$NEXT/a%20b/" "$T/config/tokenward/profiles.d/spaced.yaml"
untouched_by spaced "a refresh token that cannot be kept, in an answer that is refused"

# So is it where another source answers then, and beside the resident helper,
# where somebody else waits for the disk.
two() { # two NAME: a profile of two sources, the first of which is refused so
    NEXT=$(mint)
    mint >"$T/config/tokenward/$1.refresh"
    chmod 600 "$T/config/tokenward/$1.refresh"
    profile "$1" /oauth/v1/token 'any_of:' '- provider: refresh_token' "  refresh_token: {file: ../$1.refresh}" \
        "  token_endpoint: $URL/m/tag=$1,fail=1,body=$(quoted "{\"token_type\":\"mac\",\"access_token\":\"a\",\"refresh_token\":\"$NEXT\"}")/oauth/v1/token" \
        '- provider: client_credentials'
}
two first
$FETCH first 2>"$T/err"; is "$? $(field first answered_by)" "0 2" "another source answers"
is "$(kept first)" "$NEXT" "the next refresh token of the one that was refused is kept"
two second
user "$T/bin/tokenward-helper" serve >"$T/serve.out" 2>&1 &
until_true 30 test -S "$T/run/tokenward/doorbell"
user tokenward get second >/dev/null; is "$? $(field second answered_by)" "0 2" "the same beside the resident helper"
is "$(kept second)" "$NEXT" "where it is kept, too"
kill "$(helper_pid)"; wait $!; is $? 0 "which ends cleanly"

# An empty one says nothing: the one before it goes on being used.
rotating empty "/m/refresh-token=,no-rotation/oauth/v1/token"
sed -i '/refresh_token:/d' "$T/config/tokenward/profiles.d/empty.yaml"
out=$(user tokenward login empty <"$T/config/tokenward/empty.refresh" 2>&1); is $? 0 "an empty refresh token, to the one that was given: exit 0"
is "$(kept empty)" "$(cat "$T/config/tokenward/empty.refresh")" "which is kept"
out=$($FETCH empty 2>&1); is "$? $out" "0 " "and good as often as it is used"
is "$(kept empty)" "$(cat "$T/config/tokenward/empty.refresh")" "and is still kept"

# A login by a wrong one: the profile's, which was used, would end the login
# before it.
rotating typed /oauth/v1/token
$FETCH typed
before=$(kept typed)
out=$(echo wrong | user tokenward login typed 2>&1); is $? 69 "a login by a wrong one: exit 69"
is "$(kept typed)" "$before" "the one before it stays"
like "$(families | tail -n 1)" "alive rotations 1" "and lives: the profile's was not sent"
$FETCH typed; is $? 0 "and is used"

# Told to end while the answer is under way, as a terminal tells both of its processes.
rotating told /m/tag=told,delay=1500/oauth/v1/token
asked() { ask /count/m/tag=told,delay=1500/oauth/v1/token | tr -dc 0-9; }
asked_since() { [ "$(asked)" -gt "${1:-0}" ]; }
for signal in HUP:129 INT:130 QUIT:131 TERM:143; do
    before=$(kept told) count=$(asked)
    user env --default-signal=HUP,INT,QUIT,TERM tokenward refresh told >/dev/null 2>&1 &
    until_true 20 asked_since "$count"
    pkill "-${signal%:*}" -f "$HELPER fetch"
    wait $!; is $? "${signal#*:}" "SIG${signal%:*} while a refresh token is used: it ends by that"
    user tokenward-helper fetch --force told; is $? 0 "and the next one is kept and used"
    [ "$(kept told)" != "$before" ]; ok $? "which brings another"
done
is "$(families | tail -n 1 | sed 's/family [0-9]* //')" "alive rotations 8" "the login lives"

# Where the client's secret took so long that the answer might come too late.
rotating hasty /m/delay=1500/oauth/v1/token
sed -i "s|client_secret:.*|client_secret: {command: [/bin/sh, -c, \"sleep 1; printf %s $CANARY\"]}|" "$T/config/tokenward/profiles.d/hasty.yaml"
user tokenward-helper fetch hasty; is $? 0 "a client's secret that takes its time"
before=$(kept hasty)
out=$(user tokenward-helper --deadline 3 fetch --force hasty 2>&1); is $? 75 "and too much of it: exit 75"
under_valgrind || like "$out" "too little time is left for an answer that must not be lost" "which is said"
is "$(families | tail -n 1 | sed 's/family [0-9]* //')" "alive rotations 1" "the refresh token was not sent"
is "$(kept hasty)" "$before" "and is kept"
user tokenward-helper fetch --force hasty; is $? 0 "for the next fetch"
is "$(families | tail -n 1 | sed 's/family [0-9]* //')" "alive rotations 2" "and the login lives"

# Refused: one that was used, by somebody else or before a crash.
use() { curl -s --cacert "$CA" "$URL/oauth/v1/token" -d grant_type=refresh_token -d client_id="$CLIENT_ID" \
    -d client_secret="$CANARY" -d refresh_token="$(kept "$1")" >/dev/null; }
use work
out=$($FETCH work 2>&1); is $? 69 "used by somebody else: exit 69"
like "$out" "invalid_grant" "says what the server said"
like "$out" "tokenward login work" "and what to do"
[ ! -e "$STATE/work" ]; ok $? "what is refused is not kept"
is "$(user tokenward get work 2>/dev/null)" "$(cat "$T/run/tokenward/work/token")" "a living token is served all the same"
# The profile's, which comes next, may be gone since it was used: that is not why.
rotating gone /oauth/v1/token
$FETCH gone
use gone
rm "$T/config/tokenward/gone.refresh"
out=$($FETCH gone 2>&1); is $? 69 "and nothing else to send: exit 69"
like "$out" "invalid_grant" "says what the server said"
like "$out" "tokenward login gone; no other can be sent: .*gone.refresh.*does not exist" "and what to do"
mint >"$T/config/tokenward/work.refresh"
$FETCH work; is $? 0 "a new one in the profile's file heals it"

# Nobody waits for a person who has brought another one.
rotating anew /oauth/v1/token
user tokenward get anew >/dev/null
use anew
user tokenward reject anew
user tokenward get anew >/dev/null 2>&1; is $? 69 "one that was used, and no token is left: exit 69"
before=$(requests)
user tokenward get anew >/dev/null 2>&1; is "$? $(requests)" "69 $before" "the server is not asked again"
mint >"$T/config/tokenward/anew.refresh"
user tokenward get anew >/dev/null 2>"$T/err"; is $? 0 "before there is another one in the profile's file"
sed 's/^/# /' "$T/err"

# One that is written out is the profile's own word: another is another login.
rotating written /oauth/v1/token
written() { sed -i "s#refresh_token: .*#refresh_token: $1#" "$T/config/tokenward/profiles.d/written.yaml"; }
written "$(mint)"
$FETCH written; is $? 0 "a refresh token in the profile"
before=$(kept written)
written "$(mint)"
$FETCH written; is $? 0 "another one in its place"
is "$(families | tail -n 2 | sed 's/.* //' | tr '\n' ' ')" "1 1 " "is sent, and not what the one before it has brought"
[ "$(kept written)" != "$before" ]; ok $? "which is kept no more"
rm "$T/config/tokenward/profiles.d/written.yaml"

# Another server, client or scope never gets it.
before=$(kept work)
sed -i "s#token_endpoint:.*#token_endpoint: $URL/m/tag=other/oauth/v1/token#" "$T/config/tokenward/profiles.d/work.yaml"
out=$($FETCH work 2>&1); is $? 69 "another endpoint: the kept one is not sent, the profile's was used"
is "$(kept work)" "$before" "and it stays where it is"
sed -i "s#token_endpoint:.*#token_endpoint: $URL/oauth/v1/token#" "$T/config/tokenward/profiles.d/work.yaml"

# A connection that is lost in the middle of a request: it is not sent again by
# itself, for the server may have taken it.
mint >"$T/config/tokenward/lost.refresh"
chmod 600 "$T/config/tokenward/lost.refresh"
profile lost "" 'provider: refresh_token' 'refresh_token: {file: ../lost.refresh}'
sed -i "/scope:/d;s#token_endpoint:.*#issuer: $URL/m/reset,fail=1#" "$T/config/tokenward/profiles.d/lost.yaml"
$FETCH lost 2>/dev/null; is $? 75 "the connection over which the issuer was asked is lost: exit 75"
is "$(curl -s --cacert "$CA" "$URL/count/m/reset,fail=1/oauth/v1/token")" 1 "the profile's refresh token was sent once"

# A full disk and planted files: the request is not made.
rotating full /oauth/v1/token
$FETCH full
if [ "$(id -u)" = 0 ]; then
    mkdir "$T/state"
    if mount -t tmpfs -o size=128k,mode=700,uid="$USER_ID",gid="$USER_ID" none "$T/state" 2>/dev/null; then
        mkdir "$T/state/tokenward"
        cp "$STATE/full" "$T/state/tokenward/"
        chmod 700 "$T/state/tokenward"; own "$T/state/tokenward"
        dd if=/dev/zero of="$T/state/fill" bs=1k 2>/dev/null
        before=$(requests)
        out=$(user env XDG_STATE_HOME="$T/state" "$T/bin/tokenward-helper" fetch --force full 2>&1)
        is $? 71 "a full disk: exit 71"
        like "$out" "not asked for" "which the message says"
        is "$(requests)" "$before" "no request is made"
        rm "$T/state/fill"
        user env XDG_STATE_HOME="$T/state" "$T/bin/tokenward-helper" fetch --force full; is $? 0 "room again: it goes on"
        umount "$T/state"
    else
        skip "a full disk" "a small tmpfs could not be mounted"
    fi
else
    skip "a full disk" "needs root to mount a small tmpfs"
fi
rotating open /oauth/v1/token
$FETCH open
chmod 644 "$STATE/open"
before=$(requests)
out=$($FETCH open 2>&1); is $? 73 "a state file that others may read: exit 73"
like "$out" "chmod 600" "says what to do"
chmod 755 "$STATE"
out=$($FETCH open 2>&1); is $? 73 "a state directory that others may read: exit 73"
is "$(requests)" "$before" "no request is made"
chmod 700 "$STATE"

# Written by a later version, which was here and is not any more: it is let be,
# by whatever meets it.
rotating later /oauth/v1/token
$FETCH later
cp -p "$STATE/later" "$T/later.1"
sed '1s/1$/2/' "$STATE/later" >"$T/later.2"
untouched() { # untouched FILE NAME...: they are as they were planted
    planted=$1
    shift
    for name in "$@"; do cmp "$planted" "$STATE/$name"; done
}
says_later() { # says_later FILE EXIT COMMAND...: and that its FILE is as it was
    file=$1 exit=$2
    shift 2
    out=$(mint | user "$@" 2>&1); is $? "$exit" "$file is a later version's: ${1##*/} $2: exit $exit"
    like "$out" "$STATE/$file: was written by a later version of tokenward" "says so"
    case $out in *"login later"*) false ;; esac; ok $? "and does not ask for a login"
    untouched "$T/later.2" "$file"; ok $? "and leaves it as it is"
}
cat "$T/later.2" >"$STATE/later"
says_later later 73 tokenward doctor later # which asks, and brings nothing to be refused
before=$(requests)
says_later later 73 tokenward refresh later
is "$(user tokenward get later)" "$(field later access_token)" "the token that is kept is given"
age later 3601
says_later later 73 tokenward get later
says_later later 0 tokenward status later
says_later later 0 tokenward explain later
says_later later 73 tokenward login later
says_later later 73 tokenward logout later
mv "$T/config/tokenward/profiles.d/later.yaml" "$T/later.yaml"
says_later later 73 tokenward logout later
mv "$T/later.yaml" "$T/config/tokenward/profiles.d/"
is "$(requests)" "$before" "no request is made"
[ ! -e "$STATE/.next.later" ]; ok $? "and nothing is made beside it"
cp -p "$T/later.1" "$STATE/later"
cat "$T/later.2" >"$STATE/.next.later"; chmod 600 "$STATE/.next.later"; own "$STATE"
says_later .next.later 73 tokenward refresh later
untouched "$T/later.1" later; ok $? "nor what is kept beside it"
rm "$STATE/.next.later"
$FETCH later; is $? 0 "gone: it goes on"
case $(user tokenward status later) in *"later version"*) false ;; esac; ok $? "and status says no more of it"
done_testing
