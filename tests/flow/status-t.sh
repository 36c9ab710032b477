#!/bin/sh
# SPDX-License-Identifier: MIT
# status-t.sh - tokenward status: every state, the last error with its age and
# hint, the system's profiles, records nobody is given; the same as JSON.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
sandbox
like "$(user tokenward status)" '^no profiles; tokenward-profiles(5)' "without a profile, where to read on"
for name in good due ending hours days dead dropped foreign open; do
    profile "$name" /oauth/v1/token
    user tokenward get "$name" >/dev/null
done
profile fresh /oauth/v1/token
profile failing /m/status=401,error=invalid_client/oauth/v1/token
user tokenward get failing 2>/dev/null
age due 3000
age ending 3510
age dead 3700
for name in hours days; do sed -i 's/^lifetime=.*/lifetime=999999/' "$(record $name)"; done
age hours -14400
age days -864000
user tokenward reject dropped
sed -i 's/^tokenward-record=1/tokenward-record=9/' "$(record foreign)"
chmod 644 "$(record open)"
sed -i "s/^scope=.*/scope=a$(printf '\033')[31mb$(printf '\177')/" "$(record due)"
failed=$(($(date +%s) - 900))
sed -i "s/^failed_at=.*/failed_at=$failed/" "$T/run/tokenward/failing/backoff"

user tokenward status >"$T/table" 2>"$T/err"
is "$(cat "$T/err")" "" "nothing on stderr"
sed 's/^/# /' "$T/table"
row() { grep -A3 "^$1 " "$T/table" | sed '1!{/^[^ ]/,$d}'; }
like "$(head -n 1 "$T/table")" '^PROFILE  *STATE  *LEFT  *REFRESH  *EXPIRES  *GEN  *SCOPE$' "the table's head"
expires=$(date -u -d "@$(field good expires_at)" '+%Y-%m-%d %H:%M:%SZ')
like "$(row good)" "^good  *valid  *[0-9]* min  *[0-9]* min  *$expires  1  *payments wallet$" "a good one: time left, next refresh, expiry, generation, scope"
like "$(row due)" '^due  *refresh due  *[0-9]* min ' "one whose refresh is due"
like "$(row due)" 'a?\[31mb?$' "what would steer the terminal does not"
like "$(row ending)" '^ending  *refresh due  *[0-9]* s ' "what is left of one that ends soon, in seconds"
like "$(row hours)" '^hours  *valid  *[45] h  *[34] h ' "of one that lives for hours, in these"
like "$(row days)" '^days  *valid  *10 d  *10 d ' "and of one that lives for days"
like "$(row dead)" '^dead  *expired  *-  *-  *[0-9-]* [0-9:]*Z  1 ' "an expired one"
like "$(row dropped)" '^dropped  *rejected  *-  *-  *[0-9-]* [0-9:]*Z  2 ' "a rejected one"
like "$(row fresh)" '^fresh  *none  *-  *-  *-  *-  *-$' "one that was never fetched"
like "$(row failing)" '^  *15 min ago, denied: .*failing.yaml:[0-9]*.*invalid_client' "the last error, its age and its place"
like "$(row failing)" '^  *hint: ' "its hint"
like "$(row failing)" '^  *asked again in [3-6] min$' "and when it is asked again"
like "$(row foreign)" '^foreign  *unreadable ' "a record of another version: unreadable"
like "$(row foreign)" 'why: .*not a whole one' "and why"
like "$(row open)" '^open  *unreadable ' "a record that others may read: unreadable"
like "$(row open)" 'why: .*open/record: owner [0-9]*, mode 0644' "and why"

