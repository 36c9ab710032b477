#!/bin/sh
# SPDX-License-Identifier: MIT
# doctor-t.sh - tokenward doctor: each place broken in turn, what it says of
# it, what it still looks at, whom the exit status names; and no secret.
if [ "$(id -u)" = 0 ] && [ -z "${IN_NAMESPACE:-}" ] && unshare -m true 2>/dev/null; then
    IN_NAMESPACE=1 exec unshare -m sh "$0" "$@"
fi
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
nameless
sandbox
out=$(user tokenward doctor 2>&1); is $? 66 "no profile at all: exit 66"
like "$out" '^  FAIL  profiles .* 0 in ' "says so"
printf 'profiles: {}\n' >"$T/config/tokenward/profiles.yml"; own "$T/config"
out=$(user tokenward doctor 2>&1); is $? 66 "a file of another name: exit 66"
like "$out" "^  warn  profiles  *$T/config/tokenward/profiles.yml is not read: its name must end with .yaml$" "says why"
rm "$T/config/tokenward/profiles.yml"
out=$(user tokenward doctor 2>&1)
like "$out" '^  *-> tokenward init writes a first one; ' "nothing there: what writes one"
printf 'profiles:\n  pay: [\n' >"$T/config/tokenward/profiles.yaml"; chmod 600 "$T/config/tokenward/profiles.yaml"; own "$T/config"
for name in "" pay; do
    # shellcheck disable=SC2086  # one word or none
    out=$(user tokenward doctor $name 2>&1); is $? 78 "doctor $name, and the only file is broken: exit 78"
    like "$out" '^  *-> mend what is told of above$' "doctor $name: that is to be mended"
done
rm "$T/config/tokenward/profiles.yaml"
profile pay /oauth/v1/token
doctor() { user tokenward doctor "$@" >"$T/out" 2>&1; STATUS=$?; cat "$T/out" >>"$T/everything"; }
says() { like "$(cat "$T/out")" "$1" "$2"; }

doctor pay
is $STATUS 0 "all is well: exit 0"
says '^  ok    clock ' "the clock"
says "^  ok    runtime  *[0-9.]* ms  $T/run/tokenward$" "the runtime directory, and the time it took"
says '^  ok    profiles  *[0-9.]* ms  1 in ' "the profiles"
says "^pay: $T/config/tokenward/profiles.d/pay.yaml:2$" "the profile and its place"
says '^  ok    secret ' "its secret"
says "^  $URL/oauth/v1/token$" "the endpoint"
says '^  ok    name  *[0-9.]* ms  is resolved$' "name, and its time"
says '^  ok    tcp  *[0-9.]* ms  127.0.0.1$' "connection"
says '^  ok    tls  *[0-9.]* ms  is agreed on' "TLS"
# The sandbox's is an hour older than itself.
says "^  .*cert .* 127.0.0.1.*, by .*, \($(date -u +%Y-%m)\|$(date -u -d '2 hours ago' +%Y-%m)\)-[0-9]* to 20.*, [0-9]* days left$" "certificate: names, authority, validity, days"
says '^  ok    clock  *this host.s is [0-9]* s ' "the server's clock"
says '^  ok    answer  *[0-9.]* ms  HTTP 400, unsupported_grant_type to an empty request$' "the endpoint's answer"
says '^  -     token  *none is kept$' "and the token"
is "$(requests)" 1 "by one request, for nothing"
[ ! -e "$T/run/tokenward/pay" ]; ok $? "nothing is left behind"
doctor --fetch pay
is $STATUS 0 "--fetch: exit 0"
says '^  ok    fetch  *a token of .pay. was bought' "--fetch: buys one"
[ -s "$(record pay)" ]; ok $? "and keeps it"
doctor pay
says '^  ok    token  *alive for [0-9]* s$' "a living token"
doctor --nothing; is $STATUS 64 "an unknown option: exit 64"
doctor pya; is $STATUS 66 "an unknown profile: exit 66"
says "did you mean 'pay'" "with the nearest"

