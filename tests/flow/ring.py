# SPDX-License-Identifier: MIT
# ring.py PATH PACKET... - rings the doorbell and prints the answers.
#   --many N PACKET: one who rings, and N silent callers beside it, for ever;
#     prints how many of them were let in
import signal
import socket
import sys


def call(path):
    caller = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    caller.settimeout(20)
    caller.connect(path)
    return caller


def text(packet):
    return packet.encode().decode("unicode_escape").encode("latin-1")


path = sys.argv[1]
if sys.argv[2] == "--many":
    ringing = call(path)
    ringing.send(text(sys.argv[4]))
    callers = []
    for _ in range(int(sys.argv[3])):
        try:
            callers.append(call(path))
        except OSError:
            pass
    # They are let in one after the other, and for the last one is no room.
    try:
        callers[-1].recv(1)
    except ConnectionError:
        pass
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
    signal.pause()
caller = call(path)
for packet in sys.argv[2:]:
    try:
        caller.send(text(packet))
        print(caller.recv(8192).decode(), end="", flush=True)
    except OSError as error:
        print("gone", type(error).__name__)
        break
