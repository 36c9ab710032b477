#!/bin/sh
# SPDX-License-Identifier: MIT
# credential-t.sh - each front end's wire format, byte for byte, and that a
# host that is none of ours is told so in the protocol's own words and starts
# no process.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
# shellcheck source=tests/flow/put.sh
. "${TOP_SRC:-.}/tests/flow/put.sh"
sandbox
profile reg /oauth/v1/token 'match: [https://reg.example.test, https://port.example.test:5000, https://path.example.test/team]' \
    'git_username: oauth2accesstoken'
user tokenward get reg >/dev/null
TOKEN=$(field reg access_token)
# Helper processes are counted where they begin.
cat >"$T/bin/counted" <<EOS
#!/bin/sh
echo "\$*" >>"$T/run/started"
exec "$T/bin/tokenward-helper" "\$@"
EOS
chmod 755 "$T/bin/counted"
export TOKENWARD_HELPER="$T/bin/counted"
started() { cat "$T/run/started" 2>/dev/null | wc -l; }
for name in bazel-credential-tokenward cargo-credential-tokenward docker-credential-tokenward keyring oidc-token \
    terraform-credentials-tokenward; do ln -s tokenward-credential "$T/bin/$name"; done

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
OUT=$(printf 'reg.example.test\0' | user docker-credential-tokenward get 2>&1); is "$?$OUT" "1the server URL holds NUL" "docker get of an address with a NUL"
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
usage=$OUT
for word in --help -h; do put "" docker-credential-tokenward $word; is "$STATUS$OUT" "0$usage" "docker $word: the same, and exit 0"; done
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
# Files that cannot be used, and stay so.
broken=$T/config/tokenward/profiles.d/broken.yaml
for kind in syntax secret others link directory; do
    case $kind in
    syntax) echo 'profiles: [' >"$broken" ;;
    secret) printf 'profiles: {a: {token_endpoint: %s/x, client_id: a, client_secret: b}}\n' "$URL" >"$broken" && chmod 644 "$broken" ;;
    others) echo 'profiles: {}' >"$broken" && chmod 666 "$broken" ;;
    link) ln -s /nonexistent "$broken" ;;
    directory) mkdir "$broken" ;;
    esac
    chown -h "$(stat -c %u:%g "$T/config/tokenward")" "$broken"
    before=$(started)
    for server in other.example.test reg.example.test other.example.test; do put "$server" docker-credential-tokenward get; done
    is "$(($(started) - before))$OUT" "1credentials not found in native keychain$NL" "a file that is broken ($kind) is looked at once"
    rm -rf "$broken"
done
put reg.example.test docker-credential-tokenward get
like "$OUT" "$TOKEN" "and holds nobody else's token back"

# The end that is told: the token's, less the client's margin.
EXPIRES=$(field reg expires_at)
STARTED=$(started)

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
put "$NL$(ask get sparse+https://other.example.test/ ",$read_")$NL" cargo-credential-tokenward --cargo-plugin
is "$OUT$STATUS" "$HELLO$NL{\"Err\":{\"kind\":\"other\",\"message\":\"the request is no JSON\",\"caused-by\":[]}}$NL{\"Err\":{\"kind\":\"url-not-supported\"}}${NL}0" \
    "cargo: an empty line is not the end"
put "" cargo-credential-tokenward --cargo-plugin
is "$OUT$STATUS" "$HELLO${NL}0" "cargo that asks nothing"
odd=$(ask get "sparse+https://other.example.test/$(printf %0300d 0)" ",$read_") # with its line end of an odd length, as no piece of it that is read at once
is "$(for _ in $(seq 1000); do echo "$odd"; done | user cargo-credential-tokenward --cargo-plugin | wc -l) $((${#odd} % 2))" "1001 0" "cargo: a thousand requests at once"

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
for host in '' 'reg.example.test/x' 'https://reg.example.test' 'a@reg.example.test' 'reg example.test'; do
    for verb in get forget; do
        put "" terraform-credentials-tokenward $verb "$host"
        is "$OUT$STATUS$(field reg access_token)" "64$TOKEN" "Terraform $verb '$host': no host"
        like "$(cat "$T/err")" 'the host is no host name with a port' "says so"
    done
