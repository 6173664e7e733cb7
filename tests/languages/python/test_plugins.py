# SPDX-License-Identifier: MIT
"""Opens, refusals, and files before an open."""

import ctypes
import os
import pickle
import shutil
import subprocess
import sys
import unittest

import plugin
from plugin import _library


class Opens(unittest.TestCase):
    def test_same(self):
        """the same file is the same plugin"""
        self.assertIs(plugin.open("./values.so"), plugin.open(os.path.abspath("values.so")))

    def test_misfits(self):
        """a refusal is an exception, with every misfit"""
        with self.assertRaises(plugin.Misfit) as caught:
            plugin.open("./needs.so")
        error = caught.exception
        self.assertIsInstance(error, plugin.Error)
        self.assertEqual(error.code, plugin.Code.MISFIT)
        self.assertEqual(len(error.misfits), 2, error)
        self.assertTrue(error.misfits[0].startswith("host_close: "), error.misfits)
        self.assertTrue(error.misfits[1].startswith("host_open: "), error.misfits)
        self.assertIn("(2 misfits):\n", str(error))
        self.assertNotIn("\n", error.line)
        same = pickle.loads(pickle.dumps(error))
        self.assertEqual((type(same), str(same), same.code), (plugin.Misfit, str(error), error.code))
        self.assertEqual(same.line, error.line)

    def test_texts(self):
        """a misfit of several lines is one; what are no misfits is the text"""
        error = plugin.Misfit(
            "a.so does not fit b (3 misfits):\n  one:\n      host  int\n  two\n  ... and 1 more\n"
            "  1 use compared, 1 not"
        )
        self.assertEqual(error.misfits, ["one:\n    host  int", "two"])
        self.assertEqual(plugin.Error("none").misfits, ["none"])

    def test_errors(self):
        """each kind of failure has its class"""
        for kind, attempt in [
            (plugin.NotFound, lambda: plugin.open("./none.so")),
            (plugin.NotPlugin, lambda: plugin.open(__file__)),
            (plugin.NoSymbol, lambda: plugin.open("./values.so").W),
            (plugin.NoSymbol, lambda: setattr(plugin.open("./values.so"), "W", 1)),
            (AttributeError, lambda: plugin.open("./values.so").W),
            (KeyError, lambda: plugin.open("./values.so").symbols["W"]),
            (plugin.Unsupported, lambda: plugin.open("./values.so").stop()),
            (plugin.AlreadyLoaded, lambda: plugin.open("./copy.so")),
        ]:
            if kind is plugin.AlreadyLoaded:
                shutil.copy("values.so", "copy.so")
                plugin.open("./values.so")
            with self.assertRaises(kind):
                attempt()
        self.assertFalse(hasattr(plugin.open("./values.so"), "W"))
        self.assertIsNone(plugin.open("./values.so").symbols.get("W"))

    def test_trust(self):
        """a trust policy is that of the C interface"""
        content = plugin.examine("./values.so").content
        with self.assertRaises(plugin.Untrusted):
            plugin.examine("./values.so", hashes=["0" * 64])
        with self.assertRaises(plugin.Untrusted):
            plugin.open("./needs.so", content="0" * 64)
        self.assertTrue(plugin.examine("./values.so", hashes=[content], libraries=["libc.so.6"]).fits)
        with self.assertRaises(plugin.Untrusted):
            plugin.examine("./values.so", keys=["RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3"])
        for wrong in {"keys": "RW"}, {"timeout": -1}, {"isolated": True, "timeout": 0}, {"nothing": 1}:
            with self.assertRaises((TypeError, ValueError)):
                plugin.open("./values.so", **wrong)
        with self.assertRaises(plugin.Unsupported):
            plugin.open("./values.so", timeout=1)
        self.assertEqual(plugin.open("values.so", search=[os.getcwd()]), plugin.open("./values.so"))

    def test_retire(self):
        """a plugin is retired, and its file is opened again"""
        shutil.copy("other.so", "retired.so")
        old = plugin.open("./retired.so")
        self.assertTrue(old.is_current)
        old.retire()
        new = plugin.open("./retired.so")
        self.assertIsNot(old, new)
        old.V = 5
        self.assertEqual((old.V, new.V), (5, 3))

    def test_sealed(self):
        """seal() refuses what is not open"""
        code = "import plugin; plugin.seal(); plugin.open('./values.so')"
        done = subprocess.run([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)
        self.assertIn("plugin._errors.Sealed: ", done.stderr)

    def test_structs(self):
        """the structs of options have the sizes of C"""
        structs = _library.COptions, _library.CTrust, _library.CIsolation, _library.CPart
        own = [ctypes.sizeof(each) for each in structs]
        self.assertEqual(own, [int(size) for size in open("sizes").read().split()])


class Files(unittest.TestCase):
    def test_examined(self):
        """a file tells what it has, and nothing of it runs"""
        file = plugin.examine("values.so")
        self.assertTrue(file.fits)
        self.assertIsNone(file.error)
        self.assertEqual(file.symbols["V"], "long V")
        self.assertEqual(file.infos, [("version", "1.2")])
        self.assertEqual((file.path, len(file.content)), (os.path.abspath("values.so"), 64))
        self.assertEqual(file.packages, [])
        self.assertEqual(file.type("area").parameters[0].name, "shape")
        with self.assertRaises(plugin.NoSymbol):
            file.type("W")

    def test_misfit(self):
        """a file that does not fit says why"""
        file = plugin.examine("needs.so")
        self.assertFalse(file.fits)
        self.assertIsInstance(file.error, plugin.Misfit)
        self.assertEqual(len(file.error.misfits), 2)
        self.assertEqual(file.imports["host_open"], "int host_open(struct host *)")

    def test_names(self):
        """names are shown without what a terminal would obey"""
        shown = _library.listed(["\x1b[31mred", "plain", "grün"])
        self.assertEqual(shown, r"'\x1b[31mred', plain, grün")

    def test_scan(self):
        """a directory is scanned in the order of names"""
        os.makedirs("scanned", exist_ok=True)
        for name in "b.so", ".hidden.so":
            shutil.copy("values.so", f"scanned/{name}")
        open("scanned/a.txt", "w").close()
        found = list(plugin.scan("scanned"))
        self.assertEqual([path for path, _ in found], ["scanned/a.txt", "scanned/b.so"])
        self.assertIsInstance(found[0][1], plugin.NotPlugin)
        self.assertIn("area", found[1][1].symbols)
        with self.assertRaises(plugin.NotFound):
            list(plugin.scan("nothing"))
