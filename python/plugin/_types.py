# SPDX-License-Identifier: MIT
"""Types, as the stamp records them: <plugin_types.h>."""

from __future__ import annotations

import ctypes
import enum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Callable, Iterable, Iterator, Mapping, NamedTuple

from ._errors import Unsupported, last_error
from ._library import CPart, CType, EachType, lib, listed, text
from ._memory import Memory, new_guarded_memory, new_memory

if TYPE_CHECKING:
    from ._views import Array, View

# No struct of a program has more members, those of its unnamed members counted.
MEMBERS_MAX = 1 << 16


class Kind(enum.IntEnum):
    """enum plugin_type_kind"""

    NONE = 0
    VOID = 1
    BOOL = 2
    INTEGER = 3
    FLOAT = 4
    POINTER = 5
    ARRAY = 6
    FUNCTION = 7
    STRUCT = 8
    UNION = 9
    ENUM = 10
    OTHER = 11


class Member(NamedTuple):
    """A member of a struct or union; its place is in bytes, of a bit-field also in bits."""

    name: str
    type: Type
    offset: int
    bit_size: int
    bit_offset: int


class Parameter(NamedTuple):
    """A parameter of a function; those of function pointers have no name."""

    name: str
    type: Type


class _Shared:
    """Frees memory of plugin_alloc."""

    def __init__(self, owner: object, address: int) -> None:
        self._of, self._address = owner, address

    def __del__(self) -> None:
        lib.plugin_free(self._of, self._address)


class Home:
    """Who has the types: an opened plugin, or an examined file."""

    def __init__(self, owner: object, isolated: bool = False) -> None:
        self.owner = owner  # the plugin's handle; the file, which has the types
        self.is_isolated = isolated
        self.memory = Memory()  # all that the plugin itself has
        self.callbacks: dict[object, object] = {}
        self.marks: list[list[str]] = []  # of an isolated plugin: ["PLUGIN_OPAQUE", "struct s"]
        self._types: dict[tuple[int, int], Type] = {}

    def new_memory(self, size: int, alignment: int = 16) -> Memory:
        return (new_guarded_memory if self.is_isolated else new_memory)(size, alignment)

    def new_shared_memory(self, size: int) -> Memory:
        """Zeroed, of plugin_alloc."""
        address = lib.plugin_alloc(self.owner, max(size, 1))
        if not address:
            raise last_error()
        memory = Memory(address, _Shared(self.owner, address))
        memory.is_guarded = True
        return memory

    def lent(self, buffer: object = None) -> Memory:
        """The memory of what the plugin passes or returns by pointers."""
        memory = self.memory.with_buffer(buffer)
        memory.is_borrowed = self.is_isolated
        return memory

    def may_look(self, memory: Memory) -> bool:
        """May the plugin be passed a pointer into this memory? An isolated one says how much of it
        crosses, so nothing else may be near."""
        is_own = memory.kept is self.memory.kept and not memory.is_borrowed
        return not self.is_isolated or memory.is_guarded or is_own

    def is_opaque(self, type: Type) -> bool:
        """Does the plugin alone look into its objects, so that pointers to them are no addresses?"""
        names = {type.typedef, f"struct {type.name}", f"union {type.name}"}
        return any(mark[0] == "PLUGIN_OPAQUE" and mark[-1] in names for mark in self.marks)

    def is_counted(self, function: str, parameter: str) -> bool:
        """Does the plugin say how many bytes this parameter leads to? Of a pointer: of any."""
        return any(
            mark[0] == "PLUGIN_COUNTED" and (not function or mark[1:3] == [function, parameter])
            for mark in self.marks
        )

    def keeps(self, function: str) -> bool:
        """May the plugin give back what this function, or a pointer, is passed?"""
        return any(
            mark[0] == "PLUGIN_KEPT" and function in ("", mark[1]) for mark in self.marks
        )

    def type(self, c: CType) -> Type:
        key = (c.types, c.id)
        found = self._types.get(key)
        return found or self._types.setdefault(key, Type(self, c))


def _written(write: Callable, *arguments: object) -> str:
    """What plugin_type_declare or plugin_type_define writes."""
    length = write(*arguments, None, 0)
    if not length:
        raise last_error()
    room = ctypes.create_string_buffer(length + 1)
    write(*arguments, room, length + 1)
    return text(room.value)


