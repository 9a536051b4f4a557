"""The data links below `/api`: the files of the Data page for programs, with the filters of the pages.

`query_params` has their parameters, `data.downloads` what they write.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache, partial, wraps
from hashlib import sha256
from pathlib import Path
from typing import Annotated, NamedTuple, get_origin, get_type_hints
from urllib.parse import quote

import orjson
from fastapi import FastAPI, HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse, Response, StreamingResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Mount

import data
from data.downloads import file_names
from data.downloads.areas import tabulate_areas, tabulate_local_places
from data.downloads.csv_json import write_case_json, write_csv, write_json
from data.downloads.dictionary import TABLES, Column
from data.downloads.extract import Extract
from data.downloads.formats import Format
from data.downloads.geojson import write_places
from data.model.problems import suggest
from data.query.dataset import Dataset
from data.query.geography import summarize_areas
from data.reading.live import current
from data.reading.load import DatasetError
from pages.markup.report import FORMATS
from pages.markup.screens import SITE_NAME
from pages.serving.etag import is_current
from pages.serving.query_params import (
    AreasParams,
    CasesParams,
    FilterParams,
    MetricsParams,
    QueryParams,
    ReportParams,
    WorkbookParams,
    near_cases,
)

JSON, GEOJSON, CSV = "application/json", "application/geo+json", "text/csv"
JsonObject = dict[str, object]
Responses = dict[int | str, JsonObject]
BINARY: JsonObject = {"type": "string", "format": "binary"}
TEXT: JsonObject = {"type": "string"}
OBJECT: JsonObject = {"type": "object"}
_SOURCES = [path for module in (data.__file__, __file__) for path in sorted(Path(module).parent.rglob("*.py"))]
_CODE_VERSION = sha256(b"".join(path.read_bytes() for path in _SOURCES)).hexdigest()[:12]
"""Digest of the code that writes the files, for the entity tag of a file that is never in memory as a whole."""
MAX_SHOWN_LENGTH = 100
"""Maximum number of characters of a parameter, value or id that an error message repeats."""


class ErrorBody(BaseModel):
    """Why a request failed."""

    detail: str


class ParameterProblem(BaseModel):
    """A parameter or value that is not known."""

    parameter: str
    value: str
    message: str


class QueryError(ErrorBody):
    """All problems of a query."""

    problems: list[ParameterProblem]


class NotFound(ErrorBody):
    """A case or address that does not exist; `near` are similar ones."""

    near: list[str] = []


NOT_MODIFIED: Responses = {304: {"description": "Unchanged since the ETag in If-None-Match"}}
INVALID: Responses = {422: {"model": QueryError, "description": "A parameter or value that does not exist"}}
TOO_MANY = "Too many requests this minute; Retry-After says in how many seconds to ask again"
RATE_LIMITED: Responses = {429: {"model": ErrorBody, "description": TOO_MANY}}

api = FastAPI(
    title=SITE_NAME.en,
    version=data.__version__,
    description="The data links: `/api` beside the pages, for programs. The same filters and the same functions as the "
    "pages; `openapi.json` describes it.",
    docs_url=None,
    redoc_url=None,
    openapi_url=None,
    redirect_slashes=False,
)
api.add_middleware(
    CORSMiddleware,
    allow_origins=["*"],
    allow_methods=["GET", "HEAD"],
    allow_headers=["If-None-Match"],
    expose_headers=["ETag", "Content-Disposition"],
)


def mount(base: str = "") -> Mount:
    """The routes below `{base}/api`, also for paths with a line break, which Starlette's own pattern does not match."""
    mounted = Mount(f"{base}/api", api)
    mounted.path_regex = re.compile(mounted.path_regex.pattern, re.DOTALL)
    return mounted


class File(NamedTuple):
    """A file and its name. A body in chunks is never in memory as a whole; `version` then changes with the body."""

    name: str
    body: bytes | Iterator[bytes]
    version: str = ""


Endpoint = Callable[..., File]
_type_hints = cache(get_type_hints)


def _route(
    path: str, summary: str, media_type: str, schema: JsonObject, *, errors: Responses = INVALID, listed: bool = True
) -> Callable[[Endpoint], Endpoint]:
    """Decorator that serves the file of a function for GET and HEAD. The OpenAPI document lists it if `listed`."""
    success: Responses = {200: {"content": {media_type: {"schema": schema}}, "description": "The file"}}
    responses = success | NOT_MODIFIED | errors | RATE_LIMITED

    def register(function: Endpoint) -> Endpoint:
        @wraps(function)
        def endpoint(request: Request, **parameters: object) -> Response:
            if _repeated(request):
                raise RequestValidationError([])
            return _respond(request, function(request, **parameters), media_type)

        route = partial(api.add_api_route, path, endpoint, response_class=Response, response_model=None)
        route(methods=["GET"], summary=summary, responses=responses, include_in_schema=listed)
        route(methods=["HEAD"], include_in_schema=False)
        return function

    return register


