"""What cases report, in words: the metrics that tell most of each, and how many state a change at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from data.model.evidence import Direction
from data.model.grades import STATES, Grade
from data.model.schema import Case, Domain, Lang
from data.query.filters import Selection
from data.query.findings import RESULTS, ChangeCounts, GapCounts, find_findings
from data.wording.key_figures import join_ends
from data.wording.labels import MARK_MEANINGS, PERCENT_OR_POINTS, ROLE_WORDS, STATE_WORDS, t, upper_first
from data.wording.marks import find_marks
from data.wording.remarks import say_remark
from data.wording.rows import MetricRow, Rows
from data.wording.words import Mark


@dataclass(frozen=True, slots=True)
class Finding:
    """A metric as one line of the findings.

    `ends` are both ends, the only one stated, or none; `remark` says which value is missing or why there is no arrow;
    `change` is the change as a label; `arrow` tells whether it may be drawn on the axis of indices. `state` says how
    completely it is stated, `doubts` what decides how it may be read, each with its meaning, which may be empty, but
    for what the label says, that it may be points.
    """

    row: MetricRow
    ends: tuple[str, ...]
    remark: str
    change: str
    arrow: bool
    state: str
    doubts: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        """What it measures, in its short form if it has one."""
        return self.row.short or self.row.name

    @property
    def was(self) -> str:
        """Its earlier end, where both are stated, for the beginning of an arrow."""
        return self.ends[0] if len(self.ends) == 2 else ""

    @property
    def label(self) -> str:
        """What stands at the head of an arrow: the later end, where both are stated, and the change."""
        between = " · " if self.row.dimension == "rank" else " "
        return between.join(filter(None, (self.ends[1], self.change))) if self.was else self.change or self.value

    @property
    def value(self) -> str:
        """Its ends and its change in one text: `22nd → 16th · up 6 places`."""
        ends = join_ends(self.row) if self.was else "".join(self.ends)
        return " · ".join(filter(None, (ends, self.change)))


@dataclass(frozen=True, slots=True)
class CaseFindings:
    """A case with its first findings and those that a reader opens; `note` stands in place of findings.

    The first findings are changes, a line each, or other metrics in one line, which `lead` begins.
    """

    case_id: str
    number: int
    title: str
    places: str
    first: tuple[Finding, ...]
    more: tuple[Finding, ...]
    note: str

    @property
    def lead(self) -> str:
        """What the first findings are where they are no changes: `Present value only`; otherwise empty."""
        return "" if not self.first or self.first[0].row.rule.has_change else upper_first(self.first[0].state)

    @property
    def lines(self) -> int:
        """The number of lines that are shown at once."""
        return 1 if self.note or self.lead else len(self.first)

    def say_in_a_line(self, lang: Lang) -> str:
        """Return what stands in place of changes, in words; empty where there is one."""
        if not self.lead:
            return self.note
        told = (f"{finding.name} {finding.value}{join_doubts(finding, ' ⚠ ')}" for finding in self.first)
        return f"{self.lead}{t(lang, '：', ': ')}{t(lang, '；', '; ').join(told)}"


def join_doubts(finding: Finding, sign: str) -> str:
    """Return the words of the doubts about a metric behind a sign; empty without any."""
    return sign + " · ".join(word for word, _ in finding.doubts) if finding.doubts else ""


def find_shown_marks(cases: Iterable[CaseFindings], folded: bool = False) -> list[Mark]:
    """Return the marks that the findings of these cases have which are shown at once, or with those that are folded."""
    rows: list[MetricRow] = []
    for case in cases:
        found = (*(() if case.lead else case.first), *(case.more if folded else ()))
        rows += [finding.row for finding in found]
    return find_marks(rows)


def say_undated(cases: Iterable[CaseFindings], lang: Lang) -> str:
    """Say how many of the changes that are shown at once have no date; empty if all have one."""
    rows = [finding.row for case in cases for finding in case.first if not case.lead]
    undated, shown = sum("undated" in row.flag_ids and not row.since for row in rows), len(rows)
    if not undated:
        return ""
    if shown == 1:
        return t(lang, "没有写明时间。", "No date is given.")
    if undated == shown:
        return t(lang, f"先列出的{shown:,}项变化都没有写明时间。", "None of the changes listed first is dated.")
    return t(
        lang,
        f"先列出的{shown:,}项变化中，{undated:,}项没有写明时间。",
        f"No date is given for {undated:,} of the {shown:,} changes listed first.",
    )


def list_findings(selection: Selection, shown: range, lang: Lang) -> tuple[CaseFindings, ...]:
    """Return the findings of the cases at these places of the selection."""
    return tuple(_describe_case(selection, case, lang) for case in selection.cases[shown.start : shown.stop])


def _describe_case(selection: Selection, case: Case, lang: Lang) -> CaseFindings:
    dataset = selection.dataset
    shown, others = (Rows(dataset, lang, positions) for positions in find_findings(selection, case))
    found = [describe_finding(row, lang, dated=row.rule.has_change) for row in shown]
    alike = [finding for finding in found if finding.row.rule.has_change or finding.state == found[0].state]
    first = tuple(alike)
    more = (*(finding for finding in found if finding not in alike), *(describe_finding(row, lang) for row in others))
    places = [dataset.places[name] for name in case.places]
    outer = [place for place in places if place.prefecture == place.id or place.prefecture not in case.places]
    names = t(lang, "、", ", ").join(place.name[lang] for place in outer)
    note = "" if first else explain_absence(case, lang)
    return CaseFindings(case.id, case.number, (case.short or case.title)[lang], names, first, more, note)


def explain_absence(case: Case, lang: Lang) -> str:
    """Say why a case has no finding: the curator's own sentence, or that the filters leave none of its metrics."""
    if case.headlines:
        return t(lang, "案例符合条件，但没有符合条件的指标。", "The case matches; none of its figures does.")
    if case.no_headline:
        return case.no_headline[lang]
    return t(lang, "材料没有给出可测量的成效。", "The source states no measured outcome.")


