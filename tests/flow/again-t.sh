#!/bin/sh
# SPDX-License-Identifier: MIT
# again-t.sh - profiles change while the host has no descriptor left to read
# or to watch them with, or its user database fails: that is tried again,
# unasked, and told once.
if [ "$(id -u)" = 0 ] && [ -z "${IN_NAMESPACE:-}" ] && unshare -m true 2>/dev/null; then
    IN_NAMESPACE=1 exec unshare -m sh "$0" "$@"
fi
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
to_preload blinding
to_preload naming
command -v prlimit >/dev/null || skip_all "prlimit is not installed"
# shellcheck source=tests/flow/host.sh
. "${TOP_SRC:-.}/tests/flow/host.sh"
cp "$TOP_BUILD/tests/flow/.libs/clock.so" "$TOP_SRC/tests/flow/ring.py" "$T/bin/"
chmod 644 "$T/bin/ring.py"
chmod 755 "$T/bin/clock.so"
passed() { printf '%-255s\n%-255s\n' "0 0 $1" "0 0 $1" | dd of="$T/clock" conv=notrunc status=none; }
ring() { as anna $PYTHON "$T/bin/ring.py" /run/tokenward/doorbell "$1"; }
poke() { ring 'command=ensure\nprofile=nosuch\n' >/dev/null; } # it looks at the clock
helpers() { pgrep -u $SERVICE_ID -f "$HELPER --system"; }
# room DESCRIPTORS: for its processes
room() { for pid in $(helpers); do setpriv --reuid=$SERVICE_ID --regid=$SERVICE_ID --clear-groups prlimit --pid "$pid" --nofile="$1:"; done; }
kept() { test -s "/run/tokenward/$1/token"; }
# shellcheck disable=SC2046 # numbers
watches() { find $(helpers | sed "s,.*,/proc/&/fd,") -lname "anon_inode:*inotify*" | grep -q .; }
told() { [ "$(grep -c "$1" "$T/serve.out")" -ge "$2" ]; }

truncate -s 4096 "$T/clock"
passed 0
chmod 644 "$T/clock"
tenant one /oauth/v1/token
start() {
    LD_PRELOAD="$T/bin/clock.so $T/bin/blinding.so $T/bin/naming.so" TEST_CLOCK=$T/clock BLINDING=$T/blind NAMING_HANGS=$T/hangs \
        "$T/bin/tokenward-helper" --system serve >"$T/serve.out" 2>&1 &
    EXTRA_PID=$!
}
start
until_true 30 kept one; is $? 0 "a profile"

# Nothing can be read.
room 3
tenant two /oauth/v1/token
until_true 30 told 'event=reload status=system' 1; is $? 0 "another, which cannot be read: that is told"
passed 62
poke & # which is not let in
sleep 1
is "$(grep -c 'event=reload' "$T/serve.out")" 1 "a minute later the same is not told again"
kill -HUP "$EXTRA_PID"
until_true 30 told 'event=reload status=system' 2; is $? 0 "but to who wants it read"
room 1024
passed 124
until_true 30 eval 'poke; kept two'; is $? 0 "once there is room it is read by itself"

# Nothing can be watched.
: >"$T/blind"
tenant three /oauth/v1/token
until_true 30 kept three; is $? 0 "a third one"
until_true 30 told 'inotify: ' 1; is $? 0 "after which nothing can be watched: that is told"
tenant four /oauth/v1/token
sleep 1
kept four; is $? 1 "the fourth is not seen"
passed 186
until_true 30 eval 'poke; kept four'; is $? 0 "but a minute later"
is "$(grep -c 'inotify: ' "$T/serve.out")" 1 "when the same is not told again"
rm "$T/blind"
passed 248
until_true 30 eval 'poke; watches'; is $? 0 "once there is room it is watched"
tenant five /oauth/v1/token
until_true 30 kept five; is $? 0 "and the next one is seen at once"

# Nobody says who a reader is.
: >"$T/hangs.fails"
tenant six /oauth/v1/token 'readers: {users: [anna]}'
until_true 30 told "event=reload status=retry .*the user database could not say who 'anna' is" 1; is $? 0 "a user database that fails: that is told"
rm "$T/hangs.fails"
passed 310
until_true 30 eval 'poke; kept six'; is $? 0 "once it does not, the profile is there by itself"

# The index cannot be written.
mv /run/tokenward/index "$T/index"
setpriv --reuid=$SERVICE_ID --clear-groups mkdir /run/tokenward/index
tenant seven /oauth/v1/token
until_true 30 kept seven; is $? 0 "a profile when the index cannot be written"
until_true 9 told index 1; is $? 0 "that is told"
passed 372
poke
sleep 1
is "$(grep -c 'index' "$T/serve.out")" 1 "and the same not again a minute later"
rmdir /run/tokenward/index
passed 434
until_true 30 eval 'poke; grep -qx profile=seven /run/tokenward/index'; is $? 0 "once it can be it is, by itself"
stop_system; is $? 0 "it ends cleanly"
has() { ring "command=ensure\\nprofile=$1\\n" | grep -q "^status=$2"; }
: >"$T/hangs.fails"
start
until_true 30 has six not_found; is $? 0 "it fails at the start: the profile is left out"
until_true 30 has one access; is $? 0 "and the others are not"
rm "$T/hangs.fails"
passed 496
until_true 30 has six ok; is $? 0 "until it does not"
stop_system; is $? 0 "it ends cleanly"

# Beside a profile that is broken for good, and is read first.
: >"$T/hangs.fails"
tenant aaa /oauth/v1/token 'nonsense: x'
start
until_true 30 has six not_found; is $? 0 "it fails again, and another profile is broken"
passed 558
until_true 30 eval 'poke; told "event=reload .*unknown key" 1'; is $? 0 "a minute later it still does"
rm "$T/hangs.fails"
kill -HUP "$EXTRA_PID"
until_true 30 told "event=reload .*unknown key" 2; is $? 0 "whoever has them read meanwhile is told so, too"
passed 620
until_true 30 has six ok; is $? 0 "until it does not: the profile is there, though the other is not"
tenant bbb /oauth/v1/token 'nonsense: x'
until_true 30 told "event=reload .*unknown key" 3; is $? 0 "another that is broken is told"
has six ok; is $? 0 "and all stay as they were"
stop_system; is $? 0 "it ends cleanly"
done_testing
