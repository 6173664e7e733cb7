#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reads what `plugin check --json` prints, and prints the last verdict as assignments of the shell."""

import json
import shlex
import sys

verdict = json.loads(sys.stdin.read().splitlines()[-1])
reasons = verdict.get("misfits") or [{"text": verdict.get("error") or ""}]
reason = "" if verdict["fits"] else reasons[0]["text"].splitlines()[0]
print("verdict=" + ("fits" if verdict["fits"] else "refused"))
print(f"compared={verdict['compared']} left={verdict['unchecked']}")
print("reason=" + shlex.quote(reason.replace("\t", " ")))