# The endpoint, broken step by step.
broken() { # broken EXIT PATTERN NAME: of the profile pay
    doctor pay
    is $STATUS "$1" "$3: exit $1"
    says "$2" "$3: says so"
    says '^ .*-> ' "$3: and what to do"
}
file=$T/config/tokenward/profiles.d/pay.yaml
cp "$file" "$T/pay.yaml"
endpoint() { sed "s#^    token_endpoint: .*#    token_endpoint: $1#" "$T/pay.yaml" >"$file"; }
endpoint https://nowhere.invalid/token
broken 75 '^  FAIL  name  *[0-9.]* ms  nowhere.invalid: could not resolve its name$' "no such name"
says '^  -     answer  *it did not come to that$' "no such name: what was not looked at"
endpoint https://127.0.0.1:9/token
broken 75 '^  FAIL  tcp  *[0-9.]* ms  127.0.0.1:9: ' "nobody listens"
says '^  ok    name ' "nobody listens: the name is good"
sed '/ca_file/d' "$T/pay.yaml" >"$file"
doctor pay; is $STATUS 75 "an unknown authority: the server's operator or nobody"
says '^  FAIL  tls  *[0-9.]* ms  127.0.0.1:[0-9]*: its certificate is ' "an unknown authority: says so"
says '^  ok    cert  *for 127.0.0.1' "an unknown authority: and what was shown"
endpoint "$URL/nowhere"
broken 78 '^  FAIL  answer  *[0-9.]* ms  HTTP 404 to an empty' "another path"
endpoint "$URL/m/status=503/oauth/v1/token"
broken 75 '^  FAIL  answer  *[0-9.]* ms  HTTP 503 ' "the server is down"
endpoint "$URL/m/redirect=302/oauth/v1/token"
broken 78 '^  FAIL  answer  *[0-9.]* ms  HTTP 302 ' "it is elsewhere"
endpoint "$URL/m/status=304/oauth/v1/token"
doctor pay; is "$STATUS $(grep -c elsewhere "$T/out")" "0 0" "one that answers 304 is not elsewhere"
endpoint "$URL/m/html/oauth/v1/token"
doctor pay; is $STATUS 0 "a page: no fault that is sure"
says '^  warn  answer .*HTTP 200 to an empty' "a page: told all the same"
endpoint "$URL/m/reset/oauth/v1/token"
doctor pay; is $STATUS 75 "a reset: exit 75"
says '^  FAIL  answer ' "a reset: before the answer"
cp "$T/pay.yaml" "$file"

# A server whose certificate is wrong.
kill "$SANDBOX_PID"; wait "$SANDBOX_PID" 2>/dev/null
for kind in expired wrong-name; do
    sandbox --certificate $kind
    profile pay /oauth/v1/token
    doctor pay
    is $STATUS 75 "certificate $kind: exit 75"
    says '^  FAIL  tls  *[0-9.]* ms  127.0.0.1:[0-9]*: its certificate ' "certificate $kind: says so"
    says '^ .*-> ' "certificate $kind: and what to do"
    says '^  .*  cert  *for ' "certificate $kind: and what was shown"
    kill "$SANDBOX_PID"; wait "$SANDBOX_PID" 2>/dev/null
done
says '^  .*  cert  *for sandbox\.invalid, by ' "a name that is none is left out"
sandbox
profile pay /oauth/v1/token
cp "$file" "$T/pay.yaml"

