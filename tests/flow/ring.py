# SPDX-License-Identifier: MIT
# ring.py PATH PACKET... - rings the doorbell and prints the answers.
#   --many N: N callers at once, each silent; prints how many were let in
#   --hold: rings, and is stopped before it reads
import socket
import sys
import time


def call(path):
    caller = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    caller.settimeout(20)
    caller.connect(path)
    return caller


path = sys.argv[1]
if sys.argv[2] == "--many":
    callers = []
    for _ in range(int(sys.argv[3])):
        try:
            callers.append(call(path))
        except OSError:
            pass
    time.sleep(0.5)
    inside = 0
    for caller in callers:
        caller.setblocking(False)
        try:
            inside += caller.recv(1) != b""
        except BlockingIOError:
            inside += 1
        except OSError:
            pass
    print(inside, flush=True)
    time.sleep(float(sys.argv[4]))
    sys.exit(0)
caller = call(path)
for packet in sys.argv[2:]:
    try:
        caller.send(packet.encode().decode("unicode_escape").encode("latin-1"))
        print(caller.recv(8192).decode(), end="", flush=True)
    except OSError as error:
        print("gone", type(error).__name__)
        break
