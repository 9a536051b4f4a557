"""The columns of a dataset by which it is filtered, counted and searched without unpacking a case."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import Base64Bytes

from data.model.evidence import DIRECTIONS, Evidence, derive
from data.model.gaps import FLAGS, flags_of
from data.model.grades import CHANGED, GRADES
from data.model.schema import Case, Document, Metric, Place, Role, Text
from data.model.tables import Tables
from data.query.search import MIN_SHARE, normalize_text

PROVINCE = "410000"
ROLES: tuple[str, ...] = get_args(Role)
METRIC = np.dtype(
    [
        *(("place", "<u2"), ("unit", "<u2"), ("grade", "u1"), ("role", "u1"), ("headline", "u1"), ("index", "<f8")),
        *(("flags", "u1"), ("elsewhere", "u1"), ("direction", "u1")),
    ]
)
"""The columns of the metrics: positions in the tables of places and units, in GRADES and in ROLES; the rank among the
headlines, 0 for none; after ÷ before × 100 or NaN; a bit for each of FLAGS; the number of readings elsewhere; the
position in DIRECTIONS from 1, 0 for none."""
SEARCH_CACHE_SIZE = 64
"""Maximum number of words whose matches are kept in memory."""
Mask = NDArray[np.bool_]
Positions = Sequence[int] | np.ndarray


@dataclass(frozen=True, slots=True)
class CaseEntry:
    """The columns of one case. Domains and places are positions in their tables; texts are normalized UTF-8."""

    id: str
    year: int
    number: int
    title_zh: str
    title_en: str
    source: Document | None
    """The document that the case names, None for that of the dataset."""
    text: bytes
    measured: bool
    """Whether one measure of the case has a number in two or more units of the map."""
    domains: Sequence[int]
    own_places: Sequence[int]
    all_places: Sequence[int]
    metric_texts: Sequence[bytes]
    metrics: Base64Bytes
    """One row of the type METRIC for each metric."""


def rank_headline(headline: Any, changed: Any) -> tuple[Any, Any, Any]:
    """The rank of metrics of a case by their places among its headlines (0 for none), in numbers or in arrays of them.

    Headlines come first, those that state a change before the others; all others are equal.
    """
    return headline == 0, (headline > 0) > changed, headline


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
    names = [*(tables.places[name].name for name in case.places), *(tables.domains[name].name for name in case.domains)]
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
            DIRECTIONS.index(found.direction) + 1 if found.direction else 0,
        )
        for metric, found in zip(case.metrics, evidence, strict=True)
    ]
    return CaseEntry(
        id=case.id,
        year=case.year,
        number=case.number,
        title_zh=case.title.zh,
        title_en=case.title.en,
        source=case.source,
        text=_searchable(*filter(None, (case.title, case.short)), case.submitted_by, case.summary, *names),
        measured=_in_several_units(case, tables.places),
        domains=sorted(domains[name] for name in case.domains),
        own_places=sorted(places[name] for name in own_places(case)),
        all_places=sorted(places[name] for name in all_places(case)),
        metric_texts=[_metric_text(metric) for metric in case.metrics],
        metrics=np.array(rows, METRIC).tobytes(),
    )


def _metric_text(metric: Metric) -> bytes:
    yardstick = metric.compared_with
    quantities = (metric.before, metric.after, metric.change, yardstick and yardstick.end)
    names = metric.name, metric.short, metric.subject, yardstick and yardstick.label
    texts = (*names, *(each and each.text for each in quantities))
    phrases = (part for phrase in metric.phrases for part in (phrase.text, phrase.en))
    return _searchable(*(text for text in texts if text), *phrases)


def _searchable(*texts: Text | str) -> bytes:
    parts = (text if isinstance(text, str) else f"{text.zh} {text.en}" for text in texts)
    return normalize_text(" ".join(parts)).encode()


def measured_at(metric: Metric, places: Mapping[str, Place]) -> str | None:
    """The code of the unit of the map whose value a metric gives.

    None for a plan, for a metric of another place (a county is not the unit it lies in), or without a single value
    after.
    """
    place = places[metric.place]
    single = metric.after is not None and metric.after.value is not None
    return place.code if place.kind == "prefecture" and metric.status == "observed" and single else None


def _in_several_units(case: Case, places: Mapping[str, Place]) -> bool:
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for metric in case.metrics:
        if code := measured_at(metric, places):
            found[metric.name.zh, metric.unit].add(code)
    return any(len(codes) > 1 for codes in found.values())


class Index:
    """The columns of all cases, in the order of `entries`. A mask has an element for each case or each metric."""

    def __init__(self, entries: Sequence[CaseEntry], tables: Tables) -> None:
        self.ids = tuple(entry.id for entry in entries)
        self.years = [entry.year for entry in entries]
        self.numbers = [entry.number for entry in entries]
        """The printed number of each case."""
        self.titles = {"zh": [entry.title_zh for entry in entries], "en": [entry.title_en for entry in entries]}
        self.case_positions: Mapping[str, int] = {case_id: position for position, case_id in enumerate(self.ids)}
        sources = [tables.source_of(entry.source) for entry in entries]
        self.documents = tuple(dict.fromkeys(sources))
        """The documents that the cases come from, in the order of their first cases."""
        numbers = {document: number for number, document in enumerate(self.documents)}
        self.document = np.array([numbers[source] for source in sources], np.int32)
        """The number in `documents` of the document of each case."""
        self.measured: Mask = np.array([entry.measured for entry in entries], bool)
        """The cases with a measure that several units of the map have."""
        counts = [len(entry.metric_texts) for entry in entries]
        self.starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        """The position of the first metric of each case; last, the number of metrics."""
        self.case = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
        """The position of the case of each metric."""
        metrics = np.frombuffer(b"".join(entry.metrics for entry in entries), METRIC)
        self._columns = {name: np.ascontiguousarray(metrics[name]) for name in METRIC.names or ()}
        self._membership = {
            "domains": _membership([entry.domains for entry in entries], len(tables.domains)),
            "own_places": _membership([entry.own_places for entry in entries], len(tables.places)),
            "all_places": _membership([entry.all_places for entry in entries], len(tables.places)),
        }
        places = tables.places.values()
        areas = [tables.places[place.prefecture] if place.prefecture else place for place in places]
        self._area_codes = np.array([area.code for area in areas], object)
        texts = (
            [entry.text for entry in entries],
            [*chain.from_iterable(entry.metric_texts for entry in entries)],
            [_searchable(place.name, area.name) for place, area in zip(places, areas, strict=True)],
            [_searchable(unit.name) for unit in tables.units.values()],
        )
        find = partial(_find, texts, self.column("place"), self.column("unit"))
        self._find = lru_cache(maxsize=SEARCH_CACHE_SIZE)(find)

    def column(self, name: str) -> np.ndarray:
        """A column of METRIC."""
        return self._columns[name]

    def membership(self, name: str) -> Mask:
        """The `domains`, `own_places` or `all_places`: a row for each case, a column for each entry of the table."""
        return self._membership[name]

    def places_in(self, code: str) -> Mask:
        """The places that lie in a unit of the map; `410000` is the province as a whole."""
        found: Mask = self._area_codes == code
        return found

    def in_units(self, codes: Collection[str]) -> tuple[Mask, Mask]:
        """The cases that are in one of these units or have a metric there, and the metrics that are there."""
        places: Mask = np.any([self.places_in(code) for code in codes], axis=0)
        cases: Mask = np.any(self.membership("own_places")[:, places], axis=1)
        return cases, places[self.column("place")]

    def rank(self, metrics: Positions) -> tuple[np.ndarray, ...]:
        """The rank of these metrics as the last keys of `np.lexsort`: headlines first, as in `rank_headline`."""
        changed = self.isin("grade", CHANGED)[metrics]
        return rank_headline(self.column("headline")[metrics], changed)[::-1]

    def isin(self, name: str, values: Collection[str]) -> Mask:
        """The metrics whose grade or role is one of these."""
        wanted: Mask = np.array([value in values for value in {"grade": GRADES, "role": ROLES}[name]], bool)
        found: Mask = wanted[self.column(name)]
        return found

    def flagged(self, flags: Iterable[str]) -> Mask:
        """The metrics that have one of these FLAGS."""
        bits = sum(1 << FLAGS.index(flag) for flag in FLAGS if flag in [*flags])
        found: Mask = (self.column("flags") & np.uint8(bits)) > 0
        return found

    def count(self, name: str, kept: Mask) -> np.ndarray:
        """How many of the `kept` metrics each entry of a table or list has.

        By `grade`, `role` or `flags` as those are listed, by `domains` (a case can have several) or by `place`.
        """
        if name == "domains":
            cases = np.bincount(self.case[kept], minlength=len(self.ids))
            found: np.ndarray = cases @ self.membership("domains")
            return found
        column = self.column(name)[kept]
        if name == "flags":
            return np.array([np.count_nonzero(column & np.uint8(1 << bit)) for bit in range(len(FLAGS))])
        lengths = {"grade": len(GRADES), "role": len(ROLES), "place": len(self._area_codes)}
        return np.bincount(column, minlength=lengths[name])

    def search(self, words: Iterable[str]) -> tuple[Mask, Mask]:
        """The cases and the metrics whose own text contains each of these normalized words."""
        in_case, in_metric = zip(*map(self._find, words), strict=True)
        return np.logical_and.reduce(in_case), np.logical_and.reduce(in_metric)

    def search_most(self, parts: Sequence[str]) -> tuple[Mask, Mask]:
        """The cases and the metrics that contain the most of these parts of words, and MIN_SHARE of them at least.

        A metric also has the parts of its case, unless its own text is without any that its case has not.
        """
        in_case, in_metric = (np.array(found) for found in zip(*map(self._find, parts), strict=True))
        of_case, of_metric = in_case.sum(axis=0), in_metric.sum(axis=0)
        of_both = (in_metric | in_case[:, self.case]).sum(axis=0)
        of_metric = np.where(of_both > of_case[self.case], of_both, of_metric)
        enough = max(len(parts) * MIN_SHARE, of_case.max(initial=0), of_metric.max(initial=0))
        return of_case >= enough, of_metric >= enough


def _find(texts: Iterable[Sequence[bytes]], place: np.ndarray, unit: np.ndarray, word: str) -> tuple[Mask, Mask]:
    """The cases and the metrics whose texts contain a word; a metric also by its place or unit.

    `texts` are those of the cases, metrics, places (with the unit of the map they lie in) and units.
    """
    sought = word.encode(errors="surrogatepass")
    in_case, in_metric, in_place, in_unit = (np.array([sought in text for text in each], bool) for each in texts)
    return in_case, in_metric | in_place[place] | in_unit[unit]


def _membership(members: Sequence[Sequence[int]], width: int) -> Mask:
    """A row for each set, a column for each possible member."""
    found = np.zeros((len(members), width), bool)
    rows = np.repeat(np.arange(len(members)), [len(each) for each in members])
    found[rows, list(chain.from_iterable(members))] = True
    return found
