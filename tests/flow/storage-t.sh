#!/bin/sh
# SPDX-License-Identifier: MIT
# storage-t.sh - rclone asks oidc-token for the token of a WebDAV server, which
# checks it; Google's library runs us as an external account's executable.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
# shellcheck source=tests/flow/web.sh
. "${TOP_SRC:-.}/tests/flow/web.sh"
web_or_skip curl
sandbox

# rclone serves the files, too, and nginx has the tokens checked.
missing=
for needed in nginx rclone; do command -v $needed >/dev/null || missing="$needed is not installed"; done
if [ -n "$missing" ]; then
    skip "rclone with a server that checks the token" "$missing"
else
    web_prepare
    PORT=$(free_port)
    DAV=$(free_port)
    mkdir "$W/files"
    echo stored >"$W/files/one"
    own "$W/files"
    start files rclone serve webdav --config "$W/none" --addr "127.0.0.1:$DAV" "$W/files"
    until_true 30 curl -s -o /dev/null "http://127.0.0.1:$DAV/"
    web_serve "$PORT" <<EOS
        location / {
            auth_request /check;
            proxy_pass http://127.0.0.1:$DAV;
        }
EOS
    profile storage /oauth/v1/token "match: https://localhost:$PORT"
    ln -s tokenward-credential "$T/bin/oidc-token"
    TOKEN=$(user tokenward get storage)
    # As the manual has it, and as install-helpers prints it.
    cat >"$T/home/rclone.conf" <<EOS
[manual]
type = webdav
url = https://localhost:$PORT
vendor = other
bearer_token_command = oidc-token storage
[printed]
type = webdav
url = https://localhost:$PORT
vendor = other
bearer_token_command = tokenward-credential oidc-token storage
EOS
    own "$T/home"
    files() { # files WORD...: what rclone says
        (cd "$T/home" && user rclone --config rclone.conf --ca-cert "$W/cert.pem" --retries 1 --low-level-retries 2 "$@") 2>"$T/err"
        status=$?
        sed 's/^/# /' "$T/err" >&2
        return $status
    }
    is "$(files lsf manual:)" one "rclone lists by oidc-token"
    is "$(files cat printed:one)" stored "and reads, by the program's own name"
    echo mine >"$T/home/two"
    own "$T/home"
    files copy two manual:; is $? 0 "and writes"
    is "$(cat "$W/files/two" 2>/dev/null)" mine "what the server then has"
    is "$(sent)" "Bearer $TOKEN" "the server was sent the token"
    user tokenward get storage >>"$W/revoked"
    files lsf manual: >"$T/out"; [ $? != 0 ]; ok $? "a token that the server refuses opens nothing"
    user tokenward reject storage
    is "$(files lsf manual: | tr '\n' ' ')" "one two " "after tokenward reject, the next one does"
fi

# Google's library, as far as the exchange, which is Google's.
PLUGGABLE=
for python in "$PYTHON" /usr/bin/python3; do
    [ -n "$PLUGGABLE" ] || ! user "$python" -c 'import google.auth.pluggable' 2>/dev/null || PLUGGABLE=$python
done
if [ -z "$PLUGGABLE" ]; then
    skip "Google's library with an account whose source is us" "python3 has no google.auth.pluggable"
else
    profile subject '/m/token=eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2ln/oauth/v1/token'
    profile opaque /oauth/v1/token
    cat >"$T/account.py" <<'EOS'
import sys
from google.auth import exceptions, pluggable
profile, output = sys.argv[1:3]
source = {"command": "tokenward-credential google " + profile, "timeout_millis": 60000}
if output:
    source["output_file"] = output
account = pluggable.Credentials(
    audience="//iam.googleapis.com/x", subject_token_type="urn:ietf:params:oauth:token-type:jwt",
    token_url="https://sts.googleapis.com/v1/token", credential_source={"executable": source})
try:
    print(account.retrieve_subject_token(None))
except exceptions.RefreshError as error:
    print("refused:", error)
EOS
    account() { (cd "$T/home" && user env GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES=1 "$PLUGGABLE" "$T/account.py" "$@") 2>&1; }
    is "$(account subject "")" "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2ln" "Google's library has the token"
    is "$(account subject "$T/home/google.json")" "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2ln" "and with an output file"
    sed -i 's/c2ln/a2VwdA/' "$T/home/google.json"
    is "$(account subject "$T/home/google.json")" "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.a2VwdA" "which it then reads, and runs nothing"
    sed -i 's/"expiration_time":[0-9]*/"expiration_time":1/' "$T/home/google.json"
    is "$(account subject "$T/home/google.json")" "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2ln" "until it has ended"
    like "$(account opaque "")" '^refused: .*code: config, message: .*is no JWT' "a failure comes through with its reason"
fi
done_testing
