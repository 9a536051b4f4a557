"""What cases report, in words: the metrics that tell most of each, and how many state a change at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from data.model.evidence import Direction
from data.model.schema import Case, Lang
from data.query.filters import Selection
from data.query.findings import RESULTS, ChangeCounts, GapCounts, find_findings
from data.wording.labels import ROLE_WORDS, t
from data.wording.marks import explain_mark, explain_marks
from data.wording.remarks import say_remark
from data.wording.rows import MetricRow, Rows


@dataclass(frozen=True, slots=True)
class Finding:
    """A metric as one line of the findings.

    `ends` are both ends, the only one stated, or none; `remark` says which value is missing or why there is no arrow;
    `change` is the change as a label; `arrow` tells whether it may be drawn on the axis of indices.
    """

    row: MetricRow
    ends: tuple[str, ...]
    remark: str
    change: str
    arrow: bool


@dataclass(frozen=True, slots=True)
class CaseFindings:
    """A case with its first findings and those that a reader opens; `note` stands in place of findings."""

    case_id: str
    number: int
    title: str
    places: str
    first: tuple[Finding, ...]
    more: tuple[Finding, ...]
    note: str


def explain_table(cases: Iterable[CaseFindings], lang: Lang) -> list[str]:
    """Explain the marks that the arrows of these cases have."""
    return describe_marks((finding for case in cases for finding in (*case.first, *case.more)), lang)


def list_findings(selection: Selection, shown: range, lang: Lang) -> tuple[CaseFindings, ...]:
    """Return the findings of the cases at these places of the selection."""
    return tuple(_describe_case(selection, case, lang) for case in selection.cases[shown.start : shown.stop])


def _describe_case(selection: Selection, case: Case, lang: Lang) -> CaseFindings:
    dataset = selection.dataset
    first, more = (
        tuple(describe_finding(row, lang) for row in Rows(dataset, lang, positions))
        for positions in find_findings(selection, case)
    )
    places = t(lang, "、", ", ").join(dataset.places[place].name[lang] for place in case.places)
    note = "" if first else explain_absence(case, lang)
    return CaseFindings(case.id, case.number, (case.short or case.title)[lang], places, first, more, note)


def explain_absence(case: Case, lang: Lang) -> str:
    """Say why a case has no finding: the curator's own sentence, or that the filters leave none of its metrics."""
    if case.headlines:
        return t(lang, "案例符合条件，但没有符合条件的指标。", "The case matches; none of its figures does.")
    if case.no_headline:
        return case.no_headline[lang]
    return t(lang, "材料没有给出可测量的成效。", "The source states no measured outcome.")


def describe_finding(row: MetricRow, lang: Lang) -> Finding:
    """Return a metric as one line: its ends, what is missing, its change, and whether it may be an arrow."""
    ends = tuple(filter(None, (row.before_label, row.after_label)))
    arrow = row.rule.has_index and row.index is not None
    return Finding(row, ends, say_remark(row, lang), row.change_label, arrow)


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
        (counts.prescribed, "项是规定的限额", "a limit that was set", "limits that were set"),
        (counts.aggregate, "项是全市总量", "a citywide total", "citywide totals"),
        (counts.partial, "项只涉及当地的一部分（如一家企业）", "about part of a place, such as one firm"),
        (counts.repeated, "项可能与别的数重复", "possibly told twice"),
    )
    said = [
        t(lang, f"{count:,}{zh}", f"{count:,} {'is' if count == 1 else 'are'} {en[0] if count == 1 else en[-1]}")
        for count, zh, *en in kinds
        if count
    ]
    zh, en = f"这{counts.changed:,}项中，", f"Of the {counts.changed:,}, "
    return t(lang, f"{zh}{'，'.join(said)}。", f"{en}{', '.join(said)}.") if said and counts.changed > 1 else ""


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


def describe_marks(findings: Iterable[Finding], lang: Lang) -> list[str]:
    """Explain the marks that the arrows of these findings have, and no others."""
    rows = [finding.row for finding in findings if finding.arrow]
    if not rows:
        return []
    lengths = t(lang, "不同改革的箭头长短不宜互比", "don’t rank reforms by arrow length")
    return [explain_mark("arrow", lang), *explain_marks(rows, lang), lengths]
