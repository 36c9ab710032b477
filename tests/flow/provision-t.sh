#!/bin/sh
# SPDX-License-Identifier: MIT
# provision-t.sh - the helper's part in a login: the profiles marked so are
# fetched side by side, and leave removes them again and nothing else.
if [ "$(id -u)" = 0 ] && [ -z "${IN_NAMESPACE:-}" ] && unshare -m true 2>/dev/null; then
    IN_NAMESPACE=1 exec unshare -m sh "$0" "$@"
fi
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
sandbox
helper() { user "$T/bin/tokenward-helper" "$@"; }
# Words of 288 bytes: kind (byte 8), variable (byte 16), profile (byte 152).
words() {
    python3 - "$1" <<'EOF'
import struct, sys
data = open(sys.argv[1], 'rb').read()
text = lambda raw: raw.split(b'\0')[0].decode()
for at in range(0, len(data), 288):
    word = data[at:at + 288]
    assert word[:8] == b'tw-word2', word
    kind, status = struct.unpack('=Ii', word[8:16])
    print(*[x for x in (['', 'variable', 'ready', 'failed', 'done'][kind], text(word[16:152]), text(word[152:])) if x])
EOF
}

profile first /m/delay=700/oauth/v1/token 'login: true' 'env: {FIRST_FILE: file, FIRST_TOKEN: token}'
profile second /m/delay=700/oauth/v1/token 'login: true' 'lifetime: linger'
profile third /oauth/v1/token 'login: true' 'lifetime: user'
profile other /oauth/v1/token
log_in() { rm -rf "$T/run/tokenward" && helper --session fetch --login >"$T/words"; }
within 1300 log_in; ok $? "the profiles of a login are fetched, side by side: $TOOK ms for two that take 700 each"
is "$(cd "$T/run/tokenward" && echo */record)" "first/record second/record third/record" "those, and no other"
if command -v python3 >/dev/null; then
    is "$(words "$T/words" | tr '\n' ';')" "variable BEARER_TOKEN_FILE first;variable FIRST_FILE first;ready;done;" \
        "a session is told which variables name which token file"
    helper --session fetch --login other >"$T/words"
    is "$(words "$T/words" | head -n 1)" "variable BEARER_TOKEN_FILE other" "a named profile comes first"
else
    skip "a session is told" "python3 is not installed"
    skip "a named profile comes first" "python3 is not installed"
    helper fetch other
fi
before=$(requests)
begun=$(date +%s%N)
helper --session fetch --login >/dev/null; status=$?
echo "# kept tokens: $((($(date +%s%N) - begun) / 1000000)) ms"
is "$status$(requests)" "0$before" "kept tokens are not asked for again"
out=$(helper fetch --login 2>&1); is "$?$out" 0 "by hand it says nothing"
profile broken /nowhere 'login: perhaps'
out=$(helper fetch --login 2>&1); is $? 78 "a broken profile: exit 78"
like "$out" "broken.yaml:8:12: profile 'broken': login must be false or true" "and where"
rm "$T/config/tokenward/profiles.d/broken.yaml"
out=$(helper fetch --login --system 2>&1); is $? 64 "--login is a user's"

# Leaving.
mkdir -p "$T/outside/dir"
echo stays >"$T/outside/file"
chmod -R 777 "$T/outside"
user ln -s "$T/outside" "$T/run/tokenward/first/link"
user mkdir -p "$T/run/tokenward/first/a/b/c"
out=$(helper leave 2>&1); is "$?$out" 0 "leave"
is "$(cd "$T/run/tokenward" && echo */record)" "other/record second/record" "what a session kept is gone, the rest stays"
is "$(cat "$T/outside/file")" stays "a link is removed and not followed"
out=$(helper leave 2>&1); is "$?$out" 0 "leave again"
helper fetch first
# A shell takes minutes for it: it asks where it is each time.
user /usr/bin/python3 -c 'import os, sys
os.chdir(sys.argv[1])
for _ in range(5000): os.mkdir("d"); os.chdir("d")' "$T/run/tokenward/first"
leave_deep() { out=$(helper leave 2>&1); [ $? = 73 ]; }
within 2000 leave_deep; ok $? "5,000 nested directories: exit 73, in $TOOK ms"
like "$out" "/run/tokenward/first: could not be removed whole" "and says so"
[ ! -e "$T/run/tokenward/first/token" ]; ok $? "the token is gone all the same"
rm -rf "$T/run/tokenward/first"
helper fetch first
if [ -n "${IN_NAMESPACE:-}" ] && user mkdir "$T/run/tokenward/first/mount" &&
    mount --bind "$T/outside" "$T/run/tokenward/first/mount"; then
    out=$(helper leave 2>&1); is $? 73 "a bind mount inside: exit 73"
    is "$(cat "$T/outside/file")" stays "what is mounted is not touched"
    umount "$T/run/tokenward/first/mount"
else
    skip "a bind mount inside" "needs root and a mount namespace"
    skip "what is mounted is not touched" "needs root and a mount namespace"
fi
# A swap race: directory and link change places while it is removed.
if [ -x /usr/bin/python3 ]; then
    user mkdir -p "$T/run/tokenward/first/x/y"
    user env PATH=/usr/bin:/bin python3 - "$T/run/tokenward/first" "$T/outside" <<'EOF' &
