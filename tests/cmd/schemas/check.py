# SPDX-License-Identifier: MIT
"""check.py STEP SCHEMAS TREE [FILE...]: one check of the schemas, or of the outputs in files."""
import json
import os
import pathlib
import re
import sys

import jsonschema

sys.dont_write_bytecode = True
import schemas

step, directory, tree = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
known = schemas.load(directory)

# What no output of this test shows, and why.
NEVER_SEEN = {
    line.split(": ", 1)[0]: line.split(": ", 1)[1].strip()
    for line in open(pathlib.Path(__file__).parent / "never_seen.txt")
    if not line.startswith("#")
}


def fits(paths):
    """Each output is valid by the schema that it names."""
    validators = {name: jsonschema.Draft202012Validator(schema) for name, schema in known.items()}
    count = 0
    for output in schemas.outputs(paths):
        count += 1
        assert next(iter(output)) == "schema", f"the first member is not the schema: {output}"
        assert output["schema"] in known, f"no such schema: {output}"
        for error in validators[output["schema"]].iter_errors(output):
            raise AssertionError(f"{error.message}, at {list(error.absolute_path)} of {output}")
    assert count, "no outputs"
    print(count, "outputs")


def shows_all(paths):
    """Each member and each listed value was seen in an output, or never_seen.txt says why not."""
    seen = {name: set() for name in known}
    for output in schemas.outputs(paths):
        name = output["schema"]
        assert name in known, f"no such schema: {output}"
        seen[name].update(schemas.seen_parts(known[name], known[name], output))
    wrong = []
    lacks = set(os.environ.get("LACKS", "").split(";"))
    for name, schema in known.items():
        for part in schemas.all_parts(schema):
            full = f"{name} {part}"
            if part not in seen[name] and full not in NEVER_SEEN and not lacks & {name, full}:
                wrong.append(f"never seen: {full}")
            elif part in seen[name] and full in NEVER_SEEN:
                wrong.append(f"seen, but listed in never_seen.txt: {full}")
    for full in NEVER_SEEN:
        name, part = full.split(" ", 1)
        if part not in schemas.all_parts(known[name]):
            wrong.append(f"in never_seen.txt, but in no schema: {full}")
    assert not wrong, "\n".join(wrong)


def are_schemas(_):
    """Each is valid, closed, described, and of the version that the command prints."""
    printed = dict(re.findall(r'#define JSON_(\w+) +"([a-z]+/\d+)"', (tree / "cmd/common/json.h").read_text()))
    assert sorted(printed.values()) == sorted(known), (printed, list(known))
    for name, schema in known.items():
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema["properties"]["schema"]["const"] == name, name

        def visit(part, own):
            where = f"{name} {part}"
            if "properties" in own:
                assert own["additionalProperties"] is False, f"{where}: it takes any member"
            for key, member in own.get("properties", {}).items():
                text = {**schemas.resolve(schema, member), **member}.get("description", "")
                assert text.endswith((".", "?")) or ":" in text, f"{where}.{key}: no description: {text}"

        schemas.walk(schema, schema, "", visit)


def function_names(name):
    """Returns the strings that a C function returns, or that a table has."""
    for folder in "cmd", "src":
        for file in sorted((tree / folder).rglob("*.c")):
            found = re.search(r"^[a-z][^;\n]*\b" + name + r"\([^;{]*\n\{\n(.*?)^\}", file.read_text(), re.M | re.S)
            if found:
                return set(re.findall(r'"([^"%]+)"', "\n".join(re.findall(r"return .*?;", found[1], re.S))))
    raise AssertionError(f"no function {name}")


def promise_words(_=None):
    return set(re.findall(r'\{BTF_\w+, "(\w+)", "PLUGIN_', (tree / "cmd/show/promises.c").read_text()))


def names_all(_):
    """The listed values are those of the sources."""
    inspect, defs = known["inspect/1"], known["inspect/1"]["$defs"]
    lists = {
        "check_code_name": known["check/1"]["properties"]["code"]["enum"],
        "inspected_kind": inspect["properties"]["kind"]["enum"],
        "inspected_library_tag": inspect["properties"]["libraries"]["items"]["properties"]["tag"]["enum"],
        "meta_sanitizer_name": inspect["properties"]["sanitizers"]["items"]["enum"],
        "inspect_json_kind": defs["symbol"]["properties"]["kind"]["enum"],
        "inspect_json_interface_kind": defs["interface"]["properties"]["kind"]["enum"],
        "elf_machine_name": [
            word for word in inspect["properties"]["machine"]["pattern"][2:-2].split("|") if " " not in word
        ],
    }
    for function, listed in lists.items():
        assert function_names(function) == set(listed), f"{function}: {function_names(function)}, not {listed}"
    assert promise_words() == set(defs["promise"]["properties"]["promise"]["enum"])


def are_in_manual(paths):
    """plugin(1) names each member of an output."""
    manual = pathlib.Path(paths[0]).read_text()
    for name, schema in known.items():
        verb = name.split("/")[0]
        text = re.search(rf"^\.It Cm {verb}\n(.*?)(?=^\.It Cm |^\.Sh )", manual, re.M | re.S)[1]
        words = set(re.findall(r"\w+", text))
        missing = set(schema["properties"]) - words
        assert not missing, f"plugin(1), {verb}: no word of {sorted(missing)}"
        assert f"{verb}.schema.json" in text, f"plugin(1), {verb}: no word of its schema"


try:
    globals()[step](sys.argv[4:])
except AssertionError as error:
    sys.exit(str(error))
