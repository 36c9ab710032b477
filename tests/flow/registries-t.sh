#!/bin/sh
# SPDX-License-Identifier: MIT
# registries-t.sh - pip, go and pnpm bring the token to a registry that asks
# for it, and to no other; curl is given it. The registry is what each of them
# takes for one, as files behind nginx, which has every token checked.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
# shellcheck source=tests/flow/web.sh
. "${TOP_SRC:-.}/tests/flow/web.sh"
web_or_skip curl nginx
sandbox
web_prepare
PORT=$(free_port)
cat >"$T/registry.py" <<'EOS'
import base64, hashlib, io, json, os, sys, tarfile, zipfile

root, origin = sys.argv[1:3]

def put(path, data):
    path = os.path.join(root, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data if isinstance(data, bytes) else data.encode())

def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()

# An index of Python's.
wheel, info = "sample-1.0-py3-none-any.whl", "sample-1.0.dist-info/"
put("simple/sample/index.html", f'<!DOCTYPE html><a href="{wheel}">{wheel}</a>')
put("simple/sample/" + wheel, zipped({
    "sample.py": "",
    info + "METADATA": "Metadata-Version: 2.1\nName: sample\nVersion: 1.0\n",
    info + "WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    info + "RECORD": ""}))

# A proxy of Go's.
at = "go/example.test/sample/@v/"
put(at + "list", "v1.0.0\n")
put(at + "v1.0.0.info", json.dumps({"Version": "v1.0.0", "Time": "2026-01-01T00:00:00Z"}))
put(at + "v1.0.0.mod", "module example.test/sample\n")
put(at + "v1.0.0.zip", zipped({
    "example.test/sample@v1.0.0/go.mod": "module example.test/sample\n",
    "example.test/sample@v1.0.0/sample.go": "package sample\n"}))

# A registry of npm's.
out = io.BytesIO()
with tarfile.open(fileobj=out, mode="w:gz") as archive:
    text = json.dumps({"name": "sample", "version": "1.0.0"}).encode()
    member = tarfile.TarInfo("package/package.json")
    member.size = len(text)
    archive.addfile(member, io.BytesIO(text))
ball = out.getvalue()
put("npm/tar/sample-1.0.0.tgz", ball)
put("npm/sample", json.dumps({"name": "sample", "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": {
    "name": "sample", "version": "1.0.0", "dist": {
        "tarball": origin + "/npm/tar/sample-1.0.0.tgz",
        "integrity": "sha512-" + base64.b64encode(hashlib.sha512(ball).digest()).decode()}}}}))
EOS
for host in localhost 127.0.0.1; do "$PYTHON" "$T/registry.py" "$W/$host" "https://$host:$PORT"; done
own "$W/localhost" "$W/127.0.0.1"
web_serve "$PORT" <<EOS
        location / {
            auth_request /check;
            root $W/\$host;
            default_type application/json;
        }
EOS
profile registry /oauth/v1/token "match: https://localhost:$PORT" 'git_username: oauth2accesstoken'
TOKEN=$(user tokenward get registry)
mkdir "$T/links"
ln -s "$T/bin/tokenward-credential" "$T/links/keyring"
ln -s "$T/bin/tokenward-credential" "$T/links/pnpm-credential-tokenward-registry"
own "$T/links" "$T/home"
basic="Basic $(printf 'oauth2accesstoken:%s' "$TOKEN" | base64 -w0)"
run() { # run COMMAND...: in the user's home; what it says in $T/out
    : >"$W/log"
    (cd "$T/home" && user "$@") >"$T/out" 2>&1
    set -- $?
    sed 's/^/# /' "$T/out"
    return "$1"
}
# foreign NAME: after a run that was to fail for want of a token
foreign() {
    [ "$1" != 0 ]; ok $? "$2 and another registry: fails"
    [ "$(asked_of 127.0.0.1)" -gt 0 ]; ok $? "$2 asked it"
    is "$(sent_to 127.0.0.1)" 0 "and sent nothing"
}

# curl
user tokenward get --format curl registry >"$T/home/curlrc"
own "$T/home"
run curl -s -f -o /dev/null --cacert "$W/cert.pem" -K "$T/home/curlrc" "https://localhost:$PORT/npm/sample"
is $? 0 "curl with tokenward get --format curl"
is "$(sent)" "Bearer $TOKEN" "sends the token"
rm "$T/home/curlrc"
if curl --help all | grep -q -e '--variable'; then
    # shellcheck disable=SC2016  # curl's own
    run curl -s -f -o /dev/null --cacert "$W/cert.pem" --variable "token@$T/run/tokenward/registry/token" --expand-oauth2-bearer '{{token:trim}}' \
        "https://localhost:$PORT/npm/sample"
    is $? 0 "curl with the token file"
    is "$(sent)" "Bearer $TOKEN" "sends the token, too"
else
    skip "curl with the token file as a variable" "curl is older than 8.3"
fi

# pip: nothing of this host's configuration.
unset REQUESTS_CA_BUNDLE CURL_CA_BUNDLE SSL_CERT_FILE SSL_CERT_DIR
for name in $(env | sed -n 's/^\(PIP_[A-Z_]*\)=.*/\1/p'); do unset "$name"; done
export PIP_CONFIG_FILE=/dev/null PIP_KEYRING_PROVIDER=subprocess PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=
PIP=
for python in /usr/bin/python3 "$PYTHON"; do
    [ -n "$PIP" ] || ! user "$python" -m pip --version >/dev/null 2>&1 || PIP=$python
done
if [ -z "$PIP" ]; then
    skip "pip with an index that checks the token" "pip is not installed"
elif user "$PIP" -c 'import keyring' 2>/dev/null; then
    skip "pip with an index that checks the token" "Python's own keyring is installed, which pip prefers"
else
    download() { # download HOST [USER@]: what pip has of the host's index
        rm -rf "$T/home/wheels"
        run env PATH="$T/links:$PATH" "$PIP" -m pip download -q --no-deps --no-cache-dir --cert "$W/cert.pem" -d "$T/home/wheels" \
            -i "https://$2$1:$PORT/simple/" sample </dev/null
    }
    echo "# $(user "$PIP" -m pip --version | cut -d' ' -f1,2)"
    download localhost oauth2accesstoken@; is $? 0 "pip downloads from an index that asks for a token"
    is "$(ls "$T/home/wheels")" sample-1.0-py3-none-any.whl "the wheel"
    is "$(sent | grep -c -x -F -e "$basic")" 1 "the index was sent the user name and the token"
    download 127.0.0.1 oauth2accesstoken@
    status=$?
    is "$(sent | grep -c -F -e "$basic")" 0 "pip sends it to no other index"
    [ $status != 0 ]; ok $? "which gives nothing"
fi

# go
case $(user go version 2>/dev/null) in
"") skip "go with a proxy that checks the token" "go is not installed" ;;
*" go1."[0-9].* | *" go1.1"[0-9]* | *" go1.2"[0-3]*) skip "go with a proxy that checks the token" "go is older than 1.24 and has no GOAUTH" ;;
*)
    fetch() { # fetch HOST
        rm -rf "$T/home/go"
        run env HOME="$T/home" GOPATH="$T/home/go" GOCACHE="$T/home/gocache" GOFLAGS=-modcacherw GOTOOLCHAIN=local GOSUMDB=off \
            GOENV=off SSL_CERT_FILE="$W/cert.pem" GOPROXY="https://$1:$PORT/go" GOAUTH='tokenward-credential goauth' \
            go mod download example.test/sample@v1.0.0
    }
    fetch localhost; is $? 0 "go downloads from a proxy that asks for a token"
    [ -e "$T/home/go/pkg/mod/example.test/sample@v1.0.0/sample.go" ]; ok $? "the module"
    is "$(sent)" "Bearer $TOKEN" "the proxy was sent the token"
    fetch 127.0.0.1
    foreign $? go
    ;;
esac

# pnpm
if ! user pnpm --version >/dev/null 2>&1; then
    skip "pnpm with a registry that checks the token" "pnpm is not installed"
else
    install() { # install HOST
        rm -rf "$T/home/node" "$T/home/.npmrc"
        mkdir "$T/home/node"
        printf '{"dependencies":{"sample":"1.0.0"}}' >"$T/home/node/package.json"
        cat >"$T/home/.npmrc" <<EOS
registry=https://$1:$PORT/npm/
//localhost:$PORT/npm/:tokenHelper=$T/links/pnpm-credential-tokenward-registry
cafile=$W/cert.pem
fetch-retries=0
EOS
        own "$T/home"
        run env npm_config_store_dir="$T/home/store-$1" npm_config_cache_dir="$T/home/cache-$1" pnpm -C "$T/home/node" install
    }
    install localhost; is $? 0 "pnpm installs from a registry that asks for a token"
    [ -e "$T/home/node/node_modules/sample/package.json" ]; ok $? "the package"
    is "$(sent)" "Bearer $TOKEN" "the registry was sent the token"
    install 127.0.0.1
    foreign $? pnpm
fi
done_testing
