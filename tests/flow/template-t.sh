#!/bin/sh
# SPDX-License-Identifier: MIT
# template-t.sh - profiles written once for many: tenants by a list and by
# their secrets' files, each with readers of its own, and instances that come
# into being for the user who asks.  With real users, in a mount namespace.
if [ "$(id -u)" = 0 ] && [ -z "${IN_NAMESPACE:-}" ] && unshare -m true 2>/dev/null; then
    IN_NAMESPACE=1 exec unshare -m sh "$0" "$@"
fi
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
# shellcheck source=tests/flow/host.sh
. "${TOP_SRC:-.}/tests/flow/host.sh"
# shellcheck source=tests/flow/templates.sh
. "${TOP_SRC:-.}/tests/flow/templates.sh"
secret() { printf %s "${2:-$CANARY}" | put "secrets/$1"; }
said() { grep -q -e "$1" "$T/serve.out"; }
secret anna
secret bert
secret carl
secret tenant.secret
printf '# tenants\nanna\nbert\n' | put names
put profiles.d/tenant@.yaml 644 <<EOF
profiles:
  tenant@:
    instances: {list: ../names}
    token_endpoint: $URL/oauth/v1/token
    client_id: $CLIENT_ID
    client_secret: {file: ../secrets/%i}
    scope: payments
    ca_file: $T/ca.pem
    match: https://git.example.test/%i
    readers: {users: ["%i"]}
  site@:
    instances: {files: ../secrets/%i.secret}
    token_endpoint: $URL/oauth/v1/token?site=%i
    client_id: $CLIENT_ID
    client_secret: {file: ../secrets/%i.secret}
    scope: payments
    ca_file: $T/ca.pem
  corp@:
    token_endpoint: $URL/oauth/v1/token
    client_id: $CLIENT_ID
    client_secret: {file: ../secrets/%u}
    scope: payments
    ca_file: $T/ca.pem
    match: https://corp.example.test
    git_username: "%u-at-50%%"
    login: true
    readers: {users: [anna], groups: [team]}
EOF
serve_system
for name in tenant@anna tenant@bert site@tenant; do
    until_true 5 test -s "/run/tokenward/$name/record"; is $? 0 "$name: a token is there"
done
is "$(cd /run/tokenward && echo corp@*)" 'corp@*' "nobody's instance is there before somebody asks"
for who in anna bert carl; do
    for name in tenant@anna tenant@bert site@tenant; do
        got=$(as "$who" "$T/bin/tokenward" get "$name" 2>&1)
        rung=$(ring "$who" "command=ensure\\nprofile=$name\\n")
        if [ "$name" = "tenant@$who" ]; then
            is "$got|$rung" "$(token "$name")|status=ok" "$who may read $name"
        else
            printf '%s' "$got$rung" | grep -q -e "$(token "$name")" -e '^status=ok'
            is $? 1 "$who may not read $name"
        fi
    done
done
like "$(ring anna 'command=ensure\nprofile=tenant@carl\n')" '^status=not_found' "who is in no list is no tenant"
for name in '../x' 'tenant@../x' 'tenant@a/b' 'tenant@' '@anna' 'tenant@anna@bert' 'corp@%u'; do
    like "$(ring anna "command=ensure\\nprofile=$name\\n")" '^status=usage' "$name is no name"
done

