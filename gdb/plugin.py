# SPDX-License-Identifier: MIT
"""gdb shows what libplugin has open: `info plugins`, and values of `plugin *` and `plugin_symbol *`.

gdb loads this file by itself with libplugin.so. It needs no debug information: it reads plugin_debug_,
the places of members, of src/process/registry.c. All that it reads is memory of a program that may
be broken: lengths are bounded, and what is not a plugin is printed as before.
"""

import re
import struct

import gdb
import gdb.printing

VERSION = 1
MOST_PLUGINS = 1 << 20
MOST_SYMBOLS = 1 << 24
LONGEST_TEXT = 8192
MEMBERS = (
    "items count path next_opening base start end symbols symbol_count isolated built_in entry failure "
    "address plugin name decl"
).split()
POINTERS = "open former openings".split()
ISOLATED_ENDED = 2  # enum isolated_state of src/isolated/isolated_p.h
BYTE_ORDER = "little"  # of x86-64 and aarch64


def read_number(address, size=8):
    memory = gdb.selected_inferior().read_memory(address, size)
    return int.from_bytes(bytes(memory), BYTE_ORDER)


def read_text(address):
    """Returns a C string, escaped; "" for NULL."""
    if not address:
        return ""
    try:
        text = gdb.Value(address).cast(gdb.lookup_type("char").pointer()).string("utf-8", "backslashreplace", LONGEST_TEXT)
    except gdb.error:
        text = read_bounded(address)
    return "".join(c if c.isprintable() else "\\x%02x" % ord(c) for c in text.split("\0", 1)[0])


def read_bounded(address):
    """The same for a string that ends near the end of what can be read."""
    found = bytearray()
    while len(found) < LONGEST_TEXT:
        byte = read_number(address + len(found), 1)
        if not byte:
            break
        found.append(byte)
    return found.decode("utf-8", "backslashreplace")


def symbol_address(name):
    """Returns the address of a variable, with or without debug information; None if there is none."""
    try:
        return int(gdb.parse_and_eval("(unsigned long)&" + name))
    except gdb.error:
        return None


class Layout:
    """plugin_debug_: where the plugins are, and where their members."""

    def __init__(self, at):
        self.version, self.symbol_size = read_number(at, 4), read_number(at + 4, 4)
        if self.version != VERSION:
            raise gdb.GdbError(
                "libplugin has plugin_debug_ of version %d, and this extension knows version %d; use that which was "
                "installed with the library" % (self.version, VERSION)
            )
        at += 8
        for name in POINTERS:
            setattr(self, name, read_number(at))
            at += 8
        for name in MEMBERS:
            setattr(self, name, read_number(at, 4))
            at += 4


def layout():
    """Returns the Layout of the program; None if it has no libplugin that can be read."""
    at = symbol_address("plugin_debug_")
    try:
        return Layout(at) if at else None
    except gdb.MemoryError:
        return None


class Plugin:
    def __init__(self, places, at, state):
        self.at, self.state, self.places = at, state, places

    def member(self, name, size=8):
        return read_number(self.at + getattr(self.places, name), size)

    @property
    def path(self):
        return read_text(self.member("path"))

    @property
    def placement(self):
        isolated = self.member("isolated")
        if isolated:
            return isolated_placement(isolated)
        if self.member("built_in", 4):
            return "built in"
        return "Go" if self.member("entry") else "in process"

    def range(self):
        """Returns its first address and that behind its last one; None if it has none of its own."""
        if self.member("isolated") or self.member("built_in", 4) or not self.member("base"):
            return None
        base = self.member("base")
        return base + self.member("start"), base + self.member("end")

    def has_symbol(self, at):
        first, count = self.member("symbols"), self.member("symbol_count", 4)
        size = self.places.symbol_size
        return count < MOST_SYMBOLS and 0 <= at - first < count * size and (at - first) % size == 0


