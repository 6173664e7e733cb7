# SPDX-License-Identifier: MIT
"""Loads each file twice, by plain dlopen."""
import ctypes, sys
for path in sys.argv[1:]:
    ctypes.CDLL(path)
    ctypes.CDLL(path)
