#!/bin/sh
# SPDX-License-Identifier: MIT
# token-t.sh - keys that never leave their token: a TPM in software (swtpm),
# by way of OpenSSL's provider for it.
#
# The provider finds a swtpm at its usual port and nowhere else, because the
# helper's environment holds no variable that would tell it another: as root
# the test runs in a network of its own.
if [ "$(id -u)" = 0 ] && [ -z "${TOKENWARD_OWN_NET:-}" ] && unshare -n true 2>/dev/null; then
    TOKENWARD_OWN_NET=1 exec unshare -n sh "$0"
fi
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
for program in swtpm tpm2_createprimary openssl ip; do
    command -v "$program" >/dev/null || skip_all "$program is not installed (swtpm, tpm2-tools, iproute2)"
done
[ -e "$(openssl version -m | sed 's/.*"\(.*\)".*/\1/')/tpm2.so" ] || skip_all "OpenSSL has no provider tpm2 (tpm2-openssl)"
[ -z "${TOKENWARD_OWN_NET:-}" ] || ip link set lo up
K=$T/config/tokenward/keys
mkdir "$K" "$T/tpm"
swtpm socket --tpm2 --tpmstate "dir=$T/tpm" --server type=tcp,port=2321 --ctrl type=tcp,port=2322 \
    --flags not-need-init,startup-clear >/dev/null 2>&1 &
EXTRA_PID=$!
is_up() { tpm2_getcap -T swtpm properties-fixed >/dev/null; }
until_true 9 is_up || { EXTRA_PID=; skip_all "no swtpm at port 2321"; }

tpm() { # tpm COMMAND [ARGUMENT...]: of the openssl program, with the provider
    command=$1
    shift
    openssl "$command" -provider tpm2 -provider default "$@" 2>/dev/null
}
tpm genpkey -algorithm EC -pkeyopt group:P-256 -out "$K/ec.key"
tpm genpkey -algorithm RSA -pkeyopt bits:2048 -out "$K/rsa.key"
tpm genpkey -algorithm EC -pkeyopt group:P-256 -pkeyopt user-auth:s3cret -out "$K/pin.key"
for name in ec rsa; do tpm pkey -in "$K/$name.key" -pubout -out "$T/sandbox/$name.pub"; done
tpm pkey -in "$K/pin.key" -passin pass:s3cret -pubout -out "$T/sandbox/pin.pub"
# One that the TPM keeps, at a number.
(
    cd "$T/tpm" || exit
    tpm2_createprimary -Q -T swtpm -C o -G ecc -c primary
    tpm2_create -Q -T swtpm -C primary -G ecc:ecdsa -u public -r private
    tpm2_flushcontext -T swtpm -t
    tpm2_load -Q -T swtpm -C primary -u public -r private -c loaded
    tpm2_evictcontrol -Q -T swtpm -C o -c loaded 0x81000005
    tpm2_flushcontext -T swtpm -t
) >/dev/null 2>&1
tpm pkey -in handle:0x81000005 -pubout -out "$T/sandbox/kept.pub"
[ -s "$T/sandbox/kept.pub" ] && [ -s "$T/sandbox/rsa.pub" ] || skip_all "swtpm makes no keys"
for name in ec rsa; do
    tpm req -x509 -key "$K/$name.key" -subj "/CN=$name" -days 30 -out "$K/$name.pem"
    cp "$K/$name.pem" "$T/sandbox/"
done
chmod 700 "$K"; chmod 600 "$K"/*.key; own "$T/config" "$T/sandbox"
head -n 1 "$K/ec.key" | grep -q TSS2; ok $? "the file holds a key that this TPM alone can open"

sandbox --client-key "ec:$T/sandbox/ec.pub:payments" --client-key "rsa:$T/sandbox/rsa.pub:payments" \
    --client-certificate "tls-ec:$T/sandbox/ec.pem:payments" --client-certificate "tls-rsa:$T/sandbox/rsa.pem:payments" \
    --client-key "pin:$T/sandbox/pin.pub:payments" --client-key "kept:$T/sandbox/kept.pub:payments"
client() { # client NAME ID LINE...: signs with a key of the TPM
    name=$1 id=$2
    shift 2
    profile "$name" /oauth/v1/token 'token_endpoint_auth_method: private_key_jwt' "$@"
    sed -i -e '/client_secret:/d' -e "s/client_id: .*/client_id: $id/" -e 's/scope: .*/scope: payments/' \
        "$T/config/tokenward/profiles.d/$name.yaml"
}
client es256 ec 'assertion_key: ../keys/ec.key'
client rs256 rsa 'assertion_key: ../keys/rsa.key'
client ps256 rsa 'assertion_key: ../keys/rsa.key' 'token_endpoint_auth_signing_alg: PS256'
client handle kept 'assertion_key: handle:0x81000005'
client pin pin 'assertion_key: ../keys/pin.key' 'assertion_key_passphrase: {env: PIN}'
PIN=s3cret; export PIN
for name in es256 rs256 ps256 handle pin; do
    user tokenward-helper fetch "$name" 2>"$T/err"; is $? 0 "$name: signed by the TPM, a token"
    grep -v '^ERROR:\|^WARNING:' "$T/err" | sed 's/^/# /'
done
for kind in ec rsa; do
    client "tls$kind" "tls-$kind" "client_certificate: ../keys/$kind.pem" "client_certificate_key: ../keys/$kind.key"
    sed -i 's/private_key_jwt/tls_client_auth/' "$T/config/tokenward/profiles.d/tls$kind.yaml"
    out=$(user tokenward-helper fetch "tls$kind" 2>&1); is $? 78 "tls$kind: a handshake cannot be signed by the TPM: exit 78"
    like "$out" "client_certificate_key .*keys/$kind.key: must be a file with the key itself" "tls$kind: and the message says so"
done
client nohandle kept 'assertion_key: handle:0x81000077'
out=$(user tokenward-helper fetch nohandle 2>&1); is $? 78 "a handle that is not there: exit 78"
like "$out" "nohandle.yaml:[0-9]*:[0-9]*: assertion_key handle:0x81000077: no private key is found there" "and the message names it"
kill "$EXTRA_PID"; wait "$EXTRA_PID" 2>/dev/null; EXTRA_PID=
out=$(user tokenward-helper fetch --force es256 2>&1); [ $? != 0 ]; ok $? "without the TPM: no token"
like "$out" "es256.yaml:[0-9]*:[0-9]*: assertion_key .*ec.key" "and the message names the key"
printf '%s\n' "$out" | sed 's/^/# /'
[ -s "$(record es256)" ]; ok $? "the token that is there stays"
done_testing
