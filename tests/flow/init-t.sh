#!/bin/sh
# SPDX-License-Identifier: MIT
# init-t.sh - tokenward init: by options, from other programs' settings and by
# a person; what fails leaves nothing behind, what is there is not replaced.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
sandbox
printf %s "$CANARY" >"$T/home/secret"; chmod 600 "$T/home/secret"; own "$T/home"
dir=$T/config/tokenward/profiles.d
init() { user tokenward init "$@" >"$T/out" 2>&1 </dev/null; STATUS=$?; cat "$T/out" >>"$T/everything"; }
left() { find "$T/config" "$T/run" -name '*odd*' -o -name '.new.*'; }

init --token-endpoint "$URL/oauth/v1/token" --client-id "$CLIENT_ID" --secret-file "$T/home/secret" \
    --scope 'payments wallet' --ca-file "$CA" pay
is $STATUS 0 "by options: exit 0"
sed 's/^/# /' "$T/out"
is "$(stat -c '%a %u' "$dir" "$dir/pay.yaml" | tr '\n' ' ')" "700 $USER_ID 600 $USER_ID " "directory 0700 and file 0600, the user's"
is "$(requests)" 1 "a token was bought"
[ -n "$(user tokenward get pay)" ]; ok $? "and get gives it"
is "$(requests)" 1 "without another request"
cp "$dir/pay.yaml" "$T/before"
init --token-endpoint "$URL/oauth/v1/token" --client-id other --secret-file "$T/home/secret" --ca-file "$CA" pay
is $STATUS 64 "over one that is there: exit 64"
like "$(cat "$T/out")" "pay.yaml: is there already" "says so"
cmp -s "$dir/pay.yaml" "$T/before"; ok $? "and it is as it was"
is "$(requests)" 1 "and nobody was asked"

init --token-endpoint "$URL/m/status=401,error=invalid_client/oauth/v1/token" --client-id x --secret-file "$T/home/secret" --ca-file "$CA" odd
is $STATUS 77 "one that is refused: exit 77"
like "$(cat "$T/out")" "^tokenward-helper: profile 'odd'" "it is told without the file that is gone again"
is "$(left)" "" "leaves nothing behind"
user mkdir -m 700 "$T/home/con fig"
out=$(user env XDG_CONFIG_HOME="$T/home/con fig" tokenward init --token-endpoint http://a.example.com/ --client-id x \
    --secret-file "$T/home/secret" odd 2>&1 </dev/null); is $? 78 "in a directory with a space, an endpoint that is refused: exit 78"
like "$out" "^tokenward-helper: profile 'odd': token_endpoint" "and that is told without the file, too"
init --token-endpoint 'ftp://x' --client-id x --secret-file "$T/home/secret" odd; is $STATUS 78 "a bad value: exit 78"
is "$(left)" "" "leaves nothing behind"
init --token-endpoint "$(printf 'https://a\n    ca_file: x')" odd; is $STATUS 64 "a value of two lines: exit 64"
init --client-id 'a": x' --token-endpoint https://a.example.com/ --secret-file "$T/home/secret" --no-test quoted
is $STATUS 0 "a value that looks like YAML: exit 0"
like "$(user tokenward explain quoted)" 'client .*: a": x, by' "is the text that it was"
# shellcheck disable=SC2046  # each a word
init $(seq -f word%g 63); is $STATUS 64 "more words than there are options: exit 64"
like "$(cat "$T/out")" "^tokenward-helper: too many words$" "says so"
name=$(printf '%064d@%064d' 1 2)
init --token-endpoint https://a.example.com/ --client-id x --secret-file "$T/home/secret" --no-test "$name"
is $STATUS 0 "the longest name: exit 0"
is "$(user tokenward list | grep @)" "$name" "the longest name: is there"
init --no-such-option x; is $STATUS 64 "an unknown option: exit 64"
init --provider authorization_code --token-endpoint https://a.example.com/ --client-id x --auth-method none odd
is $STATUS 78 "a login at no place: exit 78"
like "$(cat "$T/out")" "missing: authorization_endpoint" "says which"
init --token-endpoint https://a.example.com/ --client-id x odd; is $STATUS 78 "no secret, and nobody to ask: exit 78"
like "$(cat "$T/out")" "^tokenward-helper: profile 'odd': missing: client_secret " "says what is missing"
like "$(cat "$T/out")" "^tokenward-helper: hint: on a terminal it is asked for; else an option says it: tokenward help init$" "and who may say it"
init --provider device_code --device-authorization-endpoint https://a.example.com/device --token-endpoint https://a.example.com/ \
    --client-id x --auth-method none device
