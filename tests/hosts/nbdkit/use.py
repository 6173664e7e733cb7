# SPDX-License-Identifier: MIT
# Run by nbdsh, connected: prints what an export says of itself, has, and does with writes.
# pylint: disable=undefined-variable
import hashlib
import os

def tell(name, call, *arguments):
    try:
        result = call(*arguments)
    except nbd.Error as failure:
        result = f"fails: {failure.errno or failure.string}"
    if isinstance(result, (bytes, bytearray)):
        result = f"{len(result)} bytes {hashlib.sha256(result).hexdigest()[:16]}"
    print(name, result)

def extents(length):
    found = []
    def note(_context, offset, entries, _error):
        found.append((offset, *entries))
    h.block_status(length, 0, note)
    return found

basic = "BASIC" in os.environ # what each version of a plugin has
size = h.get_size()
print("size", size)
tell("read-only", h.is_read_only)
if not basic:
    for name in ("is_rotational", "can_flush", "can_fua", "can_zero", "can_fast_zero", "can_trim",
                 "can_df", "can_cache", "can_multi_conn"):
        tell(name, getattr(h, name))
    for name in ("MINIMUM", "PREFERRED", "MAXIMUM"):
        tell(name.lower(), h.get_block_size, getattr(nbd, "SIZE_" + name))
    tell("description", h.get_export_description)
    tell("name", h.get_canonical_export_name)
part = min(size, 65536)
for offset in {0, size // 2 & ~65535, size - part}:
    tell(f"at {offset}", h.pread, part, offset)
if size >= 65536:
    if not h.is_read_only():
        tell("write", h.pwrite, b"\x5a" * 4096, 4096)
        tell("flush", h.flush)
        if not basic:
            tell("write through", h.pwrite, b"\x5b\x5c" * 2048, 8192, nbd.CMD_FLAG_FUA)
            tell("trim", h.trim, 4096, 8192)
            tell("zero", h.zero, 4096, 12288)
        tell("written", h.pread, part, 0)
    if not basic:
        tell("cache", h.cache, 4096, 0)
        tell("extents", extents, min(size, 1 << 20))
