#!/bin/sh
# SPDX-License-Identifier: MIT
# serve-kill-t.sh - the resident helper is killed at any moment of a round of
# refreshes, and started again: tokens are served all the time, none is
# bought twice, and who waits is answered; on a socket that a service manager
# keeps, and on its own.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
PYTHON=/usr/bin/python3 # not one of root's home
[ -x $PYTHON ] || skip_all "python3 is not installed"
ROUNDS=${KILL_ROUNDS:-8}
sandbox
cp "$TOP_SRC/tests/flow/manager.py" "$T/bin/"
chmod 644 "$T/bin/manager.py"
NAMES="a b c d e f"
for name in $NAMES; do profile $name /m/delay=40/oauth/v1/token; done
profile wanted /m/delay=40/oauth/v1/token
mkdir "$T/run/tokenward"
chmod 700 "$T/run/tokenward"
own "$T/run"
generations() { for name in $NAMES; do printf '%s ' "$(field "$name" generation)"; done; }
are_there() { [ -z "$(for name in $NAMES; do [ -s "$(record "$name")" ] || echo "$name"; done)" ]; }
next_of() { for n in $1; do printf '%s ' $((n + 1)); done; }
is_none() { [ -z "$(helper_pid)" ]; }
are() { [ "$(generations)" = "$1" ]; }

rounds() { # rounds DOORBELL|- WORDS
    rm -rf "$T/run/tokenward"/*
    user $PYTHON "$T/bin/manager.py" "$1" "$T/bin/tokenward-helper" serve >"$T/serve.out" 2>&1 &
    EXTRA_PID=$!
    until_true 10 are_there; is $? 0 "$2: tokens are there"
    unserved=0 twice=0 unanswered=0 killed=0 lost=0
    for round in $(seq "$ROUNDS"); do
        before=$(generations)
        asked=$(requests)
        # All are due, and one is gone that somebody wants.
        for name in $NAMES; do age "$name" 3000; done
        forget wanted
        kill -HUP "$(helper_pid)"
        user tokenward get wanted >/dev/null 2>"$T/wanted.err" &
        waiter=$!
        sleep "0.$(printf %03d $((round * 137 % 90)))"
        kill -KILL "$(helper_pid)" && killed=$((killed + 1))
        for name in $NAMES; do
            user tokenward get --cached "$name" >/dev/null 2>&1 || unserved=$((unserved + 1))
        done
        wait $waiter || { unanswered=$((unanswered + 1)); sed 's/^/# /' "$T/wanted.err"; }
        until_true 10 are "$(next_of "$before")" || twice=$((twice + 1))
        sleep 0.3 # for one that would be bought once more
        are "$(next_of "$before")" || { twice=$((twice + 1)); echo "# $before-> $(generations)"; }
        # What was under way when it was killed is lost with its answer.
        lost=$((lost + $(requests) - asked - 7))
    done
    is $unserved 0 "$2: killed $killed times, every kept token was served"
    is $twice 0 "$2: and bought once each"
    is $unanswered 0 "$2: and who waited was answered"
    [ $lost -le $((killed * 7)) ]; is $? 0 "$2: requests that were lost with a killed process: $lost"
    # The manager itself, or the next one has a rival.
    pkill -f "^$PYTHON $T/bin/manager.py"
    wait "$EXTRA_PID" 2>/dev/null
    until_true 5 is_none; is $? 0 "$2: and none is left"
}
rounds "$T/run/tokenward/doorbell" "on a manager's socket"
rounds - "on a socket of its own"
done_testing
