#!/bin/sh
# SPDX-License-Identifier: MIT
# tls-t.sh - certificates that must be refused, each with its reason, before
# a byte of the request is sent; and those that must not be.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
command -v openssl >/dev/null || skip_all "the openssl program is not installed"

# A whole authorization server whose certificate has a common name alone.
sandbox --certificate no-name
profile common /oauth/v1/token
out=$(user tokenward-helper fetch common 2>&1); is $? 75 "an address as common name alone: refused"
like "$out" "names no host" "and the message says why"
kill "$SANDBOX_PID"; wait "$SANDBOX_PID" 2>/dev/null; SANDBOX_PID=

cd "$T/sandbox" || exit 99
chmod 755 "$T/sandbox"
ec="ec -pkeyopt ec_paramgen_curve:prime256v1"
authority() { # authority NAME: NAME.pem and NAME.key
    # shellcheck disable=SC2086
    openssl req -x509 -newkey $ec -nodes -keyout "$1.key" -out "$1.pem" -days 30 -subj "/CN=$1" 2>/dev/null
}
authority ca || skip_all "openssl makes no keys"
authority other
chmod 644 ./*.pem
mkfifo still; exec 9<>still # a stdin that never ends

certificate() { # certificate NAME SUBJECT SAN [OPTION...]; ISSUER, KIND, USAGE and WHEN say more
    name=$1 subject=$2 san=$3
    shift 3
    # shellcheck disable=SC2086
    openssl req -newkey ${KIND:-$ec} -nodes -keyout "$name.key" -out "$name.csr" -subj "/CN=$subject" 2>/dev/null
    printf 'basicConstraints=CA:FALSE\nextendedKeyUsage=%s\n' "${USAGE:-serverAuth}" >"$name.ext"
    [ -z "$san" ] || printf 'subjectAltName=%s\n' "$san" >>"$name.ext"
    # shellcheck disable=SC2086
    ${WHEN:+faketime "$WHEN"} openssl x509 -req -in "$name.csr" -CA "${ISSUER:-ca}.pem" -CAkey "${ISSUER:-ca}.key" -CAcreateserial -days 30 \
        -extfile "$name.ext" -out "$name.pem" "$@" 2>/dev/null
    chmod 644 "$name.pem"
}
serve() { # serve CERTIFICATE [OPTION...]: sets PORT
    name=$1
    shift
    : >"$T/served"
    openssl s_server -accept 127.0.0.1:0 -cert "$name.pem" -key "$name.key" "$@" <&9 >"$T/served" 2>&1 &
    EXTRA_PID=$!
    until_true 30 has_port || sed 's/^/# /' "$T/served"
}
has_port() {
    PORT=$(sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' "$T/served")
    [ -n "$PORT" ]
}
fetch() { # fetch PROFILE [CA [HOST]]: from what is served; sets out and status
    URL=https://${3:-127.0.0.1}:$PORT CA=${2:-$T/sandbox/ca.pem}
    profile "$1" /token 'timeout: 5'
    out=$(user tokenward-helper fetch "$1" 2>&1)
    status=$?
    kill "$EXTRA_PID"; wait "$EXTRA_PID" 2>/dev/null; EXTRA_PID=
}
bad=0 accepted=0
refused() { # refused STATUS WORDS PROFILE [CA [HOST]]
    wanted=$1 words=$2
    shift 2
    fetch "$@"
    bad=$((bad + 1))
    if [ $status = 0 ] || [ -e "$(record "$1")" ] || grep -q "$CANARY" "$T/served"; then accepted=$((accepted + 1)); fi
    is $status "$wanted" "$1: refused"
    like "$out" "$words" "and the message says why"
    grep -q "$CANARY" "$T/served"; is $? 1 "and the server was sent nothing"
    [ ! -e "$(record "$1")" ]; ok $? "no token is kept"
}
reached() { # reached PROFILE [CA [HOST]]: TLS is fine; what is served is no HTTP
    fetch "$@"
    like "$out" "does not speak HTTP" "$1: believed"
}

certificate good 127.0.0.1 IP:127.0.0.1
serve good -rev; reached good
certificate local nobody DNS:localhost
serve local -rev; reached local "" localhost
certificate wild nobody 'DNS:*.sub.localhost'
serve wild -rev; reached wild "" a.sub.localhost
serve wild; refused 75 "another host" wilder "" b.a.sub.localhost
serve local; refused 75 "another host" name-for-address
serve good; refused 75 "another host" address-for-name "" localhost
certificate elsewhere other.test DNS:other.test,IP:127.0.0.2
serve elsewhere; refused 75 "another host" elsewhere
# The common name is no name, whatever else there is.
certificate bare 127.0.0.1 ''
serve bare; refused 75 "names no host" bare
certificate barehost localhost ''
serve barehost; refused 75 "names no host" barehost "" localhost
certificate mail localhost email:admin@localhost,URI:https://localhost/
serve mail; refused 75 "names no host" mail "" localhost
serve mail
sed -i "s|token_endpoint:.*|token_endpoint: https://localhost:$PORT/token|" "$T/config/tokenward/profiles.d/mail.yaml"
out=$(user tokenward doctor mail 2>&1)
kill "$EXTRA_PID"; wait "$EXTRA_PID" 2>/dev/null; EXTRA_PID=
like "$out" "cert  *for nobody" "which doctor says, too"

serve good; refused 78 "unknown authority.*other.pem" unknownca "$T/sandbox/other.pem"
# shellcheck disable=SC2086
openssl req -x509 -newkey $ec -nodes -keyout self.key -out self.pem -days 30 -subj /CN=127.0.0.1 \
    -addext subjectAltName=IP:127.0.0.1 2>/dev/null
chmod 644 self.pem
serve self; refused 78 "self-signed" selfsigned
serve self -rev; reached selfnamed "$T/sandbox/self.pem"
# A proxy is another server, and no ca_file is for it.
serve self; https_proxy=https://127.0.0.1:$PORT; export https_proxy; refused 75 "proxy is not believed.*self-signed" proxied
unset https_proxy
if command -v faketime >/dev/null; then
    WHEN='2020-01-01 00:00:00' certificate expired 127.0.0.1 IP:127.0.0.1
    serve expired; refused 75 "has expired" expired
    WHEN='2035-01-01 00:00:00' certificate future 127.0.0.1 IP:127.0.0.1
    serve future; refused 75 "clock" future
else
    skip "certificates out of their time" "faketime is not installed"
fi
# A server's certificate makes no authority of its owner.
cp good.pem issuer.pem; cp good.key issuer.key
ISSUER=issuer certificate forged 127.0.0.1 IP:127.0.0.1
serve forged -cert_chain issuer.pem; refused 75 "may certify nobody" forged
USAGE=clientAuth certificate client 127.0.0.1 IP:127.0.0.1
serve client; refused 75 "not one for servers" clientpurpose
KIND=rsa:1024 certificate weak 127.0.0.1 IP:127.0.0.1
serve weak -cipher DEFAULT@SECLEVEL=0; refused 75 "key is too weak" weakkey
certificate sha1 127.0.0.1 IP:127.0.0.1 -sha1
serve sha1 -cipher DEFAULT@SECLEVEL=0; refused 75 "too weak a signature" weaksignature
serve good -tls1_1 -cipher DEFAULT@SECLEVEL=0; refused 76 "TLS 1.2 or later" oldtls
# A ca_file that is none is never "do not verify".
serve good; : >"$T/sandbox/empty.pem"; chmod 644 empty.pem; refused 78 "empty.pem" emptyca "$T/sandbox/empty.pem"
serve good; echo no certificate >"$T/sandbox/text.pem"; chmod 644 text.pem; refused 78 "text.pem" textca "$T/sandbox/text.pem"
serve good; refused 78 "missingca.yaml:7: profile 'missingca': ca_file .*/missing.pem: does not exist$" missingca "$T/sandbox/missing.pem"
serve good; mkdir "$T/sandbox/dir.pem"; refused 73 "dirca.yaml:7: profile 'dirca': ca_file .*/dir.pem: is not a regular file$" dirca "$T/sandbox/dir.pem"
cp ca.pem shared.pem; chmod 666 shared.pem
serve good; refused 73 "lets others write it" sharedca "$T/sandbox/shared.pem"
like "$(user tokenward check 2>&1)" "warning: .*profile 'sharedca': ca_file $T/sandbox/shared.pem: mode 0[0-7]* lets others write it" "check warns of it"
if [ "$(id -u)" = 0 ]; then
    cp ca.pem foreign.pem; chown 65533 foreign.pem
    serve good; refused 73 "belongs to uid" foreignca "$T/sandbox/foreign.pem"
