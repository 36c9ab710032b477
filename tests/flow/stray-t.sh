#!/bin/sh
# SPDX-License-Identifier: MIT
# stray-t.sh - what a profile that was removed leaves: the resident helper
# keeps it while it is of use, and then not.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
CC=${CC:-cc}
sandbox
STATE=$T/home/.local/state/tokenward
PROFILES=$T/config/tokenward/profiles.d
is_there() { [ -e "$T/run/tokenward/$1" ]; }
is_gone() { ! is_there "$1"; }
serve() { # in the background, until it has read everything
    user "$T/bin/tokenward-helper" serve >"$T/serve.out" 2>&1 &
    EXTRA_PID=$!
    until_true 9 grep -qsx "$(helper_pid) *" "$T/run/tokenward/serve"
}
reloads() { grep -c 'event=reload' "$T/serve.out"; }
reload() { # and what is left has been looked at
    before=$(reloads)
    kill -HUP "$(helper_pid)"
    until_true 9 eval "[ \"\$(reloads)\" -gt $before ]"
    sleep 0.3
}
stop() { kill -TERM "$(helper_pid)"; wait "$EXTRA_PID"; }
login() { # login NAME PATH
    profile "$1" "$2" 'provider: refresh_token'
    sed -i '/scope:/d' "$PROFILES/$1.yaml"
    curl -s --cacert "$CA" "$URL/mint/$CLIENT_ID" | user tokenward login "$1" >/dev/null
}

profile stays /oauth/v1/token
profile long /m/expires-in=3600/oauth/v1/token
profile brief /m/expires-in=8/oauth/v1/token
profile waits /m/status=503,retry-after=600/oauth/v1/token
login mine /m/expires-in=8/oauth/v1/token
serve
for name in stays long brief mine; do until_true 9 has_token $name; done
until_true 9 test -s "$T/run/tokenward/waits/backoff"
mkdir "$T/away"
before=$(reloads)
mv "$PROFILES/long.yaml" "$PROFILES/brief.yaml" "$PROFILES/waits.yaml" "$PROFILES/mine.yaml" "$T/away/"
until_true 9 eval "[ \"\$(reloads)\" -gt $before ]"
sleep 0.3
is_there brief && is_there mine; is $? 0 "profiles are gone: what is kept stays while the tokens live"
until_true 20 is_gone brief; is $? 0 "and goes by itself when they have run out"
until_true 9 is_gone mine; is $? 0 "of a login, too"
is_there long; is $? 0 "a token that lives is left"
is_there waits; is $? 0 "and so is the word of a server that said when to come again"
is_there stays; is $? 0 "and what is still a profile's"
[ -s "$STATE/mine" ]; is $? 0 "the refresh token stays"
mv "$T/away/mine.yaml" "$PROFILES/"
until_true 9 has_token mine; is $? 0 "so the profile that comes back needs no new login"

# Not while another process is at it, and not what cannot be read.
age long 4000
user flock "$T/run/tokenward/long/lock" sh -c "until [ -e '$T/home/go' ]; do sleep 0.1; done" &
holder=$!
until_true 5 eval '! user flock -n "$T/run/tokenward/long/lock" true'
mkdir -m 700 "$T/run/tokenward/later"
printf 'tokenward-record=99\nprofile=later\n' >"$T/run/tokenward/later/record"
chmod 600 "$T/run/tokenward/later/record"
own "$T/run/tokenward/later"
reload
is_there long; is $? 0 "an expired one that a process holds stays"
is_there later; is $? 0 "and so does a record of a later version"
touch "$T/home/go"
wait "$holder"
reload
until_true 5 is_gone long; is $? 0 "until it is let go"
stop; is $? 0 "it ends"

# At a start: unless something is broken, for then nobody knows what is gone.
profile left /m/expires-in=3600/oauth/v1/token
user tokenward get left >/dev/null
age left 4000
rm "$PROFILES/left.yaml"
profile broken /oauth/v1/token 'scoop: x'
serve
sleep 0.3
is_there left; is $? 0 "started with a broken profile: nothing is touched"
rm "$PROFILES/broken.yaml"
until_true 9 is_gone left; is $? 0 "that is mended: what has run out goes"
stop
profile left /m/expires-in=3600/oauth/v1/token
user tokenward get left >/dev/null
age left 4000
rm "$PROFILES/left.yaml"
serve
until_true 9 is_gone left; is $? 0 "started: what has run out meanwhile goes"
is "$(grep -v 'event=fetch profile=waits\|event=reload\|profile=broken' "$T/serve.out")" "" "and nothing is complained of"
stop

# A directory that is removed right before the helper locks it.
if is_sanitized || ! command -v "${CC%% *}" >/dev/null; then
    skip "a directory vanishes under a fetch" "nothing can be preloaded here"
else
    to_preload vanish
    rm "$PROFILES"/*.yaml
    profile under /m/tag=under/oauth/v1/token
    user tokenward get under >/dev/null
    user tokenward reject under
    rm -f "$T/run/tokenward/under/backoff"
    before=$(requests)
    user env LD_PRELOAD="$T/bin/vanish.so" "$T/bin/tokenward-helper" serve >"$T/serve.out" 2>&1 &
    EXTRA_PID=$!
    until_true 9 has_token under; is $? 0 "a directory vanishes under a fetch: the token comes"
    is "$(field under generation)" 1 "the first of a new one"
    is "$(($(requests) - before))" 1 "by one request"
    stop
fi

# What cannot be entered now is looked at again, and not only after a reload.
PYTHON=/usr/bin/python3
if is_sanitized || ! [ -x $PYTHON ]; then
    skip "what could not be entered" "nothing can be preloaded here, or python3 is not installed"
else
    cp "$TOP_BUILD/tests/flow/.libs/clock.so" "$TOP_SRC/tests/flow/ring.py" "$T/bin/"
    chmod 644 "$T/bin/ring.py"
    poke() { user $PYTHON "$T/bin/ring.py" "$T/run/tokenward/doorbell" 'command=status\n' >/dev/null; } # it looks at the clock
    passed() { printf '%-255s\n%-255s\n' "0 0 $1" "0 0 $1" | dd of="$T/clock" conv=notrunc status=none; }
    truncate -s 4096 "$T/clock"
    passed 0
    own "$T/clock"
    rm "$PROFILES"/*.yaml
    rm -r "$T/run/tokenward"
    profile tight /oauth/v1/token
    user tokenward get tight >/dev/null
    age tight 4000
    rm "$PROFILES/tight.yaml"
    chmod 750 "$T/run/tokenward/tight"
    user env LD_PRELOAD="$T/bin/clock.so" TEST_CLOCK="$T/clock" "$T/bin/tokenward-helper" serve >"$T/serve.out" 2>&1 &
    EXTRA_PID=$!
    until_true 9 grep -q 'tight: mode 0750' "$T/serve.out"; is $? 0 "what is open to others is not entered, and told"
    chmod 700 "$T/run/tokenward/tight"
    passed 3700
    until_true 9 eval 'poke; is_gone tight'; is $? 0 "an hour later it is looked at again, and goes"
    stop
fi
done_testing
