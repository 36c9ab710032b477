#!/bin/sh
# SPDX-License-Identifier: MIT
# person.sh URL CA USER - the person at the browser of a login: opens what they
# were shown (verification_uri_complete, or an authorization request), confirms
# the code, logs in and consents, as the forms of oidc-provider's own pages ask,
# and goes where that leads.  USER - refuses.
set -eu
url=$1 ca=$2 user=$3 answer=confirm
[ "$user" != - ] || answer=abort
site=$(echo "$url" | cut -d/ -f1-3)
jar=$(mktemp -d)
trap 'rm -rf "$jar"' EXIT

value() { sed -n "s/.*name=\"$1\" value=\"\\([^\"]*\\)\".*/\\1/p" "$jar/page" | head -n 1; }

form=
for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do
    next=$(curl -sS --cacert "$ca" -b "$jar/cookies" -c "$jar/cookies" -o "$jar/page" -w '%{redirect_url}' \
        ${form:+--data "$form"} "$url")
    case $form in *abort=yes) exit 0 ;; esac
    form=
    case $next in
        '') ;;
        "$site"/*) url=$next; continue ;;
        http://127.0.0.1:*) curl -sS "$next"; exit 0 ;;
        *) echo "person: led away to $next" >&2; exit 1 ;;
    esac
    ! grep -q 'Sign-in Success' "$jar/page" || exit 0
    url=$(sed -n 's/.*<form[^>]*action="\([^"]*\)".*/\1/p' "$jar/page" | head -n 1)
    [ -n "$url" ] || break
    case $user$(value prompt) in
        -login) url=$(sed -n 's/.*href="\([^"]*\/abort\)".*/\1/p' "$jar/page" | head -n 1) ;;
        *login) form="prompt=login&login=$user&password=x" ;;
        *consent) form=prompt=consent ;;
        *) form="xsrf=$(value xsrf)&user_code=$(value user_code)&$answer=yes" ;;
    esac
done
echo "person: stuck at a page that says:" >&2
sed -n 's/<[^>]*>//g; /./p' "$jar/page" >&2
exit 1
