#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Turns measured values into a table, as text and JSON, and plots.

usage: bench/report.py OUTPUT    reads OUTPUT/measures: lines of "LABEL.MEASURE PEER VALUE"

A ratio is the median of the ratios of the rounds: one value of each side, from the same round.
"""

import json
import pathlib
import statistics
import sys

Series = dict[tuple[str, str], list[float]]

# What is measured, in which unit it is shown, and the scale of that unit.
UNITS = {"us": 1e3, "ns": 1, "ms": 1e6, "s": 1e9, "KiB": 1, "bytes": 1, "x": 1, "calls": 1}

# Targets: a row of the table, the measure, the two sides, and the most that their ratio (or, without
# a second side, the value in the unit) may be. A target that starts with ">" is the least.
OWN = "plugin"
TARGETS = [
    ("open of a plugin that is not open yet", "small.open", "us", OWN, "dlopen", "1.2"),
    ("the same, wall time, against Go", "small.open-wall", "us", "go", OWN, ">15"),
    ("first open of a process, host without exports", "first-0.first", "us", OWN, "dlopen", "1.6"),
    ("the same, 4,000 exports", "first-4000.first", "us", OWN, "dlopen", "1.7"),
    ("the same, 40,000 exports", "first-40000.first", "us", OWN, "dlopen", "1.8"),
    ("its page faults, above dlopen's", "first-0.first-faults", "x", OWN, "-dlopen", "25"),
    ("the same, 40,000 exports", "first-40000.first-faults", "x", OWN, "-dlopen", "25"),
    ("open, 1,000 typed imports", "typed.open", "us", OWN, "dlopen", "1.4"),
    ("reopen", "small.reopen", "us", OWN, None, "0.6"),
    ("reopen, against stat alone", "small.reopen", "us", OWN, "stat", ""),
    ("reopen with 10,000 open, against 200", "many.reopen/small.reopen", "us", OWN, OWN, "1.2"),
    ("lookup", "lookup.lookup", "ns", OWN, None, "10"),
    ("lookup", "lookup.lookup", "ns", OWN, "dlopen", "0.25"),
    ("lookup", "lookup.lookup", "ns", OWN, "go", "1"),
    ("lookup among 100,000, against 10", "lookup-100000.lookup/lookup-10.lookup", "ns", OWN, OWN, "1.2"),
    ("lookups by two threads, against one", "lookup.two-threads", "x", OWN, None, ">1.9"),
    ("lookup and assertion", "int.typed", "ns", OWN, "go", "1"),
    ("call", "call.call", "ns", OWN, "dlopen", "1.05"),
    ("10,000 plugins, in all", "many.total", "s", OWN, "dlopen", "1.1"),
    ("10,000 plugins, in all", "many.total", "s", OWN, "dlopen-global", "0.6"),
    ("memory of each of 10,000, above dlopen", "many.memory", "KiB", OWN, "-dlopen", "4"),
    ("1,000 plugins by 16 threads", "threads.total", "ms", OWN, "dlopen", "1.15"),
    ("1,000 plugins: scan; dlopen and dlsym", "scan.total", "ms", "dlopen", OWN, ">5"),
    ("isolated: a call after another", "rpc.nothing", "ns", OWN, None, "1000"),
    ("the same, against go-plugin", "rpc.nothing", "us", "go-plugin", OWN, ">100"),
    ("the same, against gRPC", "rpc.nothing", "us", "grpc", OWN, ">30"),
    ("the same, against Cap'n Proto", "rpc.nothing", "us", "capnp", OWN, ""),
    ("the same, against a socket pair", "rpc.nothing", "us", "socket", OWN, ""),
    ("the same, against a futex", "rpc.nothing", "us", "futex", OWN, ""),
    ("a call after a pause, against a futex", "rpc-pause.nothing", "us", OWN, "futex", "1.3"),
    ("1 MiB of plugin_alloc, against nothing", "arena.megabyte", "us", OWN, "nothing", "1.1"),
    ("its process is ready, against posix_spawn of true", "isolated.ready", "us", OWN, "spawn", "2"),
    ("private memory of each of 1", "isolated-1.memory", "KiB", OWN, None, "2048"),
    ("private memory of each of 10", "isolated-10.memory", "KiB", OWN, None, "2048"),
    ("private memory of each of 100", "isolated-100.memory", "KiB", OWN, None, "2048"),
    ("open of 1", "isolated-1.open", "us", OWN, None, ""),
    ("open of each of 10", "isolated-10.open", "us", OWN, None, ""),
    ("open of each of 100", "isolated-100.open", "us", OWN, None, ""),
    ("size of the example, stripped", "size.bytes", "bytes", OWN, None, "20480"),
    ("start of a program, above one without it", "start.time", "us", OWN, "-alone", "120"),
    ("its memory, above one without it", "start.resident", "KiB", OWN, "-alone", "120"),
    ("the same with 17 built-in plugins, above it", "start.time", "us", "built-in", "-" + OWN, ""),
    ("stamp", "stamp.time", "s", "pahole", OWN, ">3"),
    ("stamp", "stamp.time", "s", "abidw", OWN, ">30"),
    ("stamp, of few types of as much debug information", "stamp.time", "s", "few", OWN, ""),
    ("stamp, memory", "stamp.memory", "KiB", OWN, "pahole", "1"),
    ("stamp, memory", "stamp.memory", "KiB", OWN, "abidw", "1"),
    ("growth by the stamp, nginx's modules, stripped", "hosts.nginx-modules", "x", OWN, None, "0.6"),
    ("the same, bash's builtins", "hosts.bash-builtins", "x", OWN, None, "0.6"),
    ("the same, nginx", "hosts.nginx", "x", OWN, None, "0.1"),
    ("the same, bash", "hosts.bash", "x", OWN, None, "0.1"),
    ("check of nginx and nine modules", "hosts-check.time", "ms", OWN, "ls", "1"),
    ("bash's first enable -f, above its start", "hosts-enable.time", "us", OWN, "dlopen", "1.7"),
    ("plugin build", "build.time", "ms", OWN, "cc", "1.3"),
    ("plugin build", "build.time", "ms", "go", OWN, ">10"),
    ("plugin build, wall time", "build.wall", "ms", "go", OWN, ""),
]

PLOTS = [
    ("open", "Open of a plugin that is not open yet", "small.open-wall", "us"),
    ("reopen", "Open of a plugin that is open", "small.reopen", "us"),
    ("lookup", "Lookup", "lookup.lookup", "ns"),
    ("total", "10,000 plugins in one process", "many.total", "s"),
]


def read(path: pathlib.Path) -> Series:
    series: Series = {}
    for line in path.read_text().splitlines():
        measure, peer, value = line.split()
        # Hosts of their own for the same peer.
        series.setdefault((measure, peer), []).append(float(value))
    return series


def median(series: Series, measure: str, peer: str) -> float | None:
    values = series.get((measure, peer))
    return statistics.median(values) if values else None


def ratio(series: Series, measure: str, first: str, second: str) -> float | None:
    """The median of the ratios of the rounds; of two measures, A/B, each for one side."""
    one, _, other = measure.partition("/")
    a, b = series.get((one, first)), series.get((other or one, second))
    if not a or not b:
        return None
    if len(a) != len(b):
        return statistics.median(a) / statistics.median(b)
    return statistics.median(x / y for x, y in zip(a, b))


def rows(series: Series) -> list[dict]:
    result = []
    for name, measure, unit, first, second, target in TARGETS:
        one, _, other = measure.partition("/")
        row = {"what": name, "unit": unit, "first": first, "second": second, "target": target}
        row["first_value"] = median(series, one, first)
        if second is None:
            value = row["first_value"]
            value = None if value is None else value / UNITS[unit]
        elif second.startswith("-"):
            row["second_value"] = median(series, other or one, second[1:])
            known = None not in (row["first_value"], row["second_value"])
            value = (row["first_value"] - row["second_value"]) / UNITS[unit] if known else None
        else:
            row["second_value"] = median(series, other or one, second)
            value = ratio(series, measure, first, second)
        row["value"] = value
        limit = float(target.lstrip(">")) if target else None
        if value is not None and limit is not None:
            row["met"] = value >= limit if target.startswith(">") else value <= limit
        if value is not None:
            result.append(row)
    return result


def shown(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    value /= UNITS[unit]
    digits = 0 if value >= 1000 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f} {unit}"


def as_text(table: list[dict], series: Series) -> str:
    lines = [f"{'what':42} {'':>26} {'':>26} {'ratio':>9}  target"]
    for row in table:
        unit, second = row["unit"], row["second"]
        first = f"{row['first']} {shown(row['first_value'], unit)}"
        other = ""
        if second:
            other = f"{second.lstrip('-')} {shown(row['second_value'], unit)}"
        if second and not second.startswith("-"):
            value = f"{row['value']:.3g}"
        elif second:
            value = shown(row["value"] * UNITS[unit], unit)
        else:
            value = ""
        target = row["target"]
        if target:
            kind = "at least" if target.startswith(">") else "at most"
            verdict = "met" if row["met"] else "MISSED"
            target = f"{kind} {target.lstrip('>')}: {verdict}"
        lines.append(f"{row['what']:42} {first:>26} {other:>26} {value:>9}  {target}")
    lines.append("")
    lines.append("All peers, medians:")
    for label, unit in (("small.first-wall", "us"), ("small.open-wall", "us"), ("small.open", "us"),
                        ("small.reopen", "us"), ("lookup.lookup", "ns"), ("int.typed", "ns"),
                        ("call.call", "ns"), ("calls.open", "calls"), ("moved.right", "x"),
                        *((f"{kind}.{call}", "us") for kind in ("rpc", "rpc-pause")
                          for call in ("nothing", "value", "string", "megabyte", "back"))):
        values = [f"{peer} {shown(median(series, label, peer), unit)}"
                  for measure, peer in series if measure == label]
        if values:
            lines.append(f"{label:18} {', '.join(values)}")
    return "\n".join(lines) + "\n"


def svg(title: str, body: list[str], height: int) -> str:
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="640" height="{height}" '
        'font-family="sans-serif" font-size="13">',
        f'<rect width="640" height="{height}" fill="white"/>',
        f'<text x="10" y="22" font-size="15">{title}</text>', *body, "</svg>", ""])


def bars(title: str, values: dict[str, float], unit: str) -> str:
    """One bar a peer; one that is longer than ten of the shortest half is cut, and says so."""
    ordered = sorted(values.items(), key=lambda item: item[1])
    most = min(ordered[-1][1], 10 * ordered[(len(ordered) - 1) // 2][1])
    body = []
    for i, (peer, value) in enumerate(ordered):
        y = 40 + 26 * i
        width = 380 * min(value, most) / most
        color = "#2a6" if peer in (OWN, "built-in") else "#89a"
        cut = " (cut)" if value > most else ""
        body.append(f'<text x="110" y="{y + 14}" text-anchor="end">{peer}</text>')
        body.append(f'<rect x="118" y="{y}" width="{width:.1f}" height="19" fill="{color}"/>')
        body.append(f'<text x="{width + 124:.1f}" y="{y + 14}">{shown(value, unit)}{cut}</text>')
    return svg(title, body, 52 + 26 * len(ordered))


def lines_plot(title: str, curves: dict[str, list[tuple[float, float]]], unit: str) -> str:
    points = [point for curve in curves.values() for point in curve]
    right, top = max(x for x, _ in points), max(y for _, y in points)
    colors = ["#2a6", "#89a", "#c63", "#36c"]
    body = ['<path d="M70 40 V300 H600" stroke="black" fill="none"/>',
            f'<text x="64" y="48" text-anchor="end">{shown(top, unit)}</text>',
            f'<text x="600" y="318" text-anchor="end">{right:,.0f} open</text>']
    for i, (peer, curve) in enumerate(curves.items()):
        way = " ".join(f"{70 + 530 * x / right:.1f},{300 - 255 * y / top:.1f}" for x, y in curve)
        body.append(f'<polyline points="{way}" fill="none" stroke="{colors[i % 4]}" stroke-width="2"/>')
        body.append(f'<text x="90" y="{60 + 18 * i}" fill="{colors[i % 4]}">{peer}</text>')
    return svg(title, body, 330)


def plots(output: pathlib.Path, series: Series) -> None:
    for name, title, label, unit in PLOTS:
        values = {peer: statistics.median(v) for (m, peer), v in series.items() if m == label}
        if values:
            (output / f"{name}.svg").write_text(bars(title, values, unit))
    curves: dict[str, list[tuple[float, float]]] = {}
    for (measure, peer), values in series.items():
        if measure.startswith("many.open-at-"):
            count = float(measure.rsplit("-", 1)[1])
            curves.setdefault(peer, []).append((count, statistics.median(values)))
    if curves:
        ordered = {peer: sorted(curve) for peer, curve in curves.items()}
        (output / "growth.svg").write_text(
            lines_plot("An open, by how many plugins are open", ordered, "us"))


def main() -> None:
    output = pathlib.Path(sys.argv[1])
    series = read(output / "measures")
    table = rows(series)
    text = as_text(table, series)
    (output / "table.txt").write_text(text)
    medians = {f"{measure} {peer}": statistics.median(values)
               for (measure, peer), values in sorted(series.items())}
    (output / "table.json").write_text(json.dumps({"rows": table, "medians": medians}, indent=2) + "\n")
    plots(output, series)
    print(text, end="")


main()
