#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Renames identifiers in an unstamped ELF file to what no compiler would accept.

usage: rename.py FILE   (each OLD, in the strings of the file, becomes NEW of the same length)
"""
import sys

NAMES = {
    b"holds_markup_xxxxxxxxxxxxxxxxxx": b"<script>alert('1')</script><!--",
    b"member_of_quotes_yyyyyyyyyyyyyy": b"q\" onload='x' &amp; \\N \\\\\" ]]>;",
    b"member_that_turns_zzz": "\u202eright to left\x01 \u05d0".encode(),
    b"missing_function_wwwwwwwww": b"m\"];evil->x[label=<<b>]}",
}
path = sys.argv[1]
data = open(path, "rb").read()
for old, new in NAMES.items():
    assert len(new) <= len(old), (old, new)
    data = data.replace(old + b"\0", new.ljust(len(old), b"~") + b"\0")
open(path, "wb").write(data)
