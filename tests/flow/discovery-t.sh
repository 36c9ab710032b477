#!/bin/sh
# SPDX-License-Identifier: MIT
# discovery-t.sh - endpoints that an issuer names: found, kept, and every lie
# about them told with the URL that told it.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
sandbox
WELL=/.well-known/oauth-authorization-server
OPENID=/.well-known/openid-configuration

issued() { # issued NAME ISSUER [LINE...]: a profile that names no endpoint
    profile "$1" "" "${3:-}"
    sed -i "s|token_endpoint: .*|issuer: $2|" "$T/config/tokenward/profiles.d/$1.yaml"
}
visits() { curl -s --cacert "$CA" "$URL/count$1" | tr -dc 0-9; }
lies() { # lies NAME EXIT PATTERN TITLE ISSUER
    issued "$1" "$5" "${6:-}"
    before=$(requests)
    out=$(user tokenward get "$1" 2>&1)
    is $? "$2" "$4: exit $2"
    like "$out" "$1.yaml:3: profile '$1': issuer: $3" "says what and where"
    is "$(requests)" "$before" "and no secret was sent"
}

issued good "$URL"
token=$(user tokenward get good 2>"$T/err"); is $? 0 "an issuer leads to a token"
sed 's/^/# /' "$T/err"
is "$(visits $WELL)" 1 "by its metadata"
user tokenward reject good
[ "$(user tokenward get good)" != "$token" ]; ok $? "and to the next one"
is "$(visits $WELL)" 1 "without asking again"
like "$(user tokenward explain good)" "^  issuer  *line 3: $URL$" "explain names it, and its line"
is "$(stat -c '%a' "$T/run/tokenward/good/metadata")" 600 "what was found is kept, the user's own"
is "$(field good warning)" "" "all on one host: no warning"
sed -i 's/^fetched_at=.*/fetched_at=1000000000/' "$T/run/tokenward/good/metadata"
user tokenward-helper fetch --force good; is "$(visits $WELL)" 2 "for a day"
sed -i 's|^token_endpoint=.*|token_endpoint=http://example.com/|' "$T/run/tokenward/good/metadata"
user tokenward-helper fetch --force good; is "$(visits $WELL)" 3 "and checked when it is read"
sed -i "s|^token_endpoint=.*|token_endpoint=$URL/nowhere|" "$T/run/tokenward/good/metadata"
user tokenward-helper fetch --force good 2>/dev/null; is $? 76 "an endpoint that has moved: exit 76"
user tokenward-helper fetch --force good; is $? 0 "is looked for again by the next fetch"
kept() { sed -i "s|^$2=.*|$2=$3|" "$T/run/tokenward/$1/metadata"; } # kept NAME KEY VALUE
kept good token_endpoint https://127.0.0.1:1/
before=$(visits $WELL)
user tokenward-helper fetch --force good 2>/dev/null; is $? 75 "an endpoint whose host is gone: exit 75"
user tokenward-helper fetch --force good; is "$? $(visits $WELL)" "0 $((before + 1))" \
    "the issuer is asked before it is tried again"
back() { # back NAME ISSUER: its endpoint was gone, and is back; that is kept of it
    issued "$1" "$2"
    user mkdir -m 700 "$T/run/tokenward/$1"
    user cp "$T/run/tokenward/good/metadata" "$T/run/tokenward/$1/"
    kept "$1" issuer "$2"
    kept "$1" token_endpoint https://127.0.0.1:1/
    user tokenward-helper fetch "$1" 2>/dev/null; is $? 75 "$1: the endpoint is gone: exit 75"
    kept "$1" token_endpoint "$URL/oauth/v1/token"
}
back gone https://127.0.0.1:1
user tokenward-helper fetch --force gone; is $? 0 "the endpoint is back before its issuer: what was kept serves"
back hangs "$URL/m/oidc,hang"
user tokenward-helper --deadline 4 fetch --force hangs; is $? 0 "and there is time left for it where the issuer hangs"
back lies "$URL/m/oidc,issuer=https%3A%2F%2Fevil.example"
user tokenward-helper fetch --force lies 2>/dev/null; is $? 76 "an issuer that is another by now: what was kept does not serve"
kept good token_endpoint "$URL/m/auth=basic/oauth/v1/token"
user tokenward-helper fetch --force good 2>/dev/null; is $? 77 "an endpoint that takes no secret in a form: exit 77"
kept good token_endpoint "$URL/m/auth=basic/oauth/v1/token"
kept good auth_methods client_secret_basic
user tokenward-helper fetch --force good; is $? 0 "is sent it in a header where its issuer lists that alone"
cp "$CA" "$T/sandbox/again.pem" && own "$T/sandbox/again.pem"
before=$(visits $WELL)
sed -i "s|ca_file: .*|ca_file: $T/sandbox/again.pem|" "$T/config/tokenward/profiles.d/good.yaml"
user tokenward get good >/dev/null; is "$(visits $WELL)" $((before + 1)) "what others vouched for is not believed"
rm "$T/sandbox/again.pem"
out=$(user tokenward refresh good 2>&1); is $? 78 "a ca_file that is gone: exit 78"
line=$(sed -n '/ca_file/=' "$T/config/tokenward/profiles.d/good.yaml")
like "$out" "good.yaml:$line: profile 'good': ca_file .*/again.pem: does not exist$" "and the place is the line that names it"
rm "$T/run/tokenward/good/metadata"
out=$(user tokenward refresh good 2>&1)
like "$out" "good.yaml:[0-9]*: profile 'good': issuer: $URL.* cannot be asked: ca_file .*/again.pem: does not exist$" "nor is the issuer asked"

