# SPDX-License-Identifier: MIT
"""Values of Python as objects of C, and back, by their types."""

from __future__ import annotations

import ctypes
import math
import operator
from collections.abc import Iterable, Mapping
from typing import Any

from ._errors import Unsupported
from ._library import chars, listed, text
from ._memory import Memory
from ._types import Kind, Member, Type
from ._views import Array, Pointer, Record, View, builtin, no_member


def codec_of(type: Type) -> Codec:
    """What reads and writes objects of the type."""
    if type.kind is Kind.INTEGER and type.size in Integer.CELLS:
        return Integer(type)
    if type.kind is Kind.ENUM and type.size in Integer.CELLS:
        return Enum(type)
    if type.kind is Kind.BOOL and type.size == 1:
        return Bool(type)
    if type.kind is Kind.FLOAT and type.size in Float.CELLS:
        return Float(type)
    if type.kind is Kind.POINTER:
        return FunctionPointer(type) if type.target.kind is Kind.FUNCTION else ObjectPointer(type)
    if type.kind is Kind.ARRAY and type.target.is_complete:
        return ArrayCodec(type)
    if type.is_go_string:
        return GoString(type)
    if type.is_record and type.is_complete:
        return RecordCodec(type)
    return Codec(type)


class Codec:
    """Of a type without values in Python."""

    def __init__(self, type: Type) -> None:
        self.type = type

    def read(self, address: int, memory: Memory) -> Any:
        raise Unsupported(f"Python has no values of the type {self.type}")

    def write(self, address: int, value: Any, memory: Memory) -> None:
        self.read(address, memory)

    def view(self, address: int, memory: Memory) -> View:
        return Pointer(self.type, address, memory)

    def _refuse(self, value: Any) -> None:
        raise TypeError(f"{_short(value)} is no {self.type}")


