"""The areas of a map in HTML, as a test reads them: their paints, the shapes of their links, the outlines."""

from __future__ import annotations

import html
import re
from urllib.parse import unquote

from data.reading.live import current
from pages.markup.map_areas import FINE, Precision
from pages.markup.outline import trace_outlines


def images(page: str) -> list[str]:
    """The images of a map as SVG: of the areas, and of the outlines of the chosen ones if there are any."""
    found = re.findall(r'<div class="map-areas"[^>]*><img src="data:image/svg\+xml,([^"]*)"', page)
    return [unquote(html.unescape(address)) for address in found]


def paints(page: str, precision: Precision = FINE) -> dict[str, str]:
    """The fill of each area by code."""
    codes = {path: code for code, path in outlines(precision).items()}
    return {codes[path]: fill for fill, path in re.findall(r"<path fill='([^']*)' d='([^']*)'", images(page)[0])}


def outlined(page: str) -> set[str]:
    """The codes of the areas with an outline."""
    drawn = "".join(image for image in images(page) if "fill='none'" in image)
    return {code for code, path in outlines().items() if path in drawn}


def shapes(page: str) -> dict[str, str]:
    """The shape of the link on each area, by code."""
    return dict(re.findall(r'#area-(\d+)\{clip-path:path\("([^"]*)"\)\}', page))


def outlines(precision: Precision = FINE) -> dict[str, str]:
    """The outline of each area as it is drawn, by code."""
    return dict(trace_outlines(current().dataset.boundaries, *precision))
