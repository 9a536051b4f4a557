"""The fixed words of words.yaml, read and checked once: every id that the model knows, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args

import yaml
from pydantic import ValidationError, create_model

from data.model.evidence import Direction
from data.model.explain import explain
from data.model.gaps import Flag
from data.model.grades import Grade
from data.model.problems import format_path
from data.model.schema import Bound, CaveatKind, Model, Relation, Role, Status, Text

FILE = Path(__file__).with_name("words.yaml")
Missing = Literal[
    "value", "earlier", "later", "neither", "neither_rank", "compared", "words", "plan", "units", "change", "date",
    "dates",
]  # fmt: skip
"""Why there is no value, no change or no date."""
Derived = Literal["word", "title", "before", "after", "change"]
"""What is calculated: a value, a formula, an end of a metric, its change."""
Mark = Literal[
    "arrow", "pair", "bar", "place", "baseline", "unnamed_baseline", "improved", "worsened", "unjudged", "hollow",
    "open_head", "open_end", "dotted", "dashed",
]  # fmt: skip
"""What a reader sees of a chart."""
Reason = Literal["plan", "words", "rank", "places", "time", "share", "range", "units", "same_case", "alone"]
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
    "grades": get_args(Grade),
    "states": get_args(Grade),
    "notes": ("grades", "lengths", "states"),
    "percent_or_points": ("word",),
    "caveats": get_args(CaveatKind),
    "relations": get_args(Relation),
    "elsewhere": ("label", "differs"),
    "ticks": get_args(Tick),
    "refusals": get_args(Reason),
    "rights": ("licence", "map", "authors", "gaps"),
}
"""The ids of each section that the model knows."""
FREE = ("headings", "columns")
"""Sections whose ids are those that pages ask for."""


class Explained(Model):
    """What a reader sees, in a word, and what it means."""

    word: Text
    meaning: Text


class Drawn(Explained):
    """A grade, and how a figure that has it may be drawn."""

    drawing: Text


class WordsError(ValueError):
    """What is wrong in words.yaml, a line each: where it is, and what to write."""


def _shape(name: str, fields: Mapping[str, Any]) -> type[Model]:
    shape: dict[str, Any] = {field: (kind, ...) for field, kind in fields.items()}
    return create_model(name, __base__=Model, **shape)


_KINDS: Mapping[str, type[Model]] = {"marks": Explained, "flags": Explained, "grades": Drawn}
"""What the entries of a section are where they are more than a text."""
_WORDS = _shape(
    "Words",
    {name: _shape(name, dict.fromkeys(ids, _KINDS.get(name, Text))) for name, ids in SECTIONS.items()}
    | dict.fromkeys(FREE, dict[str, Text]),
)


def read_words(path: Path = FILE) -> Model:
    """Return the sections with their entries. Raises WordsError with all that is missing, unknown or not a text."""
    try:
        return _WORDS.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        raise WordsError(f"{path.name}: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        faults = explain(error.errors(include_url=False), _WORDS, path.name)
        lines = [f"{path.name}: {format_path(fault.path)}: {fault.message}" for fault in faults]
        raise WordsError("\n".join(lines)) from error


_READ = read_words()


def pick(section: str, part: str = "") -> Mapping[str, Text]:
    """Return the texts of a section by id; of an explained one the `word`, the `meaning` or the `drawing`."""
    read = getattr(_READ, section)
    entries = read if section in FREE else {name: getattr(read, name) for name in SECTIONS[section]}
    return {name: getattr(entry, part) if part else entry for name, entry in entries.items()}
