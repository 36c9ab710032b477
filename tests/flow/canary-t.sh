#!/bin/sh
# SPDX-License-Identifier: MIT
# canary-t.sh - for every way a client proves who it is, every grant and every
# place of a secret: what was marked is in no argument or environment of any
# process, in no write(2) or send(2) in the clear but a token's into its own two
# files, in no message, and in no file elsewhere; the resident helper forgets
# it; nobody of the same user looks into a helper, and none leaves a core.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
command -v openssl >/dev/null || skip_all "the openssl program is not installed"
can_trace || skip_all "needs root, and strace that may trace"
# LeakSanitizer cannot work under strace; and a crash shall be one.
export ASAN_OPTIONS=detect_leaks=0:handle_segv=0
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
sandbox --client-key "ec:$T/sandbox/ec.pub:payments" --client-certificate "tls:$T/sandbox/tls.pem:payments" --client open::payments
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
# Looks for marks, and what they found.
looks=0 finds=0
found() { # found N NAME: so many, where none may be
    looks=$((looks + 1))
    finds=$((finds + $1))
    is "$1" 0 "$2"
}
percent() { printf %s "$1" | od -An -v -tx1 | tr -d '\n' | tr ' ' %; }
encode() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
# An assertion of the client ec that something else signed, good for once.
assert() {
    head=$(printf '{"alg":"ES256"}' | encode)
    body=$(printf '{"iss":"ec","sub":"ec","aud":"%s","exp":%s,"jti":"%s"}' "$URL" "$(($(date +%s) + 200))" "$(openssl rand -hex 8)" | encode)
    # From DER to the two numbers that RFC 7518 3.4 wants.
    signature=$(printf '%s.%s' "$head" "$body" | openssl dgst -sha256 -sign "$T/plain.key" | openssl asn1parse -inform DER |
        sed -n 's/.*INTEGER *:\(.*\)/\1/p' | while read -r number; do printf '%064s' "$number" | tr ' ' 0; done | sed 's/../\\x&/g')
    # shellcheck disable=SC2059  # the bytes
    echo "$head.$body.$(env printf "$signature" | encode)"
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
put named "$AT" 'client_id: tls' "$SCOPE" 'token_endpoint_auth_method: tls_client_auth' 'client_certificate: ../keys/tls.pem' \
    'client_certificate_key: ../keys/ec.key' 'client_certificate_key_passphrase: {file: ../keys/pass}'
put given "$AT" 'client_id: ec' "$SCOPE" 'token_endpoint_auth_method: client_assertion' 'client_assertion: {file: ../assertion}'
put open "$AT" 'client_id: open' "$SCOPE" 'token_endpoint_auth_method: none'
# Each place of a secret.
put by-credential "$AT" "$ME" 'client_secret: {credential: pay}' "$SCOPE"
put by-profile 'provider: token_exchange' "$AT" "$ME" "$SECRET" "$SCOPE" 'subject_token: {profile: post}' 'audience: ledger'
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
# Of this login the code, too, is a mark, and the tokens are.
CODE=5ec0ffee-cccc-4c1d-9e1f-dev1cec0de
put device 'provider: device_code' "$ME" "$SECRET" \
    "device_authorization_endpoint: $URL/m/body=$(percent "{\"device_code\":\"$CODE\",\"user_code\":\"BCDF-GHJK\",\"verification_uri\":\"$URL/device\",\"expires_in\":60,\"interval\":1}")/oauth/v1/device" \
    "token_endpoint: $URL/m/body=$(percent '{"access_token":"5ec0ffee-dddd-4c1d-9e1f-acce55","token_type":"Bearer","expires_in":900,"refresh_token":"5ec0ffee-eeee-4c1d-9e1f-ref7e54"}')/oauth/v1/token"
put browser 'provider: authorization_code' "$AT" "$ME" "$SECRET" "authorization_endpoint: $URL/oauth/v1/authorize"
put command 'provider: exec' "command: [cat, $T/config/tokenward/minted]" 'default_lifetime: 900'
put file 'provider: file' "file: $T/config/tokenward/held" 'default_lifetime: 900'
for name in command file; do sed -i '/ca_file/d' "$PROFILES/$name.yaml"; done
chmod 700 "$PROFILES"; chmod 600 "$PROFILES"/*
own "$T/config"
NAMES="post basic jwt signed shown named given open by-value by-env by-command by-credential by-profile traded bearer renewed device browser command file"
mkdir "$T/credentials"; printf '%s\n' "$CANARY" >"$T/credentials/pay"
chmod 700 "$T/credentials"; chmod 400 "$T/credentials/pay"; own "$T/credentials"
STATE=$T/home/.local/state/tokenward

# Every mark, with how it looks in Basic and in a form; and how each assertion
# begins, whoever made it.
ASSERTION=$(printf '{"alg":' | encode | cut -c1-9)
{
    printf '%s\n' "$CANARY" "$PASSPHRASE" "$SUBJECT" "$FIRST" "$CODE" "$ASSERTION"
    printf %s "$CLIENT_ID:$CANARY" | base64 -w0 | cut -c1-60; echo
    sed -n 2p "$T/plain.key"
} | grep . >"$T/marks"
is "$(wc -l <"$T/marks") ${#SUBJECT}" "8 43" "there is something to look for"
is "$(assert | cut -c1-9)" "$ASSERTION" "and an assertion begins so"
# The browser, which is sent here with a code of the server's.
come_back() {
    curl -s --cacert "$CA" -o /dev/null -w '%{redirect_url}' "$(sed -n 's/^    \(http.*\)/\1/p' "$T/run/out")" >"$T/back"
    curl -s -o /dev/null "$(cat "$T/back")"
}
export PAY_SECRET="$CANARY" CREDENTIALS_DIRECTORY="$T/credentials"
for name in $NAMES; do
    [ "$name" != given ] || { hold assertion "$(assert)"; own "$T/config"; }
    action="fetch --force"
    case $name in device | browser) action=login ;; esac
    if [ "$name" = browser ]; then
        { until_true 60 grep -q '^    http' "$T/run/out" && come_back; } &
        BROWSER=$!
    fi
    # shellcheck disable=SC2086  # words are wanted
    traced "$T/trace" "$T/bin/tokenward-helper" $action "$name" >"$T/run/out" 2>&1
    is $? 0 "$name: a token"
    sed 's/^/# /' "$T/run/out"
    # The environment that the test itself gives holds one, and so does what a
    # command prints into its own pipe.
    grep -v -e 'execve("[^"]*/\(tokenward-helper\|setpriv\)"' -e 'write(1<pipe:' "$T/trace" >"$T/calls"
    found "$(grep -cFf "$T/marks" "$T/calls")" "$name: nothing marked is written, sent in the clear, or given to a program"
    token=$(field "$name" access_token)
    found "$(grep -F -e "$token" "$T/calls" | grep -cvE "<$T/run/tokenward/$name/\.new\.[^>]*>")" \
        "$name: its token goes into its own files alone"
    [ "$(grep -cF -e "$token" "$T/calls")" -ge 2 ]; ok $? "$name: where it is seen"
    kept=$(sed -n 's/^refresh_token=//p' "$STATE/$name" 2>/dev/null)
    if [ -n "$kept" ]; then
        found "$(grep -cF -e "$kept" "$T/calls")" "$name: the next refresh token is in no call"
        printf '%s\n' "$kept" >>"$T/marks"
    fi
    if [ "$name" = browser ]; then
        wait "$BROWSER"
        code=$(sed 's/.*[?&]code=\([^&]*\).*/\1/' "$T/back")
        [ ${#code} -ge 40 ]; ok $? "$name: the browser brought a code"
        found "$(grep -cF -e "$code" "$T/calls")" "$name: which is written nowhere"
        found "$(grep -rlF -e "$code" "$T/home" "$T/run" 2>/dev/null | wc -l)" "$name: nor in a file"
    fi
    if [ "$name" = by-profile ]; then
        found "$(grep -F -e "$(field post access_token)" "$T/calls" | grep -cvE "<$T/run/tokenward/post/\.new\.[^>]*>")" \
            "$name: and the other profile's into that one's"
    fi
done
grep -rlFf "$T/marks" "$T/run" "$T/home" "$T/sandbox.out" | sort >"$T/found"
is "$(tr '\n' ' ' <"$T/found")" "$STATE/browser $STATE/device $STATE/renewed " "where a mark may be found, it is"
found "$(grep -cv -e "^$STATE/browser$" -e "^$STATE/device$" -e "^$STATE/renewed$" "$T/found")" "no file holds one but the state of a refresh token"
user tokenward status --json >"$T/status" 2>&1
user tokenward status --verbose >>"$T/status" 2>&1
user "$T/bin/tokenward-helper" check >>"$T/status" 2>&1
for name in $NAMES; do user "$T/bin/tokenward-helper" explain "$name" >>"$T/status" 2>&1; done
user timeout 120 tokenward doctor >>"$T/status" 2>&1
found "$(grep -cFf "$T/marks" "$T/status")" "status, check, explain and doctor show none"

# The resident helper, after it has fetched all: freed memory is wiped, and
# what lives is tokens, not what buys them.
unset PAY_SECRET
rm "$PROFILES/by-env.yaml" "$PROFILES/by-value.yaml" # which it keeps, as long as it has the profile
hold assertion "$(assert)"; own "$T/config"
rm -r "$T/run/tokenward"/[a-z]*/
count=$(($(echo "$NAMES" | wc -w) - 2))
mkdir "$T/crash"; own "$T/crash"
# As one is started where everything is allowed that an administrator can.
crashing() { user sh -c 'cd "$0" && ulimit -c unlimited && exec "$@"' "$T/crash" "$@"; }
crashing "$T/bin/tokenward-helper" --log-level info serve >"$T/out" 2>"$T/served" &
EXTRA_PID=$!
records() { find "$T/run/tokenward" -name record | wc -l; }
has_all() { [ "$(records)" -ge "$count" ]; }
until_true 60 has_all
is "$(records)" "$count" "the resident helper has them all"
pids=$(pgrep -f "^$T/bin/tokenward-helper.* serve")
sed -n 's/^refresh_token=//p' "$STATE"/[a-z]* >>"$T/marks" # what answers brought
# What a profile says is there, so what is looked for would be found.
echo "$CLIENT_ID" >"$T/there"
if command -v python3 >/dev/null && ! is_sanitized; then
    # shellcheck disable=SC2086  # each of them
    in_memory() { python3 "$TOP_SRC/tests/flow/memory_marks.py" "$T/marks" $pids; }
    # What bought the last one may just be on its way out.
    until_true 5 eval '[ "$(in_memory)" = 0 ]'
    found "$(in_memory)" "and no mark in its memory"
    # shellcheck disable=SC2086
    [ "$(python3 "$TOP_SRC/tests/flow/memory_marks.py" "$T/there" $pids 2>/dev/null)" -gt 0 ]; ok $? "where the client_id is found"
else
    skip "and no mark in its memory" "python3 is not installed, or a sanitizer wipes nothing"
fi
# Another process of the same user.
refused=0 looked=0
for pid in $pids; do
    looked=$((looked + 2))
    user timeout 60 strace -p "$pid" -o /dev/null 2>&1 | grep -q 'Operation not permitted' && refused=$((refused + 1))
    user cat "/proc/$pid/environ" >/dev/null 2>&1 || refused=$((refused + 1))
    if command -v gdb >/dev/null; then
        looked=$((looked + 1))
        user timeout 60 gdb -p "$pid" -batch </dev/null 2>&1 | grep -qi 'not permitted' && refused=$((refused + 1))
    fi
done
[ "$looked" -gt 1 ]; ok $? "strace, gdb and cat tried"
is "$refused" "$looked" "and may look into none of its processes"

# A core that root forces all the same.
if command -v gdb >/dev/null && ! is_sanitized; then
    for pid in $pids; do
        gdb -p "$pid" -batch -ex "generate-core-file $T/forced.$pid" </dev/null >"$T/gdb" 2>&1 || sed 's/^/# /' "$T/gdb"
    done
    is "$(find "$T" -maxdepth 1 -name 'forced.*' -size +100k | wc -l)" "$(echo "$pids" | wc -w)" "root makes cores of its processes"
    found "$(cat "$T"/forced.* | grep -acFf "$T/marks")" "and finds no mark"
    [ "$(cat "$T"/forced.* | grep -acFf "$T/there")" -gt 0 ]; ok $? "where the client_id is found"
    rm -f "$T"/forced.*
else
    skip "a core that root forces" "gdb is not installed, or the build is a sanitizer's"
fi

# Nobody's crash leaves one: of those that have tokens, or a secret while it is
# sent; though the limit was lifted, which a helper had lowered.
cores() { find "$T/crash" -type f | wc -l; }
crashing sh -c 'kill -SEGV $$' 2>/dev/null
written=$(cores)
rm -f "$T/crash"/*
has_ended() { ! grep -q '^State:.*[^Z] (' "/proc/$1/status"; }
crash() { # crash NAME PROCESS...
    name=$1 limited=0 count=$(($# - 1))
    shift
    for pid in "$@"; do
        grep -q 'Max core file size *0 ' "/proc/$pid/limits" && limited=$((limited + 1))
        prlimit --core=unlimited:unlimited --pid "$pid"
    done
    is "$limited" "$count" "$name: has no room for a core in $count processes"
    kill -SEGV "$@"
    for pid in "$@"; do
        until_true 30 has_ended "$pid"
        # 128 and more: with a core.  One that its parent has taken along, 9.
        [ ! -e "/proc/$pid" ] || [ "$(awk '{ print $NF }' "/proc/$pid/stat" 2>/dev/null || echo 0)" -lt 128 ]; ok $? "$name: crashed, without a core"
    done
    found "$(cores)" "$name: and leaves none where there is room"
}
if [ "$written" = 1 ]; then
    # shellcheck disable=SC2086  # each of them
    crash "the resident helper" $pids
    put slow "token_endpoint: $URL/m/delay=20000/oauth/v1/token" "$ME" "$SECRET" "$SCOPE"
    chmod 600 "$PROFILES/slow.yaml"; own "$T/config"
    crashing "$T/bin/tokenward-helper" fetch slow >"$T/out" 2>&1 &
    EXTRA_PID=$!
    is_asked() { [ "$(curl -s --cacert "$CA" "$URL/count/m/delay=20000/oauth/v1/token")" = 1 ]; }
    until_true 30 is_asked
    # shellcheck disable=SC2046  # each of them
    crash "a fetch" $(pgrep -f "^$T/bin/tokenward-helper fetch slow")
    cp "$(command -v sleep)" "$T/bin/sleeper"
    crashing "$T/bin/tokenward" exec post -- "$T/bin/sleeper" 60 >"$T/out" 2>&1 &
    EXTRA_PID=$!
    until_true 30 pgrep -f "^$T/bin/sleeper" >/dev/null
    # The one that keeps the file fresh, beside the command.
    crash "tokenward exec" "$(pgrep -f "^$T/bin/tokenward exec")"
    pkill -f "^$T/bin/sleeper"
    wait "$EXTRA_PID"
    EXTRA_PID=
else
    skip "a crash leaves no core" "here nobody's does (kernel.core_pattern, limits)"
    # shellcheck disable=SC2086  # each of them
    kill -SEGV $pids
    wait "$EXTRA_PID"
    EXTRA_PID=
fi
found "$(grep -cFf "$T/marks" "$T/served")" "and no mark in what it said"
figure canary-finds $finds "in $looks looks for $(wc -l <"$T/marks") marks, $(echo "$NAMES" | wc -w) ways to get a token"
done_testing
