#!/bin/sh
# SPDX-License-Identifier: MIT
# idle-t.sh - a user who has not asked for a day: nothing is fetched, until they
# come back, and then it is as before.
if [ "$(id -u)" = 0 ] && [ -z "${IN_NAMESPACE:-}" ] && unshare -m true 2>/dev/null; then
    IN_NAMESPACE=1 exec unshare -m sh "$0" "$@"
fi
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
is_sanitized && skip_all "a sanitizer wants to be preloaded first"
# shellcheck source=tests/flow/host.sh
. "${TOP_SRC:-.}/tests/flow/host.sh"
# shellcheck source=tests/flow/templates.sh
. "${TOP_SRC:-.}/tests/flow/templates.sh"
cp "$TOP_BUILD/tests/flow/.libs/clock.so" "$T/bin/"
chmod 755 "$T/bin/clock.so"
passed() { printf '%-255s\n%-255s\n' "0 0 $1" "0 0 $1" | dd of="$T/clock" conv=notrunc status=none; }
ensure() { ring anna "command=ensure\\nprofile=$1@anna\\n"; }
is_of() { [ "$(sed -n 's/^generation=//p' "/run/tokenward/$1/record")" = "$2" ]; } # is_of NAME GENERATION
truncate -s 4096 "$T/clock"
passed 0
chmod 644 "$T/clock"
printf %s "$CANARY" | put secrets/anna
template own /m/expires-in=172800/oauth/v1/token 'readers: {users: [anna]}'
tenant all /m/expires-in=172800/oauth/v1/token
start() {
    LD_PRELOAD="$T/bin/clock.so" TEST_CLOCK=$T/clock "$T/bin/tokenward-helper" --system serve >"$T/serve.out" 2>&1 &
    EXTRA_PID=$!
}
start
until_true 30 test -s /run/tokenward/all/token
is "$(ensure own)" status=ok "a user's token of two days"

# Refresh was due in between.
passed 150000
ring root 'command=status\n' >/dev/null # it looks at the clock
until_true 9 is_of all 2; is $? 0 "after 42 hours that of all is another"
is_of own@anna 1; is $? 0 "and the user's, who has not asked for a day, is not"
is "$(ensure own)" status=ok "who comes back finds it good"
until_true 9 is_of own@anna 2; is $? 0 "and it is kept fresh again"
stop_system; is $? 0 "it ends cleanly"

# One that is started anew does not know who asked the one before it.
passed 270000
start
until_true 30 ring root 'command=status\n' >/dev/null
passed 290000
ring root 'command=status\n' >/dev/null
until_true 9 is_of own@anna 3; is $? 0 "started anew, it keeps a user's token that lives fresh"
stop_system; is $? 0 "it ends cleanly"
done_testing
