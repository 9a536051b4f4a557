"""The query parameters of the data links: what they accept, and what to write instead of anything else."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

from pydantic import BaseModel, Field, ValidationInfo, create_model, field_validator, model_validator
from starlette.requests import Request

from data.downloads.dictionary import PRESETS, SHORT_MEANING, list_columns
from data.downloads.extract import Extract
from data.model.problems import describe, suggest
from data.model.schema import Lang
from data.query.dataset import Dataset
from data.query.filters import SCOPES, SEARCH_LIMIT, list_options, parse
from data.query.geography import find_measures
from data.reading.live import current
from data.wording.filters import FILTERS
from data.wording.shading import CASES, SHADINGS
from pages.markup.screens import PAGE_PARAMETERS

MAX_LIMIT = 1_000_000
"""Maximum value of `limit` and `offset`."""
MAX_WORDS = 1000
"""Maximum number of values that openapi.json lists of a parameter, and that an unknown one is compared with."""
ROWS = ("fields", "sort", "limit", "offset")
"""The parameters of a link whose columns, order and rows may be chosen."""


def _define(kind: Any, default: object, description: str, **limits: Any) -> tuple[Any, Any]:
    return kind, Field(default, description=description, **limits)


_SHORT = f"{SHORT_MEANING.en}: {', '.join(PRESETS['short'])}. Not together with fields."
_COLOUR = "What colours the map: cases, figures, or a measure by case_id.metric_id, whose values it adds."
PARAMETERS = {
    **{name: _define(list[str], [], entry.documentation) for name, entry in FILTERS.items()},
    "search": _define(str, "", FILTERS["search"].documentation, max_length=SEARCH_LIMIT),
    "only": _define(list[str], [], "Only these cases (case_id) and figures (case_id.metric_id)."),
    "lang": _define(Lang, "zh", "The language of the file."),
    "colour": _define(str, CASES, _COLOUR),
    "fields": _define(list[str], [], "Only these columns, in this order."),
    "sort": _define(list[str], [], "By these columns; -year is descending. What is missing comes last."),
    "limit": _define(int, MAX_LIMIT, "At most so many rows.", ge=1, le=MAX_LIMIT),
    "offset": _define(int, 0, "After so many rows.", ge=0, le=MAX_LIMIT),
    "columns": _define(str, "all", _SHORT),
}
"""The type and field of each parameter, as `create_model` takes them."""


def known_values(dataset: Dataset, table: str) -> dict[str, Collection[str]]:
    """The values of each parameter that has only certain ones, for a link to this table."""
    names = list_columns(table)
    return {
        **list_options(dataset),
        "scope": SCOPES,
        "only": dataset.positions,
        "colour": [*SHADINGS, *find_measures(dataset, dataset.cases)],
        "fields": names,
        "sort": [key for name in names for key in (name, f"-{name}")],
        "columns": PRESETS,
    }


def _explain(word: str, name: str, known: Collection[str], dataset: Dataset) -> str:
    """Say that a word is no value of a parameter, and what to write: for the name of a city its code."""
    listed = len(known) <= MAX_WORDS
    near = {other: other for other in known} if listed else {}
    for code, unit in dataset.map_units.items() if name == "city" else ():
        near |= dict.fromkeys((unit.id, unit.name.zh, unit.name.en), code)
    advice = suggest(word, near, f"those that {'openapi.json' if listed else 'cases.json'} lists")
    return f"{describe(word)} is no value of {name}.{advice}"


class QueryParams(BaseModel, extra="forbid"):
    """A query without parameters: unknown ones are errors, and those of the pages are passed over.

    Where a query may choose columns, order and rows, they are those of `table`.
    """

    table: ClassVar[str] = "metrics"

    @model_validator(mode="before")
    @classmethod
    def _prepare(cls, query: dict[str, Any]) -> dict[str, Any]:
        """Leave out the parameters of the pages, and split lists at their commas."""
        pages_alone = PAGE_PARAMETERS - cls.model_fields.keys()
        kept = {name: value for name, value in query.items() if name not in pages_alone}
        lists = {name: ",".join(value).split(",") for name, value in kept.items() if isinstance(value, list)}
        return kept | {name: [item for item in items if item] for name, items in lists.items()}

    @field_validator("*")
    @classmethod
    def _check(cls, found: Any, field: ValidationInfo) -> Any:
        """Refuse the first value that is not known, and columns together with fields."""
        dataset, name = current().dataset, str(field.field_name)
        known = known_values(dataset, cls.table).get(name)
        words = [found] if isinstance(found, str) else found
        if known is not None and (unknown := [word for word in words if word not in known]):
            raise ValueError(_explain(unknown[0], name, known, dataset))
        if name == "columns" and field.data.get("fields"):
            raise ValueError("Leave out columns to have the columns that fields names, or leave out fields.")
        return found

    def extract(self, request: Request) -> Extract:
        """What is asked for of the current dataset; its links lead to the pages, beside which the data links are."""
        base = request.scope["root_path"].removesuffix("/api")
        dataset, address = current().dataset, f"{request.url.scheme}://{request.url.netloc}{base}"
        given: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in self}
        words = {name: value if isinstance(value, str) else ",".join(value) for name, value in self if name in FILTERS}
        filters, _ = parse(words, dataset)
        columns = PRESETS[given.get("columns", "all")] or given.get("fields", ())
        alike = {name: given[name] for name in ("only", "sort", "offset", "limit", "lang") if name in given}
        return Extract(dataset, filters, address, self.table, columns, **alike)


def take(*names: str, table: str = "metrics") -> type[QueryParams]:
    """The query of a link that takes the filters and these parameters."""
    fields: dict[str, Any] = {name: PARAMETERS[name] for name in (*FILTERS, "only", *names)}
    model = create_model("Query", __base__=QueryParams, **fields)
    model.table = table
    return model
