# SPDX-License-Identifier: MIT
# Reads the public headers, and prints the names of the functions that they declare: those that start with
# `prefix`, or without one those of libplugin. They are strings of C, each with a NUL, or, if `version` is set,
# a linker's version script, which exports these and `private`, what debuggers read, and nothing else.
/^PLUGIN_API / {
    if (!match($0, /plugin_[a-z0-9_]*[(]/)) {
        print FILENAME ":" FNR ": no name of a function in a line that starts with PLUGIN_API" >"/dev/stderr"
        exit failed = 1
    }
    name = substr($0, RSTART, RLENGTH - 1)
    if (index(name, prefix ? prefix : "plugin_call") == 1 ? prefix : !prefix)
        names[++count] = name
}
END {
    if (failed)
        exit 1
    if (version)
        printf("%s {\nglobal:\n", version)
    if (private && !version)
        for (i = split(private, debug, " "); i; i--)
            names[++count] = debug[i]
    for (i = 1; i <= count; i++)
        printf(version ? "    %s;\n" : "\"%s\\0\"\n", names[i])
    if (version)
        printf("local:\n    *;\n};\n")
    if (version && private)
        printf("PLUGIN_PRIVATE {\nglobal:\n    %s;\n};\n", private)
}
