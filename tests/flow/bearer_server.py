# SPDX-License-Identifier: MIT
"""An https server that answers the bearers of a token, as an API server does.

usage: bearer_server.py DIR CERTIFICATE KEY

Whoever brings the token in DIR/good is answered with a JSON object, others
with 401.  Each request leaves a line "PATH AUTHORIZATION" in DIR/log, "-" for
none.  The port is written to DIR/port once it listens.
"""
import http.server
import os
import ssl
import sys

DIR, CERTIFICATE, KEY = sys.argv[1:4]
BODY = b'{"kind":"APIVersions","versions":["v1"],"answered":true}'


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        authorization = self.headers.get("Authorization", "-")
        with open(DIR + "/log", "a", encoding="ascii") as log:
            log.write(f"{self.path} {authorization}\n")
        with open(DIR + "/good", encoding="ascii") as good:
            is_good = authorization == "Bearer " + good.read()
        body = BODY if is_good else b"{}"
        self.send_response(200 if is_good else 401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(CERTIFICATE, KEY)
server.socket = context.wrap_socket(server.socket, server_side=True)
with open(DIR + "/port.new", "w", encoding="ascii") as port:
    port.write(str(server.server_address[1]))
os.rename(DIR + "/port.new", DIR + "/port")
server.serve_forever()
