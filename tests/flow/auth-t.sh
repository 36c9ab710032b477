#!/bin/sh
# SPDX-License-Identifier: MIT
# auth-t.sh - every way a client proves who it is, and what each is refused
# for.  The sandbox verifies with code of its own.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
command -v openssl >/dev/null || skip_all "the openssl program is not installed"
K=$T/config/tokenward/keys
mkdir "$K"

new_key() { # new_key NAME ALGORITHM [OPTION...]: NAME.key and NAME.pub
    name=$1 algorithm=$2
    shift 2
    openssl genpkey -algorithm "$algorithm" "$@" -out "$K/$name.key" 2>/dev/null
    openssl pkey -in "$K/$name.key" -pubout -out "$K/$name.pub" 2>/dev/null
    chmod 600 "$K/$name.key"
}
new_key rsa RSA -pkeyopt rsa_keygen_bits:2048
new_key ec EC -pkeyopt ec_paramgen_curve:P-256
new_key ed ED25519
new_key other EC -pkeyopt ec_paramgen_curve:P-256
openssl pkcs8 -topk8 -in "$K/ec.key" -out "$K/locked.key" -passout pass:s3cret 2>/dev/null
openssl req -x509 -key "$K/rsa.key" -subj /CN=rsa -days 30 -out "$K/rsa.pem" 2>/dev/null
[ -s "$K/rsa.pem" ] || skip_all "openssl makes no keys"
chmod 700 "$K"; own "$T/config"
cp "$K"/*.pub "$T/sandbox/"; own "$T/sandbox"

sandbox --client-key "rsa:$T/sandbox/rsa.pub:payments" --client-key "ec:$T/sandbox/ec.pub:payments" \
    --client-key "ed:$T/sandbox/ed.pub:payments" --client "open::payments"

client() { # client NAME ID METHOD [LINE...]: a profile of this client
    name=$1 id=$2 method=$3
    shift 3
    profile "$name" "${ENDPOINT:-/oauth/v1/token}" "token_endpoint_auth_method: $method" "$@"
    sed -i -e '/client_secret: {file: ..\/secret}$/d' -e "s/client_id: .*/client_id: $id/" -e 's/scope: .*/scope: payments/' \
        "$T/config/tokenward/profiles.d/$name.yaml"
}
fetch() { # fetch NAME: it must bring a token
    user tokenward-helper fetch "$1" 2>"$T/err"
    is $? 0 "$1: a token"
    sed 's/^/# /' "$T/err"
}
refused() { # refused NAME EXIT WORDS
    forget "$1"
    out=$(user tokenward-helper fetch "$1" 2>&1)
    is $? "$2" "$1: refused, exit $2"
    like "$out" "$3" "$1: and the message says why"
}
logged() { curl -s --cacert "$CA" "$URL/log" | awk '$3 ~ /token$/ { print $5 }' | tail -n 1; }

# Each kind of key, each algorithm.
client rs256 rsa private_key_jwt 'assertion_key: ../keys/rsa.key'
client ps256 rsa private_key_jwt 'assertion_key: ../keys/rsa.key' 'token_endpoint_auth_signing_alg: PS256' \
    'assertion_key_id: "rsa 1"' 'assertion_certificate: ../keys/rsa.pem'
client es256 ec private_key_jwt "assertion_key: file:$K/ec.key"
client eddsa ed private_key_jwt 'assertion_key: ../keys/ed.key' "issuer: $URL"
client locked ec private_key_jwt 'assertion_key: ../keys/locked.key' 'assertion_key_passphrase: {env: PASS}'
openssl pkey -in "$K/ec.key" -outform DER -out "$K/der.key" 2>/dev/null
openssl req -x509 -key "$K/ec.key" -subj /CN=ec -days 30 -out "$K/ec.pem" 2>/dev/null
openssl pkcs12 -export -in "$K/ec.pem" -inkey "$K/ec.key" -passout pass:s3cret -out "$K/ec.p12" 2>/dev/null
chmod 600 "$K/der.key" "$K/ec.p12"; own "$K"
client der ec private_key_jwt 'assertion_key: ../keys/der.key'
client p12 ec private_key_jwt 'assertion_key: ../keys/ec.p12' 'assertion_key_passphrase: {env: PASS}' \
    'assertion_certificate: ../keys/ec.pem'
PASS=s3cret; export PASS
for name in rs256 ps256 es256 eddsa locked der p12; do fetch "$name"; done
is "$(logged)" assertion "the server saw an assertion"
for name in rs256 es256; do
    user tokenward-helper fetch --force "$name"; is $? 0 "$name: another assertion is not the same one"
