# SPDX-License-Identifier: MIT
"""Reads the table `changes` and writes a directory for each change: the changed sources, and what
is expected of them.

usage: write.py TABLE DIRECTORY ABIDIFF'S-VERSION; prints the names of the changes
"""
import os
import sys

SOURCES = ("geom.h", "geom.c", "main.c")


def numbers(version):
    return [int(number) for number in version.split(".")]


def read_table(path, version):
    """The changes, in order: name, verdicts, edits, and what the lines with a keyword say."""
    changes = []
    for number, line in enumerate(open(path), 1):
        words = line.split()
        if not words or line.startswith("#"):
            continue
        if not line.startswith(" "):
            if len(words) != 3 or not set(words[1:]) <= {"fits", "misfit"}:
                sys.exit(f"{path}:{number}: not NAME, NEW and OLD")
            changes.append({"name": words[0], "verdict": words[1:], "edits": [],
                            "with": "cc", "abidiff": ""})
        elif words[0] in ("with:", "abidiff:"):
            changes[-1][words[0][:-1]] = " ".join(words[1:])
        elif words[0].startswith("abidiff-"):
            if numbers(words[0][len("abidiff-"):-1]) <= numbers(version):
                changes[-1]["abidiff"] = " ".join(words[1:])
        elif "=>" in words:
            before, after = line.strip().replace("\\n", "\n").split("=>")
            changes[-1]["edits"].append((before.strip(" "), after.strip(" ")))
        else:
            sys.exit(f"{path}:{number}: neither an edit nor a keyword")
    return changes


def apply(change, sources):
    """The sources with all edits; each must find its text."""
    for before, after in change["edits"]:
        if not any(before in text for text in sources.values()):
            sys.exit(f"{change['name']}: not found: {before}")
        sources = {name: text.replace(before, after) for name, text in sources.items()}
    return sources


def main(table, directory, version):
    home = os.path.dirname(table)
    originals = {name: open(os.path.join(home, name)).read() for name in SOURCES}
    for change in read_table(table, version):
        files = apply(change, originals)
        files |= {"verdict": "\n".join(change["verdict"]) + "\n", "with": change["with"] + "\n",
                  "abidiff": change["abidiff"] + "\n"}
        folder = os.path.join(directory, change["name"])
        os.makedirs(folder)
        for name, text in files.items():
            with open(os.path.join(folder, name), "w") as file:
                file.write(text)
        print(change["name"])


main(*sys.argv[1:])