done
put "" terraform-credentials-tokenward forget other.example.test
is "$OUT$STATUS$(field reg access_token)" "0$TOKEN" "Terraform forget of another host drops nothing"
is "$(started)" "$STARTED" "and none of it started the helper"
put "" terraform-credentials-tokenward forget reg.example.test
is "$OUT$STATUS$(field reg access_token)" 0 "Terraform forget drops the token"
forget reg # rejected too often, it would be fetched later
STARTED=$(started)
put reg.example.test docker-credential-tokenward erase
is "$OUT$STATUS" 0 "docker erase where nothing is kept: nothing to do"
put "" terraform-credentials-tokenward forget reg.example.test
is "$OUT$STATUS" 0 "and Terraform forget"
is "$(started)" "$STARTED" "for which nothing is started"
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
put "" oidc-token --help
like "$(cat "$T/err")" "^oidc-token: option --help is not taken$" "oidc-token: what is no option is said to be none"

# A token of another type is none for those who send it as a Bearer.
cp -p "$(record reg)" "$T/kept"
sed -i 's/^token_type=.*/token_type=DPoP/' "$(record reg)"
for words in 'oidc-token reg' 'tokenward-credential kubectl reg' 'tokenward-credential pnpm reg'; do
    # shellcheck disable=SC2086
    put "" $words
    is "$OUT$STATUS" 78 "$words: a token that is no Bearer: exit 78, and nothing on stdout"
    like "$(cat "$T/err")" "the token of 'reg' is not for this client: it is no bearer token" "says so"
done
cp -p "$T/kept" "$(record reg)"

# kubelet
STARTED=$(started)
EXPIRES=$(field reg expires_at)
KUBELET=credentialprovider.kubelet.k8s.io
image() { printf '{"kind":"CredentialProviderRequest","apiVersion":"%s/%s","image":"%s","serviceAccountAnnotations":{"a":"b"}}' "$KUBELET" "${2:-v1}" "$1"; }
response() { # response VERSION DURATION AUTH
    printf '{"apiVersion":"%s/%s","kind":"CredentialProviderResponse","cacheKeyType":"Image","cacheDuration":"%ss","auth":%s}\n=' "$KUBELET" "$1" "$2" "$3"
}
pull() { # pull IMAGE PLACE: answered for PLACE, for as long as the token lives
    before=$(date +%s)
    put "$(image "$1")" tokenward-credential kubelet
    duration=$(printf %s "$OUT" | sed 's/.*"cacheDuration":"\([0-9]*\)s".*/\1/')
    is "$OUT=" "$(response v1 "$duration" "{\"$2\":{\"username\":\"oauth2accesstoken\",\"password\":\"$TOKEN\"}}")" "kubelet $1: for $2"
    [ "$duration" -le $((EXPIRES - 60 - before + 1)) ] && [ "$duration" -ge $((EXPIRES - 60 - $(date +%s) - 1)) ]
    ok $? "until a minute before the token ends"
}
for ref in reg.example.test/a/b:tag reg.example.test/b reg.example.test:443/a/b@sha256:00 reg.example.test/a:tag@sha256:00 port.example.test:5000/a:tag; do
    pull $ref "${ref%%/*}"
done
for ref in path.example.test/team/a:tag path.example.test/team:tag path.example.test/team@sha256:00; do
    pull $ref path.example.test/team
done
for ref in other.example.test/a reg.example.test reg.example.test:5000/a path.example.test/teams/a path.example.test/team/../a '' /a 'a b/c'; do
    put "$(image "$ref")" tokenward-credential kubelet
    is "$OUT=$STATUS" "$(response v1 0 null)0" "kubelet '$ref': nothing, and not for long"
done
put "$(image other.example.test/a v1beta1)" tokenward-credential kubelet
is "$OUT=" "$(response v1beta1 0 null)" "kubelet is answered in the version it asked in"
for wrong in '' '{}' "$(image reg.example.test/a v2)" '{"apiVersion":"'$KUBELET'/v1","image":1}'; do
    put "$wrong" tokenward-credential kubelet
    is "$OUT$STATUS" 64 "kubelet: no request: $wrong"
done

# keyring, as pip before and after 23.1, and uv
for service in https://reg.example.test/simple/ reg.example.test port.example.test:5000; do
    put "" keyring get $service oauth2accesstoken
    is "$OUT$STATUS" "$TOKEN${NL}0" "keyring get $service with the user name"
    put "" keyring --mode=creds --output=json get $service
    is "$OUT$STATUS" "{\"username\":\"oauth2accesstoken\",\"password\":\"$TOKEN\"}${NL}0" "and without, as JSON"
