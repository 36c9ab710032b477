#!/bin/sh
# SPDX-License-Identifier: MIT
# folders-t.sh - what the sources include: a folder of helper/ knows those
# before it and none behind it, provider/ knows none of them, and a library is
# known to its own files.
COUNT=0
is() {
    COUNT=$((COUNT + 1))
    if [ "$1" = "$2" ]; then echo "ok $COUNT - $3"; else
        echo "not ok $COUNT - $3"
        printf 'got: %s\nwanted: %s\n' "$1" "$2" | sed 's/^/# /'
    fi
}
cd "${TOP_SRC:-.}" || exit 1
FOLDERS="base text broker module keys profile store http person exchange fence fetch login serve setup"
# "FILE HEADER" of each: a path from here, or a library's.
INCLUDES=$(find helper provider -name '*.[ch]' | sort | while read -r file; do
    sed -n "s|^#include [<\"]\\([^>\"]*\\)[>\"].*|$file \\1|p" "$file"
done)

is "$(find helper -mindepth 1 -maxdepth 1 -type d | sed 's|helper/||' | grep -vxE '\..*' | sort | tr '\n' ' ')" \
    "$(printf '%s\n' $FOLDERS | sort | tr '\n' ' ')" "the folders of helper/ are those of this list"
is "$(echo "$INCLUDES" | awk '$1 ~ /^provider/ && $2 ~ /^helper/')" "" "provider/ knows nothing of helper/"
# What a run was told (session.h), and the functions of its commands, are the
# process's own: its commands lie in the folders.
is "$(echo "$INCLUDES" | awk -v order="$FOLDERS" '
    function place(path,    part) { return split(path, part, "/") == 3 ? at[part[2]] : n + 1 }
    BEGIN { n = split(order, names, " "); for (i = 1; i <= n; i++) at[names[i]] = i }
    $1 ~ /^helper/ && $2 ~ /^helper/ && $2 !~ /^helper\/(session|commands)\.h$/ && place($2) > place($1) { print $1 " " $2 }')" \
    "helper/keys/secret_source.c helper/store/store.h
helper/profile/profile_client.c helper/exchange/client_auth.h
helper/profile/profile_client_check.c helper/exchange/client_auth.h
helper/profile/profile_keys.c helper/exchange/client_auth.h" \
    "a folder knows those before it: behind it are only the profile whose token is a secret, and the methods of client_auth.c"
knows() { # knows HEADERS FILES: the files that include one of a library's
    is "$(echo "$INCLUDES" | awk -v headers="^($1)" '$2 ~ headers { print $1 }' | sort -u | tr '\n' ' ')" "$2 " "$1: known to $2"
}
knows 'yaml[.]h' helper/text/yaml.c
knows 'json' helper/text/json.c
knows 'curl/' "helper/http/http.c helper/http/http_certificate.h helper/http/http_easy.h helper/http/http_loop.h"
knows 'openssl/ssl[.]h' helper/http/http_certificate.c
knows 'openssl/' "helper/base/base64.c helper/http/http_certificate.c helper/keys/certificate.c helper/keys/jwt_signature.c helper/keys/key.c helper/profile/fingerprint.c"
knows 'sys/acl[.]h|acl/' helper/base/access.c
knows 'qrencode[.]h' helper/person/qr.c
knows 'seccomp[.]h' helper/fence/filter_make.c
is "$(echo "$INCLUDES" | awk '$2 ~ /^security\// { sub("/[^/]*$", "", $1); print $1 }' | sort -u)" provider/pam "libpam: known to provider/pam"
echo "1..$COUNT"