if command -v python3 >/dev/null && python3 -c '' 2>/dev/null; then
    begun=$(date +%s)
    user tokenward status --json >"$T/json"
    ended=$(date +%s)
    json() { # json NAME EXPRESSION: of that profile's object p
        python3 -c 'import json, sys
p = [p for p in json.load(open(sys.argv[1]))["profiles"] if p["name"] == sys.argv[2]][0]
print(eval(sys.argv[3]))' "$T/json" "$1" "$2"
    }
    is "$(json good 'p["state"], p["generation"], p["scope"], p["system"], "error" in p, "problem" in p')" \
        "('valid', 1, 'payments wallet', False, False, False)" "--json: a good one"
    is "$(json good '2000 < p["refresh_in"] < 3000')" "True" "--json: the next refresh"
    is "$(json good '3000 < p["expires_in"] <= 3600') $(json dead 'p["expires_in"]')" "True 0" "--json: what is left, which is never less than nothing"
    is "$(json good 'p["expires_at"]')" "$(field good expires_at)" "--json: the expiry"
    is "$(json failing 'p["error"]["failed_at"]')" "$failed" "--json: when the last error was"
    is "$(json failing 'p["error"]["status"], '"$begun"' <= '"$failed"' + p["error"]["age"] <= '"$ended"', len(p["error"]["hint"]) > 9')" \
        "('denied', True, True)" "--json: the last error's status, age and hint"
    is "$(json failing '"\n" in p["error"]["message"], "invalid_client" in p["error"]["message"]')" \
        "(False, True)" "--json: its message is one line"
    is "$(json failing ''"$begun"' <= p["next_retry"] - p["retry_in"] <= '"$ended"', p["retry_in"] > 200')" \
        "(True, True)" "--json: when it is asked again, by the clock and from now"
    is "$(json open 'p["state"], p["problem"]["status"]')" "('unreadable', 'access')" "--json: why a record is unreadable"
    is "$(json due '[ord(c) for c in p["scope"]][1]')" 27 "--json: a scope as it is"
else
    skip "--json" "python3 is not installed"
fi
# What holds the next request up is no news of a token that is good, and is of
# one that a server refused.
for name in good dropped; do
    backoff="$T/run/tokenward/$name/backoff"
    printf 'failures=0\nrejections=1\nfailed_at=0\nnot_before=%s\nboottime_not_before=999999999\nboot_id=\n' $(($(date +%s) + 290)) >"$T/backoff"
    cp "$T/backoff" "$backoff"; own "$backoff"
done
user tokenward status >"$T/table"
is "$(row good | grep -c 'asked again')" 0 "of a good one, no word of when it is asked again"
like "$(row dropped)" '^  *asked again in 4 min$' "of a rejected one it is told"
sed -i "s/^failed_at=.*/failed_at=$(($(date +%s) + 86400))/" "$T/run/tokenward/failing/backoff"
like "$(user tokenward status failing)" '^  *0 s ago, denied' "a failure of tomorrow, before a clock was set back: none of less than no time ago"
sed -i "s/^failed_at=.*/failed_at=$failed/" "$T/run/tokenward/failing/backoff"

# Where there is no room for the table, what there is to say stands in lines.
if has_terminals; then
    # shellcheck disable=SC2016
    printf 'stty cols "$1"\nexec tokenward status\n' >"$T/bin/wide"
    in_columns() { user env NO_COLOR=1 TERM=xterm script -qec "sh $T/bin/wide $1" /dev/null </dev/null | tr -d '\r' >"$T/table"; } # in_columns N
    in_columns 78
    is "$(awk 'length($0) > 78' "$T/table")" "" "78 columns: no line is longer"
    lines() { grep -A20 "^$1\$" "$T/table" | sed '1!{/^[^ ]/,$d}'; }
    in_columns 40
    is "$(awk 'length($0) > 40' "$T/table")" "" "40 columns: no line is longer"
    is "$(lines fresh)" "fresh
  none" "40 columns: one that was never fetched has neither end nor refresh"
    is "$(lines dead | sed 's/  ends [0-9].*/  ends/')" "dead
  expired
  ends
  scope payments wallet" "40 columns: of an expired one nothing is left"
    like "$(lines good)" '^  valid, [0-9]* min left$' "40 columns: of a good one, what is"
    like "$(lines good)" '^  refreshed in [0-9]* min$' "40 columns: and when it is renewed"
    like "$(lines failing | tr -s ' \n' ' ')" 'ago, denied: .* asked again in ' "40 columns: the last error"
    scope=$(seq -f 'scope%04g' -s ' ' 300)
    cp -p "$(record good)" "$T/kept"
    sed -i "s/^scope=.*/scope=$scope/" "$(record good)"; own "$T/run"
    in_columns 9999
    like "$(row good | tr -s ' \n' ' ')" "$scope" "9999 columns: a long scope is whole"
    is "$(grep -c '^good ' "$T/table")" 1 "9999 columns: in lines of its own"
    cp -p "$T/kept" "$(record good)"
else
    skip "a narrow terminal" "there are no terminals here, or no script(1)"
fi
like "$(user tokenward status fresh good | grep -c '^[a-z]')" '^2$' "only those that are named"
out=$(user tokenward status nosuch 2>&1); is $? 66 "one that is none: exit 66"
like "$out" "no profile 'nosuch'" "says so"

