#!/bin/sh
# SPDX-License-Identifier: MIT
# hook-t.sh - on_refresh: after a token is published something is told, by the
# resident helper and by one run of fetch; it delays nothing, and its failure
# is said.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
sandbox
program() { # program NAME: its lines on stdin
    { echo "#!/bin/sh"; echo "out=$T/home/$1.out"; cat; } >"$T/bin/$1"
    chmod 755 "$T/bin/$1"
}
serve() { user "$T/bin/tokenward-helper" serve >"$T/serve.out" 2>&1 & EXTRA_PID=$!; }
stop() { kill "$(helper_pid)"; wait "$EXTRA_PID"; }

# One run of fetch.
# shellcheck disable=SC2016
echo 'env | sort >$out.env; printf "%s\n" "$@" >$out.argv; cat "$TOKENWARD_TOKEN_FILE" >$out; ls /proc/self/fd >$out.fds; cat >$out.stdin; pwd -P >$out.cwd' | program told
profile pay /oauth/v1/token "on_refresh: {command: [$T/bin/told, one, 'two words']}"
export HOSTILE="$CANARY"
user tokenward-helper fetch pay; is $? 0 "fetch: exit 0"
is "$(cat "$T/home/told.out")" "$(field pay access_token)" "fetch: the program finds the token in its file"
is "$(cat "$T/home/told.out.cwd")" / "it runs in the root"
is "$(grep -vE '^(PWD|SHLVL|_|OLDPWD)=' "$T/home/told.out.env")" "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/bin
TOKENWARD_EXPIRES_AT=$(field pay expires_at)
TOKENWARD_GENERATION=1
TOKENWARD_PROFILE=pay
TOKENWARD_TOKEN_FILE=$T/run/tokenward/pay/token
XDG_RUNTIME_DIR=$T/run" "its environment is what the manual says"
is "$(cat "$T/home/told.out.argv")" "one
two words" "its arguments are the profile's, and no shell's"
is "$(tr '\n' ' ' <"$T/home/told.out.fds")" "0 1 2 3 " "no descriptor of ours (3 is ls's)"
rm "$T/home/told.out"
user tokenward-helper fetch pay; is $? 0 "a good token is kept"
[ ! -e "$T/home/told.out" ]; is $? 0 "and nothing is told"
user tokenward-helper --force --no-hooks fetch pay; [ ! -e "$T/home/told.out" ]; is $? 0 "--no-hooks: neither"
profile team@ /oauth/v1/token 'instances: [one, two]' 'params: {tenant: "%i"}' "on_refresh: {command: [$T/bin/told]}"
user tokenward-helper fetch team@two; is $? 0 "an instance of a template"
is "$(cat "$T/home/told.out")" "$(field team@two access_token)" "fetch: its program finds its token"
like "$(cat "$T/home/told.out.env")" "^TOKENWARD_PROFILE=team@two$" "and is told whose it is"
rm "$T/home/told.out" "$T/config/tokenward/profiles.d/team@.yaml"
long=$(printf '%064d' 0 | tr 0 n)
profile "$long@" /oauth/v1/token "instances: [$long]" 'params: {tenant: "%i"}' 'on_refresh: {command: [/bin/false]}'
like "$(user tokenward-helper fetch "$long@$long" 2>&1)" "on_refresh of '$long@$long': failed" "the longest name is told whole"
rm "$T/config/tokenward/profiles.d/$long@.yaml"
printf 'while [ ! -e "%s/home/answered" ]; do sleep 0.1; done\ntouch $out\n' "$T" | program slow
profile slowly /oauth/v1/token "on_refresh: {command: [$T/bin/slow]}"
user tokenward get slowly >/dev/null; is $? 0 "a reader is answered"
[ ! -e "$T/home/slow.out" ]; is $? 0 "before the hook has ended"
touch "$T/home/answered"
until_true 30 test -e "$T/home/slow.out"; is $? 0 "which ends all the same"
echo 'touch $out; sleep 20' | program long
profile longer /oauth/v1/token "on_refresh: {command: [$T/bin/long]}"
profile later /m/delay=500/oauth/v1/token "on_refresh: {command: [$T/bin/told]}"
out=$(user tokenward-helper --deadline 9 fetch longer later 2>&1); is $? 0 "a hook that has not ended at the deadline fails no fetch"
[ -e "$T/home/long.out" ]; is $? 0 "was begun"
like "$out" "on_refresh of 'longer': ended before its end: there was no time left" "is ended, and told"
like "$out" "on_refresh of 'later': not begun: there was no time left" "and so is one for which none is left"
[ ! -e "$T/home/told.out" ]; is $? 0 "which was not begun"
printf 'echo "no such bus" >&2\nprintf "\\033[31mred\\n"\nexit 3\n' | program fails
profile fails /oauth/v1/token "on_refresh: {command: [$T/bin/fails]}"
out=$(user tokenward-helper fetch fails 2>&1); is $? 0 "a hook that fails fails no fetch"
like "$out" "on_refresh of 'fails': failed with exit status 3" "and is told"
like "$out" "it said: no such bus" "with what it said"
like "$(user tokenward status fails)" "^ *[0-9]* s ago: on_refresh of 'fails': failed with exit status 3" "status tells of one failure"
user tokenward-helper fetch --force fails 2>/dev/null
out=$(user tokenward status fails)
like "$out" "^ *[0-9]* s ago, 2 times in a row: on_refresh of 'fails': failed with exit status 3" "status says so"
like "$out" "^ *hint: it said: no such bus" "with what it said"
like "$(user tokenward status --json fails)" '"on_refresh": *{"status": *"config", *"message": *"on_refresh of .fails.: failed with exit status 3.*"failures": *2, *"failed_at": *[0-9]*, *"age"' "and status --json"
H=$T/run/tokenward/fails/hook
numbers() { user tokenward status --json fails | sed -n 's/.*"failures": *2, *"failed_at": *\([0-9]*\), *"age": *\(-*[0-9]*\)}.*/\1 \2/p'; }
failed=$(sed -n 's/^failed_at=//p' "$H")
set -- $(numbers)
is "$1" "$failed" "--json: when it was"
[ "$2" -lt 600 ]; ok $? "--json: how long ago ($2 s)"
sed -i "s/^failed_at=.*/failed_at=$((failed + 86400))/" "$H"
is "$(numbers)" "$((failed + 86400)) 0" "tomorrow's, before a clock was set back: no less than no time ago"
is "$(stat -c %a "$H")" 600 "which others may not read"
sed -i 's/^issued_at=.*/issued_at=9999999999/' "$(record fails)"
printf '%s' "$(user tokenward status fails)" | grep -q on_refresh; is $? 1 "but not of a token before this one's"
profile mends /oauth/v1/token "on_refresh: {command: [$T/bin/mends]}"
printf 'exit 1
' | program mends
user tokenward-helper fetch mends 2>/dev/null
[ -e "$T/run/tokenward/mends/hook" ]; is $? 0 "one that fails"
printf 'exit 0
' | program mends
user tokenward-helper fetch --force mends
[ ! -e "$T/run/tokenward/mends/hook" ]; is $? 0 "and goes well again has nothing to tell"

