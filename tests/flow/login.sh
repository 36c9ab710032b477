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
wait_for_code() { # wait_for_code NAME: the same, and CODE is what a device shows
    wait_for_person "$1"
    CODE=$(grep -o '[B-Z]\{4\}-[B-Z]\{4\}' "$OUT" | head -n 1)
}
wait_for_browser() { # wait_for_browser NAME: the same, and SHOWN is where it is sent
    wait_for_person "$1"
    SHOWN=$(sed -n 's/^    \(http.*\)/\1/p' "$OUT")
}
device_profile() { # device_profile NAME DEVICE-LIST TOKEN-LIST [LINE...]
    name=$1 list=$2 tokens=$3
    shift 3
    profile "$name" "/m/tag=$name$tokens/oauth/v1/token" 'provider: device_code' \
        "device_authorization_endpoint: $URL/m/tag=$name,interval=1$list/oauth/v1/device" "$@"
}
code_profile() { # code_profile NAME AUTHORIZE-LIST TOKEN-LIST [LINE...]
    name=$1 list=$2 tokens=$3
    shift 3
    profile "$name" "/m/tag=$name$tokens/oauth/v1/token" 'provider: authorization_code' \
        "authorization_endpoint: $URL/m/tag=$name$list/oauth/v1/authorize" "$@"
}
# Ctrl-C, as the helper alone sees it: its parent hands it on.
interrupt() { kill -INT "$(pgrep -o -f "^$T/bin/tokenward-helper login")"; }
helpers() { pgrep -f "^$T/bin/tokenward-helper" | wc -l; }