# A profiles file that cannot be read hides no token.
printf 'profiles:\n  x: [\n' >"$T/config/tokenward/profiles.d/zz.yaml"
chmod 600 "$T/config/tokenward/profiles.d/zz.yaml"; own "$T/config"
user tokenward status >"$T/table" 2>"$T/err"; is $? 0 "a broken profiles file: still a table"
like "$(cat "$T/table")" '^good  *valid ' "with the tokens that are kept"
rm "$T/config/tokenward/profiles.d/zz.yaml"
out=$(user env -u HOME -u XDG_CONFIG_HOME "XDG_RUNTIME_DIR=$T/home" tokenward status 2>"$T/err"); is "$?$out" 0 "where the profiles are is not known: no word that there are none"
like "$(cat "$T/err")" "neither XDG_CONFIG_HOME nor HOME" "but why"
out=$(user env XDG_RUNTIME_DIR=/nonexistent tokenward status 2>&1)
like "$out" 'no runtime directory: XDG_RUNTIME_DIR' "no runtime directory: says what was looked at"

# A profile that is gone; and not one that is only broken.
rm "$T/config/tokenward/profiles.d/dead.yaml" "$T/config/tokenward/profiles.d/failing.yaml"
user tokenward status >"$T/table"
like "$(row dead)" "^dead  *expired" "a profile that was removed is shown"
like "$(row dead)" "warning: there is no such profile any more" "as such"
like "$(row dead)" "hint: tokenward logout dead removes what is kept" "with what removes it"
like "$(row failing)" "warning: there is no such profile any more" "so is one of which nothing but a failure is kept"
is "$(grep -c 'no such profile' "$T/table")" 2 "and no other"
if command -v python3 >/dev/null && python3 -c '' 2>/dev/null; then
    user tokenward status --json >"$T/json"
    is "$(json dead 'p["gone"], p["state"]')|$(json good '"gone" in p')" "(True, 'expired')|False" "--json: the same"
else
    skip "--json: the same" "no python3"
fi
profile late /oauth/v1/token
cp -Rp "$T/run/tokenward/good" "$T/run/tokenward/late"
user env TOKENWARD_HELPER=/nonexistent tokenward status >"$T/table" 2>/dev/null
like "$(row late)" "^late  *valid" "one that came when no helper could be asked is shown"
is "$(row late | grep -c 'no such profile')" 0 "and not said to be gone"
profile due /oauth/v1/token 'scoop: x'
user tokenward index 2>/dev/null
user tokenward status 2>/dev/null >"$T/table"
like "$(row due)" "^due  *refresh due" "one that is broken is shown"
is "$(grep -c 'no such profile' "$T/table")" 0 "and nobody is said to be gone, while nobody knows"

# The system's: a directory of our own over /run/tokenward.
cat >"$T/system.sh" <<'END'
mount -t tmpfs none /run && mkdir -p /run/tokenward && chmod 755 /run/tokenward || exit 9
cd /run/tokenward && mkdir gone mine open user closed shut corp@anna lost@anna || exit 9
sed 's/^profile=.*/profile=gone/' "$T/good" >gone/record
cp gone/record mine/record
for name in open closed shut corp@anna lost@anna; do cp gone/record "$name/"; done
for file in backoff hook; do
    printf 'failures=2\nfailed_at=%s\nstatus=retry\nmessage=%s failed\n' "$(date +%s)" $file >mine/$file
