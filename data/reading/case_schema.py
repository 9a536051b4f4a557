"""The files that help to write a case, made from `data.model.schema`: a JSON Schema and a description of every field.

The descriptions are those of the model; the ids of places, domains and units come from the reference tables.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from data.model.schema import Case
from data.reading.folder import FOLDER, REFERENCE
from data.reading.validate import read_tables
from data.reading.yaml_file import File

SCHEMA_FILE = FOLDER / "case.schema.json"
FIELDS_FILE = FOLDER / "cases" / "README.md"

_TYPES = {"string": "text", "boolean": "true or false", "integer": "whole number", "number": "number"}


class _Schema(GenerateJsonSchema):
    """Generates a schema without nulls and defaults, because an optional key is left out, and without titles."""

    def field_title_should_be_set(self, schema: object) -> bool:
        return False

    def nullable_schema(self, schema: core_schema.NullableSchema | core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    default_schema = nullable_schema


def schema_text() -> str:
    """Return the JSON Schema of a case file, as data/case.schema.json contains it."""
    return json.dumps(_schema(), ensure_ascii=False, indent=1) + "\n"


def fields_text() -> str:
    """Return data/cases/README.md: its head, which is written by hand, and the description of every field."""
    schema = _schema()
    groups = {"A case": schema, **{name: group for name, group in schema["$defs"].items() if "properties" in group}}
    head = FIELDS_FILE.read_text(encoding="utf-8").partition("## A case\n")[0]
    return head + "\n".join(line for name, group in groups.items() for line in _group(name, group))


def _schema() -> dict[str, Any]:
    schema = Case.model_json_schema(schema_generator=_Schema)
    tables = read_tables({name: File.read(FOLDER / "reference" / f"{name}.yaml", FOLDER) for name in REFERENCE})
    for name, entries in tables.items():
        names = [f"{entry.name.zh} · {entry.name.en}" if entry else "" for entry in entries.values()]
        ids = {"enum": [*entries], "enumDescriptions": names, "type": "string"}
        schema["$defs"][name] = {"description": f"An id of reference/{name}.yaml", **ids}
    return {"$schema": GenerateJsonSchema.schema_dialect, **_refer(schema)}


def _refer(value: Any) -> Any:
    """Return a part of the schema in which each text that names a reference table is one of its ids."""
    if isinstance(value, list):
        return [_refer(part) for part in value]
    if not isinstance(value, dict):
        return " ".join(value.split()) if isinstance(value, str) else value
    if table := value.get("table"):
        rest = {key: part for key, part in value.items() if key not in ("table", "type")}
        return {"$ref": f"#/$defs/{table}", **_refer(rest)}
    return {key: _refer(part) for key, part in value.items()}


def _group(name: str, group: dict[str, Any]) -> Iterator[str]:
    yield f"## {name}\n\n{group['description']}\n\n| field | holds | meaning |\n|---|---|---|"
    for field, schema in group["properties"].items():
        shown = f"**{field}**" if field in group.get("required", ()) else field
        yield f"| {shown} | {_content(schema)} | {schema['description'].replace('|', '/')} |"
    yield ""


def _content(schema: dict[str, Any]) -> str:
    """Say what a field may hold: words, a number, a text, a group, or a list of them."""
    if "items" in schema:
        return f"list of: {_content(schema['items'])}"
    if any("pattern" in choice for choice in schema.get("anyOf", ())):
        return "date: `2020`, `2020-12` or `2020-12-31`"
    if "anyOf" in schema:
        return " or ".join(map(_content, schema["anyOf"]))
    if reference := schema.get("$ref"):
        name = reference.rpartition("/")[2]
        return f"id of [{name}](../reference/{name}.yaml)" if name in REFERENCE else f"[{name}](#{name.lower()})"
    if words := schema.get("enum", [schema["const"]] if "const" in schema else None):
        return ", ".join(f"`{word}`" for word in words)
    limit = f", at most {schema['maxLength']} characters" if "maxLength" in schema else ""
    return f"{_TYPES[schema['type']]}{limit}"
