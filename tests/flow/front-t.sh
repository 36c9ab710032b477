#!/bin/sh
# SPDX-License-Identifier: MIT
# front-t.sh - what the front ends keep to themselves and what they pass on:
# memory, core files, limits, signals, exit statuses, descriptors, variables.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
# A sanitizer's build cannot look for leaks in a process nobody may look into,
# and would set the limit on core files itself.
export ASAN_OPTIONS=detect_leaks=0:disable_coredump=0
sandbox
profile pay /oauth/v1/token 'match: https://git.example.test' 'env: {PAY_TOKEN: token, PAY_HEADER: header}'
profile slow /m/delay=15000/oauth/v1/token
token=$(user tokenward get pay)

# Who owns /proc/PID/mem: root, once the process is not dumpable.
process_of() { # process_of PROGRAM: waits for one to be there
    until_true 20 pgrep -o -f "^$1"
}
is_guarded() { [ "$(stat -c %u "/proc/$1/mem")" = 0 ]; }
guarded() { # guarded PROGRAM NAME
    pid=$(process_of "$1")
    until_true 30 is_guarded "$pid"
    is "$(stat -c %u "/proc/$pid/mem")" 0 "$2: no other process of the user reads its memory"
    is "$(sed -n 's/^Max core file size *\([^ ]*\).*/\1/p' "/proc/$pid/limits")" 0 "$2: no core"
    kill -SEGV "$pid"
}
# Whether a crash leaves a core file here at all.
mkdir "$T/run/cores"; own "$T/run/cores"
crash_here() { user sh -c 'ulimit -c unlimited 2>/dev/null; cd "$XDG_RUNTIME_DIR/cores" || exit; "$@"' sh "$@"; }
cores() { find "$T/run/cores" -type f | wc -l; }
crash_here sh -c 'kill -SEGV $$' >/dev/null 2>&1
control=$(cores)
rm -f "$T/run/cores"/*
mkfifo "$T/fifo"; chmod 666 "$T/fifo"
crash_here "$T/bin/tokenward" get slow >/dev/null 2>&1 &
guarded "$T/bin/tokenward get" "tokenward get"
crash_here "$T/bin/git-credential-tokenward" get <"$T/fifo" >/dev/null 2>&1 &
exec 8>"$T/fifo"
guarded "$T/bin/git-credential-tokenward get" "git-credential-tokenward get"
exec 8>&-
# The sandbox is a child too: wait for the two alone.
until_true 30 eval '! pgrep -f "^$T/bin/(tokenward|git-credential-tokenward) get" >/dev/null'
if [ "$control" -gt 0 ]; then
    is "$(cores)" 0 "a crash leaves no core file"
else
    skip "a crash leaves no core file" "core files are not written to the working directory here"
fi

# exec: the command is as if started without us.
is "$(user sh -c 'ulimit -S -c 100; tokenward exec pay -- sh -c "ulimit -S -c"')" 100 "exec: the limit on core files is the caller's"
is "$(user tokenward exec pay -- stat -L -c %u /proc/self/mem)" "$USER_ID" "exec: the command may be looked into"
in_both() { # in_both NAME SCRIPT: says the same with us as without; "_" is what a shell has started
    is "$(user env -u _ tokenward exec bare -- sh -c "$2")" "$(user env -u _ sh -c "$2")" "exec: $1"
}
profile bare /oauth/v1/token
bare=$(user tokenward get bare)
in_both "no descriptor is added" 'ls /proc/self/fd'
in_both "signals are as they were" 'grep -E "^Sig(Blk|Ign|Cgt)" /proc/self/status'
in_both "limits are as they were" 'cat /proc/self/limits'
in_both "the environment has one variable more" 'env | grep -v "^BEARER_TOKEN_FILE=" | sort'
is "$(user env BEARER_TOKEN=another tokenward exec bare -- sh -c 'echo "${BEARER_TOKEN-none}"')" none "exec: another token of the caller's, which would be found first, is not handed on"
user tokenward exec bare -- sh -c 'tr "\0" "\n" <"/proc/$$/environ"; tr "\0" "\n" <"/proc/$$/cmdline"' >"$T/out"
is "$(grep -c -F -e "$bare" "$T/out")" 0 "exec: without env: the token is in no variable and no argument"
# shellcheck disable=SC2016
clouds='echo "${AWS_WEB_IDENTITY_TOKEN_FILE:-none} ${AZURE_FEDERATED_TOKEN_FILE:-none}"'
is "$(user env -u AWS_WEB_IDENTITY_TOKEN_FILE -u AZURE_FEDERATED_TOKEN_FILE tokenward exec --aws bare -- sh -c "$clouds")" \
    "$T/run/tokenward/bare/token none" "exec --aws: its variable names the token file"
is "$(user env -u AWS_WEB_IDENTITY_TOKEN_FILE -u AZURE_FEDERATED_TOKEN_FILE tokenward exec --azure bare -- sh -c "$clouds")" \
    "none $T/run/tokenward/bare/token" "exec --azure: and its own"
is "$(user tokenward exec pay -- sh -c 'echo "$PAY_TOKEN"; echo "$PAY_HEADER"')" "$token
Authorization: Bearer $token" "exec: with env: it is where that says"
# A record of somebody else's making, and one of a token that is no bearer's.
cp -p "$(record pay)" "$T/kept"
edit() { sed -i "$@" "$(record pay)"; } # edit SCRIPT: of sed's
edit 's/^export=PAY_TOKEN=token$/export=PAY.TOKEN=token/'
is "$(user tokenward exec pay -- env | grep -c '^PAY.TOKEN=')" 0 "exec: a name that is no variable's is none of the command's"
edit -e 's/^export=PAY.TOKEN=/export=PAY_TOKEN=/' -e 's/^token_type=.*/token_type=N_A/'
is "$(user tokenward exec pay -- sh -c 'echo "$PAY_TOKEN ${PAY_HEADER-none}"')" "$token none" "exec: a token that is no bearer's is sent in no bearer's header"
edit 's/^token_type=.*/token_type=bearer/'
is "$(user tokenward exec pay -- sh -c 'echo "$PAY_HEADER"')" "Authorization: Bearer $token" "exec: in whatever case the type is written"
cat "$T/kept" >"$(record pay)"
age pay $(($(field pay lifetime) - 900))
out=$(user tokenward exec pay --min-valid 1200 -- sh -c 'echo "$PAY_TOKEN"')
[ -n "$out" ] && [ "$out" != "$token" ]; ok $? "exec --min-valid: another token, where this one does not live so long"
token=$out
sed -i 's/scope: payments wallet/scope: payments/' "$T/config/tokenward/profiles.d/pay.yaml"
out=$(user tokenward exec pay -- sh -c 'echo "$PAY_TOKEN"')
is "$(field pay scope) $out" "payments $(field pay access_token)" "exec: and where the profile has changed since"
token=$out
is "$(user sh -c 'echo $$; exec tokenward exec bare -- sh -c "echo \$\$"' | sort -u | wc -l)" 1 "exec: the command is the process that was started"
user tokenward exec bare -- sh -c 'kill -TERM $$'; is $? 143 "exec: a signal's status is the command's, 128+15"
user tokenward exec bare -- sh -c 'trap "exit 9" TERM; echo $$ >"$XDG_RUNTIME_DIR/pid"; while :; do sleep 0.1; done' &
until_true 20 test -s "$T/run/pid"
kill -TERM "$(cat "$T/run/pid")"; wait "$!"; is $? 9 "exec: a signal reaches the command"
out=$(user tokenward exec bare -- "$T/nosuch" 2>&1); is $? 127 "exec: no such command: 127"
like "$out" "^tokenward: $T/nosuch: No such file" "says so"
out=$(user tokenward exec bare -- "$T/config" 2>&1); is $? 126 "exec: one that cannot be run: 126"
for words in 'sh' 'sh -c x' 'curl https://api.example.test' '/bin/true --'; do
    # shellcheck disable=SC2086  # words are wanted
    is "$(user tokenward exec bare $words 2>&1; echo $?)" "tokenward: the command stands after --
