#!/bin/sh
# SPDX-License-Identifier: MIT
# stack-t.sh - any_of: which source answers, why the ones before it did not,
# and how long each of them is left alone.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
sandbox
DIR=$T/config/tokenward/profiles.d
mkdir -p "$DIR"
printf %s "$CANARY" >"$T/config/tokenward/secret"
printf %s wrong >"$T/config/tokenward/wrong"

stack() { # stack NAME [LINE...]: lines of any_of, from the list's own column
    name=$1
    shift
    {
        echo "profiles:"
        echo "  $name:"
        echo "    client_id: $CLIENT_ID"
        echo "    scope: payments wallet"
        echo "    ca_file: $CA"
        echo "    token_endpoint: $URL/oauth/v1/token"
        echo "    any_of:"
        for line in "$@"; do echo "    $line"; done
    } >"$DIR/$name.yaml"
    chmod 700 "$DIR"
    chmod 600 "$DIR/$name.yaml" "$T/config/tokenward/secret" "$T/config/tokenward/wrong"
    own "$T/config"
}
fetch() { user tokenward-helper fetch "$@" 2>&1; }
asked() { curl -s --cacert "$CA" "$URL/count$1" | tr -dc 0-9; }
GOOD='client_secret: {file: ../secret}'
DOWN="token_endpoint: $URL/m/status=503,retry-after=120/oauth/v1/token"