import ctypes, os, sys, time
base, outside = sys.argv[1], sys.argv[2]
libc = ctypes.CDLL(None)
a, b = base + '/x', base + '/swap'
swaps, end = 0, time.time() + 2
while time.time() < end:
    try:
        os.makedirs(a + '/y/z', exist_ok=True)
        os.path.lexists(b) or os.symlink(outside, b)
    except OSError:
        pass
    for _ in range(20):
        swaps += libc.renameat2(-100, a.encode(), -100, b.encode(), 2) == 0
print('# swapped', swaps, 'times')
EOF
    EXTRA_PID=$!
    while kill -0 "$EXTRA_PID" 2>/dev/null; do helper leave 2>/dev/null; done
    wait "$EXTRA_PID"
    EXTRA_PID=
    [ -d "$T/outside/dir" ] && [ "$(cat "$T/outside/file")" = stays ]
    ok $? "directories and links swapped while they are removed: nothing outside touched"
else
    skip "directories and links swapped" "python3 is not installed"
fi
# What a server is told of it.
active() { # active TOKEN: what introspection says (RFC 7662)
    curl -s --cacert "$CA" "$URL/oauth/v1/introspect" -d client_id="$CLIENT_ID" -d client_secret="$CANARY" -d token="$1"
}
TOLD="revocation_endpoint: $URL/oauth/v1/revoke"
profile told /oauth/v1/token 'provider: refresh_token' 'login: true' 'revoke_on_logout: true' "$TOLD"
profile untold /oauth/v1/token 'provider: refresh_token' 'login: true' "$TOLD"
sed -i '/scope:/d' "$T/config/tokenward/profiles.d"/*told.yaml
for name in told untold; do
    curl -s --cacert "$CA" "$URL/mint/$CLIENT_ID" | helper login "$name" >/dev/null 2>&1
    helper fetch "$name"
done
told=$(cat "$T/run/tokenward/told/token") untold=$(cat "$T/run/tokenward/untold/token")
is "$(active "$told")$(active "$untold")" '{"active":true}{"active":true}' "two tokens are good"
out=$(helper leave 2>&1); is "$?$out" 0 "leave, and tell a server"
is "$(active "$told")" '{"active":false}' "revoke_on_logout: the token is revoked"
is "$(active "$untold")" '{"active":true}' "another is only removed"
is "$(ls "$T/run/tokenward/told" "$T/run/tokenward/untold" 2>/dev/null)" "" "both are"
profile told /oauth/v1/token 'login: true' 'revoke_on_logout: true' "revocation_endpoint: $URL/m/hang/oauth/v1/revoke" 'timeout: 5'
helper fetch told
user "$T/bin/tokenward-helper" --session leave >"$T/words" &
job=$!
for _ in $(seq 30); do [ -e "$T/run/tokenward/told" ] || break; sleep 0.1; done
[ ! -e "$T/run/tokenward/told" ] && kill -0 "$job"; ok $? "the token is removed before its server is told"
wait "$job"; is $? 75 "a server that does not answer: exit 75"
profile told /oauth/v1/token 'login: true' 'revoke_on_logout: true'
helper fetch told
out=$(helper leave 2>&1); is "$?" 78 "nothing says where: exit 78"
like "$out" "profile 'told': revoke_on_logout needs a revocation_endpoint" "and why"
rm "$T/config/tokenward/profiles.d/told.yaml" "$T/config/tokenward/profiles.d/untold.yaml"
profile told@ "/oauth/v1/token?t=%i" 'login: true' 'revoke_on_logout: true' 'instances: [one, two]' "$TOLD"
helper fetch told@one told@two
one=$(cat "$T/run/tokenward/told@one/token") two=$(cat "$T/run/tokenward/told@two/token")
out=$(helper leave 2>&1); is "$?$out" 0 "leave, with instances of a template"
is "$(active "$one")$(active "$two")" '{"active":false}{"active":false}' "their tokens are revoked, each"
rm "$T/config/tokenward/profiles.d/told@.yaml"
# A fetch that is under way has no place left to publish into.
profile first /m/delay=3000/oauth/v1/token 'login: true'
rm -rf "$T/run/tokenward/first"
before=$(requests)
is_asked() { [ "$(requests)" -gt "$before" ]; }
helper fetch first 2>/dev/null &
job=$!
until_true 9 is_asked
helper leave 2>/dev/null
wait "$job"
[ ! -e "$T/run/tokenward/first/token" ]; ok $? "a fetch that ends after leave leaves no token"
# Nor has the one of another login, which waits for that.
profile first /oauth/v1/token 'login: true'
LOCK=$T/run/tokenward/first/lock
user mkdir -m 700 "$T/run/tokenward/first"
user flock -o "$LOCK" sh -c "for _ in \$(seq 600); do [ ! -e '$T/run/go' ] || break; sleep 0.1; done" &
holder=$!
until_true 9 eval '! user flock -n "$LOCK" true'
helper fetch --login >"$T/out" 2>&1 &
job=$!
until_true 20 eval 'grep -q -e "-> FLOCK .*:$(stat -c %i "$LOCK") " /proc/locks'; is $? 0 "a fetch waits for another one"
helper leave; is $? 0 "when the last session ends"
user touch "$T/run/go"
wait "$holder"
wait "$job"; is $? 75 "it ends, too: exit 75"
like "$(cat "$T/out")" "the session that 'first' was for has ended" "and says why"
[ ! -e "$T/run/tokenward/first" ]; ok $? "it brings nothing back"
done_testing