# One that is added is there, one that is removed is not, by list and by file.
printf 'anna\ncarl\n' | put names
secret other.secret
until_true 5 test -s /run/tokenward/tenant@carl/record; is $? 0 "a new line in the list is a new tenant"
until_true 5 test -s /run/tokenward/site@other/record; is $? 0 "a new file is one, too"
like "$(ring bert 'command=ensure\nprofile=tenant@bert\n')" '^status=not_found' "a removed line is none any more"
is_closed() { ! as bert cat /run/tokenward/tenant@bert/token >/dev/null 2>&1; }
until_true 5 is_closed; is $? 0 "and what is kept of it is closed"
printf 'anna\n../../etc\ncarl\n' | put names
until_true 5 said "names:2:1: .*'../../etc' must be"; is $? 0 "what is no name is told, with its line"
is "$(as anna "$T/bin/tokenward" get tenant@anna 2>/dev/null)" "$(token tenant@anna)" "and hurts no other"
printf 'anna\ncarl\nnobody-of-here\n' | put names
until_true 5 said "there is no user 'nobody-of-here'"; is $? 0 "a tenant whose reader is unknown is told"
is "$(as carl "$T/bin/tokenward" get tenant@carl 2>/dev/null)" "$(token tenant@carl)" "and hurts no other"
git_of() { printf 'protocol=https\nhost=%s\npath=%s\n\n' "$2" "$3" | as "$1" "$T/bin/git-credential-tokenward" get; }
like "$(git_of anna git.example.test anna/repo.git)" "^password=$(token tenant@anna)" "git finds the tenant by its path"
is "$(git_of anna git.example.test other/repo.git 2>&1)" "" "and nobody by a path that is no tenant's"

match_of() { as "$1" "$T/bin/tokenward-credential" match "$2" 2>&1 | sed -n 's/^  //p' | grep -v username | tr -s ' \n' ' '; }
is "$(match_of anna git.example.test/anna/repo.git)" "profile tenant@anna of the system path /anna no path nobody's: git tells one where credential.useHttpPath is true " \
    "anna is told so"
like "$(match_of bert git.example.test/anna/repo.git)" "^profile tenant@anna of the system, for others: you are not one of its readers " "and bert that it is not for him"

# Each user's own.
for who in anna bert; do
    got=$(as "$who" "$T/bin/tokenward" get corp@ 2>"$T/err")
    is "$got" "$(token "corp@$who")" "$who asks for an own one and gets it"
    [ -n "$got" ]; ok $? "it is a token"
    is "$(as "$who" "$T/bin/tokenward" get "corp@$who")" "$got" "also by its whole name"
done
for who in bert carl dora; do
    as "$who" cat /run/tokenward/corp@anna/token >/dev/null 2>&1; is $? 1 "$who cannot read anna's"
    like "$(ring "$who" 'command=ensure\nprofile=corp@anna\n')" '^status=access' "nor have it fetched"
    like "$(ring "$who" 'command=reject\nprofile=corp@anna\ngeneration=1\n')" '^status=access' "nor dropped"
done
like "$(ring dora 'command=ensure\nprofile=corp@dora\n')" '^status=access' "a user who is none of the readers has none"
[ ! -e /run/tokenward/corp@dora ]; ok $? "and nothing is made for it"
like "$(ring bert 'command=ensure\nprofile=corp@carl\n')" '^status=access' "one user makes no other's"
[ ! -e /run/tokenward/corp@carl ]; ok $? "and nothing is made for that one"
out=$(setpriv --reuid=bert --regid="$(id -u bert)" --clear-groups $PYTHON "$T/bin/ring.py" /run/tokenward/doorbell 'command=ensure\nprofile=corp@bert\n')
like "$out" '^status=access' "who is a reader by a group, and is not in it, has none, had it or no"
for name in corp@dora corp@nobody-of-here; do
    like "$($PYTHON "$T/bin/ring.py" /run/tokenward/doorbell "command=ensure\\nprofile=$name\\n")" '^status=access' "root makes no $name"
    like "$(ring "$SERVICE" "command=ensure\\nprofile=$name\\n")" '^status=access' "nor does the service"