def _short(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 40 else f"a value of type {type(value).__name__}"


# ---- numbers ----


class Number(Codec):
    """What one cell of ctypes reads and writes."""

    CELLS: dict

    def __init__(self, type: Type) -> None:
        super().__init__(type)
        self.cell = self.CELLS[type.size]

    def read(self, address: int, memory: Memory) -> Any:
        return self.value(self.cell.from_address(address).value)

    def write(self, address: int, value: Any, memory: Memory) -> None:
        self.cell.from_address(address).value = self.number(value)

    def value(self, number: Any) -> Any:
        return number


class Integer(Number):
    CELLS = {
        1: (ctypes.c_uint8, ctypes.c_int8),
        2: (ctypes.c_uint16, ctypes.c_int16),
        4: (ctypes.c_uint32, ctypes.c_int32),
        8: (ctypes.c_uint64, ctypes.c_int64),
    }

    def __init__(self, type: Type) -> None:
        super().__init__(type)
        self.cell = self.cell[type.is_signed]

    def number(self, value: Any, bits: int = 0) -> int:
        """Checks it, for a bit-field of so many bits."""
        if self.type.is_text and isinstance(value, (str, bytes)):
            encoded = chars(value)
            if len(encoded) != 1:
                self._refuse(value)
            value = encoded[0] if encoded[0] < 128 or not self.type.is_signed else encoded[0] - 256
        try:
            number = operator.index(value)
        except TypeError:
            self._refuse(value)
        bits = bits or 8 * self.type.size
        low = -(1 << bits - 1) if self.type.is_signed else 0
        if not low <= number < low + (1 << bits):
            where = f"{self.type}, of {bits} bits" if bits != 8 * self.type.size else self.type
            raise OverflowError(
                f"{number} is out of the range of {where}: {low} to {low + (1 << bits) - 1}"
            )
        return number

    def read_bits(self, address: int, member: Member) -> Any:
        number = _bits(address, member) >> member.bit_offset & (1 << member.bit_size) - 1
        if self.type.is_signed and number >> member.bit_size - 1:
            number -= 1 << member.bit_size
        return self.value(number)

    def write_bits(self, address: int, value: Any, member: Member) -> None:
        mask = (1 << member.bit_size) - 1
        number = (self.number(value, member.bit_size) & mask) << member.bit_offset
        all_ = _bits(address, member) & ~(mask << member.bit_offset) | number
        size = _bytes(member)
        ctypes.memmove(address + member.offset, all_.to_bytes(size, "little"), size)


def _bytes(member: Member) -> int:
    """In how many bytes the bit-field lies."""
    return (member.bit_offset + member.bit_size + 7) // 8


def _bits(address: int, member: Member) -> int:
    return int.from_bytes(
        ctypes.string_at(address + member.offset, _bytes(member)), "little"
    )


class Enum(Integer):
    def value(self, number: int) -> int:
        try:
            return self.type.enum(number)
        except ValueError:  # C allows other numbers, too
            return number

    def number(self, value: Any, bits: int = 0) -> int:
        if isinstance(value, str):
            if value not in self.type.enumerators:
                known = listed(self.type.enumerators)
                raise ValueError(f"{value} is no name of {self.type}; it has: {known}")
            value = self.type.enumerators[value]
        return super().number(value, bits)


class Bool(Integer):
    CELLS = {1: (ctypes.c_bool, ctypes.c_bool)}

    def number(self, value: Any, bits: int = 0) -> bool:
        if not isinstance(value, bool) and not (isinstance(value, int) and value in (0, 1)):
            self._refuse(value)
        return bool(value)

    def value(self, number: int) -> bool:
        return bool(number)


class Float(Number):
    CELLS = {4: ctypes.c_float, 8: ctypes.c_double}

    def number(self, value: Any) -> float:
        kind = type(value)
        if not hasattr(kind, "__float__") and not hasattr(kind, "__index__"):
            self._refuse(value)
        number = float(value)
        if math.isfinite(number) and not math.isfinite(self.cell(number).value):
            raise OverflowError(f"{number} is out of the range of {self.type}")
        return number


# ---- structs and arrays ----


class Aggregate(Codec):
    """What consists of others: made whole before it is copied to its place, so that a value which
    is refused changes nothing."""

    def write(self, address: int, value: Any, memory: Memory) -> None:
        if isinstance(value, View) and self.is_alike(value):
            made, start = value._memory, value._address
        else:
            made = self.type._home.new_memory(self.type.size, self.type.alignment)
            start = made.address
            self.fill(made, value)
        if not self.type._home.may_look(made) and self.type.has_pointers:
            raise TypeError(FOREIGN)
        ctypes.memmove(address, start, self.type.size)
        memory.keep(address, made if made.kept else None)


class RecordCodec(Aggregate):
    def is_alike(self, value: View) -> bool:
        return isinstance(value, Record) and self.type.agrees(value._type)

    def read(self, address: int, memory: Memory) -> Record:
        return Record(self.type, address, memory)

    view = read

    def fill(self, made: Memory, value: Any) -> None:
        if isinstance(value, Mapping):
            members = value
        elif isinstance(value, (View, str, bytes, bytearray, int, float, type(None))):
            self._refuse(value)
        else:  # any object with these attributes
            missing = [name for name in self.type.members if not hasattr(value, name)]
            if missing or not self.type.members:
                raise TypeError(f"{_short(value)} is no {self.type}: it lacks {', '.join(missing)}")
            members = {name: getattr(value, name) for name in self.type.members}
        if self.type.kind is Kind.UNION and len(members) > 1:
            raise TypeError(f"{self.type} has one of its members at a time: {', '.join(members)}")
        for name, each in members.items():
            self._fill_member(made, name, each)

    def _fill_member(self, made: Memory, name: str, value: Any) -> None:
        member = self.type.members.get(name)
        if not member:
            raise TypeError(no_member(self.type, name))
        codec = member.type._codec
        try:
            if member.bit_size:
                codec.write_bits(made.address, value, member)
            else:
                codec.write(made.address + member.offset, value, made)
        except (TypeError, ValueError, OverflowError) as error:
            raise builtin(error)(f"member {name}: {error}") from None


class GoString(RecordCodec):
    """Go's string, which has a length and no NUL: text here."""

    def read(self, address: int, memory: Memory) -> str:
        data, length = _GoString.from_address(address).parts
        return text(ctypes.string_at(data, length)) if length > 0 else ""

    def fill(self, made: Memory, value: Any) -> None:
        if not isinstance(value, (str, bytes)):
            self._refuse(value)
        bytes_ = value if isinstance(value, bytes) else value.encode("utf-8", "surrogateescape")
        data = self.type._home.new_memory(len(bytes_) + 1)
        ctypes.memmove(data.address, bytes_, len(bytes_))
        _GoString.from_address(made.address).parts[:] = data.address, len(bytes_)
        made.keep(made.address, data)


class _GoString(ctypes.Structure):
    _fields_ = [("parts", ctypes.c_ssize_t * 2)]


class ArrayCodec(Aggregate):
    def is_alike(self, value: View) -> bool:
        return (
            isinstance(value, Array)
            and len(value) == self.type.count
            and self.type.target.agrees(value._type)
        )

    def read(self, address: int, memory: Memory) -> Array:
        return Array(self.type.target, self.type.count, address, memory)

    view = read

    def fill(self, made: Memory, value: Any) -> None:
        element = self.type.target
        if element.is_text and isinstance(value, (str, bytes)):
            encoded = value if isinstance(value, bytes) else chars(value)
            self._check_count(len(encoded))
            ctypes.memmove(made.address, encoded, len(encoded))
            return
        if isinstance(value, (str, Mapping)) or not isinstance(value, Iterable):
            self._refuse(value)
        values = list(value)
        self._check_count(len(values))
        fill_elements(made, element, values)

    def _check_count(self, count: int) -> None:
        """As in an initialiser of C, the rest is zero."""
        if count > self.type.count:
            raise ValueError(f"{count} elements are too many for {self.type}")


def fill_elements(made: Memory, element: Type, values: list) -> None:
    for i, value in enumerate(values):
        try:
            element._codec.write(made.address + i * element.size, value, made)
        except (TypeError, ValueError, OverflowError) as error:
            raise builtin(error)(f"element {i}: {error}") from None


# ---- pointers ----

FOREIGN = "an isolated plugin is passed only objects that were made for it, by its p.types"


class PointerCodec(Codec):
    """Reads and writes the address; what it leads to is a matter of the target's type."""

    def read(self, address: int, memory: Memory) -> Any:
        place = ctypes.c_void_p.from_address(address).value
        return self.follow(place, memory) if place else None

    def write(self, address: int, value: Any, memory: Memory) -> None:
        place, kept = (0, None) if value is None else self.lead(value, memory)
        ctypes.c_void_p.from_address(address).value = place
        memory.keep(address, kept)


class ObjectPointer(PointerCodec):
    def __init__(self, type: Type) -> None:
        super().__init__(type)
        self.target = type.target
        self.is_string = self.target.is_text and self.target.is_const
        # What has no size that is known takes any bytes.
        self.is_opaque = self.target.kind is Kind.VOID
        is_number = self.target.kind in (Kind.INTEGER, Kind.FLOAT)
        self.item = self.target.size if is_number else 1 if self.is_opaque else 0

    def follow(self, place: int, memory: Memory) -> Any:
        if self.is_string:
            return text(ctypes.string_at(place))
        return Pointer(self.target, place, memory.seen(self.target.is_const))

    def lead(self, value: Any, memory: Memory) -> tuple[int, object]:
        """The address of what the value says, and what must live as long as the pointer."""
        if isinstance(value, View):
            return self._lead_to_view(value)
        if isinstance(value, str) and not self.target.is_text:
            self._refuse(value)
        if isinstance(value, (str, bytes)) and self.item == 1:
            made = self._copy(chars(value) if self.is_string or isinstance(value, str) else value)
            return made.address, made
        if self.item and not isinstance(value, (list, tuple)):
            return self._lead_to_buffer(value, memory)
        if isinstance(value, (int, float, str, bytes)) or not self.target.is_complete:
            self._refuse(value)
        return self._lead_to_new(value)

    def _lead_to_view(self, view: View) -> tuple[int, object]:
        own, given = self.target, view._type
        fits = self.is_opaque or given.kind is Kind.VOID or own.agrees(given)
        # A pointer to an array leads to its first element, too.
        if not fits and isinstance(view, Array) and own.kind is Kind.ARRAY:
            fits = len(view) >= own.count and own.target.agrees(given)
        elif not fits and isinstance(view, Pointer) and given.kind is Kind.ARRAY:
            fits = own.agrees(given.target)
        if not fits:
            raise TypeError(f"{view!r} does not point to {own}")
        if (view._memory.is_readonly or given.is_const) and not own.is_const:
            raise TypeError(f"{view!r} is const, and {self.type} may change it")
        is_handle = isinstance(view, Pointer) and not (own.is_seen or given.is_seen)
        if not is_handle and not self.type._home.may_look(view._memory):
            raise TypeError(FOREIGN)
        return view._address, view._memory

    def _copy(self, bytes_: bytes) -> Memory:
        made = self.type._home.new_memory(len(bytes_) + 1)
        ctypes.memmove(made.address, bytes_, len(bytes_))
        return made

    def _lead_to_buffer(self, value: Any, memory: Memory) -> tuple[int, object]:
        """To an object with Python's buffer protocol, as bytearray, array.array and numpy.ndarray."""
        try:
            buffer = memoryview(value)
        except TypeError:
            self._refuse(value)
        if not buffer.c_contiguous or (not self._takes(buffer)):
            raise TypeError(f"{_short(value)} is no buffer of {self.target}")
        if self.target.is_const:
            made = self._copy(buffer.tobytes())
            return made.address, made
        if buffer.readonly:
            raise TypeError(f"{_short(value)} is read-only, and {self.type} may change it")
        if self.type._home.is_isolated:
            made = self._copy(buffer.tobytes())
            memory.give_back(made, buffer)
            return made.address, made
        cells = (ctypes.c_char * buffer.nbytes).from_buffer(buffer)
        return ctypes.addressof(cells), cells

    def _takes(self, buffer: memoryview) -> bool:
        """Is it of such numbers?"""
        if self.item == 1:
            return buffer.itemsize == 1
        is_float = buffer.format.lstrip("@=<") in ("f", "d")
        return buffer.itemsize == self.item and is_float == (self.target.kind is Kind.FLOAT)

    def _lead_to_new(self, value: Any) -> tuple[int, object]:
        """To an object, or to several, that is made of the value."""
        values = list(value) if isinstance(value, (list, tuple)) else None
        if values is not None and self.target.kind is Kind.ARRAY and values:
            is_one = not isinstance(values[0], (list, tuple, Array, str, bytes))
            values = [values] if is_one else values
        many = [value] if values is None else values
        size = self.target.size * max(len(many), 1)
        made = self.type._home.new_memory(size, self.target.alignment)
        if values is None:
            self.target._codec.write(made.address, value, made)
        else:
            fill_elements(made, self.target, many)
        return made.address, made


class FunctionPointer(PointerCodec):
    def follow(self, place: int, memory: Memory) -> Any:
        from ._functions import Function

        return Function(self.type.target, place, "")

    def lead(self, value: Any, memory: Memory) -> tuple[int, object]:
        from ._functions import Callback, Function

        if isinstance(value, (Callback, Function)):
            if not self.type.target.agrees(value.type):
                raise TypeError(f"{value!r} is no {self.type}")
            return value.address, value
        if not callable(value):
            self._refuse(value)
        return Callback.of(self.type.target, value).address, None
