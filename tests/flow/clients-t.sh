#!/bin/sh
# SPDX-License-Identifier: MIT
# clients-t.sh - the tools themselves, against servers that check the token:
# kubectl with an https server that answers as an API server does, cargo with
# the same for an index, skopeo with Debian's docker-registry.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
for PYTHON in python3 /usr/bin/python3 ""; do
    user $PYTHON -c 'import http.server, ssl' 2>/dev/null && break
done
[ -n "$PYTHON" ] || skip_all "there is no python3 with ssl"
command -v openssl >/dev/null || skip_all "openssl is not installed"
sandbox
S=$T/server
mkdir "$S" "$T/links"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
    -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' -keyout "$S/key.pem" -out "$S/cert.pem" 2>/dev/null ||
    { echo "Bail out! no certificate"; exit 1; }
cp "$TOP_SRC/tests/flow/bearer_server.py" "$S/"
: >"$S/log"
: >"$S/good"
own "$S" "$T/links"
user tokenward install-helpers --dir "$T/links" >/dev/null
PATH=$T/links:$PATH
export T S PYTHON PATH NO_PROXY='*'
unset https_proxy HTTPS_PROXY all_proxy ALL_PROXY KUBECONFIG DOCKER_CONFIG REGISTRY_AUTH_FILE

# The server of kubectl and cargo.
user sh -c 'echo $$ >"$S/pid"; exec "$PYTHON" "$S/bearer_server.py" "$S" "$S/cert.pem" "$S/key.pem"' >"$T/server.out" 2>&1 &
until_true 30 test -f "$S/port" || { sed 's/^/# /' "$T/server.out"; echo "Bail out! no server"; exit 1; }
PORT=$(cat "$S/port")
EXTRA_PID=$(cat "$S/pid")
profile cluster /oauth/v1/token "match: https://localhost:$PORT"
user tokenward get cluster | tr -d '\n' >"$S/good"

# kubectl
if ! user kubectl version --client >/dev/null 2>&1; then
    skip "kubectl with a server that checks the token" "kubectl is not installed"
else
    config() { # config HOST ARGUMENTS
        cat <<EOS
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://$1:$PORT", certificate-authority: $S/cert.pem}}]
users:
- name: u
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: tokenward-credential
      args: $2
      interactiveMode: Never
      provideClusterInfo: true
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
EOS
    }
    ask() { # ask HOST ARGUMENTS
        config "$1" "$2" >"$T/home/kubeconfig"
        own "$T/home"
        user kubectl --kubeconfig "$T/home/kubeconfig" get --raw /api 2>"$T/err"
        sed 's/^/# /' "$T/err" >&2
    }
    like "$(ask localhost '[kubectl, cluster]')" answered "kubectl by the profile's name"
    like "$(ask localhost '[kubectl]')" answered "kubectl by the cluster's address"
    is "$(cut -d' ' -f3 "$S/log" | sort -u)" "$(cat "$S/good")" "kubectl's token is that of the profile"
    : >"$S/log"
    ask 127.0.0.1 '[kubectl]' >/dev/null
    is "$(grep -c Bearer "$S/log")" 0 "another cluster: no token is sent"
    like "$(cat "$T/err")" "no profile's match: is for this cluster's server" "for it is none of ours"
fi

# cargo asks a sparse index without a token, then with one.
if ! user cargo --version >/dev/null 2>&1; then
    skip "cargo with an index that checks the token" "cargo is not installed for the user"
else
    mkdir "$T/home/.cargo"
    for host in localhost 127.0.0.1; do
        : >"$S/log"
        cat >"$T/home/.cargo/config.toml" <<EOS
[registry]
global-credential-providers = ["cargo-credential-tokenward"]
[registries.my]
index = "sparse+https://$host:$PORT/index/"
[http]
cainfo = "$S/cert.pem"
EOS
        own "$T/home"
        (cd "$T/home" && user cargo search --registry my something >"$T/out" 2>&1)
        sed 's/^/# /' "$T/out"
        case $host in
        localhost) is "$(awk '$1 == "/index/config.json"' "$S/log")" "/index/config.json -