tokenward: hint: tokenward help exec
64" "exec: '$words' without --"
done
is "$(user tokenward exec bare --min-valid 9 -- echo yes)" yes "exec: an option after the name"
is "$(user tokenward reject nosuch 2>&1; echo $?)" "tokenward: no token of 'nosuch' is kept
66" "reject: nothing to reject"
user tokenward exec nosuch -- touch "$T/run/ran" 2>/dev/null; is $? 66 "exec: no token: exit 66"
[ ! -e "$T/run/ran" ]; ok $? "and the command is not run"
is "$(user tokenward exec bare -- sh -c 'cat "$BEARER_TOKEN_FILE"; tokenward reject bare; tokenward get bare >/dev/null; echo; cat "$BEARER_TOKEN_FILE"' | sort -u | wc -w)" \
    2 "exec: the file's path stays good when the token is renewed"
is "$(user tokenward exec bare -- printf '[%s]' -- --x '' 'a b')" "[--][--x][][a b]" "exec: the command's words are its own"

# stdout and its like: closed, full, without a reader, not blocking.
out=$(user sh -c 'exec tokenward get pay >&-' 2>&1); is $? 71 "get: stdout closed: exit 71"
like "$out" "^tokenward: the answer could not be written: Bad file descriptor" "says so"
for closed in '<&-' '2>&-' '<&- 2>&-'; do
    forget bare
    out=$(user sh -c "exec tokenward get bare $closed"); is $? 0 "get, cold, $closed: a token"
    is "$(field bare access_token)" "$out" "which is the record's"
