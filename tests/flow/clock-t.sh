#!/bin/sh
# SPDX-License-Identifier: MIT
# clock-t.sh - the resident helper over a day, a night's sleep and clocks that
# are set by years: no storm of requests, no dead token, nothing that grows.
# HOURS=24 SECONDS_FOR_IT=16: how much of its clock passes in how much of ours.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
PYTHON=/usr/bin/python3 # not one of root's home
[ -x $PYTHON ] || skip_all "python3 is not installed"
is_sanitized && skip_all "a sanitizer wants to be preloaded first"
HOURS=${HOURS:-24} SECONDS_FOR_IT=${SECONDS_FOR_IT:-16}
sandbox
cp "$TOP_BUILD/tests/flow/.libs/clock.so" "$T/bin/"
cp "$TOP_SRC/tests/flow/ring.py" "$T/bin/"
chmod 644 "$T/bin/ring.py"
CLOCK=$T/clock
set_clock() { # set_clock RATE BOOT-OFFSET WALL-OFFSET: from the bases on
    printf '%-255s\n' "$1 $BOOT_BASE $WALL_BASE $2 $3" | dd of="$CLOCK" conv=notrunc status=none
}
begin_clock() {
    BOOT_BASE=$($PYTHON -c 'import time; print(time.clock_gettime_ns(time.CLOCK_BOOTTIME))')
    WALL_BASE=$($PYTHON -c 'import time; print(time.clock_gettime_ns(time.CLOCK_REALTIME))')
}
there() { user env LD_PRELOAD="$T/bin/clock.so" TEST_CLOCK="$CLOCK" "$@"; }
serve() {
    there "$T/bin/tokenward-helper" serve >"$T/serve.out" 2>&1 &
    EXTRA_PID=$!
    for i in $(seq "$PROFILES"); do until_true 10 has_token "p$i" || return 1; done
}
stop() { kill "$(helper_pid)"; wait "$EXTRA_PID"; }
# A sleeping process learns of a kernel's clock by its timers; of ours, by this.
poke() { user $PYTHON "$T/bin/ring.py" "$T/run/tokenward/doorbell" 'command=status\n' >/dev/null; }
PROFILES=10
for i in $(seq $PROFILES); do profile "p$i" /oauth/v1/token; done
truncate -s 4096 "$CLOCK"
chmod 644 "$CLOCK"

# Asleep for a night; then the wall clock ten years ahead, and ten behind.
begin_clock
set_clock 1 0 0
serve; is $? 0 "tokens are there"
for jump in "28800 28800 a night's sleep" "28800 315360000 ten years ahead" "28800 -315360000 ten years back" \
    "28800 28800 and right again"; do
    # shellcheck disable=SC2086
    set -- $jump
    boot=$1 wall=$2
    shift 2
    before=$(requests)
    old=$(field p1 access_token)
    set_clock 1 "$boot" "$wall"
    got=$(there tokenward get --cached p1 2>/dev/null)
    case $* in
    *sleep* | *ahead*) is "$got" "" "$*: the dead token is not served" ;;
    *) # One that is alive by the other clock may be served, no other.
        [ -z "$got" ] || [ "$got" = "$old" ]; is $? 0 "$*: nothing but the kept token is served" ;;
    esac
    poke
    sleep 2.5
    made=$(($(requests) - before))
    [ "$made" -le $((2 * PROFILES)) ]; is $? 0 "$*: at most two requests of each profile ($made of $PROFILES)"
    alive=0
    for i in $(seq $PROFILES); do there tokenward get --cached "p$i" >/dev/null && alive=$((alive + 1)); done
    is $alive $PROFILES "$*: and every token is alive"
done
stop; is $? 0 "it ends cleanly"

# A day in seconds: as many requests as there are refreshes, and no growth.
rm -rf "$T/run/tokenward"
begin_clock
set_clock $((HOURS * 3600 / SECONDS_FOR_IT)) 0 0
serve; is $? 0 "a day begins"
pid=$(helper_pid)
sleep $((SECONDS_FOR_IT / 4))
before=$(requests) kb=$(memory "$pid") fds=$(descriptors "$pid")
dead=0 looks=0
end=$(($(date +%s) + SECONDS_FOR_IT * 3 / 4))
while [ "$(date +%s)" -lt $end ]; do
    there tokenward get --cached "p$((looks % PROFILES + 1))" >/dev/null 2>&1 || dead=$((dead + 1))
    looks=$((looks + 1))
    sleep 0.1
done
made=$(($(requests) - before))
# Of each hour's token 70 to 80 % are used: 22 to 26 in 18 hours.
wanted=$((PROFILES * HOURS * 3 / 4))
[ $made -ge $wanted ] && [ $made -le $((wanted * 8 / 5)) ]
is $? 0 "in $((HOURS * 3 / 4)) hours $made requests for $PROFILES profiles, as many as there are refreshes"
is $dead 0 "each of $looks looks found a living token"
[ "$(memory "$pid")" -lt $((kb + 1024)) ]; is $? 0 "memory is flat ($kb KiB, $(memory "$pid") KiB)"
# In the middle of a request there are some more.
few_descriptors() { [ "$(descriptors "$pid")" -le $((fds + 2)) ]; }
until_true 5 few_descriptors; is $? 0 "descriptors are ($fds, $(descriptors "$pid"))"
stop; is $? 0 "and the day ends cleanly"
done_testing
