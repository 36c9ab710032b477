# SPDX-License-Identifier: MIT
# lib.sh - sourced after tests/flow/lib.sh: a real authorization server, and
# profiles of its clients.
# shellcheck shell=sh

# The programs, the server and what it needs, where an unprivileged user
# reaches them; then URL, TLS_URL and CA as the server says.
peer_server() { # peer_server NAME
    for program in curl openssl python3; do
        command -v $program >/dev/null || skip_all "$program is not installed"
    done
    installed=$TOP_BUILD/build-servers/$1
    if [ ! -e "$installed/installed" ]; then
        why="'make servers' installs it"
        [ ! -s "$installed/why" ] || why=$(tail -n 1 "$installed/why")
        skip_all "$1 is not here: $why"
    fi
    cp -r "$installed" "$T/installed"
    cp -r "$TOP_SRC/tests/servers" "$T/servers"
    PERSON=$T/servers/$1/person.sh
    chmod -R u+w,a+rX "$T/installed" "$T/servers"
    mkdir "$T/state" "$T/config/tokenward/profiles.d"
    chmod 700 "$T/config/tokenward/profiles.d"
    own "$T/state" "$T/config"
    # Without a shell in between, so that the signal meets the server; and not
    # for ever, should nobody be left to send one.
    as_user=
    [ "$(id -u)" != 0 ] || as_user="setpriv --reuid=$USER_ID --regid=$USER_ID --clear-groups"
    # shellcheck disable=SC2086  # words are wanted
    $as_user timeout 600 sh "$T/servers/$1/start.sh" "$T/installed" "$T/state" >"$T/server.out" 2>"$T/server.err" &
    EXTRA_PID=$!
    for _ in $(seq 300); do
        grep -q '^ready' "$T/server.out" && break
        kill -0 "$EXTRA_PID" 2>/dev/null || break
        sleep 0.1
    done
    if ! grep -q '^ready' "$T/server.out"; then
        sed 's/^/# /' "$T/server.err"
        echo "Bail out! $1 does not start"
        exit 1
    fi
    URL=$(sed -n 's/^url=//p' "$T/server.out")
    # shellcheck disable=SC2034  # for the test
    TLS_URL=$(sed -n 's/^tls_url=//p' "$T/server.out")
    CA=$(sed -n 's/^ca=//p' "$T/server.out")
    KEYS=$(dirname "$CA")
    ENDPOINT=$URL/token
}

# One profile in a file of its own; "" for a client without a secret.  Without
# ENDPOINT the lines say where.
peer() { # peer NAME CLIENT_ID SECRET [LINE...]
    name=$1 secret=$T/config/tokenward/profiles.d/$1.secret
    {
        printf 'profiles:\n  %s:\n    client_id: "%s"\n' "$name" "$2"
        [ -z "$ENDPOINT" ] || echo "    token_endpoint: $ENDPOINT"
        case $ENDPOINT in
            http:*) echo "    allow_http: loopback" ;;
            *) echo "    ca_file: $CA" ;;
        esac
        [ -z "$3" ] || echo "    client_secret: {file: $name.secret}"
        printf %s "$3" >"$secret"
        shift 3
        for line in "$@"; do echo "    $line"; done
    } >"$T/config/tokenward/profiles.d/$name.yaml"
    chmod 600 "$T/config/tokenward/profiles.d/$name.yaml" "$secret"
    own "$T/config/tokenward/profiles.d"
}

# A token comes, and its server knows it as this client's.
bought() { # bought NAME CLIENT_ID WHAT
    TOKEN=$(user tokenward get "$1" 2>"$T/err")
    is $? 0 "$3: a token"
    sed 's/^/# /' "$T/err"
    is "$(awk -F= '/^(issued|expires)_at=/ { at[$1] = $2 } END { print at["expires_at"] - at["issued_at"] }' \
        "$(record "$1")" 2>/dev/null)" 600 "$3: as long as the server says"
    introspect "$TOKEN" >"$T/fact"
    like "$(cat "$T/fact")" '"active": *true.*"client_id": *"'"$2"'"\|"client_id": *"'"$2"'".*"active": *true' \
        "$3: which its server calls active, and this client's"
}