# Not configured here.
stack here '- name: build' '  client_secret: {file: ../absent}' '- name: office' "  $GOOD"
token=$(user tokenward get here); is $? 0 "the first source is not configured here: the second answers"
[ ${#token} -ge 20 ]; ok $? "with a token"
is "$(field here answered_by)" "2 (office)" "the record says which"
is "$(requests)" 1 "by one request"
like "$(user tokenward status here)" "answered by source 2 (office)" "status says so"
like "$(user tokenward status --json here)" '"answered_by": *"2 (office)"' "and status --json"
like "$(user tokenward-helper check 2>&1)" "here: good (.*here.yaml:2, sources 1 (build) client_credentials, 2 (office) client_credentials)" "check lists them"
cp -p "$T/config/tokenward/secret" "$T/config/tokenward/absent"
out=$(fetch --force here); is $? 0 "what was absent has come"
is "$(field here answered_by)" "1 (build)" "and the first source answers"
rm "$T/config/tokenward/absent"
out=$(user tokenward doctor here 2>&1); is $? 0 "doctor: the same on a host without it: exit 0"
like "$out" "^  source 1 (build)$" "doctor: names the source"
like "$out" "^  -     secret  *.*here.yaml:9: file .*/absent is not there$" "doctor: what it lacks is no fault"
is "$(printf '%s\n' "$out" | grep -c '^  ok    answer ')" 1 "doctor: the other's endpoint alone is asked"
for source in '{env: TOKENWARD_NO_SUCH}' '{credential: nosuch}' '{command: [/nonexistent/command]}' '{command: [nonexistent-command]}' '{file: ../secret/below}'; do
    stack kinds "- client_secret: $source" "- $GOOD"
    forget kinds
    fetch kinds >/dev/null; is "$? $(field kinds answered_by)" "0 2" "not there: $source"
done

# A provider that is not there, or no good, is that source's matter alone.
stack lame '- name: future' '  provider: quantum' '  qubits: 12' '- name: office' "  $GOOD"
token=$(user tokenward get lame 2>"$T/err"); is $? 0 "a source whose provider is not installed: the next one answers"
[ ${#token} -ge 20 ] && [ ! -s "$T/err" ]; ok $? "with a token and no word"
is "$(field lame answered_by)" "2 (office)" "the record says which"
out=$(user tokenward-helper check 2>&1); is $? 0 "check: the profile is good"
like "$out" "lame: good (.*lame.yaml:2, sources 1 (future) quantum, 2 (office) client_credentials)" "with both sources"
like "$out" "warning: .*lame.yaml:8: profile 'lame': this source is passed over: no provider 'quantum': .*/quantum.so does not exist" "and a warning about the one"
like "$(user tokenward explain lame 2>&1)" "lacks *.*lame.yaml:8: provider: no provider 'quantum'" "explain says so"
like "$(user tokenward explain lame 2>&1)" "rule *unavailable: continue with the next source" "and what comes of it"
like "$(user tokenward doctor lame 2>&1)" "no provider 'quantum'" "doctor too"
stack lame '- name: future' '  provider: quantum' '- name: office' '  client_secret: {file: ../wrong}'
forget lame
out=$(fetch lame); is $? 77 "the other one is refused: that decides"
like "$out" "source 1 (future): unavailable: .*lame.yaml:8: provider: no provider 'quantum'" "and the first one's reason is told"
stack lame '- provider: quantum' '- provider: quantum'
forget lame
out=$(fetch lame); is $? 72 "no source has its provider: exit 72"
like "$out" "lame.yaml:9: provider: no provider 'quantum'" "with the place"
out=$(user tokenward doctor lame 2>&1); is $? 72 "doctor says so, and so does its status"
like "$out" "^  warn  provider .*lame.yaml:8: " "doctor: the first would be passed over"
like "$out" "^  FAIL  provider .*lame.yaml:9: " "doctor: behind the second is none"
stack lame '- {provider: quantum, actions: {unavailable: return}}' "- $GOOD"
fetch lame >/dev/null; is $? 72 "unavailable: return holds for it"
printf 'no ELF' >"$T/modules/quantum.so"
stack lame '- provider: quantum' "- $GOOD"
out=$(fetch lame); is "$? $(field lame answered_by)" "0 2" "one that cannot be loaded is passed over"
chmod 666 "$T/modules/quantum.so"
like "$(user tokenward-helper check 2>&1)" "passed over: .*quantum.so: mode 0666 lets others write it" "so is one that others may write"
cp "$T/modules/client_credentials.so" "$T/modules/quantum.so"
forget lame
out=$(fetch lame); is "$? $(field lame answered_by)" "0 2" "and one that calls itself by another name"
rm "$T/modules/quantum.so"
profile whole /oauth/v1/token 'provider: quantum'
out=$(fetch whole); is $? 72 "a profile without other sources is refused as before"
rm "$DIR/whole.yaml" "$DIR/lame.yaml"

printf %s "$CANARY" >"$T/config/tokenward/locked"
stack kinds '- client_secret: {file: ../locked}' "- $GOOD"
chmod 000 "$T/config/tokenward/locked"
forget kinds
before=$(requests)
out=$(fetch kinds); is $? 73 "there and closed to us is a fault, not an absence: exit 73"
like "$out" "kinds.yaml:8:[0-9]*: secret from file .*locked" "with the line that names it"
is "$(requests)" "$before" "and no other source is asked"
rm "$T/config/tokenward/locked"
mkdir "$T/programs"
printf '#!/bin/sh\necho %s\n' "$CANARY" >"$T/programs/secret-here"
chmod -R 755 "$T/programs"
stack kinds '- client_secret: {command: [printf, '"$CANARY"']}' "- $GOOD"
forget kinds
user env -u PATH "$T/bin/tokenward-helper" fetch kinds; is "$? $(field kinds answered_by)" "0 1" "without PATH a command is there that is run all the same"
stack kinds '- client_secret: {command: [secret-here]}' "- $GOOD"
forget kinds
(cd "$T" && PATH=$PATH:programs && fetch kinds); is "$? $(field kinds answered_by)" "0 2" "in a relative directory of PATH there is none"
stack keys '- token_endpoint_auth_method: private_key_jwt' '  assertion_key: ../nokey.pem' "- $GOOD"
fetch keys >/dev/null; is "$? $(field keys answered_by)" "0 2" "not there: a private key"
stack cert '- token_endpoint_auth_method: tls_client_auth' '  client_certificate: ../no.pem' '  client_certificate_key: ../nokey.pem' "- $GOOD"
fetch cert >/dev/null; is "$? $(field cert answered_by)" "0 2" "not there: a certificate"
before=$(requests)
stack none '- name: build' '  client_secret: {file: ../absent}' '- client_secret: {env: TOKENWARD_NO_SUCH}'
out=$(fetch none); is $? 78 "nothing is configured here: exit 78"
like "$out" "none.yaml:10: environment variable TOKENWARD_NO_SUCH is not there" "the last one's line is named"
like "$out" "source 1 (build): not configured here: .*none.yaml:9: file .*/absent is not there; source 2: not configured here" "and all sources"
is "$(requests)" "$before" "without a request"
out=$(user tokenward doctor none 2>&1); is $? 78 "doctor: nothing is configured here: exit 78"
like "$out" "^  -     secret .*none.yaml:9: " "doctor: the first would be passed over"
like "$out" "^  FAIL  secret .*none.yaml:10: environment variable TOKENWARD_NO_SUCH is not there" "doctor: behind the second is none"
stack stops '- client_secret: {file: ../absent}' '  actions: {not_configured: return}' "- $GOOD"
out=$(fetch stops); is $? 78 "not_configured: return ends it"
is "$(requests)" "$before" "and the second is not asked"
out=$(user tokenward doctor stops 2>&1); is $? 78 "doctor: where it ends is told: exit 78"
like "$out" "^  FAIL  secret .*stops.yaml:8: " "doctor: by the first"
cp "$T/config/tokenward/secret" "$T/config/tokenward/open"
chmod 644 "$T/config/tokenward/open"; own "$T/config"
stack open '- client_secret: {file: ../open}' "- $GOOD"
out=$(fetch open); is $? 73 "a secret that others may read is a fault, and not passed over"
like "$out" "chmod 600" "it says what to do"
cp "$CA" "$T/config/tokenward/own.pem"
chmod 666 "$T/config/tokenward/own.pem"
stack trust "- ca_file: $T/config/tokenward/own.pem" "  $GOOD" "- $GOOD"
before=$(requests)
for time in first second; do
    out=$(fetch trust); is $? 73 "a ca_file that others may write, the $time time: a fault, and not passed over"
done
is "$(requests)" "$before" "and nobody is asked"
rm "$T/config/tokenward/own.pem"
out=$(fetch trust); is $? 78 "one that is not there: a fault, too"
cp "$CA" "$T/config/tokenward/own.pem"
chmod 644 "$T/config/tokenward/own.pem"; own "$T/config"
fetch trust >/dev/null; is "$? $(field trust answered_by)" "0 1" "one that is mended: used at once"
for name in slow1 slow2 slow3 slow4 slow5 slow6 slow7 slow8 late; do profile $name /m/delay=500/oauth/v1/token; done
sed -i "s|ca_file: .*|ca_file: $T/late.pem|" "$DIR/late.yaml"
out=$(fetch slow1 slow2 slow3 slow4 slow5 slow6 slow7 slow8 late); is $? 78 "one that is not there, of a profile that waited for its turn"
cp "$CA" "$T/late.pem"; chmod 644 "$T/late.pem"
fetch late >/dev/null; is $? 0 "mended: used at once"
rm "$DIR"/slow?.yaml "$DIR/late.yaml"

# Unavailable, and back-off for each source.
stack down '- name: first' "  $DOWN" "  $GOOD" '- name: second' "  $GOOD"
fetch down >/dev/null; is "$? $(field down answered_by)" "0 2 (second)" "the first is unavailable: the second answers"
before=$(requests)
fetch --min-valid 1800 down >/dev/null
is "$(requests)" "$before" "nobody is asked again at once"
sed -i 's/^\(not_before\|boottime_not_before\)=.*/\1=0/' "$T/run/tokenward/down/backoff"
age down 3600
fetch down >/dev/null; is "$? $(requests)" "0 $((before + 1))" "later the second is asked, and the first is left alone (Retry-After)"
like "$(cat "$T/run/tokenward/down/backoff.1")" "^status=retry" "it has a note of its own"
sed -i 's/^\(not_before\|boottime_not_before\)=.*/\1=0/' "$T/run/tokenward/down/backoff.1" "$T/run/tokenward/down/backoff"
age down 3600
fetch down >/dev/null; is "$? $(requests)" "0 $((before + 3))" "after that the first is asked again"
stack halt "- $GOOD" "  $DOWN" '  actions: {unavailable: return}' "- $GOOD"
out=$(fetch halt); is $? 75 "unavailable: return ends it: exit 75"
like "$out" "source 1: unavailable" "and the source is named"

# Denied.
stack no '- client_secret: {file: ../wrong}' "- $GOOD"
fetch no >/dev/null; is "$? $(field no answered_by)" "0 2" "the first is denied: the second answers"
stack deny '- client_secret: {file: ../wrong}' '  actions: {denied: return}' "- $GOOD"
out=$(fetch deny); is $? 77 "denied: return ends it: exit 77"
stack both '- name: a' '  client_secret: {file: ../wrong}' '- name: b' "  $DOWN" "  $GOOD" '- client_secret: {file: ../absent}'
out=$(fetch both); is $? 75 "none answers: the last that is configured here decides"
like "$out" "source 1 (a): denied: .*; source 2 (b): unavailable; source 3: not configured here: " "every source is named, with why"
before=$(requests)
out=$(fetch both); is $? 75 "again at once: the same exit"
is "$(requests)" "$before" "without a request"
like "$out" "source 1 (a): denied: .*; source 2 (b): unavailable; source 3: not configured here: " "and the same words"
stack late '- client_secret: {file: ../wrong}' '- client_secret: {file: ../later}'
fetch late >/dev/null; is $? 77 "one denied, one not configured"
cp -p "$T/config/tokenward/secret" "$T/config/tokenward/later"
fetch late >/dev/null; is "$? $(field late answered_by)" "0 2" "what comes later is tried at once, whatever was denied"

# A person, and what is kept.
stack person '- client_secret: {file: ../wrong}' '- name: laptop' '  provider: device_code' "  device_authorization_endpoint: $URL/oauth/v1/device" '  token_endpoint_auth_method: none'
out=$(fetch person); is $? 69 "the last source wants a login: exit 69"
like "$out" "tokenward login person" "says how"
stack kept "- $GOOD" '- client_secret: {file: ../wrong}'
token=$(user tokenward get kept)
printf %s wrong >"$T/config/tokenward/secret"
age kept 700
is "$(user tokenward get kept)" "$token" "a living token is given while all sources fail"
printf %s "$CANARY" >"$T/config/tokenward/secret"
grep -rqF -e "$CANARY" "$T/run"; is $? 1 "no secret is in the runtime directory"

# Options of a provider that is not there are nobody's, also of an instance.
stack many@ "- $GOOD" '- provider: quantum' '  entangled_with: "https://%i.example.test"'
sed -i 's/^  many@:/&\n    instances: [a]/' "$DIR/many@.yaml"
like "$(user tokenward-helper check "$DIR/many@.yaml" 2>&1)" "^many@a: good" "an instance with a source whose provider is not installed"
echo '      timeout: "%i"' >>"$DIR/many@.yaml"
like "$(user tokenward-helper check "$DIR/many@.yaml" 2>&1)" "many@.yaml:12:16: profile 'many@': timeout: %i cannot stand in it" "a key of every provider's is everybody's"
rm "$DIR/many@.yaml"

# What is wrong is said with its place.
stack bad "- $GOOD" '  match: https://x.example.test'
like "$(user tokenward-helper check "$DIR/bad.yaml" 2>&1)" "bad.yaml:9:7: profile 'bad': match is the whole profile's" "match in a source"
stack bad "- $GOOD" '  actions: {dennied: return}'
like "$(user tokenward-helper check "$DIR/bad.yaml" 2>&1)" "bad.yaml:9:17: profile 'bad': actions are for" "an unknown outcome"
stack bad '- scope: payments'
like "$(user tokenward-helper check "$DIR/bad.yaml" 2>&1)" "bad.yaml:8:7: profile 'bad': missing: client_secret" "a source that is not complete"
stack bad "- $GOOD" '  scoop: x'
like "$(user tokenward-helper check "$DIR/bad.yaml" 2>&1)" "bad.yaml:9:7: profile 'bad': unknown key 'scoop'" "an unknown key"
DEVICE="device_authorization_endpoint: $URL/oauth/v1/device"
stack bad "- $GOOD" '- provider: device_code' "  $DEVICE" '  token_endpoint_auth_method: none' \
    '- provider: device_code' "  $DEVICE" '  token_endpoint_auth_method: none'
like "$(user tokenward-helper check "$DIR/bad.yaml" 2>&1)" "bad.yaml:12:7: profile 'bad': any_of: only one source may keep a refresh token; source 2 does" "two that would keep a refresh token"

# tokenward explain: what a profile does here.
rm "$DIR/bad.yaml"
before=$(requests)
out=$(user tokenward explain here); is $? 0 "tokenward explain"
like "$out" "^here: .*/here.yaml:2$" "the file and the line"
like "$out" "^  token     cached, alive for [0-9]* s, from source 1 (build)$" "the token, and who brought it"
like "$out" "^  refresh   due in [0-9]* s$" "when the next one is due"
like "$out" "^source 1 (build), line 8, provider client_credentials$" "the sources in order"
like "$out" "^  secret    line 9: file .*/absent: NOT there$" "a secret that is not there"
like "$out" "^  secret    line 11: file .*/secret: there$" "and one that is"
like "$out" "^  rule      not configured here: continue with the next source$" "the rule that decides"
like "$out" "^  rule      a fetch asks this source$" "and who is asked"
chmod 640 "$T/config/tokenward/secret"
out=$(user tokenward explain here)
like "$out" "^  secret    line 11: file .*/secret: there, and REFUSED$" "one that others may read"
like "$out" "^  rule      a fetch that comes here ends: .*here.yaml:11: file .*/secret: mode 0640 lets others read it" "and what comes of it"
chmod 600 "$T/config/tokenward/secret"
cp "$T/config/tokenward/secret" "$T/secret"
: >"$T/config/tokenward/secret"
out=$(user tokenward explain here)
like "$out" "^  secret    line 11: file .*/secret: there, and REFUSED$" "one that is empty"
like "$out" "^  rule      a fetch that comes here ends: .*here.yaml:11: file .*/secret: is empty$" "and what comes of that"
cp "$T/secret" "$T/config/tokenward/secret"
out=$(user tokenward explain stops)
like "$out" "^  rule      not configured here: return: none after it is asked$" "return"
like "$out" "^  token     none is kept" "no token"
printf '%s' "$out" | grep -q "a fetch asks this source"; is $? 1 "then nobody is asked"
out=$(user tokenward explain both)
like "$out" "^  failed    [0-9]* s ago, denied: " "the failure of each source"
like "$out" "^  next      asked again in [0-9]* s" "and when it is asked again"
user tokenward explain nosuch 2>/dev/null; is $? 66 "no such profile: exit 66"
user tokenward explain 2>/dev/null; is $? 64 "no name: exit 64"
profile plain /oauth/v1/token
like "$(user tokenward explain plain)" "^  provider  client_credentials$" "a profile without any_of"
[ ! -e "$T/run/tokenward/plain" ]; ok $? "explain makes nothing"
printf '#!/bin/sh\ntouch "%s/ran"\n' "$T/home" >"$T/bin/runs"
chmod 755 "$T/bin/runs"
stack runs "- client_secret: {command: [$T/bin/runs]}"
like "$(user tokenward explain runs)" "command $T/bin/runs: there" "a command is there"
[ ! -e "$T/home/ran" ]; ok $? "and is not run"
is "$(requests)" "$before" "nothing is sent"
out=$(user tokenward explain here); is $? 0 "explain: exit 0"
printf '%s' "$out" | grep -qF -e "$CANARY" -e "$(sed -n 's/^access_token=//p' "$(record here)")"; is $? 1 "neither secret nor token is shown"

# What can be done without does not make a source one that is not configured.
mint() { curl -s --cacert "$CA" "$URL/mint/$CLIENT_ID"; }
stack spare "- {client_secret: {file: ../secret}, client_secret_next: {file: ../absent}}" "- {name: other, $GOOD}"
fetch spare; is "$? $(field spare answered_by)" "0 1" "client_secret_next is not there: the source is asked all the same"
stack kept "- {provider: refresh_token, refresh_token: {file: ../first}, $GOOD}" "- {name: other, $GOOD}"
fetch kept; is "$? $(field kept answered_by)" "0 2 (other)" "no refresh token at all: the next source is asked"
mint | user tokenward login kept >/dev/null; is $? 0 "which keeps nobody from logging in"
fetch --force kept; is "$? $(field kept answered_by)" "0 1" "and from then on the source is asked"
mint >"$T/config/tokenward/first"
chmod 600 "$T/config/tokenward/first"
own "$T/config"
user tokenward logout kept >/dev/null 2>&1
fetch kept; is "$? $(field kept answered_by)" "0 1" "a first refresh token"
rm "$T/config/tokenward/first"
fetch --force kept; is "$? $(field kept answered_by)" "0 1" "is not missed when a later one is kept"

# A source that says where its server is does not go to another's.
stack elsewhere '- {name: first, client_secret: {file: ../absent}}' "- {name: other, issuer: '$URL/m/tag=other', $GOOD}"
fetch elsewhere; is $? 0 "a source with an issuer, and a token_endpoint outside"
is "$(asked /m/tag=other/oauth/v1/token)" 1 "asks its issuer where to go"
stack ready "- {name: first, $GOOD}" "- {name: other, preset: auth0, vars: {domain: a.example.test}, audience: x, $GOOD}"
out=$(user tokenward explain ready)
like "$out" "endpoint .*: $URL/oauth/v1/token$" "a source without goes where the profile says"
like "$out" "endpoint .*https://a.example.test/" "and one with a preset where that does"
stack alias "- {name: first, $GOOD}" "- {name: other, token_endpoint: 'https://b.example.test/token', $GOOD}"
printf "    mtls_endpoint_aliases: {token_endpoint: 'https://mtls.a.example.test/token'}\n    client_certificate: ../no.pem\n    client_certificate_key: ../no.key\n" >>"$DIR/alias.yaml"
out=$(user tokenward explain alias)
like "$out" "endpoint .*: https://mtls.a.example.test/token$" "a source with the endpoint that an alias is of goes to the alias"
like "$out" "endpoint .*: https://b.example.test/token$" "and one with an endpoint of its own there"
stack preset '- {name: first, client_secret: {file: ../absent}}' "- {name: other, issuer: '$URL/m/tag=third', $GOOD}"
sed -i 's|token_endpoint:.*|preset: auth0\n    vars: {domain: a.example.test}\n    audience: x|' "$DIR/preset.yaml"
fetch preset; is $? 0 "a source with an issuer, and a preset outside"
is "$(asked /m/tag=third/oauth/v1/token)" 1 "asks its issuer, too"

# Sources that hang leave time for those behind.
HANG="token_endpoint: $URL/m/hang/oauth/v1/token"
stack hangs "- {name: one, $HANG, $GOOD}" "- {name: two, $HANG, $GOOD}" "- {name: three, $GOOD}"
fetch --deadline 12 hangs >/dev/null; is "$? $(field hangs answered_by)" "0 3 (three)" "two sources hang: the third answers in time"
done_testing