class Type:
    """A type of C. Called, it makes an object: p.types.shape(w=2, h=3), p.types["int"](5)."""

    def __init__(self, home: Home, c: CType) -> None:
        self._home, self._c = home, c
        self.kind = Kind(lib.plugin_type_kind(c))

    # ---- what it is ----

    @cached_property
    def name(self) -> str:
        """The tag, or "unsigned int"; "" if it has none."""
        return text(lib.plugin_type_name(self._c))

    @cached_property
    def typedef(self) -> str:
        """The name of the typedef by which it was declared; "" if by none."""
        return text(lib.plugin_type_typedef(self._c))

    @cached_property
    def size(self) -> int:
        """In bytes; 0 of void, of a function, and of an incomplete type."""
        return lib.plugin_type_size(self._c)

    @cached_property
    def alignment(self) -> int:
        """In bytes; 0 likewise."""
        return lib.plugin_type_alignment(self._c)

    @cached_property
    def is_complete(self) -> bool:
        return lib.plugin_type_is_complete(self._c)

    @cached_property
    def is_signed(self) -> bool:
        return lib.plugin_type_is_signed(self._c)

    @cached_property
    def is_const(self) -> bool:
        return lib.plugin_type_is_const(self._c)

    @cached_property
    def is_text(self) -> bool:
        """Is it plain char, whose arrays are strings?"""
        return self.kind is Kind.INTEGER and self.name == "char"

    @cached_property
    def is_record(self) -> bool:
        return self.kind in (Kind.STRUCT, Kind.UNION)

    @cached_property
    def is_seen(self) -> bool:
        """Can objects of the type be looked into?"""
        return self.is_complete and not self._home.is_opaque(self)

    @cached_property
    def has_pointers(self) -> bool:
        """To what can be looked into: are copies of an object not all of it?"""
        if self.kind is Kind.POINTER:
            return self.target.is_seen
        if self.kind is Kind.ARRAY:
            return self.target.has_pointers
        return any(member.type.has_pointers for member in self.members.values())

    @cached_property
    def is_go_string(self) -> bool:
        return self.is_record and self.name == "plugin_go_string" and self.size == 16

    @cached_property
    def is_callable(self) -> bool:
        """Is it a function whose parameters are known?"""
        return bool(
            self.kind is Kind.FUNCTION
            and lib.plugin_type_is_prototype(self._c)
            and not lib.plugin_type_is_variadic(self._c)
        )

    @cached_property
    def target(self) -> Type:
        """What it points to, is an array of, or returns."""
        return self._home.type(lib.plugin_type_target(self._c))

    @cached_property
    def count(self) -> int:
        """Of an array, the number of its elements; 0 if that is not fixed."""
        return lib.plugin_type_count(self._c)

    @cached_property
    def members(self) -> Mapping[str, Member]:
        """Of a struct or union, by name: also those of unnamed structs and unions in it."""
        return {member.name: member for member in self._members(0)}

    @cached_property
    def enumerators(self) -> Mapping[str, int]:
        mask = -1 if self.is_signed else (1 << 8 * self.size) - 1
        parts = self._parts() if self.kind is Kind.ENUM else ()
        return {text(part.name): part.value & mask for part in parts}

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        if self.kind is not Kind.FUNCTION:
            return ()
        return tuple(Parameter(text(part.name), self._home.type(part.type)) for part in self._parts())

    @cached_property
    def enum(self) -> type[enum.IntEnum]:
        """Of an enum, the class of its values."""
        # What enum.Enum does not allow as a name is found by p.types[...].enumerators alone.
        names = {
            name: value
            for name, value in self.enumerators.items()
            if not name.startswith("_") and name != "mro"
        }
        return enum.IntEnum(self.name or self.typedef or "enum", names, module=__name__)

    def _parts(self) -> Iterator[CPart]:
        index = 0
        part = CPart(size=ctypes.sizeof(CPart))
        while lib.plugin_type_part(self._c, index, part):
            yield part
            index += 1
            part = CPart(size=ctypes.sizeof(CPart))

    def _members(self, offset: int) -> Iterator[Member]:
        seen = 0
        for part in self._parts() if self.is_record else ():
            name, member = text(part.name), self._home.type(part.type)
            if name:
                found: Iterable[Member] = (
                    Member(name, member, offset + part.offset, part.bit_size, part.bit_offset),
                )
            else:
                found = member._members(offset + part.offset)
            for inner in found:
                seen += 1
                if seen > MEMBERS_MAX:
                    raise Unsupported(f"{self} has more members than that of any program")
                yield inner

    def agrees(self, other: Type) -> bool:
        """By the rules of plugin_as."""
        return self is other or lib.plugin_type_agrees(self._c, other._c)

    # ---- as C ----

    def declare(self, name: str = "") -> str:
        """The declaration of this name: "int (*name)[4]"; without one, the type alone."""
        if self.kind is Kind.NONE:
            return f"unknown {name}".strip()
        return _written(lib.plugin_type_declare, self._c, name.encode())

    def define(self) -> str:
        """The definition of a struct, union, enum or typedef, without the semicolon."""
        return _written(lib.plugin_type_define, self._c)

    def walk(self) -> Iterator[Type]:
        """The type, and all that it leads to, once each, nearest first."""
        found: list[Type] = []

        @EachType
        def each(_: int, c: CType) -> bool:
            found.append(self._home.type(CType(c.types, c.id)))
            return True

        if not lib.plugin_type_walk(self._c, each, None):
            raise last_error()
        return iter(found)

    def __str__(self) -> str:
        return self.declare()

    def __repr__(self) -> str:
        return f"<type {self}>"

    # ---- objects ----

    @cached_property
    def _codec(self):
        from ._values import codec_of

        return codec_of(self)

    def __call__(self, value: Any = None, /, **members: Any) -> View:
        """A new object, of zeroes, or of this value. Of a struct or union, what its members are; of
        another type, a pointer to it. It lives as long as what is returned, or made from that."""
        if value is not None and members:
            raise TypeError(f"an object of {self} is made of a value or of members, not of both")
        memory = self._new(1)
        if value is not None or members:
            self._codec.write(memory.address, members if value is None else value, memory)
        return self._codec.view(memory.address, memory)

    def array(self, elements: int | Iterable[Any], shared: bool = False) -> Array:
        """A new array of so many elements, or of these. An isolated plugin gets a copy of it in each
        call; if it is shared, of up to 1 GiB and without pointers, it is the same memory."""
        from ._views import Array

        values = None if isinstance(elements, int) else list(elements)
        count = elements if isinstance(elements, int) else len(values or ())
        if count < 0:
            raise ValueError(f"an array has no {count} elements")
        memory = self._new(count, shared)
        made = Array(self, count, memory.address, memory)
        for i, value in enumerate(values or ()):
            made[i] = value
        return made

    def _new(self, count: int, shared: bool = False) -> Memory:
        if not self.size or not self.is_complete:
            raise TypeError(f"there are no objects of type {self}")
        if shared and self.alignment <= 16 and not self.has_pointers:
            return self._home.new_shared_memory(self.size * count)
        if shared:
            raise TypeError(f"objects of type {self} cannot be shared")
        return self._home.new_memory(self.size * count, self.alignment)


class Types(Mapping):
    """The types that a plugin's symbols lead to: p.types.shape, p.types["struct shape"]."""

    def __init__(self, roots: Callable[[], Iterator[Type]]) -> None:
        self._roots = roots

    @cached_property
    def _found(self) -> dict[str, Type]:
        found: dict[str, Type] = {}
        tags = {Kind.STRUCT: "struct ", Kind.UNION: "union ", Kind.ENUM: "enum "}
        for root in self._roots():
            for each in root.walk():
                if each.typedef:
                    found.setdefault(each.typedef, each)
                elif each.name:
                    found.setdefault(tags.get(each.kind, "") + each.name, each)
        return found

    def __getitem__(self, name: str) -> Type:
        return self._found[name]

    def __getattr__(self, name: str) -> Type:
        for tag in ("", "struct ", "union ", "enum "):
            if tag + name in self._found:
                return self._found[tag + name]
        raise AttributeError(f"no symbol of the plugin leads to a type of the name {name}")

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def __dir__(self) -> list[str]:
        return [name.split(" ")[-1] for name in self._found]

    def __repr__(self) -> str:
        return f"<types {listed(sorted(self._found))}>"