# This host.
cat >"$T/slow_clock.py" <<'END'
import http.server, time, email.utils
class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.send_response_only(400)
        if self.path != "/undated":
            self.send_header("Date", email.utils.formatdate(time.time() - 7200, usegmt=True))
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b'{"error":"invalid_request"}')
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
END
if command -v python3 >/dev/null && python3 -c '' 2>/dev/null; then
    python3 "$T/slow_clock.py" >"$T/port" 2>/dev/null &
    EXTRA_PID=$!
    until_true 30 test -s "$T/port"
    endpoint "http://127.0.0.1:$(cat "$T/port")/token"
    echo '    allow_http: loopback' >>"$file"
    broken 71 '^  FAIL  clock  *this host.s is 7[12][0-9][0-9] s ahead of the server.s$' "a clock two hours ahead"
    says '^  ok    answer  *[0-9.]* ms  HTTP 400, invalid_request ' "a clock two hours ahead: the answer is good"
    is "$(grep -c '  tls ' "$T/out")" 0 "and where no TLS is, none is told of"
    sed -i 's#/token$#/undated#' "$file"
    doctor pay; is $STATUS 0 "a server that does not say what time it is: exit 0"
    is "$(grep -c '  clock ' "$T/out")" 1 "this host's clock is told alone"
    cp "$T/pay.yaml" "$file"
else
    skip "a clock that is wrong" "python3 is not installed"
fi
away=$T/caf$(printf '\303\251')
cp -rp "$T/config" "$away"
echo '    scoop: x' >>"$away/tokenward/profiles.d/pay.yaml"
user env XDG_CONFIG_HOME="$away" tokenward doctor pay >"$T/out" 2>&1; is $? 78 "a directory with a letter that is not ASCII"
says '/caf[?][?]/tokenward/profiles.d/pay.yaml:' "is shown without it"
rm -r "$away"
if is_sanitized; then
    skip "a clock of ten years ago" "a sanitizer wants to be preloaded first"
else
    cp "$TOP_BUILD/tests/flow/.libs/clock.so" "$T/bin/"
    printf '%-255s\n%-255s\n%-3584s' '0 -315360000 0' '0 -315360000 0' '' >"$T/clock"
    chmod 644 "$T/clock"
    user env LD_PRELOAD="$T/bin/clock.so" TEST_CLOCK="$T/clock" "$T/bin/tokenward-helper" doctor pay >"$T/out" 2>&1
    is $? 71 "a clock of ten years ago: exit 71"
    says '^  FAIL  clock  *is before this program was written' "says so"
    says '-> set it: ' "and what to do"
    says '^  FAIL  clock  *this host.s is 31[0-9]* s behind the server.s$' "as the server does"
fi
chmod 755 "$T/run/tokenward"
doctor pay; is $STATUS 73 "a runtime directory that others may read: exit 73"
says '^  FAIL  runtime .*mode 0755' "says so"
says '^  ok    answer ' "and looks at the rest all the same"
chmod 700 "$T/run/tokenward"
user env XDG_RUNTIME_DIR=/nonexistent tokenward doctor pay >"$T/out" 2>&1; is $? 73 "no runtime directory: exit 73"
says '^  FAIL  runtime .*no runtime directory' "says so"
if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=16k,nr_inodes=3 none "$T/run" 2>/dev/null; then
    mkdir -m 700 "$T/run/tokenward"; : >"$T/run/tokenward/full"
    chmod 700 "$T/run"; own "$T/run"
    doctor pay; is $STATUS 71 "a full disk: exit 71"
    says '^  FAIL  runtime .*No space left on device' "says so"
    umount "$T/run"
else
    skip "a full disk" "needs root"
