#!/bin/sh
# SPDX-License-Identifier: MIT
# install-helpers-t.sh - the names that tools look for, as links.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
# shellcheck source=tests/flow/put.sh
. "${TOP_SRC:-.}/tests/flow/put.sh"
sandbox
profile reg /oauth/v1/token 'match: https://reg.example.test'
user tokenward get reg >/dev/null
TOKEN=$(field reg access_token)
L=$T/links
mkdir "$L"
own "$L"
put "" tokenward install-helpers --dir "$L"
is "$STATUS" 0 "install-helpers"
is "$(cd "$L" && echo *)" "bazel-credential-tokenward cargo-credential-tokenward docker-credential-tokenward terraform-credentials-tokenward" \
    "makes the links that tools look for"
is "$(for link in "$L"/*; do readlink "$link"; done | sort -u)" "$T/bin/tokenward-credential" "which lead to the program beside it"
like "$OUT" '"credHelpers": {"REGISTRY": "tokenward"}' "it prints the lines for their configuration"
like "$OUT" 'is not in PATH' "and that the directory is not in PATH"
put reg.example.test "$L/docker-credential-tokenward" get
like "$OUT" "$TOKEN" "a link of its answers"
for link in "$L"/*; do
    put "" "$link" --nonsense
    case "$OUT$(cat "$T/err")" in *"no such protocol"*) ok 1 "$(basename "$link") names a protocol" ;; *) ok 0 "$(basename "$link") names a protocol" ;; esac
done
put "" tokenward install-helpers --dir "$L"
is "$STATUS" 0 "once more changes nothing"
for where in "$L" "$L:/bin" "/bin:$L" "/bin:$L:/usr/bin"; do
    put "" env PATH="$where" "$T/bin/tokenward" install-helpers --dir "$L"
    is "$STATUS$(printf %s "$OUT" | grep -c 'not in PATH')" 00 "where PATH is $where nothing is missed"
    put "" env PATH="$where/" "$T/bin/tokenward" install-helpers --dir "$L/"
    is "$STATUS$(printf %s "$OUT" | grep -c 'not in PATH')" 00 "nor with a slash behind it"
done
for where in "" / "$L/x" "${L%s}" "/bin:${L}x:/usr/bin"; do
    put "" env PATH="$where" "$T/bin/tokenward" install-helpers --dir "$L"
    is "$STATUS$(printf %s "$OUT" | grep -c 'not in PATH')" 01 "where PATH is $where it is said"
done
rm "$L"/cargo* "$L"/docker*
ln -s /bin/true "$L/docker-credential-tokenward"
put "" tokenward install-helpers --dir "$L"
is "$STATUS$OUT$(ls "$L" | grep cargo)" 73 "a name that is taken: none is made"
is "$(readlink "$L/docker-credential-tokenward")" /bin/true "and it is left as it is"
# What is there may be like the link that it shall be, and another all the same.
for place in "$T/bin/tokenward" "$T/bin/tokenward-credentials" "$T/bin/tokenward-credentiaL"; do
    ln -sfn "$place" "$L/docker-credential-tokenward"
    put "" tokenward install-helpers --dir "$L"
    is "$STATUS$(ls "$L" | grep cargo)" 73 "a name that leads to $(basename "$place"): none is made"
done
rm "$L/docker-credential-tokenward" "$L/terraform-credentials-tokenward"
echo mine >"$L/terraform-credentials-tokenward"
put "" tokenward install-helpers --dir "$L"
is "$STATUS$(ls "$L" | grep 'cargo\|docker') $(cat "$L/terraform-credentials-tokenward")" "73 mine" "a file in the last one's place: none is made, and it is left"
put "" tokenward install-helpers --dir "$L/terraform-credentials-tokenward"
is "$STATUS" 73 "a file is no directory"
like "$(cat "$T/err")" "terraform-credentials-tokenward: Not a directory" "as the message says"
put "" tokenward install-helpers --dir ""
is "$STATUS" 64 "nor is nothing: exit 64"
mkdir "$T/alone" "$T/none"
cp "$T/bin/tokenward" "$T/alone/"; own "$T/none"
put "" "$T/alone/tokenward" install-helpers --dir "$T/none"
is "$STATUS$(ls "$T/none")" 71 "without tokenward-credential beside it: no link that leads nowhere"
put "" tokenward install-helpers --dir "$L/nosuch"
is "$STATUS" 73 "no such directory"
chmod 777 "$L"
rm "$L/terraform-credentials-tokenward"
put "" tokenward install-helpers --dir "$L"
is "$STATUS" 73 "a directory that everybody may write"
put "" tokenward install-helpers
is "$STATUS" 73 "without --dir it is ~/.local/bin, which is not there"
like "$(cat "$T/err")" "$T/home/.local/bin: there is no such directory" "as the message says"
for home in HOME= HOME=relative -uHOME; do
    put "" env "$home" tokenward install-helpers
    is "$STATUS$OUT" 64 "and with $home there is none: exit 64"
    like "$(cat "$T/err")" "HOME names no directory" "which says so"
done
[ -s "$T/messages" ] && ! grep -qF -e "${TOKEN:-.}" "$T/messages"; ok $? "no token in a message"
done_testing
