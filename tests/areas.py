"""The areas of a map in HTML, as a test reads them, and a dataset with a measure that colors them."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from data.model.schema import Metric
from data.query.dataset import Dataset
from data.query.geography import list_map_units
from data.reading.live import current
from pages.markup.map import FINE, Precision
from pages.markup.outline import trace_outlines


def images(page: str) -> list[str]:
    """The images of a map as SVG: of the areas, and of the outlines of the chosen ones if there are any."""
    found = re.findall(r'<img class="map-areas" src="data:image/svg\+xml,([^"]*)"', page)
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
    return dict(re.findall(r'#area-(\d+) i\{clip-path:path\("([^"]*)"\)\}', page))


def outlines(precision: Precision = FINE) -> dict[str, str]:
    """The outline of each area as it is drawn, by code."""
    return dict(trace_outlines(current().dataset.boundaries, *precision))


def measured_in(count: int, **changes: Any) -> Dataset:
    """The dataset with a share that so many cities state of their own in a case."""
    dataset = current().dataset
    case = dataset.by_id["2020-01-water-pricing"]
    words = {"zh": "示例占比", "en": "Share of examples"}
    cities = [place.id for place in list_map_units(dataset)][:count]
    metrics = [
        Metric.model_validate(
            {
                "id": f"share-{at}",
                "name": words,
                "place": city,
                "role": "output",
                "unit": "percent",
                "better": "higher",
                "after": {"value": 40 + at},
                "phrases": ({"text": "占", "en": "share"},),
                "section": words,
            }
            | changes
        )
        for at, city in enumerate(cities)
    ]
    changed = case.model_copy(update={"metrics": (*case.metrics, *metrics)})
    return replace(dataset, cases=tuple(changed if other is case else other for other in dataset.cases))
