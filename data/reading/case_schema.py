"""The files that help to write a case, made from `data.model.schema`: a JSON Schema and a description of every field.

The descriptions are those of the model; the ids of places, domains and units come from the reference tables.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from data.model.schema import Case
from data.reading.folder import FOLDER, REFERENCE
from data.reading.validate import read_tables
from data.reading.yaml_file import File

SCHEMA_FILE = FOLDER / "case.schema.json"
FIELDS_FILE = FOLDER / "cases" / "README.md"

_HEAD = """\
# Every field of a case file

Written by `python -m data.check --schema` from `data/model/schema.py`; editors show the same texts. An empty case to
fill in is `data/template.yaml`. A field in **bold** must be there; leave out what the source does not say.

## Which statements are metrics

- **Numbers.** Every number of what happened, was delivered or put in, of the background and of the scheme. A number of
  things that were set up counts also where the sentence lists them one by one (三大产业链条, 七大中心); levels of
  administration (县乡村三级), names and slogans do not.
- **Words.** Every statement of what a reform brought about that names something which could be measured, such as cost,
  time, failures or workload, and has no usable number: a change, or that there was none, as
  `change: {text: …, kind: words}`; a state or standing as `after: {text: …}`. What was done (an activity), an attitude,
  and a general appraisal (成效显著, 面貌焕然一新) are none.
- **Outcome or output.** Sums lent or granted, and coverage by what was built or offered, are outputs.
- **Saved is no change.** 年节水776万m³ is an amount saved; a change needs an earlier time or level to compare with.
"""
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
    """Return the description of every field in Markdown, as data/cases/README.md contains it."""
    schema = _schema()
    groups = {"A case": schema, **{name: group for name, group in schema["$defs"].items() if "properties" in group}}
    return "\n".join([_HEAD, *(line for name, group in groups.items() for line in _group(name, group))])


def _schema() -> dict[str, Any]:
    tables = read_tables({name: File.read(FOLDER / "reference" / f"{name}.yaml", FOLDER) for name in REFERENCE})
    schema = Case.model_json_schema(schema_generator=_Schema)
    schema["$defs"] |= {name: _ids(name, entries) for name, entries in tables.items()}
    return {"$schema": GenerateJsonSchema.schema_dialect, **_refer(schema)}


def _ids(name: str, entries: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of the ids of a reference table, with the names that they stand for."""
    names = [f"{entry.name.zh} · {entry.name.en}" if entry else "" for entry in entries.values()]
    described = f"An id of reference/{name}.yaml"
    return {"description": described, "enum": [*entries], "enumDescriptions": names, "type": "string"}


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
