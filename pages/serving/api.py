"""The data links: `/api` beside the pages, for programs. The same filters and the same functions as the pages; `openapi.json` describes it."""

from __future__ import annotations

import difflib
import hashlib
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache, lru_cache, wraps
from pathlib import Path
from typing import Annotated, Any, get_origin, get_type_hints
from urllib.parse import quote

import orjson
from fastapi import FastAPI, HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, PydanticCustomError, core_schema
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Mount

import data
from data.downloads.csv_json import case_bytes, csv_parts, json_bytes
from data.downloads.dictionary import TABLES, Column, names
from data.downloads.extract import Extract
from data.downloads.file_names import (
    BOUNDARIES_FILE,
    CASES_FILE,
    OPENAPI_FILE,
    PLACES_FILE,
    name_case_json,
    name_extract,
)
from data.downloads.formats import FORMATS
from data.downloads.geojson import places_bytes
from data.model.problems import suggest
from data.query.dataset import Dataset
from data.query.filters import SCOPES, SEARCH_LIMIT, options, parse
from data.reading.live import boundaries, current
from data.reading.load import DatasetError

FURTHEST = 1_000_000
"""The largest limit and offset."""
PAGE_PARAMETERS = ("lang", "view", "chart", "colour", "case", "cases", "figures", "page")
GEOJSON = "application/geo+json"
_SHOWN = 100
_SOURCES = (*sorted(Path(data.__file__).parent.rglob("*.py")), Path(__file__))
_CODE = hashlib.sha256(b"".join(path.read_bytes() for path in _SOURCES)).hexdigest()[:12]
"""Tells what one version of this package writes from what another does."""
_LISTED = 1000
"""So many values of a parameter are listed in the description."""


class Known:
    """A text that is one of some values. `words` leads to them, from themselves and from what else a reader may call them; the dataset can change, so it is asked every time."""

    def __init__(self, name: str, words: Callable[[], Mapping[str, str]]) -> None:
        self.name, self.words = name, words

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: Any) -> dict[str, Any]:
        values = list(dict.fromkeys(self.words().values()))
        return {"type": "string", "enum": values} if len(values) <= _LISTED else {"type": "string"}

    def _check(self, value: str) -> str:
        words = self.words()
        if value in words.values():
            return value
        raise PydanticCustomError(
            "unknown",
            "{message}",
            {"message": f"There is no such {self.name}.{suggest(value, words, 'those that openapi.json lists')}"},
        )


def _filter(name: str) -> Known:
    return Known(
        name,
        lambda: {
            **{value: value for value in options(current().dataset)[name]},
            **(_cities() if name == "city" else {}),
        },
    )


def _cities() -> dict[str, str]:
    """Codes by id and name: `luoyang` is asked for, `410300` is meant."""
    units = [
        place for place in current().dataset.places.values() if place.kind in ("province", "prefecture") and place.code
    ]
    return {word: str(place.code) for place in units for word in (place.id, place.name.zh, place.name.en)}


class Named(Known):
    """The id of a case, or `case id.metric id`."""

    def __init__(self) -> None:
        super().__init__("case or figure", _names)

    def _check(self, value: str) -> str:
        dataset = current().dataset
        if value in dataset.by_id or dataset.named(value):
            return value
        near = next(iter(near_cases(dataset, value.partition(".")[0])), "")
        known = [near, *(f"{near}.{metric.id}" for metric in dataset.by_id[near].metrics)] if near else []
        words = {name: name for name in known}
        raise PydanticCustomError(
            "unknown",
            "{message}",
            {"message": f"There is no such {self.name}.{suggest(value, words, 'those that cases.json lists')}"},
        )


def _names() -> dict[str, str]:
    """All of them; the ids of the cases alone where they are too many to list."""
    dataset = current().dataset
    cases = dataset.cases if dataset.figures < _LISTED else ()
    return {
        name: name
        for name in (*dataset.by_id, *(f"{case.id}.{metric.id}" for case in cases for metric in case.metrics))
    }


def near_cases(dataset: Dataset, name: str) -> list[str]:
    """Ids like this one; of many cases, which would take long to compare, those of the same year and number."""
    ids = dataset.index.ids
    if len(ids) <= _LISTED:
        return difflib.get_close_matches(name[:_SHOWN], ids, cutoff=0.4)
    first = bisect_left(ids, name[:8])
    return [other for other in ids[first : first + 1] if other[:8] == name[:8]]


def _columns(table: str) -> Known:
    return Known("column", lambda: {name: name for name in names(table)})


def _order(table: str) -> Known:
    return Known("column", lambda: {key: key for name in names(table) for key in (name, f"-{name}")})


