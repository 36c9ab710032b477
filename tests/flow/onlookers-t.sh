#!/bin/sh
# SPDX-License-Identifier: MIT
# onlookers-t.sh - programs that only look: one that watches a profile's
# directory is told once of each token; one in a container, which has the
# runtime directory read-only, reads, needs no lock, and may still ring.
if [ "$(id -u)" = 0 ] && [ -z "${IN_NAMESPACE:-}" ] && unshare -m true 2>/dev/null; then
    IN_NAMESPACE=1 exec unshare -m sh "$0" "$@"
fi
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
PYTHON=/usr/bin/python3 # not one of root's home
[ -x $PYTHON ] || skip_all "python3 is not installed"
sandbox
profile pay /oauth/v1/token
cp "$TOP_SRC/tests/flow/moved.py" "$T/bin/"
chmod 644 "$T/bin/moved.py"
HERE=$T/run/tokenward/pay
happened() { grep -c "$@" "$T/moved"; }
watch() { # watch: what happens there from now on
    : >"$T/moved"
    user $PYTHON "$T/bin/moved.py" "$HERE" >"$T/moved" 2>&1 &
    EXTRA_PID=$!
    until_true 10 grep -q ready "$T/moved"
}
unwatch() { pkill -f "$T/bin/moved.py"; wait "$EXTRA_PID" 2>/dev/null; EXTRA_PID=; }

user tokenward get pay >/dev/null
watch
size=$(stat -c %s "$HERE/token")
for _ in 1 2 3 4 5 6 7 8 9 10; do user tokenward-helper fetch --force pay; done
until_true 5 sh -c "[ \$(grep -c '^moved_to token ' '$T/moved') -ge 10 ]"
is "$(happened '^moved_to token ')" 10 "ten tokens: the watcher is told ten times"
is "$(happened "^moved_to token $size$")" 10 "and finds a whole one each time"
is "$(happened '^moved_to record ')" 10 "and a record"
is "$(grep ' token' "$T/moved" | grep -cv -e '^moved_to ' -e '^close_write ')" 0 "it is never written in place"
awk '/^moved_to (record|token) / { if ($2 == last) wrong = 1; last = $2 } END { exit wrong || last != "token" }' "$T/moved"
ok $? "the record comes first, then the token"
user tokenward get pay >/dev/null
user tokenward status >/dev/null
user "$T/bin/tokenward-helper" fetch pay
is "$(happened '^moved_to')" 20 "one that is alive is read and asked for: nothing happens"
user tokenward reject pay >/dev/null
until_true 5 grep -q '^delete token' "$T/moved"
is "$(happened '^delete token')" 1 "rejected: it is removed"
user tokenward get pay >/dev/null
until_true 5 sh -c "[ \$(grep -c '^moved_to token ' '$T/moved') -ge 11 ]"
is "$(happened '^moved_to token ')" 11 "and the next is told as the others"
unwatch

if [ -z "${IN_NAMESPACE:-}" ]; then
    skip "a read-only mount" "needs root, and mount namespaces"
    done_testing
    exit
fi
cp "$TOP_BUILD/tests/flow/reader" "$TOP_BUILD/provider/client/.libs/libtokenward.so.0" "$T/bin/" 2>/dev/null
[ ! -e "$TOP_BUILD/tests/flow/.libs/reader" ] || cp "$TOP_BUILD/tests/flow/.libs/reader" "$T/bin/"
mkdir "$T/inside"
mount --bind "$T/run" "$T/inside" && mount -o remount,bind,ro "$T/inside"; is $? 0 "a read-only mount of the runtime directory"
user touch "$T/inside/x" 2>/dev/null; is $? 1 "on which nothing can be written"
token=$(user cat "$HERE/token")
# As it is in a container: no helper, no profiles, this one directory.
inside() {
    user env XDG_RUNTIME_DIR="$T/inside" XDG_CONFIG_HOME=/nonexistent HOME=/nonexistent TOKENWARD_HELPER=/nonexistent \
        LD_LIBRARY_PATH="$T/bin" "$@"
}
is "$(inside tokenward get pay 2>&1)" "$token" "tokenward get"
inside "$T/bin/reader" pay; is $? 0 "libtokenward"
is "$(inside cat "$T/inside/tokenward/pay/token")" "$token" "the token file"
inside tokenward status >"$T/status" 2>&1; is $? 0 "tokenward status"
rm -f "$HERE/lock" "$HERE/guard" "$T/run/tokenward/guard"
is "$(inside tokenward get pay 2>&1)" "$token" "without a lock file anywhere"
[ ! -e "$HERE/lock" ] && [ ! -e "$HERE/guard" ]; ok $? "and none was made"
if can_trace; then
    strace -f -y -o "$T/calls" -e trace=openat,flock,fcntl,mkdir,mkdirat,unlink,unlinkat,renameat,renameat2,fchmod,ftruncate \
        setpriv --reuid="$USER_ID" --regid="$USER_ID" --clear-groups env XDG_RUNTIME_DIR="$T/inside" "$T/bin/tokenward" get pay >/dev/null
    # Where lines are counted, these are written down.
    is "$(grep -vF .gcda "$T/calls" | grep -cE 'O_WRONLY|O_RDWR|O_CREAT|F_SETLK|^[0-9]+ +(flock|mkdir|unlink|rename|fchmod|ftruncate)')" 0 \
        "nothing is opened for writing, locked or made"
else
    skip "nothing is opened for writing, locked or made" "needs root, and strace that may trace"
fi
# The resident helper outside renews it; who is inside may ring for it.
user "$T/bin/tokenward-helper" serve >"$T/serve.out" 2>&1 &
EXTRA_PID=$!
until_true 10 test -S "$T/run/tokenward/doorbell"
forget pay
token=$(inside tokenward get pay 2>"$T/err"); is $? 0 "nothing is kept: the resident helper outside is asked"
sed 's/^/# /' "$T/err"
is "$token" "$(cat "$HERE/token" 2>/dev/null)" "and its token is read"
kill "$(helper_pid)"
wait "$EXTRA_PID" 2>/dev/null
EXTRA_PID=
forget pay
out=$(inside tokenward get pay 2>&1); status=$?
[ $status != 0 ] && [ -n "$out" ]; ok $? "nobody to ask: exit $status, $out"
umount "$T/inside"
done_testing