done
like "$($PYTHON "$T/bin/ring.py" /run/tokenward/doorbell 'command=ensure\nprofile=corp@bert\n')" '^status=ok' "root may have what is there"
like "$(git_of bert corp.example.test x)" "^password=$(token corp@bert)" "a route leads each user to the own one"
like "$(git_of bert corp.example.test x)" "^username=bert-at-50%$" "as that user"
is "$(as bert "$T/bin/tokenward-credential" docker list)" '{"https://corp.example.test":"bert-at-50%"}' "and so docker lists it"
mkdir -p -m 700 "$T/berts/tokenward" "$T/berts/run"
printf 'profiles:\n  own:\n    token_endpoint: %s/oauth/v1/token\n    client_id: own\n    client_secret: {file: secret}\n    match: https://corp.example.test\n    git_username: own\n' "$URL" >"$T/berts/tokenward/profiles.yaml"
chmod 600 "$T/berts/tokenward/profiles.yaml"
chown -R bert "$T/berts"
is "$(as bert env XDG_CONFIG_HOME="$T/berts" XDG_RUNTIME_DIR="$T/berts/run" "$T/bin/tokenward-credential" docker list)" \
    '{"https://corp.example.test":"own"}' "once, where a profile of the user's is for it, too"
is "$(as anna cat "$SYSCONF/secrets/anna" 2>&1 | grep -c "$CANARY")" 0 "no user can read the secret"
like "$(cat /run/tokenward/index)" '^login=corp@$' "the index tells whose login it is for"
is "$(grep -m 1 '^profile=' /run/tokenward/index)" "profile=corp@" "before a million instances"
generation=$(sed -n 's/^generation=//p' /run/tokenward/corp@anna/record)
as anna "$T/bin/tokenward" reject corp@; is $? 0 "its user rejects it"
until_true 12 sh -c "[ \$(sed -n 's/^generation=//p' /run/tokenward/corp@anna/record) -gt $((generation + 1)) ]"
is $? 0 "and another comes"
as bert cat /run/tokenward/corp@anna/token >/dev/null 2>&1; is $? 1 "still anna's alone"

# One tenant's wishes have an end, another's are met.
template fresh /oauth/v1/token 'readers: {users: [anna]}'
reload
set --
for _ in $(seq 90); do set -- "$@" 'command=reject\nprofile=corp@anna\ngeneration=1\n'; done
out=$(as anna $PYTHON "$T/bin/ring.py" /run/tokenward/doorbell "$@")
like "$out" '^status=retry' "one user may not have fetched without end what is not due"
like "$out" '60 fetches of one user in a minute' "and is told so"
[ "$(printf '%s\n' "$out" | grep -c '^status=ok')" -ge 50 ]; ok $? "after some dozens"
shift 70
for _ in 1 2 3; do set -- "$@" 'command=leave\nprofile=tenant@anna\n'; done # there is one more each second
set -- "$@" 'command=ensure\nprofile=fresh@anna\n'
out=$(as anna $PYTHON "$T/bin/ring.py" /run/tokenward/doorbell "$@")
like "$(printf '%s\n' "$out" | tail -n 4)" '60 fetches of one user in a minute' "to leave is one of them"
is "$(printf '%s\n' "$out" | tail -n 1)" status=ok "what is due is none"
like "$(ring bert 'command=reject\nprofile=corp@bert\ngeneration=1\n')" '^status=ok' "another one may"
like "$(ring anna 'command=ensure\nprofile=corp@anna\n')" '^status=ok' "and what is good is given all the same"

# Who sees what of the system's profiles.
like "$("$T/bin/tokenward" status --system)" '^tenant@carl .*valid' "root sees every profile"
sees_bert() { "$T/bin/tokenward" status --system | grep -q '^corp@bert .*valid'; }
until_true 9 sees_bert; is $? 0 "and every user's instance"
like "$(as "$SERVICE" "$T/bin/tokenward" status --system)" '^tenant@carl .*valid' "so does the service"
out=$(as anna "$T/bin/tokenward" status --system)
like "$out" '^tenant@anna .*valid' "a reader sees what is to be read"
like "$out" '^corp@anna ' "and the own instance"
printf '%s\n' "$out" | grep -qE '^(tenant@carl|corp@bert|site@)'; is $? 1 "and nobody else's"
is "$(as anna "$T/bin/tokenward" list | grep '^corp@')" corp@anna "list has the own one, and no other user's"
is "$(as anna "$T/bin/tokenward" complete -- get cor | cut -f 1)" corp@anna "which a shell completes"
like "$(as anna "$T/bin/tokenward" status --system --json)" '"name": *"tenant@anna"' "also as JSON"

