"""The metrics as rows with the words of one language."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import get_args, overload

from data.model.evidence import DerivedEnd, Direction, Evidence, Origin
from data.model.gaps import flags_of, missing_ends
from data.model.grades import GRADE_RULES, Grade, GradeRule
from data.model.schema import (
    Basis,
    Better,
    Bound,
    Case,
    ChangeKind,
    Dimension,
    Elsewhere,
    Lang,
    Metric,
    PeriodKind,
    Relation,
    Role,
    Status,
    Unit,
)  # fmt: skip
from data.query.columns import Positions
from data.query.dataset import Dataset
from data.query.filters import Filters, select_in_case
from data.query.geography import name_area
from data.query.table import COLUMNS, NUMBERS, row
from data.wording.formatting import format_date, format_end
from data.wording.labels import (
    CAVEAT_WORDS,
    DIRECTION_WORDS,
    FLAG_MEANINGS,
    FLAG_WORDS,
    GRADE_WORDS,
    PLAN_WORDS,
    RELATION_WORDS,
    ROLE_WORDS,
    say,
)
from data.wording.sentences import (
    format_ends,
    format_periods,
    format_short_change,
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
    """One metric: the values of the metrics table, then the words of one language.

    Numbers are in the printed unit; None is what the source does not state. `name` includes the subject or the place,
    `…_label` texts include units and bounds, `doubtful` marks a "%" that may mean percentage points, and `needed` says
    which values would make it grade A.
    """

    case_id: str
    case_number: int
    year: int
    case_title_zh: str
    case_title_en: str
    domains: str
    place_id: str
    place_zh: str
    place_en: str
    prefecture_code: str | None
    prefecture_zh: str | None
    prefecture_en: str | None
    metric_id: str
    metric_zh: str
    metric_en: str
    subject_zh: str | None
    subject_en: str | None
    role: Role
    status: Status
    better: Better
    headline: int | None
    unit_id: str
    unit_zh: str
    unit_en: str
    before_value: float | None
    before_low: float | None
    before_high: float | None
    before_text: str | None
    before_unit_id: str | None
    before_bound: Bound | None
    before_period: str | None
    before_period_kind: PeriodKind | None
    before_origin: Origin
    before_value_basis: Basis
    before_period_basis: Basis
    after_value: float | None
    after_low: float | None
    after_high: float | None
    after_text: str | None
    after_unit_id: str | None
    after_bound: Bound | None
    after_period: str | None
    after_period_kind: PeriodKind | None
    after_origin: Origin
    after_value_basis: Basis
    after_period_basis: Basis
    change_value: float | None
    change_low: float | None
    change_high: float | None
    change_text: str | None
    change_kind: ChangeKind | None
    change_bound: Bound | None
    change_origin: Origin
    index: float | None
    index_bound: Bound | None
    direction: Direction | None
    grade: Grade
    formula: str | None
    compared_with: str | None
    caveats: str | None
    caveat_notes_zh: str | None
    caveat_notes_en: str | None
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
    dimension: Dimension
    before_label: str
    after_label: str
    change_label: str
    finding: str
    periods: str
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
    needed: str
    elsewhere: tuple[ReadingElsewhere, ...]

    @property
    def rule(self) -> GradeRule:
        """What its grade means and allows."""
        return GRADE_RULES[self.grade]


class Rows(Sequence[MetricRow]):
    """The rows of the metrics at some positions of a dataset, each made when it is first read."""

    def __init__(self, dataset: Dataset, lang: Lang, positions: Positions) -> None:
        self.dataset, self.lang, self.positions = dataset, lang, positions
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


def worded_rows(dataset: Dataset, lang: Lang, positions: Positions | None = None) -> Rows:
    """Return the rows of the metrics at these positions, or of all; made rows are shared by all callers."""
    return Rows(dataset, lang, range(dataset.metric_count) if positions is None else positions)


def prepare(dataset: Dataset) -> None:
    """Makes the rows of a dataset that fits the cache, and one of a larger, in both languages: no reader waits for
    them.
    """
    for lang in get_args(Lang):
        rows = worded_rows(dataset, lang)
        list(rows if len(rows) <= ROW_CACHE_SIZE else rows[:1])


@lru_cache(maxsize=2)
def _row_maker(dataset: Dataset, lang: Lang) -> Callable[[int], MetricRow]:
    @lru_cache(maxsize=ROW_CACHE_SIZE)
    def make(position: int) -> MetricRow:
        return _make_row(dataset, *dataset.metric(position), dataset.evidence(position), lang)

    return make


def _make_row(dataset: Dataset, case: Case, metric: Metric, evidence: Evidence, lang: Lang) -> MetricRow:
    units = dataset.units
    cells = row(case, metric, evidence, dataset.tables)
    numbers = {name: float(cells[name]) for name in NUMBERS if cells.get(name) is not None}
    before, after = format_ends(metric, evidence, units, lang)
    flags = flags_of(case, metric)
    place = dataset.places[metric.place].name
    where = None if metric.place in case.places else place
    return MetricRow(
        **{**dict.fromkeys(COLUMNS), **cells, **numbers},
        case_title=case.title[lang],
        place=place[lang],
        name=full_name(metric, lang, where),
        unit=units[metric.unit].name[lang],
        dimension=units[metric.unit].dimension,
        before_label=before,
        after_label=_mark_plan(metric, after, lang),
        change_label=_mark_plan(metric, format_short_change(metric, evidence, units, lang), lang),
        finding=write_finding(metric, evidence, units, lang, where),
        periods=format_periods(metric, lang),
        grade_word=GRADE_WORDS[evidence.grade][lang],
        direction_word=DIRECTION_WORDS[evidence.direction][lang] if evidence.direction else "",
        role_word=ROLE_WORDS[metric.role][lang],
        caveat_words=tuple(CAVEAT_WORDS[caveat.kind][lang] for caveat in metric.caveats),
        caveat_notes=tuple(caveat.note[lang] for caveat in metric.caveats),
        formula_label=translate_formula(evidence.formula, lang),
        doubtful=metric.has_caveat("percent_or_points"),
        yardstick=_format_yardstick(metric, units, lang),
        flag_words=tuple(FLAG_WORDS[flag][lang] for flag in flags),
        flag_meanings=tuple(FLAG_MEANINGS[flag][lang] for flag in flags),
        needed=write_missing(missing_ends(metric, evidence), lang),
        elsewhere=tuple(_word_reading(reading, lang) for reading in metric.elsewhere),
    )


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
    return say(lang, f"{text}（{status}）", f"{text} ({status.lower()})")


def _format_yardstick(metric: Metric, units: Mapping[str, Unit], lang: Lang) -> str:
    if metric.compared_with is None:
        return ""
    label, end = metric.compared_with.label[lang], metric.compared_with.end
    value = format_end(end, DerivedEnd(end.span, end.bound, "stated"), units[metric.unit_of(end)], lang)
    return f"{label}{say(lang, '：', ': ')}{value}"


def left_out(dataset: Dataset, filters: Filters, case: Case, lang: Lang) -> str:
    """What a city filter leaves of a case and what it leaves out, as a sentence; empty where it leaves all of it."""
    own = len(select_in_case(dataset, filters, case))
    elsewhere = len(case.metrics) - own
    if not elsewhere:
        return ""
    places = say(lang, "、", ", ").join(name_area(dataset, code)[lang] for code in filters.city)
    return say(
        lang,
        f"{places}：{own} 项指标；同案例的其他 {elsewhere} 项未列出。",
        f"{places}: {own} figure{'s' if own != 1 else ''}; "
        f"the {elsewhere} figure{'s' if elsewhere != 1 else ''} of the same case elsewhere are left out.",
    )
