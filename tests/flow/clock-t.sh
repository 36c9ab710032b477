#!/bin/sh
# SPDX-License-Identifier: MIT
# clock-t.sh - the resident helper over a day, a night's sleep and clocks that
# are set by years: no storm of requests, no dead token, nothing that grows.
# HOURS=24: how much of its clock passes.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
PYTHON=/usr/bin/python3 # not one of root's home
[ -x $PYTHON ] || skip_all "python3 is not installed"
is_sanitized && skip_all "a sanitizer wants to be preloaded first"
HOURS=${HOURS:-24}
sandbox
cp "$TOP_BUILD/tests/flow/.libs/clock.so" "$T/bin/"
cp "$TOP_SRC/tests/flow/ring.py" "$TOP_SRC/tests/flow/day.py" "$T/bin/"
chmod 644 "$T/bin"/*.py
CLOCK=$T/clock
set_clock() { # set_clock BOOT-OFFSET WALL-OFFSET
    printf '%-255s\n%-255s\n' "$* 0" "$* 0" | dd of="$CLOCK" conv=notrunc status=none
}
there() { user env LD_PRELOAD="$T/bin/clock.so" TEST_CLOCK="$CLOCK" "$@"; }
serve() {
    there "$T/bin/tokenward-helper" serve >"$T/serve.out" 2>&1 &
    EXTRA_PID=$!
    for i in $(seq "$PROFILES"); do until_true 30 has_token "p$i" || return 1; done
}
stop() { kill "$(helper_pid)"; wait "$EXTRA_PID"; }
# A sleeping process learns of a kernel's clock by its timers; of ours, by this.
poke() { user $PYTHON "$T/bin/ring.py" "$T/run/tokenward/doorbell" 'command=status\n' >/dev/null; }
all_live() { for i in $(seq $PROFILES); do there tokenward get --cached "p$i" >/dev/null || return 1; done; }
PROFILES=10
for i in $(seq $PROFILES); do profile "p$i" /oauth/v1/token; done
truncate -s 4096 "$CLOCK"
own "$CLOCK"

# Asleep for a night; then the wall clock ten years ahead, and ten behind.
set_clock 0 0
serve; is $? 0 "tokens are there"
for jump in "28800 28800 a night's sleep" "28800 315360000 ten years ahead" "28800 -315360000 ten years back" \
    "28800 28800 and right again"; do
    # shellcheck disable=SC2086
    set -- $jump
    boot=$1 wall=$2
    shift 2
    before=$(requests)
    old=$(field p1 access_token)
    set_clock "$boot" "$wall"
    got=$(there tokenward get --cached p1 2>/dev/null)
    # Unless the helper was awake, and quicker.
    case $* in
    *sleep* | *ahead*) [ "$got" != "$old" ]; is $? 0 "$*: the dead token is not served" ;;
    *) # One that is alive by the other clock may be served, no other.
        [ -z "$got" ] || [ "$got" = "$old" ] || [ "$got" = "$(field p1 access_token)" ]
        is $? 0 "$*: nothing but the kept token is served" ;;
    esac
    poke
    until_true 20 all_live
    sleep 2.5 # for a storm
    made=$(($(requests) - before))
    [ "$made" -le $((2 * PROFILES)) ]; is $? 0 "$*: at most two requests of each profile ($made of $PROFILES)"
    all_live; is $? 0 "$*: and every token is alive"
done
stop; is $? 0 "it ends cleanly"

# A day in steps: as many requests as there are refreshes, and no growth.
rm -rf "$T/run/tokenward"
set_clock 0 0
serve; is $? 0 "a day begins"
pid=$(helper_pid)
day() { # day FROM TO: in hours
    # shellcheck disable=SC2046  # words
    there $PYTHON "$T/bin/day.py" "$CLOCK" "$T/run/tokenward" $(($1 * 3600)) $(($2 * 3600)) $(seq -f p%g $PROFILES)
}
day 0 $((HOURS / 4)) >/dev/null
before=$(requests) kb=$(memory "$pid") fds=$(descriptors "$pid")
looked=$(day $((HOURS / 4)) "$HOURS")
looks=${looked%% *}
made=$(($(requests) - before))
# Of each hour's token 70 to 80 % are used: 22 to 26 in 18 hours.
wanted=$((PROFILES * HOURS * 3 / 4))
[ $made -ge $wanted ] && [ $made -le $((wanted * 8 / 5)) ]
is $? 0 "in $((HOURS * 3 / 4)) hours $made requests for $PROFILES profiles, as many as there are refreshes"
is "$looked" "$looks 0 0" "each of $looks looks found a living token, and what was due was done"
[ "$(memory "$pid")" -lt $((kb + 1024)) ]; is $? 0 "memory is flat ($kb KiB, $(memory "$pid") KiB)"
# Connections are kept: as many as requests were ever under way at once, which
# on a busy host may be all.  One lost by each request would be many more.
few_descriptors() { [ "$(descriptors "$pid")" -le $((fds + PROFILES)) ]; }
until_true 30 few_descriptors; is $? 0 "descriptors are ($fds, $(descriptors "$pid"))"
stop; is $? 0 "and the day ends cleanly"
done_testing
