#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares verdicts with what happened, and the figures with those of docs/hosts.md.

usage: tests/hosts/table.py RESULTS PORTS SKIPPED FAILED DOCUMENT
  RESULTS   rows as tests/hosts/hosts.sh writes them
  PORTS     likewise
  SKIPPED   lines: what the archive no longer has
  FAILED    the number of hosts that did not build
  DOCUMENT  has a table of the figures, and one of the wrong verdicts that it explains
"""

import collections
import pathlib
import sys

HEAD = ("host", "modules of", "right: fits", "right: refused", "false refusals",
        "false acceptances", "uses compared", "not compared")
BY_NUMBER = ("host", "refused by its number alone", "fail", "work", "of these, fit")
PORTS = ("host", "lines added", "lines removed", "its own tests, as before")
EXPLAINED = ("host", "modules", "verdict", "reason", "why")


def kind(verdict: str, outcome: str) -> str:
    """What a verdict is worth, by what happened. A host that refuses by a number alone refuses, but its
    refusal does not make an acceptance false."""
    if verdict == "fits":
        return "right: fits" if outcome.endswith("works") else "false acceptances"
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


def compare(head: tuple[str, ...], rows: list[list[str]], named: dict[tuple[str, ...], list[list[str]]]) -> int:
    """Prints a table, and its differences from that of the document. Returns their number: figures of
    versions that the document does not name differ from nothing."""
    bad = 0
    if rows:
        print("| " + " | ".join(head) + " |")
    for row in rows:
        print("| " + " | ".join(row) + " |")
        same = [other for other in named.get(head, []) if other[0] == row[0]
                and (head != HEAD or other[1] == row[1])]
        if not same:
            print("new: the document does not have these versions")
        elif row not in same:
            print(f"not ok: the document says | {' | '.join(same[0])} |")
            bad += 1
    return bad


def main() -> int:
    results, ports, skipped, failed, document = sys.argv[1:]
    named = tables(pathlib.Path(document).read_text())
    explained = named.get(EXPLAINED, [])
    figures: dict[tuple[str, str], collections.Counter[str]] = {}
    by_number: dict[str, collections.Counter[str]] = {}
    passed, bad = 0, int(failed)
    for line in pathlib.Path(results).read_text().splitlines():
        names = ("host", "on", "of", "module", "outcome", "verdict", "compared", "left", "reason")
        row = dict(zip(names, line.split("\t"), strict=True))
        row["kind"] = kind(row["verdict"], row["outcome"])
        figure = figures.setdefault((f"{row['host']} {row['on']}", row["of"]), collections.Counter())
        figure[row["kind"]] += 1
        figure["uses compared"] += int(row["compared"])
        figure["not compared"] += int(row["left"])
        _, _, really = row["outcome"].partition(", but ")
        if really:
            figure = by_number.setdefault(f"{row['host']} {row['on']}", collections.Counter())
            figure[BY_NUMBER[1]] += 1
            figure["work" if really == "works" else "fail"] += 1
            figure[BY_NUMBER[4]] += row["verdict"] == "fits"
        if row["kind"].startswith("right") or is_explained(row, explained):
            passed += 1
            continue
        bad += 1
        print(f"not ok: {row['host']} {row['on']}, {row['module']} of {row['of']}: the verdict is "
              f"\"{row['verdict']}\", but it {row['outcome']} {row['reason']}")
    rows = [[*key, *(str(figure[name]) for name in HEAD[2:])] for key, figure in figures.items()]
    bad += compare(HEAD, rows, named)
    rows = [[host, *(str(figure[name]) for name in BY_NUMBER[1:])] for host, figure in by_number.items()]
    bad += compare(BY_NUMBER, rows, named)
    rows = [line.split("\t") for line in pathlib.Path(ports).read_text().splitlines()]
    bad += compare(PORTS, rows, named)
    for line in pathlib.Path(skipped).read_text().splitlines():
        print(f"skipped: {line}: the archive no longer has it")
    print(f"{passed} passed, {bad} failed")
    return 1 if bad or not passed else 0


sys.exit(main())
