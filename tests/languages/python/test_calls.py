# SPDX-License-Identifier: MIT
"""Calls of the plugin, and of Python."""

import array
import gc
import inspect
import pydoc
import sys
import threading
import unittest

import plugin

p = plugin.open("./values.so")


class Calls(unittest.TestCase):
    def test_structs(self):
        """structs are passed as dicts, objects and views, and returned as objects"""
        self.assertEqual(p.area({"w": 2, "h": 3}), 6.0)
        self.assertEqual(p.area(shape={"w": 2, "h": 3}), 6.0)
        self.assertEqual(p.area(p.types.shape(w=1, h=4)), 4.0)
        a = p.add({"x": 1, "y": 2}, p.types.point(x=10))
        self.assertEqual((a.x, a.y), (11, 2))
        b = p.add(a, a)
        self.assertEqual((a, b), ({"x": 11, "y": 2}, {"x": 22, "y": 4}))

    def test_out(self):
        """results behind pointers are read from objects that the caller made"""
        q, r = p.types["int"](), p.types["int"](9)
        self.assertIsNone(p.divide(17, 5, q, remainder=r))
        self.assertEqual((q.contents, r.contents), (3, 2))

    def test_arrays(self):
        """arrays are lists, arrays of the type, and buffers"""
        ints = p.types["int"].array([1, 2, 3])
        for values in [1, 2, 3], (1, 2, 3), ints, array.array("i", [1, 2, 3]):
            self.assertEqual(p.sum(values, 3), 6)
        doubles = array.array("d", [1, 2])
        p.scale(doubles, 2)
        self.assertEqual(list(doubles), [2, 4])
        bytes_ = bytearray(4)
        p.fill(bytes_, 3)
        self.assertEqual(bytes_, b"\7\7\7\0")
        p.fill(ints, 4)
        self.assertEqual(ints[0], 0x07070707)
        self.assertEqual(p.trace([[1, 2, 3], [4, 5, 6]]), 6)
        self.assertEqual(p.trace(p.grid), 1 + 5)
        self.assertEqual(p.middle(p.types["int"].array([4, 5, 6])), 5)
        with self.assertRaisesRegex(TypeError, "does not point to int"):
            p.middle(p.types["int"].array(2))
        for wrong, text in [
            (array.array("l", [1]), "is no buffer of const int"),
            (array.array("f", [1]), "is no buffer of const int"),
            ("text", "'text' is no const int"),
            (memoryview(array.array("i", [1, 2, 3, 4]))[::2], "is no buffer"),
        ]:
            with self.assertRaisesRegex(TypeError, text):
                p.sum(wrong, 1)
        with self.assertRaisesRegex(TypeError, "is read-only, and double \\* may change it"):
            p.scale(memoryview(doubles).toreadonly(), 1)

    def test_strings(self):
        """strings are passed and returned; what a result points to stays"""
        self.assertEqual([p.name_of(each) for each in ("RED", 5, 6)], ["red", "green", None])
        found = p.find("hello", ord("l"))
        gc.collect()
        self.assertEqual((str(found), found[1]), ("llo", ord("l")))
        self.assertIsNone(p.find("hello", ord("x")))

    def test_go(self):
        """strings of Go are text, and end where their length says"""
        self.assertEqual(p.part("a\0bcd", 1, 4), "\0bc")
        self.assertEqual(p.go_name, "not")
        p.go_name = "new"
        gc.collect()
        self.assertEqual(p.part(p.go_name, 0, 3), "new")
        with self.assertRaisesRegex(TypeError, "argument whole: 3 is no plugin_go_string"):
            p.part(3, 0, 0)

    def test_wrong(self):
        """wrong arguments are a TypeError that has the declaration, and nothing is called"""
        for call, text in [
            (lambda: p.area(3), r"double area\(const struct shape \*shape\): argument shape: 3 is no"),
            (lambda: p.area({"w": 1, "z": 1}), "argument shape: no member z in const struct shape"),
            (lambda: p.area(), r"double area\(.*\) takes 1 arguments, not 0"),
            (lambda: p.area(1, 2), r"double area\(.*\) takes 1 arguments, not 2"),
            (lambda: p.area(form={}), r"double area\(.*\): .*'shape'"),
            (lambda: p.sum([1, "a"], 2), "argument values: element 1: 'a' is no const int"),
            (lambda: p.sum(p.origin, 1), "does not point to const int"),
            (lambda: p.each(3, 1, None), "argument visit: 3 is no int"),
            (lambda: p.each(p.area, 1, None), "is no int"),
        ]:
            with self.assertRaisesRegex(TypeError, text):
                call()
        with self.assertRaisesRegex(OverflowError, "argument count: -1 is out of the range"):
            p.sum([1], -1)

    def test_unsupported(self):
        """what cannot be called by its type says so"""
        with self.assertRaisesRegex(plugin.Unsupported, "does not say what `...` takes"):
            p.print("a")
        with self.assertRaises(plugin.Unsupported):
            p.old()
        with self.assertRaises(plugin.Unsupported):
            p.turn(1)

    def test_pointers(self):
        """pointers to functions are called, and passed on"""
        self.assertEqual(p.operations.run(21), 42)
        self.assertEqual(p.twice_of()(4), 8)
        self.assertEqual(p.twice_of(), p.operations.run)
        self.assertEqual(p.nested(p.operations.run, 3), 5)
        with self.assertRaises(TypeError):
            p.operations.run(value=1)

    def test_named_as_methods(self):
        """a symbol that has a name of the class is an item"""
        self.assertEqual(p["retire"](), 1)
        self.assertTrue(inspect.ismethod(p.retire))
        with self.assertRaisesRegex(AttributeError, "retire is the plugin's own"):
            p.retire = 1