done

# What the secret signs, what is public, what a platform signed.
client secretjwt "$CLIENT_ID" client_secret_jwt "client_secret: {file: $T/config/tokenward/secret}"
fetch secretjwt
client short "$CLIENT_ID" client_secret_jwt 'client_secret: {file: ../pass}'
printf s3cret >"$T/config/tokenward/pass"; chmod 600 "$T/config/tokenward/pass"; own "$T/config"
refused short 78 "short.yaml:[0-9]*:[0-9]*: secret from file .*pass: is too short: client_secret_jwt needs 32 bytes"
client open open none
fetch open
is "$(logged)" none "a public client sends nothing that proves it"
ENDPOINT=/m/status=401,error=invalid_client/oauth/v1/token
client closed open none
ENDPOINT=
refused closed 77 "closed.yaml:[0-9]*: .*client_id: the server says invalid_client"
like "$out" "hint: no secret was sent; is client_id right, and is it a public client" "closed: and that nothing was to be refused"

encode() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
assert() { # assert EXP: an assertion of the client rsa, made by openssl alone
    head=$(printf '{"alg":"RS256"}' | encode)
    body=$(printf '{"iss":"rsa","sub":"rsa","aud":"%s","exp":%s,"jti":"%s"}' "$URL" "$1" "$(openssl rand -hex 8)" | encode)
    printf '%s.%s.%s\n' "$head" "$body" \
        "$(printf '%s.%s' "$head" "$body" | openssl dgst -sha256 -sign "$K/rsa.key" | encode)"
}
client given rsa client_assertion 'client_assertion: {file: ../pod/token}'
mkdir -p "$T/config/tokenward/pod/..one" "$T/config/tokenward/pod/..two"
assert $(($(date +%s) + 100)) >"$T/config/tokenward/pod/..one/token"
assert $(($(date +%s) + 100)) >"$T/config/tokenward/pod/..two/token"
chmod 644 "$T/config/tokenward/pod"/..*/token
ln -s ..one "$T/config/tokenward/pod/..data"
ln -s ..data/token "$T/config/tokenward/pod/token"
own -h "$T/config"
fetch given
ln -sfn ..two "$T/config/tokenward/pod/..data"
user tokenward-helper fetch --force given; is $? 0 "given: the new assertion is read, by links as Kubernetes has them"
refused_again=$(user tokenward-helper fetch --force given 2>&1)
is $? 77 "given: an assertion that was sent before is refused"
like "$refused_again" "jti was here before" "and the server says so"
assert $(($(date +%s) - 10)) >"$T/config/tokenward/pod/..two/token"
refused given 77 "given.yaml:[0-9]*: .*exp is over.*"
like "$out" "hint: the assertion came from file .*pod/token" "with where it came from"
chmod 666 "$T/config/tokenward/pod/..two/token"
refused given 73 "lets others write"

# What nobody sees in a file.
for blank in 'blank ' '	blank' blank; do
    printf '%s\n' "$blank" >"$T/config/tokenward/secret.blank"
    chmod 600 "$T/config/tokenward/secret.blank"
    own "$T/config/tokenward/secret.blank"
    profile blank /m/status=401,error=invalid_client/oauth/v1/token
    sed -i 's#client_secret:.*#client_secret: {file: ../secret.blank}#' "$T/config/tokenward/profiles.d/blank.yaml"
    refused blank 77 "the secret came from file "
    case $blank in blank) is "$(echo "$out" | grep -c blank,)" 0 "a secret without blanks" ;;
    *) like "$out" "secret[.]blank and begins or ends with a blank, which is sent; " "one that begins or ends with a blank: is told" ;; esac
done