done
put "" keyring --mode creds get reg.example.test oauth2accesstoken
is "$OUT$STATUS" "oauth2accesstoken$NL$TOKEN${NL}0" "keyring: both, on lines"
put "" keyring get reg.example.test --output json
is "$OUT$STATUS" "{\"password\":\"$TOKEN\"}${NL}0" "keyring: the password as JSON"
for words in 'get other.example.test' 'get reg.example.test other' 'get http://reg.example.test/' 'get https://a@reg.example.test/' \
    'del other.example.test x' 'set other.example.test x' 'get system'; do
    # shellcheck disable=SC2086
    put "" keyring $words
    is "$OUT$STATUS" 1 "keyring $words: not found"
done
put secret keyring set reg.example.test oauth2accesstoken
is "$OUT$STATUS$(field reg access_token)" "0$TOKEN" "keyring set for a place of ours is taken, and changes nothing"
for words in '' get 'get a b c' '--mode=x get a' '--output' 'get -x a' 'list a'; do
    # shellcheck disable=SC2086
    put "" keyring $words
    is "$OUT$STATUS" 64 "keyring $words: a usage error"
done

# GOAUTH
block() { printf 'https://%s\n\nAuthorization: Bearer %s\n\n=' "$1" "$TOKEN"; }
head_() { printf 'HTTP/1.1 401 Unauthorized\nDate: now\nWww-Authenticate: Bearer realm="x"%s\n\n' "${1:-}"; }
put "" tokenward-credential goauth
is "$OUT$STATUS" 0 "GOAUTH without a URL: no host is named"
put "$(head_)$NL$NL" tokenward-credential goauth https://reg.example.test/module/@v/list
is "$OUT=$STATUS" "$(block reg.example.test)0" "GOAUTH with a URL: the token for its host"
put "" tokenward-credential goauth https://path.example.test/team/module/@v/v1.0.0.zip?x
is "$OUT=" "$(block path.example.test/team)" "or for the path that is ours"
for url in https://other.example.test/a http://reg.example.test/a https://path.example.test/a reg.example.test; do
    put "$(head_)" tokenward-credential goauth $url
    is "$OUT$STATUS" 0 "GOAUTH $url: nothing"
done
is "$(started)" "$STARTED" "and none of it started the helper"

# pnpm
ln -s tokenward-credential "$T/bin/pnpm-credential-tokenward-reg"
put "" "$T/bin/pnpm-credential-tokenward-reg"
is "$OUT$STATUS" "Bearer $TOKEN${NL}0" "pnpm, by a link that ends in the profile's name"
put "" tokenward-credential pnpm reg
is "$OUT$STATUS" "Bearer $TOKEN${NL}0" "and by a word"
ln -s tokenward-credential "$T/bin/pnpm-credential-tokenward-nosuch"
put "" "$T/bin/pnpm-credential-tokenward-nosuch"
is "$OUT$STATUS" 66 "pnpm: no such profile"
put "" tokenward-credential pnpm
is "$OUT$STATUS" 64 "pnpm: which profile?"