profile absent /oauth/v1/token "on_refresh: {command: [$T/bin/nosuch]}"
like "$(user tokenward-helper fetch absent 2>&1)" "on_refresh of 'absent': there is no such program, or it may not be run" "a program that is not there is told"
echo "neither a script nor a program" >"$T/bin/text"
chmod 755 "$T/bin/text"
profile text /oauth/v1/token "on_refresh: {command: [$T/bin/text]}"
like "$(user tokenward-helper fetch text 2>&1)" "on_refresh of 'text': cannot be started: Exec format error" "and one that is none"
rm "$T/config/tokenward/profiles.d/absent.yaml" "$T/config/tokenward/profiles.d/text.yaml"

# Who logs out while a hook runs leaves nothing behind.
printf 'rm -r "%s/run/tokenward/leaves"\nexit 1\n' "$T" | program leaves
profile leaves /oauth/v1/token "on_refresh: {command: [$T/bin/leaves]}"
user tokenward-helper fetch leaves >/dev/null 2>&1
[ ! -e "$T/run/tokenward/leaves" ]; is $? 0 "a directory that was removed meanwhile is not made again"
rm "$T/config/tokenward/profiles.d/leaves.yaml"

# A signal.
user sh -c 'trap "touch \"$0/hup\"" USR1; echo $$ >"$0/pid"; while [ ! -e "$0/end" ]; do sleep 0.1; done' "$T/home" &
waiting=$!
until_true 30 test -s "$T/home/pid"
profile signals /oauth/v1/token "on_refresh: {signal: USR1, pidfile: $T/home/pid}"
user tokenward-helper fetch signals; is $? 0 "a signal"
until_true 30 test -e "$T/home/hup"; is $? 0 "reaches the process of the pidfile"
rm -f "$T/home/hup"
chmod 646 "$T/home/pid"
like "$(user tokenward-helper --force fetch signals 2>&1)" "on_refresh of 'signals': mode 0646 lets others write it" "a pidfile that others may write is told"
chmod 664 "$T/home/pid"
like "$(user tokenward-helper --force fetch signals 2>&1)" "on_refresh of 'signals': mode 0664 lets others write it" "or the group"
chmod 644 "$T/home/pid"
if [ "$(id -u)" = 0 ]; then
    chown 65533 "$T/home/pid"
    like "$(user tokenward-helper --force fetch signals 2>&1)" "on_refresh of 'signals': belongs to uid 65533" "one of another user's is told"
    own "$T/home/pid"
