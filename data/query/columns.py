"""The dataset by columns: what pages filter, count and search by, without reading a case.

A case is one row of an Arrow table (`SCHEMA`); what its figures hold stands in it as packed numbers, one after another, so that the columns of all figures are made without a loop.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.model.evidence import derive
from data.model.grades import GRADES
from data.model.schema import Case, Metric, Role, Text

if TYPE_CHECKING:
    from data.query.dataset import Tables

PROVINCE = "410000"
ROLES: tuple[str, ...] = get_args(Role)
FIGURE: Mapping[str, Any] = {
    "place": np.uint16,
    "unit": np.uint16,
    "grade": np.uint8,
    "role": np.uint8,
    "headline": np.uint8,
    "index": np.float64,
}
"""The columns of the figures: positions in the tables of places and units, in GRADES and in ROLES; the rank among the headlines, 0 for none; after ÷ before × 100 or NaN."""
SETS = {"domains": "domains", "homes": "places", "named": "places"}
"""The sets of a case, each with the table it chooses from: `homes` are the places of the case and its figures, `named` all places it names."""
SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("id", "title_zh", "title_en", "words")),
        ("measured", pa.bool_()),
        ("conflicts", pa.int32()),
        *((name, pa.binary()) for name in (*SETS, *FIGURE)),
        ("figure_words", pa.list_(pa.large_string())),
    ]
)
SEARCHES = 64
"""So many words that were looked for are remembered with what they found."""
Mask = np.ndarray
Positions = Sequence[int] | np.ndarray


def folded(text: str) -> str:
    """Text as it is searched: width, case and presentation forms do not count."""
    return unicodedata.normalize("NFKC", text).casefold()


def homes(case: Case) -> set[str]:
    """Ids of the places of a case and of its figures."""
    return {*case.places, *(metric.place for metric in case.metrics)}


def named(case: Case) -> set[str]:
    """Ids of all places a case names, its own included."""
    return {*homes(case), *case.mentions, *(place for metric in case.metrics for place in metric.mentions)}


def entry(case: Case, tables: Tables) -> dict[str, Any]:
    """A case as a row of SCHEMA."""
    places, domains, units = (tables[name] for name in ("places", "domains", "units"))
    sets = {"domains": case.domains, "homes": homes(case), "named": named(case)}
    texts = [
        case.title,
        case.submitted_by,
        case.summary,
        *(places[place].name for place in case.places),
        *(domains[domain].name for domain in case.domains),
    ]
    at = {"place": _order(places), "unit": _order(units)}
    figures = {
        "place": [at["place"][metric.place] for metric in case.metrics],
        "unit": [at["unit"][metric.unit] for metric in case.metrics],
        "role": [ROLES.index(metric.role) for metric in case.metrics],
        "headline": [
            case.headlines.index(metric.id) + 1 if metric.id in case.headlines else 0 for metric in case.metrics
        ],
        **_derived(case, units),
    }
    return {
        "id": case.id,
        "title_zh": case.title.zh,
        "title_en": case.title.en,
        "words": folded(_both(*texts)),
        "measured": _in_several_units(case, places),
        "conflicts": len(case.conflicts),
        **{name: np.packbits([key in chosen for key in tables[SETS[name]]]).tobytes() for name, chosen in sets.items()},
        **{name: np.array(values, FIGURE[name]).tobytes() for name, values in figures.items()},
        "figure_words": [_figure_words(metric) for metric in case.metrics],
    }


def _order(table: Mapping[str, Any]) -> dict[str, int]:
    return {name: at for at, name in enumerate(table)}


def _derived(case: Case, units: Mapping[str, Any]) -> dict[str, list[float]]:
    found = [derive(metric, units) for metric in case.metrics]
    return {
        "grade": [GRADES.index(each.grade) for each in found],
        "index": [float("nan") if each.index is None else each.index for each in found],
    }


def _figure_words(metric: Metric) -> str:
    yardstick = metric.compared_with
    quantities = (metric.before, metric.after, metric.change, yardstick and yardstick.end)
    texts = [
        metric.name,
        *([metric.subject] if metric.subject else []),
        *(quantity.text for quantity in quantities if quantity and quantity.text),
        *([yardstick.label] if yardstick else []),
    ]
    return folded(" ".join([_both(*texts), *(phrase.text for phrase in metric.phrases)]))


def _both(*texts: Text) -> str:
    return " ".join(f"{text.zh} {text.en}" for text in texts)


def measured_at(metric: Metric, places: Mapping[str, Any]) -> str | None:
    """The unit of the map that a figure puts a number on; None for a plan, for one of another place (a county is not the unit it lies in), or without a single present value."""
    place = places[metric.place]
    return (
        place.code
        if place.kind == "prefecture"
        and metric.status == "observed"
        and metric.after
        and metric.after.value is not None
        else None
    )


def _in_several_units(case: Case, places: Mapping[str, Any]) -> bool:
    """Whether one measure of the case has a number in two or more units of the map."""
    found: dict[tuple[str, str], set[str]] = {}
    for metric in case.metrics:
        if code := measured_at(metric, places):
            found.setdefault((metric.name.zh, metric.unit), set()).add(code)
    return any(len(codes) > 1 for codes in found.values())


@dataclass(frozen=True, eq=False)
class Index:
    """The columns of `table`, one row a case in the order of the dataset (`SCHEMA`). A mask has an element a case or a figure."""

    table: pa.Table
    tables: Tables

    @classmethod
    def of(cls, cases: Iterable[Case], tables: Tables) -> Index:
        return cls(pa.Table.from_pylist([entry(case, tables) for case in cases], schema=SCHEMA), tables)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        return tuple(self.table["id"].to_pylist())

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """Which case an id is."""
        return {name: at for at, name in enumerate(self.ids)}

    @cached_property
    def titles(self) -> Mapping[str, Sequence[str]]:
        return {lang: self.table[f"title_{lang}"].to_pylist() for lang in ("zh", "en")}

    @cached_property
    def measured(self) -> Mask:
        """The cases with a measure that several units of the map have."""
        return self.table["measured"].to_numpy()

    @cached_property
    def conflicts(self) -> np.ndarray:
        """How many contradictions of the source each case declares."""
        return self.table["conflicts"].to_numpy()

    @cached_property
    def starts(self) -> np.ndarray:
        """The position of the first figure of each case; last, how many figures there are."""
        return np.concatenate([[0], np.cumsum(pc.binary_length(self.table["grade"]).to_numpy())]).astype(np.int64)

    @cached_property
    def case(self) -> np.ndarray:
        """Which case a figure belongs to."""
        return np.repeat(np.arange(len(self.ids), dtype=np.int32), np.diff(self.starts))

    def figure(self, name: str) -> np.ndarray:
        """A column of FIGURE."""
        return self._figures[name]

    @cached_property
    def _figures(self) -> Mapping[str, np.ndarray]:
        return {name: np.frombuffer(b"".join(self.table[name].to_pylist()), kind) for name, kind in FIGURE.items()}

    def set(self, name: str) -> np.ndarray:
        """A set of SETS: a row a case, a column an entry of its table."""
        return self._sets[name]

    @cached_property
    def _sets(self) -> Mapping[str, np.ndarray]:
        return {name: self._unpacked(name, len(self.tables[table])) for name, table in SETS.items()}

    def _unpacked(self, name: str, width: int) -> np.ndarray:
        packed = np.frombuffer(b"".join(self.table[name].to_pylist()), np.uint8).reshape(len(self.ids), -1)
        return np.unpackbits(packed, axis=1)[:, :width].astype(bool)

    def place_of(self, code: str) -> Mask:
        """Which places lie in a unit of the map; `410000` is the province as a whole."""
        places = self.tables["places"]
        return np.array(
            [(places[place.prefecture].code if place.prefecture else place.code) == code for place in places.values()],
            bool,
        )

    def at(self, codes: Collection[str]) -> tuple[Mask, Mask]:
        """The cases that are in one of these units or have a figure there, and the figures that are there."""
        there = np.logical_or.reduce([self.place_of(code) for code in codes])
        return self.set("homes")[:, there].any(axis=1), there[self.figure("place")]

    def within(self, name: str, values: Collection[str]) -> Mask:
        """The figures whose grade or role is one of these."""
        known = {"grade": GRADES, "role": ROLES}[name]
        return np.array([value in values for value in known], bool)[self.figure(name)]

    def holding(self, words: Iterable[str]) -> tuple[Mask, Mask]:
        """The cases and the figures whose own text holds every one of these folded words."""
        in_case, in_figure = zip(*(self._found(word) for word in words), strict=True)
        return np.logical_and.reduce(in_case), np.logical_and.reduce(in_figure)

    @cached_property
    def _remembered(self) -> dict[str, tuple[Mask, Mask]]:
        return {}

    def _found(self, word: str) -> tuple[Mask, Mask]:
        found = self._remembered.get(word)
        if found is None:
            found = self._find(word)
            if len(self._remembered) >= SEARCHES:
                self._remembered.clear()
            self._remembered[word] = found
        return found

    def _find(self, word: str) -> tuple[Mask, Mask]:
        places, units = (self.tables[name].values() for name in ("places", "units"))
        around = [self.tables["places"][place.prefecture] if place.prefecture else place for place in places]
        in_place = np.array(
            [word in folded(_both(place.name, unit.name)) for place, unit in zip(places, around, strict=True)], bool
        )
        in_unit = np.array([word in folded(_both(unit.name)) for unit in units], bool)
        in_case, in_figure = (np.array([word in text for text in texts], bool) for texts in self._texts)
        return in_case, in_figure | in_place[self.figure("place")] | in_unit[self.figure("unit")]

    @cached_property
    def _texts(self) -> tuple[Sequence[str], Sequence[str]]:
        """What is searched of the cases and of the figures. Python finds a word in these three times as fast as Arrow does."""
        return self.table["words"].to_pylist(), pc.list_flatten(self.table["figure_words"]).to_pylist()

    def prepare(self) -> None:
        """Makes everything that is otherwise made when it is first asked for."""
        _ = self.numbers, self.titles, self.measured, self.conflicts, self.case, self._figures, self._sets, self._texts