fi
rm "$T/config/tokenward/secret"
broken 78 '^  FAIL  secret .*pay.yaml:[0-9]*.*secret is not there$' "a secret that is not there"
says '^  *-> write the secret there, as its one line, and chmod 600 it$' "and how it comes there"
says '^  ok    answer ' "and asks the endpoint all the same"
profile pay /oauth/v1/token
chmod 640 "$T/config/tokenward/secret"
broken 73 '^  FAIL  secret .*pay.yaml:5: file .*/secret: mode 0640 lets others read it' "a secret that others may read"
profile pay /oauth/v1/token
printf '%s\n\n' "$CANARY" >"$T/config/tokenward/secret"
doctor pay; is $STATUS 78 "a secret with an empty line behind it: exit 78"
says '^  FAIL  secret .*pay.yaml:5: file .*/secret: holds NUL, CR or a line break; a secret is one line$' "says so"
: >"$T/config/tokenward/secret"
doctor pay; is $STATUS 78 "an empty secret: exit 78"
says '^  FAIL  secret .*pay.yaml:5: file .*/secret: is empty$' "says so"
profile pay /oauth/v1/token
printf 'profiles:\n  odd: [\n' >"$T/config/tokenward/profiles.d/odd.yaml"; chmod 600 "$T/config/tokenward/profiles.d/odd.yaml"; own "$T/config"
doctor; is $STATUS 78 "a broken file: exit 78"
says '^  FAIL  profiles .*odd.yaml:' "says so, with the place"
says '^pay: ' "and looks at the others"
doctor pay; is $STATUS 0 "one profile, and another's file is broken: exit 0"
says '^  warn  profiles .*odd.yaml:' "and tells of that"
doctor odd; is $STATUS 78 "the one that is broken: exit 78"
chmod 777 "$T/config/tokenward"
doctor pay; is $STATUS 73 "a directory that others may write: exit 73"
chmod 700 "$T/config/tokenward"
rm "$T/config/tokenward/profiles.d/odd.yaml"
profile failing /m/status=401,error=invalid_client/oauth/v1/token
user tokenward get failing 2>/dev/null
doctor failing; is $STATUS 77 "the last fetch was refused, and the next would be: exit 77"
says '^  FAIL  token  *the last fetch failed [0-9]* s ago: .*invalid_client' "how the last fetch failed"
# The clock was set back since.
sed -i "s/^failed_at=.*/failed_at=$(($(date +%s) + 7200))/" "$T/run/tokenward/failing/backoff"
doctor failing
says '^  FAIL  token  *the last fetch failed 0 s ago: ' "no failure was in the future"
like "$(user tokenward explain failing)" '^  failed  *0 s ago, denied: ' "explain says the same"
like "$(user tokenward get failing 2>&1)" '(asked 0 s ago, asked again in [0-9]* s)' "as does who asks for a token"
doctor --fetch failing; is $STATUS 77 "--fetch: a refusal: exit 77"
printf another >"$T/config/tokenward/secret"
doctor failing; is $STATUS 0 "another secret than the refused one: exit 0"
says '^  warn  token  *the last fetch failed ' "another secret: how the last fetch failed"
profile failing /m/status=503/oauth/v1/token
doctor failing; is $STATUS 75 "another endpoint than the one that refused: its own exit"
says '^  warn  token  *the last fetch failed ' "another endpoint: how the last fetch failed"

# What is kept, and whose it is.
state=$T/home/.local/state/tokenward
profile rt /oauth/v1/token 'provider: refresh_token'
doctor rt; is $STATUS 0 "no login yet: exit 0"
says '^  warn  login ' "no login yet: a warning"
says '-> run: tokenward login rt$' "no login yet: what to do"
curl -s --cacert "$CA" "$URL/mint/$CLIENT_ID" | user tokenward login rt >/dev/null 2>&1
doctor rt; is $STATUS 0 "a login: exit 0"
says '^  ok    login  *a refresh token is kept$' "a login: told"
chmod 755 "$state"
doctor rt; is $STATUS 73 "a state directory that others may read: exit 73"
says "^  FAIL  login  *$state: mode 0755 is open to others" "a state directory that others may read: says so"
chmod 700 "$state"
sed -i '1s/=1$/=2/' "$state/rt"
doctor rt; is $STATUS 73 "a file of a later version: exit 73"
says "^  FAIL  login  *$state/rt: was written by a later version of tokenward" "a file of a later version: told"
if [ "$(id -u)" = 0 ]; then
    other_owner() { # other_owner WHAT PATH PATTERN: of root's, as a backup leaves it that root brought back
        chown -R 0:0 "$2"
        doctor rt; is $STATUS 73 "$1 of another owner: exit 73"
        says "$3" "$1 of another owner: says so"
        says "-> see whose it is, then: chown -R $USER_ID $2\$" "$1 of another owner: and what to do"
        own "$2"
    }
    other_owner "a state directory" "$state" "^  FAIL  login  *$state: belongs to uid 0, not to $USER_ID"
    own "$T/home"
    chown 0:0 "$T/run/tokenward/rt/record"
    doctor rt; is $STATUS 73 "a record of another owner: exit 73"
    says "^  FAIL  token  *$T/run/tokenward/rt/record: Permission denied$" "a record of another owner: says so"
    own "$T/run"
    : >"$T/run/tokenward/serve"
    chmod 600 "$T/run/tokenward/serve"
    out=$(user tokenward-helper serve 2>&1); is $? 73 "a lock of another owner: exit 73"
    like "$out" "is not a plain file of ours" "a lock of another owner: says so"
    like "$out" "see who made it, then remove it" "a lock of another owner: and what to do"
    rm "$T/run/tokenward/serve"
