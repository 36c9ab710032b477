# SPDX-License-Identifier: MIT
"""An SMTP server over TLS that takes mail from bearers of a token alone.

usage: smtp_server.py DIR CERTIFICATE KEY

SASL XOAUTH2 and OAUTHBEARER (RFC 7628), with the first message beside AUTH or
behind an empty challenge; who fails is sent the reason and has to answer it
before it is told so.  The token has to be that in DIR/good.  Each attempt
leaves a line "MECHANISM USER TOKEN VERDICT" in DIR/log; mail is written to
DIR/mail.  The port is written to DIR/port once it listens.
"""
import base64
import binascii
import os
import re
import socketserver
import ssl
import sys

DIR, CERTIFICATE, KEY = sys.argv[1:4]
FORMS = {
    "XOAUTH2": re.compile(r"user=([^\x01]*)\x01auth=Bearer ([^\x01]*)\x01\x01"),
    "OAUTHBEARER": re.compile(r"n,a=([^,]*),\x01(?:host=[^\x01]*\x01)?(?:port=\d+\x01)?auth=Bearer ([^\x01]*)\x01\x01"),
}
CLOSING = {"XOAUTH2": "", "OAUTHBEARER": "\x01"}


def decoded(text):
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None


class Handler(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def hear(self):
        return self.rfile.readline(20000).decode("utf-8", "replace").rstrip("\r\n")

    def authenticate(self, mechanism, first):
        if mechanism not in FORMS:
            return self.say("504 5.5.4 no such mechanism")
        if first is None:
            self.say("334 ")
            first = self.hear()
        found = FORMS[mechanism].fullmatch(decoded(first) or "")
        with open(DIR + "/good", encoding="ascii") as file:
            good = bool(found) and found[2] == file.read()
        with open(DIR + "/log", "a", encoding="utf-8") as log:
            log.write(" ".join([mechanism, *(found.groups() if found else ("-", "-")), "good" if good else "bad"]) + "\n")
        if good:
            self.authenticated = True
            return self.say("235 2.7.0 welcome")
        self.say("334 " + base64.b64encode(b'{"status":"invalid_token"}').decode())
        if decoded(self.hear()) != CLOSING[mechanism]:
            return self.say("501 5.5.2 not as the mechanism ends")
        return self.say("535 5.7.8 the token is refused")

    def take_mail(self):
        self.say("354 go on")
        lines = []
        while (line := self.hear()) != ".":
            lines.append(line)
        with open(DIR + "/mail", "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        self.say("250 2.0.0 taken")

    def handle(self):
        self.authenticated = False
        self.say("220 localhost ESMTP")
        while line := self.hear():
            verb, _, rest = line.partition(" ")
            verb, words = verb.upper(), rest.split(" ")
            if verb == "EHLO":
                self.say("250-localhost")
                self.say("250 AUTH XOAUTH2 OAUTHBEARER")
            elif verb == "AUTH":
                self.authenticate(words[0].upper(), words[1] if len(words) > 1 else None)
            elif verb == "QUIT":
                return self.say("221 2.0.0 bye")
            elif not self.authenticated:
                self.say("530 5.7.0 who are you?")
            elif verb == "DATA":
                self.take_mail()
            else:
                self.say("250 2.0.0 good")
        return None


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def get_request(self):
        client, address = super().get_request()
        return CONTEXT.wrap_socket(client, server_side=True), address


CONTEXT = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
CONTEXT.load_cert_chain(CERTIFICATE, KEY)
server = Server(("127.0.0.1", 0), Handler)
with open(DIR + "/port.new", "w", encoding="ascii") as port_file:
    port_file.write(str(server.server_address[1]))
os.rename(DIR + "/port.new", DIR + "/port")
server.serve_forever()
