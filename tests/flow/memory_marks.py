# SPDX-License-Identifier: MIT
"""Counts the marks that processes have in writable memory.

usage: memory_marks.py FILE PID...   FILE has a mark in each line
Prints how many; with each on standard error, by its line's number.
"""
import sys

marks = [line.strip().encode() for line in open(sys.argv[1]) if line.strip()]
found = 0
looked = 0
for pid in sys.argv[2:]:
    memory = open(f"/proc/{pid}/mem", "rb")
    for line in open(f"/proc/{pid}/maps"):
        place, mode = line.split()[:2]
        if not mode.startswith("rw"):
            continue
        start, end = (int(part, 16) for part in place.split("-"))
        try:
            memory.seek(start)
            text = memory.read(end - start)
        except (OSError, ValueError):
            continue
        looked += len(text)
        for number, mark in enumerate(marks, 1):
            if mark in text:
                found += 1
                print(f"# {pid}: mark {number} in {line.strip()}", file=sys.stderr)
print(found if looked else "no memory was read")
