#!/bin/sh
# SPDX-License-Identifier: MIT
# git-t.sh - a real git against a real server: the token opens the repository
# that the profile's match: is for, no other host is sent anything, and a
# token that the server refuses is replaced, by a git that can ask again
# (2.46) within the same command.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
# shellcheck source=tests/flow/web.sh
. "${TOP_SRC:-.}/tests/flow/web.sh"
web_or_skip git nginx fcgiwrap
BACKEND=$(git --exec-path)/git-http-backend
[ -x "$BACKEND" ] || skip_all "git came without http-backend"
GIT_VERSION=$(git --version | sed 's/^git version //; s/^\([0-9]*\)\.\([0-9]*\).*/\1 \2/')
# shellcheck disable=SC2086  # two words
set -- $GIT_VERSION
MODERN=$(($1 > 2 || ($1 == 2 && $2 >= 46)))
sandbox

# The server, by two names: localhost is ours, 127.0.0.1 is somebody else's.
web_prepare
G=$T/git
mkdir -p "$G/repos" "$G/work" "$G/clones"
cp "$TOP_SRC/tests/flow/git_client.py" "$G/"
own "$G"
PORT=$(free_port)
start backend fcgiwrap -s "unix:$W/backend.socket"
until_true 30 test -S "$W/backend.socket"
web_serve "$PORT" <<EOS
        location /away/ {
            rewrite ^/away(.*)\$ https://127.0.0.1:$PORT\$1 redirect;
        }
        location / {
            auth_request /check;
            fastcgi_pass unix:$W/backend.socket;
            fastcgi_param SCRIPT_FILENAME $BACKEND;
            fastcgi_param GIT_PROJECT_ROOT $G/repos;
            fastcgi_param GIT_HTTP_EXPORT_ALL 1;
            fastcgi_param PATH_INFO \$uri;
            fastcgi_param QUERY_STRING \$query_string;
            fastcgi_param REQUEST_METHOD \$request_method;
            fastcgi_param CONTENT_TYPE \$content_type;
            fastcgi_param CONTENT_LENGTH \$content_length;
            fastcgi_param REMOTE_USER bearer;
            fastcgi_param REMOTE_ADDR \$remote_addr;
        }
EOS
# Nothing of this host's configuration, and nobody to prompt.
export GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0 GIT_SSL_CAINFO="$W/cert.pem" \
    GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.test GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.test
unset GIT_ASKPASS SSH_ASKPASS

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

clone "https://localhost:$PORT/plain.git" first; is $? 0 "git clones with tokenward as its helper"
is "$(cat "$G/clones/first/file" 2>/dev/null)" plain "and has the repository's file"
token=$(user tokenward get forge)
if [ "$MODERN" = 1 ]; then
    is "$(sent)" "Bearer $token" "the server was sent the token as Bearer"
else
    is "$(sent)" "Basic $(printf 'oauth2:%s' "$token" | base64 -w0)" "the server was sent git_username and the token"
fi
is "$(requests)" 1 "one token was fetched"
(cd "$G/clones/first" && echo more >>file && user git commit -qam two && user git push -q) >"$T/out" 2>&1
is $? 0 "git pushes with it"
sed 's/^/# /' "$T/out"
is "$(user git -C "$G/repos/plain.git" log --format=%s -1)" two "and the server has the commit"
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
revoke() { user tokenward get forge --cached >>"$W/revoked"; }
if [ "$MODERN" = 0 ]; then
    revoke
    clone "https://localhost:$PORT/plain.git" refused; [ $? != 0 ]; ok $? "a revoked token: a git before 2.46 fails"
    is "$(field forge access_token)" "" "and its erase drops the token"
    clone "https://localhost:$PORT/plain.git" again; is $? 0 "the next clone succeeds"
    new=$(user tokenward get forge)
    [ -n "$new" ] && [ "$new" != "$token" ]; ok $? "with another token"
    is "$(requests)" 2 "by one more request"
