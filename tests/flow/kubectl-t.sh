#!/bin/sh
# SPDX-License-Identifier: MIT
# kubectl-t.sh - what kubectl asks its credential plugin, and is answered.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
# shellcheck source=tests/flow/put.sh
. "${TOP_SRC:-.}/tests/flow/put.sh"
sandbox
profile reg /oauth/v1/token 'match: https://reg.example.test'
user tokenward get reg >/dev/null
TOKEN=$(field reg access_token)
EXPIRES=$(field reg expires_at) # which it is told, less the client's margin

K8S=client.authentication.k8s.io
info() { printf '{"kind":"ExecCredential","apiVersion":"%s/%s","spec":{"interactive":false%s}}' "$K8S" "$1" "$2"; }
cluster() { printf ',"cluster":{"server":"%s","certificate-authority-data":"AA==","config":{"a":[1,null]}}' "$1"; }
credential() {
    printf '{"apiVersion":"%s/%s","kind":"ExecCredential","status":{"expirationTimestamp":"%s","token":"%s"}}\n=' "$K8S" "$1" \
        "$(utc $((EXPIRES - 30)))" "$TOKEN"
}
put "" tokenward-credential kubectl reg
near "$OUT=" "$(credential v1)" "kubectl with a profile's name" 'credential v1'
put "" env KUBERNETES_EXEC_INFO="$(info v1beta1 "")" tokenward-credential kubectl reg
near "$OUT=" "$(credential v1beta1)" "kubectl is answered in the version it asked in" 'credential v1beta1'
put "" env KUBERNETES_EXEC_INFO="$(info v1 "$(cluster https://reg.example.test:443)")" tokenward-credential kubectl
near "$OUT=" "$(credential v1)" "kubectl with the cluster's address" 'credential v1'
# A cluster's own settings, which are for plugins that know them.
config() { printf '%s' "$(cluster https://reg.example.test)" | sed "s/\\[1,null\\]/$1/"; }
put "" env KUBERNETES_EXEC_INFO="$(info v1 "$(config "[$(seq -s , 20000)]")")" tokenward-credential kubectl
near "$OUT=" "$(credential v1)" "kubectl with as many settings of the cluster as fit" 'credential v1'
nested() { awk -v n="$1" 'BEGIN { while (i++ < n) printf "["; while (j++ < n) printf "]" }'; } # nested N: arrays in each other
put "" env KUBERNETES_EXEC_INFO="$(info v1 "$(config "$(nested 9000)")")" tokenward-credential kubectl
near "$OUT=" "$(credential v1)" "kubectl with settings in settings" 'credential v1'
put "" env KUBERNETES_EXEC_INFO="$(info v1 "$(config '[1,]')")" tokenward-credential kubectl
is "$OUT$STATUS" 64 "kubectl with settings that are no JSON"
put "" env KUBERNETES_EXEC_INFO="$(info v1 "$(cluster https://other.example.test)")" tokenward-credential kubectl
is "$OUT$STATUS" 66 "kubectl for another cluster: not found"
put "" env KUBERNETES_EXEC_INFO="$(info v2 "")" tokenward-credential kubectl reg
is "$OUT$STATUS" 64 "kubectl of an unknown version"
put "" env KUBERNETES_EXEC_INFO='{"apiVersion":' tokenward-credential kubectl reg
is "$OUT$STATUS" 64 "kubectl with half a document"
put "" tokenward-credential kubectl
is "$OUT$STATUS" 64 "kubectl without any profile"
is "$(requests)" 1 "all of it by one token"
done_testing
