"""The metrics as rows with the words of one language."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import get_args, overload

from data.model.evidence import DerivedEnd, Direction, Evidence, Origin
from data.model.gaps import MINOR_FLAGS, QUIET_FLAGS, Flag, flags_of, missing_ends
from data.model.grades import GRADE_RULES, Grade, GradeRule
from data.model.schema import (
    Bound,
    Case,
    CaveatKind,
    ChangeKind,
    Dimension,
    Elsewhere,
    Lang,
    Metric,
    Relation,
    Role,
    Status,
    Text,
    Unit,
)
from data.query.dataset import Dataset, Positions
from data.query.filters import Filters, select_in_case
from data.query.findings import rank_headline
from data.query.geography import name_area
from data.query.table import COLUMNS, LIST_SEPARATOR, NUMBERS, row
from data.wording.formatting import format_date, format_end
from data.wording.labels import (
    CAVEAT_WORDS,
    DIRECTION_WORDS,
    FLAG_MEANINGS,
    FLAG_WORDS,
    GRADE_WORDS,
    MISSING_WORDS,
    PERCENT_OR_POINTS,
    PLAN_WORDS,
    RELATION_WORDS,
    ROLE_WORDS,
    t,
)
from data.wording.sentences import (
    format_ends,
    format_periods,
    format_short_change,
    format_since,
    full_name,
    translate_formula,
    write_finding,
    write_missing,
)

ROW_CACHE_SIZE = 4096
"""Maximum number of rows of one language kept in memory (about 4 kB each)."""


@dataclass(frozen=True, slots=True)
class ReadingElsewhere:
    """What another public document says of a metric, in the words of one language; `phrase` stays Chinese."""

    publisher: str
    date: str
    address: str
    phrase: str
    phrase_en: str
    relation: Relation
    relation_word: str
    note: str


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One metric: what screens need of the metrics table, then the words of one language.

    Numbers are in the printed unit; None is what the source does not state. `name` includes the subject or the place,
    `…_label` texts include units and bounds, `counted_in` is the unit of the numbers in `formula_label`, `doubtful`
    marks a "%" that may mean percentage points, and `needed` says which values would make it grade A. `flag_words` are
    without those of QUIET_FLAGS, `doubt` is the curator's decisive one and `short` a shorter name, empty without any.
    """

    case_id: str
    case_number: int
    place_id: str
    prefecture_code: str | None
    metric_id: str
    role: Role
    status: Status
    headline: int | None
    unit_id: str
    before_value: float | None
    before_low: float | None
    before_high: float | None
    before_unit_id: str | None
    before_bound: Bound | None
    before_origin: Origin
    after_value: float | None
    after_low: float | None
    after_high: float | None
    after_unit_id: str | None
    after_bound: Bound | None
    after_origin: Origin
    change_value: float | None
    change_low: float | None
    change_high: float | None
    change_kind: ChangeKind | None
    change_bound: Bound | None
    change_origin: Origin
    index: float | None
    index_bound: Bound | None
    direction: Direction | None
    grade: Grade
    caveats: str | None
    conflict_ids: str | None
    section: str
    phrases: str
    flags: str | None
    missing: str | None
    phrases_en: str
    section_en: str
    case_title: str
    place: str
    name: str
    unit: str
    counted_in: str
    dimension: Dimension
    before_label: str
    after_label: str
    change_label: str
    finding: str
    periods: str
    since: str
    grade_word: str
    direction_word: str
    role_word: str
    caveat_words: tuple[str, ...]
    caveat_notes: tuple[str, ...]
    formula_label: str
    doubtful: bool
    yardstick: str
    flag_words: tuple[str, ...]
    flag_meanings: tuple[str, ...]
    doubt: str
    short: str
    needed: str
    elsewhere: tuple[ReadingElsewhere, ...]

    @property
    def flag_ids(self) -> tuple[Flag, ...]:
        """The ids of its flags, in the order of FLAGS."""
        return tuple(self.flags.split(LIST_SEPARATOR)) if self.flags else ()  # type: ignore[arg-type]

    @property
    def rank(self) -> int:
        """Its place among the metrics of a case: headlines first, those that state a change before the others."""
        return rank_headline(self.headline or 0, self.rule.has_change)

    def word_doubts(self, decisive: bool = False, dated: bool = False) -> list[tuple[str, str]]:
        """Return the curator's decisive doubt, if there is one, and the flags in words, each with its meaning.

        With `decisive` the doubt stands for MINOR_FLAGS too, as where there is little room; with `dated` its periods
        stand beside it, so that "undated" need not be said where they say it.
        """
        omitted = set(MINOR_FLAGS if decisive and self.doubt else ())
        if dated and any(word in self.periods for missing in _NO_DATE for word in (missing.zh, missing.en)):
            omitted.add("undated")
        flags = [flag for flag in self.flag_ids if flag not in QUIET_FLAGS]
        words = zip(flags, self.flag_words, self.flag_meanings, strict=True)
        kept = [(word, meaning) for flag, word, meaning in words if flag not in omitted]
        return [(self.doubt, ""), *kept] if self.doubt else kept

    @property
    def doubt_words(self) -> tuple[str, ...]:
        """The words of all its doubts."""
        return tuple(word for word, _ in self.word_doubts())

    @property
    def tells_change(self) -> bool:
        """Whether it tells of a change, or that there was none, in words alone."""
        compared = self.change_kind is not None or bool(self.before_label and self.after_label)
        return self.rule.drawing == "words" and compared

    @property
    def differing(self) -> tuple[ReadingElsewhere, ...]:
        """What other documents say with another number."""
        return tuple(reading for reading in self.elsewhere if reading.relation == "differs")

    def has_caveat(self, kind: CaveatKind) -> bool:
        """Whether it has a caveat of this kind."""
        return self.caveats is not None and kind in self.caveats.split(LIST_SEPARATOR)

    @property
    def before_span(self) -> tuple[float, float] | None:
        """The lowest and the highest number the earlier end may be; None where it has no number."""
        return _span(self.before_value, self.before_low, self.before_high)

    @property
    def after_span(self) -> tuple[float, float] | None:
        """The lowest and the highest number the later end may be; None where it has no number."""
        return _span(self.after_value, self.after_low, self.after_high)

    @property
    def rule(self) -> GradeRule:
        """What its grade means and allows."""
        return GRADE_RULES[self.grade]


