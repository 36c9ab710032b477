#!/bin/sh
# SPDX-License-Identifier: MIT
# tls-t.sh - certificates that must be refused, each with its reason.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
command -v openssl >/dev/null || skip_all "the openssl program is not installed"
cd "$T/sandbox" || exit 99
key="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
# shellcheck disable=SC2086
openssl req -x509 $key -keyout ca.key -out ca.pem -days 30 -subj /CN=test-ca 2>/dev/null || skip_all "openssl makes no keys"

certificate() { # certificate NAME SUBJECT SAN [PREFIX COMMAND...]
    name=$1 subject=$2 san=$3
    shift 3
    # shellcheck disable=SC2086
    openssl req $key -keyout "$name.key" -out "$name.csr" -subj "/CN=$subject" 2>/dev/null
    [ -z "$san" ] || printf 'subjectAltName=%s\n' "$san" >"$name.ext"
    [ -n "$san" ] || printf 'basicConstraints=CA:FALSE\n' >"$name.ext"
    "$@" openssl x509 -req -in "$name.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 \
        -extfile "$name.ext" -out "$name.pem" 2>/dev/null
}
serve() { # serve NAME [OPTION...]: sets PORT
    name=$1
    shift
    PORT=$((20000 + $$ % 20000 + ${SERVED:-0}))
    SERVED=$((${SERVED:-0} + 1))
    openssl s_server -quiet -accept "127.0.0.1:$PORT" -cert "$name.pem" -key "$name.key" -www "$@" >/dev/null 2>&1 &
    EXTRA_PID=$!
    for _ in $(seq 50); do
        curl -sk -o /dev/null "https://127.0.0.1:$PORT/" && break
        sleep 0.05
    done
}
refused() { # refused NAME WORDS [CA]: a fetch from what is served fails so
    URL=https://127.0.0.1:$PORT CA=${3:-$T/sandbox/ca.pem}
    profile "$1" /token 'timeout: 5'
    out=$(user tokenward-helper fetch "$1" 2>&1)
    [ $? != 0 ]; ok $? "$1: refused"
    like "$out" "$2" "and the message says why"
    [ ! -e "$(record "$1")" ]; ok $? "no token is kept"
    kill "$EXTRA_PID"; wait "$EXTRA_PID" 2>/dev/null; EXTRA_PID=
}
chmod 755 "$T/sandbox"
certificate wronghost other.test DNS:other.test; chmod 644 ./*.pem
serve wronghost; refused wronghost "[Ii]s not for\|match\|wrong host\|another host\|name"
certificate good 127.0.0.1 IP:127.0.0.1; chmod 644 ./*.pem
# shellcheck disable=SC2086
openssl req -x509 $key -keyout other.key -out other.pem -days 30 -subj /CN=other-ca 2>/dev/null; chmod 644 ./*.pem
serve good; refused unknownca "certificate" "$T/sandbox/other.pem"
# shellcheck disable=SC2086
openssl req -x509 $key -keyout self.key -out self.pem -days 30 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 2>/dev/null; chmod 644 ./*.pem
serve self; refused selfsigned "self\|certificate"
if command -v faketime >/dev/null; then
    certificate expired 127.0.0.1 IP:127.0.0.1 faketime '2020-01-01 00:00:00'; chmod 644 ./*.pem
    serve expired; refused expired "expired"
    certificate future 127.0.0.1 IP:127.0.0.1 faketime '2035-01-01 00:00:00'; chmod 644 ./*.pem
    serve future; refused future "not yet valid\|clock"
else
    skip "an expired certificate" "faketime is not installed"
fi
serve good -tls1_1 -cipher DEFAULT@SECLEVEL=0; refused oldtls "TLS\|SSL\|protocol\|version\|handshake"
# A ca_file that is none is never "do not verify".
serve good; : >"$T/sandbox/empty.pem"; refused emptyca "empty.pem" "$T/sandbox/empty.pem"
serve good; refused missingca "missing.pem" "$T/sandbox/missing.pem"
serve good; mkdir "$T/sandbox/dir.pem"; refused dirca "dir.pem" "$T/sandbox/dir.pem"
done_testing
