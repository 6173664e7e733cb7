#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Ports a tree of nbdkit: it opens plugins and filters with libplugin instead of dlopen.

usage: tests/hosts/nbdkit/port.py TREE

Names stay those of nbdkit where its code goes on as it did. plugin.h is included where no name of it
clashes: server/plugins.c has a function plugin_open, and each plugin a variable `plugin`.
"""

import pathlib
import re
import sys

# What main.c knows of plugins and filters. The struct of version 1 of the plugins' API has the same
# tag and other members; it gets a tag of its own.
EXPECTED = """
#undef NBDKIT_PLUGIN_H
#undef NBDKIT_API_VERSION
#define NBDKIT_API_VERSION 1
#define nbdkit_plugin nbdkit_plugin_v1
#include "nbdkit-plugin.h"
#undef nbdkit_plugin
#include <plugin.h>

PLUGIN_ALIAS (struct backend, struct nbdkit_backend);
PLUGIN_ALIAS (struct context, struct nbdkit_context);
PLUGIN_ALIAS (struct context, struct nbdkit_next_ops);
PLUGIN_ALIAS (struct nbdkit_plugin_v1, struct nbdkit_plugin);
PLUGIN_GROWS_SIZED (struct nbdkit_plugin, _struct_size);
PLUGIN_GROWS_SIZED (struct nbdkit_plugin_v1, _struct_size);

struct exports { struct nbdkit_plugin *(*plugin_init) (void); };
struct exports_v1 { struct nbdkit_plugin_v1 *(*plugin_init) (void); };
struct filter_exports { struct nbdkit_filter *(*filter_init) (void); };

static const struct plugin_options open_options = {
  .size = sizeof open_options, .is_global = true
};
static const struct plugin_options unstamped_options = {
  .size = sizeof unstamped_options, .is_global = true, .allow_unstamped = true
};
"""

OPEN_PLUGIN = """\
  dl = plugin_open_as_with (filename, &open_options, &exports);
  plugin_init = exports.plugin_init;
  error = strdup (plugin_error_line ());
  if (dl == NULL && plugin_error_code () == PLUGIN_MISFIT) {
    dl = plugin_open_as_with (filename, &open_options, &exports_v1);
    plugin_init = (void *) exports_v1.plugin_init;
  }
  else if (dl == NULL && plugin_error_code () == PLUGIN_NOT_PLUGIN) {
    dl = plugin_open_with (filename, &unstamped_options);
    plugin_init = plugin_address (plugin_lookup (dl, "plugin_init"));
  }
  if (plugin_init == NULL)
    failed_to_load_error ("plugin", filename, short_name ? orig_name : NULL,
                          error);
  free (error);
"""

OPEN_FILTER = """\
  dl = plugin_open_as_with (filename, &open_options, &exports);
  if (dl == NULL)
    failed_to_load_error ("filter", filename, short_name ? orig_name : NULL,
                          plugin_error_line ());
"""


def edit(path: pathlib.Path, *edits: tuple[str, str]) -> None:
    """Each pattern is there once."""
    text = path.read_text()
    for pattern, replacement in edits:
        text, count = re.subn(pattern, lambda _, r=replacement: r, text, flags=re.M | re.S)
        if count != 1:
            sys.exit(f"port.py: {path}: {count} times: {pattern}")
    path.write_text(text)


def opening(what: str) -> str:
    """From dlopen to the last check of what dlsym returned, in the function that opens a `what`."""
    return (rf"  dl = dlopen \(filename, RTLD_NOW\|RTLD_GLOBAL\);\n  if \(dl == NULL\)\n"
            rf"    failed_to_load_error \(\"{what}\"(?:(?!dlopen \(filename).)*?invalid {what}_init.*?\n  \}}\n")


def main() -> None:
    server = pathlib.Path(sys.argv[1]) / "server"
    edit(server / "main.c",
         (r'(?<=#include "options\.h"\n)', EXPECTED),
         (r"(?<=const char \*filename,\n)                      const char \*short_name\)",
          "                      const char *short_name,\n                      const char *why)"),
         (r" \*\n \* The error message is held implicitly in dlerror\(3\)\.\n", ""),
         (r"c_string_quote \(dlerror \(\), stderr\)", "c_string_quote (why, stderr)"),
         (opening("plugin"), OPEN_PLUGIN),
         (r"(?<=  struct nbdkit_plugin \*\(\*plugin_init\) \(void\);\n)(?=  char \*error;)",
          "  struct exports exports;\n  struct exports_v1 exports_v1;\n"),
         (opening("filter"), OPEN_FILTER),
         (r"  struct nbdkit_filter \*\(\*filter_init\) \(void\);\n  char \*error;\n",
          "  struct filter_exports exports;\n"),
         (r"filename, dl, filter_init\)", "filename, dl, exports.filter_init)"))
    edit(server / "debug-flags.c",
         (r'(?<=#include <dlfcn\.h>\n)', "#include <plugin.h>\n"),
         (r"      sym = dlsym \(dl, flag->symbol\);\n",
          "      sym = dl == RTLD_DEFAULT ? dlsym (dl, flag->symbol)\n"
          "        : plugin_as (plugin_lookup (dl, flag->symbol), int *);\n"))
    edit(server / "backend.c", (r"  if \(DO_DLCLOSE\)\n    dlclose \(b->dl\);\n", ""))
    # Both are edited, so that make does not want the automake that made one of the other.
    for name in ("Makefile.am", "Makefile.in"):
        edit(server / name, (r"(?<=^nbdkit_LDADD = \\\n)", "\t-lplugin \\\n"))


main()
