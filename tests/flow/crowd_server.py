# SPDX-License-Identifier: MIT
"""A token endpoint that counts who is there at once.

usage: crowd_server.py DIR MS

Each request is answered after MS milliseconds.  GET /counts: requests, the
most of them at once, clients, and the most requests of one client.  The port
is written to DIR/port once it listens.
"""
import collections
import http.server
import json
import os
import sys
import threading
import time
import urllib.parse

DIR, MS = sys.argv[1], float(sys.argv[2])
lock = threading.Lock()
clients = collections.Counter()
now = most = 0


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def log_message(self, *_):
        pass

    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        with lock:
            counts = sum(clients.values()), most, len(clients), max(clients.values(), default=0)
        self.answer(" ".join(map(str, counts)).encode())

    def do_POST(self):
        global now, most
        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        client = form["client_id"][0]
        with lock:
            now += 1
            most = max(most, now)
            clients[client] += 1
            count = clients[client]
        time.sleep(MS / 1000)
        with lock:
            now -= 1
        token = {"access_token": f"token-of-{client}-{count}", "token_type": "Bearer", "expires_in": 3600}
        self.answer(json.dumps(token).encode())


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 1024
    daemon_threads = True


server = Server(("127.0.0.1", 0), Handler)
with open(DIR + "/port.new", "w", encoding="ascii") as port:
    port.write(str(server.server_address[1]))
os.rename(DIR + "/port.new", DIR + "/port")
server.serve_forever()
