# SPDX-License-Identifier: MIT
"""Isolated plugins."""

import gc
import unittest

import plugin

p = plugin.open("./worker.so", isolated=True, timeout=60)


class Isolated(unittest.TestCase):
    def test_calls(self):
        """calls cross with their values, both ways"""
        self.assertEqual(p.area({"w": 2, "h": 3}), 6.0)
        shape = p.types.shape(w=1)
        p.grow(shape)
        self.assertEqual(shape.w, 2)
        self.assertEqual(p.sum([1, 2, 3], 3), 6)
        self.assertEqual(p.length({"next": {"next": None}}), 2)
        self.assertEqual(p.each(lambda value: value * 10, 4), 60)
        with self.assertRaises(ZeroDivisionError):
            p.each(lambda value: 1 // 0, 4)
        self.assertEqual(p.counter()(5) - p.count(0), 0)

    def test_variables(self):
        """variables are shared memory"""
        p.V = 9
        self.assertEqual(p.V, 9)
        p.restart()
        self.assertEqual(p.V, 3)

    def test_buffers(self):
        """buffers are copied there and back"""
        bytes_ = bytearray(4)
        p.fill(bytes_, 3)
        self.assertEqual(bytes_, b"\7\7\7\0")
        self.assertEqual(p.peek(b"a", 1), ord("a"))

    def test_shared(self):
        """an array may be shared memory, which is not copied"""
        shared = p.types["unsigned char"].array(4 << 20, shared=True)
        p.fill(shared, len(shared))
        self.assertEqual(set(bytes(shared)), {7})
        with self.assertRaises(plugin.Unsupported):
            p.fill(p.types["unsigned char"].array(4 << 20), 4 << 20)
        with self.assertRaisesRegex(TypeError, "cannot be shared"):
            p.types.node.array(1, shared=True)
        with self.assertRaises(plugin.NoMemory):
            p.types["unsigned char"].array(1 << 62, shared=True)

    def test_lies(self):
        """a count that is too high reads nothing of this process"""
        self.assertEqual(p.sum([1, 2], 400000), 3)
        bytes_ = bytearray(b"abc")
        p.fill(bytes_, 1 << 20)
        self.assertEqual(bytes_, b"\7\7\7")
        with self.assertRaises(plugin.Unsupported):
            p.sum([1], 1 << 40)

    def test_handles(self):
        """what only the plugin looks into is passed back as it is"""
        decoder = p.decoder_new()
        first = p.decode(decoder)
        self.assertEqual(p.decode(decoder), first + 1)
        self.assertEqual(p.same(p.handle()), 1)
        for looks in lambda: decoder.contents, lambda: p.handle().contents, lambda: decoder[0]:
            with self.assertRaisesRegex(TypeError, "only the plugin knows"):
                looks()
        with self.assertRaisesRegex(TypeError, "is a handle, and the plugin says that bytes are there"):
            p.peek(p.handle(), 8)

    def test_passed_on(self):
        """what a call returned is passed on as a copy of the caller's own"""
        unit = p.unit()
        self.assertEqual(unit.contents, {"w": 1, "h": 1})
        with self.assertRaisesRegex(TypeError, "only objects that were made for it"):
            p.area(unit)
        self.assertEqual(p.area(p.types.shape(unit.contents)), 1)
        other = plugin.open("./values.so")
        with self.assertRaisesRegex(TypeError, "only objects that were made for it"):
            p.area(other.types.shape(w=1))

    def test_kept(self):
        """what the plugin keeps is given back, and still there"""
        p.remember({"w": 8})
        gc.collect()
        self.assertEqual([p.recall().contents.w for _ in range(3)], [8, 8, 8])

    def test_crash(self):
        """a crash is an exception, and a restart makes it well"""
        counter = p.counter()
        with self.assertRaisesRegex(plugin.Crashed, "signal 6") as caught:
            p.crash()
        self.assertEqual(caught.exception.code, plugin.Code.CRASHED)
        for call in lambda: p.sum([1], 1), lambda: counter(1):
            with self.assertRaises(plugin.Crashed):
                call()
        p.restart()
        self.assertEqual(p.sum([1], 1), 1)

    def test_stop(self):
        """a process is stopped, and started again"""
        p.stop()
        with self.assertRaisesRegex(plugin.Crashed, "stopped"):
            p.count(1)
        p.restart()
        self.assertEqual(p.count(1), 1)

    def test_timeout(self):
        """a hang is an exception"""
        slow = plugin.open("./slow.so", isolated=True, timeout=0.2, memory=1 << 28)
        with self.assertRaises(plugin.Timeout):
            slow.hang()

    def test_placement(self):
        """a plugin that is open isolated is not opened in this process"""
        with self.assertRaises(plugin.AlreadyLoaded):
            plugin.open("./worker.so")
        self.assertIs(plugin.open("./worker.so", isolated=True), p)
