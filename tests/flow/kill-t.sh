#!/bin/sh
# SPDX-License-Identifier: MIT
# kill-t.sh - SIGKILL at each system call of a refresh, and errors injected
# into those that write: the reader finds the old token or the new one, whole.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
command -v strace >/dev/null || skip_all "strace is not installed"
strace -o /dev/null true 2>/dev/null || skip_all "strace may not trace here"
# LeakSanitizer cannot work under strace; its build is tested elsewhere.
export ASAN_OPTIONS=detect_leaks=0
sandbox
profile kill /oauth/v1/token
user tokenward get kill >/dev/null || { echo "Bail out! no token"; exit 1; }
FETCH="$T/bin/tokenward-helper fetch --force kill"

# The worker's system calls after it has the reply begin with the lock: every
# call of the whole run is listed, and those are swept first.
# shellcheck disable=SC2086
user strace -f -o "$T/run/trace" $FETCH || { echo "Bail out! no trace"; exit 1; }
awk '{ sub(/^[0-9]+ +/, ""); if (match($0, /^[a-z_0-9]+\(/)) { n = substr($0, 1, RLENGTH - 1); print n, ++c[n] } }' \
    "$T/run/trace" >"$T/calls"
total=$(wc -l <"$T/calls")
limit=${KILL_POINTS:-150}
# The writing end of the run, and an even sample of the rest.
{ tail -n "$((limit * 2 / 3))" "$T/calls"
  awk -v s=$((total / (limit / 3) + 1)) 'NR % s == 0' "$T/calls"; } | sort -u >"$T/points"

whole() { # the record is whole, and one of ours
    [ "$(head -n 1 "$(record kill)")" = tokenward-record=1 ] &&
        [ -n "$(field kill access_token)" ] && [ -n "$(field kill expires_at)" ] &&
        [ "$(tail -c 1 "$(record kill)" | od -An -tx1 | tr -d ' ')" = 0a ] &&
        [ -n "$(user tokenward get --cached kill)" ]
}
old=0 new=0 torn=0 stray=0 points=0
while read -r name nth; do
    case $name in exit_group | execve | exit) continue ;; esac
    before=$(field kill generation)
    user strace -f -o /dev/null -e trace="$name" -e inject="$name:signal=KILL:when=$nth" $FETCH >/dev/null 2>&1
    points=$((points + 1))
    if ! whole; then
        torn=$((torn + 1))
        echo "# torn at $name $nth"
    elif [ "$(field kill generation)" = "$before" ]; then
        old=$((old + 1))
    else
        new=$((new + 1))
    fi
    left=$(find "$T/run/tokenward" -name '.new.*' | wc -l)
    stray=$((stray + left))
done <"$T/points"
echo "# $points of $total system calls: $old old, $new new, $torn torn, $stray strays met"
figure torn-killed $torn "of $points kills"
is $torn 0 "no torn record in $points kills"
cell fetch "SIGKILL at $points of $total system calls" "the old record or the new one, whole" "$old old, $new new, $torn torn, $stray strays that the next run sweeps"
[ $new -gt 0 ] && [ $old -gt 0 ]; ok $? "kills before and after the moment of publication were among them"
# shellcheck disable=SC2086
user $FETCH; is $? 0 "the next run works"
is "$(find "$T/run/tokenward" -name '.new.*' | wc -l)" 0 "and leaves no stray"
is "$(cat "$T/run/tokenward/kill/token")" "$(field kill access_token)" "and record and token file agree"
until_true 30 eval '! pgrep -f "^$T/bin/tokenward-helper" >/dev/null'; is $? 0 "no process is left"

for inject in write:error=ENOSPC renameat:error=EXDEV renameat2:error=EXDEV openat:error=EMFILE:when=20+ \
    write:error=EIO mkdirat:error=EROFS flock:error=ENOLCK; do
    before=$(field kill access_token)
    # shellcheck disable=SC2086
    user strace -f -o /dev/null -e trace="${inject%%:*}" -e inject="$inject" $FETCH >/dev/null 2>"$T/err"
    status=$?
    whole && { [ "$(field kill access_token)" = "$before" ] || [ $status = 0 ]; }
    ok $? "$inject: the old token stays (exit $status)"
    cell fetch "$inject" "the old token stays" "exit $status"
    is "$(find "$T/run/tokenward" -name '.new.*' | wc -l)" 0 "no stray"
done

# A full disk, and one without inodes.
if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=64k,nr_inodes=16,mode=700,uid="$USER_ID",gid="$USER_ID" none "$T/run" 2>/dev/null; then
    token=$(user tokenward get kill)
    user sh -c 'dd if=/dev/zero of="$XDG_RUNTIME_DIR/fill" bs=1k 2>/dev/null'
    out=$(user $FETCH 2>&1); is $? 71 "a full disk: exit 71"
    like "$out" "No space left" "which the message says"
    is "$(user tokenward get --cached kill)" "$token" "the old token stays"
    cell fetch "a full tmpfs" "exit 71, the old token stays" "$out"
    rm "$T/run/fill"
    user sh -c 'i=0; while : >"$XDG_RUNTIME_DIR/i$i"; do i=$((i + 1)); done 2>/dev/null'
    user $FETCH >/dev/null 2>&1; is $? 71 "no inode left: exit 71"
    is "$(user tokenward get --cached kill)" "$token" "the old token stays"
    rm -f "$T/run"/i[0-9]*
    user $FETCH; is $? 0 "room again: a new one"
    umount "$T/run"
else
    skip "a full disk" "needs root to mount a small tmpfs"
fi
done_testing
