#!/bin/sh
# SPDX-License-Identifier: MIT
# git-cases-t.sh - what git's own tests ask of any credential helper (t0303 and
# its lib-credential.sh), as far as it makes sense for one that keeps nothing
# which git brings.  HACKING.md has the table.  git itself asks, and a person's
# answers come from an askpass program.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
command -v git >/dev/null || skip_all "git is not installed"
sandbox
profile forge /oauth/v1/token 'match: https://forge.example.test' 'git_username: store-user'
profile team /oauth/v1/token 'match: https://path.example.test/team' 'git_username: store-user'
export GIT_CONFIG_NOSYSTEM=1 GIT_ASKPASS="$T/bin/askpass"
cat >"$T/bin/askpass" <<'EOS'
#!/bin/sh
echo "askpass: $*" >&2
case $1 in User*) echo person ;; *) echo persons-word ;; esac
EOS
chmod 755 "$T/bin/askpass"
user git config --global credential.helper tokenward
user tokenward get forge >/dev/null
user tokenward get team >/dev/null
forge() { field forge access_token; }

# check NAME OPERATION: stdin is git's input, what it prints, what askpass is
# asked, parted by "--".  TOKEN is forge's or team's; the time is left out.
check() {
    awk -v dir="$T" 'BEGIN { part = 1 } $0 == "--" { part++; next } { print >(dir "/part" part) }
        END { for (i = 1; i <= 3; i++) printf "" >>(dir "/part" i) }'
    user git ${OPTION:+-c "$OPTION"} credential "$2" <"$T/part1" >"$T/out" 2>"$T/err"
    sed -e "s/$(forge)/TOKEN/" -e "s/$(field team access_token)/TOKEN/" -e '/^password_expiry_utc=/d' "$T/out" |
        diff - "$T/part2" >"$T/diff"
    differs=$?
    diff "$T/err" "$T/part3" >>"$T/diff" && [ $differs = 0 ]
    ok $? "$1"
    sed 's/^/# /' "$T/diff"
    rm -f "$T"/part?
}

check "has no data of a host that no profile names" fill <<'EOS'
protocol=https
host=example.test
--
protocol=https
host=example.test
username=person
password=persons-word
--
askpass: Username for 'https://example.test': 
askpass: Password for 'https://person@example.test': 
EOS
check "is not given a password to keep" approve <<'EOS'
protocol=https
host=example.test
username=stored
password=stored-word
EOS
check "and so has none" fill <<'EOS'
protocol=https
host=example.test
username=stored
--
protocol=https
host=example.test
username=stored
password=persons-word
--
askpass: Password for 'https://stored@example.test': 
EOS
check "gives the token" fill <<'EOS'
protocol=https
host=forge.example.test
--
protocol=https
host=forge.example.test
username=store-user
password=TOKEN
EOS
check "and does so for its user name" fill <<'EOS'
protocol=https
host=forge.example.test
username=store-user
--
protocol=https
host=forge.example.test
username=store-user
password=TOKEN
EOS
check "requires the protocol" fill <<'EOS'
protocol=http
host=forge.example.test
--
protocol=http
host=forge.example.test
username=person
password=persons-word
--
askpass: Username for 'http://forge.example.test': 
askpass: Password for 'http://person@forge.example.test': 
EOS
check "requires the host" fill <<'EOS'
protocol=https
host=other.example.test
--
protocol=https
host=other.example.test
username=person
password=persons-word
--
askpass: Username for 'https://other.example.test': 
askpass: Password for 'https://person@other.example.test': 
EOS
check "requires the whole host" fill <<'EOS'
protocol=https
host=forge.example.test.example.test
--
protocol=https
host=forge.example.test.example.test
username=person
password=persons-word
--
askpass: Username for 'https://forge.example.test.example.test': 
askpass: Password for 'https://person@forge.example.test.example.test': 
EOS
check "requires the user name" fill <<'EOS'
protocol=https
host=forge.example.test
username=other
--
protocol=https
host=forge.example.test
username=other
password=persons-word
--
askpass: Password for 'https://other@forge.example.test': 
EOS
OPTION=credential.useHttpPath=true
check "requires the path, where there is one" fill <<'EOS'
protocol=https
host=path.example.test
path=other/repository.git
--
protocol=https
host=path.example.test
path=other/repository.git
username=person
password=persons-word
--
askpass: Username for 'https://path.example.test/other/repository.git': 
askpass: Password for 'https://person@path.example.test/other/repository.git': 
EOS
check "and gives the token for it" fill <<'EOS'
protocol=https
host=path.example.test
path=team/repository.git
--
protocol=https
host=path.example.test
path=team/repository.git
username=store-user
password=TOKEN
EOS
OPTION=

# What is forgotten is fetched: there is always a token to be had.
first=$(forge)
check "does not overwrite on store" approve <<'EOS'
protocol=https
host=forge.example.test
username=store-user
password=stored-word
EOS
is "$(forge)" "$first" "the token is what it was"
check "forgets nothing for another user" reject <<'EOS'
protocol=https
host=forge.example.test
username=other
EOS
is "$(forge)" "$first" "the token is there"
check "forgets no other password than the one it gave" reject <<'EOS'
protocol=https
host=forge.example.test
username=store-user
password=stored-word
EOS
is "$(forge)" "$first" "the token is there, too"
check "forgets the one it gave" reject <<EOS
protocol=https
host=forge.example.test
username=store-user
password=$first
EOS
is "$(forge)" "" "it is dropped"
user tokenward get forge >/dev/null
check "and gives another" fill <<'EOS'
protocol=https
host=forge.example.test
--
protocol=https
host=forge.example.test
username=store-user
password=TOKEN
EOS
[ "$(forge)" != "$first" ]; ok $? "which is another"
forget forge
user tokenward get forge >/dev/null
check "forgets the host" reject <<'EOS'
protocol=https
host=forge.example.test
EOS
is "$(forge)" "" "what was kept for it is dropped"
forget forge
user tokenward get forge >/dev/null
first=$(forge)
age forge 3600
rm -f "$T/run/tokenward/forge/backoff" # as if that had passed, too
check "what has timed out is not given" fill <<'EOS'
protocol=https
host=forge.example.test
--
protocol=https
host=forge.example.test
username=store-user
password=TOKEN
EOS
[ "$(forge)" != "$first" ]; ok $? "but another, by a fetch"
done_testing