def _span(value: float | None, low: float | None, high: float | None) -> tuple[float, float] | None:
    if value is not None:
        return value, value
    return None if low is None or high is None else (low, high)


_NO_DATE = [MISSING_WORDS[name] for name in ("value", "date", "dates")]
"""What periods say that the source does not state."""
_CELLS = [field.name for field in fields(MetricRow) if field.name in COLUMNS]


class Rows(Sequence[MetricRow]):
    """The rows of the metrics at some positions of a dataset, or of all, in one language.

    Each is made when it is first read, and shared by all readers.
    """

    def __init__(self, dataset: Dataset, lang: Lang, positions: Positions | None = None) -> None:
        self.dataset, self.lang = dataset, lang
        self.positions = range(len(dataset.metrics)) if positions is None else positions
        self._row = _row_maker(dataset, lang)

    def __len__(self) -> int:
        return len(self.positions)

    @overload
    def __getitem__(self, at: int) -> MetricRow: ...
    @overload
    def __getitem__(self, at: slice) -> Rows: ...
    def __getitem__(self, at: int | slice) -> MetricRow | Rows:
        if isinstance(at, slice):
            return Rows(self.dataset, self.lang, self.positions[at])
        return self._row(int(self.positions[at]))

    def __iter__(self) -> Iterator[MetricRow]:
        return (self._row(int(position)) for position in self.positions)


def prepare(dataset: Dataset) -> None:
    """Make all rows of a dataset, or one if they exceed the cache, in both languages, so that no reader waits."""
    for lang in get_args(Lang):
        rows = Rows(dataset, lang)
        list(rows if len(rows) <= ROW_CACHE_SIZE else rows[:1])


@lru_cache(maxsize=2)
def _row_maker(dataset: Dataset, lang: Lang) -> Callable[[int], MetricRow]:
    @lru_cache(maxsize=ROW_CACHE_SIZE)
    def make(position: int) -> MetricRow:
        return _make_row(dataset, *dataset.metrics[position], lang)

    return make


