"""The peer: the dashboard's overview, case, map and data screens as a Dash app. Start it with `gunicorn
tests.bench.peer.app:server`.

Filters are in the URL; a filter change is one request, which returns only what it changes. The screens and figures have
the same content as the dashboard's.
"""

from __future__ import annotations

import time
import warnings
from typing import Any
from urllib.parse import parse_qsl

from dash import Dash, Input, Output, State, dcc, html
from flask import Response, g, jsonify

from data.downloads.extract import Extract
from data.downloads.formats import FORMATS
from data.model.grades import GRADES
from data.query.filters import ROLES, list_options, parse
from data.reading.live import current
from tests.bench.peer.screens import BOUNDARIES, SCREENS, parts_of

warnings.filterwarnings("ignore", category=DeprecationWarning)
FILTERS = ("city", "domain", "grade", "role", "search")
NAMES = {"/": "Overview", "/case": "Cases", "/map": "Map", "/data": "Data"}

app = Dash(
    __name__,
    title="Henan Reform Outcomes",
    update_title="",
    compress=True,
    suppress_callback_exceptions=True,
    assets_folder="none",
)
server = app.server


def choices(name: str) -> list[dict[str, str]]:
    dataset = current().dataset
    words = {place.code: place.name.en for place in dataset.places.values() if place.code} | {
        domain.id: domain.name.en for domain in dataset.domains.values()
    }
    return [{"value": value, "label": words.get(value, value)} for value in list_options(dataset)[name]]


app.layout = html.Div(
    [
        dcc.Location(id="url", refresh="callback-nav"),
        html.Nav(
            [dcc.Link(name, href=path, id=f"link-{name}") for path, name in NAMES.items()],
            style={"display": "flex", "gap": 12},
        ),
        html.Aside(
            [
                dcc.Dropdown(choices("city"), multi=True, id="city"),
                dcc.Checklist(choices("domain"), id="domain", inline=True),
                dcc.Input(id="search", debounce=True),
                dcc.Checklist(list(GRADES), id="grade", inline=True),
                dcc.Checklist(list(ROLES), id="role", inline=True),
                dcc.RadioItems(["zh", "en"], id="lang", inline=True),
            ]
        ),
        html.Main(id="screen"),
    ],
    style={"fontFamily": "system-ui, sans-serif", "width": 1200},
)

# The address and the controls follow one another in the browser, without a request.
app.clientside_callback(
    """(search, pathname, ...values) => {
        const same = dash_clientside.no_update, names = ["city", "domain", "grade", "role", "search", "lang"], many = names.slice(0, 4);
        const query = new URLSearchParams(search), asked = dash_clientside.callback_context.triggered.map(entry => entry.prop_id);
        if (asked.some(name => names.includes(name.split(".")[0]))) {
            names.forEach((name, at) => { const text = many.includes(name) ? (values[at] ?? []).join(",") : values[at] ?? ""; text ? query.set(name, text) : query.delete(name); });
            const next = query.size ? "?" + query.toString().replaceAll("%2C", ",") : "";
            return [next === search ? same : next, ...names.map(() => same), ...["/", "/case", "/map", "/data"].map(path => path + next)];
        }
        const shown = names.map(name => many.includes(name) ? (query.get(name) ?? "").split(",").filter(Boolean) : query.get(name) ?? (name === "lang" ? "en" : ""));
        return [same, ...shown, ...["/", "/case", "/map", "/data"].map(path => path + search)];
    }""",
    [
        Output("url", "search"),
        *(Output(name, "value") for name in (*FILTERS[:4], "search", "lang")),
        *(Output(f"link-{name}", "href") for name in NAMES.values()),
    ],
    [
        Input("url", "search"),
        Input("url", "pathname"),
        *(Input(name, "value") for name in (*FILTERS[:4], "search", "lang")),
    ],
)

# A click on an area chooses it, on a chosen one lets go; a click on a county opens its case.
app.clientside_callback(
    """(click, search, cases) => {
        if (!click) return [dash_clientside.no_update, dash_clientside.no_update, null];
        const [code, county] = click.points[0].customdata ?? [], query = new URLSearchParams(search);
        if (county) { query.set("case", cases[county]); return ["/case", "?" + query, null]; }
        const chosen = new Set((query.get("city") ?? "").split(",").filter(Boolean));
        chosen.delete(code) || chosen.add(code);
        chosen.size ? query.set("city", [...chosen].sort().join(",")) : query.delete("city");
        return [dash_clientside.no_update, query.size ? "?" + query.toString().replaceAll("%2C", ",") : "", null];
    }""",
    [Output("url", "pathname"), Output("url", "search", allow_duplicate=True), Output("henan", "clickData")],
    Input("henan", "clickData"),
    [State("url", "search"), State("county-cases", "data")],
    prevent_initial_call=True,
)


@app.callback(Output("screen", "children"), Input("url", "pathname"), State("url", "search"))
def open_screen(path: str, search: str) -> list[Any]:
    path = path if path in SCREENS else "/"
    status, parts = f"{path[1:]}status", parts_of(path, search)
    return [html.P(parts[f"{status}.children"], id=status), *SCREENS[path].layout(parts)]


def refreshed(path: str) -> None:
    """Register the callback that returns a screen's parts when the URL's query changes."""
    outputs = [Output(*key.split(".")) for key in parts_of(path, "")]

    @app.callback(outputs, Input("url", "search"), prevent_initial_call=True)
    def refresh(search: str) -> list[Any]:
        return list(parts_of(path, search).values())


for each in SCREENS:
    refreshed(each)


@app.callback(Output("file", "data"), Input("csv", "n_clicks"), State("url", "search"), prevent_initial_call=True)
def download(_: int, search: str) -> dict[str, Any]:
    dataset = current().dataset
    filters, _ = parse(dict(parse_qsl((search or "").lstrip("?"))), dataset)
    return dcc.send_bytes(FORMATS["csv"].write(Extract(dataset, filters)), "metrics.csv")


@server.route("/topojson/world_110m.json")
def empty_world() -> Response:
    return jsonify(type="Topology", objects={}, arcs=[])


@server.route(BOUNDARIES)
def outlines() -> Response:
    return jsonify(current().dataset.boundaries)


@server.before_request
def begin() -> None:
    g.begun = time.perf_counter()


@server.after_request
def say_how_long(answer: Response) -> Response:
    """Report the ms of the request, for the stopwatch in the browser."""
    answer.headers["Server-Timing"] = f"script;dur={(time.perf_counter() - g.begun) * 1000:.2f}"
    return answer