fi
# A rejection soon after another would put the next fetch off.
begin_anew() { forget forge; user tokenward get forge >/dev/null; served; : >"$W/log"; before=$(requests); }
begin_anew
if [ "$MODERN" = 1 ]; then
    revoke
    clone "https://localhost:$PORT/plain.git" healed; is $? 0 "a revoked token: git clones all the same"
    is "$(sent | grep -c Bearer)" 2 "with the second token that it was given"
    is "$(($(requests) - before))" 1 "by one more request"
    begin_anew
    echo all >>"$W/revoked"
    clone "https://localhost:$PORT/plain.git" closed; [ $? != 0 ]; ok $? "a server that refuses every token: git fails"
    is "$(sent | grep -c Bearer)" 2 "after the second"
    is "$(($(requests) - before))" 1 "by one more request"
    sed -i '/^all$/d' "$W/revoked"
    begin_anew
else
    skip "a revoked token heals within one command of git" "git is older than 2.46; a client of ours does what it would"
fi

# The same by a client that does what git's http.c does.
ask() { user "$PYTHON" "$G/git_client.py" "https://localhost:$PORT/plain.git" git-credential-tokenward "$@" 2>"$T/err"; }
is "$(ask authtype state)" "401 get 200 store" "a client that can ask again: opens the repository"
revoke
is "$(ask authtype state)" "401 get 401 get 200 store" "a revoked token: it asks again, and is let in"
is "$(($(requests) - before))" 1 "by one more request"
begin_anew
revoke
is "$(ask state)" "401 get 401 get 200 store" "the same with a password"
begin_anew
revoke
is "$(ask authtype)" "401 get 401 erase" "a client that cannot: is refused"
is "$(field forge access_token)" "" "and its erase drops the token"
begin_anew
echo all >>"$W/revoked"
is "$(ask authtype state)" "401 get 401 get 401 erase" "a server that refuses every token: asked twice, no more"
is "$(($(requests) - before))" 1 "by one more request"
sed -i '/^all$/d' "$W/revoked"

# What a state may do, and what not.
put() { # put LINE...: a get for the host, and the lines of its answer
    { printf 'capability[]=authtype\ncapability[]=state\nprotocol=https\nhost=localhost:%s\n' "$PORT"; printf '%s\n' "$@" ""; } |
        user git-credential-tokenward get 2>"$T/err"
}
begin_anew
generation=$(field forge generation)
like "$(put)" "^state\[\]=tokenward.forge=$generation\$" "the answer names the token by its generation"
like "$(put)" '^continue=1$' "and that it may be asked for again"
is "$(put | grep -c -F -e "state[]=tokenward.forge=$generation" -e 'capability[]=state')" 2 "which the client has to bring back"
for state in "tokenward.forge=$((generation - 1))" "tokenward.other=$generation" "otherhelper.forge=$generation" "tokenward.forge=x" "tokenward.forge"; do
    put "state[]=$state" >"$T/out"
    is "$(field forge generation)" "$generation" "state $state: nothing is dropped"
done
is "$(grep -c ^continue "$T/out")" 0 "who comes with a state of ours is not asked to come again"
put "state[]=tokenward.forge=$generation" >"$T/out"
is "$(field forge generation)" "$((generation + 2))" "the state of the kept token: dropped, and fetched anew"
is "$(sed -n 's/^credential=//p' "$T/out")" "$(field forge access_token)" "which is the answer"

# Where the endpoint refuses, git asks nobody else.
profile closed '/m/error=access_denied,status=403/oauth/v1/token' 'match: https://closed.example.test'
profile down '/m/reset/oauth/v1/token' 'match: https://down.example.test'
fill() { # fill HOST: what git says
    printf 'protocol=https\nhost=%s\n\n' "$1" | user git -c credential.helper='!echo username=other; echo password=other; :' credential fill 2>"$T/err"
}
is "$(fill closed.example.test)" "" "an endpoint that refuses: no other helper answers"
like "$(cat "$T/err")" 'told us to quit' "since git is told to quit"
like "$(cat "$T/err")" '^git-credential-tokenward: ' "after it was told why"
like "$(fill down.example.test)" '^password=other$' "an endpoint that is down: the next helper's turn"

# By hand: what git alone reads.
out=$(printf 'url=https://down.example.test/\n\n' | user git-credential-tokenward get 2>&1); is $? 64 "a request by url: exit 64"
like "$out" "the request names more than one place, or one by url, which git takes apart itself$" "and says so"
done_testing