def isolated_placement(at):
    """plugin_isolated_debug_ of libplugin-isolated.so: the process of an isolated plugin."""
    debug = symbol_address("plugin_isolated_debug_")
    if not debug or read_number(debug, 4) != VERSION:
        return "isolated"
    pid = read_number(at + read_number(debug + 4, 4), 4)
    has_ended = read_number(at + read_number(debug + 8, 4), 4) == ISOLATED_ENDED
    return "isolated, ended" if has_ended else "isolated, process %d" % pid


def plugins():
    """Yields all: those that are open, then those being opened, then the retired ones."""
    places = layout()
    if not places:
        return
    for at in listed(places, places.open):
        plugin = Plugin(places, at, "open")
        plugin.state = "init failed" if plugin.member("failure") else "open"
        yield plugin
    at = read_number(places.openings)
    for _ in range(MOST_PLUGINS):
        if not at:
            break
        plugin = Plugin(places, at, "opening")
        yield plugin
        at = plugin.member("next_opening")
    for at in listed(places, places.former):
        yield Plugin(places, at, "retired")


def listed(places, array):
    items, count = read_number(array + places.items), min(read_number(array + places.count), MOST_PLUGINS)
    if not count:
        return ()
    memory = gdb.selected_inferior().read_memory(items, count * 8)
    return struct.unpack("<%dQ" % count, bytes(memory))


def find_plugin(at):
    return next((plugin for plugin in plugins() if plugin.at == at), None)


# ---- debug information ----
#
# gdb finds that of a plugin under a trust policy, whose sealed copy is mapped, by the path
# /proc/PID/fd/N: while the process lives. In a core file only the path of the plugin is left.


def build_id(read):
    """Returns the build ID of an ELF file or module in memory (64 bit), as hexadecimal digits; None."""
    header = read(0, 64)
    if header[:5] != b"\x7fELF\x02":
        return None
    first = int.from_bytes(header[32:40], BYTE_ORDER)
    size, count = struct.unpack("<HH", header[54:58])
    base = None
    for i in range(min(count, 64)):
        entry = read(first + i * size, 56)
        kind, _, offset, address, _, length = struct.unpack("<IIQQQQ", entry[:40])
        if kind == 1 and base is None:  # PT_LOAD: the module begins here
            base = address - offset
        if kind == 4 and length <= 4096:  # PT_NOTE
            found = note_of(read(address - (base or 0), length))
            if found:
                return found
    return None


def note_of(notes):
    at = 0
    while at + 12 <= len(notes):
        name, length, kind = struct.unpack("<III", notes[at : at + 12])
        content = at + 12 + (name + 3 & ~3)
        if kind == 3 and notes[at + 12 : at + 16] == b"GNU\0":  # NT_GNU_BUILD_ID
            return notes[content : content + length].hex()
        at = content + (length + 3 & ~3)
    return None


def has_symbols(address):
    """Has gdb read the file that is mapped there?"""
    name = gdb.solib_name(address)
    try:
        return bool(name and gdb.lookup_objfile(name))
    except ValueError:
        return False


added = set()  # base addresses of what load_symbols added


def load_symbols(plugin):
    """Reads the plugin's file if gdb has not, and the build ID is the same."""
    place = plugin.range()
    if not place or plugin.member("base") in added or has_symbols(place[0]):
        return
    memory = gdb.selected_inferior()
    try:
        loaded = build_id(lambda at, size: bytes(memory.read_memory(place[0] + at, size)))
        with open(plugin.path, "rb") as file:
            same = loaded and loaded == build_id(lambda at, size: file.seek(at) * 0 or file.read(size))
    except (gdb.MemoryError, OSError, struct.error, ValueError):
        same = False
    if same:
        quoted = plugin.path.replace("\\", "\\\\").replace('"', '\\"')
        gdb.execute('add-symbol-file "%s" -o 0x%x' % (quoted, plugin.member("base")), False, True)


        added.add(plugin.member("base"))