else
    skip "what is of another owner" "needs root"
fi

# An issuer is asked for its endpoint; a name server that is silent has its time.
profile found /oauth/v1/token "issuer: $URL"
sed -i '/token_endpoint/d' "$T/config/tokenward/profiles.d/found.yaml"
doctor found; is $STATUS 0 "an issuer: exit 0"
says "^  ok    issuer " "an issuer: names its endpoint"
says "^  $URL/oauth/v1/token$" "an issuer: and that is asked"
is "$(grep -c 'authoriz\|  host  ' "$T/out")" 0 "an issuer: and nothing is said of a login that the provider has not"
sed -i "s#issuer: .*#issuer: $URL/m/oidc,status=410#" "$T/config/tokenward/profiles.d/found.yaml"
doctor found; is $STATUS 76 "an issuer that names nothing: exit 76"
says "^  FAIL  issuer  .*found.yaml:[0-9]*: profile 'found': issuer: .* answers HTTP 404, and .* HTTP 410$" "an issuer that names nothing: says so"
says '^  ok    tls ' "an issuer that names nothing: its host is looked at all the same"
says '^  -     answer  *it did not come to that$' "an issuer that names nothing: and no endpoint of it"
sed -i 's#issuer: .*#issuer: https://login.invalid#' "$T/config/tokenward/profiles.d/found.yaml"
doctor found; is $STATUS 75 "an issuer that has no address: exit 75"
says "^  FAIL  issuer  .*found.yaml:[0-9]*: profile 'found': issuer: .*login.invalid: could not resolve its name$" "an issuer that has no address: says so"
says '^  FAIL  name  *[0-9.]* ms  login.invalid: could not resolve its name$' "an issuer that has no address: and where it ended"

