"""The fixed words of words.yaml, read and checked once: every id that the model knows, in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, get_args

import yaml
from pydantic import ValidationError

from data.model.evidence import Direction
from data.model.gaps import Flag
from data.model.schema import Bound, CaveatKind, Lang, Relation, Role, Status, Text

FILE = Path(__file__).with_name("words.yaml")
Missing = Literal[
    "value", "earlier", "later", "neither", "neither_rank", "compared", "words", "plan", "units", "change", "date",
    "dates",
]  # fmt: skip
"""Why there is no value, no change or no date."""
Derived = Literal["word", "title", "before", "after", "change"]
"""What is calculated: a value, a formula, an end of a metric, its change."""
Mark = Literal[
    "arrow", "baseline", "unnamed_baseline", "improved", "worsened", "unjudged", "earlier_bar", "hollow", "open_head",
    "open_end", "dotted", "striped",
]  # fmt: skip
"""What a reader sees of a chart."""
Reason = Literal[
    "plan", "words", "rank", "places", "time", "share", "range", "level", "difference", "units", "same_case", "alone"
]
"""Why a metric is on no common scale with others."""
Tick = Literal["12.5", "25", "50", "100", "200", "400", "800"]
"""Indices with a tick on their axis."""
SECTIONS: Mapping[str, tuple[str, ...]] = {
    "site": ("name", "language"),
    "roles": get_args(Role),
    "directions": get_args(Direction),
    "plans": tuple(status for status in get_args(Status) if status != "observed"),
    "bounds": tuple(bound for bound in get_args(Bound) if bound != "exact"),
    "missing": get_args(Missing),
    "derived": get_args(Derived),
    "marks": get_args(Mark),
    "flags": get_args(Flag),
    "percent_or_points": ("word",),
    "caveats": get_args(CaveatKind),
    "relations": get_args(Relation),
    "elsewhere": ("label", "differs"),
    "ticks": get_args(Tick),
    "refusals": get_args(Reason),
    "rights": ("licence", "map", "authors", "gaps"),
}
"""The ids of each section."""
EXPLAINED = ("marks", "flags")
"""Sections whose entries have a `word` and its `meaning`."""


class WordsError(ValueError):
    """What is wrong in words.yaml, a line each: where it is, and what to write."""


def read_words(path: Path = FILE) -> Mapping[str, Text]:
    """Return the texts by their entries (`roles.outcome`, `flags.naming.word`).

    Raises WordsError with everything that is missing, unknown or in one language alone.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise WordsError(f"{path.name}: {' '.join(str(error).split())}") from error
    found = dict(_flatten(content))
    expected = [entry for section in SECTIONS for entry in _name_entries(section)]
    faults = {entry: "is unknown. Remove it, or correct its name" for entry in found if entry not in expected}
    texts = {}
    for entry in expected:
        try:
            texts[entry] = _read(found.get(entry))
        except ValueError as error:
            faults[entry] = str(error)
    if faults:
        raise WordsError("\n".join(f"{path.name}: {entry} {fault}" for entry, fault in faults.items()))
    return texts


def _name_entries(section: str) -> list[str]:
    parts = (".word", ".meaning") if section in EXPLAINED else ("",)
    return [f"{section}.{name}{part}" for name in SECTIONS[section] for part in parts]


def _flatten(content: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Yield each entry by its path: what stands two levels down, in an explained section three."""
    depth = 3 if path and path[0] in EXPLAINED else 2
    if len(path) == depth or not isinstance(content, dict):
        yield ".".join(path), content
        return
    for name, inner in content.items():
        yield from _flatten(inner, (*path, str(name)))


def _read(entry: Any) -> Text:
    """Return an entry as a text; ValueError says what is wrong with it."""
    if not isinstance(entry, dict):
        state = "is missing" if entry is None else f"is {entry!r}"
        raise ValueError(f"{state}. Write {{zh: …, en: …}}")
    for lang in get_args(Lang):
        if not entry.get(lang):
            raise ValueError(f"has no {lang}. Write {lang}: and the word")
    if unknown := [str(name) for name in entry if name not in get_args(Lang)]:
        raise ValueError(f"has {', '.join(unknown)}. Write zh and en alone")
    try:
        return Text.model_validate(entry)
    except ValidationError as error:
        found = error.errors()[0]
        raise ValueError(f"{found['loc'][0]}: {found['msg'].removeprefix('Value error, ')}") from error


_TEXTS = read_words()


def pick(section: str, part: str = "") -> Mapping[str, Text]:
    """Return the texts of a section by id; of an explained one, the `word` or the `meaning`."""
    return {name: _TEXTS[".".join(filter(None, (section, name, part)))] for name in SECTIONS[section]}
