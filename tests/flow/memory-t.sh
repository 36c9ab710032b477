#!/bin/sh
# SPDX-License-Identifier: MIT
# memory-t.sh - each allocation in turn fails, once: of a fetch and of every
# program that reads.  Whoever meets that does its work all the same or says
# so with a status of the table that blames nobody else, none dies, and the
# record stays whole.
#
# A fetch makes some 14,000 allocations, nearly all of them OpenSSL's:
# MEMORY_POINTS (60) of them are taken, make check-faults takes every one; with
# MEMORY_PART=2/8 it is the second of eight parts that together are the whole.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
is_sanitized && skip_all "a sanitizer has an allocator of its own"
is_counted && skip_all "what counts lines allocates, and dies of a failure"
to_preload failing
cp "$TOP_BUILD"/provider/client/.libs/libtokenward.so.0 "$T/bin/"
cp "$TOP_BUILD/tests/flow/.libs/reader" "$T/bin/" 2>/dev/null || cp "$TOP_BUILD/tests/flow/reader" "$T/bin/"
chmod 755 "$T/bin"/*
export LD_LIBRARY_PATH="$T/bin"
sandbox
profile short /oauth/v1/token 'match: https://git.example.test'
user tokenward get short >/dev/null || { echo "Bail out! no token"; exit 1; }
printf 'protocol=https\nhost=git.example.test\n\n' >"$T/git"
printf '{"uri":"https://git.example.test/x"}\n' >"$T/bazel"
: >"$T/nothing"
chmod 644 "$T/git" "$T/bazel" "$T/nothing"

failing() { user env LD_PRELOAD="$T/bin/failing.so" "$@" >"$T/out" 2>"$T/err"; }
# Asked 14,000 times, and so without a process.
whole() {
    kept='' line=torn
    {
        IFS= read -r first
        while IFS= read -r line; do case $line in access_token=*) kept=${line#*=} ;; esac; done
    } <"$RECORD"
    IFS= read -r token <"$T/run/tokenward/short/token"
    [ "$first" = tokenward-record=1 ] && [ -z "$line" ] && [ -n "$kept" ] && [ "$token" = "$kept" ]
}
# each NAME STDIN STATUSES POINTS COMMAND...: POINTS of its allocations fail
each() {
    name=$1 stdin=$2 statuses=$3 points=$4
    shift 4
    user rm -f "$T/run/count"
    failing FAIL_COUNT="$T/run/count" "$@" <"$stdin"; is $? 0 "$name works"
    total=$(sort -n "$T/run/count" | tail -n 1)
    step=$(((total + points - 1) / points))
    [ "$step" -gt 0 ] || step=1
    n=$((1 + (PART - 1) * step)) step=$((step * PARTS))
    tried=0 worked=0 told=0 died=0 bad=0
    while [ $n -le "$total" ]; do
        failing FAIL_AT="$n" "$@" <"$stdin"
        status=$?
        tried=$((tried + 1))
        case " 0 $statuses " in
        *" $status "*) : ;;
        *) bad=$((bad + 1)); echo "# $name, allocation $n: exit $status: $(head -c 200 "$T/err")" ;;
        esac
        if [ $status = 0 ]; then worked=$((worked + 1)); elif grep -q 'died of signal' "$T/err"; then died=$((died + 1)); else
            told=$((told + 1))
            grep -q ': ' "$T/err" || { bad=$((bad + 1)); echo "# $name, allocation $n: exit $status without a word"; }
        fi
        grep -q "$CANARY" "$T/out" "$T/err" && { bad=$((bad + 1)); echo "# $name, allocation $n: the secret was told"; }
        whole || { bad=$((bad + 1)); echo "# $name, allocation $n: torn or lost"; }
        n=$((n + step))
    done
    is $bad 0 "$name: $tried of $total allocations fail"
    cell "$name" "$tried of $total allocations fail" "0 or $statuses with a word; record whole" \
        "$worked worked, $told told, $died libraries died, $bad bad"
}
every=${MEMORY_POINTS:-60}
PART=${MEMORY_PART:-1/1} PARTS=${PART#*/} PART=${PART%/*}
RECORD=$(record short)
whole; is $? 0 "the record is whole"
# In the helper OpenSSL may crash over it: the supervisor says so (71). 72: the
# dynamic linker loads no module. 75: TLS says something else than memory.
each fetch "$T/nothing" "71 72 75" "$every" "$T/bin/tokenward-helper" fetch --force short
each check "$T/nothing" "71 72" 200 "$T/bin/tokenward-helper" check
each "tokenward get" "$T/nothing" 71 100 tokenward get short
each "tokenward get --format json" "$T/nothing" 71 100 tokenward get --format json short
each "tokenward status" "$T/nothing" 71 100 tokenward status
each "tokenward list" "$T/nothing" "71 72" 100 tokenward list
each "tokenward exec" "$T/nothing" 71 100 tokenward exec short -- true
each git-credential-tokenward "$T/git" 71 100 git-credential-tokenward get
each "tokenward-credential bazel" "$T/bazel" 71 100 tokenward-credential bazel get
each libtokenward "$T/nothing" 10 100 reader short
user "$T/bin/tokenward-helper" fetch --force short; is $? 0 "the next run works"
is "$(find "$T/run/tokenward" -name '.new.*' | wc -l)" 0 "and leaves no stray"
done_testing
