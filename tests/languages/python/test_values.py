# SPDX-License-Identifier: MIT
"""Variables and types."""

import array
import enum
import types
import unittest

import plugin

p = plugin.open("./values.so")


class Numbers(unittest.TestCase):
    def test_read(self):
        """numbers are read by their types"""
        o = plugin.open("./other.so")  # which no other test writes to
        read = [o.flag, o.letter, o.tiny, o.byte, o.half, o.word, o.V, o.huge, o.single, o.real]
        self.assertEqual(read, [False, 97, -1, 255, -2, 4000000000, 3, (1 << 64) - 1, 0.5, 0.25])
        self.assertIs(type(o.flag), bool)

    def test_written(self):
        """numbers are written, up to the ends of their ranges"""
        for name, low, high in [
            ("tiny", -128, 127),
            ("byte", 0, 255),
            ("half", -(1 << 15), (1 << 15) - 1),
            ("word", 0, (1 << 32) - 1),
            ("V", -(1 << 63), (1 << 63) - 1),
            ("huge", 0, (1 << 64) - 1),
        ]:
            for value in low, high, 1:
                setattr(p, name, value)
                self.assertEqual(getattr(p, name), value)
            for value in low - 1, high + 1:
                with self.assertRaisesRegex(OverflowError, f"{name}: {value} is out of the range"):
                    setattr(p, name, value)
            self.assertEqual(getattr(p, name), 1)

    def test_kinds(self):
        """a value of another kind is refused, with the declaration in C"""
        for name, value, text in [
            ("V", 1.5, "long V: 1.5 is no long"),
            ("V", "1", "long V: '1' is no long"),
            ("V", None, "long V: None is no long"),
            ("flag", 2, "_Bool flag: 2 is no _Bool"),
            ("real", "1", "double real: '1' is no double"),
            ("letter", "ab", "char letter: 'ab' is no char"),
            ("origin", 3, "struct point origin: 3 is no struct point"),
            ("table", 3, r"long table\[3\]: 3 is no long\[3\]|long \[3\]"),
        ]:
            with self.assertRaisesRegex(TypeError, text):
                setattr(p, name, value)

    def test_floats(self):
        """floats take any real number that they can hold"""
        p.real = 3
        p.single = 0.1
        self.assertEqual(p.real, 3.0)
        self.assertAlmostEqual(p.single, 0.1, 6)
        p.single = float("inf")
        with self.assertRaisesRegex(OverflowError, "1e\\+300 is out of the range of float"):
            p.single = 1e300
        p.letter, p.flag = "b", 1
        self.assertEqual((p.letter, p.flag), (98, True))

    def test_without_values(self):
        """what Python has no values of is refused loudly"""
        for name in "wide", "imaginary", "wider":
            with self.assertRaisesRegex(plugin.Unsupported, "Python has no values of the type"):
                getattr(p, name)
            with self.assertRaisesRegex(plugin.Unsupported, "Python has no values of the type"):
                setattr(p, name, 1)

    def test_const(self):
        """const is not written, whole or in part"""
        self.assertEqual((p.fixed, p.corner.y), (4, 8))
        for write in (
            lambda: setattr(p, "fixed", 1),
            lambda: setattr(p, "corner", {}),
            lambda: setattr(p.corner, "x", 1),
            lambda: setattr(p.record, "fixed", 1),
        ):
            with self.assertRaisesRegex(TypeError, "it is const"):
                write()

    def test_thread_local(self):
        """a thread-local variable is the calling thread's"""
        import threading

        p.own = 6
        seen = []
        thread = threading.Thread(target=lambda: seen.append(p.own))
        thread.start()
        thread.join()
        self.assertEqual((p.own, seen), (6, [5]))


class Enums(unittest.TestCase):
    def test_names(self):
        """an enum has names and numbers"""
        self.assertIsInstance(p.paint, enum.IntEnum)
        p.paint = "BLUE"
        self.assertEqual((p.paint.name, p.paint), ("BLUE", 6))
        p.paint = p.types.color.enum.RED
        self.assertEqual(p.paint.name, "RED")
        self.assertEqual(p.types.color.enumerators, {"RED": 0, "GREEN": 5, "BLUE": 6, "AZURE": 6})
        with self.assertRaisesRegex(ValueError, "PINK is no name of enum color; it has: RED, GREEN"):
            p.paint = "PINK"
        self.assertEqual(p.paint, 0)

    def test_others(self):
        """a number without a name stays a number, and any name of C has a number"""
        self.assertEqual((p.mode, type(p.mode)), (6, int))
        p.mode = "_private"
        self.assertEqual(p.mode, 4)


