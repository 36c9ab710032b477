#!/bin/sh
# SPDX-License-Identifier: MIT
# fleet.sh - many profiles of one endpoint, from a cold start until all are
# published, against libcurl alone doing the same requests and files, in turn
# in one run; and what the helper does when all is done.  The server is nginx with an answer that is always the same.
# shellcheck source=tests/flow/lib.sh
. "${TOP_SRC:-.}/tests/flow/lib.sh"
COUNT_OF=${FLEET:-10000}
ROUNDS=${FLEET_ROUNDS:-7}
B=$TOP_BUILD/tests/bench

nginx=$(PATH=$PATH:/usr/sbin command -v nginx) || {
    echo "skipped: there is no nginx"
    exit 0
}
# Both write to memory, as a runtime directory is.
M=$(mktemp -d "/dev/shm/tokenward-bench.XXXXXX") || exit 1
finish() {
    [ -z "${NGINX_PID:-}" ] || kill "$(cat "$M/nginx/pid")" 2>/dev/null
    wait 2>/dev/null
    rm -rf "$M"
    finish_quietly
}
trap finish EXIT
mkdir "$M/run" "$M/flat" "$M/tree" "$M/nginx"
own "$M" "$M"/*
chmod 700 "$M/run"
XDG_RUNTIME_DIR=$M/run

port=$(python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])') || exit 1
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=127.0.0.1 \
    -addext subjectAltName=IP:127.0.0.1 -keyout "$M/nginx/key.pem" -out "$T/ca.pem" 2>/dev/null || exit 1
token=$(head -c 700 /dev/urandom | base64 -w0 | tr '+/' '-_' | head -c 900)
cat >"$M/nginx/nginx.conf" <<END
worker_processes 1;
daemon off;
pid $M/nginx/pid;
error_log $M/nginx/error.log;
events { worker_connections 512; }
http {
    access_log off;
    client_body_temp_path $M/nginx/body;
    proxy_temp_path $M/nginx/proxy;
    fastcgi_temp_path $M/nginx/fastcgi;
    uwsgi_temp_path $M/nginx/uwsgi;
    scgi_temp_path $M/nginx/scgi;
    keepalive_requests 100000000;
    keepalive_timeout 600s;
    default_type application/json;
    server {
        listen 127.0.0.1:$port ssl;
        ssl_certificate $T/ca.pem;
        ssl_certificate_key $M/nginx/key.pem;
        location /token {
            return 200 '{"access_token":"$token","token_type":"Bearer","expires_in":3600,"scope":"payments"}';
        }
    }
}
END
own "$M/nginx" "$M/nginx"/*
user "$nginx" -c "$M/nginx/nginx.conf" -p "$M/nginx" 2>/dev/null &
NGINX_PID=$!
URL=https://127.0.0.1:$port/token
for _ in $(seq 50); do
    curl -s -o /dev/null --cacert "$T/ca.pem" -d x=y "$URL" && break
    sleep 0.1
done

mkdir -p "$T/config/tokenward/profiles.d"
awk -v n="$COUNT_OF" -v url="$URL" -v ca="$T/ca.pem" -v dir="$T/config/tokenward/profiles.d" 'BEGIN {
    for (i = 0; i < n; i++) {
        if (i % 200 == 0) {
            if (i) close(file)
            file = sprintf("%s/%04d.yaml", dir, i / 200)
            print "profiles:" >file
        }
        printf "  service-%06d:\n    token_endpoint: %s\n    client_id: client-%06d\n    client_secret: secret-%06d\n    scope: payments\n    ca_file: %s\n", i, url, i, i, ca >file
    }
}'
chmod 700 "$T/config/tokenward/profiles.d"
chmod 600 "$T/config/tokenward/profiles.d"/*
own "$T/config"
cp "$B/fleet" "$B/published" "$T/bin/"
chmod 755 "$T/bin"/*

clear() { rm -rf "$M/flat" "$M/tree" "$M/run/tokenward"; user mkdir "$M/flat" "$M/tree"; }
echo "# $COUNT_OF profiles of one endpoint, from start to all published"
for round in $(seq "$ROUNDS"); do
    clear
    echo "flat $(user fleet flat "$COUNT_OF" "$T/ca.pem" "$M/flat" "$URL")"
    echo "tree $(user fleet tree "$COUNT_OF" "$T/ca.pem" "$M/tree" "$URL")"
    echo "serve $(user published "$COUNT_OF" "$M/run/tokenward" tokenward-helper serve)"
done >"$T/times" || exit 1
awk -v n="$COUNT_OF" '
    NF != 3 { bad = 1; next }
    { count[$1]++; wall[$1, count[$1]] = $2; cpu[$1, count[$1]] = $3 }
    function median(name, what,    i, j, v, m, t) {
        m = count[name]
        for (i = 1; i <= m; i++)
            v[i] = what == "ratio" ? wall["flat", i] / wall[name, i] : what == "tree" ? wall["tree", i] / wall[name, i] : what == "cpu" ? cpu[name, i] : wall[name, i]
        for (i = 1; i <= m; i++)
            for (j = i + 1; j <= m; j++)
                if (v[j] < v[i]) { t = v[i]; v[i] = v[j]; v[j] = t }
        return v[int((m + 1) / 2)]
    }
    function row(name, text) {
        printf "%-44s %7.0f/s %6.1f us of processor each\n", text, n / median(name, "wall"), median(name, "cpu") / n * 1e6
    }
    END {
        if (bad || !count["serve"]) exit 1
        row("flat", "libcurl, one file each")
        row("tree", "libcurl, a directory with two files each")
        row("serve", "tokenward-helper serve")
        r = median("serve", "ratio"); s = median("serve", "tree")
        printf "%-44s %.2f (goal: 0.90) %s\n", "serve / libcurl, one file each", r, (r >= 0.9 ? "met" : "NOT MET")
        printf "%-44s %.2f\n", "serve / libcurl, a directory with two files", s
    }' "$T/times" || { cat "$T/times"; exit 1; }

# Then there is nothing to do for an hour.
clear
if ! user strace -o /dev/null true 2>/dev/null; then
    echo "skipped: strace cannot be used"
    exit 0
fi
user touch "$T/home/calls"
user strace -f -o "$T/home/calls" "$T/bin/tokenward-helper" serve >/dev/null 2>&1 &
all_are_there() { [ "$(find "$M/run/tokenward" -name record | wc -l)" = "$COUNT_OF" ]; }
until_true 300 all_are_there || { echo "fleet: not all were published"; exit 1; }
sleep 2
lines=$(wc -l <"$T/home/calls")
sleep 3
printf '%-44s %d (goal: 0)\n' "system calls of the idle helper in 3 s" "$(($(wc -l <"$T/home/calls") - lines))"
kill "$(helper_pid)"
wait $! 2>/dev/null
exit 0
