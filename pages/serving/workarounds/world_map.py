"""An empty world map in place of the one that Plotly fetches from elsewhere.

plotly.js, as Streamlit 1.67.0 brings it, requests `topojson/world_110m.json` for every geo subplot, even one without a
base layer. The map draws only the boundaries of this project.

Remove when plotly.js requests the base layer only where a layout shows it.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

FOLDER = "/topojson/"
"""The folder of the world map below the base path, for the `topojsonURL` of Plotly's configuration."""
PATH = f"{FOLDER}world_110m.json"


def empty_world(request: Request) -> Response:
    """A TopoJSON document without objects, which browsers may keep for a day."""
    world = {"type": "Topology", "objects": {}, "arcs": []}
    return JSONResponse(world, headers={"cache-control": "public, max-age=86400"})
