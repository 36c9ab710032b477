#!/bin/sh
# SPDX-License-Identifier: MIT
# bench.sh - ratios in one run: the API against a file read, front ends
# against a libc-only process that prints a file, a cold fetch against curl.
# It judges no time and fails only when something could not run.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
sandbox
profile bench /oauth/v1/token 'match: https://git.example.test'
B=$TOP_BUILD/tests/bench
cp "$B/pair" "$B/floor" "$T/bin/"
cp "$B/.libs/api_bench" "$T/bin/" 2>/dev/null || cp "$B/api_bench" "$T/bin/"
cp "$TOP_BUILD"/provider/client/.libs/libtokenward.so.0 "$T/bin/"
chmod 755 "$T/bin"/*
profile jwt '/m/token=eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2ln/oauth/v1/token'
user tokenward get jwt >/dev/null || { echo "bench: no token"; exit 1; }
user tokenward get bench >/dev/null || { echo "bench: no token"; exit 1; }
token=$T/run/tokenward/bench/token
# What each tool asks on stdin, of a host of ours and of another.
requests_of() { # requests_of HOST SUFFIX
    printf 'protocol=https\nhost=%s\n\n' "$1" >"$T/git$2"
    printf 'capability[]=authtype\ncapability[]=state\nprotocol=https\nhost=%s\n\n' "$1" >"$T/git-2.46$2"
    printf 'https://%s/v1/\n' "$1" >"$T/docker$2"
    printf '{"uri":"https://%s/x"}' "$1" >"$T/bazel$2"
    printf '{"v":1,"registry":{"index-url":"sparse+https://%s/"},"kind":"get","operation":"read"}\n' "$1" >"$T/cargo$2"
    printf '{"kind":"CredentialProviderRequest","apiVersion":"credentialprovider.kubelet.k8s.io/v1","image":"%s/a/b:c"}' "$1" >"$T/kubelet$2"
    printf 'HTTP/1.1 401 Unauthorized\nWww-Authenticate: Bearer\n\n' >"$T/goauth$2"
    for file in git git-2.46 docker bazel cargo kubelet goauth; do chmod 644 "$T/$file$2"; done
}
requests_of git.example.test .ours
requests_of other.example.test .other
ln -s tokenward-credential "$T/bin/keyring"
export KUBERNETES_EXEC_INFO='{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"interactive":false}}'

echo "# the C API, in one process"
user env LD_LIBRARY_PATH="$T/bin" api_bench bench "$(record bench)" || exit 1

# Two floors: what one of them is apart from the other, no goal can be.
echo "# warm front ends, whole processes (goals: git 1.05, get 1.10, the others 1.30)"
credential=$T/bin/tokenward-credential
user pair -n "${WARM_ROUNDS:-400}" -b floor "filler=$T/bin/floor $token" "floor=$T/bin/floor $token" "floor-again=$T/bin/floor $token" \
    "git=$T/bin/git-credential-tokenward get <$T/git.ours" \
    "git-2.46=$T/bin/git-credential-tokenward get <$T/git-2.46.ours" \
    "tokenward-get=$T/bin/tokenward get bench" \
    "bazel=$credential bazel get <$T/bazel.ours" \
    "cargo=$credential cargo --cargo-plugin <$T/cargo.ours" \
    "docker=$credential docker get <$T/docker.ours" \
    "goauth=$credential goauth https://git.example.test/x <$T/goauth.ours" \
    "google=$credential google jwt" \
    "keyring=$T/bin/keyring get https://git.example.test/simple/ oauth2" \
    "kubectl=$credential kubectl bench" \
    "kubelet=$credential kubelet <$T/kubelet.ours" \
    "oauthbearer=$credential oauthbearer bench ada@example.test" \
    "oidc-token=$credential oidc-token bench" \
    "pnpm=$credential pnpm bench" \
    "terraform=$credential terraform get git.example.test" \
    "xoauth2=$credential xoauth2 bench ada@example.test" || exit 1

echo "# the same for a host that is not ours"
user pair -n "${WARM_ROUNDS:-400}" -b floor "filler=$T/bin/floor $token" "floor=$T/bin/floor $token" \
    "git=$T/bin/git-credential-tokenward get <$T/git.other" \
    "bazel=$credential bazel get <$T/bazel.other" \
    "cargo=$credential cargo --cargo-plugin <$T/cargo.other" \
    "docker=! $credential docker get <$T/docker.other" \
    "goauth=$credential goauth https://other.example.test/x <$T/goauth.other" \
    "keyring=! $T/bin/keyring get https://other.example.test/simple/ oauth2" \
    "kubelet=$credential kubelet <$T/kubelet.other" \
    "terraform=$credential terraform get other.example.test" || exit 1

echo "# a cold fetch, whole process, against curl with the system's certificates (goal: 0.40)"
if [ -s /etc/ssl/certs/ca-certificates.crt ]; then
    cat /etc/ssl/certs/ca-certificates.crt "$CA" >"$T/bundle.pem"
    chmod 644 "$T/bundle.pem"
    user pair -n "${COLD_ROUNDS:-60}" -b curl-bundle \
        "curl-bundle=curl -sS -f -o /dev/null --cacert $T/bundle.pem -d grant_type=client_credentials -d client_id=$CLIENT_ID -d client_secret=$CANARY -d scope=payments $URL/oauth/v1/token" \
        "curl-one-CA=curl -sS -f -o /dev/null --cacert $CA -d grant_type=client_credentials -d client_id=$CLIENT_ID -d client_secret=$CANARY -d scope=payments $URL/oauth/v1/token" \
        "tokenward-helper-fetch=$T/bin/tokenward-helper fetch --force bench" || exit 1
else
    echo "skipped: there is no bundle of certificates"
fi

# A kept token is a file: whoever means ill at the doorbell, or hangs, costs it
# no more than it costs a program that reads a file.
echo "# a kept token, alone and while the resident helper is beset (goal: the same ratio)"
PYTHON=/usr/bin/python3 # not one of root's home
if [ -x $PYTHON ]; then
    cp "$TOP_SRC/tests/flow/crowd.py" "$T/bin/"
    chmod 644 "$T/bin/crowd.py"
    kept() { # kept LABEL
        user pair -n "${WARM_ROUNDS:-400}" -b floor "filler=$T/bin/floor $token" "floor=$T/bin/floor $token" \
            "get-$1=$T/bin/tokenward get bench" "git-$1=$T/bin/git-credential-tokenward get <$T/git.ours"
    }
    for i in 1 2 3 4 5 6 7 8 9; do profile "hang$i" /m/hang/oauth/v1/token 'timeout: 60'; done
    user tokenward get bench >/dev/null && user git-credential-tokenward get <"$T/git.ours" >/dev/null # as the files look now
    kept alone || exit 1
    user "$T/bin/tokenward-helper" serve >"$T/serve.out" 2>&1 &
    EXTRA_PID=$!
    until_true 5 test -S "$T/run/tokenward/doorbell"
    beset=
    for how in 'idle 1000' slow garbage; do
        # shellcheck disable=SC2086 # words are wanted
        $PYTHON "$T/bin/crowd.py" "$T/run/tokenward/doorbell" $how 600 &
        beset="$beset $!"
    done
    sleep 1
    kept beset || exit 1
    # shellcheck disable=SC2086
    kill $beset
    kill "$(helper_pid)"
else
    echo "skipped: python3 is not installed"
fi
