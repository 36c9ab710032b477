# SPDX-License-Identifier: MIT
"""moved.py DIRECTORY - a program that watches a profile's directory.

Prints a line for each event there: the name of what happened and of the file,
and for a file that was moved there how long it was just then; until it is
terminated. "ready" comes first.
"""
import ctypes
import os
import struct
import sys

NAMES = {2: "modify", 4: "attrib", 8: "close_write", 64: "moved_from", 128: "moved_to", 256: "create", 512: "delete"}
libc = ctypes.CDLL(None, use_errno=True)
fd = libc.inotify_init()
if fd < 0 or libc.inotify_add_watch(fd, os.fsencode(sys.argv[1]), sum(NAMES)) < 0:
    sys.exit(os.strerror(ctypes.get_errno()))
print("ready", flush=True)
while True:
    events = os.read(fd, 65536)
    while events:
        _, mask, _, size = struct.unpack("iIII", events[:16])
        name = events[16:16 + size].rstrip(b"\0").decode()
        events = events[16 + size:]
        length = ""
        if mask == 128:
            try:
                length = os.path.getsize(f"{sys.argv[1]}/{name}")
            except FileNotFoundError:
                length = "gone"
        print(NAMES.get(mask, hex(mask)), name, length, flush=True)
