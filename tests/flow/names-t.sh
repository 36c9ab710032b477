#!/bin/sh
# SPDX-License-Identifier: MIT
# names-t.sh - a user database that is slow, or hangs: it keeps waiting whose
# token is by their name, and nobody else.
if [ "$(id -u)" = 0 ] && [ -z "${IN_NAMESPACE:-}" ] && unshare -m true 2>/dev/null; then
    IN_NAMESPACE=1 exec unshare -m sh "$0" "$@"
fi
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
to_preload naming
# shellcheck source=tests/flow/host.sh
. "${TOP_SRC:-.}/tests/flow/host.sh"
cp "$TOP_SRC/tests/flow/ring.py" "$T/bin/"
chmod 644 "$T/bin/ring.py"
echo 'crew:x:61200:anna,bert,carl,dora' >>"$T/group"
tenant own@ /oauth/v1/token 'readers: {groups: [crew]}' 'audience: for-%u'
tenant all /oauth/v1/token 'readers: {groups: [crew]}'
get() { as "$1" env TOKENWARD_HELPER=/nonexistent "$T/bin/tokenward" get "$2"; }
ring() { $PYTHON "$T/bin/ring.py" /run/tokenward/doorbell "$1"; }
now() { echo $(($(date +%s%N) / 1000000)); }
export NAMING_MS=1500 NAMING_HANGS="$T/hangs" LD_PRELOAD="$T/bin/naming.so"
serve_system
unset LD_PRELOAD
until_true 9 test -s /run/tokenward/all/token

# Each answer takes longer than the one before it was waited for.
for user in anna bert carl; do
    get $user own@ >"$T/$user" 2>&1 &
    eval "$user=$!"
done
# shellcheck disable=SC2154
for user in anna bert carl; do
    eval "wait \$$user"; is $? 0 "$user waits and has a token"
    is "$(cat "$T/$user")" "$(token "own@$user")" "$user's own"
done

# One that hangs: others are answered, who is not known is told so, and soon
# once that is known.
: >"$T/hangs"
started=$(now)
get dora own@ >"$T/dora" 2>&1 &
dora=$!
until_true 5 pgrep -f "^$T/bin/tokenward get own@" >/dev/null
like "$(ring 'command=status\n')" "^status=ok" "while the user database is asked others are answered"
wait $dora; is $? 75 "the user database hangs: exit 75"
took=$(($(now) - started))
like "$(cat "$T/dora")" "the user database has not said yet who user $(id -u dora) is" "says why"
[ "$took" -ge 4900 ]; is $? 0 "after it was given time ($took ms)"
is_told() { get dora own@ >"$T/dora" 2>&1; [ $? = 75 ]; }
within $((took / 2)) is_told; is $? 0 "and the next time, at once ($TOOK ms)"
is "$(get anna own@)" "$(token own@anna)" "who is known has the token"
is "$(get dora all)" "$(token all)" "and so has who reads one that is nobody's own"
rm "$T/hangs"
until_true 5 eval 'get dora own@ >"$T/dora" 2>"$T/err"'
is $? 0 "soon after it answers again dora has hers"
is "$(cat "$T/dora")" "$(token own@dora)" "which is her own"

# Readers have names, too: while profiles are read again, others are served.
: >"$T/hangs"
tenant more /oauth/v1/token 'readers: {users: [dora]}'
kill -HUP "$EXTRA_PID"
until_true 15 grep -q 'the profiles could not be read in 5 s' "$T/serve.out"
is $? 0 "profiles are read again, the user database hangs: it is told"
like "$(ring 'command=status\n')" "^reload=retry" "and whoever asks how it is"
is "$(get anna own@)" "$(token own@anna)" "who is known has the token"
is "$(get anna all)" "$(token all)" "and so has who reads one that is nobody's own"
[ ! -e /run/tokenward/more ]; is $? 0 "the new profile is not there yet"
rm "$T/hangs"
until_true 5 eval 'get dora more >"$T/dora" 2>"$T/err"'
is $? 0 "soon after it answers again it is"
is "$(cat "$T/dora")" "$(token more)" "with its token"
like "$(ring 'command=status\n')" "^reload=ok" "and all is well"
rm "$SYSCONF/profiles.d/more.yaml"
tenant each@ /oauth/v1/token 'instances: [anna, bert]' "readers: {users: ['%i']}"
kill -HUP "$EXTRA_PID"
until_true 9 test -s /run/tokenward/each@bert/token
until_true 5 eval 'get bert each@bert >"$T/bert" 2>"$T/err"'
is "$(cat "$T/bert")" "$(token each@bert)" "an instance by its reader's name is there"
before=$(grep -c 'could not be read in' "$T/serve.out")
: >"$T/hangs"
kill -HUP "$EXTRA_PID"
until_true 15 eval '[ "$(grep -c "could not be read in" "$T/serve.out")" -gt "$before" ]'
is $? 0 "who such readers are is asked by who reads profiles, too"
like "$(ring 'command=status\n')" "^status=ok" "and others are answered meanwhile"
is "$(get anna each@anna)" "$(token each@anna)" "and so is who is known"
rm "$T/hangs"
until_true 5 eval 'ring "command=status\n" | grep -q "^reload=ok"'; is $? 0 "until it answers again"