/index/config.json Bearer $(cat "$S/good")" "cargo brings the token to the index that asks for it" ;;
        *) is "$(grep -c Bearer "$S/log")" 0 "another index: no token is sent" ;;
        esac
    done
fi
kill "$EXTRA_PID"
EXTRA_PID=

# skopeo
REGISTRY=$(command -v docker-registry)
why=
for needed in skopeo docker-registry htpasswd; do
    command -v $needed >/dev/null || why="$needed is not installed"
done
if [ -n "$why" ]; then
    skip "skopeo with a registry that checks the token" "$why"
else
    PORT=$(free_port)
    profile images /oauth/v1/token "match: https://localhost:$PORT" 'git_username: oauth2accesstoken'
    user tokenward get images | htpasswd -niB oauth2accesstoken >"$S/htpasswd"
    cat >"$S/registry.yaml" <<EOS
version: 0.1
log: {level: error}
storage: {filesystem: {rootdirectory: $S/images}}
auth: {htpasswd: {realm: test, path: $S/htpasswd}}
http: {addr: "127.0.0.1:$PORT", tls: {certificate: $S/cert.pem, key: $S/key.pem}}
EOS
    mkdir -p "$T/home/.docker" "$S/certs" "$S/layout/blobs/sha256"
    cp "$S/cert.pem" "$S/certs/ca.crt"
    printf '{"credHelpers":{"localhost:%s":"tokenward","127.0.0.1:%s":"tokenward"}}' "$PORT" "$PORT" >"$T/home/.docker/config.json"
    # An image of one layer, an empty tar.
    put_blob() { sum=$(sha256sum "$1" | cut -d' ' -f1); cp "$1" "$S/layout/blobs/sha256/$sum"; size=$(wc -c <"$1"); }
    head -c 10240 /dev/zero >"$T/layer"
    put_blob "$T/layer"
    layer=$sum layer_size=$size
    printf '{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:%s"]},"config":{}}' "$layer" >"$T/config.json"
    put_blob "$T/config.json"
    printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:%s","size":%s},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"sha256:%s","size":%s}]}' \
        "$sum" "$size" "$layer" "$layer_size" >"$T/manifest.json"
    put_blob "$T/manifest.json"
    printf '{"imageLayoutVersion":"1.0.0"}' >"$S/layout/oci-layout"
    printf '{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:%s","size":%s,"annotations":{"org.opencontainers.image.ref.name":"x"}}]}' \
        "$sum" "$size" >"$S/layout/index.json"
    chmod -R a+rX "$S/layout"
    own "$S" "$T/home"
    export REGISTRY
    user sh -c 'echo $$ >"$S/pid"; exec "$REGISTRY" serve "$S/registry.yaml"' >"$T/registry.out" 2>&1 &
    until_true 30 curl -s -o /dev/null --cacert "$S/cert.pem" "https://localhost:$PORT/v2/"
    EXTRA_PID=$(cat "$S/pid")
    skopeo_() { (cd "$T/home" && user skopeo --insecure-policy --tmpdir "$T/home" "$@" 2>"$T/err"); status=$?; sed 's/^/# /' "$T/err"; return $status; }
    skopeo_ copy --dest-cert-dir "$S/certs" "oci:$S/layout:x" "docker://localhost:$PORT/team/image:x" >/dev/null
    is $? 0 "skopeo pushes"
    like "$(skopeo_ inspect --cert-dir "$S/certs" "docker://localhost:$PORT/team/image:x")" '"Name": "localhost:' "and reads"
    skopeo_ inspect --cert-dir "$S/certs" "docker://127.0.0.1:$PORT/team/image:x" >/dev/null
    like "$(cat "$T/err")" 'authentication required' "another registry: no token is sent"
fi
done_testing
