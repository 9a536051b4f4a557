"""The names of downloaded files."""

from __future__ import annotations

import re

from data.downloads.extract import Extract


def file_name(extract: Extract, ending: str = "csv") -> str:
    """What a download is called: the filter is in the name, `henan-reforms_2020_luoyang_health.csv`."""
    return "_".join(["henan-reforms", str(extract.dataset.source.year), *filter_parts(extract)]) + f".{ending}"


def filter_parts(extract: Extract) -> list[str]:
    """What was asked for as parts of a file's name, four at most."""
    asked = extract.filters
    cities = {
        place.code: place.id for place in extract.dataset.places.values() if place.kind in ("province", "prefecture")
    }
    parts = [
        *(cities[code] for code in asked.city),
        *asked.domain,
        *asked.grade,
        *asked.role,
        *(["same-cases"] if asked.scope else []),
        *(name_part(name.rpartition(".")[2]) for name in (asked.search, *extract.only) if name),
    ]
    return parts if len(parts) <= 4 else [*parts[:3], f"and-{len(parts) - 3}-more"]


def name_part(text: str) -> str:
    """Text as a part of a file's name: letters and digits of any script, at most 40 of them."""
    return "-".join(re.findall(r"[^\W_]+", text[:40])) or "search"
