#!/bin/sh
# SPDX-License-Identifier: MIT
# format-t.sh - tokenward get --format: a token of every character that one
# may have, given to the programs that the forms are for.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
sandbox
profile pay /oauth/v1/token
profile named /oauth/v1/token 'env: {PAY_FILE: file, PAY_TOKEN: token}'
user tokenward get pay >/dev/null
user tokenward get named >/dev/null
# 0x21 to 0x7E, and what ends a quotation or begins an expansion.
ODD=$(awk 'BEGIN { for (i = 33; i < 127; i++) printf "%c", i }')$(cat <<'END'
''\''""\\\"$(id)`id`${HOME}\n%s!!#
END
)
give() { # give NAME TOKEN: as if the server had given it
    printf 'access_token=%s\n' "$2" >"$T/odd"
    sed -e "/^access_token=/{r $T/odd" -e 'd}' "$(record "$1")" >"$T/given"
    cat "$T/given" >"$(record "$1")"
}
give pay "$ODD"
give named "$ODD"
is "${#ODD}" 128 "an odd token"

is "$(user tokenward get pay; echo end)" "$ODD
end" "raw: the token and a line end"
for shell in dash bash; do
    if command -v $shell >/dev/null; then
        is "$(user $shell -c 'eval "$(tokenward get --format env pay)"; printenv BEARER_TOKEN')" "$ODD" "env: $shell evaluates it to the token"
    else
        skip "env: $shell" "$shell is not installed"
    fi
done
is "$(user sh -c 'eval "$(tokenward get --format env named)"; printenv PAY_TOKEN')" "$ODD" "env: under the name that the profile exports"
sed -i 's/^export=PAY_TOKEN=token$/export=x;touch gone;PAY_TOKEN=token/' "$(record named)"
is "$(user tokenward get --format env named)" "$(user tokenward get --format env pay)" "env: a name that is no variable's is nothing to evaluate"
sed -i "s/^export=x;.*/export=$(printf '%0100d' 0 | tr 0 x)=token/" "$(record named)"
is "$(user tokenward get --format env named)" "$(user tokenward get --format env pay)" "env: nor one that is longer than any"
sed -i 's/^export=x.*/export=PAY_TOKEN=token/' "$(record named)"
sent() { tr -d '\r' <"$T/curl" | sed -n 's/^> [Aa]uthorization: //p'; }
user tokenward get --format curl pay | curl -sv --noproxy '*' --cacert "$CA" -K - "$URL/count" 2>"$T/curl" >/dev/null
is "$(sent)" "Bearer $ODD" "curl: curl --config sends it as it is"
user tokenward get --format header pay | curl -sv --noproxy '*' --cacert "$CA" -H @- "$URL/count" 2>"$T/curl" >/dev/null
is "$(sent)" "Bearer $ODD" "header: curl --header @- sends it as it is"
if command -v python3 >/dev/null && python3 -c '' 2>/dev/null; then
    json() { user tokenward get --format json pay | PYTHONIOENCODING=utf-8 python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }
    is "$(json access_token)" "$ODD" "json: a parser reads the token"
    is "$(json expires_at)" "$(field pay expires_at)" "json: the expiry"
    left=$(json expires_in)
    [ "$left" -gt 0 ] && [ "$left" -le "$(field pay lifetime)" ]; ok $? "json: what is left of it"
    is "$(json scope) $(json profile)" "payments wallet pay" "json: the scope, and whose it is"
    LC_ALL=C sed -i "s/^scope=.*/scope=\"\\\\$(printf '\303\251\360\237\230\200\377')/" "$(record pay)"
    is "$(json scope | od -An -tx1 | tr -d ' \n')" 225cc3a9f09f9880efbfbd0a "json: a scope that is no ASCII, and no UTF-8"
else
    skip "json" "python3 is not installed"
fi
# A token that is no bearer's: by name alone, and in no form that sends it.
sed -i 's/^token_type=.*/token_type=DPoP/' "$(record pay)"
for form in curl header; do
    out=$(user tokenward get --format $form pay 2>"$T/err"); is "$?$out" 78 "$form: of another type's: exit 78"
    like "$(cat "$T/err")" "^tokenward: the token of 'pay' is no bearer token$" "says so"
done
is "$(user tokenward get --format raw pay)" "$ODD" "raw: it is printed"
is "$(user sh -c 'eval "$(tokenward get --format env pay)"; printenv BEARER_TOKEN')" "$ODD" "env: it is"
like "$(user tokenward get --format json pay)" '"token_type": *"DPoP"' "json: with its type"
sed -i 's/^token_type=.*/token_type=bearer/' "$(record pay)"
is "$(user tokenward get --format header pay)" "Authorization: Bearer $ODD" "header: the type in small letters"
# The longest there is, of what grows most by quoting.
long=$(head -c 65000 /dev/zero | tr '\0' '"')
give named "$long"
is "$(user tokenward get --format json named | tr -dc '\134' | wc -c)" 65000 "json: 65000 quotation marks"
long=$(head -c 65000 /dev/zero | tr '\0' "'")
give pay "$long"
is "$(user tokenward get --format env pay | wc -c)" "$((4 * 65000 + 23))" "env: 65000 apostrophes"
give pay "$long'"
user tokenward get --cached pay >/dev/null 2>&1; is $? 66 "a longer one is none"
out=$(user tokenward get --format xml pay 2>&1); is $? 64 "an unknown form: exit 64"
like "$out" "^tokenward: --format: raw, curl, env, header or json$" "says which there are"
done_testing
