# SPDX-License-Identifier: MIT
"""libplugin and libplugin-call: where they are, and their functions."""

from __future__ import annotations

import ctypes
import os
import pathlib
import sysconfig
from ctypes import POINTER, c_bool, c_char_p, c_int, c_longlong, c_size_t, c_uint, c_uint32, c_void_p
from typing import Callable, Iterable, Iterator

LIBRARY = "libplugin.so.0"
CALL_LIBRARY = "libplugin-call.so.0"


class CType(ctypes.Structure):
    """plugin_type"""

    _fields_ = [("types", c_void_p), ("id", c_uint32)]


class CPart(ctypes.Structure):
    """struct plugin_type_part"""

    _fields_ = [
        ("size", c_size_t),
        ("name", c_char_p),
        ("type", CType),
        ("offset", c_size_t),
        ("bit_size", c_uint),
        ("bit_offset", c_uint),
        ("value", c_longlong),
    ]


class CTrust(ctypes.Structure):
    """struct plugin_trust"""

    _fields_ = [
        ("size", c_size_t),
        ("keys", POINTER(c_char_p)),
        ("hashes", POINTER(c_char_p)),
        ("least_version", ctypes.c_ulonglong),
        ("check_place", c_bool),
        ("owner", c_uint),
        ("forbidden_mode", c_uint),
        ("libraries", POINTER(c_char_p)),
    ]


class CIsolation(ctypes.Structure):
    """struct plugin_isolation"""

    _fields_ = [
        ("size", c_size_t),
        ("memory", c_size_t),
        ("read_only", POINTER(c_char_p)),
        ("require", c_uint),
        ("input", c_int),
        ("output", c_int),
        ("error", c_int),
    ]


class COptions(ctypes.Structure):
    """struct plugin_options"""

    _fields_ = [
        ("size", c_size_t),
        ("placement", c_int),
        ("strict", c_bool),
        ("verify", c_bool),
        ("search", POINTER(c_char_p)),
        ("trust", POINTER(CTrust)),
        ("timeout_ms", c_uint),
        ("go_bridge", c_char_p),
        ("allow_executable_stack", c_bool),
        ("expect", c_void_p),
        ("is_global", c_bool),
        ("allow_unstamped", c_bool),
        ("content", c_char_p),
        ("isolation", POINTER(CIsolation)),
        ("has_no_types", c_bool),
    ]


# What libplugin-call runs for a callback: context, arguments, result.
Run = ctypes.CFUNCTYPE(None, c_void_p, POINTER(c_void_p), c_void_p)
# plugin_type_walk's and plugin_scan's.
EachType = ctypes.CFUNCTYPE(c_bool, c_void_p, CType)
EachFile = ctypes.CFUNCTYPE(c_bool, c_void_p, c_char_p, c_void_p)

