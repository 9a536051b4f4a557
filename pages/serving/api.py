"""The data links below `/api`: the files of the Data page for programs, with the filters of the pages.

`query_params` has their parameters, `data.downloads` what they write.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from difflib import get_close_matches
from functools import partial
from hashlib import sha256
from typing import Annotated, Any, get_origin, get_type_hints
from urllib.parse import quote

import orjson
from fastapi import Depends, FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Mount

import data
from data.downloads import file_names
from data.downloads.areas import tabulate_areas, tabulate_local_places
from data.downloads.csv_json import write_case_json, write_csv, write_json
from data.downloads.dictionary import TABLES
from data.downloads.extract import Extract
from data.downloads.geojson import write_places
from data.model.problems import suggest
from data.query.geography import find_measures, summarize_areas
from data.reading.live import current
from data.reading.load import DatasetError
from pages.markup.report import FORMATS
from pages.markup.screens import SITE_NAME
from pages.serving.etag import is_current
from pages.serving.query_params import MAX_WORDS, ROWS, QueryParams, known_values, take

JsonObject = dict[str, Any]
Endpoint = Callable[..., Response]
MEDIA_TYPES = {"geojson": "application/geo+json"} | {form.ending: form.media_type for form in FORMATS.values()}
"""The media types of the files by their endings."""
MAX_SHOWN = 100
"""Maximum number of characters of a parameter, value or id that an error message repeats."""


class Problem(BaseModel):
    """A parameter or value that is not known."""

    parameter: str
    value: str
    message: str


class Refusal(BaseModel):
    """Why a request failed: all problems of a query, or what is like a case or address that does not exist."""

    detail: str
    problems: list[Problem] = []
    near: list[str] = []


def refuse_repeated(request: Request) -> None:
    """Refuse several values of a parameter that takes one, of which FastAPI would use the last."""
    single = [name for name, field in _fields(request).items() if get_origin(field.annotation) is not list]
    given = {name: request.query_params.getlist(name) for name in single}
    repeated = [(name, values) for name, values in given.items() if len(values) > 1]
    if repeated:
        error = {"type": "repeated", "msg": "Write this parameter only once."}
        raise RequestValidationError([{**error, "loc": ("query", name), "input": values} for name, values in repeated])


api = FastAPI(
    title=SITE_NAME.en,
    version=data.__version__,
    description="The data links: `/api` beside the pages, for programs. The same filters and the same functions as the "
    "pages; `openapi.json` describes it.",
    openapi_url=None,
    redirect_slashes=False,
    dependencies=[Depends(refuse_repeated)],
    responses={
        304: {"description": "Unchanged since the ETag in If-None-Match"},
        422: {"model": Refusal, "description": "A parameter or value that does not exist"},
        429: {"model": Refusal, "description": "Too many requests: ask again later"},
    },
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


def _link(path: str, summary: str, taken: type[QueryParams], listed: bool = True) -> Callable[[Endpoint], Endpoint]:
    """Decorator that serves a file for GET and HEAD with the parameters of `taken`; openapi.json has it if `listed`."""
    stem, _, ending = path.partition(".")
    media_type = MEDIA_TYPES[ending]
    if "json" in media_type:
        schema = _table_schema(stem) if path in ("metrics.json", "cases.json") else {"type": "object"}
    else:
        schema = {"type": "string"} if media_type.startswith("text/") else {"type": "string", "format": "binary"}
    responses: dict[int | str, JsonObject] = {
        200: {"content": {media_type: {"schema": schema}}, "description": "The file"}
    }
    if "{" in path:
        responses[404] = {"model": Refusal, "description": "No such case"}

    def register(endpoint: Endpoint) -> Endpoint:
        endpoint.__annotations__["params"] = Annotated[taken, Query()]
        route = partial(api.add_api_route, f"/{path}", endpoint, response_class=Response, response_model=None)
        route(methods=["GET"], summary=summary, responses=responses, include_in_schema=listed)
        route(methods=["HEAD"], include_in_schema=False)
        return endpoint

    return register


def _table_schema(table: str) -> JsonObject:
    """The JSON schema of a table in a JSON file."""
    columns: JsonObject = {}
    for name, meaning, kind, _, values in TABLES[table]:
        enum = {"enum": [*values, None]} if values else {}
        columns[name] = {"type": [kind, "null"], "description": f"{meaning.en} / {meaning.zh}", **enum}
    rows = {"type": "array", "items": {"type": "object", "properties": columns, "additionalProperties": False}}
    return {
        "type": "object",
        "properties": {"matching": {"type": "integer"}, "rows": {"type": "integer"}, table: rows},
        "required": ["source", "filter", table],
    }


def _respond(request: Request, name: str, body: bytes) -> Response:
    """The file, or 304 if the client has it. The tag is weak because the body may be compressed later.

    A name beyond ASCII is given twice, the first time with hyphens (RFC 6266).
    """
    media_type = MEDIA_TYPES[name.rpartition(".")[2]]
    ascii_name = re.sub(r"[^ -~]+", "-", name)
    encoded = "" if ascii_name == name else f"; filename*=UTF-8''{quote(name)}"
    kind = "inline" if "json" in media_type else "attachment"
    headers = {
        "etag": f'W/"{sha256(body).hexdigest()[:32]}"',
        "cache-control": "no-cache",
        "content-disposition": f'{kind}; filename="{ascii_name}"{encoded}',
    }
    if is_current(request, headers["etag"]):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def _serve(path: str, summary: str, taken: type[QueryParams], write: Callable[[Extract], bytes] | None = None) -> None:
    """Add the link of a file that is written from what is asked for; without `write` it is the table of its name."""
    stem, _, ending = path.partition(".")
    parts = [] if stem in ("metrics", "dataset") else [stem]
    in_language = "lang" in taken.model_fields

    def file(request: Request, params: QueryParams) -> Response:
        extract = params.extract(request)
        name = file_names.name_extract(extract, ending, *parts, *([extract.lang] if in_language else []))
        body = write(extract) if write else write_csv(extract.full_table(stem))
        return _respond(request, path if path in file_names.FIXED_NAMES else name, body)

    file.__name__ = stem
    _link(path, summary, taken)(file)


for form in FORMATS.values():
    rows = (*ROWS, "columns") if form.contents == "metrics" else ()
    _serve(form.path, form.summary, take(*rows, *(["lang"] if form.in_language else [])), form.write)
_serve("cases.json", "The cases, one a row", take(*ROWS, table="cases"), write_json)
_serve("missing.csv", "What is not stated: one row a missing end", take())
_serve("elsewhere.csv", "What other public documents say of the figures", take())
_serve("places.geojson", "Places with their outlines or points, and what is there", take(), write_places)


@_link("cases/{case_id}.json", "One case, its figures and their evidence", QueryParams)
def case(request: Request, case_id: str, params: QueryParams) -> Response:
    extract = params.extract(request)
    found = extract.dataset.by_id.get(case_id)
    if found is None:
        return _refuse_place(f"There is no case {case_id[:MAX_SHOWN]!r}.", case_id, extract.dataset.by_id)
    return _respond(request, file_names.name_case_json(found), write_case_json(extract, found))


@_link("areas.csv", "What is selected in each city, as on the map", take("colour"))
def areas(request: Request, params: Any) -> Response:
    extract = params.extract(request)
    measure = find_measures(extract.dataset, extract.selection.cases).get(params.colour)
    table = tabulate_areas(extract.dataset, summarize_areas(extract.selection), measure)
    return _respond(request, file_names.name_map_table(extract, "areas"), write_csv(table))


@_link("counties.csv", "The counties, towns and zones that the cases name", take())
def counties(request: Request, params: QueryParams) -> Response:
    extract = params.extract(request)
    table = tabulate_local_places(extract.selection)
    return _respond(request, file_names.name_map_table(extract, "counties"), write_csv(table))


@_link("boundaries.geojson", "The 18 outlines, rings clockwise, for the map", QueryParams, listed=False)
def outlines(request: Request, params: QueryParams) -> Response:
    return _respond(request, "boundaries.geojson", orjson.dumps(current().dataset.boundaries))


@_link("openapi.json", "This description", QueryParams, listed=False)
def description(request: Request, params: QueryParams) -> Response:
    api.openapi_schema = None  # The values below are those of the current dataset.
    document = api.openapi() | {"servers": [{"url": request.scope["root_path"]}]}
    for path, methods in document["paths"].items():
        known = known_values(current().dataset, "cases" if path == "/cases.json" else "metrics")
        for parameter in methods["get"].get("parameters", ()):
            schema, values = parameter["schema"], known.get(parameter["name"], ())
            if 0 < len(values) <= MAX_WORDS:
                schema.get("items", schema)["enum"] = list(values)
            if "items" in schema:  # written as one text with commas
                parameter |= {"style": "form", "explode": False}
    return _respond(request, "openapi.json", orjson.dumps(document))


def _fields(request: Request) -> dict[str, FieldInfo]:
    """The query parameters of the requested link."""
    return get_type_hints(request.scope["route"].endpoint)["params"].model_fields


@api.exception_handler(RequestValidationError)
def refuse_query(request: Request, error: RequestValidationError) -> JSONResponse:
    """Name every parameter with a problem, what was found and what to write."""
    known, problems = {name: name for name in _fields(request)}, []
    for found in error.errors():
        name, message = str(found["loc"][1]), found["msg"].removeprefix("Value error, ")
        if found["type"] == "extra_forbidden":
            message = f"There is no such parameter here.{suggest(name, known, 'those that openapi.json lists')}"
        value = ",".join(found["input"]) if isinstance(found["input"], list) else str(found["input"])
        problems.append({"parameter": name[:MAX_SHOWN], "value": value[:MAX_SHOWN], "message": message})
    return JSONResponse({"detail": "The query has problems.", "problems": problems}, 422)


def _refuse_place(detail: str, asked: str, known: Collection[str]) -> JSONResponse:
    """A 404 with what is like what was asked for."""
    near = get_close_matches(asked[:MAX_SHOWN], [*known][:MAX_WORDS])
    return JSONResponse({"detail": detail, "near": near}, 404)


@api.exception_handler(404)
def refuse_address(request: Request, error: Exception) -> JSONResponse:
    root = request.scope["root_path"]
    paths = dict.fromkeys(f"{root}{route.path}" for route in api.routes if isinstance(route, APIRoute))
    return _refuse_place("There is no such address.", request.url.path, paths)


@api.exception_handler(DatasetError)
def handle_no_data(request: Request, error: DatasetError) -> JSONResponse:
    return JSONResponse(
        {"detail": "No data could be loaded. Try again later."}, 503, {"retry-after": "60", "cache-control": "no-store"}
    )


@api.exception_handler(500)
def handle_failure(request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": "The server failed to answer this."}, 500, {"cache-control": "no-store"})
