#!/usr/bin/env python3
"""Compares verdicts with what happened, and the figures with those of docs/hosts.md.

usage: tests/hosts/table.py RESULTS SKIPPED FAILED DOCUMENT
  RESULTS   rows as tests/hosts/hosts.sh writes them
  SKIPPED   lines: what the archive no longer has
  FAILED    the number of hosts that did not build
  DOCUMENT  has a table of the figures, and one of the wrong verdicts that it explains
"""

import collections
import pathlib
import sys

HEAD = ("host", "modules of", "right: fits", "right: refused", "false refusals",
        "false acceptances", "uses compared", "not compared")
EXPLAINED = ("host", "modules", "verdict", "reason", "why")


def kind(verdict: str, outcome: str) -> str:
    """What a verdict is worth, by what happened."""
    if verdict == "fits":
        return "right: fits" if outcome == "works" else "false acceptances"
    return "false refusals" if outcome == "works" else "right: refused"


def tables(document: str) -> dict[tuple[str, ...], list[list[str]]]:
    """The rows of the tables of a Markdown document, by their heads."""
    found: dict[tuple[str, ...], list[list[str]]] = {}
    head = None
    for line in document.splitlines():
        if not line.startswith("|"):
            head = None
            continue
        cells = [cell.strip() for cell in line.strip("|\n ").split("|")]
        if head is None:
            head = tuple(cells)
            found[head] = []
        elif set(line) - set("|- "):
            found[head].append(cells)
    return found


def is_explained(row: dict[str, str], explained: list[list[str]]) -> bool:
    for host, modules, verdict, reason, _ in explained:
        if (host in (row["host"], f"{row['host']} {row['on']}")
                and (modules == "all" or row["module"] in modules.replace("`", "").split(", "))
                and verdict == row["kind"].rstrip("s")
                and reason.strip("`") in row["reason"]):
            return True
    return False


def main() -> int:
    results, skipped, failed, document = sys.argv[1:]
    named = tables(pathlib.Path(document).read_text())
    known = {(row[0], row[1]): row for row in named.get(HEAD, [])}
    explained = named.get(EXPLAINED, [])
    figures: dict[tuple[str, str], collections.Counter[str]] = {}
    passed, bad = 0, int(failed)
    for line in pathlib.Path(results).read_text().splitlines():
        names = ("host", "on", "of", "module", "outcome", "verdict", "compared", "left", "reason")
        row = dict(zip(names, line.split("\t"), strict=True))
        row["kind"] = kind(row["verdict"], row["outcome"])
        figure = figures.setdefault((f"{row['host']} {row['on']}", row["of"]), collections.Counter())
        figure[row["kind"]] += 1
        figure["uses compared"] += int(row["compared"])
        figure["not compared"] += int(row["left"])
        if row["kind"].startswith("right") or is_explained(row, explained):
            passed += 1
            continue
        bad += 1
        print(f"not ok: {row['host']} {row['on']}, {row['module']} of {row['of']}: the verdict is "
              f"\"{row['verdict']}\", but it {row['outcome']} {row['reason']}")
    print("| " + " | ".join(HEAD) + " |")
    for key, figure in figures.items():
        cells = [*key, *(str(figure[name]) for name in HEAD[2:])]
        print("| " + " | ".join(cells) + " |")
        if key not in known:
            print(f"these versions are not in {document}: {key[0]}, modules of {key[1]}")
        elif known[key] != cells:
            print(f"not ok: {document} says | {' | '.join(known[key])} |")
            bad += 1
    for line in pathlib.Path(skipped).read_text().splitlines():
        print(f"skipped: {line}: the archive no longer has it")
    print(f"{passed} passed, {bad} failed")
    return 1 if bad or not passed else 0


sys.exit(main())