# Refusals: the server's, with the line and what to look at.
client wrongkey ec private_key_jwt 'assertion_key: ../keys/other.key'
refused wrongkey 77 "wrongkey.yaml:[0-9]*: .*client_id: the server says invalid_client"
like "$out" "hint: it was signed with $T/config/tokenward/profiles.d/../keys/other.key" "wrongkey: names the key"
before=$(requests)
user tokenward-helper fetch wrongkey >/dev/null 2>&1
is "$(requests)" "$before" "wrongkey: the server is not asked again with the same key"
cp "$K/ec.key" "$K/other.key"; chmod 600 "$K/other.key"; own "$K"
user tokenward-helper fetch wrongkey 2>"$T/err"; is $? 0 "wrongkey: but at once with another key"
client oldcert nobody private_key_jwt 'assertion_key: ../keys/rsa.key' 'assertion_certificate: ../keys/rsa.pem'
refused oldcert 77 "sub is no client"
cp -p "$K/rsa.pem" "$K/new.pem"
mv "$K/new.pem" "$K/rsa.pem"
before=$(requests)
user tokenward-helper fetch oldcert >/dev/null 2>&1
user tokenward-helper fetch oldcert >/dev/null 2>&1
is "$(requests)" $((before + 1)) "oldcert: it is asked once more with another certificate of the key"
client wrongaud ec private_key_jwt 'assertion_key: ../keys/ec.key' 'assertion_audience: https://other.test'
refused wrongaud 77 "aud is not this server"
client toolong ec private_key_jwt 'assertion_key: ../keys/ec.key' 'assertion_lifetime: 3600'
refused toolong 77 "exp is over, or too far away"
client wrongid nobody private_key_jwt 'assertion_key: ../keys/ec.key'
refused wrongid 77 "sub is no client"
client wrongalg rsa private_key_jwt 'assertion_key: ../keys/rsa.key' 'token_endpoint_auth_signing_alg: ES256'
refused wrongalg 78 "wrongalg.yaml:[0-9]*:[0-9]*: assertion_key .*rsa.key: ES256 needs an EC key on P-256"
client nokey rsa private_key_jwt 'assertion_key: ../keys/none.key'
refused nokey 78 "nokey.yaml:[0-9]*:[0-9]*: assertion_key .*none.key: does not exist"
client lockedout ec private_key_jwt 'assertion_key: ../keys/locked.key' 'assertion_key_passphrase: {env: OTHER_PASS}'
OTHER_PASS=other; export OTHER_PASS
refused lockedout 78 "is assertion_key_passphrase the right one"
client thumb ec private_key_jwt 'assertion_key: ../keys/ec.key' 'assertion_certificate: ../keys/rsa.pem'
refused thumb 78 "certifies another key"
client notthere rsa private_key_jwt
refused notthere 78 "missing: assertion_key"
rm "$T/config/tokenward/profiles.d/notthere.yaml"
before=$(requests)
chmod 640 "$K/ec.key"
user tokenward-helper fetch --force es256 >"$T/out" 2>&1; is $? 73 "a key that others may read: exit 73"
like "$(cat "$T/out")" "chmod 600" "and what to do"
is "$(requests)" "$before" "the server was not asked"
chmod 600 "$K/ec.key"
out=$(user tokenward-helper fetch --force es256 2>&1); is $? 0 "mended: asked at once"

# An assertion is good for one use, so libcurl may never send it again by
# itself, as it does on a kept connection that ends in place of an answer.
names=
for i in $(seq 12); do
    client "once$i" ec private_key_jwt "assertion_key: $K/ec.key"
    names="$names once$i"
done
before=$(curl -s --cacert "$CA" "$URL/log" | wc -l)
# shellcheck disable=SC2086
user tokenward-helper fetch $names 2>"$T/err"; is $? 0 "12 assertions in one process"
sed 's/^/# /' "$T/err"
is "$(curl -s --cacert "$CA" "$URL/log" | tail -n "+$((before + 1))" | awk '$5 == "assertion" { print $7 }' | sort -u | wc -l)" 12 \
    "each on a connection of its own"

# Two secrets while they are changed: the second is tried once.
secrets() { # secrets NAME METHOD FIRST NEXT [LINE...]
    name=$1 method=$2
    printf %s "$3" >"$T/config/tokenward/first"; printf %s "$4" >"$T/config/tokenward/next"
    chmod 600 "$T/config/tokenward/first" "$T/config/tokenward/next"
    shift 4
    client "$name" "$CLIENT_ID" "$method" 'client_secret: {file: ../first}' 'client_secret_next: {file: ../next}' "$@"
}
WRONG=wrong-secret-of-at-least-32-bytes-aaaa
ALSO_WRONG=wrong-secret-of-at-least-32-bytes-bbbb
for method in client_secret_post client_secret_basic client_secret_jwt; do
    before=$(requests)
    secrets "next$method" "$method" "$WRONG" "$CANARY"
    fetch "next$method"
    is "$(requests)" $((before + 2)) "$method: by two requests"
    is "$(field "next$method" warning)" "the server refuses client_secret, and takes client_secret_next: make that the client_secret" \
        "$method: the record says which one works"
