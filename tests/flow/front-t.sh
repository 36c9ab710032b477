#!/bin/sh
# SPDX-License-Identifier: MIT
# front-t.sh - what the front ends keep to themselves and what they pass on:
# memory, core files, limits, signals, exit statuses, descriptors, variables.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
# A sanitizer's build cannot look for leaks in a process nobody may look into.
export ASAN_OPTIONS=detect_leaks=0
sandbox
profile pay /oauth/v1/token 'match: https://git.example.test' 'env: {PAY_TOKEN: token, PAY_HEADER: header}'
profile slow /m/delay=2500/oauth/v1/token
token=$(user tokenward get pay)

# Who owns /proc/PID/mem: root, once the process is not dumpable.
process_of() { # process_of PROGRAM: waits for one to be there
    for _ in $(seq 50); do
        pid=$(pgrep -f "^$1" | head -n 1)
        [ -z "$pid" ] || { echo "$pid"; return; }
        sleep 0.05
    done
}
guarded() { # guarded PROGRAM NAME
    pid=$(process_of "$1")
    sleep 0.2
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
for _ in $(seq 40); do pgrep -f "^$T/bin/(tokenward|git-credential-tokenward) get" >/dev/null || break; sleep 0.05; done
if [ "$control" -gt 0 ]; then
    is "$(cores)" 0 "a crash leaves no core file"
else
    skip "a crash leaves no core file" "core files are not written to the working directory here"
fi

# exec: the command is as if started without us.
is "$(user sh -c 'ulimit -S -c 100; tokenward exec pay -- sh -c "ulimit -S -c"')" 100 "exec: the limit on core files is the caller's"
is "$(user tokenward exec pay -- stat -L -c %u /proc/self/mem)" "$USER_ID" "exec: the command may be looked into"
done_testing
