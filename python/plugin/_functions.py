# SPDX-License-Identifier: MIT
"""Calls: of the plugin's functions by Python, and of Python's by the plugin."""

from __future__ import annotations

import ctypes
import inspect
import sys
import threading
from typing import Any, Callable, Mapping

from . import _library
from ._errors import Unsupported, last_error
from ._library import lib
from ._memory import Memory
from ._types import Kind, Type
from ._views import Pointer, builtin


class _Thread(threading.local):
    """What this thread's calls of plugins, that are under way, have to raise when they return."""

    def __init__(self) -> None:
        self.calls: list[list[BaseException]] = []


_thread = _Thread()


class Arguments(Memory):
    """The memory of a call's arguments: one slot for each, and one for the result."""

    __slots__ = ("_back",)

    def __init__(self, memory: Memory) -> None:
        super().__init__(memory.address, memory)
        self.is_guarded = memory.is_guarded
        self._back: list[tuple[Memory, memoryview]] = []

    def give_back(self, made: Memory, buffer: memoryview) -> None:
        """After the call, what is in the memory is the buffer's."""
        self._back.append((made, buffer))

    def finish(self) -> None:
        for made, buffer in self._back:
            buffer.cast("B")[:] = ctypes.string_at(made.address, buffer.nbytes)


class Function:
    """A function of a plugin, or one that a pointer leads to. Arguments may be named."""

    def __init__(self, type: Type, address: int, name: str, symbol: int | None = None) -> None:
        self.type, self.address = type, address
        self.__name__ = name
        self._symbol = symbol
        names = [each.name or f"argument_{i + 1}" for i, each in enumerate(type.parameters)]
        self._names = names
        self._types = [each.type for each in type.parameters]
        self._offsets, self._size = [], 0
        for each in [*self._types, type.target]:
            self._size += -self._size % max(each.alignment, 8)
            self._offsets.append(self._size)
            self._size += max(each.size, 8)

    @property
    def declaration(self) -> str:
        """In C."""
        return self.type.declare(self.__name__ or "(*)")

    @property
    def __signature__(self) -> inspect.Signature:
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        if not self.__name__:
            kind = inspect.Parameter.POSITIONAL_ONLY
        return inspect.Signature([inspect.Parameter(name, kind) for name in self._names])

    @property
    def __doc__(self) -> str:  # type: ignore[override]
        """The declaration, and the definitions of the types in it."""
        texts = [self.declaration + ";"]
        for each in [*self._types, self.type.target]:
            while each.kind in (Kind.POINTER, Kind.ARRAY):
                each = each.target
            if each.kind in (Kind.STRUCT, Kind.UNION, Kind.ENUM) and each.is_complete:
                texts.append(each.define() + ";")
        return "\n\n".join(dict.fromkeys(texts))

    def __repr__(self) -> str:
        return f"<function {self.declaration}>"

    def __eq__(self, other: object) -> bool:
        return self.address == other.address if isinstance(other, Function) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.address)

    def __call__(self, *values: Any, **named: Any) -> Any:
        if named:
            values = self._ordered(values, named)
        if len(values) != len(self._types):
            if not self.type.is_callable:
                raise Unsupported(f"{self.declaration}: its parameters are not known")
            raise TypeError(
                f"{self.declaration} takes {len(self._types)} arguments, not {len(values)}"
            )
        home = self.type._home
        memory = Arguments(home.new_memory(self._size))
        slots = [memory.address + offset for offset in self._offsets]
        for i, value in enumerate(values):
            self._write(i, slots[i], value, memory)
        if home.keeps(self.__name__):
            home.memory.keep(memory.address, memory)
        self._run((ctypes.c_void_p * len(slots))(*slots), slots[-1])
        memory.finish()
        if self.type.target.kind is Kind.VOID:
            return None
        # A struct is the caller's own. A pointer leads to what is the plugin's, or an argument.
        if not self.type.target.is_record:
            memory = home.lent(memory)
        return self.type.target._codec.read(slots[-1], memory)

    def _ordered(self, values: tuple, named: Mapping[str, Any]) -> tuple:
        try:
            return self.__signature__.bind(*values, **named).args
        except TypeError as error:
            raise TypeError(f"{self.declaration}: {error}") from None

    def _write(self, i: int, slot: int, value: Any, memory: Memory) -> None:
        try:
            if isinstance(value, Pointer) and value._memory.is_borrowed:
                self._check_handle(i, value)
            self._types[i]._codec.write(slot, value, memory)
        except (TypeError, ValueError, OverflowError) as error:
            what = f"{self.declaration}: argument {self._names[i]}"
            raise builtin(error)(f"{what}: {error}") from None

    def _check_handle(self, i: int, value: Pointer) -> None:
        """What an isolated plugin returned is passed back as it is, if nobody looks there."""
        if self.type._home.is_counted(self.__name__, self._names[i]):
            raise TypeError(f"{value!r} is a handle, and the plugin says that bytes are there")

    def _run(self, slots: ctypes.Array, result: int) -> None:
        raised: list[BaseException] = []
        _thread.calls.append(raised)
        try:
            done = self._call(slots, result)
            failure = None if done else last_error()
        finally:
            _thread.calls.pop()
        if raised:
            raise raised[0]
        if failure:
            raise failure


    def _call(self, slots: ctypes.Array, result: int) -> bool:
        if self._symbol:
            return _library.call.plugin_call(self._symbol, slots, result)
        lib.plugin_error_clear()
        done = _library.call.plugin_call_pointer(self.type._c, self.address, slots, result)
        return done and not (self.type._home.is_isolated and lib.plugin_error_code())


