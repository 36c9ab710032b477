#!/bin/sh
# SPDX-License-Identifier: MIT
# presets-t.sh - each preset buys a token from the sandbox in that server's
# manner, with what a person must write and nothing else.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
ACCOUNT=build@acme.iam.gserviceaccount.com
if openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$T/config/tokenward/google.pem" 2>/dev/null; then
    openssl pkey -in "$T/config/tokenward/google.pem" -pubout -out "$T/sandbox/google.pub"
    chmod 600 "$T/config/tokenward/google.pem"
    own "$T/config" "$T/sandbox"
    set -- --client-key "$ACCOUNT:$T/sandbox/google.pub:payments"
fi
sandbox "$@" \
    --endpoint '/oauth/token=auth=post,no-scope,scope=none,want=audience=https%253A%252F%252Fapi.example.test' \
    --endpoint '/contoso.onmicrosoft.com/oauth2/v2.0/token=auth=post,no-scope,scope=none,want=scope=api%253A%252F%252Fx%252F.default,extra=%2C"ext_expires_in":3599' \
    --endpoint '/oauth2/default/v1/token=auth=basic' \
    --endpoint '/auth/realms/acme/protocol/openid-connect/token=auth=post,no-scope,scope=email%20profile,extra=%2C"refresh_expires_in":0%2C"not-before-policy":0' \
    --endpoint '/oauth2/token=auth=basic,scope=none' \
    --endpoint '/zoom=auth=basic,grant=account_credentials,no-scope,want=account_id=a-1,type=bearer' \
    --endpoint '/services/oauth2/token=auth=post,no-scope,expires-in=none,scope=api,extra=%2C"instance_url":"https://acme.my.salesforce.com"%2C"issued_at":"1790000000000"'
