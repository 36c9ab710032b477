#!/bin/sh
# SPDX-License-Identifier: MIT
# boundary-t.sh - the rule of the house, read off the built objects: provider/
# is libc, the helper alone knows the world; and what each exports.
TOP_BUILD=${TOP_BUILD:-.}
COUNT=0
ok() { COUNT=$((COUNT + 1)); if [ "$1" = 0 ]; then echo "ok $COUNT - $2"; else echo "not ok $COUNT - $2"; fi; }
is() { [ "$1" = "$2" ]; set -- $? "$1" "$2" "$3"; ok "$1" "$4"; [ "$1" = 0 ] || printf '# got: %s\n# wanted: %s\n' "$2" "$3"; }
command -v readelf >/dev/null || { echo "1..0 # SKIP readelf is not installed"; exit 0; }
# Sanitizers bring libraries of their own.
readelf -d "$TOP_BUILD/tokenward" | grep -qE 'lib(a|ub|t)san' && { echo "1..0 # SKIP a sanitizer build"; exit 0; }
needed() { readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort | tr '\n' ' '; }
exports() { nm -D --defined-only "$1" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | sort | tr '\n' ' '; }

lib=$TOP_BUILD/provider/client/.libs/libtokenward.so
is "$(needed "$lib")" "libc.so.6 " "libtokenward needs libc alone"
for program in tokenward git-credential-tokenward tokenward-credential; do
    is "$(needed "$TOP_BUILD/$program")" "libc.so.6 " "$program needs libc alone"
done
for module in "$TOP_BUILD"/provider/grants/.libs/*.so; do
    case "$(needed "$module")" in "" | "libc.so.6 ") ok 0 "$(basename "$module") needs libc at most" ;; *) ok 1 "$module needs $(needed "$module")" ;; esac
    is "$(exports "$module")" "tokenward_provider_v1 " "$(basename "$module") exports its one symbol"
done
pam=$TOP_BUILD/provider/pam/.libs/pam_tokenward.so
if [ -f "$pam" ]; then
    is "$(needed "$pam")" "libc.so.6 libpam.so.0 " "pam_tokenward needs libpam and libc alone"
    is "$(exports "$pam")" "pam_sm_authenticate pam_sm_close_session pam_sm_open_session pam_sm_setcred " \
        "pam_tokenward exports what libpam calls, and no other"
    readelf -dW "$pam" | grep -q 'BIND_NOW\|FLAGS.*NOW'; ok $? "pam_tokenward: bound at start (-z now)"
else
    echo "# pam_tokenward was not built: libpam0g-dev is missing"
fi
is "$(needed "$TOP_BUILD/tokenward-helper")" "libacl.so.1 libc.so.6 libcrypto.so.3 libcurl.so.4 libjson-c.so.5 libqrencode.so.4 libssl.so.3 libyaml-0.so.2 " \
    "tokenward-helper needs what DESIGN says"
is "$(exports "$lib" | tr ' ' '\n' | grep -v '^TOKENWARD_' | tr '\n' ' ' | sed 's/^ *//;s/ *$//')" \
    "$(sed -n 's/^ *\(tw_[a-z_]*\);.*/\1/p' "${TOP_SRC:-.}/provider/client/libtokenward.map" | sort | tr '\n' ' ' | sed 's/ *$//')" \
    "libtokenward exports the symbols of its map, and no other"
for object in "$lib" "$TOP_BUILD/tokenward" "$TOP_BUILD/git-credential-tokenward" "$TOP_BUILD/tokenward-credential" "$TOP_BUILD/tokenward-helper"; do
    readelf -dW "$object" | grep -q 'BIND_NOW\|FLAGS.*NOW'; ok $? "$(basename "$object"): bound at start (-z now)"
    readelf -lW "$object" | grep -q GNU_RELRO; ok $? "$(basename "$object"): relocations read-only"
    # Without that header the kernel gives one that is executable.
    is "$(readelf -lW "$object" | sed -n 's/.*GNU_STACK.* \(R[W ][E ]\) .*/\1/p')" "RW " "$(basename "$object"): no executable stack"
done
echo "1..$COUNT"