def _respond(request: Request, file: File, media_type: str) -> Response:
    """The file, or 304 if the client has it. The tag is weak because the body may be compressed later."""
    name, body, version = file
    tag = f'W/"{sha256(body if isinstance(body, bytes) else version.encode()).hexdigest()[:32]}"'
    disposition = _content_disposition(name, "inline" if "json" in media_type else "attachment")
    headers = {"etag": tag, "cache-control": "no-cache", "content-disposition": disposition}
    if is_current(request, tag):
        return Response(status_code=304, headers=headers)
    if isinstance(body, bytes):
        return Response(body, media_type=media_type, headers=headers)
    return StreamingResponse(body, media_type=media_type, headers=headers)


def _content_disposition(name: str, kind: str) -> str:
    """The header of RFC 6266. A name beyond ASCII is given twice, the first time with hyphens."""
    ascii_name = re.sub(r"[^ -~]+", "-", name)
    encoded = "" if ascii_name == name else f"; filename*=UTF-8''{quote(name)}"
    return f'{kind}; filename="{ascii_name}"{encoded}'


def _site(request: Request) -> str:
    """The address of the pages, beside which the data links are mounted."""
    return f"{request.url.scheme}://{request.url.netloc}{request.scope['root_path'].removesuffix('/api')}"


def _table_schema(table: str) -> JsonObject:
    """The JSON schema of a table in a JSON file."""
    properties = {column.name: _column_schema(column) for column in TABLES[table]}
    rows = {"type": "array", "items": {"type": "object", "properties": properties, "additionalProperties": False}}
    return {
        "type": "object",
        "properties": {"matching": {"type": "integer"}, "rows": {"type": "integer"}, table: rows},
        "required": ["source", "filter", table],
    }


def _column_schema(column: Column) -> JsonObject:
    enum = {"enum": [*column.values, None]} if column.values else {}
    return {"type": [column.kind, "null"], "description": f"{column.meaning.en} / {column.meaning.zh}", **enum}


def _write(form: Format, params: FilterParams, request: Request) -> File:
    """The file of a format, in chunks if the format is written so."""
    extract = params.extract(_site(request))
    parts = [*(["report"] if form.contents == "report" else ()), *([extract.lang] if form.in_language else ())]
    name = file_names.name_extract(extract, form.ending, *parts)
    if form.write_chunks is None:
        return File(name, form.write(extract))
    version = f"{extract.dataset.version} {_CODE_VERSION} {params.model_dump_json()}"
    return File(name, form.write_chunks(extract), version)


def _serve(form: Format) -> None:
    """Adds the route of a format. The names of its possible endpoints are part of the OpenAPI document."""

    def metrics(request: Request, params: Annotated[MetricsParams, Query()]) -> File:
        return _write(form, params, request)

    def workbook(request: Request, params: Annotated[WorkbookParams, Query()]) -> File:
        return _write(form, params, request)

    def whole(request: Request, params: Annotated[FilterParams, Query()]) -> File:
        return _write(form, params, request)

    def report(request: Request, params: Annotated[ReportParams, Query()]) -> File:
        return _write(form, params, request)

    schema = TEXT if form.media_type.startswith("text/") else BINARY
    if form.path == "metrics.json":
        schema = _table_schema("metrics")
    register = _route(f"/{form.path}", form.summary, form.media_type, schema)
    endpoints: Mapping[str, Endpoint] = {"metrics": metrics, "dataset": whole, "report": report}
    register(workbook if form.ending == "xlsx" else endpoints[form.contents])


for each in FORMATS.values():
    if each.contents == "metrics":
        _serve(each)


@_route("/cases.json", "The cases, one a row", JSON, _table_schema("cases"))
def cases(request: Request, params: Annotated[CasesParams, Query()]) -> File:
    return File(file_names.CASES_FILE, write_json(params.extract(_site(request))))


CASE_ERRORS: Responses = {**INVALID, 404: {"model": NotFound, "description": "No such case"}}


@_route("/cases/{case_id}.json", "One case, its figures and their evidence", JSON, OBJECT, errors=CASE_ERRORS)
def case(request: Request, case_id: str, params: Annotated[QueryParams, Query()]) -> File:
    dataset = current().dataset
    found = dataset.by_id.get(case_id)
    if found is None:
        detail = f"There is no case {case_id[:MAX_SHOWN_LENGTH]!r}."
        raise HTTPException(404, NotFound(detail=detail, near=near_cases(dataset, case_id)).model_dump())
    return File(file_names.name_case_json(found), write_case_json(Extract(dataset, address=_site(request)), found))


for each in FORMATS.values():
    if each.contents != "metrics":
        _serve(each)


@_route("/missing.csv", "What is not stated: one row a missing end", CSV, TEXT)
def missing(request: Request, params: Annotated[FilterParams, Query()]) -> File:
    extract = params.extract(_site(request))
    return File(file_names.name_table(extract, "missing"), write_csv(extract.full_table("missing")))


