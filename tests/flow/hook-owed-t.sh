#!/bin/sh
# SPDX-License-Identifier: MIT
# hook-owed-t.sh - an on_refresh that nobody ran to its end is owed, and run
# when the resident helper starts.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
sandbox
program() { # program NAME: its lines on stdin
    { echo "#!/bin/sh"; echo "out=$T/home/$1.out"; cat; } >"$T/bin/$1"
    chmod 755 "$T/bin/$1"
}
serve() { user "$T/bin/tokenward-helper" serve >"$T/serve.out" 2>&1 & EXTRA_PID=$!; }
stop() { kill "$(helper_pid)"; wait "$EXTRA_PID"; }
told() { tr '\n' ' ' <"$T/home/owed.out"; }
is_told() { [ "$(told)" = "$1" ]; }
hooks() { pgrep -u "$USER_ID" -f "tokenward-helper .*hook .*owed"; }

# What was not run to its end is run when the resident helper starts.
# shellcheck disable=SC2016
printf 'echo "$TOKENWARD_GENERATION" >>$out\nwhile [ -e "%s/home/held.$TOKENWARD_GENERATION" ]; do sleep 0.1; done\n' "$T" | program owed
profile owed /oauth/v1/token "on_refresh: {command: [$T/bin/owed]}"
user tokenward-helper --no-hooks fetch owed; is $? 0 "a token whose hook nobody has run"
serve
until_true 30 is_told "1 "; is $? 0 "is told when the resident helper starts"
until_true 30 sh -c "[ ! -e '$T/run/tokenward/owed/telling' ]"; is $? 0 "and that is done with when it ends"
stop
touch "$T/home/held.2"
user tokenward-helper --force --no-hooks fetch owed
serve
until_true 30 is_told "1 2 "; is $? 0 "another one"
user tokenward-helper --force --no-hooks fetch owed; is $? 0 "and a third while it runs"
# shellcheck disable=SC2046 # they are several
kill -KILL "$(helper_pid)" "$EXTRA_PID" $(pgrep -f "^/bin/sh $T/bin/owed\$") $(hooks)
wait "$EXTRA_PID" 2>/dev/null
rm "$T/home/held.2"
serve
until_true 30 is_told "1 2 3 "; is $? 0 "a helper that was killed meanwhile: the next one tells it"
stop
serve
sleep 1
is "$(told)" "1 2 3 " "what was told is not told again"
stop

# Two at a time: the first one to end leaves the other one owed.
touch "$T/home/held.4" "$T/home/held.5"
user tokenward-helper --force fetch owed &
first=$!
until_true 30 is_told "1 2 3 4 "; is $? 0 "a fetch whose hook runs"
user tokenward-helper --force fetch owed &
second=$!
until_true 30 is_told "1 2 3 4 5 "; is $? 0 "and another one beside it"
rm "$T/home/held.4"
wait "$first"; is $? 0 "the first one ends"
# shellcheck disable=SC2046
kill -KILL $(hooks); is $? 0 "the second one is killed"
wait "$second"
serve
until_true 30 is_told "1 2 3 4 5 5 "; is $? 0 "and told again"
# shellcheck disable=SC2046
kill -KILL "$(helper_pid)" "$EXTRA_PID" $(pgrep -f "^/bin/sh $T/bin/owed\$") $(hooks)
wait "$EXTRA_PID" 2>/dev/null
rm "$T/home/held.5"
serve
sleep 1
is "$(told)" "1 2 3 4 5 5 " "a second time is the last, whatever becomes of it"
stop

# A hook that begins while the next token is being published.
if can_trace && ! is_sanitized; then
    user tokenward-helper --force --no-hooks fetch owed
    : >"$T/slow"
    chmod 666 "$T/slow"
    user strace -f -qq -o "$T/slow" -e trace=renameat -e inject=renameat:delay_enter=1s:when=1 \
        tokenward-helper --force --no-hooks fetch owed &
    slow=$!
    until_true 20 grep -q renameat "$T/slow"
    user tokenward-helper hook owed
    wait "$slow"; is $? 0 "a hook begins while the next token is being published"
    serve
    until_true 10 eval 'told | grep -q " 7 $"'; is $? 0 "which is told, too"
    stop
else
    skip "a hook that begins while the next token is being published" "needs strace and root"
fi

# One that runs is not owed.
next=$(($(field owed generation) + 1))
touch "$T/home/held.$next"
user tokenward-helper --force fetch owed &
first=$!
until_true 30 eval 'told | grep -q " $next \$"'; is $? 0 "a fetch whose hook runs"
before=$(told)
serve
until_true 30 test -S "$T/run/tokenward/doorbell"
sleep 1
is "$(told)" "$before" "the resident helper starts: it runs none beside it"
rm "$T/home/held.$next"
wait "$first"
[ ! -e "$T/run/tokenward/owed/telling" ]; is $? 0 "and none is owed when it ends"
stop

# One that has run out is of no use to anybody.
user tokenward-helper --force --no-hooks fetch owed
age owed 86400
before=$(told)
printf wrong >"$T/config/tokenward/secret"
serve
until_true 30 grep -q 'event=fetch profile=owed status=denied' "$T/serve.out"; is $? 0 "the resident helper gets no new token"
sleep 1
is "$(told)" "$before" "and does not tell of one that has run out"
stop
done_testing
