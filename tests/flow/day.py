# SPDX-License-Identifier: MIT
"""Hours of a resident helper, in steps of five minutes: less than what is left
of a token's life when it is refreshed.

usage: day.py CLOCK RUNTIME FROM TO PROFILE...

Time passes from FROM to TO, in seconds, as clock.c has it.  After each step a
token is looked at, before the helper has learnt of it; then the helper is rung
for, and what is due is waited for, however long a busy host takes.  Prints how
often it looked, how often it found no token that lives, and how often it waited
in vain.
"""
import os
import socket
import subprocess
import sys
import time

CLOCK, RUNTIME = sys.argv[1:3]
FROM, TO = map(int, sys.argv[3:5])
PROFILES = sys.argv[5:]
STEP_S = 300
PATIENCE_S = 30
LINE = 255


def set_clock(passed):
    with open(CLOCK, "r+b") as clock:
        clock.write((f"0 0 {passed}".ljust(LINE) + "\n").encode() * 2)


def ring():
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as caller:
        caller.connect(RUNTIME + "/doorbell")
        caller.send(b"command=status\n")
        caller.recv(8192)


def refresh_at(profile):
    with open(f"{RUNTIME}/{profile}/record", encoding="ascii") as record:
        return next(int(line[11:]) for line in record if line.startswith("refresh_at="))


def is_done(now):
    end = time.monotonic() + PATIENCE_S
    while any(refresh_at(profile) <= now for profile in PROFILES):
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True


looks = dead = late = 0
for passed in range(FROM, TO, STEP_S):
    set_clock(passed + STEP_S)
    profile = PROFILES[looks % len(PROFILES)]
    looks += 1
    dead += subprocess.run(["tokenward", "get", "--cached", profile], stdout=subprocess.DEVNULL, check=False).returncode != 0
    ring()
    # Ours is preloaded here, too; a clock of seconds may be one behind.
    late += not is_done(int(time.time()) - 1)
print(looks, dead, late)