def is_core():
    connection = getattr(gdb.selected_inferior(), "connection", None)
    return bool(connection) and connection.type == "core"


def load_all_symbols():
    if is_core():
        for plugin in list(plugins()):
            load_symbols(plugin)


def before_prompt():
    """A core file raises no event; its plugins are known once all libraries have been read."""
    if not added:
        load_all_symbols()


# ---- info plugins ----


class InfoPlugins(gdb.Command):
    """Plugins that libplugin has open, is opening or has retired.
Usage: info plugins [REGEXP]
Each has a line: its addresses, its state, where its code runs, and its path. With REGEXP, only those
whose path it matches. Of a core file, first reads the debug information of those that gdb has not found."""

    def __init__(self):
        super().__init__("info plugins", gdb.COMMAND_FILES)

    def invoke(self, argument, from_tty):
        self.dont_repeat()
        if not layout():
            raise gdb.GdbError("This program has not loaded libplugin, or does not run.")
        try:
            wanted = re.compile(argument)
        except re.error as problem:
            raise gdb.GdbError("info plugins: %s: %s" % (argument, problem))
        load_all_symbols()
        lines = [row(plugin) for plugin in plugins() if wanted.search(plugin.path)]
        if not lines:
            print("No plugins%s." % (" of that path" if argument else ""))
            return
        lines.insert(0, ("From", "To", "State", "Placement", "Path"))
        widths = [max(len(line[i]) for line in lines) for i in range(4)]
        for line in lines:
            print("  ".join([line[i].ljust(widths[i]) for i in range(4)] + [line[4]]))


def row(plugin):
    place = plugin.range()
    addresses = ("0x%016x" % place[0], "0x%016x" % place[1]) if place else ("", "")
    return (*addresses, plugin.state, plugin.placement, plugin.path)


# ---- values ----


class PluginPrinter:
    def __init__(self, plugin):
        self.plugin = plugin

    def to_string(self):
        plugin = self.plugin
        return "0x%x %s (%s, %s)" % (plugin.at, plugin.path, plugin.state, plugin.placement)


class SymbolPrinter:
    def __init__(self, plugin, at):
        self.plugin, self.at = plugin, at

    def member(self, name):
        return read_number(self.at + getattr(self.plugin.places, name))

    def to_string(self):
        address = self.member("address")
        where = "at 0x%x" % address if address else "thread-local"
        # The declaration, once the program has called plugin_symbol_decl.
        what = read_text(self.member("decl")) or read_text(self.member("name"))
        return "0x%x %s of %s %s" % (self.at, what, self.plugin.path, where)


def printer_of(value):
    kind = value.type.strip_typedefs()
    if kind.code != gdb.TYPE_CODE_PTR:
        return None
    target = kind.target().unqualified().strip_typedefs()
    if target.name not in ("plugin", "plugin_symbol") or target.code != gdb.TYPE_CODE_STRUCT:
        return None
    try:
        return printer_at(int(value), target.name)
    except (gdb.MemoryError, gdb.error):
        return None


def printer_at(at, name):
    """Only what the library knows is printed: a program may have structs of these names, too."""
    if name == "plugin":
        plugin = find_plugin(at)
        return plugin and PluginPrinter(plugin)
    places = layout()
    plugin = places and find_plugin(read_number(at + places.plugin))
    return SymbolPrinter(plugin, at) if plugin and plugin.has_symbol(at) else None


class Printers(gdb.printing.PrettyPrinter):
    def __init__(self):
        super().__init__("libplugin", [])

    def __call__(self, value):
        return printer_of(value)


def register():
    gdb.printing.register_pretty_printer(gdb.current_objfile(), Printers(), replace=True)
    InfoPlugins()
    gdb.events.before_prompt.connect(before_prompt)
    gdb.events.clear_objfiles.connect(lambda event: added.clear())


register()
