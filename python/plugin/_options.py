# SPDX-License-Identifier: MIT
"""Options of an open as struct plugin_options."""

from __future__ import annotations

import ctypes
import math
import os
from typing import Sequence

from ._library import CIsolation, COptions, CTrust, chars

_ISOLATED = 3  # PLUGIN_ISOLATED


def _list(values: Sequence[str | os.PathLike] | None) -> ctypes.Array | None:
    """An array of strings, ended by NULL."""
    if values is None:
        return None
    if isinstance(values, (str, bytes)):
        raise TypeError(f"a list of strings is needed, not {values!r} alone")
    return (ctypes.c_char_p * (len(values) + 1))(*map(chars, values))


class Options:
    """Keeps all that the struct leads to."""

    def __init__(
        self,
        *,
        isolated: bool = False,
        timeout: float | None = None,
        memory: int = 0,
        read_only: Sequence[str | os.PathLike] | None = None,
        require: int = 0,
        keys: Sequence[str] | None = None,
        hashes: Sequence[str] | None = None,
        least_version: int = 0,
        libraries: Sequence[str] | None = None,
        check_place: bool = False,
        owner: int = 0,
        forbidden_mode: int = 0,
        search: Sequence[str | os.PathLike] | None = None,
        strict: bool = False,
        verify: bool = False,
        content: str | None = None,
        is_global: bool = False,
        go_bridge: str | os.PathLike | None = None,
    ) -> None:
        if timeout is not None and not 0 < timeout < math.inf:
            raise ValueError(f"timeout={timeout}: it is a number of seconds, or None")
        self.is_isolated = isolated
        self.raw = COptions(
            size=ctypes.sizeof(COptions),
            placement=_ISOLATED if isolated else 0,
            strict=strict,
            verify=verify,
            search=_list(search),
            timeout_ms=0 if timeout is None else max(1, math.ceil(timeout * 1000)),
            go_bridge=None if go_bridge is None else chars(go_bridge),
            is_global=is_global,
            content=None if content is None else chars(content),
            has_no_types=isolated,
        )
        trust = CTrust(
            keys=_list(keys),
            hashes=_list(hashes),
            least_version=least_version,
            check_place=check_place,
            owner=owner,
            forbidden_mode=forbidden_mode,
            libraries=_list(libraries),
        )
        if bytes(trust) != bytes(CTrust()):
            trust.size = ctypes.sizeof(CTrust)
            self.raw.trust = ctypes.pointer(trust)
        isolation = CIsolation(memory=memory, read_only=_list(read_only), require=require)
        if bytes(isolation) != bytes(CIsolation()):
            isolation.size = ctypes.sizeof(CIsolation)
            self.raw.isolation = ctypes.pointer(isolation)