class Structs(unittest.TestCase):
    def test_live(self):
        """a struct is the plugin's memory"""
        origin = p.origin
        p.origin.x = 3
        self.assertEqual((origin.x, p.origin["x"], p.where().contents.x), (3, 3, 3))
        p.origin = {"y": 5}
        self.assertEqual(origin, {"x": 0, "y": 5})
        p.origin = types.SimpleNamespace(x=1, y=2, z=3)
        self.assertEqual(dict(origin), {"x": 1, "y": 2})
        p.origin = p.types.point(x=8)
        self.assertEqual(repr(origin), "struct point(x=8, y=0)")
        self.assertEqual(origin, p.types.point(x=8))
        self.assertEqual(dir(origin), ["x", "y"])

    def test_refused(self):
        """a member that is unknown or wrong is refused, and nothing is written"""
        p.origin = {"x": 1, "y": 2}
        with self.assertRaisesRegex(TypeError, "no member z in struct point; it has: x, y"):
            p.origin = {"x": 9, "z": 1}
        with self.assertRaisesRegex(TypeError, "struct point origin: member y: 'a' is no int"):
            p.origin = {"x": 9, "y": "a"}
        with self.assertRaisesRegex(TypeError, "it lacks y"):
            p.origin = types.SimpleNamespace(x=9)
        with self.assertRaisesRegex(AttributeError, "no member z"):
            p.origin.z
        with self.assertRaisesRegex(AttributeError, "no member z"):
            p.origin.z = 1
        with self.assertRaisesRegex(OverflowError, "int x: 2147483648 is out of the range"):
            p.origin.x = 1 << 31
        with self.assertRaisesRegex(TypeError, "is no struct point"):
            p.origin = p.types.shape()
        self.assertEqual(p.origin, {"x": 1, "y": 2})

    def test_members(self):
        """bit-fields, unions, unnamed members, strings and arrays are members"""
        r = p.record
        self.assertEqual((r.small, r.bits, r.on, r.kind.name, r.i), (-1, 5, True, "BLUE", 1))
        r.small, r.bits, r.on, r.kind = -16, 7, False, "GREEN"
        self.assertEqual((r.small, r.bits, r.on, r.kind.name), (-16, 7, False, "GREEN"))
        with self.assertRaisesRegex(OverflowError, "bits: 8 is out of the range .* 3 bits: 0 to 7"):
            r.bits = 8
        with self.assertRaises(OverflowError):
            r.small = 16
        r.f, r.inner = 1.0, 4
        self.assertEqual((r.i, r.inner), (0x3F800000, 4))
        r.tag = "second"
        self.assertEqual((str(r.tag), len(r.tag), r.tag[0], bytes(r.tag)[-1]), ("second", 8, 115, 0))
        with self.assertRaisesRegex(ValueError, "9 elements are too many for char"):
            r.tag = "123456789"
        self.assertEqual(r.tag, "second")

    def test_made(self):
        """structs are made by their types, and keep what they lead to"""
        last = p.types.record(name="last")
        first = p.types["struct record"]({"next": last, "name": b"first"})
        del last
        self.assertEqual(first.next.contents.name, "last")
        self.assertEqual(p.length(first), 2)
        first.next = None
        self.assertIsNone(first.next)
        with self.assertRaisesRegex(AttributeError, "no symbol of the plugin leads to a type"):
            p.types.nothing
        self.assertIn("enum color", p.types)

    def test_kept(self):
        """what a variable is set to point to lives until it is set again"""
        import gc

        p.operations = {"name": "".join(["own ", "name"]), "run": p.operations.run, "at": {"x": 44}}
        gc.collect()
        for _ in range(100):
            p.types.point(x=1)
        self.assertEqual((p.operations.name, p.operations.at.contents.x), ("own name", 44))
        p.greeting = "good " + "day"
        gc.collect()
        self.assertEqual(p.greeting, "good day")


