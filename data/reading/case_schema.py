"""The files that help to write a case, made from `data.model.schema`: a JSON Schema and a description of every field.

The descriptions are those of the model; the ids of places, domains and units come from the reference tables.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from data.model.problems import Problem
from data.model.schema import Case
from data.reading.folder import FOLDER, REFERENCE, read_content
from data.reading.validate import Entries, read_tables
from data.reading.yaml_file import File

SCHEMA_FILE = "case.schema.json"
FIELDS_FILE = "cases/README.md"

_TYPES = {"string": "text", "boolean": "true or false", "integer": "whole number", "number": "number"}


class _Schema(GenerateJsonSchema):
    """Generates a schema without nulls and defaults, because an optional key is left out, and without titles."""

    def field_title_should_be_set(self, schema: object) -> bool:
        return False

    def nullable_schema(self, schema: core_schema.NullableSchema | core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    default_schema = nullable_schema


def make_files(folder: Path = FOLDER) -> tuple[dict[str, bytes], list[Problem]]:
    """Return what both files of a data folder must hold, and the problems of what they are made from.

    These are its reference tables, and the head of its README, which is written by hand: all that stands there before
    the first field. A folder without a README gets the head of this project's.
    """
    names = {name: f"reference/{name}.yaml" for name in ("places", "domains", "units")}
    tables = {name: File(f"{folder.name}/{path}", read_content(folder / path)) for name, path in names.items()}
    schema = _schema(read_tables(tables))
    problems = sorted(problem for table in tables.values() for problem in table.problems)
    readme = read_content((folder if os.path.exists(folder / FIELDS_FILE) else FOLDER) / FIELDS_FILE)
    if isinstance(readme, str):
        return {}, [*problems, Problem(f"{folder.name}/{FIELDS_FILE}", 1, 1, "", readme)]
    head = re.split(rb"^## A case\r?$", readme, maxsplit=1, flags=re.MULTILINE)[0].rstrip()
    text = json.dumps(schema, ensure_ascii=False, indent=1) + "\n"
    return {SCHEMA_FILE: text.encode(), FIELDS_FILE: head + _describe_fields(schema).encode()}, problems


def _describe_fields(schema: dict[str, Any]) -> str:
    """Return a table of the fields of each group."""
    lines = [""]
    for name, group in {"A case": schema, **schema["$defs"]}.items():
        if "properties" in group:
            lines += ["", f"## {name}", "", group["description"], "", "| field | holds | meaning |", "|---|---|---|"]
        for field, part in group.get("properties", {}).items():
            shown = f"**{field}**" if field in group.get("required", ()) else field
            lines.append(f"| {shown} | {_content(part)} | {part['description'].replace('|', '/')} |")
    return "\n".join([*lines, ""])


def _schema(tables: Entries) -> dict[str, Any]:
    schema = Case.model_json_schema(schema_generator=_Schema)
    for name, entries in tables.items():
        names = [f"{entry.name.zh} · {entry.name.en}" if entry else "" for entry in entries.values()]
        ids = {"enum": [*entries], "enumDescriptions": names, "type": "string"}
        schema["$defs"][name] = {"description": f"An id of reference/{name}.yaml", **ids}
    referring = json.loads(json.dumps(schema), object_hook=_refer)
    return {"$schema": GenerateJsonSchema.schema_dialect, **referring}


def _refer(part: dict[str, Any]) -> dict[str, Any]:
    """Return a part of the schema, as an id of a reference table where it names one; its description in one line."""
    if isinstance(description := part.get("description"), str):
        part["description"] = " ".join(description.split())
    if table := part.get("table"):
        return {"$ref": f"#/$defs/{table}"} | {key: part[key] for key in part if key not in ("table", "type")}
    return part


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