else
    skip "somebody else's ca_file" "needs root"
fi

# A connection is no other profile's: eight at once with a ca_file, those
# behind them over kept connections, and the last one without.
figure bad-certificates-accepted $accepted "of $bad"
v6=
grep -q '^0*1 ' /proc/net/if_inet6 2>/dev/null && v6=--ipv6
# shellcheck disable=SC2086
sandbox $v6
names=
for i in 1 2 3 4 5 6 7 8 9; do profile "same$i" /oauth/v1/token; names="$names same$i"; done
profile none /oauth/v1/token
sed -i '/ca_file/d' "$T/config/tokenward/profiles.d/none.yaml"
# shellcheck disable=SC2086
out=$(user tokenward-helper fetch $names none 2>&1)
like "$out" "private authority must be named" "a kept connection is not for a profile with another trust"
is "$(requests)" 9 "those with the ca_file got their tokens"
[ ! -e "$(record none)" ]; ok $? "and the one without got none"
# Whoever mends what is wrong with it does not wait for the server's sake.
profile mended /oauth/v1/token
sed -i "s|ca_file: .*|ca_file: $T/sandbox/mended.pem|" "$T/config/tokenward/profiles.d/mended.yaml"
user tokenward-helper fetch mended 2>/dev/null; is $? 78 "a ca_file that is not there: exit 78"
cp other.pem mended.pem; chmod 644 mended.pem
out=$(user tokenward-helper fetch mended 2>&1); is $? 78 "another authority's, a moment later: exit 78"
like "$out" "is that the right ca_file?" "is looked at"
cp "$CA" mended.pem
user tokenward-helper fetch mended; is $? 0 "the right one, a moment later: a token"
profile issued ''
sed -i "s|token_endpoint: .*|issuer: $URL|; s|ca_file: .*|ca_file: $T/sandbox/mended.pem|" "$T/config/tokenward/profiles.d/issued.yaml"
cp other.pem mended.pem
user tokenward-helper fetch issued 2>/dev/null; is $? 78 "an issuer, with another authority's: exit 78"
out=$(user tokenward-helper fetch issued 2>&1)
like "$out" "asked again in [0-9]* s" "which is told again as long as it is so"
cp "$CA" mended.pem
user tokenward-helper fetch issued; is $? 0 "and not when it is the right one: a token"
# The system's authorities, of which an administrator keeps one elsewhere.
profile corp /oauth/v1/token
sed -i '/ca_file/d' "$T/config/tokenward/profiles.d/corp.yaml"
AUTHORITIES=$(configured capath)
linked() { # linked NAME: that is all there is
    unshare -m sh -c 'mount -t tmpfs -o mode=755 none "$1" && ln -s "$2" "$1/$3" && shift 3 && exec "$@"' sh "$AUTHORITIES" "$CA" "$1" \
        setpriv --reuid="$USER_ID" --regid="$USER_ID" --clear-groups "$T/bin/tokenward-helper" fetch --force corp 2>&1
}
if [ "$(id -u)" = 0 ] && [ -d "$AUTHORITIES" ] && unshare -m true 2>/dev/null; then
    is "$(linked "$(openssl x509 -hash -noout -in "$CA").0")" "" "a link among the system's hashed authorities: believed"
    if [ "$(curl -sv "$URL" 2>&1 | sed -n 's/^\* *CAfile: //p')" = "$AUTHORITIES/ca-certificates.crt" ]; then
        is "$(linked ca-certificates.crt)" "" "where they are one file, and that is a link: believed"
    else
        skip "where they are one file" "libcurl has another"
    fi
    is "$(linked none.0 | grep -c "unknown\|cannot be read")" 1 "where it is not among them it is not"
else
    skip "links among the system's authorities" "needs root, and mount namespaces"
fi
if [ -n "$v6" ]; then
    URL=$(sed -n 's/^url6=//p' "$T/sandbox.out")
    profile six /oauth/v1/token
    user tokenward-helper fetch six; is $? 0 "an IPv6 address as subjectAltName: believed"
else
    skip "an IPv6 address as subjectAltName" "this host has no ::1"
fi
done_testing