# None comes: the exit status says who must act, the message why, neither the
# secret.
refused() { # refused NAME EXIT PATTERN WHAT
    out=$(user tokenward get "$1" 2>&1)
    is $? "$2" "$4: exit $2"
    like "$out" "$3" "$4: says why"
    sent=$(cat "$T/config/tokenward/profiles.d/$1.secret")
    [ -z "$sent" ] || { printf '%s' "$out" | grep -qF -e "$sent"; is $? 1 "$4: without the secret"; }
}

# What a person grants the client desk on a device, without tokenward: prints
# the refresh token.
granted() { # granted DEVICE_ENDPOINT SCOPE PERSON_ARGUMENT
    desk() { curl -s --cacert "$CA" -u desk:desk-secret -d client_id=desk "$@"; }
    desk -d "scope=$2" "$1" >"$T/device"
    sh "$PERSON" "$(member verification_uri_complete <"$T/device")" "$CA" "$3" >&2 || return 1
    desk -d grant_type=urn:ietf:params:oauth:grant-type:device_code \
        -d "device_code=$(member device_code <"$T/device")" "$ENDPOINT" | member refresh_token
}
member() { sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p"; }
kept() { sed -n 's/^refresh_token=//p' "$T/home/.local/state/tokenward/$1"; }

# A person logs in while tokenward waits; the browser is another's, and has the
# address and the code that are shown and no more.
at_browser() { # at_browser NAME QUERY PERSON_ARGUMENT: the status of the login
    user tokenward login "$1" >"$T/login" 2>&1 &
    login=$!
    for _ in $(seq 300); do
        code=$(sed -n 's/^    \([A-Z0-9-]*\)$/\1/p' "$T/login")
        [ -z "$code" ] || break
        sleep 0.1
    done
    sh "$PERSON" "$(sed -n 's/^    \(http.*\)/\1/p' "$T/login")?$2=$code" "$CA" "$3" || echo "# nobody could log in"
    wait "$login"
}
logged_in() { # logged_in NAME CLIENT_ID QUERY PERSON_ARGUMENT
    out=$(user tokenward get "$1" 2>&1)
    is $? 69 "$2: nobody has logged in: exit 69"
    like "$out" "tokenward login $1" "$2: says what to do"
    at_browser "$1" "$3" "$4"
    is $? 0 "$2: a person opens what is shown, enters the code, and is logged in"
    sed 's/^/# /' "$T/login"
    bought "$1" "$2" "device_code, $2"
    first=$TOKEN
    user tokenward-helper fetch --force "$1"
    is $? 0 "$2: refreshed, and nobody is asked"
    [ "$(user tokenward get "$1")" != "$first" ]
    ok $? "$2: another token"
}

# The same of a login whose browser comes back; what it is shown is in $T/page.
led_back() { # led_back NAME PERSON_ARGUMENT: the status of the login
    user timeout 120 tokenward login "$1" >"$T/login" 2>&1 &
    login=$!
    until_true 30 grep -q '^    http' "$T/login"
    sh "$PERSON" "$(sed -n 's/^    \(http.*\)/\1/p' "$T/login")" "$CA" "$2" >"$T/page" || echo "# nobody could log in"
    wait "$login"
}
came_back() { # came_back NAME CLIENT_ID PERSON_ARGUMENT
    out=$(user tokenward get "$1" 2>&1)
    is $? 69 "$2: nobody has logged in: exit 69"
    like "$out" "tokenward login $1" "$2: says what to do"
    led_back "$1" "$3"
    is $? 0 "$2: a person opens what is shown, the browser comes back, and they are logged in"
    sed 's/^/# /' "$T/login"
    like "$(cat "$T/page")" 'answer has arrived' "$2: which the browser says"
    bought "$1" "$2" "authorization_code, $2"
    first=$TOKEN
    user tokenward-helper fetch --force "$1"
    is $? 0 "$2: refreshed, and nobody is asked"
    [ "$(user tokenward get "$1")" != "$first" ]
    ok $? "$2: another token"
}

# One login serves until logout, which the server is told of.
logged_out() { # logged_out NAME CLIENT_ID [CURL_OPTION VALUE]
    last=$(kept "$1")
    user tokenward logout "$1" >"$T/logout" 2>&1
    is $? 0 "$2: tokenward logout"
    sed 's/^/# /' "$T/logout"
    [ -z "$(kept "$1" 2>/dev/null)" ] && [ ! -e "$(record "$1")" ]
    ok $? "$2: removes what was kept"
    is "$(curl -s -o "$T/page" -w '%{http_code}' --cacert "$CA" "${3:--d}" "${4:-client_id=$2}" -d grant_type=refresh_token \
        -d "refresh_token=$last" "$ENDPOINT")" 400 "$2: and the server does not take it any more"
}

# A refresh token that is another after each use: bought with once each, and
# dead with all its family when an old one comes back.
rotation() { # rotation SCOPE PERSON_ARGUMENT DEVICE_ENDPOINT EXIT PATTERN
    first=$(granted "$3" "$1" "$2")
    [ -n "$first" ]
    ok $? "a person grants a refresh token"
    peer family desk desk-secret 'token_endpoint_auth_method: client_secret_basic' 'provider: refresh_token' \
        'refresh_token: {file: family.refresh}'
    (umask 077; printf %s "$first" >"$T/config/tokenward/profiles.d/family.refresh")
    own "$T/config"
    bought family desk refresh_token
    old=$TOKEN second=$(kept family)
    [ -n "$second" ] && [ "$second" != "$first" ]
    ok $? "the next refresh token is kept"
    user tokenward-helper fetch --force family
    is $? 0 "and buys a token"
    [ "$(user tokenward get family)" != "$old" ]
    ok $? "which is another"
    third=$(kept family)
    [ "$third" != "$second" ]
    ok $? "with the refresh token after it"
    curl -s -o "$T/page" --cacert "$CA" -u desk:desk-secret -d grant_type=refresh_token -d "refresh_token=$second" "$ENDPOINT"
    out=$(user tokenward-helper fetch --force family 2>&1)
    is $? "$4" "an old one came back, and the family is dead: exit $4"
    like "$out" "$5" "says why"
}

# An assertion that tokenward did not sign (RFC 7523 3): RS256, by openssl.
foreign() { # foreign CLIENT_ID AUDIENCE
    claims=$(printf '{"iss":"%s","sub":"%s","aud":"%s","jti":"%s","iat":%s,"exp":%s}' \
        "$1" "$1" "$2" "$(openssl rand -hex 16)" "$(date +%s)" "$(($(date +%s) + 60))" | base64url)
    signing=$(printf '{"alg":"RS256","typ":"JWT","kid":"rs256-1"}' | base64url).$claims
    printf '%s.%s' "$signing" "$(printf %s "$signing" | openssl dgst -sha256 -sign "$KEYS/rsa.key" | base64url)"
}
base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
beside() { # beside FILE TEXT: a secret's file beside the profiles
    (umask 077; printf %s "$2" >"$T/config/tokenward/profiles.d/$1")
    own "$T/config"
}

# Each key's assertion, and what is wrong with others: unbelieved NAME WHAT is
# the test's, for what its server says of a client that it does not believe,
# and by_issuer NAME CLIENT_ID WHAT for an assertion that names the issuer.
assertions() { # assertions [LINE...]
    METHOD='token_endpoint_auth_method: private_key_jwt'
    peer secretjwt cc-secret-jwt 'a-shared-secret-of-at-least-32-bytes!' \
        'token_endpoint_auth_method: client_secret_jwt' "$@"
    bought secretjwt cc-secret-jwt "client_secret_jwt HS256"
    peer wrongjwt cc-secret-jwt 'another-secret-of-at-least-32-bytes!!' \
        'token_endpoint_auth_method: client_secret_jwt' "$@"
    unbelieved wrongjwt "client_secret_jwt with another secret"
    while read -r alg key kid; do
        id=cc-pkjwt-$(echo "$alg" | tr '[:upper:]' '[:lower:]')
        peer "$alg" "$id" '' "$METHOD" "assertion_key: $KEYS/$key.key" "assertion_key_id: $kid" \
            "token_endpoint_auth_signing_alg: $alg" "$@"
        bought "$alg" "$id" "private_key_jwt $alg"
        user tokenward-helper fetch --force "$alg" 2>"$T/err"
        is $? 0 "private_key_jwt $alg: once more, with a number of its own"
        sed 's/^/# /' "$T/err"
    done <<EOF
RS256 rsa rs256-1
PS256 ps256 ps256-1
ES256 es256 es256-1
EdDSA ed25519 ed-1
EOF
    set -- "$METHOD" 'assertion_key_id: es256-1' "$@"
    peer endpoint cc-pkjwt-es256 '' "assertion_key: $KEYS/es256.key" 'assertion_audience: token_endpoint' "$@"
    bought endpoint cc-pkjwt-es256 "an assertion for the token endpoint"
    peer issuer cc-pkjwt-es256 '' "assertion_key: $KEYS/es256.key" "issuer: $URL" "$@"
    by_issuer issuer cc-pkjwt-es256 "an assertion for the issuer"
    peer elsewhere cc-pkjwt-es256 '' "assertion_key: $KEYS/es256.key" 'assertion_audience: https://as.example.test' "$@"
    unbelieved elsewhere "an assertion for another server"
    peer stranger cc-pkjwt-es256 '' "assertion_key: $KEYS/stranger-es256.key" "$@"
    unbelieved stranger "an assertion with a stranger's key"
    peer other cc-pkjwt-rs256 '' "assertion_key: $KEYS/es256.key" "$@"
    unbelieved other "an assertion with another client's key"
    shift 2
    beside foreign.jwt "$(foreign cc-pkjwt-rs256 "$ENDPOINT")"
    peer foreign cc-pkjwt-rs256 '' 'token_endpoint_auth_method: client_assertion' 'client_assertion: {file: foreign.jwt}' "$@"
    bought foreign cc-pkjwt-rs256 "client_assertion, signed by another program"
}

# A certificate in the handshake (RFC 8705), and those that prove nothing.
certificates() { # certificates ALIAS_LINE [LINE...]
    alias=$1
    shift
    peer mtls cc-mtls '' 'token_endpoint_auth_method: tls_client_auth' \
        "client_certificate: $KEYS/mtls.pem" "client_certificate_key: $KEYS/mtls.key" "$alias" "$@"
    bought mtls cc-mtls tls_client_auth
    peer strangers cc-mtls '' 'token_endpoint_auth_method: tls_client_auth' \
        "client_certificate: $KEYS/mtls-stranger.pem" "client_certificate_key: $KEYS/mtls-stranger.key" "$alias" "$@"
    unbelieved strangers "a certificate of the same name from another authority"
    peer uncertified cc-mtls '' 'token_endpoint_auth_method: none' "$@"
    unbelieved uncertified "no certificate"
}

# An issuer leads to its endpoints (RFC 8414), under its own name alone.
discovered() { # discovered ISSUER [LINE...]
    issuer=$1 endpoint=$ENDPOINT ENDPOINT=
    shift
    peer found cc-basic basic-secret "issuer: $issuer" 'token_endpoint_auth_method: client_secret_basic' "$@"
    peer misnamed cc-basic basic-secret "issuer: $issuer/" 'token_endpoint_auth_method: client_secret_basic' "$@"
    ENDPOINT=$endpoint
    bought found cc-basic "an issuer instead of a token endpoint"
    refused misnamed 76 'misnamed.yaml:[0-9]*: .*issuer' "an issuer that calls itself otherwise"
}