done
chmod 755 -- *
chmod 644 -- */record mine/*
chmod 600 closed/record
chmod 700 shut
printf 'tokenward-index=1\nprofile=corp@\nprofile=mine\nprofile=good\nprofile=broken\n%s\n' "$(seq -f profile=n%g 20)" >index
chmod 644 index
chown -R "$SYSTEM_ID" .
setpriv --reuid="$USER_ID" --regid="$USER_ID" --clear-groups tokenward status
setpriv --reuid="$USER_ID" --regid="$USER_ID" --clear-groups tokenward get --cached open >"$T/opened" 2>&1
echo "exit $?" >>"$T/opened"
setpriv --reuid="$USER_ID" --regid="$USER_ID" --clear-groups tokenward get closed >"$T/got" 2>&1
echo "exit $?" >>"$T/got"
setpriv --reuid="$USER_ID" --regid="$USER_ID" --clear-groups tokenward reject mine >"$T/rejected" 2>&1
echo "exit $?" >>"$T/rejected"
setpriv --reuid="$USER_ID" --regid="$USER_ID" --clear-groups tokenward status --system >"$T/readable" 2>&1
tokenward status --system >"$T/roots" 2>&1
setpriv --reuid="$SYSTEM_ID" --regid="$SYSTEM_ID" --clear-groups tokenward status --system >"$T/services" 2>&1
! command -v script >/dev/null ||
    script -qec "stty cols 40; TERM=dumb setpriv --reuid=$USER_ID --regid=$USER_ID --clear-groups tokenward status mine" /dev/null </dev/null >"$T/narrow" 2>&1
# What is wrong with a user's profile lets no other's through in its place.
setpriv --reuid="$USER_ID" --regid="$USER_ID" --clear-groups tokenward status broken >"$T/broken" 2>&1
echo "exit $?" >>"$T/broken"
END
if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
    export T USER_ID SYSTEM_ID=65533
    profile broken /oauth/v1/token 'scoop: x'
    cp "$(record good)" "$T/good"
    unshare -m sh "$T/system.sh" >"$T/table" 2>"$T/err"; is $? 0 "with profiles of the system's"
    sed 's/^/# /' "$T/err"
    like "$(cat "$T/table")" '^mine  *valid .*payments wallet  (system)$' "one that its index names"
    like "$(cat "$T/table")" '^gone  *valid .*(system)$' "one that has a record and no line in the index"
    like "$(row gone)" "hint: tokenward logout --system gone removes what is kept" "which is told, and what removes it"
    is "$(row mine | grep -c 'no such profile')$(row corp@anna | grep -c 'no such profile')" 00 "not of the others, nor of an instance that its user may have"
    like "$(row lost@anna)" "no such profile" "but of one whose template is gone"
    like "$(row mine)" '^  *[0-9]* s ago, retry: backoff failed$' "with what its service noted of it"
    like "$(row mine)" '^  *[0-9]* s ago, 2 times in a row: hook failed$' "and of its hook"
    if has_terminals; then
        like "$(cat "$T/narrow")" '^(system) mine' "also where there is no room for a table"
    else
        skip "also where there is no room for a table" "there are no terminals here, or no script(1)"
    fi
    like "$(cat "$T/table")" "^corp@$(id -un "$USER_ID")  *none .*(system)$" "the user's own instance, before there is a token of it"
    is "$(sed -n 's/  *valid .*//p; /none\|unreadable/p' "$T/readable" | sort | tr '\n' ' ')" "corp@anna gone lost@anna mine open " "--system: what the user may read, and nothing else"
    is "$(grep -c '^broken  *none \|^closed  *valid ' "$T/roots") $(grep -c '^broken  *none \|^closed  *valid ' "$T/services")" "2 2" "root and the service see all"
    is "$(cat "$T/broken")" "tokenward: warning: a profile is left out, since something is wrong with it
tokenward: hint: tokenward check tells what
tokenward: something is wrong with the profile 'broken'
tokenward: hint: tokenward explain broken tells what
exit 78" "a user's profile that something is wrong with hides the system's, too"
    like "$(cat "$T/table")" '^shut  *unreadable .*(system)$' "one whose directory is closed to us"
    like "$(cat "$T/table")" '^closed  *unreadable .*(system)$' "one whose record is not for us"
    like "$(row closed)" 'why: /run/tokenward/closed/record: Permission denied' "and why"
    like "$(cat "$T/opened")" "^tokenward: .*/open/record: owner $USER_ID, mode 0644" "a user's record that is not believed has no other's in its place"
    like "$(cat "$T/opened")" "^exit 73$" "exit 73"
    is "$(cat "$T/got")" "tokenward: /run/tokenward/closed/record: Permission denied
tokenward: hint: the caller is no reader: root says who is, by readers in the profile
exit 73" "get says the same, and who says who may"
    is "$(cat "$T/rejected")" "tokenward: the token of 'mine' is the system's: its service alone drops it, and is not there
exit 73" "reject cannot drop the system's, and says so"
    is "$(grep -c '^good ' "$T/table")" 1 "a user's profile hides the system's"
    like "$(cat "$T/table")" '^good  *valid .*payments wallet$' "and is shown instead of it"
    is "$(grep -c '^mine ' "$T/table") $(grep -c '^n[0-9]* ' "$T/table")" "1 20" "each of many is shown once"
    is "$(grep -c '^user ' "$T/table")" 0 "a directory that is no profile's is not shown"
else
    skip "the system's profiles" "needs root and a mount namespace"
fi
# A scope longer than others is.
long=$(seq -s ' ' -f scope-number-%g 200)
sed -i "s/^scope=.*/scope=$long/" "$(record good)"
user tokenward status --json good | grep -qF "\"scope\":\"$long\""; ok $? "--json: a long scope is whole"
is "$(user tokenward status good | tail -n +2 | tr -s ' \n' '  ' | grep -oF "$long" | wc -l)" 1 "the table: the same"
done_testing
