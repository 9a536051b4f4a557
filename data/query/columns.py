"""The dataset by columns: what pages filter, count and search by, without reading a case."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from itertools import chain
from typing import NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from data.model.evidence import Evidence, derive
from data.model.gaps import FLAGS, flags_of
from data.model.grades import GRADES
from data.model.schema import Case, Metric, Place, Role, Text
from data.model.tables import Tables

PROVINCE = "410000"
ROLES: tuple[str, ...] = get_args(Role)
METRIC = np.dtype(
    [
        *(("place", "<u2"), ("unit", "<u2"), ("grade", "u1"), ("role", "u1"), ("headline", "u1"), ("index", "<f8")),
        *(("flags", "u1"), ("elsewhere", "u1")),
    ]
)
"""The columns of the metrics: positions in the tables of places and units, in GRADES and in ROLES; the rank among the
headlines, 0 for none; after ÷ before × 100 or NaN; a bit for each of FLAGS; the number of readings elsewhere."""
SEARCH_CACHE_SIZE = 64
"""Maximum number of words whose matches are kept in memory."""
Mask = NDArray[np.bool_]
Positions = Sequence[int] | np.ndarray


class CaseEntry(NamedTuple):
    """One case by columns. `own_places` are the places of the case and its metrics, `all_places` all that it names;
    these and the domains are positions in their tables."""

    id: str
    title_zh: str
    title_en: str
    words: str
    measured: bool
    conflicts: int
    domains: Sequence[int]
    own_places: Sequence[int]
    all_places: Sequence[int]
    metric_words: Sequence[str]
    metrics: np.ndarray
    """One row a metric, of the type METRIC."""


def normalize_text(text: str) -> str:
    """Text as it is searched: width, case and presentation forms do not count."""
    return unicodedata.normalize("NFKC", text).casefold()


def own_places(case: Case) -> set[str]:
    """Ids of the places of a case and of its metrics."""
    return {*case.places, *(metric.place for metric in case.metrics)}


def all_places(case: Case) -> set[str]:
    """Ids of all places a case names, its own included."""
    return {*own_places(case), *case.mentions, *(place for metric in case.metrics for place in metric.mentions)}


def derive_all(case: Case, tables: Tables) -> list[Evidence]:
    """The evidence of all metrics of a case."""
    return [derive(metric, tables.units) for metric in case.metrics]


def build_entry(case: Case, evidence: Sequence[Evidence], tables: Tables) -> CaseEntry:
    """The columns of one case; `evidence` is that of its metrics."""
    domains, places, units = (tables.positions[name] for name in ("domains", "places", "units"))
    names = [
        *(tables.places[place].name for place in case.places),
        *(tables.domains[name].name for name in case.domains),
    ]
    rows = [
        (
            places[metric.place],
            units[metric.unit],
            GRADES.index(found.grade),
            ROLES.index(metric.role),
            case.headlines.index(metric.id) + 1 if metric.id in case.headlines else 0,
            np.nan if found.index is None else found.index,
            sum(1 << FLAGS.index(flag) for flag in flags_of(case, metric)),
            len(metric.elsewhere),
        )
        for metric, found in zip(case.metrics, evidence, strict=True)
    ]
    return CaseEntry(
        case.id,
        case.title.zh,
        case.title.en,
        normalize_text(_both(case.title, case.submitted_by, case.summary, *names)),
        _in_several_units(case, tables.places),
        len(case.conflicts),
        sorted(domains[name] for name in case.domains),
        sorted(places[name] for name in own_places(case)),
        sorted(places[name] for name in all_places(case)),
        [_metric_words(metric) for metric in case.metrics],
        np.array(rows, METRIC),
    )


def _metric_words(metric: Metric) -> str:
    yardstick = metric.compared_with
    quantities = (metric.before, metric.after, metric.change, yardstick and yardstick.end)
    texts = [
        metric.name,
        *([metric.subject] if metric.subject else []),
        *(quantity.text for quantity in quantities if quantity and quantity.text),
        *([yardstick.label] if yardstick else []),
    ]
    phrases = (f"{phrase.text} {phrase.en}" for phrase in metric.phrases)
    return normalize_text(" ".join([_both(*texts), *phrases]))


def _both(*texts: Text) -> str:
    return " ".join(f"{text.zh} {text.en}" for text in texts)


def measured_at(metric: Metric, places: Mapping[str, Place]) -> str | None:
    """The unit of the map that a metric puts a number on.

    None for a plan, for a metric of another place (a county is not the unit it lies in), or without a single present
    value.
    """
    place = places[metric.place]
    single = metric.after is not None and metric.after.value is not None
    return place.code if place.kind == "prefecture" and metric.status == "observed" and single else None


def _in_several_units(case: Case, places: Mapping[str, Place]) -> bool:
    """Whether one measure of the case has a number in two or more units of the map."""
    found: dict[tuple[str, str], set[str]] = {}
    for metric in case.metrics:
        if code := measured_at(metric, places):
            found.setdefault((metric.name.zh, metric.unit), set()).add(code)
    return any(len(codes) > 1 for codes in found.values())


class Index:
    """The columns of some entries, in their order. A mask has an element a case or a metric."""

    def __init__(self, entries: Sequence[CaseEntry], tables: Tables) -> None:
        self.tables = tables
        self.ids = tuple(entry.id for entry in entries)
        self.titles = {"zh": [entry.title_zh for entry in entries], "en": [entry.title_en for entry in entries]}
        self.case_positions: Mapping[str, int] = {name: number for number, name in enumerate(self.ids)}
        """Which case an id is."""
        self.measured: Mask = np.array([entry.measured for entry in entries], bool)
        """The cases with a measure that several units of the map have."""
        self.conflicts = np.array([entry.conflicts for entry in entries], int)
        """How many contradictions of the source each case declares."""
        self.starts = np.concatenate([[0], np.cumsum([len(entry.metrics) for entry in entries])]).astype(np.int64)
        """The position of the first metric of each case; last, how many metrics there are."""
        self.case = np.repeat(np.arange(len(self.ids), dtype=np.int32), np.diff(self.starts))
        """Which case a metric belongs to."""
        metrics = np.concatenate([np.empty(0, METRIC), *(entry.metrics for entry in entries)])
        self._metrics = {name: np.ascontiguousarray(metrics[name]) for name in METRIC.names or ()}
        self._sets = {
            "domains": _membership([entry.domains for entry in entries], len(tables.domains)),
            "own_places": _membership([entry.own_places for entry in entries], len(tables.places)),
            "all_places": _membership([entry.all_places for entry in entries], len(tables.places)),
        }
        texts = (
            [entry.words for entry in entries],
            list(chain.from_iterable(entry.metric_words for entry in entries)),
        )
        find = partial(_find, tables, texts, self.column("place"), self.column("unit"))
        self._find = lru_cache(maxsize=SEARCH_CACHE_SIZE)(find)

    def column(self, name: str) -> np.ndarray:
        """A column of METRIC."""
        return self._metrics[name]

    def membership(self, name: str) -> Mask:
        """The `domains`, `own_places` or `all_places`: a row a case, a column an entry of the table."""
        return self._sets[name]

    def places_in(self, code: str) -> Mask:
        """Which places lie in a unit of the map; `410000` is the province as a whole."""
        places = self.tables.places
        return np.array(
            [(places[place.prefecture].code if place.prefecture else place.code) == code for place in places.values()],
            bool,
        )

    def in_units(self, codes: Collection[str]) -> tuple[Mask, Mask]:
        """The cases that are in one of these units or have a metric there, and the metrics that are there."""
        there: Mask = np.any([self.places_in(code) for code in codes], axis=0)
        cases: Mask = np.any(self.membership("own_places")[:, there], axis=1)
        return cases, there[self.column("place")]

    def isin(self, name: str, values: Collection[str]) -> Mask:
        """The metrics whose grade or role is one of these."""
        known = {"grade": GRADES, "role": ROLES}[name]
        wanted: Mask = np.array([value in values for value in known], bool)
        found: Mask = wanted[self.column(name)]
        return found

    def flagged(self, flags: Iterable[str]) -> Mask:
        """The metrics that have one of these FLAGS."""
        bits = sum(1 << FLAGS.index(flag) for flag in FLAGS if flag in [*flags])
        found: Mask = (self.column("flags") & np.uint8(bits)) > 0
        return found

    def search(self, words: Iterable[str]) -> tuple[Mask, Mask]:
        """The cases and the metrics whose own text contains each of these folded words."""
        in_case, in_metric = zip(*(self._find(word) for word in words), strict=True)
        return np.logical_and.reduce(in_case), np.logical_and.reduce(in_metric)


def _find(
    tables: Tables, texts: tuple[Sequence[str], Sequence[str]], place: np.ndarray, unit: np.ndarray, word: str
) -> tuple[Mask, Mask]:
    """The cases and the metrics whose texts contain a word; a metric also by its place, the unit around that, and its
    unit.
    """
    places = tables.places.values()
    around = [tables.places[each.prefecture] if each.prefecture else each for each in places]
    in_place = [
        word in normalize_text(_both(each.name, outer.name)) for each, outer in zip(places, around, strict=True)
    ]
    in_unit = [word in normalize_text(_both(each.name)) for each in tables.units.values()]
    in_case, in_metric = (np.array([word in text for text in each], bool) for each in texts)
    return in_case, in_metric | np.array(in_place, bool)[place] | np.array(in_unit, bool)[unit]


def _membership(members: Sequence[Sequence[int]], width: int) -> Mask:
    """A row a set, a column a possible member."""
    found = np.zeros((len(members), width), bool)
    rows = np.repeat(np.arange(len(members)), [len(each) for each in members])
    found[rows, list(chain.from_iterable(members))] = True
    return found
