#!/bin/sh
# SPDX-License-Identifier: MIT
# corpus-git-t.sh - the git-credential corpus, put to the built program: one
# line of TAP for each row of cases.tsv, judged as its README says.
set -u
export LC_ALL=C
SRC=${TOP_SRC:-.}
CORPUS=$SRC/tests/corpora/git-credential
GIT_CREDENTIAL=${GIT_CREDENTIAL:-./git-credential-tokenward}
TOKENWARD_HELPER=${TOKENWARD_HELPER:-$PWD/tokenward-helper}
TOKENWARD_MODULE_DIR=${TOKENWARD_MODULE_DIR:-$PWD/provider/grants/.libs}
LIMIT_MS=1000 # an answer, a refusal or an erase; nothing of it is a fetch

for program in "$GIT_CREDENTIAL" "$TOKENWARD_HELPER"; do
    [ -x "$program" ] || { echo "1..0 # SKIP $program is not built"; exit 0; }
done
T=$(mktemp -d "${TMPDIR:-/tmp}/tokenward-corpus.XXXXXX") || exit 99
trap 'rm -rf "$T"' EXIT
trap 'exit 1' INT TERM
RUN=$T/run/tokenward
umask 077
mkdir -p "$RUN" "$T/config/tokenward" "$T/home"
export XDG_RUNTIME_DIR="$T/run" XDG_CONFIG_HOME="$T/config" HOME="$T/home"
export TOKENWARD_HELPER TOKENWARD_MODULE_DIR

profile() { # profile NAME MATCH
    printf '  %s:\n    token_endpoint: https://127.0.0.1:1/token\n' "$1"
    printf '    client_id: %s-client\n    client_secret: s3cret-%s\n' "$1" "$1"
    printf '    match: [%s]\n' "$2"
}
{
    echo "profiles:"
    profile acme https://api.acme.test
    profile portal https://git.portal.test:8443
} >"$T/config/tokenward/profiles.yaml"

record() { # record NAME: as if it had been fetched just now
    now=$(date +%s)
    up=$(cut -d. -f1 /proc/uptime)
    rm -rf "${RUN:?}/$1"
    mkdir "$RUN/$1"
    cat >"$RUN/$1/record" <<EOF
tokenward-record=1
profile=$1
generation=17
token_type=Bearer
access_token=tok-$1-current
scope=
issued_at=$now
expires_at=$((now + 3600))
boottime_expires=$((up + 3600))
boot_id=$(cat /proc/sys/kernel/random/boot_id)
lifetime=3600
refresh_at=$((now + 2700))
git_username=oauth2
EOF
    printf 'tok-%s-current' "$1" >"$RUN/$1/token"
}
is_kept() { grep -qxF "access_token=tok-$1-current" "$RUN/$1/record"; }
is_erased() {
    ! grep -rqF "tok-$1-current" "$RUN/$1" 2>/dev/null
}
holds() { grep -qxF -e "$1" "$T/out"; }

ask() { # ask OPERATION FILE: sets CODE and MS
    begin=$(date +%s%N)
    case $1 in
    @none) set -- "$2" ;;
    @empty) set -- "$2" "" ;;
    *) set -- "$2" "$1" ;;
    esac
    input=$1
    shift
    timeout -s KILL 20 "$GIT_CREDENTIAL" "$@" <"$input" >"$T/out" 2>"$T/err"
    CODE=$?
    MS=$((($(date +%s%N) - begin) / 1000000))
}

has_form() { # has_form NAME FORM
    expiry=$(sed -n 's/^expires_at=//p' "$RUN/$1/record")
    holds "password_expiry_utc=$expiry" || return 1
    case $2 in
    password)
        holds username=oauth2 && holds "password=tok-$1-current" &&
            ! grep -q -e ^authtype -e ^credential -e ^ephemeral \
                -e '^capability\[\]=authtype' "$T/out"
        ;;
    authtype)
        holds 'capability[]=authtype' && holds authtype=Bearer &&
            holds "credential=tok-$1-current" && holds ephemeral=1 &&
            ! grep -q -e ^username -e ^password= "$T/out"
        ;;
    *) return 1 ;;
    esac
}
is_answer() { # is_answer NAME FORMS
    [ "$CODE" = 0 ] && [ "$(grep -c tok- "$T/out")" = 1 ] || return 1
    ! grep -qv '^[^=][^=]*=' "$T/out" || return 1
    [ "$(tr -dc '\r\000' <"$T/out" | wc -c)" = 0 ] || return 1
    has_form "$1" "${2%|*}" || has_form "$1" "${2#*|}"
}

fits() { # fits VERDICT FORMS
    case $1 in
    answer:*) is_answer "${1#*:}" "$2" ;;
    none) [ ! -s "$T/out" ] && [ "$CODE" -le 125 ] ;;
    ok)
        [ "$CODE" = 0 ] && ! grep -q tok- "$T/out" && is_kept acme &&
            is_kept portal
        ;;
    erased:*) is_erased "${1#*:}" ;;
    kept:*) [ "$CODE" -le 125 ] && is_kept "${1#*:}" ;;
    *) return 1 ;;
    esac
}
fits_one() { # fits_one VERDICT|VERDICT FORMS
    fits "${1%%|*}" "$2" || fits "${1##*|}" "$2"
}

# What holds of every row; says what does not.
check_always() {
    if grep -qi -e tok- -e s3cret -e CANARY "$T/err"; then
        echo "a secret on stderr"
    elif [ "$(tr -d '\n\040-\176' <"$T/err" | wc -c)" != 0 ]; then
        echo "a control character on stderr"
    elif grep -q -e ^continue -e ^state -e '=state$' "$T/out" &&
        ! grep -qx 'capability\[\]=state' "$input"; then
        echo "a state for a client that did not announce it"
    elif grep -rq -e CANARY -e planted "$T"/run "$T"/home "$T"/config; then
        echo "a secret of git's was kept"
    elif [ -n "$(ls -A "$T/home")" ] ||
        [ "$(ls -A "$T/config/tokenward")" != profiles.yaml ]; then
        echo "a file outside the runtime directory"
    elif [ "$MS" -ge $LIMIT_MS ]; then
        echo "it took $MS ms"
    fi
}

# The index is there before the clock runs, as after any use.
record acme
record portal
printf 'protocol=https\nhost=first.test\n\n' >"$T/first"
ask get "$T/first"

count=0 unmet=0
tab=$(printf '\t')
while IFS="$tab" read -r input op verdict form level reason; do
    [ "$input" != case ] || continue
    count=$((count + 1))
    record acme
    record portal
    ask "$op" "$CORPUS/$input"
    wrong=$(check_always)
    if [ -z "$wrong" ] && fits_one "$verdict" "$form"; then
        echo "ok $count - $input"
        continue
    fi
    unmet=$((unmet + 1))
    echo "not ok $count - $input"
    echo "# $level: $reason; wanted $verdict $form; ${wrong:-got exit $CODE}"
    sed 's/tok-[a-z-]*/TOKEN/; s/^/# out: /' "$T/out" | cat -v
    sed 's/^/# err: /' "$T/err" | cat -v
done <"$CORPUS/cases.tsv"
[ "$count" -gt 0 ] && [ "$count" = "$(($(wc -l <"$CORPUS/cases.tsv") - 1))" ] ||
    { echo "Bail out! $CORPUS is not whole"; exit 1; }
echo "# figure corpus-unmet $unmet of $count rows of git requests"
echo "1..$count"
