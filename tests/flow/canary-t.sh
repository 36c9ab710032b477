#!/bin/sh
# SPDX-License-Identifier: MIT
# canary-t.sh - for every way a client proves who it is, and every grant: what
# was marked is in no argument or environment of any process, in no write(2)
# or send(2) in the clear but a token's into its own two files, in no message,
# and in no file elsewhere; the resident helper forgets it; and nobody of the
# same user looks into a helper.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
command -v openssl >/dev/null || skip_all "the openssl program is not installed"
can_trace || skip_all "needs root, and strace that may trace"
# LeakSanitizer cannot work under strace.
export ASAN_OPTIONS=detect_leaks=0
K=$T/config/tokenward/keys
mkdir "$K"
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$T/plain.key" 2>/dev/null
openssl pkey -in "$T/plain.key" -pubout -out "$T/sandbox/ec.pub" 2>/dev/null
openssl req -x509 -key "$T/plain.key" -subj /CN=tls -days 30 -out "$K/tls.pem" 2>/dev/null
PASSPHRASE=5afeca11-0000-4000-8000-000passphrase
openssl pkcs8 -topk8 -in "$T/plain.key" -out "$K/ec.key" -passout "pass:$PASSPHRASE" 2>/dev/null
cp "$K/tls.pem" "$T/sandbox/"
printf %s "$PASSPHRASE" >"$K/pass"
chmod 700 "$K"; chmod 600 "$K"/*
own "$T/config" "$T/sandbox"
sandbox --client-key "ec:$T/sandbox/ec.pub:payments" --client-certificate "tls:$T/sandbox/tls.pem:payments"
PROFILES=$T/config/tokenward/profiles.d
mkdir "$PROFILES"
KEY="assertion_key: ../keys/ec.key"
UNLOCK="assertion_key_passphrase: {file: ../keys/pass}"

put() { # put NAME LINE...
    name=$1
    shift
    {
        echo "profiles:"
        echo "  $name:"
        echo "    ca_file: $CA"
        for line in "$@"; do echo "    $line"; done
    } >"$PROFILES/$name.yaml"
}
hold() { printf '%s\n' "$2" >"$T/config/tokenward/$1"; chmod 600 "$T/config/tokenward/$1"; }
AT="token_endpoint: $URL/oauth/v1/token"
ME="client_id: $CLIENT_ID"
SECRET='client_secret: {file: ../secret}'
SCOPE='scope: payments'
hold secret "$CANARY"
# Each client authentication.
for method in post basic jwt; do put "$method" "$AT" "$ME" "$SECRET" "$SCOPE" "token_endpoint_auth_method: client_secret_$method"; done
put signed "$AT" 'client_id: ec' "$KEY" "$UNLOCK" "$SCOPE" 'token_endpoint_auth_method: private_key_jwt'
put shown "$AT" 'client_id: tls' "$SCOPE" 'token_endpoint_auth_method: self_signed_tls_client_auth' 'client_certificate: ../keys/tls.pem' \
    'client_certificate_key: ../keys/ec.key' 'client_certificate_key_passphrase: {file: ../keys/pass}'
# Each place of a secret.
put by-value "$AT" "$ME" "client_secret: $CANARY" "$SCOPE"
put by-env "$AT" "$ME" 'client_secret: {env: PAY_SECRET}' "$SCOPE"
put by-command "$AT" "$ME" "client_secret: {command: [cat, $T/config/tokenward/secret]}" "$SCOPE"
# Each grant.
SUBJECT=$(curl -s --cacert "$CA" -d grant_type=client_credentials -d "client_id=$CLIENT_ID" -d "client_secret=$CANARY" -d scope=payments \
    "$URL/oauth/v1/token" | sed 's/.*"access_token": *"\([^"]*\)".*/\1/')
