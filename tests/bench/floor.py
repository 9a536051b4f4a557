"""`python -m tests.bench.floor PORT`: the floor. A static page draws the same charts with plotly.js alone: every state
is in the page, a button shows it.
"""

from __future__ import annotations

import gzip
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

import orjson
from plotly.io.json import to_json_plotly

from data.downloads.extract import Extract
from data.downloads.formats import FORMATS
from data.reading.live import current
from tests.bench.peer.screens import BOUNDARIES, SCREENS, parts_of

PAGES = {"/": "Overview", "/case": "Cases", "/map": "Map"}
CITIES = ("410100", "410500", "419001")
"""Areas with a case, and hardly a point that would take the click instead."""
HTML = """<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>floor</title><link rel="icon" href="data:,">
<script src="/plotly.js"></script>
<nav></nav><aside></aside><main style="width:1200px"></main><a href="/metrics.csv" download="metrics.csv">CSV</a>
<script>
const states = "STATES", names = "NAMES", domains = "DOMAINS", main = document.querySelector("main");
let page = location.pathname, chosen = {domain: "", city: ""};
const draw = () => {
  const figures = states[page][chosen.city || chosen.domain] ?? states[page][""];
  while (main.children.length > figures.length) { Plotly.purge(main.lastChild); main.lastChild.remove(); }
  figures.forEach((figure, at) => {
    const div = main.children[at] ?? main.appendChild(document.createElement("div"));
    div.style.height = figure.layout.height + "px";
    Plotly.react(div, figure.data, figure.layout, {displayModeBar: false, responsive: true, topojsonURL: "/topojson/"});
    div.removeAllListeners("plotly_click");
    div.on("plotly_click", ({points: [{customdata: [code]}]}) => { chosen.city = chosen.city === code ? "" : code; draw(); });
  });
};
const button = (label, parent, act) => { const made = parent.appendChild(document.createElement("button")); made.textContent = label; made.onclick = () => { act(); draw(); }; };
Object.entries(names).forEach(([path, name]) => button(name, document.querySelector("nav"), () => { page = path; history.pushState({}, "", path); }));
Object.entries(domains).forEach(([id, name]) => button(name, document.querySelector("aside"), () => { chosen.domain = chosen.domain === id ? "" : id; }));
draw();
</script></html>"""


def figures(path: str, search: str = "") -> list[Any]:
    """The figures of a screen of the peer, in the order of the page."""
    components = _components(SCREENS[path].layout(parts_of(path, search)))
    return [orjson.loads(to_json_plotly(each.figure)) for each in components if hasattr(each, "figure")]


def _components(parts: Any) -> Any:
    for part in parts if isinstance(parts, list) else [parts]:
        yield part
        yield from _components(getattr(part, "children", None) or [])


def page(path: str) -> bytes:
    dataset = current().dataset
    queries = {"": "", **{domain: f"domain={domain}" for domain in dataset.domains}} if path == "/" else {"": ""}
    if path == "/map":
        queries |= {city: f"city={city}" for city in CITIES}
    states = {other: {"": figures(other)} for other in PAGES} | {
        path: {name: figures(path, query) for name, query in queries.items()}
    }
    domains = {domain.id: domain.name.en for domain in dataset.domains.values()}
    filled = {"STATES": states, "NAMES": PAGES, "DOMAINS": domains}
    text = HTML
    for name, value in filled.items():
        text = text.replace(f'"{name}"', orjson.dumps(value).decode().replace("</", "<\\/"), 1)
    return text.encode()


def contents() -> dict[str, tuple[str, bytes]]:
    """Every file by its path, with its media type, compressed."""
    plain = {
        **{path: ("text/html; charset=utf-8", page(path)) for path in PAGES},
        "/plotly.js": ("text/javascript", (files("plotly") / "package_data" / "plotly.min.js").read_bytes()),
        "/topojson/world_110m.json": ("application/json", b'{"type":"Topology","objects":{},"arcs":[]}'),
        BOUNDARIES: ("application/geo+json", orjson.dumps(current().dataset.boundaries)),
        "/metrics.csv": ("text/csv", FORMATS["csv"].write(Extract(current().dataset))),
    }
    return {path: (kind, gzip.compress(body, 9)) for path, (kind, body) in plain.items()}


def serve(port: int) -> None:
    kept = contents()

    class Files(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            kind, body = kept.get(urlsplit(self.path).path, ("text/plain", gzip.compress(b"nothing here")))
            self.send_response(200 if urlsplit(self.path).path in kept else 404)
            cached = "no-cache" if kind.startswith("text/html") else "public, max-age=31536000, immutable"
            for name, value in (
                ("content-type", kind),
                ("content-encoding", "gzip"),
                ("content-length", str(len(body))),
                ("cache-control", cached),
            ):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    ThreadingHTTPServer(("localhost", port), Files).serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