fi
sleep 0.3 # the shell of the trap looks ten times a second
[ ! -e "$T/home/hup" ]; is $? 0 "and the process is sent nothing"
user tokenward-helper --force fetch signals 2>/dev/null
until_true 30 test -e "$T/home/hup"; is $? 0 "which lives"
touch "$T/home/end"
wait "$waiting"
for bad in 1 0 -5 x 4294967298 ""; do
    echo "$bad" | user tee "$T/home/pid" >/dev/null
    like "$(user tokenward-helper --force fetch signals 2>&1)" "holds no process's number" "a pidfile of '$bad' is told"
done

# A unit, by systemctl; which stands in here for a manager.
# shellcheck disable=SC2016
echo 'echo "$*" >$out' | program systemctl
mkdir "$T/home/path"
if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
    profile unit /oauth/v1/token 'on_refresh: {reload: shop.service}'
    unshare -m sh -c "mount --bind '$T/bin' /usr/local/sbin && exec setpriv --reuid=$USER_ID --regid=$USER_ID --clear-groups tokenward-helper fetch unit"
    is "$(cat "$T/home/systemctl.out")" "--no-ask-password --user --no-block try-reload-or-restart -- shop.service" "reload: what systemctl is told"
    profile unit /oauth/v1/token 'on_refresh: {restart: shop.service}'
    unshare -m sh -c "mount --bind '$T/bin' /usr/local/sbin && exec setpriv --reuid=$USER_ID --regid=$USER_ID --clear-groups tokenward-helper --force fetch unit"
    is "$(cat "$T/home/systemctl.out")" "--no-ask-password --user --no-block try-restart -- shop.service" "restart: what systemctl is told"
    profile unit /oauth/v1/token 'on_refresh: {signal: USR1, unit: shop.service}'
    unshare -m sh -c "mount --bind '$T/bin' /usr/local/sbin && exec setpriv --reuid=$USER_ID --regid=$USER_ID --clear-groups tokenward-helper --force fetch unit"
    is "$(cat "$T/home/systemctl.out")" "--no-ask-password --user --signal=USR1 kill -- shop.service" "signal: what systemctl is told"
