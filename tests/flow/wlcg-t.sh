#!/bin/sh
# SPDX-License-Identifier: MIT
# wlcg-t.sh - the token where WLCG Bearer Token Discovery looks for it: as fresh
# as the record, gone with it, and the user's own; and a profile that takes
# what another program has put there.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
sandbox
B=$T/run/bt_u$USER_ID
here() { cat "$B" 2>/dev/null; }
get() { user tokenward get "$@" 2>"$T/err"; }
profile grid /oauth/v1/token 'wlcg_discovery: true'
profile other /oauth/v1/token
echo planted >"$T/run/planted"
ln -s planted "$B"
own "$T/run"
get grid >"$T/out"
is "$(here)" "$(cat "$T/out")" "the token is where WLCG's clients look"
is "$(stat -c '%F %a %u' "$B")" "regular file 600 $USER_ID" "a file, no link, for the user alone"
is "$(cat "$T/run/planted")" planted "a link that was there is replaced, and not followed"
is "$(wc -c <"$B" | tr -d ' ')" "$(tr -d '\n' <"$T/out" | wc -c | tr -d ' ')" "without a line end"
get other >/dev/null
is "$(here)" "$(cat "$T/out")" "another profile's token is not"
before=$(here)
user tokenward-helper fetch --force grid
[ "$(here)" != "$before" ]; ok $? "a refresh replaces it"
is "$(here)" "$(get grid)" "by the new one"
user tokenward reject grid
[ ! -e "$B" ]; ok $? "a rejection removes it"
forget grid
get grid >/dev/null
is "$(here)" "$(get grid)" "and the next token is there again"
rm "$B"
user tokenward-helper fetch grid
is "$(here)" "$(get grid)" "the next run of the helper mends what a cleaner took"
is "$(ls -A "$T/run" | tr '\n' ' ')" "bt_u$USER_ID planted tokenward " "nothing else is left there"

# A login's goes with it.
profile grid /oauth/v1/token 'wlcg_discovery: true' 'login: true'
profile other /oauth/v1/token 'login: true'
user tokenward-helper fetch --login
is "$(here)" "$(get grid)" "the token of a login is there"
out=$(user tokenward-helper leave 2>&1); is "$?$out" 0 "the last session ends"
[ ! -e "$(record grid)" ] && [ ! -e "$B" ]; ok $? "and nothing of it is left"
echo "another program's" >"$B"
own "$B"
user tokenward-helper fetch other
user tokenward-helper leave
is "$(here)" "another program's" "nothing else is taken away"
rm "$B"
profile grid /oauth/v1/token 'wlcg_discovery: true'
profile other /oauth/v1/token

# What is no token of RFC 6750's makes such a client stop.
profile grid '/m/token=odd%25token/oauth/v1/token' 'wlcg_discovery: true'
get grid >/dev/null
[ ! -e "$B" ]; ok $? "a token that a client would refuse is not published there"
like "$(sed -n 's/^warning=//p' "$(record grid)")" 'wlcg_discovery does not allow' "and the record says so"
like "$(user tokenward status)" '^  *warning: .*wlcg_discovery does not allow' "and status"
like "$(user tokenward status --json)" '"warning": *"[^"]*wlcg_discovery does not allow' "also as JSON"
profile grid /oauth/v1/token 'wlcg_discovery: true'
get grid >/dev/null
is "$(here)" "$(get grid)" "a good one is"
profile grid /oauth/v1/token
get grid >/dev/null
[ ! -e "$B" ]; ok $? "without the key it is taken away"

# One file, one profile, one user.
profile grid /oauth/v1/token 'wlcg_discovery: true'
profile more /oauth/v1/token 'wlcg_discovery: true'
out=$(user tokenward-helper check 2>&1)
like "$out" "more.yaml:8:.*profile 'more': wlcg_discovery: profile 'grid' has it already, in .*grid.yaml:8:" "two profiles with it: the second is refused"
rm "$T/config/tokenward/profiles.d/more.yaml"

# The other way round, as tokenward-file(7) has it.
mkdir "$T/run/late"
cat >"$T/config/tokenward/profiles.d/taken.yaml" <<EOS
profiles:
  taken:
    any_of:
      - {provider: file, file: $T/run/there}
      - {provider: file, file: $T/run/late/there}
EOS
chmod 600 "$T/config/tokenward/profiles.d/taken.yaml"
printf 'second-of-two\n' >"$T/run/late/there"
chmod 600 "$T/run/late/there"
own "$T/run/late" "$T/config"
is "$(get taken)" second-of-two "a token that another program left in the last place"
printf 'first-of-two' >"$T/run/there"
chmod 600 "$T/run/there"
own "$T/run/there"
forget taken
is "$(get taken)" first-of-two "one in the first place comes before it"
done_testing
