#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Arrows between files of src/, stamp/ and cmd/ point down the floors of docs/design.md, in no circle.

usage: floors.py ROOT BUILD   (an arrow: an #include; a symbol that one object uses and another defines)
"""
import graphlib, pathlib, re, subprocess, sys

root, build = map(pathlib.Path, sys.argv[1:])
design = (root / "docs/design.md").read_text()
floors = [f"{tree}/{folder}".rstrip("/") for tree, folders in
          re.findall(r"^    (src|stamp|cmd)/ +(.+)", design, re.M) for folder in [*folders.split(), ""]]
files = {str(path.relative_to(root)) for tree in ("src", "stamp", "cmd") for path in (root / tree).rglob("*.[ch]")}
floor = {file: floors.index(file.rsplit("/", 1)[0]) for file in files}

includes, defined, used = {}, {}, {}
for file in files:
    names = re.findall(r'^#include "(.+)"', (root / file).read_text(), re.M)
    own_tree = {name: f"{file.split('/')[0]}/{name}" for name in names}
    includes[file] = {own_tree[name] if own_tree[name] in files else name for name in names} & files

for tree, objects in ("src", "src/lib*.p"), ("stamp", "stamp/libstamp.a.p"), ("cmd", "cmd/plugin.p"):
    own = {f"{f.split('/', 1)[1].replace('/', '_')}.o": f for f in files if f.startswith(tree)}
    paths = [path for path in build.glob(objects + "/*.o") if path.name in own]
    symbols = subprocess.check_output(["nm", "-A", *paths], text=True) if paths else ""
    for path, kind, name in re.findall(r"^(.+?):[0-9a-f ]* (\w) (\w+)$", symbols, re.M):
        defined |= {name: own[path.rsplit("/", 1)[1]]} if kind in "TDBR" else {}
        used.setdefault(own[path.rsplit("/", 1)[1]], set()).update({name} if kind == "U" else ())
calls = {file: {defined[name] for name in names if name in defined} for file, names in used.items()}

for number, (what, arrows) in enumerate((("include", includes), ("call", calls)), 1):
    wrong = [f"{file} -> {to}" for file, targets in arrows.items() for to in targets if floor[to] > floor[file]
             or to.endswith("_p.h") and floor[to] != floor[file]]
    try:
        graphlib.TopologicalSorter(arrows).prepare()
    except graphlib.CycleError as error:
        wrong.append("circle: " + " -> ".join(error.args[1]))
    print(*(f"# {line}" for line in sorted(wrong)), sep="\n", flush=True)
    assert sum(map(len, arrows.values())) > 300, f"too few arrows were found: {what}"
    print("not " * bool(wrong) + f"ok {number} - every {what} points down, in no circle")
print("1..2")