def _split(given: Any) -> Any:
    return [part for text in given for part in text.split(",") if part] if isinstance(given, list) else given


Several = BeforeValidator(_split)
FIELDS, SORT = (
    Field(description="Only these columns, in this order."),
    Field(description="By these columns; -year is descending. What is missing comes last."),
)


class Asked(BaseModel):
    """A query. Parameters of the pages that choose no data are passed over, so that the query of a page can be used as it is; others are refused."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _of_a_page(cls, query: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in query.items() if name not in PAGE_PARAMETERS}


class Filtered(Asked):
    city: Annotated[
        list[Annotated[str, _filter("city")]], Several, Field(description="Six-digit codes; 410000 is province-wide.")
    ] = []
    domain: Annotated[list[Annotated[str, _filter("domain")]], Several, Field(description="Policy fields.")] = []
    grade: Annotated[
        list[Annotated[str, _filter("grade")]], Several, Field(description="Grades of evidence; P is a target or plan.")
    ] = []
    role: Annotated[list[Annotated[str, _filter("role")]], Several, Field(description="Kinds of figure.")] = []
    search: Annotated[
        str,
        Field(
            max_length=SEARCH_LIMIT,
            description="Words that a figure must all hold by itself, in either language: its name, subject, "
            "place, unit, values in words, source words. cases.json also has the cases whose own title, summary, "
            "place or domain holds them all.",
        ),
    ] = ""
    scope: Annotated[
        list[Annotated[str, Known("scope", lambda: {scope: scope for scope in SCOPES})]],
        Several,
        Field(
            description="A city leaves its own figures; case adds the other figures of the cases that are, "
            "or have a figure, in the city. Without a city it means nothing."
        ),
    ] = []
    only: Annotated[
        list[Annotated[str, Named()]],
        Several,
        Field(description="Only these cases (case_id) and figures (case_id.metric_id)."),
    ] = []

    def extract(self, request: Request) -> Extract:
        dataset = current().dataset
        texts = {name: ",".join(getattr(self, name)) for name in (*options(dataset), "scope")}
        return Extract(
            dataset, parse({**texts, "search": self.search}, dataset)[0], _address(request), only=tuple(self.only)
        )


class Paged(Filtered):
    fields: list[str] = []
    sort: list[str] = []
    limit: Annotated[int, Field(ge=1, le=FURTHEST, description="At most so many rows.")] = FURTHEST
    offset: Annotated[int, Field(ge=0, le=FURTHEST, description="After so many rows.")] = 0

    def extract(self, request: Request) -> Extract:
        return replace(
            super().extract(request),
            columns=tuple(self.fields),
            order=tuple(self.sort),
            offset=self.offset,
            limit=self.limit,
        )


class Metrics(Paged):
    fields: Annotated[list[Annotated[str, _columns("metrics")]], Several, FIELDS] = []
    sort: Annotated[list[Annotated[str, _order("metrics")]], Several, SORT] = []


class Cases(Paged):
    fields: Annotated[list[Annotated[str, _columns("cases")]], Several, FIELDS] = []
    sort: Annotated[list[Annotated[str, _order("cases")]], Several, SORT] = []

    def extract(self, request: Request) -> Extract:
        return replace(super().extract(request), of="cases")


class Problem(BaseModel):
    parameter: str
    value: str
    message: str


class Refusal(BaseModel):
    """Everything that is wrong with the query."""

    detail: str
    problems: list[Problem]


class Unknown(BaseModel):
    """What does not exist; `near` are ids like it."""

    detail: str
    near: list[str] = []


class Told(BaseModel):
    """Why there is no answer."""

    detail: str


REFUSED: dict[int | str, dict[str, Any]] = {
    422: {"model": Refusal, "description": "A parameter or value that does not exist"}
}
UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "Unchanged since the ETag in If-None-Match"}}
TOO_OFTEN: dict[int | str, dict[str, Any]] = {
    429: {
        "model": Told,
        "description": "Too many requests this minute; Retry-After says in how many seconds to ask again",
    }
}

api = FastAPI(
    title="Henan Reform Outcomes", version="1", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False
)
api.add_middleware(
    CORSMiddleware,
    allow_origins=["*"],
    allow_methods=["GET", "HEAD"],
    allow_headers=["If-None-Match"],
    expose_headers=["ETag", "Content-Disposition"],
)


def mounted(base: str = "") -> Mount:
    """The routes as they stand under `{base}/api`. A line break in an address, at which Starlette stops reading, leads there too."""
    mount = Mount(f"{base}/api", api)
    mount.path_regex = re.compile(mount.path_regex.pattern, re.DOTALL)
    return mount


def _route(
    path: str,
    summary: str,
    media_type: str,
    schema: dict[str, Any],
    more: dict[int | str, dict[str, Any]] = REFUSED,
    listed: bool = True,
) -> Any:
    """A route for GET, which openapi.json lists, and for HEAD."""
    responses = {
        200: {"content": {media_type: {"schema": schema}}, "description": "The file"},
        **UNCHANGED,
        **more,
        **TOO_OFTEN,
    }

    def register(function: Callable[..., Response]) -> Callable[..., Response]:
        @wraps(function)
        def answer(request: Request, **parameters: Any) -> Response:
            if _repeated(request):
                raise RequestValidationError([])
            return function(request, **parameters)

        api.get(path, summary=summary, responses=responses, response_class=Response, include_in_schema=listed)(answer)
        return api.head(path, include_in_schema=False)(answer)

    return register


def _answer(
    request: Request, body: bytes | Iterator[bytes], media_type: str, name: str, shown: bool = False, key: str = ""
) -> Response:
    """The file, or 304 where the reader has it. A body in parts is never held whole; its tag is made of a `key` that differs when it does.

    The tag is weak because the server may compress what it sends.
    """
    tag = f'W/"{hashlib.sha256(key.encode() if key else body).hexdigest()[:32]}"'
    headers = {"etag": tag, "cache-control": "no-cache", "content-disposition": _disposition(name, shown)}
    known = {part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")}
    if known & {"*", tag.removeprefix("W/")}:
        return Response(status_code=304, headers=headers)
    return (
        Response(body, media_type=media_type, headers=headers)
        if isinstance(body, bytes)
        else StreamingResponse(body, media_type=media_type, headers=headers)
    )


def _disposition(name: str, shown: bool) -> str:
    """How a browser keeps the file (RFC 6266): a name beyond ASCII is given twice."""
    kind, plain = "inline" if shown else "attachment", re.sub(r"[^ -~]+", "-", name)
    return f'{kind}; filename="{plain}"' + ("" if plain == name else f"; filename*=UTF-8''{quote(name)}")


def _address(request: Request) -> str:
    """The address of the pages, which stand beside this mount."""
    return f"{request.url.scheme}://{request.url.netloc}{request.scope['root_path'].removesuffix('/api')}"


def _rows(table: str) -> dict[str, Any]:
    properties = {column.name: _property(column) for column in TABLES[table]}
    rows = {"type": "array", "items": {"type": "object", "properties": properties, "additionalProperties": False}}
    return {
        "type": "object",
        "properties": {"matching": {"type": "integer"}, "rows": {"type": "integer"}, table: rows},
        "required": ["source", "filter", table],
    }


def _property(column: Column) -> dict[str, Any]:
    enum = {"enum": [*column.values, None]} if column.values else {}
    return {"type": [column.kind, "null"], "description": f"{column.meaning.en} / {column.meaning.zh}", **enum}


BINARY, TEXT, OBJECT = {"type": "string", "format": "binary"}, {"type": "string"}, {"type": "object"}


def _metrics(ending: str, schema: dict[str, Any]) -> None:
    form = FORMATS[ending]

    @_route(f"/metrics.{ending}", f"The figures as {form.name}, one a row", form.media_type, schema)
    def metrics(request: Request, asked: Annotated[Metrics, Query()]) -> Response:
        extract = asked.extract(request)
        return _answer(
            request, form.write(extract), form.media_type, name_extract(extract, ending), shown=ending == "json"
        )


@_route("/metrics.csv", "The figures as CSV, one a row", "text/csv", TEXT)
def metrics_csv(request: Request, asked: Annotated[Metrics, Query()]) -> Response:
    extract = asked.extract(request)
    key = f"{extract.dataset.version} {_CODE} {asked.model_dump_json()}"
    return _answer(request, csv_parts(extract.table("metrics")), "text/csv", name_extract(extract, "csv"), key=key)


_metrics("xlsx", BINARY)
_metrics("json", _rows("metrics"))


@_route("/cases.json", "The cases, one a row", "application/json", _rows("cases"))
def cases(request: Request, asked: Annotated[Cases, Query()]) -> Response:
    return _answer(request, json_bytes(asked.extract(request)), "application/json", CASES_FILE, shown=True)


@_route(
    "/cases/{case_id}.json",
    "One case, its figures and their evidence",
    "application/json",
    OBJECT,
    {**REFUSED, 404: {"model": Unknown, "description": "No such case"}},
)
def case(request: Request, case_id: str, asked: Annotated[Asked, Query()]) -> Response:
    dataset = current().dataset
    found = dataset.by_id.get(case_id)
    if found is None:
        raise HTTPException(
            404, {"detail": f"There is no case {case_id[:_SHOWN]!r}.", "near": near_cases(dataset, case_id)}
        )
    return _answer(
        request,
        case_bytes(Extract(dataset, address=_address(request)), found),
        "application/json",
        name_case_json(found),
        shown=True,
    )


@_route("/dataset.zip", "The whole dataset, or as filtered, as a Frictionless data package", "application/zip", BINARY)
def whole(request: Request, asked: Annotated[Filtered, Query()]) -> Response:
    extract = asked.extract(request)
    return _answer(request, FORMATS["zip"].write(extract), "application/zip", name_extract(extract, "zip"))


@_route("/places.geojson", "Places with their outlines or points, and what is there", GEOJSON, OBJECT)
def places(request: Request, asked: Annotated[Filtered, Query()]) -> Response:
    return _answer(request, places_bytes(asked.extract(request), boundaries()), GEOJSON, PLACES_FILE, shown=True)


@_route(
    "/boundaries.geojson",
    "The outlines of the 18 units with their rings clockwise, as the map draws them",
    GEOJSON,
    OBJECT,
    listed=False,
)
def outlines(request: Request, asked: Annotated[Asked, Query()]) -> Response:
    return _answer(request, orjson.dumps(boundaries()), GEOJSON, BOUNDARIES_FILE, shown=True)


@_route("/openapi.json", "This description", "application/json", OBJECT, listed=False)
def description(request: Request, asked: Annotated[Asked, Query()]) -> Response:
    return _answer(
        request,
        described(current().dataset, request.scope["root_path"]),
        "application/json",
        OPENAPI_FILE,
        shown=True,
    )


@lru_cache(maxsize=2)
def described(dataset: Dataset, root: str) -> bytes:
    """The OpenAPI document, with the values that this dataset knows. Several values of a parameter are joined by commas."""
    document = get_openapi(
        title=api.title,
        version=api.version,
        routes=api.routes,
        servers=[{"url": root or "/"}],
        description=(__doc__ or "").partition("\n")[0],
    )
    for methods in document["paths"].values():
        for parameter in methods["get"].get("parameters", ()):
            if parameter["schema"].get("type") == "array":
                parameter |= {"style": "form", "explode": False}
    return orjson.dumps(document)


@api.exception_handler(RequestValidationError)
def refused(request: Request, error: RequestValidationError) -> JSONResponse:
    known = _fields(request.scope["route"].endpoint)
    problems = [
        {"parameter": name, "value": ", ".join(values)[:_SHOWN], "message": "Write this parameter only once."}
        for name, values in _repeated(request).items()
    ] + [
        {
            "parameter": str(found["loc"][1])[:_SHOWN],
            "value": str(found["input"])[:_SHOWN],
            "message": _message(found, known),
        }
        for found in error.errors()
    ]
    return JSONResponse({"detail": "The query has problems.", "problems": problems}, status_code=422)


def _repeated(request: Request) -> dict[str, list[str]]:
    """The values of every parameter that takes one and was given several. FastAPI would use the last of them."""
    given = {
        name: request.query_params.getlist(name)
        for name, field in _fields(request.scope["route"].endpoint).items()
        if get_origin(field.annotation) is not list
    }
    return {name: values for name, values in given.items() if len(values) > 1}


@cache
def _fields(endpoint: Callable[..., Response]) -> Mapping[str, FieldInfo]:
    """The parameters of a route by their names."""
    return dict(get_type_hints(endpoint)["asked"].model_fields)


def _message(found: Mapping[str, Any], known: Iterable[str]) -> str:
    if found["type"] != "extra_forbidden":
        return str(found["msg"])
    return f"There is no such parameter here.{suggest(str(found['loc'][1]), {name: name for name in known}, 'those that openapi.json lists')}"


@api.exception_handler(DatasetError)
def unavailable(request: Request, error: DatasetError) -> JSONResponse:
    return JSONResponse(
        {"detail": "No data could be loaded. Try again later."}, 503, {"retry-after": "60", "cache-control": "no-store"}
    )


@api.exception_handler(500)
def failed(request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": "The server failed to answer this."}, 500, {"cache-control": "no-store"})


@api.exception_handler(404)
def unknown(request: Request, error: HTTPException) -> JSONResponse:
    body = (
        error.detail
        if isinstance(error.detail, dict)
        else {"detail": "There is no such address.", "near": _near(request)}
    )
    return JSONResponse(body, status_code=404)


def _near(request: Request) -> list[str]:
    root = request.scope["root_path"]
    known = dict.fromkeys(f"{root}{route.path}" for route in api.routes)
    return difflib.get_close_matches(request.url.path[: len(root) + _SHOWN], known)
