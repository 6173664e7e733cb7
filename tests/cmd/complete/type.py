# SPDX-License-Identifier: MIT
"""Types into an interactive shell on a terminal of its own, and prints what it shows.

usage: type.py SHELL [ARGUMENT...] <KEYS: the keys are typed as they are; the shell is to end by them.
"""
import os
import pty
import select
import sys

keys = sys.stdin.buffer.read()
child, terminal = pty.fork()
if not child:
    os.execvp(sys.argv[1], sys.argv[1:])
while True:
    readable, writable, _ = select.select([terminal], [terminal] if keys else [], [], int(os.environ["hang"]))
    if not readable and not writable:
        sys.exit("the shell hangs")
    if writable:
        keys = keys[os.write(terminal, keys[:256]):]
    if readable:
        try:
            shown = os.read(terminal, 4096)
        except OSError:  # EIO: the shell has ended
            break
        sys.stdout.buffer.write(shown)
        sys.stdout.flush()
