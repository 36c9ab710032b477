# SPDX-License-Identifier: MIT
"""What git 2.46 and newer do to open a repository, for hosts with an older one.

usage: git_client.py URL HELPER [CAPABILITY...]

Asks for the repository's references as http.c does: without credentials, then
with the helper's.  After a 401 it asks the helper again if that said so
(continue), else it has the helper erase them and gives up; more than three
requests are never made.  Prints the statuses and the helper's operations in
their order.  CAPABILITYs are announced; without any it is an old git.
"""
import base64
import os
import ssl
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request

URL, HELPER = sys.argv[1:3]
CAPABILITIES = sys.argv[3:]
SECRETS = ("username", "password", "authtype", "credential", "password_expiry_utc", "ephemeral")
SAID = []


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


OPENER = urllib.request.build_opener(
    NoRedirect, urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=os.environ["GIT_SSL_CAINFO"]))
)


def request(authorization):
    asked = urllib.request.Request(URL + "/info/refs?service=git-upload-pack")
    if authorization:
        asked.add_header("Authorization", authorization)
    try:
        with OPENER.open(asked) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def run_helper(operation, fields):
    lines = [f"capability[]={word}" for word in CAPABILITIES]
    lines += [f"{key}={value}" for key, value in fields]
    SAID.append(operation)
    done = subprocess.run([HELPER, operation], input="\n".join(lines) + "\n\n", text=True,
                          check=False, stdout=subprocess.PIPE)
    pairs = [line.partition("=")[::2] for line in done.stdout.splitlines()]
    # What was not announced, git takes no notice of.
    return [(key, value) for key, value in pairs
            if (key not in ("state[]", "continue") or "state" in CAPABILITIES)
            and (key not in ("authtype", "credential", "ephemeral") or "authtype" in CAPABILITIES)]


def authorization_of(answer):
    if "credential" in answer:
        return answer["authtype"] + " " + answer["credential"]
    if "password" in answer:
        pair = answer["username"] + ":" + answer["password"]
        return "Basic " + base64.b64encode(pair.encode()).decode()
    return None


place = urllib.parse.urlsplit(URL)
where = [("protocol", place.scheme), ("host", place.netloc)]
given, authorization, state = {}, None, []
for _ in range(3):
    status = request(authorization)
    SAID.append(str(status))
    secrets = [(key, given[key]) for key in SECRETS if key in given]
    if status == 200:
        run_helper("store", where + secrets + state)
        break
    if status != 401:
        break
    if authorization and given.get("continue") != "1":
        run_helper("erase", where + secrets + state)
        break
    reply = run_helper("get", where + [("wwwauth[]", 'Basic realm="git"')] + state)
    given = dict(reply)
    state = [pair for pair in reply if pair[0] == "state[]"]
    if "quit" in given:
        SAID.append("quit")
        break
    authorization = authorization_of(given)
    if not authorization:
        break
print(" ".join(SAID))
