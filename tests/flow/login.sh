# SPDX-License-Identifier: MIT
# login.sh - sourced after lib.sh: refresh tokens as they are kept, and a login
# that waits for its person.
# shellcheck shell=sh disable=SC2034  # for the test
STATE=$T/home/.local/state/tokenward
OUT=$T/out
kept() { sed -n 's/^refresh_token=//p' "$STATE/$1" 2>/dev/null; }
ask() { curl -s --cacert "$CA" "$URL$1"; }
wait_for_person() { # wait_for_person NAME: in the background, with signals as a terminal has them
    : >"$OUT"
    user env --default-signal=INT tokenward login "$1" >"$OUT" 2>&1 </dev/null &
    LOGIN=$!
    until_true 30 eval 'grep -q "^Waiting" "$OUT" || ! kill -0 "$LOGIN"'
}
# Ctrl-C, as the helper alone sees it: its parent hands it on.
interrupt() { kill -INT "$(pgrep -o -f "^$T/bin/tokenward-helper login")"; }
helpers() { pgrep -f "^$T/bin/tokenward-helper" | wc -l; }
