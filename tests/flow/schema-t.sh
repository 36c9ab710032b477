#!/bin/sh
# SPDX-License-Identifier: MIT
# schema-t.sh - the JSON schema of profiles files against a real validator:
# what the checker takes is valid, a key that is nearly right is not.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
user tokenward schema >"$T/schema.json"; is $? 0 "tokenward schema"
cmp -s "$T/schema.json" "$TOP_SRC/etc/profiles.schema.json"; ok $? "etc/profiles.schema.json is what it prints (make schema)"
python=
for candidate in python3 /usr/bin/python3; do
    "$candidate" -c 'import jsonschema, yaml' 2>/dev/null && { python=$candidate; break; }
done
if [ -z "$python" ]; then
    skip "a validator" "python3-jsonschema or python3-yaml is not installed"
    done_testing
    exit 0
fi
valid() { "$python" "$TOP_SRC/tests/flow/schema_valid.py" "$T/schema.json" "$@"; }

# What the checker takes, an editor may not underline.
cp -R "$TOP_SRC/tests/corpora/profiles" "$T/corpus"
chmod -R go= "$T/corpus"; own "$T/corpus"
for file in "$T"/corpus/schema/*.yaml "$T"/corpus/yaml/*.yaml; do
    user tokenward check "$file" >/dev/null 2>&1 && echo "$file"
done >"$T/good"
# shellcheck disable=SC2046  # no spaces in their names
valid $(cat "$T/good") >"$T/judged"
is "$(grep -v '^valid' "$T/judged")" "" "every file of the corpora that the checker takes is valid"
[ "$(grep -c '^valid' "$T/judged")" -ge 15 ]; ok $? "$(grep -c '^valid' "$T/judged") of them"
valid "$TOP_SRC/etc/profiles/astrapay.yaml" >"$T/judged"
like "$(cat "$T/judged")" '^valid' "the example is"
like "$(valid "$T/corpus/schema/typo-key.yaml")" "^invalid .*client_secert" "the corpora's typo is not"
like "$(valid "$T/corpus/schema/unknown-top.yaml")" "^invalid" "nor is another key at the top"

# Each key of the table and each option, a letter short, is refused by both.
"$python" - "$T/schema.json" "$T/typos" <<'END'
import json, os, sys
schema = json.load(open(sys.argv[1]))["definitions"]["profile"]
os.mkdir(sys.argv[2])
WHOLE = "profiles:\n  p:\n    token_endpoint: https://a.example.com/token\n    client_id: x\n    client_secret: {file: x}\n"
with open(sys.argv[2] + ".yaml", "w") as file:
    file.write(WHOLE)
for name in schema["properties"]:
    with open(os.path.join(sys.argv[2], name + ".yaml"), "w") as file:
        file.write(WHOLE + "    %s: x\n" % name[:-1])
END
chmod 600 "$T/typos.yaml"; own "$T/typos.yaml"
like "$(valid "$T/typos.yaml")" '^valid' "without any it is valid"
user tokenward check "$T/typos.yaml" >/dev/null 2>&1; is $? 0 "and the checker takes it"
chmod -R go= "$T/typos"; own "$T/typos"
is "$(valid "$T"/typos/*.yaml | grep -c '^valid')" 0 "no key that lacks a letter is valid"
[ "$(find "$T/typos" -name '*.yaml' | wc -l)" -gt 50 ]; ok $? "$(find "$T/typos" -name '*.yaml' | wc -l) of them"
for file in "$T"/typos/*.yaml; do
    user tokenward check "$file" >/dev/null 2>&1 && echo "$file"
done >"$T/taken"
is "$(cat "$T/taken")" "" "and the checker takes none"

# Names that are taken, by the manual, the schema and the checker.
taken=$(sed -n '/^What else stands in the runtime/,/^Keys have/s/^\.Li //p' "$TOP_SRC/helper/tokenward-profiles.5" | tr -d ',.' | tr -s ' \n' ' ')
is "$(grep -o '"not":{"enum":\[[^]]*' "$T/schema.json" | head -n 1 | grep -oE '[a-z]+"' | tr -d '"' | tail -n +3 | tr '\n' ' ')" \
    "$(echo "$taken" | tr -s ' ' '\n' | tr '\n' ' ')" "the manual has the names that no profile may have"
for name in $taken; do
    printf 'profiles:\n  %s:\n    token_endpoint: https://a.example.com/\n    client_id: x\n    client_secret: {file: x}\n' "$name" >"$T/one.yaml"
    chmod 600 "$T/one.yaml"; own "$T/one.yaml"
    like "$(valid "$T/one.yaml")" '^invalid' "$name: not to the schema"
    user tokenward check "$T/one.yaml" >"$T/out" 2>&1; is $? 78 "$name: nor to the checker"
done

# A provider's options are its own, by both.
both() { # both WANTED NAME LINE...: of the schema and of the checker
    wanted=$1 named=$2; shift 2
    {
        printf 'profiles:\n  p:\n    client_id: x\n    client_secret: {file: x}\n'
        for line in "$@"; do echo "    $line"; done
    } >"$T/one.yaml"
    chmod 600 "$T/one.yaml"; own "$T/one.yaml"
    user tokenward check "$T/one.yaml" >/dev/null 2>&1
    checked=$?
    [ $checked = 0 ] && checked=valid || checked=invalid
    is "$checked $(valid "$T/one.yaml" | cut -d ' ' -f 1)" "$wanted $wanted" "$named"
}
URL='token_endpoint: https://a.example.com/token'
both valid "no provider is client_credentials" "$URL" 'scope: [a, b]'
both invalid "which has no subject_token" "$URL" 'subject_token: {file: x}'
both valid "token_exchange has" "$URL" 'provider: token_exchange' 'subject_token: {file: x}' \
    'subject_token_type: urn:ietf:params:oauth:token-type:jwt'
both invalid "and needs it" "$URL" 'provider: token_exchange'
both invalid "an endpoint is needed" 'scope: a'
both valid "or an issuer" 'issuer: https://a.example.com'
both valid "which names that of devices, too" 'issuer: https://a.example.com' 'provider: device_code'
both valid "one that is not asked may be any URI" 'issuer: urn:example:as' "$URL"
both invalid "unless it is not asked" 'issuer: https://a.example.com' "$URL" 'provider: device_code'
both invalid "a choice is one of its words" "$URL" 'reply_format: xml'
both valid "and may be a boolean to YAML" "$URL" 'login: true'
both invalid "seconds have a limit" "$URL" 'timeout: 61'
both valid "of 60" "$URL" 'timeout: 60'
both invalid "a secret comes from one place" "$URL" 'client_secret_next: {file: x, env: Y}'
both valid "a stack" 'any_of:' "  - {$URL}" '  - {name: second, issuer: "https://b.example.com", actions: {denied: return}}'
both invalid "whose sources have no match" 'any_of:' "  - {$URL, match: 'https://a.example.com'}"
both invalid "nor other outcomes" 'any_of:' "  - {$URL, actions: {sometimes: return}}"
both valid "a program's arguments are any texts" "$URL" 'on_refresh:' '  command:' '  - sh' '  - -c' '  - |' '    one' '    two' '  - ""'
both valid "exported variables" "$URL" 'env: {A: token, B: file}'
both invalid "of known kinds" "$URL" 'env: {A: tokens}'
printf 'profiles:\n  p@:\n    client_id: x\n    client_secret: {file: s-%%i}\n    %s\n    instances: []\n' "$URL" >"$T/one.yaml"
chmod 600 "$T/one.yaml"; own "$T/one.yaml"
user tokenward check "$T/one.yaml" >/dev/null; is $? 0 "a template may have no instance yet"
like "$(valid "$T/one.yaml")" '^valid' "to the schema, too"
done_testing
