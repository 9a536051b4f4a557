"""A case, or what filters keep, on two pages: what was done, what came of it, what is doubtful, and the source.

Paper and Word say the same: the templates brief.html and brief.docx are filled with a Brief.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from data.model.gaps import QUIET_FLAGS
from data.model.grades import GRADES
from data.model.schema import Case, CaveatKind, Conflict, Lang
from data.query.dataset import Dataset
from data.query.filters import Filters, Selection, select_in_case
from data.query.findings import RESULTS
from data.query.table import LIST_SEPARATOR
from data.wording.citation import cite_cases, write_reading
from data.wording.conflicts import find_conflicts
from data.wording.counts import name_metrics
from data.wording.filters import describe_filters
from data.wording.findings import Finding, describe_finding, explain_absence
from data.wording.labels import CAVEAT_WORDS, FLAG_MEANINGS, FLAG_WORDS, GRADE_MEANINGS, GRADE_WORDS, t, upper_first
from data.wording.openings import describe_case, name_number, number_title, open_overview, warn
from data.wording.remarks import EXPLAINED_BY
from data.wording.rows import MetricRow, Rows, describe_omitted

MAX_FIGURES, MAX_DOUBTS = 6, 4
"""Maximum number of figures, and of doubts beside contradictions, of a case."""
MAX_CASES, MAX_FIGURES_OF_CASES, MAX_SUMMARIES = 10, 18, 3
"""Maximum number of cases, of figures of all of them together, each having one at least, and of cases of which more is
told than their figures.
"""
_CAVEATS: tuple[CaveatKind, ...] = ("unequal_periods", "scope_differs", "self_reported")
"""Caveats that are told in the curator's words, after all others."""


Depth = Literal["story", "summary", "figures"]


@dataclass(frozen=True, slots=True)
class Doubt:
    """One reason for care, and the names of the figures it concerns; without names it concerns the whole case."""

    text: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseBrief:
    """What a brief says of one case.

    `note` stands in place of figures, or tells how many more there are. `contradictions` are those of the source,
    `doubts` other reasons for care, the weightiest first; both name the figures that they concern.
    """

    case: Case
    title: str
    findings: tuple[Finding, ...]
    note: str
    contradictions: tuple[str, ...]
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Brief:
    """What stands on two pages, in one language.

    `depth` is how much is told of its cases: of one the whole story, of a few a summary each, of many their figures
    alone. `scope` tells what is left out; empty if nothing is. `key` explains the grades and flags of its figures, a
    sentence each; `caution` says who chose the cases, where the lede does not, and `cited` names the documents.
    """

    kicker: str
    title: str
    lede: str
    scope: str
    cases: tuple[CaseBrief, ...]
    depth: Depth
    key: tuple[str, ...]
    caution: str
    cited: str
    lang: Lang


def brief_case(dataset: Dataset, filters: Filters, case: Case, lang: Lang) -> Brief:
    """Return the brief of a case with the metrics that a filter by city keeps of it."""
    rows = Rows(dataset, lang, select_in_case(dataset, filters, case))
    described = _describe_case(case, rows, MAX_FIGURES, lang)
    return Brief(
        kicker=" · ".join([name_number(case, lang), *describe_case(dataset, case, lang)]),
        title=case.title[lang],
        lede=case.summary[lang],
        scope=describe_omitted(dataset, filters, case, lang),
        cases=(described,),
        depth="story",
        key=tuple(explain_marks((finding.row for finding in described.findings), lang)),
        caution=warn([dataset.source_of(case)], lang),
        cited=cite_cases(dataset.documents_of([case]), lang),
        lang=lang,
    )


