#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""coverage.py BUILD TREE - the lines of helper/ and provider/ that ran, by
file, worst first; then why the others did not, by tests/proof/uncovered.

What several programs have of a file counts together.  Fails for a line that is
not explained, and for an explanation that nothing needs.
"""
import collections
import json
import os
import re
import subprocess
import sys

CONTROL = re.compile(r"\s*(} )?(if|else|for|while|do|switch|case|default)\b")

build, tree = (os.path.realpath(path) for path in sys.argv[1:3])


def lines_of():
    """{file: {line: how often it ran}}"""
    data = [os.path.join(where, name) for top in ("helper", "provider", "tests")
            for where, _, names in os.walk(os.path.join(build, top)) for name in names if name.endswith(".gcda")]
    ran = collections.defaultdict(dict)
    for at in range(0, len(data), 50):
        out = subprocess.run(["gcov", "--json-format", "--stdout", *data[at:at + 50]], cwd=build, check=True,
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        for text in out.splitlines():
            for file in json.loads(text)["files"]:
                path = os.path.relpath(os.path.realpath(os.path.join(build, file["file"])), tree)
                if not re.match(r"(helper|provider)/.*\.c$", path):
                    continue
                for line in file["lines"]:
                    number = line["line_number"]
                    ran[path][number] = ran[path].get(number, 0) + line["count"]
    return ran


def statement(text, number):
    """That line with what it hangs on: back to the if or the like that leads
    there and one line more, where that is made which is asked about, and on to
    the end of what is written."""
    first = last = number - 1
    while first > max(0, number - 9) and not CONTROL.match(text[first]) and text[first] not in ("{", "}"):
        first -= 1
    while last < min(len(text) - 1, number + 2) and not text[last].rstrip().endswith((";", "{", "}")):
        last += 1
    return " ".join(line.strip() for line in text[max(0, first - 1):last + 1])


def reasons():
    """Rows of uncovered: a pattern for files, one for text, and why."""
    for row in open(os.path.join(tree, "tests/proof/uncovered"), encoding="utf-8"):
        if row.strip() and not row.startswith("#"):
            files, text, why = row.rstrip("\n").split("\t")
            yield re.compile(files), re.compile(text), why


def main():
    ran = lines_of()
    table = sorted((sum(map(bool, lines.values())) / len(lines), path) for path, lines in ran.items())
    for share, path in table:
        lines = ran[path]
        print(f"{100 * share:6.2f}% {sum(map(bool, lines.values())):5d} of {len(lines):5d} {path}")
    everything = sum(map(len, ran.values()))
    got = sum(bool(count) for lines in ran.values() for count in lines.values())
    print(f"{100 * got / everything:6.2f}% of {everything} lines in {len(ran)} files\n")

    rows, counts, unexplained = list(reasons()), collections.Counter(), []
    for path, lines in sorted(ran.items()):
        text = open(os.path.join(tree, path), encoding="utf-8").read().splitlines()
        before = None
        for number, count in sorted(lines.items()):
            if count:
                before = None
                continue
            said = statement(text, number)
            why = next((why for files, pattern, why in rows if files.match(path) and pattern.search(said)), before)
            if why:
                counts[why] += 1
                before = why  # what follows without having run is a part of it
            else:
                unexplained.append(f"{path}:{number}: {text[number - 1].strip()}")
    print("not reached, and why:")
    for why in dict.fromkeys(why for _, _, why in rows):
        print(f"{counts[why]:6d}  {why}")
    print(f"{len(unexplained):6d}  for no reason that tests/proof/uncovered has")
    for line in unexplained:
        print(f"        {line}")
    vain = [why for _, _, why in rows if not counts[why]]
    for why in vain:
        print(f"in vain: {why}")
    print(f"# figure lines-covered-per-mille {1000 * got // everything} of {everything}")
    return bool(unexplained)


sys.exit(main())
