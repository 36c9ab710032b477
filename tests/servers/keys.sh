#!/bin/sh
# SPDX-License-Identifier: MIT
# keys.sh DIR - the keys and certificates of a test server and of its clients,
# made once: an authority with the server's certificate and one client's, a
# client's own certificate, one of a stranger, and a key for each algorithm.
set -eu
umask 077
mkdir -p "$1"
cd "$1"
[ ! -e made ] || exit 0

quiet() { openssl "$@" 2>>openssl.log; }
curve='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha256 -days 30'

for key in rsa ps256 sign; do
    quiet genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out $key.key
done
for key in es256 stranger-es256; do
    quiet genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out $key.key
done
quiet genpkey -algorithm ED25519 -out ed25519.key
for key in rsa ps256 sign es256 ed25519; do
    quiet pkey -in $key.key -pubout -out $key.pub
done

# shellcheck disable=SC2086  # words are wanted
quiet req -x509 $curve -subj '/CN=Test CA' -keyout ca.key -out ca.pem
signed() { # signed NAME SUBJECT EXTENSION
    # shellcheck disable=SC2086
    quiet req ${curve% -days 30} -subj "/CN=$2" -keyout "$1.key" -out "$1.csr"
    echo "$3" >"$1.ext"
    quiet x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile "$1.ext" -out "$1.pem"
    rm "$1.csr" "$1.ext"
}
signed server 127.0.0.1 'subjectAltName=IP:127.0.0.1'
signed mtls cc-mtls 'extendedKeyUsage=clientAuth
subjectAltName=DNS:cc-mtls.example.test'
for name in mtls-self mtls-stranger; do
    # The stranger has the name of another, but not from the authority.
    # shellcheck disable=SC2086
    quiet req -x509 $curve -subj /CN=cc-mtls -keyout $name.key -out $name.pem
done
: >made
