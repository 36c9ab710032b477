# SPDX-License-Identifier: MIT
"""Many users run one program at the same moment.

usage: crowd_users.py TOKENWARD PROFILE COUNT FIRST_UID

Prints how many had a token, how many different ones there were, and how many
failed; the first failure's words go to standard error.
"""
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
        ["/bin/sh", "-c", 'read -r _; exec "$0" get "$1"', PROGRAM, PROFILE],
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
tokens, failures = [], []
for user in users:
    out, err = user.communicate()
    (failures if user.returncode else tokens).append(err if user.returncode else out)
if failures:
    sys.stderr.write(failures[0].decode())
print(len(tokens), len(set(tokens)), len(failures))
