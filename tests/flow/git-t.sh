#!/bin/sh
# SPDX-License-Identifier: MIT
# git-t.sh - a real git against a real server: the token opens the repository
# that the profile's match: is for, no other host is sent anything, and a
# token that the server refuses is replaced.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
for needed in git openssl; do
    command -v $needed >/dev/null || skip_all "$needed is not installed"
done
# One that the unprivileged user may run, too.
for PYTHON in python3 /usr/bin/python3 ""; do
    user $PYTHON -c 'import http.server, ssl' 2>/dev/null && break
done
[ -n "$PYTHON" ] || skip_all "there is no python3 with ssl"
[ -x "$(git --exec-path)/git-http-backend" ] || skip_all "git came without http-backend"
sandbox

# The server, by two names: localhost is ours, 127.0.0.1 is somebody else's.
G=$T/git
mkdir -p "$G/repos" "$G/work" "$G/clones"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
    -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' -keyout "$G/key.pem" -out "$G/cert.pem" 2>/dev/null ||
    { echo "Bail out! no certificate"; exit 1; }
: >"$G/revoked"
: >"$G/log"
cp "$TOP_SRC/tests/flow/git_server.py" "$G/"
own "$G"
# Nothing of this host's configuration, and nobody to prompt.
export GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0 GIT_SSL_CAINFO="$G/cert.pem" NO_PROXY='*' \
    GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.test GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.test
unset GIT_ASKPASS SSH_ASKPASS https_proxy HTTPS_PROXY all_proxy ALL_PROXY
export T
user sh -c 'echo $$ >"$T/git/pid"; exec "$@"' sh "$PYTHON" "$G/git_server.py" "$G" "$G/cert.pem" "$G/key.pem" >"$T/server.out" 2>&1 &
for _ in $(seq 100); do [ -f "$G/port" ] && break; sleep 0.1; done
[ -f "$G/port" ] || { sed 's/^/# /' "$T/server.out"; echo "Bail out! no server"; exit 1; }
PORT=$(cat "$G/port")
EXTRA_PID=$(cat "$G/pid")

profile forge /oauth/v1/token "match: https://localhost:$PORT" 'git_username: oauth2'
# As the manual has it; `git` finds the helper in the PATH.
user git config --global credential.helper tokenward
cat >"$T/repos.sh" <<'EOS'
set -e
cd "$T/git/work"
for name in plain whole; do
    git init -q -b main $name
    (cd $name && echo "$name" >file && git add file && git commit -qm one)
done
cd whole
printf '[submodule "sub"]\n\tpath = sub\n\turl = https://127.0.0.1:%s/plain.git\n' "$1" >.gitmodules
git add .gitmodules
git update-index --add --cacheinfo "160000,$(git -C ../plain rev-parse HEAD),sub"
git commit -qm two
cd ..
for name in plain whole; do git clone -q --bare $name ../repos/$name.git; done
EOS
user sh "$T/repos.sh" "$PORT" >"$T/out" 2>&1 || { sed 's/^/# /' "$T/out"; echo "Bail out! no repository"; exit 1; }
clone() { # clone URL NAME [OPTION...]
    url=$1 name=$2
    shift 2
    (cd "$G/clones" && user git clone -q "$@" "$url" "$name") >"$T/out" 2>&1
    status=$?
    sed 's/^/# /' "$T/out"
    return $status
}
sent_to() { awk -v host="$1:$PORT" '$1 == host && $3 != "-"' "$G/log" | wc -l; }
asked_of() { awk -v host="$1:$PORT" '$1 == host' "$G/log" | wc -l; }

clone "https://localhost:$PORT/plain.git" first; is $? 0 "git clones with tokenward as its helper"
is "$(cat "$G/clones/first/file" 2>/dev/null)" plain "and has the repository's file"
token=$(user tokenward get forge)
is "$(awk '$3 == "Basic" { print $4 }' "$G/log" | sort -u)" "$(printf 'oauth2:%s' "$token" | base64 -w0)" \
    "the server was sent git_username and the token"
is "$(requests)" 1 "one token was fetched"
(cd "$G/clones/first" && echo more >>file && user git commit -qam two && user git push -q) >"$T/out" 2>&1
is $? 0 "git pushes with it"
sed 's/^/# /' "$T/out"
is "$(grep -rlF -e "$token" "$G/clones" "$T/home" 2>/dev/null | wc -l)" 0 "git kept no copy of the token"

# Hosts that the profile does not name.
clone "https://127.0.0.1:$PORT/plain.git" foreign; [ $? != 0 ]; ok $? "another name of the server: no clone"
[ "$(asked_of 127.0.0.1)" -gt 0 ]; ok $? "it was asked"
is "$(sent_to 127.0.0.1)" 0 "and sent nothing"
clone "https://localhost:$PORT/whole.git" whole --recurse-submodules; [ $? != 0 ]; ok $? "a submodule of another host: not cloned"
is "$(cat "$G/clones/whole/file" 2>/dev/null)" whole "the repository itself is"
grep -q "could not read Username for 'https://127.0.0.1" "$T/out"; ok $? "for want of credentials alone"
is "$(sent_to 127.0.0.1)" 0 "the submodule's host was sent nothing"
clone "https://localhost:$PORT/away/plain.git" away; [ $? != 0 ]; ok $? "a redirect to another host: no clone"
is "$(sent_to 127.0.0.1)" 0 "the redirect's host was sent nothing"

# A token that the server refuses is good for no other clone.
echo "$token" >>"$G/revoked"
clone "https://localhost:$PORT/plain.git" refused; [ $? != 0 ]; ok $? "a revoked token: git fails"
is "$(field forge access_token)" "" "and its erase drops the token"
clone "https://localhost:$PORT/plain.git" again; is $? 0 "the next clone succeeds"
new=$(user tokenward get forge)
[ -n "$new" ] && [ "$new" != "$token" ]; ok $? "with another token"
is "$(requests)" 2 "by one more request"
done_testing
