#!/bin/sh
# SPDX-License-Identifier: MIT
# secret-t.sh - a marked client secret is found nowhere but in its source and
# in the request.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
# LeakSanitizer cannot work under strace; its build is tested elsewhere.
export ASAN_OPTIONS=detect_leaks=0
sandbox
profile post /oauth/v1/token
profile held /m/hang/oauth/v1/token 'timeout: 60'
profile basic /oauth/v1/token 'token_endpoint_auth_method: client_secret_basic'
profile echoed "/m/status=401,error=invalid_client,description=bad%20secret%20$CANARY%20here/oauth/v1/token"
profile cmd /oauth/v1/token
sed -i "s#client_secret:.*#client_secret: {command: [cat, $T/config/tokenward/secret]}#" \
    "$T/config/tokenward/profiles.d/cmd.yaml"
profile env /oauth/v1/token
sed -i "s#client_secret:.*#client_secret: {env: PAY_SECRET}#" "$T/config/tokenward/profiles.d/env.yaml"
profile cred /oauth/v1/token
sed -i "s#client_secret:.*#client_secret: {credential: pay}#" "$T/config/tokenward/profiles.d/cred.yaml"
mkdir "$T/credentials"; printf '%s\n' "$CANARY" >"$T/credentials/pay"
chmod 700 "$T/credentials"; chmod 400 "$T/credentials/pay"; own "$T/credentials"

# While a request is under way: argv and environ of every process of ours.
hold() { # until the server has been asked: it does not answer
    before=$(requests)
    user "$@" >/dev/null 2>&1 &
    holder=$!
    until_true 9 is_asked
}
is_asked() { [ "$(requests)" -gt "$before" ]; }
hold "$T/bin/tokenward-helper" fetch held
found=0 looked=0
for process in $(pgrep -f "^$T/bin/tokenward-helper"); do
    looked=$((looked + 1))
    tr '\0' '\n' <"/proc/$process/cmdline" | grep -q "$CANARY" && found=$((found + 1))
    # The helper is not dumpable: only root may look.
    tr '\0' '\n' <"/proc/$process/environ" 2>/dev/null | grep -q "$CANARY" && found=$((found + 1))
    like "$(grep -E 'NoNewPrivs' "/proc/$process/status" 2>/dev/null)" "1" "process: no new privileges"
    like "$(grep -E 'CapEff' "/proc/$process/status")" "0000000000000000" "process: no capability"
done
pkill -f "^$T/bin/tokenward-helper"
wait "$holder"
[ $looked -ge 2 ]; ok $? "$looked processes looked at"
is $found 0 "argv and environ hold no secret"

for name in basic cmd; do
    user tokenward get "$name" >/dev/null 2>"$T/err"; is $? 0 "$name: a token"
    sed 's/^/# /' "$T/err"
done
user env PAY_SECRET="$CANARY" tokenward get env >/dev/null 2>"$T/err"; is $? 0 "env: a token"
sed 's/^/# /' "$T/err"
user env CREDENTIALS_DIRECTORY="$T/credentials" tokenward get cred >/dev/null 2>"$T/err"; is $? 0 "systemd credential: a token"
sed 's/^/# /' "$T/err"
out=$(user tokenward get echoed 2>&1); is $? 77 "a server that echoes the secret"
like "$out" "invalid_client" "its error is shown"
printf '%s' "$out" | grep -q "$CANARY"; is $? 1 "the secret is not"
user tokenward status --json >"$T/status"
is "$(grep -rl "$CANARY" "$T/run" "$T/status" "$T/home" | wc -l)" 0 "no file of the runtime directory holds it"
user "$T/bin/tokenward-helper" check >"$T/check" 2>&1
is "$(grep -c "$CANARY" "$T/check")" 0 "check does not tell it"

# Everything the helper writes, but to the TLS socket.
if can_trace; then
    traced "$T/trace" "$T/bin/tokenward-helper" fetch --force basic post >/dev/null 2>&1
    grep -qF -e "$(cat "$T/run/tokenward/post/token")" "$T/trace"; ok $? "what the helper writes is seen"
    is "$(grep -c -e "$CANARY" -e "$(printf %s "$CLIENT_ID:$CANARY" | base64 -w0 | cut -c1-40)" "$T/trace")" 0 \
        "no write of the helper holds it in the clear"
else
    skip "no write of the helper holds it in the clear" "needs root, and strace that may trace"
fi

# A crash leaves no core.
hold sh -c 'ulimit -c unlimited; cd "$XDG_RUNTIME_DIR"; "$TOKENWARD_HELPER" fetch --force held'
pkill -SEGV -f "^$T/bin/tokenward-helper"
wait "$holder" 2>/dev/null
is "$(find "$T" -name 'core*' -type f | wc -l)" 0 "a crash leaves no core"

# Variables that would make a library tell secrets or go elsewhere.
found=$((found + $(grep -rl "$CANARY" "$T/run" "$T/status" "$T/check" "$T/home" | wc -l)))
user env SSLKEYLOGFILE="$T/run/keys" OPENSSL_CONF=/nonexistent CURL_CA_BUNDLE=/nonexistent SSL_CERT_FILE=/nonexistent \
    "$T/bin/tokenward-helper" fetch --force basic; is $? 0 "hostile variables change nothing"
[ ! -e "$T/run/keys" ]; ok $? "no TLS keys were logged"
[ ! -e "$T/run/keys" ] || found=$((found + 1))
figure canary-finds $found "in argv, environ, files and logs"
done_testing