# It hangs at a start: that is told, and one that is told to end does.
stop_system
: >"$T/hangs"
LD_PRELOAD="$T/bin/naming.so" NAMING_MS=0 "$T/bin/tokenward-helper" --system serve >"$T/start.out" 2>&1 &
EXTRA_PID=$!
until_true 15 grep -q 'the profiles could not be read in 5 s' "$T/start.out"
is $? 0 "a start, and it hangs: that is told"
kill -TERM "$EXTRA_PID"
within 2000 wait "$EXTRA_PID"; is $? 0 "and who is told to end then does ($TOOK ms)"
LD_PRELOAD="$T/bin/naming.so" NAMING_MS=0 "$T/bin/tokenward-helper" --system serve >"$T/serve.out" 2>&1 &
EXTRA_PID=$!
until_true 15 grep -q 'the profiles could not be read in 5 s' "$T/serve.out"
rm "$T/hangs"
until_true 9 eval 'ring "command=status\n" | grep -q "^reload=ok"'; is $? 0 "it begins when it is answered"

# One who is nobody yet: nobody waits until it is known that it is so still.
tenant guest@ /oauth/v1/token 'instances: [anna, eve]' "readers: {users: ['%i']}"
until_true 9 test -s /run/tokenward/guest@anna/token
: >"$T/hangs"
answered() { within 2000 ring "$1" >"$T/rung"; }
answered 'command=ensure\nprofile=guest@eve\n'; is $? 0 "an instance whose reader is nobody, and it hangs: who asks for it is answered ($TOOK ms)"
like "$(cat "$T/rung")" "there is no user 'eve' on this host" "and told why"
answered 'command=status\n'; is $? 0 "and so are others ($TOOK ms)"
rm "$T/hangs"
echo 'eve:x:61205:61205::/nonexistent:/bin/sh' >>"$T/passwd"
until_true 40 test -s /run/tokenward/guest@eve/token; is $? 0 "when that is a user, the token is there by itself"
is "$(as 61205 cat /run/tokenward/guest@eve/token)" "$(token guest@eve)" "and is theirs"
rm "$SYSCONF/profiles.d/guest@.yaml"

tenant more /oauth/v1/token 'readers: {users: [dora]}'
before=$(grep -c 'could not be read in' "$T/serve.out")
: >"$T/hangs"
kill -HUP "$EXTRA_PID"
until_true 15 eval '[ "$(grep -c "could not be read in" "$T/serve.out")" -gt "$before" ]'
is $? 0 "it hangs for good"
stop_system; is $? 0 "it ends cleanly all the same"
rm "$T/hangs"
serve_system

# Who hangs up while the database is asked is forgotten, but for who logs out: a
# logout waits for no database, and does not come again.
tenant bye@ /oauth/v1/token 'readers: {groups: [crew]}' 'login: true' 'audience: for-%u'
until_true 9 eval 'get anna bye@ >"$T/anna" 2>&1'; is $? 0 "a login's token"
stop_system; is $? 0 "it ends cleanly"
LD_PRELOAD="$T/bin/naming.so" NAMING_MS=0 "$T/bin/tokenward-helper" --system serve >"$T/serve.out" 2>&1 &
EXTRA_PID=$!
is_up() { ring 'command=status\n' | grep -q '^status=ok'; }
until_true 9 is_up
: >"$T/hangs"
as anna $PYTHON -c 'import socket
bell = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
bell.connect("/run/tokenward/doorbell")
bell.send(b"command=leave\nprofile=bye@anna\n")'
until_true 9 eval '[ ! -e /run/tokenward/bye@anna/token ]'; is $? 0 "who logs out and is gone has none, while it hangs"
rm -rf /run/tokenward/own@*
has_descriptors() { [ "$(descriptors "$EXTRA_PID")" = "$1" ]; }
before=$(descriptors "$EXTRA_PID")
for user in anna bert; do as $user $PYTHON "$T/bin/ring.py" /run/tokenward/doorbell "command=ensure\nprofile=own@$user\n" >/dev/null 2>&1 & done
until_true 9 has_descriptors $((before + 2)); is $? 0 "two wait for the user database"
pkill -f "$T/bin/ring.py"
until_true 9 has_descriptors "$before"; is $? 0 "and hang up"
rm "$T/hangs"
until_true 9 eval 'get carl own@ >"$T/carl" 2>&1'; is $? 0 "another one has a token"
is "$(find /run/tokenward -name 'own@*' | wc -l)" 1 "and they have none"

# One that fails has not said that somebody is nobody.
sed 's/^crew:.*/&,eve/' "$T/group" >"$T/group.new" && cat "$T/group.new" >"$T/group"
: >"$T/hangs.fails"
get dora own@ >"$T/dora" 2>&1; is $? 0 "it fails: who was known before has a token"
get eve own@ >"$T/eve" 2>&1; is $? 75 "and another: exit 75"
like "$(cat "$T/eve")" "the user database has not said yet who user $(id -u eve) is" "says why"
as dora env LD_PRELOAD="$T/bin/naming.so" "$T/bin/tokenward" get own@ >"$T/dora" 2>&1; is $? 75 "it fails for who asks, too: exit 75"
like "$(cat "$T/dora")" "^tokenward: the user database does not say who user $(id -u dora) is: Input/output error$" "and says so"
rm "$T/hangs.fails"
get eve own@ >"$T/eve" 2>"$T/err"; is $? 0 "and has a token as soon as it does not"
stop_system; is $? 0 "it ends cleanly"
done_testing
