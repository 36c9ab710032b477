#!/bin/sh
# SPDX-License-Identifier: MIT
# mtls-t.sh - clients that prove themselves by a certificate (RFC 8705): each
# with its own, on connections that nobody else gets.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
command -v openssl >/dev/null || skip_all "the openssl program is not installed"
K=$T/config/tokenward/keys
mkdir "$K"
key="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1"

# shellcheck disable=SC2086
for name in one two; do
    openssl req -x509 $key -nodes -keyout "$K/$name.key" -out "$K/$name.pem" -days 30 -subj "/CN=$name" 2>/dev/null
done
# A certificate that an authority between vouches for, and a locked RSA key.
# shellcheck disable=SC2086
openssl req -x509 $key -nodes -keyout "$T/ca.key" -out "$T/ca.pem" -days 30 -subj /CN=between 2>/dev/null
openssl req -newkey rsa:2048 -passout pass:s3cret -keyout "$K/chain.key" -out "$T/chain.csr" -subj /CN=chain 2>/dev/null
openssl x509 -req -in "$T/chain.csr" -CA "$T/ca.pem" -CAkey "$T/ca.key" -CAcreateserial -days 30 -out "$K/chain.pem" 2>/dev/null
[ -s "$K/chain.pem" ] || skip_all "openssl makes no certificates"
cp "$K"/*.pem "$T/sandbox/"
cat "$T/ca.pem" >>"$K/chain.pem"
chmod 700 "$K"; chmod 600 "$K"/*.key; chmod 644 "$K"/*.pem
own "$T/config" "$T/sandbox"
sandbox --client-certificate "one:$T/sandbox/one.pem:payments" --client-certificate "two:$T/sandbox/two.pem:payments" \
    --client-certificate "chain:$T/sandbox/chain.pem:payments" --client "open::payments"

client() { # client NAME ID METHOD [LINE...]: a profile of this client
    name=$1 id=$2 method=$3
    shift 3
    profile "$name" "${ENDPOINT:-/oauth/v1/token}" "token_endpoint_auth_method: $method" "$@"
    sed -i -e '/client_secret: {file: ..\/secret}$/d' -e "s/client_id: .*/client_id: $id/" -e 's/scope: .*/scope: payments/' \
        "$T/config/tokenward/profiles.d/$name.yaml"
}
certificate() { printf 'client_certificate: ../keys/%s.pem\n' "$1"; }
key_of() { printf 'client_certificate_key: ../keys/%s.key\n' "$1"; }
log() { curl -s --cacert "$CA" "$URL/log" | awk '$3 ~ /token$/'; }
refused() { # refused NAME EXIT WORDS
    out=$(user tokenward-helper fetch "$1" 2>&1)
    is $? "$2" "$1: refused, exit $2"
    like "$out" "$3" "$1: and the message says why"
}

client self one self_signed_tls_client_auth "$(certificate one)" "$(key_of one)"
user tokenward-helper fetch self 2>"$T/err"; is $? 0 "a self-signed certificate: a token"
sed 's/^/# /' "$T/err"
is "$(log | awk '{ print $5, $6 }')" "certificate 200" "the server saw the certificate, and no secret"
client chained chain tls_client_auth "$(certificate chain)" "$(key_of chain)" 'client_certificate_key_passphrase: {env: PASS}'
user env PASS=s3cret tokenward-helper fetch chained 2>"$T/err"; is $? 0 "a chain, and a locked key: a token"
sed 's/^/# /' "$T/err"

# The endpoint of those who show a certificate is another one.
ENDPOINT=/m/status=500/oauth/v1/token
client alias two tls_client_auth "$(certificate two)" "$(key_of two)" "mtls_endpoint_aliases: {token_endpoint: $URL/oauth/v1/token}"
ENDPOINT=
user tokenward-helper fetch alias 2>"$T/err"; is $? 0 "mtls_endpoint_aliases: a token from the alias"
profile aliased '' "token_endpoint_auth_method: tls_client_auth" "$(certificate two)" "$(key_of two)"
sed -i -e '/client_secret:/d' -e 's/client_id: .*/client_id: two/' -e 's/scope: .*/scope: payments/' -e "s#token_endpoint: .*#issuer: $URL#" \
    "$T/config/tokenward/profiles.d/aliased.yaml"
