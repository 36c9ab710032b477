# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034 # what is set here is used elsewhere
#
# ask.sh - for shell tests that start sandboxes and ask them with curl; to be
# sourced.  Prints TAP.  The binary is $SANDBOX, if that is set; else it is
# looked for where builds put it.  Where there is none, or no curl, all is
# skipped.

LC_ALL=C
export LC_ALL
unset CDPATH

skip_all() {
    echo "1..0 # SKIP $1"
    exit 0
}

find_sandbox() {
    if test -n "${SANDBOX:-}"; then
        sandbox=$SANDBOX
        return 0
    fi
    for sandbox in \
        ${abs_top_builddir:+"$abs_top_builddir/tests/sandbox/sandbox"} \
        ./tests/sandbox/sandbox ./sandbox ../tests/sandbox/sandbox \
        ../sandbox "$(dirname "$0")/sandbox"; do
        if test -f "$sandbox" && test -x "$sandbox"; then
            return 0
        fi
    done
    return 1
}

command -v curl >/dev/null || skip_all 'no curl'
find_sandbox || skip_all 'no sandbox was built'

dir=$(mktemp -d "${TMPDIR:-/tmp}/sandbox-t.XXXXXX") || exit 99
pids=
status=0 curl_status=0
touch "$dir/head" "$dir/body" "$dir/curl.err"
finish() {
    for pid in $pids; do
        kill "$pid" 2>/dev/null && wait "$pid"
    done
    rm -rf "$dir"
}
trap finish EXIT
trap 'exit 99' INT TERM HUP

# --- TAP ---

n=0
failed=0

# show: the last answer, for a person.
show() {
    echo "status $status, curl $curl_status: $(cat "$dir/curl.err")"
    head -c 600 "$dir/head"
    head -c 600 "$dir/body"
    echo
}

# ok NAME COMMAND...: one test; it passes when the command succeeds.
ok() {
    name=$1
    shift
    n=$((n + 1))
    if "$@"; then
        echo "ok $n - $name"
    else
        echo "not ok $n - $name"
        failed=1
        show | sed 's/^/# /'
        return 1
    fi
}

# --- servers ---

# start NAME OPTION...: sets url, ca and pid.
start() {
    state=$dir/$1
    shift
    "$sandbox" --dir "$state" --life 300 "$@" >"$state.out" 2>"$state.err" &
    pid=$!
    pids="$pids $pid"
    tries=0
    until test -f "$state/ready"; do
        tries=$((tries + 1))
        if test $tries -gt 300 || ! kill -0 "$pid" 2>/dev/null; then
            sed 's/^/# /' "$state.err"
            return 1
        fi
        sleep 0.1
    done
    url=$(sed -n 's/^url=//p' "$state/ready")
    ca=$(sed -n 's/^ca=//p' "$state/ready")
}

# stop: the one started last; sets stopped to its status.
stop() {
    kill -TERM "$pid"
    wait "$pid"
    stopped=$?
    pids=${pids% "$pid"}
}

# ask PATH [CURL-OPTION...]: sets status and curl_status; head and body lie in
# $dir.
ask() {
    path=$1
    shift
    : >"$dir/head"
    : >"$dir/body"
    status=$(curl -sS --noproxy '*' ${ca:+--cacert "$ca"} --http1.1 -g \
        --max-time 20 -D "$dir/head" -o "$dir/body" -w '%{http_code}' \
        "$@" "$url$path" 2>"$dir/curl.err")
    curl_status=$?
}

# --- questions about the answer ---

has_status() { test "$status" = "$1" && test "$curl_status" = 0; }
has_body() { printf %s "$1" | cmp -s - "$dir/body"; }
is() { has_status "$1" && has_body "$2"; }
body_has() { grep -q -e "$1" "$dir/body"; }
body_lacks() { ! body_has "$1"; }
head_has() { tr -d '\r' <"$dir/head" | grep -qi -x -e "$1"; }
body_size() { test "$(wc -c <"$dir/body")" -eq "$1"; }
curl_says() { test "$curl_status" = "$1"; }
is_json() { # as well as it can be told
    if command -v python3 >/dev/null && python3 -c '' 2>/dev/null; then
        python3 -m json.tool "$dir/body" >/dev/null 2>&1
    else
        body_has '^{' && body_has '}$' && body_lacks ',[ ]*[]}]'
    fi
}
says_count() { ask "$1" && has_body "$2
"; }

# --- what is asked for, and what comes ---

id=3f83b186-9ab7-4cec-8e44-a22c9a6e5e04
secret=9c1f8a5e-2b7d-4f36-a0c4-51d2e8b7f690
grant='grant_type=client_credentials'
who="client_id=$id&client_secret=$secret"
good="$grant&$who&scope=payments+wallet"
token=/oauth/v1/token

# misbehave LIST [CURL-OPTION...]
misbehave() {
    list=$1
    shift
    ask "/m/$list$token" -d "$good" "$@"
}

b64='[A-Za-z0-9_-]' # base64url
is_token() {
    rest='"token_type":"Bearer","expires_in":3600,"scope":"payments wallet"'
    has_status 200 && body_has "^{\"access_token\":\"$b64\{43\}\",$rest}\$"
}

# The four errors, to the byte.
unsupported_grant_type='{"error":"unsupported_grant_type",'\
'"error_description":"GrantType not supported."}'
invalid_client='{"error_description":"Invalid credentials format." '\
'"error":"invalid_client",}'
invalid_scope() {
    printf '{"error":"invalid_scope","error_description":"Client does not '
    printf 'have authorization to request the scope: %s"}' "$1"
}
no_scope='{"error":"invalid_request",'\
'"error_description":"Scope parameter not provided."}'

done_testing() {
    echo "1..$n"
    exit $failed
}
