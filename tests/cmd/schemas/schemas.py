"""The JSON Schemas of the outputs: which parts of them outputs have shown, and what each must have."""
import json
import pathlib

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
    """Returns what must be seen of a value, as JSON: each that is listed, false and true, null and another."""
    if "const" in schema:
        return []
    wanted = [json.dumps(value) for value in schema.get("enum", [])]
    named = types(schema)
    if "boolean" in named and "object" not in named:
        wanted += ["false", "true"]
    if "null" in named and "object" not in named:
        wanted.append("null")
        if "boolean" not in named:
            wanted.append("a value")
    return wanted


def walk(root, schema, name, visit):
    """Calls visit(name, schema) for the schema and all within, by names as "misfits[].symbol". Those of $defs
    that refer to themselves are left out: they say that anything may be there."""
    if "$ref" in schema and "$dynamic" in schema:
        return
    own = resolve(root, schema)
    visit(name, own)
    for key, member in own.get("properties", {}).items():
        walk(root, member, f"{name}.{key}" if name else key, visit)
    if "items" in own and own is not resolve(root, own["items"]):
        walk(root, own["items"], name + "[]", visit)


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
    shown = json.dumps(value) if not isinstance(value, (list, dict)) else None
    wanted = values(own)
    if shown in wanted:
        yield f"{name} = {shown}"
    elif shown is not None and "a value" in wanted:
        yield f"{name} = a value"
    if isinstance(value, dict):
        for key, member in value.items():
            if key in own.get("properties", {}):
                yield from seen_parts(root, own["properties"][key], member, f"{name}.{key}" if name else key)
    if isinstance(value, list) and "items" in own:
        for item in value:
            yield from seen_parts(root, own["items"], item, name + "[]")