user tokenward-helper fetch aliased; is $? 0 "an issuer with one endpoint for all"
echo "mtls_endpoint_aliases.token_endpoint=https://localhost:${URL##*:}/oauth/v1/token" >>"$T/run/tokenward/aliased/metadata"
user tokenward-helper fetch --force aliased; is $? 0 "one whose alias is on another host"
like "$(field aliased warning)" "token endpoint is on another host: https://localhost" "which is told"
echo "mtls_endpoint_aliases.revocation_endpoint=$URL/m/tag=alias/oauth/v1/revoke" >>"$T/run/tokenward/aliased/metadata"
user tokenward logout aliased; is $? 0 "a logout, too"
like "$(curl -s --cacert "$CA" "$URL/log")" "m/tag=alias/oauth/v1/revoke .*certificate" "goes to the alias, with the certificate"

# Besides a secret: a server may want both, and bind the token to it.
profile both /oauth/v1/token "$(certificate one)" "$(key_of one)"
user tokenward-helper fetch both 2>"$T/err"; is $? 0 "a certificate besides a secret: a token"
is "$(log | tail -n 1 | awk '{ print $5 }')" post "by the secret"

# Refusals.
client swapped one tls_client_auth "$(certificate two)" "$(key_of two)"
refused swapped 77 "swapped.yaml:[0-9]*: .*client_id: the server says invalid_client: .*another client's"
like "$out" "hint: the certificate came from .*two.pem" "with where it came from"
client mixed one tls_client_auth "$(certificate one)" "$(key_of two)"
refused mixed 78 "mixed.yaml:[0-9]*: client_certificate .*one.pem: certifies another key"
client keyless one tls_client_auth "client_certificate: ../keys/one.key" "$(key_of one)"
refused keyless 78 "must hold 1 to 15 certificates in PEM"
client loose one tls_client_auth "$(certificate one)" 'client_certificate_key: ../keys/loose.key'
cp "$K/one.key" "$K/loose.key"; chmod 644 "$K/loose.key"; own "$K"
refused loose 73 "mode 0644 lets others read it"
loose="client_certificate_key /.*/loose.key: mode 0644 lets others read it; wanted: 0600"
like "$(user tokenward check 2>&1)" "warning: .*/loose.yaml:[0-9]*: profile 'loose': $loose$" "check warns of it"
like "$(user tokenward check 2>&1)" "hint: chmod 600 /.*/loose.key$" "and says what to do"
out=$(user tokenward explain loose)
like "$out" "^  key       line [0-9]*: /.*/loose.key: there, and REFUSED$" "explain shows it"
like "$out" "^  rule      a fetch that comes here ends: .*/loose.yaml:[0-9]*: $loose$" "and what comes of it"
like "$(user tokenward doctor loose 2>&1)" "^  FAIL  secret .*$loose$" "doctor fails by it"
chmod 600 "$K/loose.key"; cp "$K/one.pem" "$K/loose.pem"; chmod 664 "$K/loose.pem"; own "$K"
client loose one tls_client_auth 'client_certificate: ../keys/loose.pem' "$(key_of one)"
refused loose 73 "mode 0664 lets others write it"
like "$(user tokenward check 2>&1)" "warning: .*: client_certificate /.*/loose.pem: mode 0664 lets others write it; wanted: 0644$" "check: a certificate that others may write"
chmod 644 "$K/loose.pem"
is "$(user tokenward check 2>&1 | grep -c 'warning.*loose')" 0 "check: one that others may read is good"
client lacking one tls_client_auth
refused lacking 78 "missing: client_certificate"
rm "$T/config/tokenward/profiles.d/lacking.yaml"

# One process, more requests than connections, three identities in turn: who
# shows a certificate shares with nobody, not even with itself.
names=
for i in $(seq 12); do
    client "open$i" open none
    client "one$i" one tls_client_auth "$(certificate one)" "$(key_of one)"
    client "two$i" two tls_client_auth "$(certificate two)" "$(key_of two)"
    names="$names open$i one$i two$i"
done
first=$(log | wc -l)
# shellcheck disable=SC2086
user tokenward-helper fetch $names 2>"$T/err"; is $? 0 "36 profiles of three clients in one process"
sed 's/^/# /' "$T/err"
log | tail -n "+$((first + 1))" >"$T/log"
is "$(awk '$5 == "certificate" { print $7 }' "$T/log" | sort -u | wc -l)" 24 "24 requests with a certificate on 24 connections"
shared=$(awk '$5 == "none" { print $7 }' "$T/log" | sort -u | wc -l)
[ "$shared" -gt 0 ] && [ "$shared" -lt 12 ]; ok $? "12 without one share theirs"
is "$(awk '$5 == "certificate" { print $7 }' "$T/log" | sort >"$T/a"; awk '$5 == "none" { print $7 }' "$T/log" | sort -u | comm -12 - "$T/a" | wc -l)" \
    0 "and none was used by both"