# What a login had kept goes with it, whatever became of its user meanwhile.
leaves() { # leaves USER: the last session's end
    mkdir -p "$T/$1/tokenward"
    chmod 700 "$T/$1" "$T/$1/tokenward"
    chown -R "$1:$(id -g "$1")" "$T/$1"
    as "$1" env XDG_RUNTIME_DIR="$T/$1" XDG_CONFIG_HOME="$T/$1" "$T/bin/tokenward-helper" leave
}
ring carl 'command=ensure\nprofile=corp@carl\n' >/dev/null
mkdir -p "$T/carl/tokenward"
printf 'profiles:\n  corp@carl: {}\n' >"$T/carl/tokenward/profiles.yaml"
chmod 600 "$T/carl/tokenward/profiles.yaml"
leaves carl; is $? 0 "a login ends whose user has a profile of the instance's name by now"
[ ! -e /run/tokenward/corp@carl ]; ok $? "and the instance with it"
sed 's/^team:.*/team:x:61100:carl/' /etc/group >"$T/left"
cat "$T/left" >/etc/group
[ -s /run/tokenward/corp@bert/token ] && leaves bert; is $? 0 "so does one whose user is no reader any more"
[ ! -e /run/tokenward/corp@bert/token ] && [ ! -e /run/tokenward/corp@bert/record ]; ok $? "and the token with it"

# The template changes its mind about who may.
sed -i 's/users: \[anna\], groups: \[team\]/users: [anna]/' "$SYSCONF/profiles.d/tenant@.yaml"
is_closed_to() { ring "$1" "command=ensure\\nprofile=corp@$1\\n" | grep -q '^status=access'; }
until_true 5 is_closed_to bert; is $? 0 "a reader who is none any more has none any more"
as anna "$T/bin/tokenward" get corp@ >/dev/null; is $? 0 "the others do"
out=$("$T/bin/tokenward-helper" --system check 2>&1)
like "$out" '^tenant@anna: good' "check tells of each instance"
like "$out" '^corp@: good .*for each user' "and of what each user may have"
like "$out" "there is no user 'nobody-of-here'" "and which one cannot be"
is "$(printf '%s\n' "$out" | grep 'corp@.*is not there')" "" "no secret is missed of a user who is none"
tenant plain /oauth/v1/token 'login: true'
like "$("$T/bin/tokenward-helper" --system check 2>&1)" "warning: .*plain.yaml:2: profile 'plain': login: means nothing here$" \
    "a login that no user has is told of"
rm "$SYSCONF/profiles.d/plain.yaml"
tenant listed@ /oauth/v1/token 'instances: [one]' 'params: {tenant: "%i"}' 'login: true'
like "$("$T/bin/tokenward-helper" --system check 2>&1)" "warning: .*listed@.yaml:2: profile 'listed@one': login: means nothing here$" \
    "nor has one of a template that lists its instances"
rm "$SYSCONF/profiles.d/listed@.yaml"
stop_system; is $? 0 "it ends cleanly"

# Who had a name leaves it behind, and what was bought for it.
sed 's/^anna:x:61001:61001/anna:x:61009:61009/; s/^dora:x:61004:61004/dora:x:61001:61001/' /etc/passwd >"$T/renamed"
cat "$T/renamed" >/etc/passwd
is "$(as dora cat /run/tokenward/corp@anna/token)" "$(token corp@anna)" "while nobody looks, whoever has the number has the token"
serve_system
reads_anna() { as "$1" cat /run/tokenward/corp@anna/token >/dev/null 2>&1; }
reads_anna dora; is $? 1 "a helper that starts closes it to who has another's number"
is "$(ring anna 'command=ensure\nprofile=corp@anna\n')" status=ok "and whoever has the name"
reads_anna anna; is $? 0 "may read it"
# What had begun for one of them is for the other.
template late /m/delay=4000/oauth/v1/token 'readers: {groups: [team]}'
reload
before=$(id -u carl)
ring carl 'command=ensure\nprofile=late@carl\n' >"$T/late" &
late=$!
until_true 5 test -d /run/tokenward/late@carl
sed 's/^carl:x:[0-9]*:[0-9]*/carl:x:61010:61010/' /etc/passwd >"$T/renamed"
cat "$T/renamed" >/etc/passwd
is "$(ring carl 'command=ensure\nprofile=late@carl\n')" status=ok "a name that is another user's while its token is fetched"
wait "$late"
as carl cat /run/tokenward/late@carl/token >/dev/null; is $? 0 "who may read it"
getfacl -nps /run/tokenward/late@carl/record 2>/dev/null | grep -q ":$before:"; is $? 1 "and nobody else"
rm "$SYSCONF/profiles.d/late@.yaml"
stop_system; is $? 0 "it ends cleanly again"