issued path "$URL/m/tag=x"
user tokenward get path >/dev/null; is $? 0 "an issuer with a path"
is "$(visits "$WELL/m/tag=x")" 1 "has it behind the well-known part (RFC 8414)"
issued openid "$URL/m/oidc"
user tokenward get openid >/dev/null 2>"$T/err"; is $? 0 "or before it, as OpenID has it"
sed 's/^/# /' "$T/err"
is "$(visits "/m/oidc$OPENID")" 1 "which is asked second"

lies other 76 "$URL/m/oidc,issuer=https%3A%2F%2Fevil.example/.*is of another issuer, \"https://evil.example\"" \
    "another issuer" "$URL/m/oidc,issuer=https%3A%2F%2Fevil.example"
issued machines "$URL/m/oidc,authorize=urn:x:nobody"
user tokenward get machines >/dev/null 2>"$T/err"; is $? 0 "an issuer that no browser is sent to has tokens for programs"
sed 's/^/# /' "$T/err"
issued unsaid "$URL/m/oidc,no-methods,auth=basic"
user tokenward get unsaid >/dev/null 2>"$T/err"; is $? 0 "one that does not say how clients prove who they are has the secret in a header (RFC 8414)"
sed 's/^/# /' "$T/err"
lies slash 76 "$URL/.* is of another issuer" "the same with a slash" "$URL/"
lies plain 76 ".*its token_endpoint must.*https" "an endpoint without TLS" "$URL/m/oidc,endpoint=http%3A%2F%2Fexample.com%2F"
lies none 76 ".*its token_endpoint is not there" "no endpoint" "$URL/m/oidc,endpoint=none"
lies huge 76 ".*is longer than 65536 bytes" "a huge document" "$URL/m/oidc,big=70000"
lies giant 76 ".*gives no answer" "a giant one" "$URL/m/oidc,big=3000000"
lies page 76 ".*is no JSON object" "a page" "$URL/m/oidc,html"
lies moved 76 ".*answers HTTP 302" "a redirect" "$URL/m/oidc,redirect=302"
lies fault 75 ".*answers HTTP 503" "an outage" "$URL/m/oidc,status=503"
lies crowd 75 ".*answers HTTP 429" "too many requests" "$URL/m/oidc,status=429"
lies late 75 ".*answers HTTP 408" "a request that took too long" "$URL/m/oidc,status=408"
# As far ahead as the number goes, and further than a clock does.
for wait in 86400 99999999999999999999; do
    lies "later$wait" 75 ".*answers HTTP 503" "an outage of $wait s" "$URL/m/oidc,status=503,retry-after=$wait"
    until=$(sed -n 's/^not_before=//p' "$T/run/tokenward/later$wait/backoff")
    left=$((until - $(date +%s)))
    [ "$left" -gt 3500 ] && [ "$left" -le 3600 ]; ok $? "is waited for an hour, and no longer: $left s"
done
lies absent 76 "$URL$WELL/.* answers HTTP 404, and $URL/.*$OPENID HTTP 410" "none at all" "$URL/m/oidc,status=410"
lies silent 75 ".*gives no answer" "silence" "$URL/m/oidc,hang" 'timeout: 1'
lies closed 75 "https://127.0.0.1:1/.* gives no answer" "nobody there" "https://127.0.0.1:1"

other=https://localhost:${URL##*:}
issued host "$URL/m/oidc,endpoint=$(printf %s "$other/oauth/v1/token" | sed 's/:/%3A/g; s|/|%2F|g')"
user tokenward get host >/dev/null 2>"$T/err"; is $? 0 "an endpoint on another host is used"
sed 's/^/# /' "$T/err"
like "$(field host warning)" "token endpoint is on another host: $other" "with a warning"
for endpoint in revocation mtls_endpoint_aliases.token; do
    sed -i "/^${endpoint}_endpoint=/d" "$T/run/tokenward/path/metadata"
    echo "${endpoint}_endpoint=$other/elsewhere" >>"$T/run/tokenward/path/metadata"
done
user tokenward-helper fetch --force path; is $? 0 "another one on another host, too"
is "$(field path warning)" "the issuer's revocation endpoint is on another host: $other/elsewhere" \
    "is told of, but for those that this profile has no use for"
issued both "$URL/m/oidc,status=500" "token_endpoint:"
sed -i "s|token_endpoint:.*|token_endpoint: $URL/oauth/v1/token|" "$T/config/tokenward/profiles.d/both.yaml"
user tokenward get both >/dev/null; is $? 0 "a token_endpoint in the profile wins, nobody is asked"
# A provider of somebody else's may leave all of it to the issuer.
CC=${CC:-cc}
if command -v "${CC%% *}" >/dev/null; then
    compile -I"$TOP_SRC/provider" -o "$T/modules/two_places.so" "$TOP_SRC/tests/flow/two_places.c" 2>"$T/err" || sed 's/^/# /' "$T/err"
    chmod 644 "$T/modules/two_places.so"
    issued places "$URL/m/oidc,grant=urn:x:places" 'provider: two_places'
    user tokenward get places >"$T/out" 2>"$T/err"; status=$?
    sed 's/^/# /' "$T/err"
    is "$status" 0 "two places are found for one provider"
else
    skip "two places for one provider" "no compiler"
fi
issued query "$URL?a=b"
like "$(user tokenward-helper check 2>&1)" "query.yaml:3:13: profile 'query': issuer must not have a query" "an issuer has no query"
done_testing