@_route("/elsewhere.csv", "What other public documents say of the figures", CSV, TEXT)
def elsewhere(request: Request, params: Annotated[FilterParams, Query()]) -> File:
    extract = params.extract(_site(request))
    return File(file_names.name_table(extract, "elsewhere"), write_csv(extract.full_table("elsewhere")))


@_route("/places.geojson", "Places with their outlines or points, and what is there", GEOJSON, OBJECT)
def places(request: Request, params: Annotated[FilterParams, Query()]) -> File:
    return File(file_names.PLACES_FILE, write_places(params.extract(_site(request))))


@_route("/areas.csv", "What is selected in each city, as on the map", CSV, TEXT)
def areas(request: Request, params: Annotated[AreasParams, Query()]) -> File:
    extract = params.extract(_site(request))
    table = tabulate_areas(extract.dataset, summarize_areas(extract.selection), params.measure(extract.selection))
    return File(file_names.name_map_table(extract, "areas"), write_csv(table))


@_route("/counties.csv", "The counties, towns and zones that the cases name", CSV, TEXT)
def counties(request: Request, params: Annotated[FilterParams, Query()]) -> File:
    extract = params.extract(_site(request))
    return File(file_names.name_map_table(extract, "counties"), write_csv(tabulate_local_places(extract.selection)))


@_route("/boundaries.geojson", "The 18 outlines, rings clockwise, for the map", GEOJSON, OBJECT, listed=False)
def outlines(request: Request, params: Annotated[QueryParams, Query()]) -> File:
    return File(file_names.BOUNDARIES_FILE, orjson.dumps(current().dataset.boundaries))


@_route("/openapi.json", "This description", JSON, OBJECT, listed=False)
def description(request: Request, params: Annotated[QueryParams, Query()]) -> File:
    return File(file_names.OPENAPI_FILE, build_openapi(current().dataset, request.scope["root_path"]))


@lru_cache(maxsize=2)
def build_openapi(dataset: Dataset, root: str) -> bytes:
    """The OpenAPI document below the path `root`, cached by dataset because it lists the known values of parameters."""
    servers = [{"url": root or "/"}]
    document = get_openapi(
        title=api.title, version=api.version, description=api.description, routes=api.routes, servers=servers
    )
    for methods in document["paths"].values():
        for parameter in methods["get"].get("parameters", ()):
            if parameter["schema"].get("type") == "array":  # written as one text with commas
                parameter |= {"style": "form", "explode": False}
    return orjson.dumps(document)


@api.exception_handler(RequestValidationError)
def handle_invalid_query(request: Request, error: RequestValidationError) -> JSONResponse:
    repeated = _repeated(request)
    problems = [(name, ", ".join(values), "Write this parameter only once.") for name, values in repeated.items()]
    known = {name: name for name in _parameters(request)}
    for found in error.errors():
        name, message = str(found["loc"][1]), str(found["msg"])
        if found["type"] == "extra_forbidden":
            message = f"There is no such parameter here.{suggest(name, known, 'those that openapi.json lists')}"
        problems.append((name, str(found["input"]), message))
    shown = [
        ParameterProblem(parameter=name[:MAX_SHOWN_LENGTH], value=value[:MAX_SHOWN_LENGTH], message=message)
        for name, value, message in problems
    ]
    return JSONResponse(QueryError(detail="The query has problems.", problems=shown).model_dump(), 422)


def _repeated(request: Request) -> dict[str, list[str]]:
    """The values of each parameter that takes one value and has several, of which FastAPI would use the last."""
    single = [name for name, field in _parameters(request).items() if get_origin(field.annotation) is not list]
    return {name: values for name in single if len(values := request.query_params.getlist(name)) > 1}


def _parameters(request: Request) -> Mapping[str, FieldInfo]:
    """The query parameters of the requested route by their names."""
    return _type_hints(request.scope["route"].endpoint)["params"].model_fields


@api.exception_handler(404)
def handle_not_found(request: Request, error: HTTPException) -> JSONResponse:
    if isinstance(error.detail, dict):
        return JSONResponse(error.detail, 404)
    root = request.scope["root_path"]
    paths = dict.fromkeys(f"{root}{route.path}" for route in api.routes if isinstance(route, APIRoute))
    near = difflib.get_close_matches(request.url.path[: len(root) + MAX_SHOWN_LENGTH], paths)
    return JSONResponse(NotFound(detail="There is no such address.", near=near).model_dump(), 404)


@api.exception_handler(DatasetError)
def handle_no_data(request: Request, error: DatasetError) -> JSONResponse:
    body = ErrorBody(detail="No data could be loaded. Try again later.").model_dump()
    return JSONResponse(body, 503, {"retry-after": "60", "cache-control": "no-store"})


@api.exception_handler(500)
def handle_failure(request: Request, error: Exception) -> JSONResponse:
    body = ErrorBody(detail="The server failed to answer this.").model_dump()
    return JSONResponse(body, 500, {"cache-control": "no-store"})
