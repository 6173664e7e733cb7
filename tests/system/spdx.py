#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Which files do not say their license, neither themselves nor by the last part of REUSE.toml.

usage: spdx.py TREE
"""

import pathlib
import re
import subprocess
import sys
import tomllib

LINE = "SPDX-License-Identifier: MIT"


def listed(tree: pathlib.Path) -> list[str]:
    """The files of the commit to come; of a tarball, which has no repository, all but builds."""
    git = ["git", "-c", f"safe.directory={tree}", "-C", str(tree), "ls-files", "-co", "--exclude-standard"]
    if (tree / ".git").exists():
        names = subprocess.run(git, capture_output=True, text=True, check=True).stdout.splitlines()
    else:
        names = [str(path.relative_to(tree)) for path in tree.rglob("*") if not path.is_dir()]
    return sorted(name for name in names if not re.match(r"build(-[^/]*)?/", name) and (tree / name).is_file())


def pattern(path: str) -> re.Pattern:
    """REUSE's globs: ** is anything, * anything but a slash."""
    parts = re.split(r"(\*\*|\*)", path)
    return re.compile("".join({"**": ".*", "*": "[^/]*"}.get(part, re.escape(part)) for part in parts))


def main() -> int:
    tree = pathlib.Path(sys.argv[1])
    exempt = [pattern(path) for path in tomllib.loads((tree / "REUSE.toml").read_text())["annotations"][-1]["path"]]
    missing = []
    for name in listed(tree):
        if any(each.fullmatch(name) for each in exempt):
            continue
        with open(tree / name, encoding="utf-8", errors="replace") as file:
            if not any(LINE in line for _, line in zip(range(3), file)):
                missing.append(name)
    print(*missing, sep="\n", end="\n" if missing else "")
    return 1 if missing else 0


sys.exit(main())