class Arrays(unittest.TestCase):
    def test_sequence(self):
        """an array is a sequence, with bounds"""
        p.table = [4, 5, 6]
        self.assertEqual((len(p.table), p.table[-1], p.table[1:], list(p.table)), (3, 6, [5, 6], [4, 5, 6]))
        p.table[0] = 9
        p.table[1:] = 7, 8
        self.assertEqual(p.table, [9, 7, 8])
        self.assertIn(7, p.table)
        for index in 3, -4:
            with self.assertRaises(IndexError):
                p.table[index]
            with self.assertRaises(IndexError):
                p.table[index] = 1
        with self.assertRaisesRegex(ValueError, "4 elements are too many"):
            p.table = [1, 2, 3, 4]
        with self.assertRaisesRegex(TypeError, "element 1: 'a' is no long"):
            p.table = [1, "a"]
        self.assertEqual(p.table, [9, 7, 8])
        p.table = [1]
        self.assertEqual(p.table, [1, 0, 0])

    def test_nested(self):
        """arrays of arrays, and of characters"""
        self.assertEqual([list(row) for row in p.grid], [[1, 2, 3], [4, 5, 6]])
        p.grid[1][2] = 60
        self.assertEqual(p.grid[1], [4, 5, 60])
        p.text = "more"
        self.assertEqual((str(p.text), str(p.changeable)), ("more", "more"))
        self.assertEqual(repr(p.text), "<char [8] 'more'>".replace("char [8]", str(p.symbols["text"].type)))

    def test_buffer(self):
        """the bytes of an array are a buffer"""
        p.table = [1, 2, 3]
        seen = plugin.buffer(p.table).cast("l")
        seen[1] = 20
        self.assertEqual(p.table, [1, 20, 3])
        self.assertEqual(bytes(p.table), array.array("l", [1, 20, 3]).tobytes())
        self.assertTrue(plugin.buffer(p.corner).readonly)


class Pointers(unittest.TestCase):
    def test_pointers(self):
        """a pointer is None, or has contents"""
        self.assertIsNone(p.anything)
        self.assertIsNone(p.nobody_knows)
        self.assertEqual(p.where(), p.where())
        p.where().contents = {"x": 70}
        self.assertEqual((p.origin.x, int(p.where())), (70, p.symbols["origin"].address))
        p.where().array(1)[0].y = 71
        self.assertEqual(p.where()[0].y, 71)
        p.anything = p.where()
        with self.assertRaisesRegex(TypeError, "only the plugin knows"):
            p.anything.contents
        p.anything = None
        with self.assertRaisesRegex(TypeError, "5 is no void"):
            p.anything = 5

    def test_types(self):
        """a pointer to another type, or to what is const, is refused"""
        with self.assertRaisesRegex(TypeError, "does not point to struct point"):
            p.operations.at = p.types.shape()
        with self.assertRaisesRegex(TypeError, "is const, and struct point \\* may change it"):
            p.operations.at = p.corner

    def test_texts(self):
        """strings are text in UTF-8, and other bytes come back as they were"""
        p.greeting = "grüß"
        self.assertEqual(p.greeting, "grüß")
        p.greeting = b"\xff"
        self.assertEqual(p.greeting.encode(errors="surrogateescape"), b"\xff")
        p.greeting = None
        self.assertIsNone(p.greeting)
        with self.assertRaisesRegex(ValueError, "NUL"):
            p.greeting = "a\0b"
        with self.assertRaisesRegex(ValueError, "not Unicode"):
            p.greeting = "\ud800"


class Types(unittest.TestCase):
    def test_types(self):
        """a type says what it is"""
        point = p.types.point
        self.assertEqual((point.kind, point.name, point.size), (plugin.Kind.STRUCT, "point", 8))
        self.assertEqual(point.define(), "struct point {\n    int x;\n    int y;\n}")
        self.assertEqual(point.members["y"].offset, 4)
        area = p.symbols["area"].type
        self.assertEqual((str(area.target), area.parameters[0].name), ("double", "shape"))
        self.assertEqual(area.parameters[0].type.declare("s"), "const struct shape *s")
        self.assertTrue(area.target.agrees(p.types["double"]))
        with self.assertRaisesRegex(TypeError, "there are no objects of type"):
            p.symbols["nobody_knows"].type.target()