def describe_finding(row: MetricRow, lang: Lang, dated: bool = False) -> Finding:
    """Return a metric as one line; `dated` leaves out that it has no date, as where that is said for all rows."""
    ends = tuple(filter(None, (row.before_label, row.after_label)))
    arrow = row.rule.has_index and row.index is not None
    change = row.change_label
    if row.doubtful and change:
        change += t(lang, "，或百分点？", " or points?")
    doubts = tuple(
        doubt for doubt in row.word_doubts(decisive=True, dated=dated) if doubt[0] != PERCENT_OR_POINTS[lang]
    )
    return Finding(row, ends, say_remark(row, lang), change, arrow, _say_state(row, lang), doubts)


def _say_state(row: MetricRow, lang: Lang) -> str:
    """Say how completely a metric is stated, and in which direction a change points that is no improvement."""
    state = STATE_WORDS[row.grade][lang]
    if not row.rule.has_change or row.direction == "improved":
        return state
    return f"{state} · {row.direction_word or MARK_MEANINGS['unjudged'][lang]}"


def describe_changes(counts: ChangeCounts, lang: Lang) -> str:
    """Say how many results state a change in numbers, in which direction these point, and how many tell it in words."""
    total, changed, words = counts.total, counts.changed, counts.in_words
    if not total:
        return t(lang, "其中没有成效或产出。", "None of these figures is an outcome or output.")
    results = t(lang, f"{total:,}项成效与产出", f"{total:,} outcomes and outputs")
    told = t(lang, f"{words:,}项以文字说到变化", f"{words:,} tell{'s' * (words == 1)} of a change in words")
    if not changed:
        none = t(lang, f"{results}都没有以数字写明变化", f"None of {results} states a change in numbers")
        if total == 1:
            none = t(lang, "1项成效与产出没有以数字写明变化", "The one outcome or output states no change in numbers")
        return none + (t(lang, f"，{told}。", f"; {told}.") if words else t(lang, "。", "."))
    directions = t(lang, "，", ", ").join(_count_directions(counts, lang))
    stated = t(
        lang,
        f"{results}中，{changed:,}项以数字写明变化：{directions}",
        f"{changed:,} of {results} state{'s' * (changed == 1)} a change in numbers: {directions}",
    )
    return stated + (t(lang, f"；另有{told}。", f"; {told}.") if words else t(lang, "。", "."))