is $STATUS 0 "a login by codes, of no issuer: exit 0"
like "$(user tokenward explain device)" 'https://a.example.com/device' "asks where it was told"
init; is $STATUS 64 "nothing, and nobody to ask: exit 64"
init odd; is $STATUS 64 "a name alone, and nobody to ask: exit 64"
like "$(cat "$T/out")" "^tokenward-helper: where are tokens bought? --token-endpoint URL, " "says what is to be said"
is "$(left)" "" "leaves nothing behind"
init --token-endpoint https://a.example.com --secret-file "$T/home/nowhere" odd; is $STATUS 64 "a secret's file that is not there: exit 64"
like "$(cat "$T/out")" "^tokenward-helper: --secret-file: $T/home/nowhere: No such file" "says which one, and which option named it"

# From other programs' settings.
printf '[OUTPUT]\n    Name http\n    # oauth2.client_id none\n    oauth2.enable true\n    oauth2.token_url %s/m/auth=basic/oauth/v1/token\n    oauth2.client_id %s\n    oauth2.client_secret %s\n    oauth2.scope payments wallet\n' \
    "$URL" "$CLIENT_ID" "$CANARY" >"$T/home/fluent.conf"
printf 'sasl.oauthbearer.method=oidc\nsasl.oauthbearer.client.id=%s\nsasl.oauthbearer.client.secret=%s\nsasl.oauthbearer.scope=payments\nsasl.oauthbearer.token.endpoint.url=%s/m/auth=basic,tag=k/oauth/v1/token\nhttps.ca.location=%s\n' \
    "$CLIENT_ID" "$CANARY" "$URL" "$CA" >"$T/home/kafka.properties"