def _make_row(dataset: Dataset, case: Case, metric: Metric, evidence: Evidence, lang: Lang) -> MetricRow:
    units = dataset.units
    columns = row(case, metric, evidence, dataset)
    cells = {name: columns[name] for name in _CELLS if columns.get(name) is not None}
    cells |= {name: float(cells[name]) for name in NUMBERS if name in cells}
    before, after = format_ends(metric, evidence, units, lang)
    flags = [flag for flag in flags_of(case, metric) if flag not in QUIET_FLAGS]
    place = dataset.places[metric.place].name
    where = None if metric.place in case.places else place
    return MetricRow(
        **{**dict.fromkeys(_CELLS), **cells},
        case_title=case.title[lang],
        place=place[lang],
        name=full_name(metric, lang, where),
        unit=units[metric.unit].name[lang],
        counted_in=units[metric.unit].printed_name[lang],
        dimension=units[metric.unit].dimension,
        before_label=before,
        after_label=_mark_plan(metric, after, lang),
        change_label=_mark_plan(metric, format_short_change(metric, evidence, units, lang), lang),
        finding=write_finding(metric, evidence, units, lang, where),
        periods=format_periods(metric, lang),
        since=format_since(metric.before, lang),
        grade_word=GRADE_WORDS[evidence.grade][lang],
        direction_word=DIRECTION_WORDS[evidence.direction][lang] if evidence.direction else "",
        role_word=ROLE_WORDS[metric.role][lang],
        caveat_words=tuple(CAVEAT_WORDS[caveat.kind][lang] for caveat in metric.caveats),
        caveat_notes=tuple(caveat.note[lang] for caveat in metric.caveats),
        formula_label=translate_formula(evidence.formula, lang),
        doubtful=metric.has_caveat("percent_or_points"),
        yardstick=_format_yardstick(metric, units, lang),
        flag_words=tuple(_word_flag(flag, metric)[lang] for flag in flags),
        flag_meanings=tuple(FLAG_MEANINGS[flag][lang] for flag in flags),
        doubt=metric.doubt[lang] if metric.doubt else "",
        short=metric.short[lang] if metric.short else "",
        needed=write_missing(missing_ends(metric, evidence), lang),
        elsewhere=tuple(_word_reading(reading, lang) for reading in metric.elsewhere),
    )


def _word_flag(flag: Flag, metric: Metric) -> Text:
    """The words of a flag, which name the doubt where it is that of per cent or points."""
    return PERCENT_OR_POINTS if flag == "unclear" and metric.has_caveat("percent_or_points") else FLAG_WORDS[flag]


def _word_reading(reading: Elsewhere, lang: Lang) -> ReadingElsewhere:
    return ReadingElsewhere(
        publisher=reading.publisher[lang],
        date=format_date(reading.date, lang),
        address=reading.address or "",
        phrase=reading.phrase.text,
        phrase_en=reading.phrase.en,
        relation=reading.relation,
        relation_word=RELATION_WORDS[reading.relation][lang],
        note=reading.note[lang] if reading.note else "",
    )


def _mark_plan(metric: Metric, text: str, lang: Lang) -> str:
    """Mark the value or change of a target or plan as such, for where it stands alone."""
    if metric.status == "observed" or not text:
        return text
    status = PLAN_WORDS[metric.status][lang]
    return t(lang, f"{text}（{status}）", f"{text} ({status.lower()})")


def _format_yardstick(metric: Metric, units: Mapping[str, Unit], lang: Lang) -> str:
    if metric.compared_with is None:
        return ""
    label, end = metric.compared_with.label[lang], metric.compared_with.end
    value = format_end(end, DerivedEnd(end.span, end.bound, "stated"), units[metric.unit_of(end)], lang)
    return f"{label}{t(lang, '：', ': ')}{value}"


def describe_omitted(dataset: Dataset, filters: Filters, case: Case, lang: Lang) -> str:
    """Say how many metrics of a case a city filter keeps and omits, in a sentence; empty if it omits none."""
    own = len(select_in_case(dataset, filters, case))
    elsewhere = len(case.metrics) - own
    if not elsewhere:
        return ""
    places = t(lang, "、", ", ").join(name_area(dataset, code)[lang] for code in filters.city)
    return t(
        lang,
        f"{places}：{own}项指标；同案例的其他{elsewhere}项未列出。",
        f"{places}: {own} figure{'s' if own != 1 else ''}; "
        f"the {elsewhere} figure{'s' if elsewhere != 1 else ''} of the same case elsewhere are left out.",
    )


def format_id(row: MetricRow) -> str:
    """Return a metric's id in links: `case id.metric id`."""
    return f"{row.case_id}.{row.metric_id}"
