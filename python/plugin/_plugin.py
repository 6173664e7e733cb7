# SPDX-License-Identifier: MIT
"""Opened plugins."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Iterator

from ._errors import last_error, required
from ._files import examine
from ._functions import Function
from ._library import chars, lib, listed, text
from ._options import Options
from ._types import Home, Kind, Type, Types
from ._views import builtin


class Symbol:
    """An exported function or variable of a plugin."""

    def __init__(self, home: Home, raw: int) -> None:
        self._home, self._raw = home, raw
        self.name = text(lib.plugin_symbol_name(raw))
        self._function: Function | None = None

    @property
    def declaration(self) -> str:
        """In C, without the semicolon."""
        return text(required(lib.plugin_symbol_decl(self._raw)))

    @property
    def type(self) -> Type:
        found = self._home.type(lib.plugin_symbol_type(self._raw))
        if found.kind is Kind.NONE:
            raise last_error()
        return found

    @property
    def address(self) -> int:
        """Of a thread-local variable, the calling thread's."""
        return required(lib.plugin_address(self._raw))

    @property
    def value(self) -> Any:
        """The function, or the variable's value: of a struct or array, the object itself."""
        if self._function:
            return self._function
        own = self.type
        if own.kind is Kind.FUNCTION:
            self._function = Function(own, self.address, self.name, self._raw)
            return self._function
        return own._codec.read(self.address, self._home.memory.seen(own.is_const))

    @value.setter
    def value(self, value: Any) -> None:
        own = self.type
        if own.kind is Kind.FUNCTION:
            raise TypeError(f"{self.declaration}: it is a function")
        if own.is_const:
            raise TypeError(f"{self.declaration}: it is const")
        try:
            own._codec.write(self.address, value, self._home.memory)
        except (TypeError, ValueError, OverflowError) as error:
            raise builtin(error)(f"{self.declaration}: {error}") from None

    def __repr__(self) -> str:
        return f"<symbol {self.declaration}>"


class Symbols(Mapping):
    """The symbols of a plugin, by name."""

    def __init__(self, home: Home, raw: int) -> None:
        self._home, self._raw = home, raw
        self._found: dict[str, Symbol] = {}

    def __getitem__(self, name: str) -> Symbol:
        found = self._found.get(name)
        if not found:
            raw = required(lib.plugin_lookup(self._raw, chars(name)))
            found = self._found.setdefault(name, Symbol(self._home, raw))
        return found

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and bool(lib.plugin_find_symbol(self._raw, chars(name)))

    def __iter__(self) -> Iterator[str]:
        symbol = lib.plugin_next(self._raw, None)
        while symbol:
            yield text(lib.plugin_symbol_name(symbol))
            symbol = lib.plugin_next(self._raw, symbol)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return f"<symbols {listed(self)}>"


class Plugin:
    """An opened plugin: its functions and variables are attributes, and items, p["name"], for names
    that the plugin shares with this class. Nothing closes it."""

    def __init__(self, raw: int, home: Home) -> None:
        set_ = object.__setattr__
        set_(self, "_raw", raw)
        set_(self, "symbols", Symbols(home, raw))
        set_(self, "types", Types(self._roots))

    symbols: Symbols
    """All symbols, by name."""
    types: Types
    """All types that they lead to, by name: p.types.shape, p.types["unsigned int"]."""

    def _roots(self) -> Iterator[Type]:
        for symbol in self.symbols.values():
            type_ = symbol._home.type(lib.plugin_symbol_type(symbol._raw))
            if type_.kind is not Kind.NONE:
                yield type_

    def __getattr__(self, name: str) -> Any:
        return self.symbols[name].value

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self.__dict__ or hasattr(type(self), name):
            raise AttributeError(f"{name} is the plugin's own; its symbol is p[{name!r}]")
        self.symbols[name].value = value

    def __getitem__(self, name: str) -> Any:
        return self.symbols[name].value

    def __setitem__(self, name: str, value: Any) -> None:
        self.symbols[name].value = value

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self.symbols]

    def __repr__(self) -> str:
        return f"<plugin {self.path}>"

    @property
    def path(self) -> str:
        """Absolute, without symbolic links."""
        return text(lib.plugin_path(self._raw))

    def info(self, key: str) -> str | None:
        """The value of its first PLUGIN_INFO with this key."""
        value = lib.plugin_info(self._raw, chars(key))
        return None if value is None else text(value)

    @property
    def is_current(self) -> bool:
        """Is the file at its path still the one that is open?"""
        return lib.plugin_is_current(self._raw)

    def retire(self) -> None:
        """From now on an open of its path opens the file that is there. It stays in memory."""
        required(lib.plugin_retire(self._raw))

    def stop(self) -> None:
        """Ends the process of an isolated plugin."""
        required(lib.plugin_stop(self._raw))

    def restart(self) -> None:
        """Starts another process of an isolated plugin, however the last one ended."""
        required(lib.plugin_restart(self._raw))


# The plugins that are open, by the library's pointers. Their types and callbacks last, as they do.
_plugins: dict[int, Plugin] = {}


def open(path: str | os.PathLike, **options: Any) -> Plugin:
    """Opens the plugin at a path, or returns it if it is open. Raises a class of plugin.Error.

    Options, all by name:
      isolated=True       in a process of its own, in a sandbox
      timeout=2.0         isolated: the limit of a call, in seconds
      memory=1 << 30      isolated: the limit of its memory, in bytes
      read_only=[...]     isolated: absolute paths that it may read
      require=...         isolated: enum plugin_isolation_part, ored, that must hold
      keys=[...], hashes=[...], least_version=, libraries=[...], check_place=True, owner=,
      forbidden_mode=0o022    a trust policy: plugin_trust(3)
      search=[...]        directories for a name without a slash
      strict=True, verify=True, content="...", is_global=True, go_bridge="..."
                          as of struct plugin_options: plugin_open(3)
    """
    how = Options(**options)
    raw = required(lib.plugin_open_with(chars(path), how.raw))
    found = _plugins.get(raw)
    if found:
        return found
    home = Home(raw, how.is_isolated)
    if how.is_isolated:
        infos = examine(text(lib.plugin_path(raw)), **options).infos
        home.marks = [_mark(key, value) for key, value in infos if key.startswith("PLUGIN_")]
    return _plugins.setdefault(raw, Plugin(raw, home))


def _mark(key: str, value: str) -> list[str]:
    return [key, value] if key == "PLUGIN_OPAQUE" else [key, *value.split(" ")]


def seal() -> None:
    """Refuses every plugin that is not open yet, from now on."""
    lib.plugin_seal()
