# SPDX-License-Identifier: MIT
"""Before an open: files that are examined, and not loaded."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Callable, Iterator

from ._errors import Error, last_error, required
from ._library import EachFile, chars, lib, names, text
from ._options import Options
from ._types import Home, Kind, Type


class File:
    """A plugin's file, as it was when it was examined. Nothing of it has run."""

    def __init__(self, raw: int) -> None:
        self._raw = raw
        self._home = Home(self)

    def __del__(self) -> None:
        lib.plugin_file_free(self._raw)

    def __repr__(self) -> str:
        return f"<file {self.path}>"

    @cached_property
    def error(self) -> Error | None:
        """Why an open would be refused; None if the plugin fits this process."""
        return None if lib.plugin_file_fits(self._raw) else last_error()

    @property
    def fits(self) -> bool:
        return self.error is None

    @property
    def path(self) -> str:
        return text(lib.plugin_file_path(self._raw))

    @property
    def content(self) -> str:
        """The SHA-256 of its bytes, for plugin.open(path, content=...)."""
        return text(required(lib.plugin_file_content(self._raw)))

    @property
    def infos(self) -> list[tuple[str, str]]:
        """Key and value of each PLUGIN_INFO."""
        value = ctypes.c_char_p()
        found: list[tuple[str, str]] = []
        while key := lib.plugin_file_info_at(self._raw, len(found), value):
            found.append((text(key), text(value.value)))
        return found

    @property
    def symbols(self) -> Mapping[str, str]:
        """The declaration of each symbol, by name."""
        return self._declarations(lib.plugin_file_next)

    @property
    def imports(self) -> Mapping[str, str]:
        """The same of what it uses of other modules."""
        return self._declarations(lib.plugin_file_next_import)

    @property
    def packages(self) -> list[str]:
        return [text(name) for name in names(lib.plugin_file_next_package, self._raw)]

    def type(self, name: str) -> Type:
        """The type of a symbol or import."""
        found = self._home.type(lib.plugin_file_type(self._raw, chars(name)))
        if found.kind is Kind.NONE:
            raise last_error()
        return found

    def _declarations(self, following: Callable) -> Mapping[str, str]:
        return {
            text(name): text(required(lib.plugin_file_decl(self._raw, name)))
            for name in names(following, self._raw)
        }


def examine(path: str | os.PathLike, **options: Any) -> File:
    """Reads a plugin's file as open() would with these options, and judges it for this process.
    Raises a class of plugin.Error if it is no plugin; the file's `error` says whether it fits."""
    return File(required(lib.plugin_examine(chars(path), Options(**options).raw)))


def scan(directory: str | os.PathLike, **options: Any) -> Iterator[tuple[str, File | Error]]:
    """Examines every file of a directory but hidden ones, in the order of their names. Yields
    pairs: the path, and the file, or the error that says what else it is."""
    paths: list[str] = []

    @EachFile
    def each(_: int, path: bytes, file: int) -> bool:
        paths.append(text(path))
        return True

    how = Options(**options)
    if not lib.plugin_scan(chars(directory), how.raw, each, None):
        raise last_error()
    for path in paths:
        try:
            yield path, File(required(lib.plugin_examine(chars(path), how.raw)))
        except Error as error:
            yield path, error