_FUNCTIONS = {
    "plugin_open_with": (c_void_p, c_char_p, POINTER(COptions)),
    "plugin_find_symbol": (c_void_p, c_void_p, c_char_p),
    "plugin_lookup": (c_void_p, c_void_p, c_char_p),
    "plugin_next": (c_void_p, c_void_p, c_void_p),
    "plugin_address": (c_void_p, c_void_p),
    "plugin_symbol_name": (c_char_p, c_void_p),
    "plugin_symbol_decl": (c_char_p, c_void_p),
    "plugin_path": (c_char_p, c_void_p),
    "plugin_info": (c_char_p, c_void_p, c_char_p),
    "plugin_error": (c_char_p,),
    "plugin_error_line": (c_char_p,),
    "plugin_error_code": (c_int,),
    "plugin_error_clear": (None,),
    "plugin_is_current": (c_bool, c_void_p),
    "plugin_retire": (c_bool, c_void_p),
    "plugin_stop": (c_bool, c_void_p),
    "plugin_restart": (c_bool, c_void_p),
    "plugin_seal": (None,),
    "plugin_alloc": (c_void_p, c_void_p, c_size_t),
    "plugin_free": (None, c_void_p, c_void_p),
    "plugin_examine": (c_void_p, c_char_p, POINTER(COptions)),
    "plugin_file_free": (None, c_void_p),
    "plugin_file_fits": (c_bool, c_void_p),
    "plugin_file_path": (c_char_p, c_void_p),
    "plugin_file_content": (c_char_p, c_void_p),
    "plugin_file_info_at": (c_char_p, c_void_p, c_size_t, POINTER(c_char_p)),
    "plugin_file_next": (c_char_p, c_void_p, c_char_p),
    "plugin_file_next_package": (c_char_p, c_void_p, c_char_p),
    "plugin_file_next_import": (c_char_p, c_void_p, c_char_p),
    "plugin_file_decl": (c_char_p, c_void_p, c_char_p),
    "plugin_scan": (c_bool, c_char_p, POINTER(COptions), EachFile, c_void_p),
    "plugin_symbol_type": (CType, c_void_p),
    "plugin_symbol_can_fail": (c_bool, c_void_p),
    "plugin_file_type": (CType, c_void_p, c_char_p),
    "plugin_type_kind": (c_int, CType),
    "plugin_type_name": (c_char_p, CType),
    "plugin_type_typedef": (c_char_p, CType),
    "plugin_type_size": (c_size_t, CType),
    "plugin_type_alignment": (c_size_t, CType),
    "plugin_type_is_complete": (c_bool, CType),
    "plugin_type_is_signed": (c_bool, CType),
    "plugin_type_is_const": (c_bool, CType),
    "plugin_type_is_variadic": (c_bool, CType),
    "plugin_type_is_prototype": (c_bool, CType),
    "plugin_type_target": (CType, CType),
    "plugin_type_count": (c_size_t, CType),
    "plugin_type_part": (c_bool, CType, c_size_t, POINTER(CPart)),
    "plugin_type_agrees": (c_bool, CType, CType),
    "plugin_type_walk": (c_bool, CType, EachType, c_void_p),
    "plugin_type_declare": (c_size_t, CType, c_char_p, c_char_p, c_size_t),
    "plugin_type_define": (c_size_t, CType, c_char_p, c_size_t),
}
_CALL_FUNCTIONS = {
    "plugin_call": (c_bool, c_void_p, POINTER(c_void_p), c_void_p),
    "plugin_call_pointer": (c_bool, CType, c_void_p, POINTER(c_void_p), c_void_p),
    "plugin_callback_new": (c_void_p, CType, Run, c_void_p),
    "plugin_callback_pointer": (c_void_p, c_void_p),
    "plugin_callback_free": (None, c_void_p),
}


def _places() -> Iterator[pathlib.Path]:
    """The directories of libraries beside which this package may be installed, nearest first."""
    multiarch = sysconfig.get_config_var("MULTIARCH") or ""
    for above in pathlib.Path(__file__).resolve().parents:
        if above.name.startswith("lib"):
            yield above / multiarch
            yield above


def _directory() -> str:
    """Where the libraries are, with a slash; "" leaves it to the dynamic loader."""
    given = os.environ.get("PLUGIN_LIBRARY")
    if given:
        return os.path.join(given, "")
    for place in _places():
        if (place / LIBRARY).exists():
            return os.path.join(place, "")
    return ""


def _load(directory: str, name: str, functions: dict) -> ctypes.CDLL:
    try:
        library = ctypes.CDLL(directory + name)
    except OSError as error:
        raise ImportError(
            f"cannot load {directory}{name}: {error}; install libplugin, or set PLUGIN_LIBRARY to the "
            "directory that has it"
        ) from None
    for function, (result, *parameters) in functions.items():
        try:
            found = getattr(library, function)
        except AttributeError:
            raise ImportError(
                f"{directory}{name} has no {function}: it is older than this package"
            ) from None
        found.restype, found.argtypes = result, parameters
    return library


_own = _directory()
lib = _load(_own, LIBRARY, _FUNCTIONS)
call = _load(_own, CALL_LIBRARY, _CALL_FUNCTIONS)


def text(chars: bytes | None) -> str:
    """What C calls a string. Bytes that are not UTF-8 become lone surrogates, as in names of files."""
    return chars.decode("utf-8", "surrogateescape") if chars else ""


def chars(value: str | bytes | os.PathLike) -> bytes:
    """The same the other way."""
    encoded = value if isinstance(value, bytes) else os.fspath(value)
    if isinstance(encoded, str):
        try:
            encoded = encoded.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError as error:
            raise ValueError(f"the text is not Unicode: {error.reason}") from None
    if b"\0" in encoded:
        raise ValueError("the text has a NUL in it, where C would end it")
    return encoded


def listed(names: Iterable[str]) -> str:
    """Names from a file, for a message: without what a terminal would obey."""
    return ", ".join(name if name.isprintable() else repr(name) for name in names) or "none"


def names(following: Callable, owner: int) -> Iterator[bytes]:
    """Iterates as the functions plugin_..._next do."""
    name = following(owner, None)
    while name:
        yield name
        name = following(owner, name)
