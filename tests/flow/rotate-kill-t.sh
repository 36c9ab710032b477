#!/bin/sh
# SPDX-License-Identifier: MIT
# rotate-kill-t.sh - SIGKILL at each system call of a refresh whose server
# takes each refresh token once.  A login that is lost is one that the server
# ended because a used token came again: it says so itself.  ROTATE_POINTS=all
# kills at every call, by default it is a part of them.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
command -v strace >/dev/null || skip_all "strace is not installed"
! hides_sockets || skip_all "strace cannot tell one use of a socket from another here"
strace -o /dev/null true 2>/dev/null || skip_all "strace may not trace here"
is_sanitized && skip_all "a sanitizer's build has system calls of its own"
sandbox
FETCH="$T/bin/tokenward-helper fetch --force"
# Where a login is lost, the next run finds another one here.
rotating() { # rotating NAME PATH
    profile "$1" "$2" 'provider: refresh_token' \
        "refresh_token: {command: [curl, -s, --cacert, $CA, $URL/mint/$CLIENT_ID]}"
    sed -i '/scope:/d' "$T/config/tokenward/profiles.d/$1.yaml"
    # shellcheck disable=SC2086
    user $FETCH "$1" || { echo "Bail out! no token"; exit 1; }
}
lost() { curl -s --cacert "$CA" "$URL/families" | grep -c ' reused '; }

# calls NAME: the worker's system calls in order, each with its number among
# those of its name; SENT, READ: where the request went, where the answer came.
calls() {
    # shellcheck disable=SC2086
    user strace -f -o "$T/run/trace" $FETCH "$1" || { echo "Bail out! no trace"; exit 1; }
    worker=$(awk '/ fsync\(/ { print $1; exit }' "$T/run/trace")
    awk -v p="$worker" '$1 == p { sub(/^[0-9]+ +/, ""); if (match($0, /^[a-z_0-9]+\(/)) {
        n = substr($0, 1, RLENGTH - 1); print ++i, n, ++c[n]; next } }' "$T/run/trace" >"$T/calls"
    kept=$(awk '$2 == "fsync" { print $1; exit }' "$T/calls")
    READ=$(awk -v k="$kept" '$1 < k && $2 ~ /^recv|^read$/ { r = $1 } END { print r }' "$T/calls")
    SENT=$(awk -v r="$READ" '$1 < r && $2 ~ /^send|^write$/ { s = $1 } END { print s }' "$T/calls")
    TOTAL=$(wc -l <"$T/calls")
}
# sweep NAME: kills at each of $T/points; counts what is lost before the
# answer was read, and after it.
sweep() {
    early=0 late=0 points=0
    while read -r at call nth; do
        case $call in exit_group | execve | exit) continue ;; esac
        before=$(lost)
        # shellcheck disable=SC2086
        user strace -f -o /dev/null -e trace="$call" -e inject="$call:signal=KILL:when=$nth" $FETCH "$1" >/dev/null 2>&1
        # shellcheck disable=SC2086
        user $FETCH "$1" >"$T/err" 2>&1 || { sed 's/^/# /' "$T/err"; echo "# no token after $call $nth"; late=$((late + 1)); }
        points=$((points + 1))
        [ "$(lost)" = "$before" ] && continue
        # How many of these an answer takes is another number from run to run.
        case $call in *poll* | recv* | send*) sure=no ;; *) sure=yes ;; esac
        if [ "$at" -gt "$READ" ] && [ $sure = yes ]; then late=$((late + 1)); else early=$((early + 1)); fi
        echo "# lost at call $at of $TOTAL: $call $nth (sent at $SENT, read at $READ)"
    done <"$T/points"
}
choose() { # choose HOW-MANY: all from the request to the end, and a part of what was before
    if [ "${ROTATE_POINTS:-}" = all ]; then
        cp "$T/calls" "$T/points"
    else
        awk -v s="$SENT" '$1 > s' "$T/calls" >"$T/after"
        awk -v n="$1" -v t="$(wc -l <"$T/after")" 'NR <= n * 3 / 4 || NR % (int((t + n - 1) / n * 4)) == 0' "$T/after" >"$T/points"
        awk -v s="$SENT" 'NR < s && NR % 40 == 0' "$T/calls" >>"$T/points"
    fi
}

rotating strict /oauth/v1/token
calls strict
[ "$READ" -gt "$SENT" ]; ok $? "the calls are known: sent at $SENT, read at $READ, $TOTAL in all"
choose 60
sweep strict
echo "# strict server: $points kills, $early lost with an answer that was not read, $late after it"
is $late 0 "a strict server: no login is lost once the answer was read"
[ $early -gt 0 ]; ok $? "kills before that were among them ($early lost: no client can help it)"
is "$(find "$T/home/.local/state/tokenward" -name '.next.*' | wc -l)" 0 "no file is left over"
is "$(pgrep -f "^$T/bin/tokenward-helper" | wc -l)" 0 "no process is left"

rotating kind /m/grace=600000/oauth/v1/token
calls kind
choose 24
sweep kind
echo "# a server with a grace period: $points kills, $early and $late lost"
is $((early + late)) 0 "a server that takes the last token again: no login is lost at all"

# Errors instead of kills, in what comes after the answer.
before_errors=$(lost)
rotating broken /m/grace=600000/oauth/v1/token
for inject in fsync:error=EIO renameat:error=EIO:when=1 ftruncate:error=EIO fallocate:error=EOPNOTSUPP flock:error=ENOLCK; do
    # shellcheck disable=SC2086
    user strace -f -o /dev/null -e trace="${inject%%:*}" -e inject="$inject" $FETCH broken >/dev/null 2>"$T/err"
    status=$?
    # shellcheck disable=SC2086
    user $FETCH broken; is $? 0 "$inject (exit $status): the login goes on"
done
is "$(lost)" "$before_errors" "and none was lost"
rotating strict /oauth/v1/token
user $FETCH strict; is $? 0 "a server that takes no token twice"
user strace -f -o /dev/null -e trace=renameat -e inject=renameat:error=EIO:when=1 $FETCH strict >/dev/null 2>"$T/err"
is $? 71 "the next refresh token cannot take its place: exit 71"
like "$(cat "$T/err")" "the refresh token may not be kept" "which is told"
user $FETCH strict; is $? 0 "and the login goes on, with that one"
is "$(lost)" "$before_errors" "which is not lost"
# Where the next one could not be kept it is not asked for: a limit of files, and
# a full disk whose file system cannot allocate.
unkept() { # unkept NAME COMMAND...: a fetch under it
    name=$1
    shift
    # shellcheck disable=SC2086
    out=$(user "$@" $FETCH strict 2>&1); is $? 71 "$name: exit 71"
    like "$out" "no room for the next refresh token of 'strict', so it is not asked for" "$name: says so"
    # shellcheck disable=SC2086
    user $FETCH strict; is "$? $(lost)" "0 $before_errors" "$name: the login goes on"
}
for limit in 0 100 4096; do unkept "files of $limit bytes" prlimit --fsize=$limit; done
unkept "a full disk on NFS" strace -f -o /dev/null -e trace=fallocate,pwrite64 -e inject=fallocate:error=EOPNOTSUPP -e inject=pwrite64:error=ENOSPC
done_testing
