# SPDX-License-Identifier: MIT
"""Exceptions: one class for each kind of failure of the library."""

from __future__ import annotations

import enum
import re

from ._library import lib, text


class Code(enum.IntEnum):
    """enum plugin_code"""

    OK = 0
    NOT_FOUND = 1
    NOT_PLUGIN = 2
    MISFIT = 3
    NO_SYMBOL = 4
    WRONG_TYPE = 5
    INIT_FAILED = 6
    ALREADY_LOADED = 7
    UNTRUSTED = 8
    CRASHED = 9
    TIMEOUT = 10
    SEALED = 11
    UNSUPPORTED = 12
    NO_MEMORY = 13
    SYSTEM = 14


class Error(Exception):
    """A failure of the library. str() is the whole text, with every misfit."""

    code: Code | int
    line: str
    """The failure in one line that stands alone."""

    def __init__(self, message: str, code: int = Code.UNSUPPORTED, line: str = "") -> None:
        super().__init__(message)
        try:
            self.code = Code(code)
        except ValueError:  # of a library that is newer
            self.code = code
        self.line = line or message.split("\n", 1)[0]

    def __str__(self) -> str:
        return self.args[0]

    def __reduce__(self):
        return type(self), (self.args[0], self.code, self.line)

    @property
    def misfits(self) -> list[str]:
        """Each reason why it does not fit; of what is no misfit, the text."""
        head, *lines = self.args[0].split("\n")
        counted = re.search(r" \((?:at least )?(\d+) misfits?\):$", head)
        if not counted:
            return [self.args[0]]
        found: list[str] = []
        for line in lines:
            if line.startswith("   ") and found:
                found[-1] += "\n" + line[2:]
            elif len(found) == int(counted[1]) or line.startswith("  ... and "):
                break
            else:
                found.append(line.strip())
        return found


class NotFound(Error):
    """The file does not exist or cannot be read."""


class NotPlugin(Error):
    """The file is not a plugin, is not stamped, or is damaged."""


class Misfit(Error):
    """Something that the plugin needs is missing or has a different type."""


class NoSymbol(Error, AttributeError, KeyError):
    """The plugin exports no symbol of this name."""


class WrongType(Error, TypeError):
    """The symbol has a different type."""


class InitFailed(Error):
    """An init of the plugin failed."""


class AlreadyLoaded(Error):
    """A copy of the plugin is open, or its file was replaced since."""


class Untrusted(Error):
    """The trust policy, or `content`, does not allow the file."""


class Crashed(Error):
    """The process of an isolated plugin ended, or a Go function panicked."""


class Timeout(Error):
    """An isolated plugin exceeded its time limit."""


class Sealed(Error):
    """plugin.seal() was called."""


class Unsupported(Error):
    """This version of the library cannot do it."""


class NoMemory(Error, MemoryError):
    """Out of memory."""


class SystemFailure(Error):
    """A system call failed."""


_CLASSES = {
    Code.NOT_FOUND: NotFound,
    Code.NOT_PLUGIN: NotPlugin,
    Code.MISFIT: Misfit,
    Code.NO_SYMBOL: NoSymbol,
    Code.WRONG_TYPE: WrongType,
    Code.INIT_FAILED: InitFailed,
    Code.ALREADY_LOADED: AlreadyLoaded,
    Code.UNTRUSTED: Untrusted,
    Code.CRASHED: Crashed,
    Code.TIMEOUT: Timeout,
    Code.SEALED: Sealed,
    Code.UNSUPPORTED: Unsupported,
    Code.NO_MEMORY: NoMemory,
    Code.SYSTEM: SystemFailure,
}


def last_error() -> Error:
    """This thread's last failure, as an exception to raise."""
    code = lib.plugin_error_code()
    return _CLASSES.get(code, Error)(
        text(lib.plugin_error()), code, text(lib.plugin_error_line())
    )


def required(found):
    """What the library returned; raises this thread's last failure if that is false."""
    if not found:
        raise last_error()
    return found
