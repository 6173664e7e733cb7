# SPDX-License-Identifier: MIT
"""Objects of C, where they are: what is read and written is the memory itself."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any, Iterator

from ._library import listed, text
from ._memory import Memory
from ._types import Kind, Member, Type

# How many elements a repr shows.
SHOWN = 8


class View:
    """An object of C at an address."""

    __slots__ = ("_type", "_address", "_memory")

    def __init__(self, type: Type, address: int, memory: Memory) -> None:
        object.__setattr__(self, "_type", type)
        object.__setattr__(self, "_address", address)
        object.__setattr__(self, "_memory", memory)

    def _write(self, type: Type, address: int, value: Any, what: str) -> None:
        """Writes a part, unless C would not."""
        if self._memory.is_readonly or type.is_const:
            raise TypeError(f"{type.declare(what)}: it is const")
        try:
            type._codec.write(address, value, self._memory)
        except (TypeError, ValueError, OverflowError) as error:
            raise builtin(error)(f"{type.declare(what)}: {error}") from None

    def _read(self, type: Type, address: int) -> Any:
        return type._codec.read(address, self._memory.seen(self._memory.is_readonly or type.is_const))


def builtin(error: Exception) -> type[Exception]:
    """The class of an error that is raised again, with more text."""
    for kind in (OverflowError, TypeError):
        if isinstance(error, kind):
            return kind
    return ValueError


class Record(View):
    """A struct or union: its members are attributes, and items, record["name"]."""

    __slots__ = ()

    def _member(self, name: str) -> Member:
        try:
            return self._type.members[name]
        except (KeyError, TypeError):
            raise AttributeError(no_member(self._type, name)) from None

    def __getattr__(self, name: str) -> Any:
        member = self._member(name)
        if member.bit_size:
            return member.type._codec.read_bits(self._address, member)
        return self._read(member.type, self._address + member.offset)

    def __setattr__(self, name: str, value: Any) -> None:
        member = self._member(name)
        if not member.bit_size:
            self._write(member.type, self._address + member.offset, value, name)
            return
        try:
            if self._memory.is_readonly or member.type.is_const:
                raise TypeError("it is const")
            member.type._codec.write_bits(self._address, value, member)
        except (TypeError, ValueError, OverflowError) as error:
            raise builtin(error)(f"{member.type.declare(name)}: {error}") from None

    def __getitem__(self, name: str) -> Any:
        return Record.__getattr__(self, name)

    def __setitem__(self, name: str, value: Any) -> None:
        Record.__setattr__(self, name, value)

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        """Pairs of name and value, for dict()."""
        return ((name, Record.__getattr__(self, name)) for name in self._type.members)

    def __dir__(self) -> list[str]:
        return list(self._type.members)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Record):
            same_names = self._type.members.keys() == other._type.members.keys()
            return same_names and dict(self) == dict(other)
        if isinstance(other, dict):
            return dict(self) == other
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __bytes__(self) -> bytes:
        return ctypes.string_at(self._address, self._type.size)

    def __repr__(self) -> str:
        members = ", ".join(f"{name}={value!r}" for name, value in self)
        return f"{self._type.typedef or str(self._type).replace('const ', '')}({members})"


class Array(View, Sequence):
    """An array, of as many elements as it says. One of char is a string by str() and bytes()."""

    __slots__ = ("_count",)

    def __init__(self, element: Type, count: int, address: int, memory: Memory) -> None:
        super().__init__(element, address, memory)
        object.__setattr__(self, "_count", count)

    def _place(self, index: int) -> int:
        if not -self._count <= index < self._count:
            raise IndexError(f"element {index} of {self._count}")
        return self._address + index % self._count * self._type.size

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(self._count))]
        return self._read(self._type, self._place(index))

    def __setitem__(self, index: Any, value: Any) -> None:
        if not isinstance(index, slice):
            self._write(self._type, self._place(index), value, f"element_{index}")
            return
        places, values = range(*index.indices(self._count)), list(value)
        if len(places) != len(values):
            raise ValueError(f"{len(values)} values for {len(places)} elements")
        for i, each in zip(places, values):
            self[i] = each

    def __eq__(self, other: object) -> bool:
        if isinstance(other, (Array, list, tuple)):
            return len(self) == len(other) and all(a == b for a, b in zip(self, other))
        if isinstance(other, str) and self._type.is_text:
            return str(self) == other
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __bytes__(self) -> bytes:
        return ctypes.string_at(self._address, self._type.size * self._count)

    def __str__(self) -> str:
        return text(bytes(self).split(b"\0", 1)[0]) if self._type.is_text else repr(self)

    def __repr__(self) -> str:
        shown = [repr(value) for value in self[:SHOWN]]
        if self._type.is_text:
            shown = [repr(str(self))]
        elif self._count > SHOWN:
            shown.append("...")
        return f"<{self._type.declare(f'[{self._count}]')} {', '.join(shown)}>"


class Pointer(View):
    """A pointer, which is not NULL: that is None. C does not say how many objects are there."""

    __slots__ = ()

    @property
    def contents(self) -> Any:
        """What it points to."""
        return self[0]

    @contents.setter
    def contents(self, value: Any) -> None:
        self[0] = value

    def _target_at(self, index: int) -> int:
        if not self._type.is_seen:
            raise TypeError(f"{self!r}: only the plugin knows what it points to")
        return self._address + index * self._type.size

    def __getitem__(self, index: int) -> Any:
        return self._read(self._type, self._target_at(index))

    def __setitem__(self, index: int, value: Any) -> None:
        self._write(self._type, self._target_at(index), value, f"element_{index}")

    def array(self, count: int) -> Array:
        """What it points to, as so many elements; the caller knows that they are there."""
        self._target_at(0)
        return Array(self._type, count, self._address, self._memory)

    def __str__(self) -> str:
        if self._type.is_text:
            return text(ctypes.string_at(self._address))
        return repr(self)

    def __int__(self) -> int:
        return self._address

    def __eq__(self, other: object) -> bool:
        return self._address == other._address if isinstance(other, Pointer) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._address)

    def __repr__(self) -> str:
        star = "(*)" if self._type.kind in (Kind.ARRAY, Kind.FUNCTION) else "*"
        return f"<{self._type.declare(star)} at {self._address:#x}>"


def no_member(type: Type, name: object) -> str:
    return f"no member {name} in {type}; it has: {listed(type.members)}"


def buffer(view: Array | Record) -> memoryview:
    """The bytes of an array or struct, in place, for numpy.frombuffer() and the like."""
    size = view._type.size * (len(view) if isinstance(view, Array) else 1)
    bytes_ = (ctypes.c_char * size).from_address(view._address)
    bytes_.memory = view._memory  # type: ignore[attr-defined] # it lives as long
    whole = memoryview(bytes_).cast("B")
    is_const = view._memory.is_readonly or view._type.is_const
    return whole.toreadonly() if is_const else whole
