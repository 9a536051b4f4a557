"""The query parameters of the data links: what they accept, their descriptions, and the messages for unknown values."""

from __future__ import annotations

import difflib
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationInfo,
    create_model,
    field_validator,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from data.downloads.dictionary import PRESETS, SHORT_MEANING, list_columns
from data.downloads.extract import Extract
from data.model.problems import suggest
from data.model.schema import Lang
from data.query.dataset import Dataset
from data.query.filters import SCOPES, SEARCH_LIMIT, Selection, list_options, parse
from data.query.geography import Measure, find_measures
from data.reading.live import current
from data.wording.filters import FILTERS
from data.wording.shading import CASES, SHADINGS
from pages.markup.screens import PAGE_PARAMETERS

MAX_LIMIT = 1_000_000
"""Maximum value of `limit` and `offset`."""
MAX_LISTED_VALUES = 1000
"""Maximum number of values of a parameter that the OpenAPI document lists."""
MAX_COMPARED_LENGTH = 100
"""Maximum number of characters of an unknown id that are compared with those of the cases."""


@dataclass(frozen=True)
class Choices:
    """Pydantic annotation of `list[str]`: items separated by commas, each of them one of `values`.

    `aliases` maps other words for a value to it, for suggestions only. Both are functions because they depend on the
    current dataset. `name` is what an error message calls an item.
    """

    name: str
    values: Callable[[], Iterable[str]]
    aliases: Callable[[], Mapping[str, str]] = dict

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        item = core_schema.no_info_after_validator_function(self.check, core_schema.str_schema())
        return core_schema.no_info_before_validator_function(
            lambda texts: [part for text in texts for part in text.split(",") if part], core_schema.list_schema(item)
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        described, values = handler(schema), list(self.values())
        if len(values) <= MAX_LISTED_VALUES:
            described["items"]["enum"] = values
        return described

    def check(self, value: str) -> str:
        """Returns the value if it is known, and raises an error with a suggestion otherwise."""
        known = {name: name for name in self.values()}
        if value in known:
            return value
        raise self._error(value, {**known, **self.aliases()}, "openapi.json")

    def _error(self, value: str, known: Mapping[str, str], source: str) -> PydanticCustomError:
        message = f"There is no such {self.name}.{suggest(value, known, f'those that {source} lists')}"
        return PydanticCustomError("unknown", "{message}", {"message": message})


class _MetricChoices(Choices):
    """Ids of cases, and of metrics as `case id.metric id`. Suggests those of the nearest case."""

    def check(self, value: str) -> str:
        dataset = current().dataset
        if value in dataset.positions:
            return value
        near = next(iter(near_cases(dataset, value.partition(".")[0])), "")
        known = [near, *(f"{near}.{metric.id}" for metric in dataset.by_id[near].metrics)] if near else []
        raise self._error(value, {name: name for name in known}, "cases.json")


class _Choice(Choices):
    """Pydantic annotation of `str`: one of the values."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, core_schema.str_schema())

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(schema), "enum": list(self.values())}


def _list_colours() -> list[str]:
    dataset = current().dataset
    return [*SHADINGS, *find_measures(dataset, dataset.cases)]


def near_cases(dataset: Dataset, case_id: str) -> list[str]:
    """Ids of cases like this one. In a large dataset, which is not compared as a whole, at most one of its month."""
    ids = list(dataset.by_id)
    if len(ids) <= MAX_LISTED_VALUES:
        return difflib.get_close_matches(case_id[:MAX_COMPARED_LENGTH], ids, cutoff=0.4)
    first = bisect_left(ids, case_id[:8])
    return [other for other in ids[first : first + 1] if other[:8] == case_id[:8]]


def _city_codes() -> dict[str, str]:
    """Codes of the province and its prefectures by their ids and names in both languages."""
    places = current().dataset.places.values()
    units = [place for place in places if place.kind in ("province", "prefecture") and place.code]
    return {word: str(place.code) for place in units for word in (place.id, place.name.zh, place.name.en)}


def _ids() -> list[str]:
    """The ids of all cases and metrics; without the metrics if there are too many to list."""
    dataset = current().dataset
    cases = dataset.cases if len(dataset.metrics) < MAX_LISTED_VALUES else ()
    return [*dataset.by_id, *(f"{case.id}.{metric.id}" for case in cases for metric in case.metrics)]


def _columns(table: str) -> Choices:
    return Choices("column", lambda: list_columns(table))


def _sort_keys(table: str) -> Choices:
    return Choices("column", lambda: [key for name in list_columns(table) for key in (name, f"-{name}")])


FIELDS = Field(description="Only these columns, in this order.")
COLUMNS = Field(description=f"{SHORT_MEANING.en}: {', '.join(PRESETS['short'])}. Not together with fields.")
COLOURS = "What colours the map: cases, figures, or a measure by case_id.metric_id, whose values it adds."
SORT = Field(description="By these columns; -year is descending. What is missing comes last.")


class QueryParams(BaseModel, extra="forbid"):
    """A query without parameters: unknown ones are errors, and those of the pages are ignored."""

    @model_validator(mode="before")
    @classmethod
    def _drop_page_parameters(cls, query: dict[str, object]) -> dict[str, object]:
        pages_alone = PAGE_PARAMETERS - cls.model_fields.keys()
        return {name: value for name, value in query.items() if name not in pages_alone}


def _define_param(name: str) -> tuple[object, str | list[str]]:
    """The type and default of a filter's parameter: a text, or values separated by commas."""
    entry = FILTERS[name]
    if entry.control == "text":
        return Annotated[str, Field(max_length=SEARCH_LIMIT, description=entry.documentation)], ""
    aliases = _city_codes if name == "city" else dict
    choices = Choices(name, lambda: {**list_options(current().dataset), "scope": SCOPES}[name], aliases)
    return Annotated[list[str], choices, Field(description=entry.documentation)], []


_PARAMS: dict[str, Any] = {name: _define_param(name) for name in FILTERS}
_Filters: Any = create_model("_Filters", __base__=QueryParams, **_PARAMS)
"""A parameter for each filter. `Any`, because a type checker cannot know a class that is made at run time."""


class FilterParams(_Filters):
    """The filters of the pages, and a list of cases and metrics."""

    only: Annotated[
        list[str],
        _MetricChoices("case or figure", _ids),
        Field(description="Only these cases (case_id) and figures (case_id.metric_id)."),
    ] = []

    def extract(self, address: str) -> Extract:
        """The extract of the current dataset; its links lead to the pages at `address`."""
        dataset = current().dataset
        values = self.model_dump(include={*FILTERS})
        texts = {name: value if isinstance(value, str) else ",".join(value) for name, value in values.items()}
        filters, _ = parse(texts, dataset)
        return Extract(dataset, filters, address, only=tuple(self.only))


class ReportParams(FilterParams):
    """The filters, and the language of a file that has one alone."""

    lang: Annotated[Lang, Field(description="The language of the file.")] = "zh"

    def extract(self, address: str) -> Extract:
        return replace(super().extract(address), lang=self.lang)


class AreasParams(FilterParams):
    """The filters, and what colors the map: with a measure the table has its values."""

    colour: Annotated[str, _Choice("colour", _list_colours), Field(description=COLOURS)] = CASES

    def measure(self, selection: Selection) -> Measure | None:
        """The measure that colors the map of this selection, if one does."""
        return find_measures(selection.dataset, selection.cases).get(self.colour)


class TableParams(FilterParams):
    """The filters, and the columns, order and rows of a table."""

    fields: list[str] = []
    sort: list[str] = []
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT, description="At most so many rows.")] = MAX_LIMIT
    offset: Annotated[int, Field(ge=0, le=MAX_LIMIT, description="After so many rows.")] = 0

    def extract(self, address: str) -> Extract:
        columns, sort = tuple(self.fields), tuple(self.sort)
        return replace(super().extract(address), columns=columns, sort=sort, offset=self.offset, limit=self.limit)


