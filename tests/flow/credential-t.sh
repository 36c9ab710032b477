#!/bin/sh
# SPDX-License-Identifier: MIT
# credential-t.sh - each front end's wire format, byte for byte, and that a
# host that is none of ours is told so in the protocol's own words and starts
# no process.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
sandbox
profile reg /oauth/v1/token 'match: [https://reg.example.test, https://port.example.test:5000, https://path.example.test/team]' \
    'git_username: oauth2accesstoken'
user tokenward get reg >/dev/null
TOKEN=$(field reg access_token)
NL='
'
# Helper processes are counted where they begin.
cat >"$T/bin/counted" <<EOS
#!/bin/sh
echo "\$*" >>"$T/run/started"
exec "$T/bin/tokenward-helper" "\$@"
EOS
chmod 755 "$T/bin/counted"
export TOKENWARD_HELPER="$T/bin/counted"
started() { cat "$T/run/started" 2>/dev/null | wc -l; }
for name in docker-credential-tokenward; do ln -s tokenward-credential "$T/bin/$name"; done
# put INPUT WORD...: stdout with its end in $OUT, exit status in $STATUS
put() {
    input=$1
    shift
    OUT=$(printf %s "$input" | user "$@" 2>"$T/err"; printf "=%s" $?)
    STATUS=${OUT##*=}
    OUT=${OUT%=*}
}

# docker
for server in reg.example.test https://reg.example.test/v1/ "https://reg.example.test:443$NL" HTTPS://Reg.Example.Test port.example.test:5000; do
    put "$server" docker-credential-tokenward get
    is "$OUT" "{\"ServerURL\":\"${server%"$NL"}\",\"Username\":\"oauth2accesstoken\",\"Secret\":\"$TOKEN\"}$NL" "docker get ${server%"$NL"}"
done
is "$STATUS" 0 "with exit status 0"
for server in other.example.test http://reg.example.test reg.example.test:5000 https://reg.example.test@other.example.test/ \
    'https://reg.example.test\@other.example.test' path.example.test https://path.example.test/team/../x \
    https://path.example.test/team/%2e%2e/x https://path.example.test/teams; do
    put "$server" docker-credential-tokenward get
    is "$OUT$STATUS" "credentials not found in native keychain${NL}1" "docker get $server: not found, on stdout"
done
put "" docker-credential-tokenward get
is "$OUT$STATUS" "no credentials server URL${NL}1" "docker get without a server"
put unused docker-credential-tokenward list
is "$OUT" "{\"https://reg.example.test\":\"oauth2accesstoken\",\"https://port.example.test:5000\":\"oauth2accesstoken\"}$NL" \
    "docker list: the places without a path"
put '{"ServerURL":"reg.example.test","Username":"a","Secret":"b"}' docker-credential-tokenward store
is "$STATUS" 1 "docker store is refused"
put "" docker-credential-tokenward version
like "$OUT" '^docker-credential-tokenward (tokenward) [0-9]' "docker version"
put "" tokenward-credential docker version
like "$OUT" '^docker-credential-tokenward (tokenward) [0-9]' "the same by the protocol's name"
put "" docker-credential-tokenward
like "$OUT$STATUS" '^usage: docker-credential-tokenward' "docker without a verb: usage on stdout"
is "$(cat "$T/err")" "" "nothing of it goes to stderr"
is "$(started)" 0 "and none of it started the helper"
put other.example.test docker-credential-tokenward erase
is "$OUT$STATUS$(field reg access_token)" "0$TOKEN" "docker erase of another host drops nothing"
put reg.example.test docker-credential-tokenward erase
is "$OUT$STATUS$(field reg access_token)" "0" "docker erase drops the token"
put reg.example.test docker-credential-tokenward get
TOKEN=$(field reg access_token)
is "$OUT" "{\"ServerURL\":\"reg.example.test\",\"Username\":\"oauth2accesstoken\",\"Secret\":\"$TOKEN\"}$NL" "and the next get fetches"
is "$(requests)" 2 "once"

# The program itself.
put "" tokenward-credential nonsense
is "$STATUS" 64 "an unknown protocol is a usage error"
grep -rqF -e "$TOKEN" "$T/err"; [ $? = 1 ]; ok $? "no token in a message"
done_testing
