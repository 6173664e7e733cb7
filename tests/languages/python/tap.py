# SPDX-License-Identifier: MIT
"""Runs the tests of a file by unittest, and reports them as TAP, whose numbers start behind argv[2]."""

import importlib
import sys
import unittest


class Result(unittest.TestResult):
    def __init__(self, count):
        super().__init__()
        self.count = count

    def report(self, test, why=""):
        self.count += 1
        name = (test.shortDescription() or test.id()).rstrip(".")
        print(f"{'not ' if why else ''}ok {self.count} - {name}")
        for line in why.splitlines():
            print("#", line)

    def addSuccess(self, test):
        self.report(test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.report(test, self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        self.report(test, self.errors[-1][1])


result = Result(int(sys.argv[2]))
tests = unittest.defaultTestLoader.loadTestsFromModule(importlib.import_module(sys.argv[1]))
tests.run(result)
sys.exit(not result.wasSuccessful())