done
like "$(user tokenward status)" "takes client_secret_next" "status says so"
before=$(requests)
secrets first client_secret_post "$CANARY" "$WRONG"
fetch first
is "$(requests) $(field first warning)" "$((before + 1)) " "a good first one is all that is sent"
secrets neither client_secret_post "$WRONG" "$ALSO_WRONG"
before=$(requests)
refused neither 77 "invalid_client"
like "$out" "both were refused, client_secret from file .*first and client_secret_next from file .*next" "neither: says that both were tried"
is "$(requests)" $((before + 2)) "neither: two requests, no more"
user tokenward-helper fetch neither >/dev/null 2>&1
is "$(requests)" $((before + 2)) "neither: and none soon after"
printf %s "$CANARY" >"$T/config/tokenward/next"
user tokenward-helper fetch neither 2>"$T/err"; is $? 0 "neither: but at once when the next one is another"
for fault in absent short; do
    secrets "$fault" client_secret_jwt "$WRONG" short
    [ "$fault" = short ] || rm "$T/config/tokenward/next"
    case $fault in absent) why='does not exist' ;; short) why='is too short: client_secret_jwt needs 32 bytes' ;; esac
    before=$(requests)
    refused "$fault" 77 "client_secret: the server says invalid_client"
    like "$out" "hint: client_secret was refused, and client_secret_next cannot be sent: .*$fault.yaml:[0-9:]* .*next: $why" "the next one is $fault: that, too"
    user tokenward-helper fetch "$fault" >/dev/null 2>&1
    is "$(requests)" $((before + 1)) "the next one is $fault: one request, and none soon after"
    printf %s "$CANARY" >"$T/config/tokenward/next"
    chmod 600 "$T/config/tokenward/next"; own "$T/config"
    user tokenward-helper fetch "$fault" 2>"$T/err"; is $? 0 "the next one is $fault: at once when it is good"
    sed 's/^/# /' "$T/err"
done
ENDPOINT=/m/status=400,error=invalid_scope/oauth/v1/token
secrets otherwise client_secret_post "$WRONG" "$CANARY"
ENDPOINT=
before=$(requests)
refused otherwise 77 "invalid_scope"
is "$(requests)" $((before + 1)) "another refusal is none of the secret's"

# Nothing of the key is told or left behind.
line=$(sed -n 2p "$K/ec.key")
is "$(grep -rlF -e "$line" -e s3cret "$T/run" "$T/home" "$T/out" "$T/err" 2>/dev/null | wc -l)" 0 "no key and no passphrase in any file of ours"
if [ "$(id -u)" = 0 ] && command -v python3 >/dev/null; then
    ENDPOINT=/m/delay=5000/oauth/v1/token
    client slow ec private_key_jwt "assertion_key: file:$K/locked.key" 'assertion_key_passphrase: {file: ../pass}' \
        "assertion_audience: $URL"
    printf 's3cretpass' >"$T/config/tokenward/pass"
    openssl pkcs8 -topk8 -in "$K/ec.key" -out "$K/locked.key" -passout pass:s3cretpass 2>/dev/null
    chmod 600 "$T/config/tokenward/pass" "$K/locked.key"; own "$T/config"
    user "$T/bin/tokenward-helper" fetch slow 2>"$T/err" &
    is_asked() { [ "$(curl -s --cacert "$CA" "$URL/count$ENDPOINT")" = 1 ]; }
    until_true 30 is_asked
    # The private number of the key, as it is in memory, from either end.
    private=$(openssl pkey -in "$K/ec.key" -text -noout | sed -n '/priv:/,/pub:/p' | tr -d ' :\n' | sed 's/priv//; s/pub//; s/^00//')
    looked=$(python3 - "$private" $(pgrep -f "^$T/bin/tokenward-helper fetch slow") <<'EOF'
import sys
number = bytes.fromhex(sys.argv[1])
marks = {"key": number, "reversed key": number[::-1], "passphrase": b"s3cretpass"}
seen = set()
for pid in sys.argv[2:]:
    try:
        maps, mem = open(f"/proc/{pid}/maps"), open(f"/proc/{pid}/mem", "rb")
    except OSError:
        continue
    for line in maps:
        place, mode = line.split()[:2]
        if not mode.startswith("rw"):
            continue
        start, end = (int(x, 16) for x in place.split("-"))
        try:
            mem.seek(start)
            text = mem.read(end - start)
        except (OSError, ValueError):
            continue
        seen.add("memory")
        seen.update(name for name, mark in marks.items() if mark in text)
print(", ".join(sorted(seen)))
EOF
    )
    wait "$!"; is $? 0 "slow: a token"
    sed 's/^/# /' "$T/err"
    case $looked in
    "") skip "no key and no passphrase in memory while the request is under way" "memory cannot be read here" ;;
    *) is "$looked" memory "no key and no passphrase in memory while the request is under way" ;;
    esac
else
    skip "no key and no passphrase in memory" "needs root and python3"
fi
done_testing
