# SPDX-License-Identifier: MIT
"""Many users run one program at the same moment.

usage: crowd_users.py TOKENWARD PROFILE COUNT FIRST_UID

Prints how many had a token, how many different ones there were, and how many
were told something, as all are who fail: what, and how many of them, goes to
standard error.
"""
import collections
import os
import subprocess
import sys

PROGRAM, PROFILE, COUNT, FIRST = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
ENVIRONMENT = {name: os.environ[name] for name in ("PATH", "TOKENWARD_HELPER", "TOKENWARD_MODULE_DIR")}
ENVIRONMENT["HOME"] = "/nonexistent"
GROUP = 61200
gate, release = os.pipe()


def start(uid):
    return subprocess.Popen(
        ["/bin/sh", "-c", 'read -r _; exec "$0" get --verbose "$1"', PROGRAM, PROFILE],
        stdin=gate,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
        user=uid,
        group=uid,
        extra_groups=[GROUP],
    )


users = [start(FIRST + i) for i in range(COUNT)]
os.close(gate)
os.close(release)  # the end of what they read: all go
tokens, told = [], collections.Counter()
for user in users:
    out, err = user.communicate()
    if user.returncode == 0:
        tokens.append(out)
    if user.returncode or err:
        told[f"exit {user.returncode}: {err.decode()}"] += 1
for words, count in told.items():
    print(f"# {count} users: {words!r}", file=sys.stderr)
print(len(tokens), len(set(tokens)), told.total())
