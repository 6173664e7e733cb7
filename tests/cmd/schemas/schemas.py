# SPDX-License-Identifier: MIT
"""The JSON Schemas of the outputs: which parts of them outputs have shown, and what each must have."""
import json
import pathlib

PYTHON_TYPES = {
    "null": type(None),
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "string": str,
    "array": list,
    "object": dict,
}
# How the parts of a value are named that have one schema.
BELOW = {"items": "[]", "additionalProperties": "{}"}
IDS = "https://plugin.invalid/schemas/"


def load(directory):
    """Returns the schemas by their names and versions, "check/1"."""
    files = sorted(pathlib.Path(directory).glob("*.schema.json"))
    loaded = {}
    for file in files:
        schema = json.loads(file.read_text())
        name, version = schema["$id"].removeprefix(IDS).split("/")
        assert file.name == f"{name}.schema.json" and int(version) > 0, (file.name, schema["$id"])
        loaded[f"{name}/{version}"] = schema
    return loaded


def outputs(paths):
    """Yields each object of these files: the lines that are one."""
    for path in paths:
        for line in open(path, encoding="utf-8"):
            if line.startswith("{"):
                yield json.loads(line)


def resolve(root, schema):
    while "$ref" in schema:
        target = root
        for step in schema["$ref"][2:].split("/"):
            target = target[step]
        schema = target
    return schema


def types(schema):
    named = schema.get("type", [])
    return [named] if isinstance(named, str) else named


def values(schema):
    """Returns what must be seen of a value: each that is listed, false and true, and every type."""
    wanted = [json.dumps(value) for value in schema.get("enum", [])]
    named = types(schema)
    if "boolean" in named:
        wanted += ["false", "true"]
    return wanted + [f"of type {name}" for name in named if len(named) > 1 and name != "boolean"]


def type_of(value, named):
    """Returns which of the named types the value has."""
    return next(name for name in named if isinstance(value, PYTHON_TYPES[name]))


def walk(root, schema, name, visit):
    """Calls visit(name, schema) for the schema and all within, by names as "misfits[].symbol", but what refers
    to itself only once."""
    own = resolve(root, schema)
    visit(name, own)
    for key, member in own.get("properties", {}).items():
        walk(root, member, f"{name}.{key}" if name else key, visit)
    for keyword, mark in BELOW.items():
        if own.get(keyword) and own is not resolve(root, own[keyword]):
            walk(root, own[keyword], name + mark, visit)


def all_parts(schema):
    """Returns all that outputs should show, as "misfits[].symbol" and "misfits[].symbol = null"."""
    parts = []

    def visit(name, own):
        parts.append(name)
        parts.extend(f"{name} = {value}" for value in values(own))

    walk(schema, schema, "", visit)
    return dict.fromkeys(parts)


def seen_parts(root, schema, value, name=""):
    """Yields what a value shows of a schema."""
    own = resolve(root, schema)
    yield name
    yield f"{name} = {json.dumps(value)}"
    if types(own):
        yield f"{name} = of type {type_of(value, types(own))}"
    if isinstance(value, dict):
        for key, member in value.items():
            if key in own.get("properties", {}):
                yield from seen_parts(root, own["properties"][key], member, f"{name}.{key}" if name else key)
            elif own.get("additionalProperties"):
                yield from seen_parts(root, own["additionalProperties"], member, name + "{}")
    if isinstance(value, list) and "items" in own:
        for item in value:
            yield from seen_parts(root, own["items"], item, name + "[]")