else
    skip "what systemctl is told" "needs root and a mount namespace"
fi
rm -f "$T/config/tokenward/profiles.d/unit.yaml" "$T/config/tokenward/profiles.d/signals.yaml"

# A hook reads the file that its token's profile is in, and no other one.
D=$T/config/tokenward/profiles.d
# shellcheck disable=SC2016
echo 'echo "$1 $TOKENWARD_PROFILE" >$out' | program runs
# hook NAME: runs it as the resident helper has it run; which files it opened.
hook() {
    rm -f "$T/home/runs.out"
    strace -f -qq -s 4096 -e trace=openat -o "$T/opened" setpriv --reuid="$USER_ID" --regid="$USER_ID" --clear-groups \
        "$T/bin/tokenward-helper" hook -- "$1" >"$T/hook.out" 2>&1
    echo "$? $(cat "$T/home/runs.out" 2>/dev/null)"
}
opened() { grep -o '"[^"/]*\.yaml", .*' "$T/opened" | sed -n 's/^"\(.*\)".*) = [0-9]*$/\1/p' | tr '\n' ' '; }
if can_trace && ! is_sanitized; then
    mkdir "$T/away"
    mv "$D"/* "$T/away/"
    profile own /oauth/v1/token "on_refresh: {command: [$T/bin/runs, first]}"
    profile other /oauth/v1/token
    profile team@ /oauth/v1/token 'instances: [one, two]' 'params: {tenant: "%i"}' "on_refresh: {command: [$T/bin/runs, team]}"
    cat >"$D/linked.yaml" <<END
profiles:
  linked:
    provider: token_exchange
    token_endpoint: $URL/oauth/v1/token
    client_id: $CLIENT_ID
    ca_file: $CA
    client_secret: $CANARY
    subject_token: {profile: other}
    on_refresh: {command: [$T/bin/runs, linked]}
END
    cat >"$D/stack.yaml" <<END
profiles:
  stack:
    on_refresh: {command: [$T/bin/runs, stack]}
    any_of:
    - {provider: file, file: $T/home/none}
    - {provider: exec, command: [/bin/echo, a-token], default_lifetime: 900}
END
    printf 'profiles:\n  main: {provider: exec, command: [/bin/echo, a-token], default_lifetime: 900, %s}\n' \
        "on_refresh: {command: [$T/bin/runs, main]}" >"$T/config/tokenward/profiles.yaml"
    own "$D" "$T/config/tokenward/profiles.yaml"
    chmod 600 "$D"/* "$T/config/tokenward/profiles.yaml"
    for name in own team@two stack linked main; do
        user tokenward-helper --no-hooks fetch "$name" >"$T/fetched" 2>&1; is $? 0 "$name: a token"; sed "s/^/# /" "$T/fetched"
    done
    user tokenward-helper --no-hooks reject own
    is "$(hook own)" "0 " "a token that was rejected meanwhile has no hook"
    user tokenward-helper --no-hooks fetch own
    is "$(hook own)" "0 first own" "a profile's hook runs"
    is "$(opened)" "own.yaml " "and its own file alone is read"
    is "$(hook team@two)" "0 team team@two" "an instance's"
    is "$(opened)" "team@.yaml " "its template's file alone is read"
    is "$(hook stack)" "0 stack stack" "that of several sources"
    is "$(opened)" "stack.yaml " "its own file alone is read"
    is "$(hook linked)" "0 linked linked" "one whose secret is another profile's token"
    is "$(opened)" "linked.yaml " "its own file alone is read"
    is "$(hook main)" "0 main main" "one of profiles.yaml"
    is "$(opened)" "profiles.yaml " "which alone is read"
    rm "$T/config/tokenward/profiles.yaml"
    # What the record says of another file is nobody's word.
    sed 's/, first]/, planted]/' "$D/own.yaml" >"$T/home/own.yaml"
    own "$T/home/own.yaml"
    chmod 600 "$T/home/own.yaml"
    mark=$(stat -c '%d:%i:%s:%.9Y:%.9Z' "$T/home/own.yaml")
    cp -p "$(record own)" "$T/kept"
    sed -i "s|^source=.*|source=$T/home/own.yaml|; s|^source_mark=.*|source_mark=$mark|" "$(record own)"
    own "$(record own)"
    is "$(hook own)" "0 first own" "a file that is none of the profiles' is not believed"
    is "$(grep -c "$T/home/own.yaml" "$T/opened")" 0 "nor read"
    sed -i "s|^source=.*|source=$D/../../../home/own.yaml|" "$(record own)"
    is "$(hook own)" "0 first own" "nor one behind a path that leads away"
    cp -p "$T/kept" "$(record own)"
    sed -i 's/, first]/, second]/' "$D/own.yaml"
    own "$D/own.yaml"
    is "$(hook own)" "0 second own" "of a file that was edited the new one runs"
    like "$(opened)" "other.yaml" "after all were read"
    mv "$D/own.yaml" "$D/moved.yaml"
    is "$(hook own)" "0 second own" "and of one that was moved"
    rm "$D/moved.yaml"
    like "$(hook own; cat "$T/hook.out")" "own" "one that is gone is told"
    [ ! -e "$T/home/runs.out" ]; is $? 0 "and has none"
    rm "$D"/*
    mv "$T/away"/* "$D/"
else
    skip "the files that a hook reads" "needs strace and root"
fi

# What is none.
while IFS= read -r line; do
    profile bad /oauth/v1/token "on_refresh: $line"
    out=$(user tokenward-helper check 2>&1); is $? 78 "refused: $line"
    like "$out" "bad.yaml:8:[0-9]*: .*on_refresh" "with its place"
done <<'END'
{command: /bin/true}
{command: [/bin/true], reload: a.service}
{reload: a}
{reload: -H.evil}
{signal: KILL, pidfile: /run/x}
{signal: HUP}
{pidfile: /run/x}
{sginal: HUP}
now
END
rm "$T/config/tokenward/profiles.d/bad.yaml"

# The resident helper: beside everything else, and once for many.
# shellcheck disable=SC2016
printf 'echo "$TOKENWARD_GENERATION" >>$out\nsleep 1\n' | program counts
profile many /oauth/v1/token "on_refresh: {command: [$T/bin/counts]}"
# shellcheck disable=SC2016
printf 'dd if=/dev/zero bs=1024 count=512 2>/dev/null\necho done >$out\nexit 1\n' | program talks
profile talks /oauth/v1/token "on_refresh: {command: [$T/bin/talks]}"
rm -rf "$T/run/tokenward/fails"
serve
until_true 30 test -e "$T/home/counts.out"; is $? 0 "serve: it runs"
until_true 30 test -e "$T/home/talks.out"; is $? 0 "one that prints half a megabyte is not held up"
until_true 30 grep -q "on_refresh of 'fails': failed with exit status 3" "$T/serve.out"; is $? 0 "serve: a failure is told"
for _ in 1 2 3; do
    generation=$(field many generation)
    age many 3000
    kill -HUP "$(helper_pid)"
    until_true 30 sh -c "[ \"\$(sed -n 's/^generation=//p' '$(record many)')\" -gt $generation ]"
done
last=$(field many generation)
until_true 30 grep -qx "$last" "$T/home/counts.out"; is $? 0 "the last generation is told"
[ "$(wc -l <"$T/home/counts.out")" -le "$last" ]; is $? 0 "and never more than there were"
# A file that is read again and has the same token has none to tell of.
# shellcheck disable=SC2016
echo 'echo "$TOKENWARD_GENERATION" >>$out' | program held
hold() { user sh -c 'printf %s "$1" >"$0.new" && mv "$0.new" "$0"' "$T/home/token" "$1"; }
hold one
printf 'profiles:\n  held: {provider: file, file: %s, default_lifetime: 86400, on_refresh: {command: [%s]}}\n' "$T/home/token" "$T/bin/held" >"$D/held.yaml"
chmod 600 "$D/held.yaml"; own "$D/held.yaml"
kill -HUP "$(helper_pid)"
until_true 30 grep -qx 1 "$T/home/held.out"; is $? 0 "the token of a file is told"
age held 3700
kill -HUP "$(helper_pid)"
until_true 30 sh -c "[ \"\$(sed -n 's/^refresh_at=//p' '$(record held)')\" -gt $(date +%s) ]"; is $? 0 "which is read again"
hold two
user tokenward get held >/dev/null
until_true 30 grep -qx "$(field held generation)" "$T/home/held.out"
is "$(tr '\n' ' ' <"$T/home/held.out")" "1 2 " "and told again when it is another one"
rm "$D/held.yaml"
profile many /oauth/v1/token "on_refresh: {command: [/bin/sleep, '60.$$']}"
rm -rf "$T/run/tokenward/many"
kill -HUP "$(helper_pid)"
until_true 30 sh -c "pgrep -u $USER_ID -f '^/bin/sleep 60[.]$$\$' >/dev/null"; is $? 0 "a hook that hangs"
rm "$T/config/tokenward/profiles.d/many.yaml"
stop; is $? 0 "does not hold up the end"
pkill -u "$USER_ID" -f "^/bin/sleep 60[.]$$\$"

# A failure is none any more of a profile that has no hook.
PYTHON=/usr/bin/python3 # not one of root's home
if [ -x $PYTHON ]; then
    cp "$TOP_SRC/tests/flow/ring.py" "$T/bin/"
    chmod 644 "$T/bin/ring.py"
    failing() { user $PYTHON "$T/bin/ring.py" "$T/run/tokenward/doorbell" 'command=status\n' | grep -qx "failing_on_refresh=$1"; }
    mv "$D"/* "$T/home/"
    profile fails /oauth/v1/token "on_refresh: {command: [$T/bin/fails]}"
    touch "$T/home/held"
    # shellcheck disable=SC2016
    printf 'echo $$ >$out\nwhile [ -e "%s/home/held" ]; do sleep 0.1; done\nexit 1\n' "$T" | program holds
    profile holds /oauth/v1/token "on_refresh: {command: [$T/bin/holds]}"
    rm -rf "$T/run/tokenward/fails"
    serve
    until_true 30 failing 1; is $? 0 "a hook that fails is counted"
    until_true 30 test -s "$T/home/holds.out"
    profile fails /oauth/v1/token
    profile holds /oauth/v1/token
    until_true 30 failing 0; is $? 0 "and is not any more when its profile has none"
    rm "$T/home/held"
    until_true 30 grep -q "on_refresh of 'holds': failed" "$T/serve.out"
    is "$(sleep 0.3; failing 0; echo $?)" 0 "nor is one that had begun before"
    stop; is $? 0 "it ends"
else
    skip "hooks that fail are counted" "python3 is not installed"
fi

# One that is fetched apart: once for each token, whatever its number is, and
# not for one that somebody else has brought.
rm -f "$D"/*
# shellcheck disable=SC2016
printf 'echo "$TOKENWARD_GENERATION" >>$out\n' | program apart
profile apart '/m/expires-in=12/oauth/v1/token' "on_refresh: {command: [$T/bin/apart]}"
sed -i "s#client_secret:.*#client_secret: {command: [cat, $T/config/tokenward/secret]}#" "$D/apart.yaml"
told() { tr '\n' ' ' <"$T/home/apart.out"; }
is_told() { [ "$(told)" = "$1" ]; }
serve
until_true 30 is_told "1 "; is $? 0 "apart: its hook runs"
user tokenward logout apart 2>/dev/null
sleep 6 # from one token to the next
user tokenward get apart >/dev/null; is $? 0 "after a logout there is another first token"
until_true 30 is_told "1 1 "; is $? 0 "whose hook runs, too"
user tokenward-helper --force fetch apart; is $? 0 "another process fetches"
until_true 30 sh -c "grep -qx 'generation=3' '$(record apart)'"
until_true 30 is_told "1 1 2 3 "; is "$(told)" "1 1 2 3 " "its token's hook runs once"

# One that is killed when its token is there, and before it says so.
if can_trace && ! is_sanitized; then
    profile apart /oauth/v1/token "on_refresh: {command: [$T/bin/apart]}"
    sed -i "s#client_secret:.*#client_secret: {command: [cat, $T/config/tokenward/secret]}#" "$D/apart.yaml"
    sleep 2
    user tokenward logout apart 2>/dev/null
    rm "$T/home/apart.out"
    strace -f -qq -o "$T/killed" -p "$(pgrep -P "$(helper_pid)")" -e trace=renameat -e inject=renameat:signal=KILL:when=2 2>/dev/null &
    tracer=$!
    until_true 30 grep -q "^TracerPid:[^0-9]*[1-9]" "/proc/$(pgrep -P "$(helper_pid)")/status"
    kill -HUP "$(helper_pid)"
    until_true 30 grep -q "killed by SIGKILL" "$T/killed"; is $? 0 "one that is killed after it has published"
    until_true 10 is_told "1 "; is "$(told)" "1 " "has its token's hook run all the same"
    kill "$tracer"
    wait "$tracer"
else
    skip "one that is killed after it has published" "needs strace and root"
fi

# Without the process that starts programs there are no hooks.
kill -KILL "$(pgrep -P "$(helper_pid)")"
until_true 8 sh -c "! kill -0 $EXTRA_PID"
wait "$EXTRA_PID"; is $? 71 "the process that starts them is gone: it ends, to be started again"
like "$(cat "$T/serve.out")" "^tokenward-helper: the process that starts programs has ended" "says so"
like "$(cat "$T/serve.out")" "hint: start the helper again" "and what to do"

# Where the kernel tells nobody of a process's end.
if [ -x "$TOP_BUILD/tests/flow/lacking" ]; then
    cp "$TOP_BUILD/tests/flow/lacking" "$T/bin/"
    rm -f "$D"/* "$T/home/told.out"
    for n in 1 2 3 4 5; do profile "told$n" /oauth/v1/token "on_refresh: {command: [$T/bin/told]}"; done
    out=$(user lacking --pidfd tokenward-helper fetch told1 2>&1); is $? 0 "without pidfd_open(2): a fetch"
    like "$out" "on_refresh of 'told1': Function not implemented" "tells that there is no hook"
    rm -rf "$T/run/tokenward/told1" "$T/run/tokenward/apart"
    profile apart /oauth/v1/token
    sed -i "s#client_secret:.*#client_secret: {command: [cat, $T/config/tokenward/secret]}#" "$D/apart.yaml"
    user lacking --pidfd "$T/bin/tokenward-helper" serve >"$T/serve.out" 2>&1 &
    EXTRA_PID=$!
    until_true 30 has_token told5
    all_are_told() { [ "$(grep -c "on_refresh of 'told[1-5]': cannot be watched, and was killed: Function not implemented" "$T/serve.out")" = 5 ]; }
    until_true 3 all_are_told; is $? 0 "the resident helper tells that it cannot watch them, and waits for none"
    until_true 30 grep -q 'profile=apart .*starting a process: Function not implemented' "$T/serve.out"; is $? 0 "nor a fetch apart"
    is "$(pgrep -r Z -P "$(pgrep -P "$(helper_pid)")")" "" "and leaves none behind"
    stop
else
    skip "without pidfd_open(2)" "lacking was not built"
fi
done_testing
