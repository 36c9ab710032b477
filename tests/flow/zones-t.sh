#!/bin/sh
# SPDX-License-Identifier: MIT
# zones-t.sh - time zones: what a caller's TZ says, even nonsense, even one that
# counts leap seconds or changes to summer time at this moment, changes no end of
# a token, no waiting and no date that is told.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
sandbox
profile pay '/m/expires-in=900/oauth/v1/token'
AT=$(($(date +%s) + 600))
profile later "/m/status=503,retry-after=$(LC_ALL=C date -u -d "@$AT" '+%a%%2C%%20%d%%20%b%%20%Y%%20%T%%20GMT')/oauth/v1/token"
waits() { sed -n 's/^not_before=//p' "$T/run/tokenward/later/backoff"; }
# Summer time begins, and ends, in a second.
soon=$(date -u -d '+1 second' '+%-j %T')
day=$((${soon%% *} - 1))/${soon#* }
for zone in UTC Europe/Berlin America/St_Johns Pacific/Kiritimati right/UTC right/Europe/London \
    "STD0DST,$day,364/23" "STD0DST,0/0,$day" XXX-24:59:59 /etc/shadow :../../../etc/passwd '' "$(printf %3000d 0)"; do
    words=$(printf %.20s "TZ=$zone")
    rm -rf "$T/run/tokenward"
    begun=$(date +%s)
    user env TZ="$zone" "$T/bin/tokenward-helper" fetch pay; is $? 0 "$words: a token"
    ended=$(date +%s)
    is "$(($(field pay expires_at) - $(field pay issued_at)))" 900 "$words: with its own lifetime"
    [ "$(field pay issued_at)" -ge "$begun" ] && [ "$(field pay issued_at)" -le "$ended" ]; ok $? "$words: from now on"
    user env TZ="$zone" "$T/bin/tokenward-helper" fetch later 2>/dev/null
    is "$(waits)" "$AT" "$words: what a server says in GMT is GMT"
    end=$(date -u -d "@$(field pay expires_at)" '+%Y-%m-%d %H:%M:%SZ')
    like "$(user env TZ="$zone" tokenward status pay)" "$end" "$words: its end is told in UTC"
    told=$(user env TZ="$zone" tokenward-credential kubectl pay | sed 's/.*"expirationTimestamp":"\([^"]*\)".*/\1/')
    margin=$(($(field pay expires_at) - $(date -u -d "$told" +%s)))
    [ $margin -ge 30 ] && [ $margin -le 33 ]; ok $? "$words: so is a front end's, half a minute early"
    case $zone in STD*) sleep 1.2 ;; esac # over the change
    is "$(user env TZ="$zone" tokenward get --cached pay)" "$(field pay access_token)" "$words: and it is alive"
done
done_testing