# Where a browser is sent to log in: its host is looked at, and no login begins.
browser() { # browser AUTHORIZE-URL [LINE...]: a profile of that name
    where=$1
    shift
    profile browser /oauth/v1/token 'provider: authorization_code' "authorization_endpoint: $where" "$@"
}
begun() { curl -s --cacert "$CA" "$URL/count/oauth/v1/authorize"; }
HERE=https://localhost:${URL##*:}
browser "$URL/oauth/v1/authorize"
doctor browser; is $STATUS 0 "a browser's login: exit 0"
says "^  $URL/oauth/v1/authorize$" "a browser's login: where it begins"
says '^  -     host  *the same as above$' "a browser's login: whose host was looked at"
browser "$HERE/oauth/v1/authorize?domain_hint=a"
doctor browser; is $STATUS 0 "a login at another host: exit 0"
says "^  $HERE/oauth/v1/authorize?domain_hint=a$" "a login at another host: which"
is "$(grep -c '^  ok    \(name\|tcp\|tls\)  ' "$T/out") $(grep -c '^  .*  cert  ' "$T/out")" "6 2" "a login at another host: its name, connection, TLS and certificate, too"
says '^  -     answer  *no login is begun$' "a login at another host: and no more"
is "$(begun)" 0 "a login at another host: nobody began one"
browser https://nowhere.invalid/authorize
doctor browser; is $STATUS 75 "a login at no such host: exit 75"
says '^  ok    answer ' "a login at no such host: the token endpoint is well"
says '^  FAIL  name  *[0-9.]* ms  nowhere.invalid: could not resolve its name$' "a login at no such host: says so"
browser https://127.0.0.1:9/authorize
doctor browser; is $STATUS 75 "a login where nobody listens: exit 75"
says '^  FAIL  tcp  *[0-9.]* ms  127.0.0.1:9: ' "a login where nobody listens: says so"
user mkdir "$T/home/other"
user "$T/bin/sandbox" --dir "$T/home/other" --parent >"$T/other.out" 2>&1 &
OTHER=$!
until_true 60 grep -q '^ready' "$T/other.out"
browser "$(sed -n 's/^url=//p' "$T/other.out")/oauth/v1/authorize"
doctor browser; is $STATUS 78 "a login at a host that is not trusted by the profile's ca_file: exit 78"
says '^  FAIL  tls  *[0-9.]* ms  127.0.0.1:[0-9]*: its certificate is ' "a login at a host that is not trusted: says so"
kill $OTHER; wait $OTHER 2>/dev/null
browser "$HERE/oauth/v1/authorize" 'any_of: [{name: only}]'
doctor browser; is $STATUS 0 "a login of a source: exit 0"
says "^  $HERE/oauth/v1/authorize$" "a login of a source: is looked at"
issued() { # issued PATH LINE...: where the issuer says it
    path=$1
    shift
    browser /x "issuer: $URL$path" "$@"
    sed -i '/^    [a-z]*_endpoint:/d' "$T/config/tokenward/profiles.d/browser.yaml"
}
issued ''
doctor browser; is $STATUS 0 "a login at an issuer's: exit 0"
says "^  $URL/oauth/v1/authorize$" "a login at an issuer's: as it says"
issued /m/oidc,authorize=none
doctor browser; is $STATUS 78 "an issuer without a login: exit 78"
says "^  FAIL  login  .*browser.yaml:2: profile 'browser': no authorization_endpoint is known$" "an issuer without a login: says so"
says '^ .*-> write it, ' "an issuer without a login: and what to do"
issued '' 'any_of: [{name: only, token_endpoint: "https://127.0.0.1:9/token"}]'
doctor browser; is $STATUS 78 "an issuer that is not asked: exit 78"
says "missing: authorization_endpoint (provider authorization_code needs it)" "an issuer that is not asked: says so"
issued /m/oidc,status=410
doctor browser; is $STATUS 76 "an issuer that says nothing: exit 76"
is "$(grep -c authorization_endpoint "$T/out")" 0 "an issuer that says nothing: it is not told twice"
is "$(begun)" 0 "and still nobody began one"
rm "$T/config/tokenward/profiles.d/browser.yaml"