def describe_kinds(counts: ChangeCounts, lang: Lang) -> str:
    """Say what the counted changes are where a reader may take them for more; empty where there is nothing to say."""
    kinds = (
        (counts.prescribed, "是规定的限额", "a limit that was set", "limits that were set"),
        (counts.aggregate, "是全市总量", "a citywide total", "citywide totals"),
        (counts.partial, "只涉及当地的一部分（如一家企业）", "about part of a place, such as one firm"),
        (counts.repeated, "可能与别的数重复", "possibly told twice"),
    )
    said = [(count, zh, en[0] if count == 1 else en[-1]) for count, zh, *en in kinds if count]
    if not said:
        return ""
    if counts.changed == 1:
        return t(lang, f"这项{'，'.join(zh for _, zh, _ in said)}。", f"It is {', '.join(en for *_, en in said)}.")
    whole = counts.changed
    zh = "，".join(f"{'都' if count == whole else f'{count:,}项'}{words}" for count, words, _ in said)
    verbs = {1: "1 is", whole: "all are"}
    en = ", ".join(f"{verbs.get(count, f'{count:,} are')} {words}" for count, _, words in said)
    return t(lang, f"这{whole:,}项中，{zh}。", f"Of the {whole:,}, {en}.")


def _count_directions(counts: ChangeCounts, lang: Lang) -> Iterable[str]:
    """Return the number of each direction; a worsening is counted also where there is none."""
    found = counts.directions
    words: Mapping[Direction | None, tuple[str, str]] = {
        "improved": (f"{found['improved']:,}项改善", f"{found['improved']:,} improved"),
        "worsened": (
            f"{found['worsened']:,}项变差" if found["worsened"] else "没有一项变差",
            f"{found['worsened']:,} worsened" if found["worsened"] else "none worsened",
        ),
        "unchanged": (f"{found['unchanged']:,}项持平", f"{found['unchanged']:,} unchanged"),
        "unclear": (f"{found['unclear']:,}项方向不明", f"{found['unclear']:,} with an unclear direction"),
        None: (f"{found[None]:,}项未作好坏判断", f"{found[None]:,} not judged"),
    }
    for direction, pair in words.items():
        if found[direction] or direction == "worsened":
            yield t(lang, *pair)


def name_counted(counts: GapCounts, lang: Lang) -> str:
    """Return the metrics that a matrix counts, in words: results, or the kinds that a filter names."""
    if counts.filters.role == RESULTS:
        return t(lang, f"{counts.total:,}项成效与产出", f"{counts.total:,} outcomes and outputs")
    kinds = t(lang, "、", ", ").join(ROLE_WORDS[role][lang] for role in counts.filters.role)
    return t(lang, f"{counts.total:,}项指标（{kinds}）", f"{counts.total:,} figures ({kinds})")


@dataclass(frozen=True, slots=True)
class GapCell:
    """How many results of a domain are stated so completely: these grades, in these words."""

    grades: tuple[Grade, ...]
    words: str
    count: int


@dataclass(frozen=True, slots=True)
class GapRow:
    """The counts of a domain, which is empty for all of them together; `label` has its number where it is all."""

    domain: str
    label: str
    cells: tuple[GapCell, ...]


def list_gaps(counts: GapCounts, domains: Mapping[str, Domain], lang: Lang) -> list[GapRow]:
    """Return the rows of the matrix of these counts: all results, then each domain."""
    total = t(lang, f"合计{counts.total:,}项", f"All {counts.total:,}")
    rows = {"": counts.grades, **counts.domains}
    return [
        GapRow(
            domain,
            domains[domain].name[lang] if domain else total,
            tuple(
                GapCell(state, STATE_WORDS[state[0]][lang], sum(found[grade] for grade in state)) for state in STATES
            ),
        )
        for domain, found in rows.items()
    ]
