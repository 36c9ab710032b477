# SPDX-License-Identifier: MIT
"""What a web server asks whether a request may pass: who bears a token may.

usage: token_checker.py DIR

Plain http on loopback, for nginx's auth_request.  DIR/revoked holds the tokens
that are refused, one a line; the word "all" refuses every one.  Basic and
Bearer are taken; whoever comes without is asked.  The port is written to
DIR/port once it listens.
"""
import base64
import binascii
import http.server
import os
import sys

DIR = sys.argv[1]


def token_of(authorization):
    kind, _, value = authorization.partition(" ")
    if kind == "Basic":
        try:
            return base64.b64decode(value, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return value if kind == "Bearer" else ""


def is_good(token):
    with open(DIR + "/revoked", encoding="ascii") as file:
        revoked = file.read().split()
    return len(token) >= 20 and token not in revoked and "all" not in revoked


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        if is_good(token_of(self.headers.get("Authorization", ""))):
            self.send_response(204)
        else:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="git"')
        self.end_headers()


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
with open(DIR + "/port.new", "w", encoding="ascii") as port_file:
    port_file.write(str(server.server_address[1]))
os.rename(DIR + "/port.new", DIR + "/port")
server.serve_forever()
