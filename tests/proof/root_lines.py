#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""root_lines.py TREE DUMP...: which lines of ours callgrind saw run, as root.

Prints one line: how many of them are none of those that root may run, and
what it ran in all.  Root's are few: they start, look around and become
somebody else, and know no parser and no socket.  In a build that counts lines
each file has two functions more, of the compiler's, which do not count.
"""
import collections
import os
import re
import sys

ROOTS = re.compile(
    r"helper/(main|base/confine|options|wipe)\.c"
    r"|provider/base/(auto\.h|clock\.c|error\.c|secret\.c|session_word\.c|steering\.c|text\.c)"
    r"|provider/pam/[a-z_]+\.c")
COUNTS = re.compile(r"_sub_[ID]_\d+_\d+")


def lines_of(dump, tree):
    """Of each file of the tree, the lines with a cost (Callgrind Format)."""
    names, here, line, call, counts = {}, None, 0, False, False
    seen = collections.defaultdict(set)
    for text in open(dump, encoding="utf-8", errors="replace"):
        found = re.match(r"(fl|fi|fe)=\((\d+)\)(?: (.*))?", text)
        if found:
            if found.group(3):
                names[found.group(2)] = found.group(3).strip()
            here = names.get(found.group(2))
        elif found := re.match(r"(c?)fn=(\(\d+\))(?: (.*))?", text):
            if found.group(3):
                names[found.group(2)] = found.group(3)
            if not found.group(1):
                counts = COUNTS.match(names[found.group(2)])
        elif re.match(r"c(fi|fl)=\((\d+)\) ", text):
            found = re.match(r"c(?:fi|fl)=\((\d+)\) (.*)", text)
            names[found.group(1)] = found.group(2).strip()
        elif text.startswith("calls="):
            call = True  # the line after it is the call's cost, not its own
        else:
            found = re.match(r"([+-]\d+|\*|\d+)(?: (\d+))?\s*$", text)
            if not found:
                continue
            at = found.group(1)
            line = line if at == "*" else line + int(at) if at[0] in "+-" else int(at)
            if not call and not counts and here:
                path = os.path.normpath(here)
                if path.startswith(tree + "/"):
                    seen[path[len(tree) + 1:]].add(line)
            call = False
    return seen


def main():
    tree = os.path.realpath(sys.argv[1])
    seen = collections.defaultdict(set)
    for dump in sys.argv[2:]:
        for path, lines in lines_of(dump, tree).items():
            if path.startswith(("helper/", "provider/")):
                seen[path] |= lines
    others = sum(len(lines) for path, lines in seen.items() if not ROOTS.fullmatch(path))
    told = " ".join(f"{path}:{len(lines)}" for path, lines in sorted(seen.items()))
    print(others, f"of {sum(map(len, seen.values()))}:", told)


main()