HOST=${URL#https://}

uses() { # uses NAME LINE...: a profile of that name and preset
    name=$1
    shift
    mkdir -p "$T/config/tokenward/profiles.d"
    {
        echo "profiles:"
        echo "  $name:"
        echo "    preset: $name"
        echo "    client_id: $CLIENT_ID"
        echo "    client_secret: {file: ../secret}"
        echo "    ca_file: $CA"
        for line in "$@"; do echo "    $line"; done
    } >"$T/config/tokenward/profiles.d/$name.yaml"
    printf %s "$CANARY" >"$T/config/tokenward/secret"
    chmod 700 "$T/config/tokenward/profiles.d"
    chmod 600 "$T/config/tokenward/profiles.d/$name.yaml" "$T/config/tokenward/secret"
    own "$T/config"
}
buys() { # buys NAME LINE...: and gets a token with it
    uses "$@"
    user tokenward get "$1" >"$T/out" 2>&1
    is $? 0 "$1 buys a token"
    grep ' ' "$T/out" | sed 's/^/# /'
}

buys astrapay "token_endpoint: $URL/oauth/v1/token" 'scope: payments wallet'
buys auth0 "vars: {domain: '$HOST'}" 'audience: https://api.example.test'
buys entra "token_endpoint: $URL/contoso.onmicrosoft.com/oauth2/v2.0/token" 'vars: {tenant: contoso.onmicrosoft.com}' 'scope: api://x/.default'
buys okta "vars: {domain: '$HOST', server: default}" 'scope: payments'
if [ -e "$T/sandbox/google.pub" ]; then
    uses google "token_endpoint: $URL/oauth/v1/token" "aud: $URL/oauth/v1/token" "vars: {account: $ACCOUNT}" \
        'assertion_key: ../google.pem' 'scope: payments'
    sed -i '/client_id:/d; /client_secret:/d' "$T/config/tokenward/profiles.d/google.yaml"
    user tokenward get google >"$T/out" 2>&1; is $? 0 "google buys a token"
    grep ' ' "$T/out" | sed 's/^/# /'
else
    skip "google buys a token" "openssl makes no keys"
fi
buys keycloak "vars: {host: '$HOST/auth', realm: acme}"
buys cognito "vars: {domain: '$HOST'}" 'scope: payments'
buys zoom "token_endpoint: $URL/zoom" 'vars: {account: a-1}'
buys salesforce "vars: {domain: '$HOST'}"
is "$(field salesforce lifetime)" 900 "salesforce names no lifetime, the preset does"
for file in "$TOP_SRC"/etc/presets/*.yaml; do
    name=$(basename "$file" .yaml)
    [ -e "$T/config/tokenward/profiles.d/$name.yaml" ]; ok $? "$name is tested here"
    like "$(sed -n 2p "$file")" '^# https://' "and names its source"
done

list=$(user tokenward presets); is $? 0 "tokenward presets"
like "$list" '^auth0  *Auth0, machine to machine$' "tells each in a line"
is "$(echo "$list" | wc -l)" "$(find "$TOP_SRC/etc/presets" -name '*.yaml' | wc -l)" "one for each file"

refused() { # refused PATTERN NAME LINE...
    pattern=$1 title=$2
    shift 2
    uses "$@"
    out=$(user tokenward-helper check 2>&1); is $? 78 "$title: exit 78"
    like "$out" "$1.yaml:[0-9]*:[0-9]*: profile '$1': $pattern" "at the profile's line"
}
refused "preset auth0 needs vars: {domain: ...}, the tenant's domain" "a missing variable" auth0 'audience: a'
refused "preset auth0 needs audience: in the profile" "a missing key" auth0 "vars: {domain: a.b}"
refused "vars: preset auth0 has no variable 'domian'; it has: domain" "an unknown variable" auth0 'vars: {domian: a.b}' 'audience: a'
refused "vars: domain must be" "a value that is none" auth0 'vars: {domain: "a b"}' 'audience: a'
refused "vars: domain must be" "a word that is no value" auth0 'vars: {domain: null}' 'audience: a'
refused "vars: domain must be" "another such word" auth0 'vars: {domain: ~}' 'audience: a'
refused "vars must be a map" "vars that are none" auth0 'vars: a.b' 'audience: a'
refused "token_endpoint has a port" "a value that makes a bad URL" auth0 'vars: {domain: "a:b:c"}' 'audience: a'
like "$out" 'auth0.yaml:7:' "where the variable is set"
uses auth0 "vars: {domain: '$HOST'}" 'audience: https://api.example.test'
sed -i 's/preset: auth0/preset: auht0/' "$T/config/tokenward/profiles.d/auth0.yaml"
like "$(user tokenward-helper check 2>&1)" "auth0.yaml:3:13: profile 'auth0': there is no preset 'auht0'" "an unknown preset"
sed -i '/preset:/d' "$T/config/tokenward/profiles.d/auth0.yaml"
like "$(user tokenward-helper check 2>&1)" "vars means nothing without a preset" "vars without a preset"
uses auth0 "vars: {domain: '$HOST'}" 'audience: https://api.example.test'
for mode in 666 664 646; do
    chmod $mode "$T/presets/auth0.yaml"
    like "$(user tokenward-helper check 2>&1)" "presets/auth0.yaml.*0$mode" "a preset that others may write is not believed ($mode)"
done
chmod 644 "$T/presets/auth0.yaml"
like "$(user tokenward-helper check 2>&1)" "^auth0: good" "and is when they may not"
mv "$T/presets/auth0.yaml" "$T/presets/real"
ln -s real "$T/presets/auth0.yaml"
like "$(user tokenward-helper check 2>&1)" "presets/auth0.yaml: is a symbolic link" "nor is a link"
mv "$T/presets/real" "$T/presets/auth0.yaml"
ln -s presets "$T/linked"
like "$(user env TOKENWARD_PRESET_DIR="$T/linked" tokenward-helper check 2>&1)" "^auth0: good" "their directory may be one"
echo 'summary: {}' >"$T/presets/odd.yaml"
out=$(user tokenward presets 2>&1); is $? 0 "a broken one"
like "$out" "odd.yaml:1:1: a preset's keys are" "is named"
like "$out" "^zoom" "and hides no other"
# Of a packager's, or an administrator's own.
preset() { # preset PATTERN TITLE LINE...: one of these lines, used by the profile own
    pattern=$1 title=$2
    shift 2
    printf '%s\n' "$@" >"$T/presets/own.yaml"
    chmod 644 "$T/presets/own.yaml"
    uses own
    out=$(user tokenward-helper check 2>&1); is $? 78 "$title: exit 78"
    like "$out" "$pattern" "says so"
}
END='keys: {token_endpoint: https://a.example.test/}'
preset "own.yaml:1:1: a preset's summary or keys is missing" "a preset without keys" 'summary: s' 'vars: {a: b}'
preset "own.yaml:1:1: a preset's summary or keys is missing" "a preset without a summary" "$END"
preset "own.yaml:2:[0-9]*: more than 256 keys and values" "a preset of many keys" 'summary: s' "wants: {$(seq -s ': a, ' 130): a}" "$END"
preset "own.yaml:2:1: a preset's keys are" "a preset whose variables are lists" 'summary: s' 'vars: {a: [b]}' "$END"
preset "own.yaml:2:1: a preset's keys are" "a preset that wants a text" 'summary: s' 'wants: text' "$END"
preset "preset own is broken at its line 2: .*names no variable" "a preset that names no variable of its own" \
    'summary: s' "keys: {token_endpoint: 'https://{a}/'}"
preset "preset own is broken at its line 2" "a preset with half a variable" 'summary: s' "keys: {token_endpoint: 'https://{a/'}"
preset "preset own is broken at its line 2: a text is too long" "a preset's text that is too long" \
    'summary: s' "keys: {token_endpoint: 'https://a.example.test/', scope: '$(printf %8192s x)'}"
preset "own.yaml:3:13: profile 'own': any_of must stand in the profile itself" "a preset with sources of its own" \
    'summary: s' 'keys: {any_of: [{name: a}]}'
preset "own.yaml:[0-9]*:[0-9]*: .*bad YAML" "a preset that is no YAML" 'summary: s' 'keys: ['
printf '%s\n' 'summary: s' 'vars: {a: b}' \
    "keys: {token_endpoint: 'https://a.example.test/', match: ['https://{a}.test', 'https://b.test/{a}']}" >"$T/presets/own.yaml"
uses own 'vars: {a: x}'
user tokenward-helper index; is $? 0 "a preset's list"
is "$(grep -c -e '^route=own .* x.test$' -e '^route=own .* b.test /x$' "$T/run/tokenward/index")" 2 "has both of its items"
rm "$T/presets/own.yaml" "$T/config/tokenward/profiles.d/own.yaml"
uses auth0 'audience: a'
for name in '[auth0]' '../auth0' 'Auth0'; do
    sed -i "s|preset: .*|preset: $name|" "$T/config/tokenward/profiles.d/auth0.yaml"
    like "$(user tokenward-helper check 2>&1)" "auth0.yaml:3:13: profile 'auth0': preset must be " "preset: $name"
done
out=$(user env TOKENWARD_PRESET_DIR="$T/none" tokenward presets 2>&1); is $? 66 "no directory of them: exit 66"
like "$out" "none: No such file" "says so"
done_testing