def brief_selection(selection: Selection, filters: Filters, lang: Lang) -> Brief:
    """Return the brief of what filters keep: its cases, of each the metrics that tell most."""
    dataset, cases = selection.dataset, selection.cases[:MAX_CASES]
    opening, few = open_overview(selection, lang, filters), len(cases) <= MAX_SUMMARIES
    most = max(1, min(MAX_FIGURES, MAX_FIGURES_OF_CASES // max(1, len(cases))))
    rows = {
        case.id: [row for part in selection.split_case(case.id) for row in Rows(dataset, lang, part)] for case in cases
    }
    described = [_describe_case(case, rows[case.id], most, lang) for case in cases]
    if not few:
        described = [
            replace(each, contradictions=(), doubts=(), note="" if each.findings else each.note) for each in described
        ]
    return Brief(
        kicker=describe_filters(dataset, filters, lang),
        title=opening.title,
        lede=opening.lede,
        scope="" if few else _say_left_out(len(selection.cases) - len(cases), lang),
        cases=tuple(described),
        depth="summary" if few else "figures",
        key=tuple(explain_marks((finding.row for each in described for finding in each.findings), lang)),
        caution="",
        cited=cite_cases(dataset.documents_of(cases), lang),
        lang=lang,
    )


def _say_left_out(more: int, lang: Lang) -> str:
    """Say where the rest of many cases stands, and how many more cases there are."""
    rest = t(
        lang,
        "各案例的概要、疑点、矛盾之处和其他指标见其网页。",
        "Summaries, doubts, contradictions and the other figures are on the pages of the cases.",
    )
    others = t(lang, f"另有{more:,}个案例未列出。", f" {more:,} more case{'s are' if more > 1 else ' is'} left out.")
    return rest + (others if more else "")


def _describe_case(case: Case, rows: Sequence[MetricRow], most: int, lang: Lang) -> CaseBrief:
    chosen = choose_figures(rows)[:most] if case.headlines else []
    findings = tuple(describe_finding(row, lang) for row in chosen)
    names = {finding.row.metric_id: finding.row.name for finding in findings}
    conflicts = find_conflicts(case, {row.metric_id for row in rows})
    contradictions = [conflict for conflict in conflicts if conflict.kind == "contradiction"]
    others = [conflict for conflict in conflicts if conflict not in contradictions]
    more = name_metrics(len(rows) - len(findings), lang)
    notes = [
        "" if findings else explain_absence(case, lang),
        t(lang, f"案例网页另有{more}。", f"{more} more on the page of the case.") if len(rows) > len(findings) else "",
    ]
    return CaseBrief(
        case,
        number_title(case, lang),
        findings,
        t(lang, "", " ").join(filter(None, notes)),
        tuple(_say_doubt(Doubt(each.note[lang], _name_concerned(each, names)), names, lang) for each in contradictions),
        tuple(_say_doubt(doubt, names, lang) for doubt in _list_doubts(others, findings, names, lang))[:MAX_DOUBTS],
    )


def _say_doubt(doubt: Doubt, names: Mapping[str, str], lang: Lang) -> str:
    """Return a doubt with the names of the figures it concerns, or that it concerns all of them."""
    concerned = t(lang, "；", "; ").join(doubt.names)
    if len(doubt.names) == len(names) > 1:
        concerned = t(lang, f"以上{len(names)}项", f"all {len(names)} figures above")
    return doubt.text + (t(lang, f"（{concerned}）", f" ({concerned})") if concerned else "")


def choose_figures(rows: Sequence[MetricRow]) -> list[MetricRow]:
    """Return the metrics that tell most, the first ones most: headlines, then other results that state a change.

    Where there is none, as in a city that a case is not about, results come by their grade; without a result, all
    metrics.
    """
    results = [row for row in rows if row.role in RESULTS]
    others = [row for row in results if row.rule.has_change and not row.headline]
    headlines = sorted((row for row in rows if row.headline), key=lambda row: row.rank)
    others.sort(key=lambda row: (row.has_caveat("broad_aggregate"), GRADES.index(row.grade)))
    return [*headlines, *others] or sorted(results or rows, key=lambda row: GRADES.index(row.grade))


def explain_marks(rows: Iterable[MetricRow], lang: Lang) -> list[str]:
    """Return what the grades and flags mean that these metrics have, a sentence each."""
    rows, colon, stop = list(rows), t(lang, "：", ": "), t(lang, "。", ".")
    grades, flags = {row.grade for row in rows}, {flag for row in rows for flag in row.flag_ids}
    words = [(f"{grade} {GRADE_WORDS[grade][lang]}", GRADE_MEANINGS[grade]) for grade in GRADES if grade in grades]
    words += [(word[lang], FLAG_MEANINGS[flag]) for flag, word in FLAG_WORDS.items() if flag in flags - QUIET_FLAGS]
    return [f"{upper_first(word)}{colon}{meaning[lang]}{stop}" for word, meaning in words]


def _name_concerned(conflict: Conflict, names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(name for metric_id, name in names.items() if metric_id in conflict.metrics)


def _list_doubts(
    conflicts: Iterable[Conflict], findings: Sequence[Finding], names: Mapping[str, str], lang: Lang
) -> Iterator[Doubt]:
    """Yield the doubts about some metrics of a case.

    Other documents with another number come first, then totals that the reform is only a part of, then numbers of
    unclear meaning, then what is named or delimited in two ways, then other caveats. What flags mean is in the key.
    """
    for finding in findings:
        for reading in finding.row.differing:
            yield Doubt(write_reading(reading, lang), (finding.row.name,))
    yield from _caveat_doubts(findings, ("broad_aggregate",), lang)
    yield from _caveat_doubts(findings, EXPLAINED_BY["unclear"], lang, FLAG_WORDS["unclear"][lang])
    for conflict in conflicts:
        if concerned := _name_concerned(conflict, names):
            yield Doubt(conflict.note[lang], concerned)
    yield from _caveat_doubts(findings, _CAVEATS, lang)


def _caveat_doubts(
    findings: Sequence[Finding], kinds: Sequence[CaveatKind], lang: Lang, heading: str = ""
) -> Iterator[Doubt]:
    """Yield these kinds of caveats in the curator's words, each note once, after the word for its kind or `heading`."""
    names: dict[tuple[str, str], list[str]] = {}
    for row in (finding.row for finding in findings):
        for kind, note in zip((row.caveats or "").split(LIST_SEPARATOR), row.caveat_notes, strict=bool(row.caveats)):
            if kind in kinds:
                names.setdefault((kind, note), []).append(row.name)
    for (kind, note), concerned in names.items():
        word = heading or CAVEAT_WORDS[kind][lang]
        yield Doubt(f"{upper_first(word)}{t(lang, '：', ': ')}{note}", tuple(concerned))