# Nor is a session taken up again by somebody who shows none, and says to be that client.
names=
for i in $(seq 12); do
    client "thief$i" one none
    names="$names one$i thief$i"
done
# shellcheck disable=SC2086
user tokenward-helper fetch --force $names 2>"$T/err"; is $? 77 "12 who call themselves a client that shows a certificate, in one process with it"
is "$(grep -c "profile 'thief[0-9]*'.* invalid_client" "$T/err")" 12 "are refused, all of them"

# A server that lets nobody in without a certificate it knows.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$T/server.key" -out "$T/server.pem" \
    -days 30 -subj /CN=server -addext subjectAltName=IP:127.0.0.1 2>/dev/null
strict() { # strict [OPTION...]: one that asks for it; sets URL and CA
    : >"$T/server.out"
    openssl s_server -www -accept 127.0.0.1:0 -cert "$T/server.pem" -key "$T/server.key" -CAfile "$T/ca.pem" \
        -Verify 1 -verify_return_error "$@" >"$T/server.out" 2>&1 &
    EXTRA_PID="${EXTRA_PID:-} $!"
    until_true 30 grep -q '^ACCEPT' "$T/server.out"
    URL=https://$(sed -n 's/^ACCEPT //p' "$T/server.out") CA=$T/server.pem
}
SOLD=$URL
strict
client stranger open none
refused stranger 78 "wants a client certificate"
client unknown one tls_client_auth "$(certificate one)" "$(key_of one)"
refused unknown 77 "refuses the client's certificate"
cat "$CA" "$T/sandbox/ca.pem" >"$T/both.pem"
other=$URL URL=$SOLD CA=$T/both.pem
client apart chain tls_client_auth "$(certificate chain)" "$(key_of chain)" 'client_certificate_key_passphrase: {env: PASS}' \
    "revocation_endpoint: $other/revoke"
out=$(user env PASS=s3cret tokenward doctor apart 2>&1); is $? 0 "where tokens are revoked: doctor shows it there, too"
like "$out" "no token is revoked" "and has looked at that host"

# TLS 1.2 says of one that is missed no more than of a cipher.
strict -tls1_2
client older open none
refused older 75 "does it want a client certificate"

# One that was taken back.
printf '[ca]\ndefault_ca=list\n[list]\ndatabase=%s/index\ndefault_md=sha256\ndefault_crl_days=30\n' "$T" >"$T/ca.cnf"
: >"$T/index"
openssl ca -config "$T/ca.cnf" -keyfile "$T/ca.key" -cert "$T/ca.pem" -revoke "$K/chain.pem" 2>/dev/null
openssl ca -config "$T/ca.cnf" -keyfile "$T/ca.key" -cert "$T/ca.pem" -gencrl -out "$T/crl.pem" 2>/dev/null
export PASS=s3cret
for version in tls1_2 tls1_3; do
    strict "-$version" -crl_check -CRL "$T/crl.pem"
    client "revoked-$version" chain tls_client_auth "$(certificate chain)" "$(key_of chain)" 'client_certificate_key_passphrase: {env: PASS}'
    refused "revoked-$version" 77 "refuses the client's certificate"
done

# A host that the server does not know.
strict -servername other.test -servername_fatal -cert2 "$T/server.pem" -key2 "$T/server.key"
URL=https://localhost:${URL##*:}
client nameless open none
refused nameless 75 "knows no host of that name"

# One that knows whose the certificate is, and does not let them in.
PYTHON=/usr/bin/python3 # not one of root's home
if [ -x $PYTHON ]; then
    $PYTHON - >"$T/port" <<'END' &
import socket
with socket.create_server(("127.0.0.1", 0)) as server:
    print(server.getsockname()[1], flush=True)
    while True:
        client, _ = server.accept()
        with client:
            client.recv(16384)
            client.sendall(bytes([21, 3, 3, 0, 2, 2, 49])) # fatal, access_denied
END
    EXTRA_PID="$EXTRA_PID $!"
    until_true 30 test -s "$T/port"
    URL=https://127.0.0.1:$(cat "$T/port")
    client outside one tls_client_auth "$(certificate one)" "$(key_of one)"
    refused outside 77 "refuses this client"
else
    skip "a client that is not let in" "python3 is not installed"
fi
done_testing