class MetricsParams(TableParams):
    """The parameters of the metrics table."""

    fields: Annotated[list[str], _columns("metrics"), FIELDS] = []
    sort: Annotated[list[str], _sort_keys("metrics"), SORT] = []
    columns: Annotated[str, _Choice("choice of columns", lambda: PRESETS), COLUMNS] = "all"

    @field_validator("columns")
    @classmethod
    def _refuse_both(cls, columns: str, info: ValidationInfo) -> str:
        if info.data.get("fields"):
            message = "Leave out columns to have the columns that fields names, or leave out fields."
            raise PydanticCustomError("both", "{message}", {"message": message})
        return columns

    def extract(self, address: str) -> Extract:
        extract = super().extract(address)
        return replace(extract, columns=PRESETS[self.columns] or extract.columns)


class WorkbookParams(ReportParams, MetricsParams):
    """The parameters of the metrics table, and the language of the sheet for people."""


class CasesParams(TableParams):
    """The parameters of the table of cases."""

    fields: Annotated[list[str], _columns("cases"), FIELDS] = []
    sort: Annotated[list[str], _sort_keys("cases"), SORT] = []

    def extract(self, address: str) -> Extract:
        return replace(super().extract(address), table_name="cases")


_LINKS: tuple[type[QueryParams], ...] = (ReportParams, AreasParams, MetricsParams, CasesParams)
PAGES_ALONE = PAGE_PARAMETERS.difference(*(link.model_fields for link in _LINKS))
"""The query parameters of the pages that no data link heeds."""
