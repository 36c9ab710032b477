#!/bin/sh
# SPDX-License-Identifier: MIT
# words-t.sh - words that a program does not take: each is refused with 64 and
# a line that says why, before anything is read, made or started; and what each
# says of itself.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
LONG=$(printf '%300s' '' | tr ' ' x)

# Each row: the words of a command line | the line that comes.
while IFS='|' read -r words pattern; do
    # shellcheck disable=SC2086  # words are wanted
    out=$(user $words 2>&1 </dev/null); is $? 64 "${words% }: exit 64"
    like "$out" "$pattern" "and why"
    case $words in *CANARY*) case $out in *CANARY*) false ;; esac; ok $? "without a word of what must not be shown" ;; esac
done <<END
tokenward |^tokenward: which command?
tokenward --nothing |^tokenward: unknown command '--nothing'
tokenward help nothing-of-the-kind |^tokenward: .*nothing-of-the-kind
tokenward get |^tokenward: get: which profile?
tokenward get a b |^tokenward: get: too many words
tokenward get --cached=yes a |^tokenward: --cached takes no value
tokenward get a --min-valid |^tokenward: --min-valid needs a value
tokenward get a --min-valid -3 |^tokenward: --min-valid: not a number of seconds
tokenward get a --min-valid 3s |^tokenward: --min-valid: not a number of seconds
tokenward get a --min-valid 253402300800 |^tokenward: --min-valid: not a number of seconds
tokenward get --form raw a |^tokenward: unknown option --form$
tokenward get --tokn=CANARY a |^tokenward: unknown option --tokn$
tokenward get me:CANARY@a.test |^tokenward: an address is no profile's name$
tokenward exec me:CANARY@a.test -- true |^tokenward: an address is no profile's name$
tokenward edit me:CANARY@a.test |^tokenward: an address is no file and no profile's name$
tokenward edit https://me:CANARY@a.test/x |^tokenward: an address is no file and no profile's name$
tokenward me:CANARY@a.test |^tokenward: an address is no command$
tokenward help me:CANARY@a.test |^tokenward: an address is no command$
tokenward get -- --cached |^tokenward: '--cached' cannot be a profile's name
tokenward init -- --help |^tokenward-helper: init: .*no profile's name
tokenward get a/b |^tokenward: 'a/b' cannot be a profile's name
tokenward list --verbose |^tokenward: unknown option --verbose
tokenward exec a -- |^tokenward: which command?
tokenward complete bash |^tokenward: complete: the words stand after --
tokenward-helper |^tokenward-helper: which command?
tokenward-helper nothing |^tokenward-helper: unknown command 'nothing'$
tokenward-helper fetsh |^tokenward-helper: hint: did you mean 'fetch'?$
tokenward-helper --system explian a |^tokenward-helper: hint: did you mean 'explain'?$
tokenward-helper --nothing check |^tokenward-helper: bad option or value at '--nothing'
tokenward-helper --nothing=CANARY check |^tokenward-helper: bad option or value at '--nothing'$
tokenward-helper me:CANARY@a.test |^tokenward-helper: an address is no command$
tokenward-helper --deadline 0 check |^tokenward-helper: bad option or value at '0'
tokenward-helper --log-level loud serve |^tokenward-helper: bad option or value at 'loud'
tokenward-helper --metrics here serve |^tokenward-helper: bad option or value at 'here'
tokenward-helper --generation 0 reject a |^tokenward-helper: bad option or value at '0'
tokenward-helper check a b |^tokenward-helper: check takes at most one file
tokenward-helper explain |^tokenward-helper: one profile name is wanted
tokenward-helper explain a b |^tokenward-helper: one profile name is wanted
tokenward-helper explain a/b |^tokenward-helper: argument 1 is no profile name
tokenward-helper fetch |^tokenward-helper: one to [0-9]* profile names are wanted
tokenward-helper fetch a b/c |^tokenward-helper: argument 2 is no profile name
tokenward-helper --all fetch a |^tokenward-helper: --all is every profile: no names
tokenward-helper --all --login fetch |^tokenward-helper: --all is every profile: no names
tokenward-helper --force --background fetch a |^tokenward-helper: --force and --background
tokenward-helper --system --login fetch |^tokenward-helper: --login is for a user's
tokenward-helper index a |^tokenward-helper: index takes no argument
tokenward-helper init a b |^tokenward-helper: init: one name
tokenward-helper -- init -a |^tokenward-helper: init: unknown option -a$
tokenward-helper -- init --client-id hidden -pCANARY |^tokenward-helper: init: unknown option -p$
tokenward-helper -- init --password=CANARY |^tokenward-helper: init: unknown option --password$
tokenward-helper -- init --no-test=CANARY |^tokenward-helper: init: unknown option --no-test$
tokenward-helper -- init --client-id |^tokenward-helper: init: --client-id needs a value$
tokenward-helper init a/b |^tokenward-helper: init: this is no profile's name
tokenward-helper -- init --from oidc-agent |^tokenward-helper: --from KIND wants --file FILE
tokenward-helper -- init --from nobody --file /dev/null |^tokenward-helper: --from: fluent-bit, kubelogin
tokenward-helper -- init --secret-file /nonexistent |^tokenward-helper: --secret-file: /nonexistent: No such file
tokenward-helper -- init --var tenant |^tokenward-helper: --var NAME=VALUE
tokenward-helper -- init --var =acme |^tokenward-helper: --var NAME=VALUE
tokenward-helper -- init --var tenant=$LONG |^tokenward-helper: --var NAME=VALUE
tokenward-helper --system init |^tokenward-helper: init is for a user's profiles
tokenward-helper leave a |^tokenward-helper: leave is a user's
tokenward-helper module |^tokenward-helper: one provider's name is wanted
tokenward-helper presets a |^tokenward-helper: presets takes no argument
tokenward-helper reject |^tokenward-helper: one to [0-9]* profile names are wanted
tokenward-helper schema a |^tokenward-helper: schema takes no argument
tokenward-helper serve a |^tokenward-helper: serve takes no argument
git-credential-tokenward |^git-credential-tokenward: no operation
git-credential-tokenward --nothing |^git-credential-tokenward: there are no options
tokenward-credential |^tokenward-credential: which protocol?
tokenward-credential nothing |^tokenward-credential: no such protocol
tokenward-credential goauth https://a.test https://b.test |^tokenward-credential: goauth: one URL at a time
tokenward-credential kubectl a b |^tokenward-credential: kubectl: one profile at a time
tokenward-credential kubelet a |^tokenward-credential: kubelet
tokenward-credential terraform |^tokenward-credential: usage: terraform-credentials-tokenward
END
is "$(find "$T/run" "$T/config" "$T/home" -mindepth 1 ! -path "$T/config/tokenward" ! -path "$T/run/tokenward")" "" \
    "nothing was made but the directory that the fence is put around"

for program in tokenward tokenward-helper git-credential-tokenward tokenward-credential; do
    like "$(user "$program" --version 2>&1)" "^$program [0-9][0-9.]*$" "$program --version"
    out=$(user "$program" --help 2>&1); is $? 0 "$program --help: exit 0"
    like "$out" "^usage: $program" "and its usage"
    out=$(user sh -c "exec $program --help >&-" 2>&1); is $? 71 "which cannot be written: exit 71"
    like "$out" "^$program: the answer could not be written: Bad file descriptor" "and why"
    user sh -c "{ while (echo); do sleep 0.1; done; } 2>/dev/null; $program --help 2>\"\$XDG_RUNTIME_DIR/said\"; echo \$? >>\"\$XDG_RUNTIME_DIR/said\"" | true
    is "$(cat "$T/run/said")" 71 "which nobody reads any more: exit 71, and not a word"
done
# An operation that git may ask for one day is no fault.
is "$(user git-credential-tokenward capability-of-2040 </dev/null 2>&1; echo $?)" 0 "git: an operation that nobody knows"
done_testing
