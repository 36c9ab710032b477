# SPDX-License-Identifier: MIT
# load.py SOCKET UNIT ID - what systemd does for LoadCredential=ID:SOCKET of
# UNIT: binds the abstract address that says so, connects, shuts its sending
# side, reads to the end, and prints what it read.
#   --name ADDRESS: binds this one instead ("" for none)
#   --gone: leaves without reading
#   --told: prints "in" first, once it is connected
#   --hold N: N at once that wait and read nothing; prints "in" when they do
#   --many N: N at once; prints how many got the same token
import secrets
import signal
import socket
import sys
import time


def connect(path, name):
    caller = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    caller.settimeout(40)
    if name:
        caller.bind(b"\0" + name.encode())
    caller.connect(path)
    caller.shutdown(socket.SHUT_WR)
    return caller


def insist(path, name):
    for _ in range(600):
        try:
            return connect(path, name)
        except BlockingIOError: # more at once than may stand before the door
            time.sleep(0.05)
    raise TimeoutError


def address(unit, name):
    return f"{secrets.randbits(64):x}/unit/{unit}/{name}"


def read(caller):
    whole = b""
    while True:
        part = caller.recv(65536)
        if not part:
            return whole
        whole += part


arguments = sys.argv[1:]
try:
    if arguments[0] == "--name":
        print(read(connect(arguments[2], arguments[1])).decode(), end="")
    elif arguments[0] == "--gone":
        connect(arguments[1], address(arguments[2], arguments[3])).close()
    elif arguments[0] == "--told":
        caller = connect(arguments[1], address(*arguments[2:4]))
        print("in", flush=True)
        print(read(caller).decode(), end="")
    elif arguments[0] == "--hold":
        callers = [insist(arguments[2], address(*arguments[3:5])) for _ in range(int(arguments[1]))]
        print("in", flush=True)
        signal.pause()
    elif arguments[0] == "--many":
        callers = [connect(arguments[2], address(*arguments[3:5])) for _ in range(int(arguments[1]))]
        got = [read(caller) for caller in callers]
        print(sum(1 for token in got if token and token == got[0]))
    else:
        print(read(connect(arguments[0], address(*arguments[1:3]))).decode(), end="")
except OSError as error:
    print(type(error).__name__)
