#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Ports a tree of bash to libplugin: `enable -f` opens builtins by plugin_open_with, and takes what
it looks up by its type. No line of bash is here; each edit is a pattern, which must match.

usage: tests/hosts/bash/port.py TREE
"""

import pathlib
import re
import sys

# Files without a stamp open as before, since builtins are out there. Their symbols have no types.
HELPERS = r"""#include <plugin.h>

static plugin *
open_loadable (char *path)
{
  struct plugin_options options = { .size = sizeof (options), .allow_unstamped = true };

  return (plugin_open_with (path, &options));
}

static int
is_untyped (const plugin_symbol *symbol)
{
  const char *decl = plugin_symbol_decl (symbol);

  return (decl && strcmp (decl, plugin_symbol_name (symbol)) == 0);
}

#define symbol_as(symbol, type) \
  (is_untyped (symbol) ? (type) plugin_address (symbol) : plugin_as (symbol, type))
"""

# A function of another type is never called; the builtin is not loaded.
JUDGE_LOAD = r"""\1symbol = plugin_find_symbol (handle, funcname);
\1loadfunc = symbol_as (symbol, sh_load_func_t *);
\1if (symbol && loadfunc == 0)
\1  {
\1    builtin_error ("%s: %s", name, plugin_error ());
\1    free (funcname);
\1    continue;
\1  }
"""

# Of a file: what is removed or replaced, by what, how often at least.
EDITS = {
    "builtins/enable.def": [
        (r"#if defined \(HAVE_DLFCN_H\)\n#  include <dlfcn.h>\n#endif\n", HELPERS.replace("\\", r"\\"), 1),
        (r"#ifndef RTLD_LAZY\n.*\n#endif\n\n", "", 1),
        (r"#if defined \(_AIX\)\n#  define DLFLAGS .*\n#else\n.*\n#endif.*\n\n", "", 0),
        (r"#if defined \(_AIX\)\n.*dlopen.*\n#else\n(.*dlopen.*\n)#endif.*\n", r"\1", 0),
        (r"\bdlopen \((\w+), \w+\)", r"open_loadable (\1)", 2),
        (r"^(  sh_load_func_t \*loadfunc;\n)", r"\1  const plugin_symbol *symbol;\n", 1),
        (r"^( +)(b = ).*\bdlsym \((handle, struct_name)\);\n",
         r"\1symbol = plugin_lookup (\3);\n\1\2symbol_as (symbol, struct builtin *);\n", 1),
        (r"^( +)loadfunc = .*\bdlsym .*\n", JUDGE_LOAD, 1),
        (r"^  sh_unload_func_t \*unloadfunc;\n", r"\g<0>  const plugin_symbol *symbol;\n", 1),
        (r"^( +)(unloadfunc = ).*\bdlsym \((handle, funcname)\);\n",
         r"\1symbol = plugin_find_symbol (\3);\n\1\2symbol_as (symbol, sh_unload_func_t *);\n", 1),
        (r"\bdlerror \(\)", "plugin_error ()", 2),
        # There is no close: nothing asks whether another builtin is of the same file.
        (r"^ +dlclose \(handle\);\n(?= +return \(EXECUTION_FAILURE\))", "", 1),
        (r"^static int local_dlclose .*;\n", "", 1),
        (r"^/\*(?:[^*]|\*(?!/))*dlclose(?:[^*]|\*(?!/))*\*/\nstatic int\nlocal_dlclose[^}]*}\n\n", "", 1),
        (r"^  for \(ref = i = 0;.*\n    {\n(?:.*\n)*?    }\n", "", 1),
        (r"^  int ref, i, size;\n", "  int size;\n", 0),
        (r"^  int ref, i;\n", "", 0),
        (r"^  /\*(?:[^*]|\*(?!/))*\*/\n  if \(ref == 1 && local_dlclose.*\n    {\n(?:.*\n)*?    }\n\n",
         "", 1),
    ],
    "Makefile.in": [
        (r"^(LIBS = .*)$", r"\1 -lplugin", 1),
        (r"^(\$\(Program\):.*\n(?:\t.*\n)*?\t.*-o \$\(Program\) .*\n)", r"\1\tplugin stamp $(Program)\n", 1),
    ],
}


def main() -> None:
    tree = pathlib.Path(sys.argv[1])
    for name, edits in EDITS.items():
        path = tree / name
        text = path.read_text()
        for pattern, replacement, least in edits:
            text, count = re.subn(pattern, replacement, text, flags=re.MULTILINE)
            if count < least:
                sys.exit(f"{path}: {count} matches of {pattern}")
        path.write_text(text)


main()
