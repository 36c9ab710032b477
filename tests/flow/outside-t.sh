#!/bin/sh
# SPDX-License-Identifier: MIT
# outside-t.sh - the grant of HACKING.md, built by somebody who has nothing
# but what is installed, gets a token.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
needs_compiler
command -v pkg-config >/dev/null || skip_all "no pkg-config"
sandbox
umask 022
stage=$T/stage

# What make has to say to its children is not for this one.
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL
${MAKE:-make} -s -C "$TOP_BUILD" install DESTDIR="$stage" >"$T/install.log" 2>&1
is $? 0 "make install DESTDIR"
[ "$COUNT:$FAILED" = 1:0 ] || { sed 's/^/# /' "$T/install.log"; done_testing; exit 1; }
bits=$({ find "$stage" -perm /6000; getcap -r "$stage" 2>/dev/null; } | wc -l)
figure privileged-bits "$bits" "of $(find "$stage" -type f | wc -l) files installed"
is "$bits" 0 "nothing is installed setuid, setgid or with a capability"
pc=$(find "$stage" -name tokenward.pc)
installed() { PKG_CONFIG_PATH=$(dirname "$pc") PKG_CONFIG_SYSROOT_DIR=$stage pkg-config "$@" tokenward; }
modules=$stage$(installed --variable=moduledir | sed "s|^$stage||")
is "$(find "$modules" -name '*.so' | sort | sed 's|.*/||' | tr '\n' ' ')" \
    "$(cd "$TOP_BUILD/provider/grants/.libs" && echo *.so) " "every module is installed, and nothing beside it"

mkdir "$T/elsewhere"
cd "$T/elsewhere" || exit 99
awk '/^```c$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$TOP_SRC/HACKING.md" >password.c
lines=$(wc -l <password.c)
[ "$lines" -gt 20 ] && [ "$lines" -lt 60 ]; ok $? "the module of HACKING.md has less than 60 lines"
# shellcheck disable=SC2046 # several words
compile $(installed --cflags) -o password.so password.c 2>"$T/err"
is $? 0 "it is built outside the tree, without a warning"
sed 's/^/# /' "$T/err"
cp password.so "$modules/" && chmod 644 "$modules/password.so"
cd "$T" || exit 99

helper=$(find "$stage" -name tokenward-helper -type f)
export TOKENWARD_HELPER="$helper" TOKENWARD_MODULE_DIR="$modules"
like "$(user "$helper" providers)" "^password  *a user's name and password" "the installed helper lists it"
like "$(user "$helper" providers password)" "  username  *text  *(required) the resource owner" "with its keys"
printf 'correct horse battery staple\n' >"$T/config/tokenward/owner"
chmod 600 "$T/config/tokenward/owner"
profile ada /oauth/v1/token 'provider: password' 'username: ada' 'password: {file: ../owner}'
token=$(user tokenward get ada 2>"$T/err"); is $? 0 "and gets a token with it"
sed 's/^/# /' "$T/err"
is "${#token} $(field ada scope) $(requests)" "43 payments wallet 1" "for the scope, with one request"
profile eve /oauth/v1/token 'provider: password' 'username: eve' 'password: {file: ../owner}'
out=$(user tokenward get eve 2>&1); is $? 77 "another one gets none: exit 77"
like "$out" "invalid_grant" "as the server says"
printf '%s' "$out" | grep -q "correct horse"; is $? 1 "without the password"
profile nobody /oauth/v1/token 'provider: password' 'password: {file: ../owner}'
out=$(user "$helper" check 2>&1); is $? 78 "a key that is missing: exit 78"
like "$out" "nobody.yaml:2:3: .*missing: username (provider password needs it)" "is named with its provider"

# Another one: two requests, a person and a wait, and no refresh token.
# shellcheck disable=SC2046 # several words
compile $(installed --cflags) -o "$modules/two_steps.so" "$TOP_SRC/tests/flow/two_steps.c" 2>"$T/err"
is $? 0 "a grant of two requests and a person is built"
chmod 644 "$modules/two_steps.so"
number() { echo "number_endpoint: $URL/m/status=200,body=%7B%22$1%22%3A%22n1%22%7D/oauth/v1/token"; }
profile two '/m/grant=urn:x:two,want=number%3Dn1%26pin%3D1234/oauth/v1/token' 'provider: two_steps' "$(number number)" 'pin: {file: ../pin}'
printf 1234 >"$T/config/tokenward/pin"
chmod 600 "$T/config/tokenward/pin"
own "$T/config"
out=$(user tokenward get two 2>&1); is $? 69 "without a person: exit 69"
like "$out" "run: tokenward login two" "and what to do"
out=$(user tokenward login two 2>&1 </dev/null); is $? 0 "which does it"
like "$out" "Look there" "and tells what the module said"
out=$(user tokenward get two 2>&1); is "$?:$out" "0:$(field two access_token)" "the token is given"
profile lacking /oauth/v1/token 'provider: two_steps' "$(number other)" 'pin: {file: ../pin}'
out=$(user tokenward login lacking 2>&1 </dev/null); is $? 76 "a server that sends no number: its fault"
like "$out" "the server's answer has no text 'number', which provider 'two_steps' sends on" "says so"
done_testing
