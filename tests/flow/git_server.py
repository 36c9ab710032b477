# SPDX-License-Identifier: MIT
"""git http-backend(1) over https, closed to all but bearers of a token.

usage: git_server.py DIR CERTIFICATE KEY

DIR/repos holds the repositories, DIR/revoked the tokens that are refused, one
a line.  Basic and Bearer are taken; whoever comes without is asked.  Each
request leaves a line "HOST PATH AUTHORIZATION" in DIR/log, "-" for none.
/away/PATH leads to the same server by its other name, 127.0.0.1.  The port is
written to DIR/port once it listens.
"""
import base64
import http.server
import os
import ssl
import subprocess
import sys

DIR, CERTIFICATE, KEY = sys.argv[1:4]


def token_of(authorization):
    kind, _, value = authorization.partition(" ")
    if kind == "Basic":
        return base64.b64decode(value).decode().partition(":")[2]
    return value if kind == "Bearer" else ""


def is_good(token):
    with open(DIR + "/revoked", encoding="ascii") as revoked:
        return len(token) >= 20 and token not in revoked.read().split()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.0"

    def log_message(self, *_):
        pass

    def answer(self, status, *headers, body=b""):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        authorization = self.headers.get("Authorization", "-")
        host = self.headers.get("Host", "-")
        with open(DIR + "/log", "a", encoding="ascii") as log:
            log.write(f"{host} {self.path} {authorization}\n")
        if self.path.startswith("/away/"):
            port = self.server.server_address[1]
            self.answer(302, ("Location", f"https://127.0.0.1:{port}{self.path[5:]}"))
        elif is_good(token_of(authorization)):
            self.run_backend()
        else:
            self.answer(401, ("WWW-Authenticate", 'Basic realm="git"'))

    do_POST = do_GET

    def run_backend(self):
        path, _, query = self.path.partition("?")
        length = int(self.headers.get("Content-Length", 0))
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": DIR + "/repos",
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(length),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "HTTP_GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "REMOTE_USER": "bearer",
            "REMOTE_ADDR": "127.0.0.1",
        }
        done = subprocess.run(["git", "http-backend"], env=environment, check=False,
                              input=self.rfile.read(length), stdout=subprocess.PIPE)
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        headers = [tuple(line.split(": ", 1)) for line in head.decode().split("\r\n")]
        status = dict(headers).pop("Status", "200 OK")
        self.answer(int(status[:3]), *[h for h in headers if h[0] != "Status"], body=body)


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(CERTIFICATE, KEY)
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
with open(DIR + "/port.new", "w", encoding="ascii") as port_file:
    port_file.write(str(server.server_address[1]))
os.rename(DIR + "/port.new", DIR + "/port")
server.serve_forever()