class Callbacks(unittest.TestCase):
    def test_called(self):
        """C calls functions of Python, with what it was passed"""
        seen = []
        data = p.types.point(x=5)

        def visit(value, given):
            seen.append(given)
            return value * 10

        self.assertEqual(p.each(visit, 3, data), 30)
        self.assertEqual({int(each) for each in seen}, {data._address})

    def test_kept(self):
        """callbacks in structs last, get structs, and may return strings"""
        p.keep({"moved": lambda to: to.contents.x, "name": lambda of: "n" * of.y})
        gc.collect()
        self.assertEqual(p.handle({"x": 40, "y": 2}), 42)

    def test_once(self):
        """one function is one callback"""
        count = len(p.symbols["each"]._home.callbacks)
        for _ in range(10):
            p.each(len_of, 1, None)
        self.assertEqual(len(p.symbols["each"]._home.callbacks), count + 1)

    def test_own(self):
        """a callback of the caller's lives as long as the object"""
        visit = plugin.Callback(p.symbols["each"].type.parameters[0].type.target, len_of)
        self.assertEqual(p.each(visit, 3, None), 3)
        wrong = plugin.Callback(p.symbols["each"].type, len_of)
        with self.assertRaisesRegex(TypeError, "is no int"):
            p.each(wrong, 3, None)

    def test_raised(self):
        """an exception is raised when the call returns; the function runs no more until then"""
        seen = []

        def visit(value, data):
            seen.append(value)
            raise KeyError(value) if value == 1 else ZeroDivisionError if value > 1 else IndexError

        with self.assertRaises(IndexError):
            p.each(visit, 5, None)
        self.assertEqual(seen, [0])
        with self.assertRaisesRegex(TypeError, r"int \(\*\)\(int, void \*\): the result: 'a' is no int"):
            p.each(lambda value, data: "a", 1, None)
        with self.assertRaises(SystemExit):
            p.each(lambda value, data: sys.exit(), 1, None)
        self.assertEqual(p.each(lambda value, data: 1, 2, None), 2)

    def test_nested(self):
        """calls and callbacks nest, and an exception passes through all"""

        def down(depth):
            return p.nested(down, depth)

        self.assertEqual(p.nested(down, 10), 10)

        def fails(depth):
            if not depth:
                raise LookupError("deep")
            return p.nested(fails, depth)

        with self.assertRaisesRegex(LookupError, "deep"):
            p.nested(fails, 10)

    def test_threads(self):
        """threads call at once, and get each their own"""
        results = {}

        def run(number):
            results[number] = sum(p.each(lambda v, d: v * number, 10, None) for _ in range(50))

        threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(results, {number: 50 * 45 * number for number in range(8)})


def len_of(value, data):
    return 1


class Help(unittest.TestCase):
    def test_help(self):
        """help() shows the declaration in C, and the types in it"""
        text = pydoc.plain(pydoc.render_doc(p.area))
        for part in (
            "<function double area(const struct shape *shape)>",
            "double area(const struct shape *shape);",
            "struct shape {\n",
            "double w;",
        ):
            self.assertIn(part, text)
        self.assertEqual(str(inspect.signature(p.divide)), "(a, b, quotient, remainder)")

    def test_dir(self):
        """dir() and symbols list what there is"""
        self.assertLessEqual({"V", "area", "symbols", "retire"}, set(dir(p)))
        self.assertEqual(list(p.symbols), sorted(p.symbols))
        self.assertEqual(len(p.symbols), len(list(p.symbols)))
        self.assertEqual(p.symbols["area"].declaration, "double area(const struct shape *shape)")
        self.assertIn("V", p.symbols)
        self.assertNotIn("W", p.symbols)
        self.assertEqual(repr(p), f"<plugin {p.path}>")
        self.assertEqual(p.info("version"), "1.2")
        self.assertIsNone(p.info("none"))