# Google
account() { # account WORD...: with the variables that Google's library sets
    put "" env GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE="${TYPE-urn:ietf:params:oauth:token-type:jwt}" GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE=//x \
        GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE="${INTERACTIVE:-0}" GOOGLE_EXTERNAL_ACCOUNT_REVOKE="${REVOKE:-0}" \
        GOOGLE_EXTERNAL_ACCOUNT_OUTPUT_FILE="${FILE-$T/run/google/token.json}" tokenward-credential google "$@"
}
failure() { printf '{"version":1,"success":false,"code":"%s","message":"%s"}\n=0' "$1" "$2"; }
mkdir "$T/run/google"
own "$T/run/google"
account reg
is "$OUT=$STATUS" "$(failure config "the token of 'reg' is no JWT, as Google's exchange wants it")" "Google: a token that is none of its kind, as its JSON"
is "$(ls -A "$T/run/google")" "" "no file is written"
profile jwt '/m/token=eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2ln/oauth/v1/token'
user tokenward get jwt >/dev/null
EXPIRES=$(field jwt expires_at)
# shellcheck disable=SC2317  # by name
subject() {
    printf '{"version":1,"success":true,"token_type":"urn:ietf:params:oauth:token-type:%s","id_token":"%s","expiration_time":%s}\n=' \
        "${1:-jwt}" "$(field jwt access_token)" $((EXPIRES - 60))
}
FILE='' account jwt
near "$OUT=" "$(subject)" "Google: a JWT and when it ends" subject
is "$STATUS$(ls -A "$T/run/google")" 0 "without an output file"
TYPE=urn:ietf:params:oauth:token-type:id_token account jwt
near "$OUT=" "$(subject id_token)" "Google: of the type that it asked for" 'subject id_token'
is "$(cat "$T/run/google/token.json")$NL" "$OUT" "the output file has the same"
is "$(stat -c '%a %u' "$T/run/google/token.json")" "600 $USER_ID" "for its owner alone"
echo other >"$T/run/google/other"
own "$T/run/google"
ln -sf other "$T/run/google/token.json"
INTERACTIVE=1 account jwt
is "$OUT$STATUS" 0 "Google, interactive: nothing of it goes to the terminal"
near "$(cat "$T/run/google/token.json")$NL=" "$(subject)" "but to the output file" subject
is "$(cat "$T/run/google/other")$(ls -A "$T/run/google" | tr '\n' ' ')" "otherother token.json " "a link is replaced, nothing is left behind"
INTERACTIVE=1 FILE='' account jwt
like "$OUT$STATUS" '"success":false,"code":"usage".*output_file' "interactive without one: says so"
for file in "$T/run/nosuch/x" "$T/run/google/" "$T/run/open/x"; do
    mkdir -p "$T/run/open"; chmod 777 "$T/run/open"
    FILE=$file account jwt
    near "$OUT=" "$(subject)" "Google: a file that cannot be: answered all the same" subject
    FILE=$file INTERACTIVE=1 account jwt
    like "$OUT" '"success":false,"code":"access"' "unless it is the only way"
done
chmod 1777 "$T/run/open"
FILE=$T/run/open/x INTERACTIVE=1 account jwt
near "$(cat "$T/run/open/x")$NL=" "$(subject)" "Google: where everybody may write, but nobody replace, as in /tmp" subject
TYPE=urn:ietf:params:oauth:token-type:saml2 account jwt
like "$OUT=$STATUS" '"success":false,"code":"usage"' "Google: SAML is not ours"
account nosuch
like "$OUT" '"success":false,"code":"not_found"' "Google: no such profile"
is "$STATUS$(cat "$T/err")" 0 "with exit status 0 and nothing on stderr"
account
like "$OUT" '"success":false,"code":"usage"' "Google: which profile?"
REVOKE=1 account jwt
is "$OUT$STATUS$(field jwt access_token)$(ls "$T/run/google")" "{\"version\":1,\"success\":true}${NL}0other" "Google's revoke drops the token, and the file"

# What a server refuses by RFC 6750 is dropped, unless it is too young for it.
forget reg
user tokenward get reg >/dev/null
TOKEN=$(field reg access_token)
put "$(head_ ', error="invalid_token"')" tokenward-credential goauth https://reg.example.test/module
is "$OUT=" "$(block reg.example.test)" "GOAUTH: a young token is given again"
age reg 60
put "$(head_ ', error="insufficient_scope"')" tokenward-credential goauth https://reg.example.test/module
is "$OUT=" "$(block reg.example.test)" "GOAUTH: a token without the scope is given again"
put "$(printf 'HTTP/1.1 403 Forbidden\nX-Before: invalid_token\n\n')" tokenward-credential goauth https://reg.example.test/module
is "$OUT=" "$(block reg.example.test)" "GOAUTH: and so is one of which no challenge says that it is no good"
put "$(head_ ', error="invalid_token"')" tokenward-credential goauth https://other.example.test/module
is "$OUT$(field reg access_token)" "$TOKEN" "GOAUTH: another host's refusal drops nothing"
put "$(head_ ', error="invalid_token"')" tokenward-credential goauth https://reg.example.test/module
[ "$(field reg access_token)" != "$TOKEN" ]; ok $? "GOAUTH: an older token that was refused is dropped"
TOKEN=$(field reg access_token)
is "$OUT=" "$(block reg.example.test)" "and the answer is another"
put "" keyring del reg.example.test oauth2accesstoken
is "$OUT$STATUS$(field reg access_token)" 0 "keyring del drops the token"
forget reg
user tokenward get reg >/dev/null
TOKEN=$(field reg access_token)

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

# The program itself.
put "" tokenward-credential nonsense
is "$STATUS" 64 "an unknown protocol is a usage error"
[ -s "$T/messages" ] && ! grep -qF -e "${TOKEN:-.}" "$T/messages"; ok $? "no token in a message"
done_testing
