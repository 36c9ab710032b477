# SPDX-License-Identifier: MIT
"""qr_image.py - half-block lines of a terminal in, a PGM image out, for a
reader of QR codes.  A block is light: the code was drawn for a dark one."""
import sys

SCALE = 4
HALVES = {" ": (0, 0), "\u2580": (1, 0), "\u2584": (0, 1), "\u2588": (1, 1)}

text = sys.stdin.buffer.read().decode("utf-8", "replace").replace("\r", "")
lines = [line for line in text.split("\n") if "\u2588" in line]
rows = []
for line in lines:
    for half in (0, 1):
        row = [255 * HALVES[c][half] for c in line if c in HALVES]
        rows += [[value for value in row for _ in range(SCALE)]] * SCALE
width = min(len(row) for row in rows)
sys.stdout.buffer.write(b"P5 %d %d 255\n" % (width, len(rows)))
sys.stdout.buffer.write(b"".join(bytes(row[:width]) for row in rows))