# A user's own template needs none of all that.
printf %s "$CANARY" >"$T/config/tokenward/a.key"
chmod 600 "$T/config/tokenward/a.key"
profile 'mine@' "/oauth/v1/token?t=%i" 'instances: [one, two]'
user tokenward get mine@two >/dev/null; is $? 0 "a user's template has instances"
like "$(user tokenward status)" '^mine@one .*none' "status tells of those without a token"
like "$(user tokenward status)" '^mine@two .*valid' "and of those with one"
like "$(user tokenward list 2>&1)" '^mine@one' "list has them"
out=$(user tokenward get mine@three 2>&1); is $? 66 "there is no other"
like "$out" "mine@three.*mine@.yaml:2:3" "and it says where they are listed"
nameless() { setpriv --reuid=54321 --regid=54321 --clear-groups env -u XDG_RUNTIME_DIR HOME=/nonexistent "$@"; }
out=$(nameless tokenward get corp@ 2>&1)
is $? 66 "a user without a name has no instance: exit 66"
like "$out" "'corp@' is one for each user, and user 54321 has no name here" "says so"
out=$(nameless tokenward status 2>&1); is $? 0 "and status"
like "$out" '^tenant@anna ' "tells of all others"
is "$(printf '%s\n' "$out" | grep -c '^corp@ ')" 0 "and of none of an own one"
is "$(nameless tokenward list 2>&1 | grep -c '^corp@')" 0 "and so does list"
mkdir -m 700 "$T/config/tokenward/keys"
profile 'routed@' "/oauth/v1/token?t=%i" 'instances: [one, two]' 'match: https://git.example.test/%i'
profile routed@two /oauth/v1/token 'match: https://other.example.test'
git_mine() { printf 'protocol=https\nhost=%s\npath=%s\n\n' "$1" "$2" | user git-credential-tokenward get; }
like "$(git_mine git.example.test one)" '^password=.' "git finds an instance of the user's"
is "$(git_mine git.example.test two 2>&1)" "" "and not what is written out in one's place, by the template's match"
like "$(git_mine other.example.test two)" '^password=.' "but by its own"
rm "$T/config/tokenward/profiles.d/routed@"*
profile 'idle@' "/oauth/v1/token?t=%i" 'instances: {files: ../keys/%i.key}'
out=$(user tokenward check "$T/config/tokenward/profiles.d/idle@.yaml" 2>&1); is $? 0 "a template without an instance yet: exit 0"
like "$out" "^idle@: good (.*, without an instance)$" "and check says that there is none"
out=$(user tokenward doctor 2>&1); is $? 0 "doctor, of templates alone: exit 0"
like "$out" "^  ok    profiles .* 0 and 2 instances of templates in " "and says how many there are"
like "$out" "^mine@: a template; name one of its instances$" "and it says what to do"
is "$(printf '%s\n' "$out" | grep -c '^  ok    answer ')" 0 "nobody is asked"
out=$(user tokenward doctor mine@two 2>&1); is $? 0 "doctor of an instance: exit 0"
like "$out" "^  $URL/oauth/v1/token?t=two$" "its endpoint is asked"
user tokenward reject mine@two; is $? 0 "one is rejected"
like "$(user tokenward status mine@two)" 'rejected' "and that one alone"
done_testing
