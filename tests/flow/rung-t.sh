#!/bin/sh
# SPDX-License-Identifier: MIT
# rung-t.sh - who reads a token of the system's rings its resident helper when
# there is a need, as often as that takes, and starts no helper for it.
if [ "$(id -u)" = 0 ] && [ -z "${IN_NAMESPACE:-}" ] && unshare -m true 2>/dev/null; then
    IN_NAMESPACE=1 exec unshare -m sh "$0" "$@"
fi
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
# shellcheck source=tests/flow/host.sh
. "${TOP_SRC:-.}/tests/flow/host.sh"
cp "$TOP_SRC/tests/flow/bell.py" "$T/bin/"
printf '#!/bin/sh\necho "$*" >>"%s/started"\n' "$T" >"$T/bin/told"
chmod 755 "$T/bin/bell.py" "$T/bin/told"
: >"$T/started"
chmod 666 "$T/started"
mkdir -m 700 "$T/anna"
chown anna "$T/anna"
tenant pay /oauth/v1/token 'readers: {users: [anna]}'
serve_system
until_true 30 test -s /run/tokenward/pay/token; is $? 0 "a token is there"
stop_system
TOKEN=$(token pay)
cp /run/tokenward/pay/record "$T/kept"
edit() { sed "$1" "$T/kept" >/run/tokenward/pay/record; } # edit SCRIPT: of the record as it was
nobody() {
    pkill -f "$T/bin/bell.py"
    wait "$EXTRA_PID" 2>/dev/null
    rm -f /run/tokenward/doorbell
}
bell() { # bell ANSWER...: in the resident helper's place
    nobody
    as "$SERVICE" $PYTHON "$T/bin/bell.py" /run/tokenward/doorbell "$@" >"$T/asked" 2>/dev/null &
    EXTRA_PID=$!
    until_true 30 test -S /run/tokenward/doorbell
}
get() { as anna env XDG_RUNTIME_DIR="$T/anna" TOKENWARD_HELPER="$T/bin/told" timeout "$(patience 60)" "$T/bin/tokenward" get "$@" pay 2>"$T/err"; }
asked() { tr '\n' ' ' <"$T/asked"; }

bell 'status=ok\n'
edit 's/^refresh_at=.*/refresh_at=1/'
touch "$SYSCONF/profiles.d/pay.yaml"
is "$(get)" "$TOKEN" "one whose refresh is due, and whose profile has changed, is given"
is "$(asked)$(cat "$T/started")" "" "and its resident helper is left to see to it"
edit 's/^\(expires_at\|boottime_expires\)=.*/\1=1/'
get --cached >"$T/out"; is "$?$(cat "$T/out")" 75 "what is kept has run out: exit 75"
is "$(asked)$(cat "$T/started")" "" "and who asks for what is kept rings nobody"
get >"$T/out"; is "$?$(cat "$T/out")" 75 "who asks for a token has none, either"
is "$(asked)$(cat "$T/started")" "command=ensure " "but rings"

bell '' '' 'status=denied\nmessage=not today\n'
get >"$T/out"; is "$?$(cat "$T/out")" 77 "one that hangs up and is there again answers"
like "$(cat "$T/err")" "not today" "in its words"
is "$(asked)" "command=ensure command=ensure command=ensure " "when it is rung again"
bell 'status=retry\nmessage=later\n'
get >"$T/out"; is "$?$(cat "$T/out")" 75 "one that says to come later"
is "$(asked)" "command=ensure " "is not rung again at once"
if "$TOP_BUILD/tests/flow/lacking" --random true 2>/dev/null; then
    bell '' 'status=retry\nmessage=later\n'
    cp "$TOP_BUILD/tests/flow/lacking" "$T/bin/"
    as anna env XDG_RUNTIME_DIR="$T/anna" TOKENWARD_HELPER="$T/bin/told" "$T/bin/lacking" --random "$T/bin/tokenward" get pay >"$T/out" 2>"$T/err"
    is "$?$(cat "$T/err")" "75tokenward: later" "who may ask for no random number rings again, too"
else
    skip "no random numbers" "the kernel has no seccomp"
fi
drop() { as anna env XDG_RUNTIME_DIR="$T/anna" TOKENWARD_HELPER="$T/bin/told" timeout "$(patience 60)" "$T/bin/tokenward" reject pay 2>"$T/err"; }
bell '' '' 'status=ok\n'
drop; is "$?$(cat "$T/err")" 0 "a token that a server refused: one that hangs up and is there again drops it"
is "$(asked)" "command=reject command=reject command=reject " "when it is rung again"
bell 'status=retry\nmessage=later\n'
drop; is "$?$(cat "$T/err")" "75tokenward: later" "one that says to come later"
is "$(asked)" "command=reject " "is not rung again at once"
bell ''
now=$(date +%s)
awk -F= -v s="$(($(sed -n 's/^expires_at=//p' "$T/kept") - now - 120))" \
    '/^(issued_at|expires_at|boottime_expires)=/ { print $1 "=" ($2 > s ? $2 - s : 0); next } { print }' "$T/kept" >/run/tokenward/pay/record
is "$(get --verbose --min-valid 600)" "$TOKEN" "one that always hangs up: the token that lives is given in the end"
like "$(cat "$T/err")" "^tokenward: warning: the resident helper went away$" "with a word of why there is no fresher one"
count=$(wc -l <"$T/asked")
[ "$count" -ge 2 ] && [ "$count" -le 20 ]; is $? 0 "after $count calls, with pauses between them"
cp "$TOP_BUILD/tests/flow/.libs/reader" "$T/bin/" 2>/dev/null || cp "$TOP_BUILD/tests/flow/reader" "$T/bin/"
cp "$TOP_BUILD/provider/client/.libs/libtokenward.so.0" "$T/bin/"
reads() { as anna env XDG_RUNTIME_DIR="$T/anna" XDG_CONFIG_HOME="$T/annas" TOKENWARD_HELPER="$T/bin/told" LD_LIBRARY_PATH="$T/bin" timeout "$(patience 60)" "$T/bin/reader" "$@" pay 2>"$T/err"; }
bell 'status=retry\nmessage=later\n'
reads --min-valid=100; is $? 0 "a program whose token lives long enough has it"
is "$(asked)" "" "and nobody is rung"
reads --min-valid=600; is $? 0 "one whose token does not has that which lives"
is "$(asked)" "command=ensure " "when it was rung for another, once a second at most"
# Each of its threads has to look whether a profile of the user's hides it.
mkdir -m 700 "$T/annas" "$T/annas/tokenward"
chown -R anna "$T/annas"
bell 'status=retry\nmessage=later\n'
reads --many=600; is $? 0 "so has one of many threads, whose profiles are not known yet"
count=$(wc -l <"$T/asked")
[ "$count" -ge 1 ] && [ "$count" -le 8 ]; is $? 0 "and not each of the sixteen has rung, one after the other ($count)"
is "$(uniq "$T/started")" "--detach index" "and a helper has looked at the profiles"
: >"$T/started"
nobody
edit 's/^\(expires_at\|boottime_expires\)=.*/\1=1/'
gets_none() { ! get >/dev/null; }
within 9000 gets_none; is $? 0 "nobody to ring is told at once ($TOOK ms)"
drop; is $? 73 "nor is there anybody to drop a token"
like "$(cat "$T/err")" "the token of 'pay' is the system's: its service alone drops it, and is not there$" "says so"
is "$(cat "$T/started")" "" "and no helper is started"
done_testing