FIRST=$(curl -s --cacert "$CA" "$URL/mint/$CLIENT_ID")
MINTED=5ec0ffee-aaaa-4c1d-9e1f-m1n7ed
HELD=5ec0ffee-bbbb-4c1d-9e1f-he1d0
hold subject "$SUBJECT"
hold first "$FIRST"
hold minted "$MINTED"
hold held "$HELD"
put traded 'provider: token_exchange' "$AT" "$ME" "$SECRET" "$SCOPE" 'subject_token: {file: ../subject}' 'audience: ledger'
put bearer 'provider: jwt_bearer' "$AT" "$SCOPE" 'iss: ec' "$KEY" "$UNLOCK"
put renewed 'provider: refresh_token' "$AT" "$ME" "$SECRET" 'refresh_token: {file: ../first}'
put command 'provider: exec' "command: [cat, $T/config/tokenward/minted]" 'default_lifetime: 900'
put file 'provider: file' "file: $T/config/tokenward/held" 'default_lifetime: 900'
for name in command file; do sed -i '/ca_file/d' "$PROFILES/$name.yaml"; done
chmod 700 "$PROFILES"; chmod 600 "$PROFILES"/*
own "$T/config"
NAMES="post basic jwt signed shown by-value by-env by-command traded bearer renewed command file"
STATE=$T/home/.local/state/tokenward

# Every mark, with how it looks in Basic and in a form.
{
    printf '%s\n' "$CANARY" "$PASSPHRASE" "$SUBJECT" "$FIRST"
    printf %s "$CLIENT_ID:$CANARY" | base64 -w0 | cut -c1-60; echo
    sed -n 2p "$T/plain.key"
} | grep . >"$T/marks"
is "$(wc -l <"$T/marks") ${#SUBJECT}" "6 43" "there is something to look for"
export PAY_SECRET="$CANARY"
for name in $NAMES; do
    traced "$T/trace" "$T/bin/tokenward-helper" fetch --force "$name" >"$T/run/out" 2>&1
    is $? 0 "$name: a token"
    sed 's/^/# /' "$T/run/out"
    # The environment that the test itself gives holds one, and so does what a
    # command prints into its own pipe.
    grep -v -e 'execve("[^"]*/\(tokenward-helper\|setpriv\)"' -e 'write(1<pipe:' "$T/trace" >"$T/calls"
    is "$(grep -cFf "$T/marks" "$T/calls")" 0 "$name: nothing marked is written, sent in the clear, or given to a program"
    token=$(field "$name" access_token)
    is "$(grep -F -e "$token" "$T/calls" | grep -cvE "<$T/run/tokenward/$name/\.new\.[^>]*>")" 0 \
        "$name: its token goes into its own files alone"
    [ "$(grep -cF -e "$token" "$T/calls")" -ge 2 ]; ok $? "$name: where it is seen"
    kept=$(sed -n 's/^refresh_token=//p' "$STATE/$name" 2>/dev/null)
    if [ -n "$kept" ]; then
        is "$(grep -cF -e "$kept" "$T/calls")" 0 "$name: the next refresh token is in no call"
        printf '%s\n' "$kept" >>"$T/marks"
    fi
done
grep -rlFf "$T/marks" "$T/run" "$T/home" "$T/sandbox.out" >"$T/found" 2>/dev/null
is "$(tr '\n' ' ' <"$T/found")" "$STATE/renewed " "no file holds a mark but the state of the refresh token"
user tokenward status --json >"$T/status" 2>&1
user "$T/bin/tokenward-helper" check >>"$T/status" 2>&1
for name in $NAMES; do user "$T/bin/tokenward-helper" explain "$name" >>"$T/status" 2>&1; done
is "$(grep -cFf "$T/marks" "$T/status")" 0 "status, check and explain show none"

# The resident helper, after it has fetched all: freed memory is wiped, and
# what lives is tokens, not what buys them.
unset PAY_SECRET
rm "$PROFILES/by-env.yaml" "$PROFILES/by-value.yaml" # which it keeps, as long as it has the profile
for name in $NAMES; do forget "$name"; done
user "$T/bin/tokenward-helper" serve >"$T/out" 2>"$T/served" &
EXTRA_PID=$!
for _ in $(seq 200); do
    [ "$(find "$T/run/tokenward" -name record | wc -l)" -ge 11 ] && break
    sleep 0.1
done
is "$(find "$T/run/tokenward" -name record | wc -l)" 11 "the resident helper has them all"
sleep 0.5
pids=$(pgrep -f "^$T/bin/tokenward-helper serve")
if [ "$(id -u)" = 0 ] && command -v python3 >/dev/null; then
    # shellcheck disable=SC2086
    is "$(python3 "$TOP_SRC/tests/flow/memory_marks.py" "$T/marks" $pids)" 0 "and no mark in its memory"
    # What a profile says is there, so what is looked for would be found.
    echo "$CLIENT_ID" >"$T/there"
    # shellcheck disable=SC2086
    [ "$(python3 "$TOP_SRC/tests/flow/memory_marks.py" "$T/there" $pids 2>/dev/null)" -gt 0 ]; ok $? "where the client_id is found"
else
    skip "and no mark in its memory" "needs root and python3"
fi
# Another process of the same user.
refused=0 looked=0
for pid in $pids; do
    looked=$((looked + 1))
    user timeout 5 strace -p "$pid" -o /dev/null 2>&1 | grep -q 'Operation not permitted' && refused=$((refused + 1))
    [ "$(id -u)" = "$USER_ID" ] || user cat "/proc/$pid/environ" >/dev/null 2>&1 || refused=$((refused + 1))
    if command -v gdb >/dev/null; then
        looked=$((looked + 1))
        user timeout 20 gdb -p "$pid" -batch </dev/null 2>&1 | grep -qi 'not permitted' && refused=$((refused + 1))
    fi
done
[ "$(id -u)" = "$USER_ID" ] || looked=$((looked + $(echo "$pids" | wc -w)))
[ "$looked" -gt 1 ]; ok $? "strace, gdb and cat tried"
is "$refused" "$looked" "and may look into none of its processes"
# A crash leaves no core, of the one that has tokens.
user sh -c 'ulimit -c unlimited' 2>/dev/null
for pid in $pids; do kill -SEGV "$pid"; done
wait "$EXTRA_PID"
EXTRA_PID=
is "$(find "$T" -name 'core*' -type f | wc -l)" 0 "a crash leaves no core"
is "$(grep -cFf "$T/marks" "$T/served")" 0 "and no mark in what it said"
done_testing
