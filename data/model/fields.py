"""The fields of a file, from the models of `data.model.schema`: the keys of each group, and what a field holds."""

from __future__ import annotations

from functools import cache
from typing import Any, get_args

from pydantic import BaseModel

from data.model.problems import FieldPath
from data.model.schema import Case, Text


@cache
def known_keys(model: type[BaseModel], parent: FieldPath = ()) -> dict[FieldPath, list[str]]:
    """The keys that each group of a file may have, by the path of the group without indices."""
    found: dict[FieldPath, list[str]] = {parent: list(model.model_fields)}
    for name, field in model.model_fields.items():
        for inner in _models_in(field.annotation):
            found |= known_keys(inner, (*parent, name))
    return found


def describe_field(path: FieldPath, model: type[BaseModel] = Case) -> str:
    """Return the description of a field of a model; that of the text as a whole for one of its languages."""
    found = ""
    models = [model]
    for name in (key for key in path if isinstance(key, str)):
        fields = [each.model_fields[name] for each in models if name in each.model_fields]
        if fields and not any(issubclass(each, Text) for each in models):
            found = " ".join((fields[0].description or "").split())
        models = [each for field in fields for each in _models_in(field.annotation)]
    return found


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models_in(part)]
