#!/bin/sh
# SPDX-License-Identifier: MIT
# admit-t.sh - readers change, and cannot be set where the token lies: that is
# tried again, and nobody reads on.  In a mount namespace of its own.
if [ "$(id -u)" = 0 ] && [ -z "${IN_NAMESPACE:-}" ] && unshare -m true 2>/dev/null; then
    IN_NAMESPACE=1 exec unshare -m sh "$0" "$@"
fi
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
is_sanitized && skip_all "nothing can be preloaded into a build with sanitizers"
# shellcheck source=tests/flow/host.sh
. "${TOP_SRC:-.}/tests/flow/host.sh"
# shellcheck source=tests/flow/templates.sh
. "${TOP_SRC:-.}/tests/flow/templates.sh"
cp "$TOP_BUILD/tests/flow/.libs/clock.so" "$T/bin/"
chmod 755 "$T/bin/clock.so"
passed() { printf '%-255s\n%-255s\n' "0 0 $1" "0 0 $1" | dd of="$T/clock" conv=notrunc status=none; }
poke() { as anna $PYTHON "$T/bin/ring.py" /run/tokenward/doorbell 'command=status\n' >/dev/null; } # it looks at the clock
place=/run/tokenward/shop
reads() { as "$1" cat "$place/token" >/dev/null 2>&1; }

truncate -s 4096 "$T/clock"
passed 0
chmod 644 "$T/clock"
tenant shop /oauth/v1/token 'readers: {users: [anna]}'
LD_PRELOAD=$T/bin/clock.so TEST_CLOCK=$T/clock "$T/bin/tokenward-helper" --system serve >"$T/serve.out" 2>&1 &
EXTRA_PID=$!
until_true 30 reads anna; is $? 0 "a reader"
if mount --bind $place $place && mount -o remount,ro,bind $place; then
    tenant shop /oauth/v1/token 'readers: {users: [dora]}'
    until_true 30 grep -q 'profile=shop .*Read-only' "$T/serve.out"; is $? 0 "is none any more, which cannot be set: that is told"
    reads anna; is $? 0 "and the token is open still"
    passed 30
    poke
    umount $place
    reads anna; is $? 0 "half a minute later, too"
    passed 62
    until_true 30 eval 'poke; ! reads anna'; is $? 0 "a minute later it is tried again"
    reads dora; is $? 0 "and who is a reader reads"
    is "$(grep -c 'Read-only' "$T/serve.out")" 1 "it was told once"

    # Whose name is another user's by now.
    printf %s "$CANARY" | put secrets/carl
    template corp /oauth/v1/token 'readers: {groups: [team]}'
    place=/run/tokenward/corp@carl
    until_true 9 eval '[ "$(ring carl "command=ensure\\nprofile=corp@carl\\n")" = status=ok ]'
    reads carl; is $? 0 "a user has an own token"
    sed 's/^bert:x:61002:61002/bert:x:61003:61003/; s/^carl:x:61003:61003/carl:x:61002:61002/' /etc/passwd >"$T/renamed"
    cat "$T/renamed" >/etc/passwd
    mount --bind $place $place && mount -o remount,ro,bind $place
    like "$(ring carl 'command=ensure\nprofile=corp@carl\n')" '^status=system' "and another has that name, for whom it cannot be opened"
    umount $place
    is "$(ring carl 'command=ensure\nprofile=corp@carl\n')" status=ok "who asks again is told that it is there"
    reads carl; is $? 0 "and can read it"
    reads bert; is $? 1 "and whose name it was cannot"
else
    skip "readers that cannot be set" "nothing can be mounted read-only here"
fi
stop_system; is $? 0 "it ends cleanly"
done_testing
