#!/bin/sh
# SPDX-License-Identifier: MIT
# match-t.sh - tokenward-credential match: which profile is for an address, as
# a client would find it, and why none is.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
# shellcheck source=tests/flow/put.sh
. "${TOP_SRC:-.}/tests/flow/put.sh"
sandbox
profile plain /oauth/v1/token 'match: [https://git.example.test, https://port.example.test:5000]'
profile team /oauth/v1/token 'match: [https://git.example.test/team, https://path.example.test/team]' 'git_username: robot'
match() { OUT=$(user tokenward-credential match "$@" 2>&1); STATUS=$?; }
row() { printf '%s\n' "$OUT" | sed -n "s/^  $1  *//p"; }
finds() { # finds URL PROFILE
    match "$1"
    is "$STATUS $(row profile) $(row of)" "0 $2 you" "$1: $2"
}
refuses() { # refuses URL MESSAGE HINT
    match "$1"
    is "$STATUS" 66 "$1: exit 66"
    is "$OUT" "tokenward-credential: $2${NL}tokenward-credential: hint: $3" "$1: says so"
}
finds https://git.example.test plain
is "$(printf '%s\n' "$OUT" | head -n 1)" "https://git.example.test" "the address stands first"
is "$(row username)$(row path)" oauth2 "the whole host's: a user name and no path"
finds HTTPS://Git.Example.Test:443/any/repo.git plain
finds git.example.test/any plain
finds https://port.example.test:5000/x plain
finds https://git.example.test/team/repo.git?x=y team
is "$(row username) $(row path) $(row 'no path')" "robot /team plain" "below a path: and whose it is without"
finds https://path.example.test/team team
is "$(row 'no path')" "nobody's: git tells one where credential.useHttpPath is true" "nobody's without a path"
is "$(find "$T/run/tokenward" -name record)" "" "no token was asked for"
finds https://git.example.test/team/my%20repo.git team
finds https://git.example.test/te%61m/100%.git team
finds https://git.example.test/%2e%2e/team plain
finds https://git.example.test/team%0a plain
# What git would do with it.
asks() { printf 'protocol=https\nhost=%s\npath=%s\n%s\n' "$1" "$2" "${3:+username=$3$NL}" | user git-credential-tokenward get | grep -c '^password='; }
is "$(asks git.example.test team/repo.git robot) $(asks path.example.test other)" "1 0" "git is answered in the same way"
finds https://robot@git.example.test/team/repo.git team
finds https://rob%6Ft:s3cret@git.example.test/team/repo.git team
refuses https://robot%00@git.example.test/team "the address has another user name than 'robot', which is the git_username of profile 'team'" \
    "leave it out of the address, or write it into the profile"
refuses https://me:s3cret@git.example.test/team \
    "the address has another user name than 'robot', which is the git_username of profile 'team'" \
    "leave it out of the address, or write it into the profile"
is "$(asks git.example.test team/repo.git me)" 0 "nor is git answered"
refuses https://robo@git.example.test/team "the address has another user name than 'robot', which is the git_username of profile 'team'" \
    "leave it out of the address, or write it into the profile"
refuses https://path.example.test/other "no profile is for https://path.example.test/other" "'team' is for https://path.example.test/team"
refuses https://path.example.test "no profile is for https://path.example.test" \
    "'team' is for https://path.example.test/team; git tells a path where credential.useHttpPath is true"
refuses https://gti.example.test/x "no profile is for https://gti.example.test/x" "there is one for git.example.test"
refuses https://git.example.test:8443 "no profile is for https://git.example.test:8443" \
    "a profile that is has the line: match: https://git.example.test:8443"
printf 'profiles:\n  broken:\n    match: https://odd.example.test\n' >"$T/config/tokenward/profiles.d/broken.yaml"
chmod 600 "$T/config/tokenward/profiles.d/broken.yaml"; own "$T/config"
refuses https://odd.example.test "no profile is for https://odd.example.test" "something is wrong with 'broken': run tokenward check"
echo '  [' >"$T/config/tokenward/profiles.d/broken.yaml"
refuses https://odd.example.test "no profile is for https://odd.example.test" "something is wrong with a file of profiles: run tokenward check"
finds https://git.example.test plain
rm "$T/config/tokenward/profiles.d/broken.yaml"
for odd in http://git.example.test ssh://git@git.example.test/x git@git.example.test:x.git https:// '' 'https://git.example.test\x' "https://git.example.test$NL"; do
    match "$odd"
    is "$STATUS" 64 "'$odd' is no address of https: exit 64"
    like "$OUT" "this is no address of https$" "says so"
done
# A provider that is installed after the profile that needs it.
mv "$T/modules/file.so" "$T/"
printf 'profiles:\n  broken:\n    provider: file\n    file: %s/late\n    match: https://late.example.test\n' "$T" >"$T/config/tokenward/profiles.d/broken.yaml"
chmod 600 "$T/config/tokenward/profiles.d/broken.yaml"; own "$T/config"
refuses https://late.example.test "no profile is for https://late.example.test" "something is wrong with 'broken': run tokenward check"
mv "$T/file.so" "$T/modules/"
finds https://late.example.test broken
is "$(user tokenward list 2>&1 | tr '\n' ' ')" "broken plain team " "and it is listed with the others, without a warning"
match; is "$STATUS" 64 "without an address: exit 64"
match a.test b.test; is "$STATUS" 64 "two addresses: exit 64"
is "$(user tokenward-credential match https://git.example.test 2>&1 >/dev/full; echo $?)" "tokenward-credential: the answer could not be written: No space left on device${NL}71" "an answer that cannot be written is told"
is "$(user tokenward explain https://me:s3cret@git.example.test/x 2>&1)" "tokenward: an address is no profile's name${NL}tokenward: hint: tokenward-credential match URL tells which profile is for one" "explain of an address says who tells"
is "$(user tokenward https://me:s3cret@git.example.test/x 2>&1)" "tokenward: an address is no command${NL}tokenward: hint: tokenward --help" "nor is one shown that stands for a command"
is "$(user tokenward check https://me:s3cret@git.example.test/x 2>&1)" "tokenward-helper: an address is no file${NL}tokenward-helper: hint: check wants a file; without one all profiles are read" "or for a file"
is "$(user tokenward exec plain -- https://me:s3cret@git.example.test/x 2>&1; echo $?)" "tokenward: an address is no program's name${NL}127" "or for a program"
done_testing
