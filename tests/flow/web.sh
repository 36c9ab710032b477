# SPDX-License-Identifier: MIT
# web.sh - sourced after lib.sh by tests whose clients want a real web server:
# nginx over https on localhost and 127.0.0.1, one of which a profile may name,
# and a program that nginx asks whether a request's token is good.
PATH=$PATH:/usr/sbin
W=$T/web
export T W

# web_or_skip [PROGRAM...]: skips the test where one of them or ours is missing
web_or_skip() {
    for needed in openssl "$@"; do
        command -v "$needed" >/dev/null || skip_all "$needed is not installed"
    done
    # One that the unprivileged user may run, too.
    for PYTHON in python3 /usr/bin/python3 ""; do
        user $PYTHON -c 'import http.server, ssl' 2>/dev/null && break
    done
    [ -n "$PYTHON" ] || skip_all "there is no python3 with ssl"
    export PYTHON
}

# start NAME COMMAND...: as the user; ends with the test
start() {
    name=$1
    shift
    # shellcheck disable=SC2016  # for the shell that is started
    user sh -c 'echo $$ >"$W/$0.pid"; exec "$@"' "$name" "$@" >"$T/$name.out" 2>&1 &
    until_true 30 test -s "$W/$name.pid"
    EXTRA_PID="${EXTRA_PID:-} $(cat "$W/$name.pid")"
}

# web_certificate: $W, with the certificate and key of both names
web_certificate() {
    mkdir -p "$W/tmp"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
        -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' -keyout "$W/key.pem" -out "$W/cert.pem" 2>/dev/null ||
        { echo "Bail out! no certificate"; exit 1; }
    : >"$W/log"
    own "$W"
    unset https_proxy HTTPS_PROXY all_proxy ALL_PROXY
    export NO_PROXY='*'
}

# web_prepare: the same and the checker, with no token revoked
web_prepare() {
    web_certificate
    : >"$W/revoked"
    cp "$TOP_SRC/tests/flow/token_checker.py" "$W/"
    own "$W"
    start checker "$PYTHON" "$W/token_checker.py" "$W"
    until_true 30 test -f "$W/port" || { sed 's/^/# /' "$T/checker.out"; echo "Bail out! no checker"; exit 1; }
}

# web_serve PORT: with the locations on stdin; "auth_request /check;" closes
# one to all but bearers of a token.  Each request leaves a line "HOST PATH
# AUTHORIZATION" in $W/log, "-" for none.
web_serve() {
    cat >"$W/nginx.conf" <<EOS
daemon off;
worker_processes 1;
pid $W/tmp/pid;
error_log stderr;
events {}
http {
    log_format who '\$http_host \$request_uri \$http_authorization';
    access_log $W/log who;
    client_body_temp_path $W/tmp/body;
    proxy_temp_path $W/tmp/proxy;
    fastcgi_temp_path $W/tmp/fastcgi;
    uwsgi_temp_path $W/tmp/uwsgi;
    scgi_temp_path $W/tmp/scgi;
    server {
        listen 127.0.0.1:$1 ssl;
        ssl_certificate $W/cert.pem;
        ssl_certificate_key $W/key.pem;
        location = /check {
            internal;
            proxy_pass http://127.0.0.1:$(cat "$W/port");
            proxy_pass_request_body off;
            proxy_set_header Content-Length "";
        }
        location = /served { access_log off; return 204; }
$(cat)
    }
}
EOS
    start nginx nginx -p "$W/tmp" -e stderr -c "$W/nginx.conf"
    until_true 30 served || { sed 's/^/# /' "$T/nginx.out"; echo "Bail out! no server"; exit 1; }
}

# Nothing of a request is left to be done: there is one worker, which logs it
# after its answer, and before it reads the next one.
served() { curl -s -f --cacert "$W/cert.pem" "https://localhost:$PORT/served"; }
# What the log has: how often a host was asked, how often with credentials,
# and the credentials, each once.
asked_of() { served; awk -v host="$1:$PORT" '$1 == host' "$W/log" | wc -l; }
sent_to() { served; awk -v host="$1:$PORT" '$1 == host && $3 != "-"' "$W/log" | wc -l; }
sent() { served; awk '$3 != "-" { print $3, $4 }' "$W/log" | sort -u; }
