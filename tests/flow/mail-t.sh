#!/bin/sh
# SPDX-License-Identifier: MIT
# mail-t.sh - msmtp sends mail with the token as its password, to a server that
# checks it; and the messages that tokenward-credential composes for SASL are
# what such a server takes.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
# shellcheck source=tests/flow/web.sh
. "${TOP_SRC:-.}/tests/flow/web.sh"
web_or_skip
sandbox
web_certificate
cp "$TOP_SRC/tests/flow/smtp_server.py" "$W/"
own "$W"
start smtp "$PYTHON" "$W/smtp_server.py" "$W" "$W/cert.pem" "$W/key.pem"
until_true 30 test -f "$W/port"
[ -f "$W/port" ] || { sed 's/^/# /' "$T/smtp.out"; echo "Bail out! no server"; exit 1; }
PORT=$(cat "$W/port")
profile mail /oauth/v1/token
profile large /m/token-size=1503/oauth/v1/token # msmtp reads in pieces of 501
good() { user tokenward get "$1" | tr -d '\n' >"$W/good"; : >"$W/log"; rm -f "$W/mail"; }

MSMTP=$(command -v msmtp)
if [ -z "$MSMTP" ]; then
    skip "msmtp with a server that checks the token" "msmtp is not installed"
else
    send() { # send MECHANISM PROFILE: a mail, as ~/.msmtprc has it
        cat >"$T/home/.msmtprc" <<EOS
account default
host localhost
port $PORT
tls on
tls_starttls off
tls_trust_file $W/cert.pem
from ada@example.test
user ada@example.test
auth $1
passwordeval "tokenward get $2"
EOS
        chmod 600 "$T/home/.msmtprc"
        own "$T/home"
        printf 'Subject: a test\n\nHello.\n' | user "$MSMTP" -C "$T/home/.msmtprc" bob@example.test >"$T/out" 2>&1
        set -- $?
        sed 's/^/# /' "$T/out"
        return "$1"
    }
    for mechanism in xoauth2 oauthbearer; do
        upper=$(echo $mechanism | tr a-z A-Z)
        for profile in mail large; do
            good $profile
            send $mechanism $profile; is $? 0 "msmtp sends mail with $mechanism and the token of '$profile'"
            is "$(cat "$W/log")" "$upper ada@example.test $(cat "$W/good") good" "the server was sent user and token"
            like "$(cat "$W/mail" 2>/dev/null)" '^Hello\.$' "and has the mail"
        done
        printf other >"$W/good"
        send $mechanism mail; [ $? != 0 ]; ok $? "a token that the server refuses: msmtp fails with $mechanism"
    done
    is "$(grep -c -F -e "$(user tokenward get mail)" "$T/out")" 0 "and its message has no token"
fi

# The same server, without msmtp.
cat >"$T/auth.py" <<'EOS'
import smtplib, ssl, sys
cert, port, mechanism, message = sys.argv[1:5]
with smtplib.SMTP_SSL("localhost", int(port), context=ssl.create_default_context(cafile=cert)) as server:
    server.ehlo()
    print(server.docmd("AUTH", mechanism + " " + message)[0])
EOS
good mail
auth() { "$PYTHON" "$T/auth.py" "$W/cert.pem" "$PORT" "$1" "$2"; }
is "$(auth XOAUTH2 "$(user tokenward-credential xoauth2 mail ada@example.test)")" 235 "tokenward-credential xoauth2: the server takes it"
is "$(auth OAUTHBEARER "$(user tokenward-credential oauthbearer mail ada@example.test)")" 235 "oauthbearer, too"
is "$(auth OAUTHBEARER "$(user tokenward-credential oauthbearer mail ada@example.test localhost "$PORT")")" 235 "and with host and port"
printf other >"$W/good"
is "$(auth XOAUTH2 "$(user tokenward-credential xoauth2 mail ada@example.test)")" 334 "another token is not taken"
done_testing