# The callbacks that C may call, by the number that it passes.
_callbacks: dict[int, Callback] = {}
_count = 0
_lock = threading.Lock()


@_library.Run
def _run(number: int, arguments: Any, result: int) -> None:
    _callbacks[number]._run(arguments, result)


class Callback:
    """A function of Python as one of C. It lives as long as this object, and C must not call it
    afterwards: a plugin that keeps it needs you to keep it."""

    def __init__(self, type: Type, function: Callable) -> None:
        global _count
        self.type, self.function = type, function
        with _lock:
            _count += 1
            self._number = _count
        _callbacks[self._number] = _Running(type, function)
        self._raw = _library.call.plugin_callback_new(type._c, _run, self._number)
        if not self._raw:
            del _callbacks[self._number]
            raise last_error()
        self.address = _library.call.plugin_callback_pointer(self._raw)

    @classmethod
    def of(cls, type: Type, function: Callable) -> Callback:
        """The one of this function: made once, and kept as long as the plugin, for ever."""
        known = type._home.callbacks
        try:
            key = (type._c.id, function)
            found = known.get(key)
        except TypeError:  # not hashable
            key = (type._c.id, id(function))
            found = known.get(key)
        return found or known.setdefault(key, cls(type, function))

    def __del__(self) -> None:
        if getattr(self, "_raw", None) and not sys.is_finalizing():
            _library.call.plugin_callback_free(self._raw)
            _callbacks.pop(self._number, None)

    def __repr__(self) -> str:
        return f"<callback {self.type.declare('(*)')} of {self.function!r}>"


class _Running:
    """What runs when C calls."""

    def __init__(self, type: Type, function: Callable) -> None:
        self.type, self.function = type, function
        self._types = [each.type for each in type.parameters]
        self._last: Memory | None = None  # what the last result leads to

    def _run(self, arguments: Any, result: int) -> None:
        if _thread.calls and _thread.calls[-1]:
            return  # the call that has to raise an exception has not returned yet
        try:
            values = [self._argument(each, arguments[i]) for i, each in enumerate(self._types)]
            value = self.function(*values)
            if self.type.target.kind is not Kind.VOID:
                self._return(result, value)
        except BaseException as error:
            # Where no call of this thread can raise it, ctypes reports it to sys.unraisablehook.
            if not _thread.calls:
                raise
            _thread.calls[-1].append(error)

    def _argument(self, type: Type, slot: int) -> Any:
        home = type._home
        if not type.is_record:
            return type._codec.read(slot, home.lent())
        copy = home.new_memory(type.size, type.alignment)
        ctypes.memmove(copy.address, slot, type.size)
        return type._codec.read(copy.address, copy)

    def _return(self, result: int, value: Any) -> None:
        target = self.type.target
        made = target._home.new_memory(max(target.size, 8), target.alignment)
        try:
            target._codec.write(made.address, value, made)
        except (TypeError, ValueError, OverflowError) as error:
            raise builtin(error)(f"{self.type.declare('(*)')}: the result: {error}") from None
        ctypes.memmove(result, made.address, target.size)
        self._last = made
