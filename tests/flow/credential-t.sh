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
for name in bazel-credential-tokenward cargo-credential-tokenward docker-credential-tokenward oidc-token \
    terraform-credentials-tokenward; do ln -s tokenward-credential "$T/bin/$name"; done
# put INPUT WORD...: stdout with its end in $OUT, exit status in $STATUS
put() {
    input=$1
    shift
    OUT=$(printf %s "$input" | user "$@" 2>"$T/err"; printf "=%s" $?)
    STATUS=${OUT##*=}
    OUT=${OUT%=*}
    cat "$T/err" >>"$T/messages"
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

# The end that is told: the token's, less the client's margin.
EXPIRES=$(field reg expires_at)
utc() { date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ; }
STARTED=$(started)

# kubectl
K8S=client.authentication.k8s.io
info() { printf '{"kind":"ExecCredential","apiVersion":"%s/%s","spec":{"interactive":false%s}}' "$K8S" "$1" "$2"; }
cluster() { printf ',"cluster":{"server":"%s","certificate-authority-data":"AA==","config":{"a":[1,null]}}' "$1"; }
credential() {
    printf '{"apiVersion":"%s/%s","kind":"ExecCredential","status":{"expirationTimestamp":"%s","token":"%s"}}\n=' "$K8S" "$1" \
        "$(utc $((EXPIRES - 30)))" "$TOKEN"
}
# Two clocks are asked; they may tick between.
near() { # near GOT WANTED NAME: equal, or a second of the expiry apart
    [ "$1" = "$2" ] || [ "$1" = "$(EXPIRES=$((EXPIRES - 1)) && eval "$4")" ] || [ "$1" = "$(EXPIRES=$((EXPIRES + 1)) && eval "$4")" ]
    set -- $? "$1" "$2" "$3"
    ok "$1" "$4"
    [ "$1" = 0 ] || printf '# got:    %s\n# wanted: %s\n' "$2" "$3"
}
put "" tokenward-credential kubectl reg
near "$OUT=" "$(credential v1)" "kubectl with a profile's name" 'credential v1'
put "" env KUBERNETES_EXEC_INFO="$(info v1beta1 "")" tokenward-credential kubectl reg
near "$OUT=" "$(credential v1beta1)" "kubectl is answered in the version it asked in" 'credential v1beta1'
put "" env KUBERNETES_EXEC_INFO="$(info v1 "$(cluster https://reg.example.test:443)")" tokenward-credential kubectl
near "$OUT=" "$(credential v1)" "kubectl with the cluster's address" 'credential v1'
put "" env KUBERNETES_EXEC_INFO="$(info v1 "$(cluster https://other.example.test)")" tokenward-credential kubectl
is "$OUT$STATUS" 66 "kubectl for another cluster: not found"
put "" env KUBERNETES_EXEC_INFO="$(info v2 "")" tokenward-credential kubectl reg
is "$OUT$STATUS" 64 "kubectl of an unknown version"
put "" env KUBERNETES_EXEC_INFO='{"apiVersion":' tokenward-credential kubectl reg
is "$OUT$STATUS" 64 "kubectl with half a document"
put "" tokenward-credential kubectl
is "$OUT$STATUS" 64 "kubectl without any profile"

# cargo
ask() { # ask KIND URL [MORE]
    printf '{"v":1,"registry":{"index-url":"%s","name":"my","headers":["WWW-Authenticate: Bearer"]},"kind":"%s"%s}\n' "$2" "$1" "${3:-}"
}
read_='"operation":"read","args":[]'
HELLO='{"v":[1]}'
granted() {
    printf '{"Ok":{"kind":"get","token":"Bearer %s","cache":"expires","expiration":%s,"operation_independent":true}}\n=' "$TOKEN" $((EXPIRES - 60))
}
put "$(ask get sparse+https://reg.example.test/index/ ",$read_")$NL" cargo-credential-tokenward --cargo-plugin
near "$OUT=" "$HELLO$NL$(granted)" "cargo get" 'echo "$HELLO"; granted'
is "$STATUS" 0 "with exit status 0"
put "$(ask get sparse+https://other.example.test/ ",$read_")$NL$(ask get https://path.example.test/team/index ",$read_")" cargo-credential-tokenward --cargo-plugin
near "$OUT=" "$HELLO$NL{\"Err\":{\"kind\":\"url-not-supported\"}}$NL$(granted)" "cargo: another registry, and one more line without an end" \
    'echo "$HELLO"; echo "{\"Err\":{\"kind\":\"url-not-supported\"}}"; granted'
put "$(ask login sparse+https://reg.example.test/ ',"token":"x"')$NL" cargo-credential-tokenward --cargo-plugin
is "$OUT$STATUS" "$HELLO$NL{\"Err\":{\"kind\":\"operation-not-supported\"}}${NL}0" "cargo login is not for us"
put "{\"v\":2}$NL" cargo-credential-tokenward --cargo-plugin
is "$OUT$STATUS" "$HELLO$NL{\"Err\":{\"kind\":\"other\",\"message\":\"the request is none of version 1 of the protocol\",\"caused-by\":[]}}${NL}0" \
    "cargo: a failure is an answer, too"
put "" cargo-credential-tokenward --cargo-plugin
is "$OUT$STATUS" "$HELLO${NL}0" "cargo that asks nothing"

# Bazel
headers() { printf '{"headers":{"Authorization":["Bearer %s"]},"expires":"%s"}\n=' "$TOKEN" "$(utc $((EXPIRES - 60)))"; }
put '{"uri":"https://path.example.test/team/x?y=%20","more":{}}' bazel-credential-tokenward get
near "$OUT=" "$(headers)" "Bazel get" headers
put '{"uri":"https://other.example.test/"}' bazel-credential-tokenward get
is "$OUT$STATUS" "{\"headers\":{}}${NL}0" "Bazel: another host needs none"
for wrong in '' '{}' '{"uri":1}' '[]' '{"uri":"https://reg.example.test/","uri":"https://other.example.test/"}'; do
    put "$wrong" bazel-credential-tokenward get
    is "$OUT$STATUS" 64 "Bazel: no request: $wrong"
done

# Terraform
put "" terraform-credentials-tokenward an-argument get port.example.test:5000
is "$OUT$STATUS" "{\"token\":\"$TOKEN\"}${NL}0" "Terraform get"
put "" terraform-credentials-tokenward get other.example.test
is "$OUT$STATUS" "{}${NL}0" "Terraform: another host has none"
put '{"token":"x"}' terraform-credentials-tokenward store reg.example.test
is "$OUT$STATUS" 64 "Terraform store is refused"
put "" terraform-credentials-tokenward list reg.example.test
is "$OUT$STATUS" 64 "Terraform: an unknown verb"
put "" terraform-credentials-tokenward forget other.example.test
is "$OUT$STATUS$(field reg access_token)" "0$TOKEN" "Terraform forget of another host drops nothing"
is "$(started)" "$STARTED" "and none of it started the helper"
put "" terraform-credentials-tokenward forget reg.example.test
is "$OUT$STATUS$(field reg access_token)" 0 "Terraform forget drops the token"
forget reg # rejected too often, it would be fetched later
user tokenward get reg >/dev/null
put "$(ask logout sparse+https://reg.example.test/)$NL" cargo-credential-tokenward --cargo-plugin
is "$OUT$STATUS$(field reg access_token)" "$HELLO$NL{\"Ok\":{\"kind\":\"logout\"}}${NL}0" "cargo logout drops the token"
forget reg
user tokenward get reg >/dev/null
TOKEN=$(field reg access_token)

# oidc-token
for words in reg '--time=60 reg' '-t 60 reg' '--token reg' '-o reg'; do
    # shellcheck disable=SC2086
    put "" oidc-token $words
    is "$OUT$STATUS" "$TOKEN${NL}0" "oidc-token $words"
done
put "" oidc-token --auth-header reg
is "$OUT" "Authorization: Bearer $TOKEN$NL" "oidc-token --auth-header"
put "" oidc-token --bearer reg
is "$OUT" "Bearer $TOKEN$NL" "oidc-token --bearer"
expiry() { printf '%s\n=' $((EXPIRES - 30)); }
EXPIRES=$(field reg expires_at)
put "" oidc-token -e reg
near "$OUT=" "$(expiry)" "oidc-token --expires-at" expiry
for words in '--scope=x reg' '--aud x reg' '-i reg' '' 'reg reg' '--time=x reg' '-t' '../reg'; do
    # shellcheck disable=SC2086
    put "" oidc-token $words
    is "$OUT$STATUS" 64 "oidc-token $words: a usage error"
done

# Mail
put "" tokenward-credential xoauth2 reg me@mail.example.test
is "$OUT" "$(printf 'user=me@mail.example.test\001auth=Bearer %s\001\001' "$TOKEN" | base64 -w0)$NL" "XOAUTH2"
for user in a ab abc; do
    put "" tokenward-credential xoauth2 reg $user
    is "$OUT" "$(printf 'user=%s\001auth=Bearer %s\001\001' $user "$TOKEN" | base64 -w0)$NL" "XOAUTH2 of $user: base64 of any length"
done
put "" tokenward-credential oauthbearer reg me@mail.example.test imap.example.test 993
is "$OUT" "$(printf 'n,a=me@mail.example.test,\001host=imap.example.test\001port=993\001auth=Bearer %s\001\001' "$TOKEN" | base64 -w0)$NL" "OAUTHBEARER"
put "" tokenward-credential oauthbearer reg 'a,b=c'
is "$OUT" "$(printf 'n,a=a=2Cb=3Dc,\001auth=Bearer %s\001\001' "$TOKEN" | base64 -w0)$NL" "OAUTHBEARER: a name that would end itself"
put "" tokenward-credential xoauth2 reg "$(printf 'me\001auth=x')"
is "$OUT$STATUS" 64 "a user name with a control character"
put "" tokenward-credential oauthbearer reg me host 0
is "$OUT$STATUS" 64 "OAUTHBEARER: no port"

# install-helpers
L=$T/links
mkdir "$L"
own "$L"
put "" tokenward install-helpers --dir "$L"
is "$STATUS" 0 "install-helpers"
is "$(cd "$L" && echo *)" "bazel-credential-tokenward cargo-credential-tokenward docker-credential-tokenward terraform-credentials-tokenward" \
    "makes the links that tools look for"
is "$(for link in "$L"/*; do readlink "$link"; done | sort -u)" "$T/bin/tokenward-credential" "which lead to the program beside it"
like "$OUT" '"credHelpers": {"REGISTRY": "tokenward"}' "it prints the lines for their configuration"
like "$OUT" 'is not in PATH' "and that the directory is not in PATH"
put reg.example.test "$L/docker-credential-tokenward" get
like "$OUT" "$TOKEN" "a link of its answers"
for link in "$L"/*; do
    put "" "$link" --nonsense
    case "$OUT$(cat "$T/err")" in *"no such protocol"*) ok 1 "$(basename "$link") names a protocol" ;; *) ok 0 "$(basename "$link") names a protocol" ;; esac
done
put "" tokenward install-helpers --dir "$L"
is "$STATUS" 0 "once more changes nothing"
rm "$L"/cargo* "$L"/docker*
ln -s /bin/true "$L/docker-credential-tokenward"
put "" tokenward install-helpers --dir "$L"
is "$STATUS$OUT$(ls "$L" | grep cargo)" 73 "a name that is taken: none is made"
is "$(readlink "$L/docker-credential-tokenward")" /bin/true "and it is left as it is"
put "" tokenward install-helpers --dir "$L/nosuch"
is "$STATUS" 73 "no such directory"
chmod 777 "$L"
rm "$L/docker-credential-tokenward"
put "" tokenward install-helpers --dir "$L"
is "$STATUS" 73 "a directory that everybody may write"
put "" tokenward install-helpers
is "$STATUS" 73 "without --dir it is ~/.local/bin, which is not there"
like "$(cat "$T/err")" "$T/home/.local/bin: there is no such directory" "as the message says"

# The program itself.
put "" tokenward-credential nonsense
is "$STATUS" 64 "an unknown protocol is a usage error"
[ -s "$T/messages" ] && ! grep -qF -e "${TOKEN:-.}" "$T/messages"; ok $? "no token in a message"
done_testing