cat >"$T/home/kubeconfig" <<END
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://k.example.com"}}]
users:
  - name: plain
    user: {token: abc}
  - name: kube
    user:
      exec:
        apiVersion: client.authentication.k8s.io/v1
        command: kubectl
        args: [oidc-login, get-token, --grant-type=auto, --token-cache-dir=/x, --oidc-issuer-url=https://issuer.example.com, --oidc-client-id, kube-client, "--oidc-extra-scope=email,groups"]
END
printf '{"name":"agent","client_id":"agent-client","client_secret":"%s","issuer_url":"https://iam.example.com/","device_authorization_endpoint":"https://iam.example.com/dev","scope":"openid offline_access","refresh_token":"never"}' \
    "$CANARY" >"$T/home/account.json"
chmod 600 "$T/home"/*; own "$T/home"
# Counts of what is run are files, too, and end who may not write them.
spare=
! is_counted || spare="env --ignore-signal=XFSZ"
# shellcheck disable=SC2086  # words are wanted
out=$(user $spare prlimit --fsize=4 tokenward init --from fluent-bit --file "$T/home/fluent.conf" --ca-file "$CA" odd 2>&1 </dev/null)
is $? 71 "no room for a secret: exit 71"
like "$out" "^tokenward-helper: profiles.d: odd.secret: File too large" "says so"
is "$(left)" "" "leaves nothing behind"
sed "s#^\( *oauth2.token_url \).*#\1$URL/m/tag=killed,hang/oauth/v1/token#" "$T/home/fluent.conf" >"$T/home/slow.conf"
user tokenward init --from fluent-bit --file "$T/home/slow.conf" --ca-file "$CA" killed >"$T/err" 2>&1 </dev/null &
until_true 30 eval 'curl -s --cacert "$CA" "$URL/count/m/tag=killed,hang/oauth/v1/token" | grep -q 1'
pkill -KILL -f "$HELPER"
wait $!
[ -e "$dir/killed.secret" ]; ok $? "fluent-bit, killed while a token is bought: the secret's file is left"
init --from fluent-bit --file "$T/home/fluent.conf" --ca-file "$CA" killed; is $STATUS 73 "and is not replaced: exit 73"
like "$(cat "$T/out")" "^tokenward-helper: $dir/killed.secret: is there already$" "says which"
like "$(cat "$T/out")" "^tokenward-helper: hint: .*remove it if no profile names it" "and what to do"
rm "$dir/killed.secret"
init --from fluent-bit --file "$T/home/fluent.conf" --ca-file "$CA" killed; is $STATUS 0 "removed: exit 0"
is "$(left)" "" "and the rest of it is gone"
rm "$dir/killed.yaml" "$dir/killed.secret"
init --from fluent-bit --file "$T/home/fluent.conf" --ca-file "$CA" logs; is $STATUS 0 "fluent-bit: exit 0"
sed 's/^/# /' "$T/out"
is "$(stat -c %a "$dir/logs.yaml" "$dir/logs.secret" | tr '\n' ' ')" "600 600 " "fluent-bit: both files are 0600"
grep -qF "$CANARY" "$dir/logs.yaml"; is $? 1 "fluent-bit: the secret is not in the profile"
[ -n "$(user tokenward get logs)" ]; ok $? "fluent-bit: and get gives a token"
sed "s/$CANARY/another/" "$T/home/fluent.conf" >"$T/home/wrong.conf"
chmod 600 "$T/home/wrong.conf"; own "$T/home"
init --from fluent-bit --file "$T/home/wrong.conf" --ca-file "$CA" wrong; is $STATUS 77 "fluent-bit, with a wrong secret: exit 77"
like "$(cat "$T/out")" "the secret came from $T/home/wrong.conf; check" "fluent-bit, with a wrong secret: says where it stands"
sed 's/$/ \t\r/' "$T/home/fluent.conf" >"$T/home/crlf.conf"
chmod 600 "$T/home/crlf.conf"; own "$T/home"
init --from fluent-bit --file "$T/home/crlf.conf" --ca-file "$CA" --scope payments lines; is $STATUS 0 "fluent-bit, with lines of another system: exit 0"
is "$(cat "$dir/lines.secret")" "$CANARY" "fluent-bit: what stands behind a value is none of it"
is "$(field lines scope)" payments "fluent-bit: what is said beside it comes first"
rm "$dir/lines.yaml" "$dir/lines.secret"
printf 'pipeline:\n  outputs:\n    - name: http\n      oauth2.token_url: "%s" # where\n      oauth2.client_id: "%s"  # who\n      oauth2.client_secret: "a # b"\n' \
    https://a.example.com/ "$CLIENT_ID" >"$T/home/fluent.yaml"
chmod 600 "$T/home/fluent.yaml"; own "$T/home"
init --from fluent-bit --file "$T/home/fluent.yaml" --no-test remarks; is $STATUS 0 "fluent-bit in YAML, with remarks: exit 0"
like "$(cat "$dir/remarks.yaml")" "client_id: \"$CLIENT_ID\"$" "fluent-bit in YAML, with remarks: they are no part of a value"
is "$(cat "$dir/remarks.secret")" "a # b" "fluent-bit in YAML, with remarks: and what stands in quotes is none"
init --from fluent-bit --file "$T/home/fluent.conf" --ca-file "$CA" --secret-file "$T/home/secret" named; is $STATUS 0 "fluent-bit, with a secret's file: exit 0"
like "$(cat "$dir/named.yaml")" "$T/home/secret" "fluent-bit, with a secret's file: that is the profile's"
[ ! -e "$dir/named.secret" ]; ok $? "fluent-bit, with a secret's file: and no other is written"
rm "$dir/named.yaml"
init --from librdkafka --file "$T/home/kafka.properties" kafka; is $STATUS 0 "librdkafka: exit 0"
like "$(cat "$dir/kafka.yaml")" "ca_file: \"$CA\"" "librdkafka: with its authority"
sed 's/oauthbearer.client\./oauthbearer.client.credentials.client./' "$T/home/kafka.properties" >"$T/home/alias.properties"
chmod 600 "$T/home/alias.properties"; own "$T/home"
init --from librdkafka --file "$T/home/alias.properties" alias; is $STATUS 0 "librdkafka, by its aliases: exit 0"
sed 's/ca.location=.*/ca.location=probe/' "$T/home/kafka.properties" >"$T/home/probe.properties"
chmod 600 "$T/home/probe.properties"; own "$T/home"
init --from librdkafka --file "$T/home/probe.properties" --no-test probe; is $STATUS 0 "librdkafka, with the system's authorities: exit 0"
grep -q ca_file "$dir/probe.yaml"; is $? 1 "librdkafka, with the system's authorities: no file is named"
init --from kubelogin --file "$T/home/kubeconfig"; is $STATUS 0 "kubelogin: exit 0"
sed 's/^/# /' "$T/out"
like "$(cat "$dir/kube.yaml")" 'issuer: "https://issuer.example.com"' "kubelogin: issuer"
like "$(cat "$dir/kube.yaml")" 'client_id: "kube-client"' "kubelogin: client"
like "$(cat "$dir/kube.yaml")" 'scope: "email groups openid"' "kubelogin: scopes"
like "$(cat "$dir/kube.yaml")" 'redirect_uri: "http://localhost:8000"' "kubelogin: the browser comes back where it does there"
like "$(cat "$dir/kube.yaml")" 'provider: "authorization_code"' "kubelogin: a browser, as there"
like "$(cat "$T/out")" 'tokenward login kube' "kubelogin: what to do next"
sed 's/--grant-type=auto/--grant-type=device-code/; s/name: kube$/name: kubedevice/' "$T/home/kubeconfig" >"$T/home/kubedevice"
sed 's|--grant-type=auto|--listen-address, "127.0.0.1:9123"|; s/name: kube$/name: kubeport/' "$T/home/kubeconfig" >"$T/home/kubeport"
sed 's|--grant-type=auto|"--oidc-redirect-url=http://127.0.0.1:9124/cb"|; s/name: kube$/name: kubewhole/' "$T/home/kubeconfig" >"$T/home/kubewhole"
chmod 600 "$T/home"/kube*; own "$T/home"
init --from kubelogin --file "$T/home/kubedevice"; is $STATUS 0 "kubelogin with device codes: exit 0"
like "$(cat "$dir/kubedevice.yaml")" 'provider: "device_code"' "kubelogin with device codes: these"
init --from kubelogin --file "$T/home/kubeport"; is $STATUS 0 "kubelogin at another port: exit 0"
like "$(cat "$dir/kubeport.yaml")" 'redirect_uri: "http://localhost:9123"' "kubelogin at another port: that one"
init --from kubelogin --file "$T/home/kubewhole"; is $STATUS 0 "kubelogin with another address: exit 0"
like "$(cat "$dir/kubewhole.yaml")" 'redirect_uri: "http://127.0.0.1:9124/cb"' "kubelogin with another address: that one"
kubelogin() { # kubelogin NAME ARGUMENTS [OPTION...]: in the place of a login by browser
    sed "s|--grant-type=auto|$2|; s/name: kube\$/name: $1/" "$T/home/kubeconfig" >"$T/home/kubeother"
    chmod 600 "$T/home/kubeother"; own "$T/home"
    shift 2
    init --from kubelogin --file "$T/home/kubeother" "$@"
}
kubelogin kubeopen --oidc-extra-scope=openid; is $STATUS 0 "kubelogin with openid, which it always has: exit 0"
like "$(cat "$dir/kubeopen.yaml")" 'scope: "openid email groups"' "once"
kubelogin kubelong "--oidc-extra-scope=$(printf %01024d 0)"; is $STATUS 0 "kubelogin with a long scope: exit 0"
like "$(cat "$dir/kubelong.yaml")" 'scope: "0\{1024\} email groups openid"' "which is among them"
kubelogin kubelonger "--oidc-extra-scope=$(printf %02048d 0)"; is $STATUS 64 "kubelogin with one that is too long: exit 64"
like "$(cat "$T/out")" "the scopes must be less than 2048 bytes in all" "says so"
# What would not be the same.
kubelogin kubeca --certificate-authority=ca.pem; is $STATUS 78 "kubelogin with a relative authority: exit 78"
like "$(cat "$T/out")" "kubeother: 'ca.pem' may lie anywhere" "says so"
like "$(cat "$T/out")" "hint: --ca-file FILE" "and what to do"
kubelogin kubeca --certificate-authority=ca.pem --ca-file "$CA"; is $STATUS 0 "which the person names instead: exit 0"
kubelogin kubeword --grant-type=password; is $STATUS 78 "kubelogin with a person's password: exit 78"
like "$(cat "$T/out")" "the grant 'password' is not taken over" "says so"
kubelogin kubeword "--username, anna"; is $STATUS 78 "the same, not said by its name"
kubelogin kubeword "--username, anna" --provider device_code; is $STATUS 0 "which the person replaces: exit 0"
kubelogin kubeuser "--grant-type=authcode, --username, anna"; is $STATUS 0 "a user that a browser has no use for: exit 0"
sed 's/^sasl.oauthbearer.method.*/&\nsasl.oauthbearer.grant.type=urn:ietf:params:oauth:grant-type:jwt-bearer/' "$T/home/kafka.properties" >"$T/home/jwt.properties"
sed 's/^sasl.oauthbearer.method.*/&\nsasl.oauthbearer.grant.type=client_credentials/' "$T/home/kafka.properties" >"$T/home/granted.properties"
chmod 600 "$T/home"/*.properties; own "$T/home"
init --from librdkafka --file "$T/home/jwt.properties" --no-test jwt; is $STATUS 78 "librdkafka with an assertion: exit 78"
like "$(cat "$T/out")" "the grant 'urn:ietf:params:oauth:grant-type:jwt-bearer' is not taken over" "says so"
init --from librdkafka --file "$T/home/granted.properties" --no-test granted; is $STATUS 0 "librdkafka with the grant that is its own: exit 0"
init --from oidc-agent --file "$T/home/account.json"; is $STATUS 0 "oidc-agent: exit 0"
like "$(cat "$dir/agent.yaml")" 'issuer: "https://iam.example.com/"' "oidc-agent: issuer"
like "$(cat "$dir/agent.yaml")" 'client_secret_basic' "oidc-agent: proves itself as that does"
grep -q never "$dir/agent.yaml"; is $? 1 "oidc-agent: no refresh token is taken"
printf '{"name":"agentweb","client_id":"agent-client","issuer_url":"https://iam.example.com/","redirect_uris":["edu.kit.data.oidc-agent:/redirect","https://a.example/","http://localhost:34429","http://localhost:8080"]}' >"$T/home/account.json"
init --from oidc-agent --file "$T/home/account.json"; is $STATUS 0 "oidc-agent without device codes: exit 0"
like "$(cat "$dir/agentweb.yaml")" 'provider: "authorization_code"' "oidc-agent without device codes: a browser"
like "$(cat "$dir/agentweb.yaml")" 'redirect_uri: "http://localhost:34429"' "oidc-agent without device codes: comes back to the first port of this host"
printf '{"name":"agentown","client_id":"agent-client","issuer_url":"https://iam.example.com/","redirect_uris":["edu.kit.data.oidc-agent:/redirect"]}' >"$T/home/account.json"
init --from oidc-agent --file "$T/home/account.json"; is $STATUS 0 "oidc-agent that comes back to nowhere on this host: exit 0"
grep -q redirect_uri "$dir/agentown.yaml"; is $? 1 "oidc-agent that comes back to nowhere on this host: no redirect_uri is taken"
printf 'AES' >"$T/home/account.json"
init --from oidc-agent --file "$T/home/account.json" odd; is $STATUS 78 "oidc-agent, encrypted: exit 78"
like "$(cat "$T/out")" "oidc-gen -p" "oidc-agent, encrypted: what to do"
# What is in none of them, or broken.
cat >"$T/home/kubeconfig" <<END
users:
  - name: other
    user: {token: x}
  - name: robot
    user:
      exec: {command: kubectl, args: [oidc-login, get-token, "--oidc-issuer-url=https://issuer.example.com",
        --oidc-client-id=robot-client, "--oidc-client-secret=$CANARY", --grant-type=client-credentials]}
END
init --from kubelogin --file "$T/home/kubeconfig" --no-test; is $STATUS 0 "kubelogin, without a person: exit 0"
like "$(cat "$dir/robot.yaml")" 'provider: "client_credentials"' "kubelogin, without a person: its grant"
is "$(cat "$dir/robot.secret")" "$CANARY" "kubelogin, without a person: and its secret"
rm "$dir/robot.yaml" "$dir/robot.secret"
printf '# none\n\nsasl.oauthbearer.client.id = "x"\n' >"$T/home/kafka.properties"
init --from librdkafka --file "$T/home/kafka.properties" none; is $STATUS 78 "librdkafka, without an endpoint: exit 78"
like "$(cat "$T/out")" "has no sasl.oauthbearer.token.endpoint.url" "librdkafka, without an endpoint: says so"
printf '[OUTPUT]\n    oauth2.token_url "https://as.example.com/t"\n    oauth2.client_id x\n    oauth2.client_secret %s\n    oauth2.auth_method %s\n' \
    "$CANARY" private_key_jwt >"$T/home/fluent.conf"
init --from fluent-bit --file "$T/home/fluent.conf" --no-test keyed; is $STATUS 78 "fluent-bit, with a key: exit 78"
like "$(cat "$T/out")" "assertion_key" "fluent-bit, with a key: says what is missing"
sed -i 's/private_key_jwt/post/' "$T/home/fluent.conf"
init --from fluent-bit --file "$T/home/fluent.conf" --no-test posted; is $STATUS 0 "fluent-bit, in a form: exit 0"
like "$(cat "$dir/posted.yaml")" client_secret_post "fluent-bit, in a form: its method"
like "$(cat "$dir/posted.yaml")" 'token_endpoint: "https://as.example.com/t"' "fluent-bit, in a form: without the quotes of the file"
rm "$dir/posted.yaml" "$dir/posted.secret"
printf 'users: [{name: x, user: {token: y}}]\n' >"$T/home/kubeconfig"
init --from kubelogin --file "$T/home/kubeconfig"; is $STATUS 78 "kubelogin, without a user of it: exit 78"
like "$(cat "$T/out")" "no user there runs kubelogin" "kubelogin, without a user of it: says so"
printf 'users: [' >"$T/home/kubeconfig"
init --from kubelogin --file "$T/home/kubeconfig"; is $STATUS 78 "kubelogin, no YAML: exit 78"
like "$(cat "$T/out")" "kubeconfig:.*bad YAML" "kubelogin, no YAML: says where"
printf '{"name":"agent","client_id":"c","client_secret":"a\\nb","issuer_url":"https://iam.example.com/"}' >"$T/home/account.json"
init --from oidc-agent --file "$T/home/account.json" lines; is $STATUS 78 "oidc-agent, a secret of two lines: exit 78"
like "$(cat "$T/out")" "the secret is no line of text" "oidc-agent, a secret of two lines: says so"
printf '{"name":"agent","client_id":"c","client_secret":"%08193d","issuer_url":"https://iam.example.com/"}' 0 >"$T/home/account.json"
init --from oidc-agent --file "$T/home/account.json" long; is $STATUS 78 "oidc-agent, a secret of more than there is room for: exit 78"
like "$(cat "$T/out")" "account.json: the secret is longer than 8192 bytes$" "oidc-agent, a secret of more than there is room for: says so"
# A preset's variables.
init --preset auth0 --var domain=acme.eu.auth0.com --audience https://api.example.com --client-id x --secret-file "$dir/kafka.secret" --no-test vars
is $STATUS 0 "a preset and its variable: exit 0"
like "$(cat "$dir/vars.yaml")" '"domain": "acme.eu.auth0.com"' "a preset and its variable: both stand there"
like "$(user tokenward explain vars)" "https://acme.eu.auth0.com/oauth/token" "a preset and its variable: and lead there"
init --preset auth0 --var region=eu --client-id x --no-test odd; is $STATUS 78 "a variable that the preset has not: exit 78"
like "$(cat "$T/out")" "has no variable 'region'" "a variable that the preset has not: says so"
printf 'profiles:\n  elsewhere:\n    token_endpoint: https://as.example.com/\n    client_id: x\n    client_secret: {file: x}\n' \
    >"$T/config/tokenward/profiles.yaml"
chmod 600 "$T/config/tokenward/profiles.yaml"; own "$T/config"
cp "$T/home/secret" "$T/home/key.pem"; chmod 600 "$T/home/key.pem"; own "$T/home"
(cd "$T/home" && init --preset google --var account=build@google.example --scope payments --assertion-key key.pem --no-test build; exit $STATUS)
is $? 0 "a preset and its key: exit 0"
like "$(user tokenward explain build)" "key .*$T/home/key.pem$" "a preset and its key: it is found from elsewhere"
init --preset google --var account=x@google.example --scope payments --assertion-key nowhere.pem --no-test odd; is $STATUS 64 "a key that is not there: exit 64"
init elsewhere --preset auth0 --var domain=a.b --audience x --client-id x --secret-file "$dir/kafka.secret" --no-test; is $STATUS 64 "a name of another file: exit 64"
like "$(cat "$T/out")" "profiles.yaml:2: there is a profile 'elsewhere' already" "a name of another file: says where"
rm "$T/config/tokenward/profiles.yaml"
is "$(user tokenward check >/dev/null 2>&1; echo $?)" 0 "and all of them are good"

# A person.
if command -v tmux >/dev/null && has_terminals; then
    as=
    [ "$(id -u)" != 0 ] || as="setpriv --reuid=$USER_ID --regid=$USER_ID --clear-groups "
    tm() { tmux -S "$T/tmux" -f /dev/null "$@"; }
    tm new-session -d -s idle 'sleep 300'
    EXTRA_PID=$(tm display-message -p -t idle '#{pid}')
    asked() { # asked OPTIONS: of a person, on a terminal
        tm new-session -d -s asked -x 40 -y 40 "${as}sh -c 'tokenward init --ca-file $CA $1; echo ended \$?; sleep 100'"
    }
    terminal "env TERM=xterm sh -c 'tokenward init; IFS= read -r left; echo left:\$left'"
    shows 'Name of the profile:'
    { head -c 300 /dev/zero | tr '\0' a; echo; } >&7
    shows "more than [0-9]* bytes were given"; ok $? "a person who gives more than a name: is told"
    echo next >&7
    wait "$TERMINAL"
    like "$(cat "$T/screen")" "^left:next" "a person who gives more than a name: no shell is left the rest to run"
    asked ''
    await() {
        for _ in $(seq 600); do tm capture-pane -p -t asked | grep -q -e "$1" && { ok 0 "$2"; return; }; sleep 0.1; done
        ok 1 "$2"; tm capture-pane -p -t asked | sed 's/^/# /'
    }
    answer() { await "$1" "asks: $1"; tm send-keys -t asked -l "$2"; tm send-keys -t asked Enter; }
    answer 'Name of the profile' asked
    answer 'token endpoint' "$URL/oauth/v1/token"
    answer 'Client id' "$CLIENT_ID"
    answer 'Client secret' "$CANARY"
    answer 'Scope' payments
    await '^ended 0' "a person: exit 0"
    tm capture-pane -p -J -t asked -S - | grep -qF "$CANARY"; is $? 1 "a person: the secret was not shown"
    tm kill-session -t asked
    asked "--token-endpoint $URL/oauth/v1/token --client-id $CLIENT_ID mistyped"
    answer 'Client secret' mistyped-secret
    answer 'Scope' payments
    await '^ended 77' "a person who mistypes the secret: exit 77"
    like "$(tm capture-pane -p -J -t asked -S -)" "the secret came from what was given; check" "a person who mistypes the secret: no file is named, for none is left"
    tm kill-session -t asked
    asked '--provider authorization_code'
    answer 'Name of the profile' web
    answer 'token endpoint' "$URL/oauth/v1/token"
    answer 'the authorization endpoint' "$URL/oauth/v1/authorize"
    answer 'Client id' "$CLIENT_ID"
    answer 'Client secret (not shown), or nothing' ''
    answer 'Scope' payments
    await '^ended 0' "a person who is to log in: exit 0"
    like "$(cat "$dir/web.yaml")" "authorization_endpoint: \"$URL/oauth/v1/authorize\"" "a person who is to log in: where"
    like "$(cat "$dir/web.yaml")" 'token_endpoint_auth_method: "none"' "a person who is to log in: by a client without a secret"
    tm kill-session -t asked
    asked "--token-endpoint $URL/oauth/v1/token --client-id $CLIENT_ID --secret-file $T/home/secret said"
    answer 'Scope' payments
    await '^ended 0' "a person who has said all but one thing: is asked for that alone"
    tm kill-session -t asked
    printf '%s\n' 'summary: a tenant of a server' 'vars:' '  host: host and port of the server' '  area: where it is' 'wants:' \
        '  audience: whom it is for' '  scope: what it shall allow' 'keys:' '  token_endpoint: https://{host}/{area}/v1/token' \
        >"$T/presets/tenant.yaml"
    asked "--preset tenant --var area=oauth --scope payments --client-id $CLIENT_ID --secret-file $T/home/secret tenant"
    answer '^host (host and port of the server):' "${URL#https://}"
    answer '^audience (whom it is for):' somebody
    await '^ended 0' "a person with a preset: exit 0, with no more questions"
    tm capture-pane -p -J -t asked -S - | grep -q -e '^area' -e '^scope'; is $? 1 "a person with a preset: is not asked for what was said"
    like "$(cat "$dir/tenant.yaml")" "\"host\": \"${URL#https://}\"" "a person with a preset: the variable stands there"
    like "$(cat "$dir/tenant.yaml")" 'audience: "somebody"' "a person with a preset: and what the preset wants"
    [ -n "$(user tokenward get tenant)" ]; ok $? "a person with a preset: and get gives a token"
    tm kill-session -t asked
    asked '--preset google --no-test service'
    answer '^account (' service@google.example
    answer '^assertion_key (' home/key.pem
    answer '^scope (' payments
    await '^ended 0' "a person with a key: exit 0, and nobody asks for a client"
    like "$(cat "$dir/service.yaml")" "assertion_key: \"$T/home/key.pem\"" "a person with a key: stands there"
    tm kill-session -t asked
    for question in account assertion_key; do
        tm new-session -d -s asked -x 40 -y 40 "${as}sh -c 'trap : INT; tokenward init --preset google --no-test odd; echo ended; sleep 100'"
        [ "$question" = account ] || answer '^account (' service@google.example
        await "^$question (" "asks: $question"
        tm send-keys -t asked C-c
        await '^ended' "a person who ends it at that question: it ends"
        like "$(tm capture-pane -p -J -t asked -S -)" "tokenward-helper: it was ended" "and no other is asked"
        tm kill-session -t asked
    done
    printf '%s\n' 'summary: a certificate' 'wants:' '  client_certificate: a PEM file' 'keys:' "  token_endpoint: $URL/oauth/v1/token" \
        >"$T/presets/key.yaml"
    asked "--preset key key"
    await '^ended 64' "a preset that wants what is not asked for: exit 64"
    like "$(tm capture-pane -p -J -t asked -S -)" "preset 'key' wants client_certificate, which is not asked for here" "says so, before it asks for anything else"
    tm kill-session -t asked
    tm new-session -d -s asked -x 40 -y 40 "${as}sh -c 'trap : INT; tokenward init --ca-file $CA --client-id $CLIENT_ID --token-endpoint $URL/m/tag=slow,delay=2000/oauth/v1/token odd; echo ended; sleep 100'"
    answer 'Client secret' "$CANARY"
    answer 'Scope' payments
    until_true 30 eval 'curl -s --cacert "$CA" "$URL/count/m/tag=slow,delay=2000/oauth/v1/token" | grep -q 1'
    tm send-keys -t asked C-c
    await '^ended' "a person who ends it while a token is bought: it ends"
    like "$(tm capture-pane -p -J -t asked -S -)" "tokenward-helper: it was ended" "says so"
    is "$(left)" "" "and leaves nothing behind"
    tm kill-session -t asked
    asked "--preset ../presets/key key"
    await '^ended 64' "no such preset: exit 64"
    like "$(tm capture-pane -p -J -t asked -S -)" "there is no such preset" "says so"
    tm kill-server
    [ -n "$(user tokenward get asked)" ]; ok $? "a person: and get gives a token"
else
    skip "a person" "tmux is not installed, or there are no terminals"
fi

# A name that is somebody's already, though nobody finds the profile.
refused() { # refused NAME: an endpoint that says no
    init --token-endpoint "$URL/m/status=401,error=invalid_client/oauth/v1/token" --client-id x \
        --secret-file "$T/home/secret" --ca-file "$CA" "$1"
}
profile broken /oauth/v1/token
profile removed /oauth/v1/token
token=$(user tokenward get broken)
other=$(user tokenward get removed)
sed -i 's/client_id:/client_idd:/' "$dir/broken.yaml"
mv "$dir/broken.yaml" "$dir/elsewhere.yaml"
rm "$dir/removed.yaml"
refused broken; is $STATUS 64 "the name of a profile that something is wrong with: exit 64"
like "$(cat "$T/out")" "^tokenward-helper: there is a profile 'broken' already, and something is wrong with it$" "says so"
is "$(user tokenward get --cached broken)" "$token" "and its token is there"
refused removed; is $STATUS 77 "that of one that was removed, and refused: exit 77"
is "$(user tokenward get --cached removed)" "$other" "and what is kept of that is there"
is "$(grep -cF -e "$CANARY" "$T/everything")" 0 "no secret in what was said"
done_testing