done
forget bare
user sh -c 'exec tokenward get bare <&- >&- 2>&-'; is $? 71 "get, cold, all three closed: exit 71"
[ -n "$(field bare access_token)" ]; ok $? "and a record is there all the same"
out=$(user sh -c 'exec git-credential-tokenward get <&-' 2>&1); is $? 71 "git: stdin closed: exit 71"
mkfifo "$T/still"
exec 9<>"$T/still"
printf 'protocol=https\n' >&9
out=$(user timeout 60 git-credential-tokenward get <"$T/still" 2>&1); is $? 75 "git: half a request and no end: exit 75"
like "$out" "no whole request came on stdin within 5 s" "and a word"
exec 9>&-
if [ -c /dev/full ]; then
    out=$(user sh -c 'exec tokenward get pay >/dev/full' 2>&1); is $? 71 "get: a full disk: exit 71"
    like "$out" "No space left" "says so"
else
    skip "a full disk" "there is no /dev/full"
fi
small() { user prlimit --fsize=10 sh -c "exec $* >\"\$XDG_RUNTIME_DIR/small\""; } # small COMMAND: into a file that may have 10 bytes
for command in 'tokenward get pay' 'tokenward status' 'tokenward --help' 'tokenward-credential oidc-token pay' 'git-credential-tokenward --help'; do
    out=$(small "$command" 2>&1); is $? 71 "$command: a file that may not grow: exit 71"
    like "$out" "the answer could not be written: File too large" "says so"
done
printf '#!/bin/sh\n: >"$HOME/edited"\n' >"$T/bin/editor"; chmod 755 "$T/bin/editor"
out=$(user env VISUAL=editor prlimit --fsize=10 tokenward edit pay 2>&1); is $? 71 "edit: a copy that may not grow: exit 71"
is "$(find "$T/config" -name '.edit.*')$(cd "$T/home" && echo edited*)" 'edited*' "and is gone, and no editor was started"
user sh -c '{ while (echo); do sleep 0.1; done; tokenward get pay; echo $? >"$XDG_RUNTIME_DIR/status"; } 2>"$XDG_RUNTIME_DIR/said" | true'
is "$(cat "$T/run/status")" 71 "get: no reader: exit 71, no death by signal"
is "$(cat "$T/run/said")" "" "and not a word"
cat >"$T/full.py" <<'EOF'
import os, subprocess, sys, time
reading, writing = os.pipe()
os.set_blocking(writing, False)
filled = 0
try:
    while True:
        filled += os.write(writing, b"x" * 4096)
except BlockingIOError:
    pass
child = subprocess.Popen(sys.argv[1:], stdout=writing)
time.sleep(0.3)
os.close(writing)
got = b""
while True:
    time.sleep(0.02)
    chunk = os.read(reading, 4096)
    if not chunk:
        break
    got += chunk
sys.stdout.write(got[filled:].decode())
sys.exit(child.wait())
EOF
for PYTHON in python3 /usr/bin/python3 ""; do user $PYTHON -c '' 2>/dev/null && break; done
if [ -n "$PYTHON" ]; then
    out=$(user "$PYTHON" "$T/full.py" tokenward get pay 2>&1); is $? 0 "get: a full pipe that does not block: waits"
    is "$out" "$token" "and gives the token"
    long=$(seq -s . 12000)
    cp -p "$(record bare)" "$T/kept"
    sed -i "s/^access_token=.*/access_token=$long/" "$(record bare)"
    is "$(user "$PYTHON" "$T/full.py" tokenward get bare 2>&1)" "$long" "get: a token that goes through in parts"
    cat "$T/kept" >"$(record bare)"
    out=$(user "$PYTHON" -c 'import os, sys; os.execv(sys.argv[1], ["n" * 3000, "nonsense"])' "$T/bin/tokenward-credential" 2>&1)
    is "$?$(printf '%s\n' "$out" | tr -s n)" "64n: no such protocol
n: hint: tokenward-credential --help lists them" "a caller's name for it without end leaves the message room"
else
    skip "a full pipe that does not block, a name without end" "python3 is not installed"
fi

# A file lies where a profile's directory would.
out=$(user tokenward get --cached epoch 2>&1); is $? 66 "get: a profile by the name of a file: exit 66"

# A host that reaps children itself: the number of the one we started may be
# somebody else's when we are done waiting.
if command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; then
    printf '#!/bin/sh\nsleep 0.4 &\n' >"$T/bin/forks"
    chmod 755 "$T/bin/forks"
    user env TOKENWARD_HELPER="$T/bin/forks" strace -o "$T/run/trace" -e trace=kill,wait4 \
        env --ignore-signal=CHLD tokenward get nosuch >/dev/null 2>&1
    like "$(cat "$T/run/trace")" "^wait4.*ECHILD" "a child that somebody else has reaped"
    is "$(grep -c '^kill' "$T/run/trace")" 0 "is not killed by its number"
else
    skip "a child that somebody else has reaped" "strace does not work here"
fi
done_testing
