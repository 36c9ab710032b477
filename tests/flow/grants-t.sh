#!/bin/sh
# SPDX-License-Identifier: MIT
# grants-t.sh - every grant, end to end: a profile, its provider, a token.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
if command -v openssl >/dev/null; then
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$T/config/tokenward/ec.key" 2>/dev/null
    openssl pkey -in "$T/config/tokenward/ec.key" -pubout -out "$T/ec.pub" 2>/dev/null
    openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$T/rsa.key" 2>/dev/null
    openssl pkey -in "$T/rsa.key" -pubout -out "$T/rsa.pub" 2>/dev/null
    chmod 600 "$T/config/tokenward/ec.key"
    own "$T/config"
fi
if [ -s "$T/rsa.pub" ]; then
    sandbox --client-key "ec:$T/ec.pub:payments" --client-key "rsa:$T/rsa.pub:payments"
else
    sandbox
fi
secrets=$T/config/tokenward/profiles.d

put() { # put NAME LINE...: a profile of these lines alone
    mkdir -p "$secrets"
    name=$1
    shift
    {
        echo "profiles:"
        echo "  $name:"
        for line in "$@"; do echo "    $line"; done
    } >"$secrets/$name.yaml"
    chmod 700 "$secrets"
    chmod 600 "$secrets/$name.yaml"
    own "$T/config"
}
hold() { # hold FILE MODE TEXT: replaced, as a good writer does
    printf %s "$3" >"$1.new"
    chmod "$2" "$1.new"
    own "$1.new"
    mv "$1.new" "$1"
}
b64url() { printf %s "$1" | base64 | tr -d '\n=' | tr '+/' '-_'; }
jwt() { echo "$(b64url '{"alg":"none"}').$(b64url "{\"exp\":$1}").c2ln"; }
now=$(date +%s)

# exec: a command prints the token.
cat >"$T/bin/mint" <<EOF
#!/bin/sh
echo run >>"$T/sandbox/minted"
[ \$# -gt 0 ] && printf '%s\n' "\$1" || printf 'minted-%s\n' "\$(wc -l <"$T/sandbox/minted" | tr -d ' ')"
EOF
chmod 755 "$T/bin/mint"
put minted 'provider: exec' "command: [$T/bin/mint]" 'default_lifetime: 900'
is "$(user tokenward get minted 2>&1)" minted-1 "exec: what the command prints is the token"
is "$(user tokenward get minted 2>&1)" minted-1 "exec: it is kept"
is "$(field minted lifetime)" 900 "exec: for default_lifetime"
user tokenward reject minted
is "$(user tokenward get minted 2>&1)" minted-2 "exec: rejected, the command is run again"
put where 'provider: exec' "command: [pwd]"
is "$(cd "$T/home" && user tokenward get where)" / "a command runs in the root, wherever its reader is"
put object 'provider: exec' "command: [$T/bin/mint, '{\"access_token\": \"o1\", \"expires_in\": \"77\", \"scope\": [\"a\", \"b\"]}']"
is "$(user tokenward get object 2>&1)" o1 "exec: a JSON token response"
is "$(field object lifetime) $(field object scope)" "77 a b" "exec: with its facts"
put signed 'provider: exec' "command: [$T/bin/mint, $(jwt $((now + 5000)))]"
user tokenward get signed >/dev/null 2>&1
life=$(field signed lifetime)
[ "${life:-0}" -gt 4900 ] && [ "$life" -le 5000 ]; ok $? "exec: a JWT says itself when it ends"
put form 'provider: exec' "command: [$T/bin/mint, 'access_token=o%2B2&expires_in=66']" 'reply_format: form'
is "$(user tokenward get form 2>&1) $(field form lifetime)" "o+2 66" "exec: a form, where the profile says so"
put old 'provider: exec' "command: [$T/bin/mint, $(jwt $((now - 5)))]"
out=$(user tokenward get old 2>&1); is $? 75 "exec: one that has run out: exit 75"
like "$out" "old.yaml:[0-9]*:[0-9]*: .*ran out" "exec: with the place that names the command"
put prose 'provider: exec' "command: [$T/bin/mint, \"it is $CANARY\"]"
out=$(user tokenward get prose 2>&1); is $? 78 "exec: prose is no token: exit 78"
like "$out" "prose.yaml:[0-9]*:[0-9]*: .*neither a bare token nor" "exec: says what is wrong"
printf %s "$out" | grep -q "$CANARY"; is $? 1 "exec: and not what was printed"
put no 'provider: exec' "command: [$T/bin/mint, '{\"error\": \"login_required\"}']"
out=$(user tokenward get no 2>&1); is $? 77 "exec: an error is a refusal: exit 77"
like "$out" "login_required" "exec: and is told"
before=$(wc -l <"$T/sandbox/minted")
user tokenward get no >/dev/null 2>&1
is "$(wc -l <"$T/sandbox/minted")" $((before + 1)) "exec: nobody waits after it, no endpoint was asked"

# file: another program's token.
put held 'provider: file' "file: $T/sandbox/held"
out=$(user tokenward get held 2>&1); is $? 78 "file: that is not there: exit 78"
like "$out" "held.yaml:[0-9]*:[0-9]*: .*does not exist" "file: with the place that names it"
hold "$T/sandbox/held" 644 f1
is "$(user tokenward get held 2>&1)" f1 "file: its token, once it is there"
generation=$(field held generation)
is "$(user tokenward get held 2>&1) $(field held generation)" "f1 $generation" "file: is kept while it looks the same"
hold "$T/sandbox/held" 600 f2
is "$(user tokenward get held 2>&1)" f2 "file: a new one is noticed at once"
refresh=$(($(field held refresh_at) - $(field held issued_at)))
[ "$refresh" -le 60 ]; ok $? "file: and within a minute by who does not look"
# shellcheck disable=SC2016 # the program's own
printf '#!/bin/sh\necho "$TOKENWARD_GENERATION" >>%s/told\n' "$T/sandbox" >"$T/bin/tell"
chmod 755 "$T/bin/tell"
hold "$T/sandbox/same" 600 s1
put same 'provider: file' "file: $T/sandbox/same" 'default_lifetime: 86400' "on_refresh: {command: [$T/bin/tell]}"
user tokenward-helper fetch same; is "$(cat "$T/sandbox/told")" 1 "file: on_refresh is told of its token"
inode=$(stat -c %i "$T/run/tokenward/same/token")
age same 3700
user tokenward-helper --background fetch same; is $? 0 "file: is read again"
[ "$(field same refresh_at)" -gt "$now" ]; ok $? "file: a minute later"
is "$(cat "$T/sandbox/told") $(field same generation) $(stat -c %i "$T/run/tokenward/same/token")" "1 1 $inode" \
    "file: the same token is no new one"
hold "$T/sandbox/same" 600 s2
user tokenward-helper fetch same; is "$(tr '\n' ' ' <"$T/sandbox/told")" "1 2 " "file: another one is told of"
hold "$T/sandbox/held" 666 f3
is "$(user tokenward get held 2>/dev/null)" f2 "file: that all may write is not believed, the kept token lives"
user tokenward reject held
out=$(user tokenward get held 2>&1); is $? 73 "file: and is refused where none is kept: exit 73"
like "$out" "lets others write" "file: says why"
rm "$T/sandbox/held"
hold "$T/sandbox/real" 600 '{"access_token":"f4","expires_in":1000}'
touch -d '10 minutes ago' "$T/sandbox/real"
ln -s real "$T/sandbox/held"
is "$(user tokenward get held 2>&1)" f4 "file: a link is followed, JSON is read"
life=$(field held lifetime)
[ "$life" -le 400 ] && [ "$life" -ge 390 ]; ok $? "file: its time began when it was written"
touch -d '20 minutes ago' "$T/sandbox/real"
user tokenward reject held
out=$(user tokenward get held 2>&1); is $? 75 "file: too long ago: exit 75"
like "$out" "ran out" "file: says so"
hold "$T/sandbox/real" 600 f5
hold "$T/sandbox/other" 600 f6
is "$(user tokenward get held 2>&1)" f5 "file: somebody brought a new one"
put held 'provider: file' "file: $T/sandbox/other"
is "$(user tokenward get held 2>&1)" f6 "file: another path is another token"
is "$(requests)" 0 "and no endpoint was asked"

# {profile: NAME}: another profile's token is the secret.
use() { # use NAME PROFILE: one whose client_secret is PROFILE's token
    put "$1" "token_endpoint: $URL/oauth/v1/token" "client_id: $CLIENT_ID" "client_secret: {profile: $2}" \
        'scope: payments' "ca_file: $CA"
}
minted() { wc -l <"$T/sandbox/minted" | tr -d ' '; }
put vault 'provider: exec' "command: [$T/bin/mint, $CANARY]" 'default_lifetime: 900'
use linked vault
before=$(minted)
token=$(user tokenward get linked 2>&1); is $? 0 "profile: a token is got with another profile's"
is "$(requests) $(($(minted) - before))" "1 1" "profile: which was fetched first"
is "$(user tokenward get linked) $(requests) $(minted)" "$token 1 $((before + 1))" "profile: both are kept"
user tokenward reject linked
user tokenward get linked >/dev/null 2>&1
is "$(requests) $(minted)" "2 $((before + 1))" "profile: one that lives is not fetched again"
forget vault
is "$(user tokenward get linked) $(minted)" "$(user tokenward get linked) $((before + 1))" \
    "profile: nor is one that nobody needs now"
user tokenward-helper fetch --force linked 2>"$T/err"
is "$? $(minted)" "0 $((before + 2))" "profile: it is fetched when it is needed"
user tokenward-helper fetch --force linked vault
is "$? $(minted)" "0 $((before + 3))" "profile: a forced one is fetched by itself"
forget vault
forget linked
before=$(requests) mints=$(minted)
for i in $(seq 30); do user tokenward get linked & done >"$T/herd" 2>&1
wait_for_herd() { for _ in $(seq 300); do [ "$(wc -l <"$T/herd")" -ge 30 ] && return; sleep 0.1; done; }
wait_for_herd
is "$(sort -u "$T/herd" | wc -l) $(($(requests) - before)) $(($(minted) - mints))" "1 1 1" \
    "profile: 30 at once on a cold start: one token, one request, one command"
for i in $(seq 15); do
    user tokenward-helper --deadline 60 fetch --force linked vault 2>>"$T/err" &
    pids="${pids:-} $!"
    user tokenward-helper --deadline 60 fetch --force vault linked 2>>"$T/err" &
    pids="$pids $!"
done
start=$(date +%s)
for pid in $pids; do wait "$pid"; done
[ $(($(date +%s) - start)) -lt 55 ]; ok $? "profile: whatever the order of names, nobody waits for ever"
put vault 'provider: exec' 'command: [sh, -c, "echo nothing good"]'
forget linked
out=$(user tokenward get linked 2>&1); is $? 78 "profile: if the other one fails, so does this one, alike"
like "$out" "profile 'linked' needs the token of 'vault': .*vault.yaml:[0-9]*:[0-9]*: " "profile: and says why"
use ring ring2
use ring2 ring
use stray nobody
out=$(user tokenward-helper check 2>&1); is $? 78 "profile: a circle is a fault of the configuration"
like "$out" "ring.yaml:5:20: profile 'ring': needs the token of 'ring2', .*a circle" "profile: with file, line and column"
like "$out" "stray.yaml:5:20: profile 'stray': there is no profile 'nobody'" "profile: so is a name that nobody has"
rm "$secrets/ring.yaml" "$secrets/ring2.yaml" "$secrets/stray.yaml"

# token_exchange: RFC 8693.
trade() { # trade NAME LINE...
    name=$1
    shift
    put "$name" 'provider: token_exchange' "token_endpoint: $URL/oauth/v1/token" "client_id: $CLIENT_ID" \
        'client_secret: {file: ../secret}' "ca_file: $CA" "$@"
}
profile base /oauth/v1/token
trade traded 'subject_token: {profile: base}' 'audience: ledger' 'scope: payments'
before=$(requests)
token=$(user tokenward get traded 2>&1); is $? 0 "exchange: a token for another profile's token"
[ -n "$token" ] && [ "$token" != "$(user tokenward get base)" ]; ok $? "exchange: it is another one"
is "$(($(requests) - before)) $(field traded token_type) $(field traded scope)" "2 Bearer payments" \
    "exchange: two requests, and its own scope"
sed -i 's/scope: .*/scope: payments/' "$T/config/tokenward/profiles.d/base.yaml"
before=$(requests)
user tokenward-helper fetch traded; is $? 0 "exchange: the subject's profile is another"
[ "$(user tokenward get traded)" != "$token" ]; ok $? "exchange: so is what was bought with it"
is "$(($(requests) - before))" 2 "exchange: both are bought anew"
user tokenward get base >"$T/sandbox/subject"
chmod 600 "$T/sandbox/subject"
own "$T/sandbox/subject"
trade filed "subject_token: {file: $T/sandbox/subject}" 'actor_token: {profile: traded}' 'requested_token_type: jwt'
user tokenward get filed >/dev/null 2>"$T/err"; is $? 0 "exchange: a subject from a file, an actor, a type"
printf 'not-a-token' >"$T/sandbox/subject"
user tokenward reject filed
user tokenward get filed >/dev/null 2>&1; is $? 77 "exchange: a subject that is none: exit 77"
before=$(requests)
user tokenward get filed >/dev/null 2>&1; is "$? $(($(requests) - before))" "77 0" "exchange: is not sent twice"
user tokenward get base >"$T/sandbox/subject"
user tokenward get filed >/dev/null 2>"$T/err"; is $? 0 "exchange: another one is sent at once"
sed 's/^/# /' "$T/err"
mkdir -m 700 "$T/credentials"
printf 'not-a-token' >"$T/credentials/subject"
chmod 600 "$T/credentials/subject"
own "$T/credentials"
trade handed 'subject_token: {credential: subject}'
handed() { user env CREDENTIALS_DIRECTORY="$T/credentials" tokenward get handed; }
handed >/dev/null 2>&1; is $? 77 "exchange: a credential of the unit's that is none: exit 77"
before=$(requests)
handed >/dev/null 2>&1; is "$? $(($(requests) - before))" "77 0" "exchange: is not sent twice"
user tokenward get base >"$T/credentials/subject"
handed >/dev/null 2>"$T/err"; is $? 0 "exchange: another one is sent at once"
sed 's/^/# /' "$T/err"
trade identity 'subject_token: {profile: base}' 'requested_token_type: id_token' 'env: {AUTH: header, ID: token}'
token=$(user tokenward get identity 2>&1); is "$? $(field identity token_type)" "0 N_A" "exchange: what is no bearer token"
like "$(user tokenward get --format json identity)" '"token_type": *"N_A"' "exchange: says so"
out=$(user tokenward get --format header identity 2>&1); is $? 78 "exchange: and goes into no header: exit 78"
like "$out" "no bearer token" "exchange: which is explained"
is "$(AUTH=another ID=another user tokenward exec identity -- sh -c 'echo "$ID${AUTH-}"')" "$token" "exchange: nor does a command have another's instead"
trade misled 'subject_token: {profile: base}' 'audience: nobody' 'scope: payments'
out=$(user tokenward get misled 2>&1); is $? 77 "exchange: for nobody: exit 77"
like "$out" "misled.yaml:[0-9]*: .*invalid_target" "exchange: what the server says"
trade alone 'subject_token: {profile: base}' 'actor_token_type: jwt'
out=$(user tokenward get alone 2>&1); is $? 78 "exchange: an actor's type without an actor: exit 78"
like "$out" "alone.yaml:2: .*actor_token" "exchange: says what is missing"
base=$(user tokenward get base)
put echo 'provider: token_exchange' \
    "token_endpoint: $URL/m/error=invalid_request,description=not+$base+please/oauth/v1/token" \
    "client_id: $CLIENT_ID" 'client_secret: {file: ../secret}' "ca_file: $CA" 'subject_token: {profile: base}'
out=$(user tokenward get echo 2>&1); is $? 77 "exchange: a server that echoes the subject"
printf '%s' "$out" | grep -qF -e "$base"; is $? 1 "exchange: has it in no message"
printf 'protocol=https\nhost=id.example.test\n\n' >"$T/question"
trade gitty 'subject_token: {profile: base}' 'requested_token_type: id_token' 'match: https://id.example.test'
is "$(user git-credential-tokenward get <"$T/question")" "" "exchange: git gets no token that is no bearer token"

# jwt_bearer: RFC 7523.
if [ ! -s "$T/ec.pub" ]; then
    skip "jwt_bearer" "the openssl program is not installed"
    done_testing
    exit
fi
bear() { # bear NAME LINE...
    name=$1
    shift
    put "$name" 'provider: jwt_bearer' "token_endpoint: $URL/oauth/v1/token" "ca_file: $CA" 'scope: payments' "$@"
}
seen() { curl -s --cacert "$CA" "$URL/log" | awk '$3 ~ /token$/ { print $5 }' | tail -n 1; }
bear signed 'client_id: ec' 'assertion_key: ../ec.key' "issuer: $URL" 'sub: ada' 'token_endpoint_auth_method: none'
token=$(user tokenward get signed 2>"$T/err"); is $? 0 "assertion: signed by the profile's key"
sed 's/^/# /' "$T/err"
is "${#token} $(field signed scope) $(seen)" "43 payments none" "assertion: brings a token without the client's authentication"
user tokenward-helper fetch --force signed; is $? 0 "assertion: another one each time"
bear named 'iss: ec' 'assertion_key: ../ec.key'
user tokenward get named >/dev/null 2>"$T/err"; is $? 0 "assertion: iss names who signs, sub is the same, aud the endpoint"
sed 's/^/# /' "$T/err"
bear both "client_id: $CLIENT_ID" 'client_secret: {file: ../secret}' 'iss: ec' 'assertion_key: ../ec.key'
user tokenward get both >/dev/null 2>"$T/err"; is "$? $(seen)" "0 post" "assertion: and the client proves itself besides"
put clientless 'provider: jwt_bearer' "token_endpoint: $URL/m/status=401/oauth/v1/token" "ca_file: $CA" 'iss: ec' 'assertion_key: ../ec.key'
out=$(user tokenward get clientless 2>&1); is $? 77 "assertion: to a server that wants a client: exit 77"
like "$out" "hint: no client was named; .*add client_id" "assertion: and what to add"
bear stranger 'iss: nobody' 'assertion_key: ../ec.key'
out=$(user tokenward get stranger 2>&1); is $? 77 "assertion: of a stranger: exit 77"
like "$out" "stranger.yaml:[0-9]*: .*invalid_grant: .*iss is no client" "assertion: what the server says"
# A refusal is over once the key has changed, however the profile names it.
for scheme in '' file: file://; do
    hold "$T/config/tokenward/swap.key" 600 "$(openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:prime256v1 2>/dev/null)"
    bear swap 'iss: ec' "assertion_key: $scheme$T/config/tokenward/swap.key"
    out=$(user tokenward-helper fetch swap 2>&1); is $? 77 "assertion: signed by another's ${scheme:-path}: exit 77"
    hold "$T/config/tokenward/swap.key" 600 "$(cat "$T/config/tokenward/ec.key")"
    user tokenward-helper fetch swap 2>"$T/err"; is $? 0 "assertion: and at once by the right one"
done
bear afar 'iss: ec' 'assertion_key: ../ec.key' 'aud: https://other.example.test'
out=$(user tokenward get afar 2>&1); is $? 77 "assertion: for another server: exit 77"
bear astray 'iss: ec' 'assertion_key: ../ec.key' 'assertion_audience: https://other.example.test'
out=$(user tokenward get astray 2>&1); is $? 78 "assertion: the client's audience is none of the grant's: exit 78"
like "$out" "astray.yaml:[0-9]*:5: .*assertion_audience is of no use without client_id" "assertion: says so"
bear keyless 'iss: ec'
out=$(user tokenward get keyless 2>&1); is $? 78 "assertion: nothing to sign with: exit 78"
like "$out" "keyless.yaml:2: .*missing: assertion_key" "assertion: says what is missing"
bear unnamed 'assertion_key: ../ec.key'
out=$(user tokenward get unnamed 2>&1); is $? 78 "assertion: nobody to sign for: exit 78"
like "$out" "unnamed.yaml:2: .*iss or client_id" "assertion: says so"

encode() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
given() { # an assertion that openssl made, in the place of a pod's token
    head=$(printf '{"alg":"RS256"}' | encode)
    body=$(printf '{"iss":"rsa","sub":"pod","aud":"%s","exp":%s,"jti":"%s"}' "$URL" $(($(date +%s) + 100)) "$(openssl rand -hex 8)" | encode)
    hold "$T/sandbox/pod" 644 "$head.$body.$(printf '%s.%s' "$head" "$body" | openssl dgst -sha256 -sign "$T/rsa.key" | encode)"
}
given
ln -s pod "$T/sandbox/pod-link"
bear given "assertion: {file: $T/sandbox/pod-link}"
user tokenward get given >/dev/null 2>"$T/err"; is $? 0 "assertion: somebody else's, from a file that a platform writes"
sed 's/^/# /' "$T/err"
put lost 'provider: jwt_bearer' "issuer: $URL/m/reset,fail=1" "ca_file: $CA" 'scope: payments' "assertion: {file: $T/sandbox/pod-link}"
user tokenward get lost 2>/dev/null; is $? 75 "assertion: the connection is lost: exit 75"
is "$(curl -s --cacert "$CA" "$URL/count/m/reset,fail=1/oauth/v1/token")" 1 "assertion: which may be good once, so it was sent once"
out=$(user tokenward-helper fetch --force given 2>&1); is $? 77 "assertion: the same one again is refused"
given
user tokenward-helper fetch --force given; is $? 0 "assertion: a new one in the file is read"
chmod 666 "$T/sandbox/pod"
out=$(user tokenward-helper fetch --force given 2>&1); is $? 73 "assertion: from a file that all may write: exit 73"
put pod 'provider: file' "file: $T/sandbox/pod-link"
given
bear linkedpod 'assertion: {profile: pod}'
user tokenward get linkedpod >/dev/null 2>"$T/err"; is $? 0 "assertion: or by way of a profile"
done_testing