# The other endpoints, in the same way.
profile device /oauth/v1/token 'provider: device_code' "device_authorization_endpoint: $HERE/oauth/v1/device" "revocation_endpoint: $HERE/oauth/v1/revoke"
codes() { curl -s --cacert "$CA" "$URL/count/oauth/v1/device"; }
doctor device; is $STATUS 0 "a device's login at another host: exit 0"
says "^  $HERE/oauth/v1/device$" "a device's login at another host: which"
says '^  -     answer  *no login is begun$' "a device's login at another host: and no more"
says "^  $HERE/oauth/v1/revoke$" "where its tokens are revoked"
says '^  -     host  *the same as above$' "where its tokens are revoked: a host that was looked at"
is "$(grep -c '^  ok    \(name\|tcp\|tls\)  ' "$T/out")" 6 "each host once"
profile device /oauth/v1/token 'provider: device_code' "device_authorization_endpoint: $URL/oauth/v1/device" 'revocation_endpoint: https://127.0.0.1:9/revoke'
doctor device; is $STATUS 75 "tokens that are revoked where nobody listens: exit 75"
says '^  FAIL  tcp  *[0-9.]* ms  127.0.0.1:9: ' "tokens that are revoked where nobody listens: says so"
sed -i "/_endpoint:/d; s|^    provider:|    issuer: $URL/m/oidc,device=none\n&|" "$T/config/tokenward/profiles.d/device.yaml"
doctor device; is $STATUS 78 "an issuer without logins of devices: exit 78"
says "^  FAIL  login  .*device.yaml:2: profile 'device': no device_authorization_endpoint is known$" "an issuer without logins of devices: says so"
says "^  $URL/m/oidc,device=none/oauth/v1/revoke$" "and where tokens are revoked, by its word"
sed -i 's|provider: .*|provider: client_credentials|' "$T/config/tokenward/profiles.d/device.yaml"
doctor device; is $STATUS 0 "the same for a program: exit 0"
is "$(grep -c /revoke "$T/out")" 0 "and not where nothing is revoked"
is "$(codes)" 0 "nobody asked for a code"
rm "$T/config/tokenward/profiles.d/device.yaml"

cat >"$T/silent.sh" <<'END'
ip link set lo up || exit 9
echo 'nameserver 127.0.0.2' >"$T/silent.conf"
mount --bind "$T/silent.conf" /etc/resolv.conf || exit 9
python3 -c 'import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("127.0.0.2", 53)); print(flush=True); time.sleep(30)' >"$T/bound" &
for _ in $(seq 300); do [ -s "$T/bound" ] && break; sleep 0.1; done
setpriv --reuid="$USER_ID" --regid="$USER_ID" --clear-groups tokenward doctor silent >"$T/out" 2>&1
echo "exit $?" >>"$T/out"
kill $!
END
profile silent /oauth/v1/token
sed -i 's#token_endpoint: .*#token_endpoint: https://api.example.com/token#' "$T/config/tokenward/profiles.d/silent.yaml"
export T USER_ID
if [ "$(id -u)" = 0 ] && command -v python3 >/dev/null && unshare -mn true 2>/dev/null; then
    start=$(date +%s)
    unshare -mn sh "$T/silent.sh"
    says '^  FAIL  name  *[0-9.]* ms  api.example.com: timed out after .*its name was not resolved' "a silent name server"
    says '^exit 75$' "a silent name server: exit 75"
    [ $(($(date +%s) - start)) -lt 25 ]; ok $? "a silent name server: in its time"
else
    skip "a silent name server" "needs root, python3 and a network namespace"
fi
# More than one run fetches.
rm "$T/config/tokenward/profiles.d/"*
for file in 1 2 3 4 5; do
    profile "many$file" /oauth/v1/token
    for i in $(seq 204); do
        printf '  p%d-%d: {token_endpoint: "%s/oauth/v1/token", client_id: x, client_secret: {file: ../secret}, ca_file: "%s"}\n' \
            $file "$i" "$URL" "$CA"
    done >>"$T/config/tokenward/profiles.d/many$file.yaml"
done
doctor --fetch; is "$STATUS" 64 "--fetch of 1025 profiles: exit 64"
says '^  FAIL  fetch  *more than 1024 profiles: name one' "--fetch of 1025 profiles: says why"
is "$(find "$T/run/tokenward" -name token | grep -c /many)" 0 "--fetch of 1025 profiles: buys none"
is "$(grep -cF -e "$CANARY" "$T/everything")" 0 "no secret in any of it"
is "$(LC_ALL=C grep -c "$(printf '\033')" "$T/everything")" 0 "and no colour, since it is no terminal"
done_testing
