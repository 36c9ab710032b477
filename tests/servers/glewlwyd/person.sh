#!/bin/sh
# SPDX-License-Identifier: MIT
# person.sh URL CA CLIENT_ID - the person at the browser of a login: logs in,
# grants the client what it asks, and goes on with what they were shown
# (verification_uri_complete, or an authorization request), through the calls
# that glewlwyd's pages make, and to where that leads.
set -eu
url=$1 ca=$2 client=$3
api=${url%/oidc/*}
jar=$(mktemp -d)
trap 'rm -rf "$jar"' EXIT

browse() { curl -sS --fail --cacert "$ca" -b "$jar/cookies" -c "$jar/cookies" -H 'Content-Type: application/json' "$@"; }

browse -d '{"username":"user","password":"user-password"}' "$api/auth/"
browse -X PUT -d '{"scope":"api:read"}' "$api/auth/grant/$client/"
end=$(browse -o "$jar/page" -w '%{redirect_url}' "$url&g_continue")
case $end in
    *prompt=deviceComplete) ;;
    http://127.0.0.1:*) curl -sS "$end" ;;
    *) echo "person: led to $end" >&2; exit 1 ;;
esac
