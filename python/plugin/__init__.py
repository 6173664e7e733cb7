# SPDX-License-Identifier: MIT
"""Plugins with checked types: the symbols of a C plugin as Python objects, by the types in its stamp.

    p = plugin.open("./shapes.so")
    p.V = 7
    p.area({"w": 2, "h": 3})

Nothing but the plugin is needed: no header, no compiler. docs/python.md says what becomes what.
"""

from ._errors import (
    AlreadyLoaded,
    Code,
    Crashed,
    Error,
    InitFailed,
    Misfit,
    NoMemory,
    NoSymbol,
    NotFound,
    NotPlugin,
    Sealed,
    SystemFailure,
    Timeout,
    Unsupported,
    Untrusted,
    WrongType,
)
from ._files import File, examine, scan
from ._functions import Callback, Function
from ._plugin import Plugin, Symbol, open, seal
from ._types import Kind, Member, Parameter, Type
from ._views import Array, Pointer, Record, buffer

__all__ = [name for name in dir() if not name.startswith("_")]
