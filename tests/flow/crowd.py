# SPDX-License-Identifier: MIT
# crowd.py DOORBELL WORD... - callers of a doorbell who mean ill, or measure.
#   idle N SECONDS          N silent callers at once, each anew when dropped
#   slow SECONDS            asks and asks, and never reads an answer
#   garbage SECONDS         packets of random bytes and lengths
#   rights N                N packets with 253 descriptors each
#   halves N                N callers who shut one half, N the other
#   vanish N                calls and is gone, N times
#   ask N PROFILE           N times ensure; prints median and worst, in us
#   renew PROFILE...        each rejected, then ensure; prints the same
#   stay N PROFILE          N callers at once who ask for it, and never go
#   want SECONDS PROFILE... ensure of each at once, and again when answered
import array
import os
import random
import signal
import socket
import sys
import time

PATH = sys.argv[1]
WORD = sys.argv[2]
ENSURE = "command=ensure\nprofile=%s\n"


def call():
    caller = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    caller.settimeout(5)
    caller.connect(PATH)
    return caller


def until(seconds, act):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            act()
        except OSError:
            time.sleep(0.001)


def idle(count, seconds):
    callers = []

    def again():
        while len(callers) < count:
            callers.append(call())
        time.sleep(0.05)

    until(seconds, again)


def slow(seconds):
    callers = []

    def again():
        if not callers:
            callers.append(call())
            callers[0].setblocking(False)
        try:
            callers[0].send(b"command=status\n")
        except BlockingIOError:
            time.sleep(0.001)
        except OSError:
            callers.clear()

    until(seconds, again)


def garbage(seconds):
    def again():
        caller = call()
        caller.setblocking(False)
        for _ in range(8):
            caller.send(os.urandom(random.randrange(1, 9000)))

    until(seconds, again)


def rights(count):
    fds = array.array("i", [os.open("/dev/null", os.O_RDONLY)] * 253)
    with_fds = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)]
    for _ in range(count):
        try:
            caller = call()
            caller.sendmsg([b"command=status\n"], with_fds)
            caller.recv(4096)
        except OSError:
            time.sleep(0.001)


def halves(count):
    for how in (socket.SHUT_WR, socket.SHUT_RD):
        for _ in range(count):
            try:
                caller = call()
                caller.send(b"command=status\n")
                caller.shutdown(how)
                caller.recv(4096)
            except OSError:
                pass


def vanish(count):
    for _ in range(count):
        try:
            call().close()
        except OSError:
            time.sleep(0.001)


def ask(count, profile):
    times = []
    for _ in range(count):
        start = time.monotonic_ns()
        caller = call()
        caller.send((ENSURE % profile).encode())
        if caller.recv(4096) != b"status=ok\n":
            sys.exit("no status=ok")
        times.append((time.monotonic_ns() - start) // 1000)
        caller.close()
        time.sleep(0.015)
    tell(times)


def tell(times):
    times.sort()
    print(times[len(times) // 2], times[-1])


def generation(profile):
    record = os.path.join(os.path.dirname(PATH), profile, "record")
    with open(record, encoding="ascii") as lines:
        return next(line for line in lines if line.startswith("generation="))


def renew(profiles):
    times = []
    for profile in profiles:
        caller = call()
        before = generation(profile)
        start = time.monotonic_ns()
        for packet in (
            "command=reject\nprofile=%s\n%s" % (profile, before),
            ENSURE % profile,
        ):
            caller.settimeout(40)
            caller.send(packet.encode())
            if caller.recv(4096) != b"status=ok\n":
                sys.exit("no status=ok")
        times.append((time.monotonic_ns() - start) // 1000)
        if generation(profile) == before:
            sys.exit("no new token")
        caller.close()
    tell(times)


def want(seconds, profiles):
    callers = {}

    def again():
        for profile in profiles:
            if profile not in callers:
                callers[profile] = call()
                callers[profile].setblocking(False)
                callers[profile].send((ENSURE % profile).encode())
        for profile, caller in list(callers.items()):
            try:
                caller.recv(4096)
                del callers[profile]
            except BlockingIOError:
                pass
        time.sleep(0.05)

    until(seconds, again)


def stay(count, profile):
    callers = []
    for _ in range(count):
        callers.append(call())
        callers[-1].send((ENSURE % profile).encode())
    signal.pause()


if WORD == "ask":
    ask(int(sys.argv[3]), sys.argv[4])
elif WORD == "idle":
    idle(int(sys.argv[3]), float(sys.argv[4]))
elif WORD == "stay":
    stay(int(sys.argv[3]), sys.argv[4])
elif WORD == "renew":
    renew(sys.argv[3:])
elif WORD == "want":
    want(float(sys.argv[3]), sys.argv[4:])
elif WORD in ("slow", "garbage"):
    globals()[WORD](float(sys.argv[3]))
else:
    globals()[WORD](int(sys.argv[3]))
