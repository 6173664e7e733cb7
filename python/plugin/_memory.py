# SPDX-License-Identifier: MIT
"""Memory that C looks into, and what must live as long as it."""

from __future__ import annotations

import ctypes
import mmap

# Behind what an isolated plugin is passed: it says how much of that crosses, up to 8 MiB.
GUARD = 8 << 20


class Memory:
    """Bytes at an address, and the objects that pointers in them lead to, by the pointers' places.

    The memory of a plugin, its variables and all that they lead to, is one of these, without a
    buffer. What a pointer is set to lives until the pointer is set to something else.
    """

    __slots__ = ("address", "kept", "is_readonly", "is_guarded", "is_borrowed", "_buffer")

    def __init__(self, address: int = 0, buffer: object = None) -> None:
        self.address = address
        self.kept: dict[int, object] = {}
        self.is_readonly = False
        self.is_guarded = False  # nothing else is near it
        self.is_borrowed = False  # it is a copy of what an isolated plugin passed or returned
        self._buffer = buffer

    def with_buffer(self, buffer: object) -> Memory:
        """The same memory, which keeps this alive, too."""
        other = Memory(self.address, (self._buffer, buffer))
        other.kept = self.kept
        other.is_readonly, other.is_guarded = self.is_readonly, self.is_guarded
        other.is_borrowed = self.is_borrowed
        return other

    def seen(self, readonly: bool) -> Memory:
        """The same memory, for reading only or not."""
        if readonly == self.is_readonly:
            return self
        other = self.with_buffer(None)
        other.is_readonly = readonly
        return other

    def keep(self, place: int, kept: object) -> None:
        """The pointer at this place leads to the object, or to nothing that is kept."""
        if kept is None:
            self.kept.pop(place, None)
        else:
            self.kept[place] = kept

    def give_back(self, made: Memory, buffer: memoryview) -> None:
        """Copies the memory to the buffer, when a call that was passed it has returned."""
        raise TypeError("an isolated plugin changes a buffer only if it is an argument")


def new_memory(size: int, alignment: int = 16) -> Memory:
    """Memory of the process's heap, zeroed."""
    alignment = max(alignment, 16)
    buffer = ctypes.create_string_buffer(size + alignment)
    start = ctypes.addressof(buffer)
    return Memory(start + -start % alignment, buffer)


def new_guarded_memory(size: int, alignment: int = 16) -> Memory:
    """Memory with nothing near it, for a plugin that may be wrong about how long it is."""
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | getattr(mmap, "MAP_NORESERVE", 0x4000)
    buffer = mmap.mmap(-1, max(size, 1) + alignment + GUARD, flags=flags)
    cell = ctypes.c_char.from_buffer(buffer)
    start = ctypes.addressof(cell)
    memory = Memory(start + -start % max(alignment, 16), cell)
    memory.is_guarded = True
    return memory
