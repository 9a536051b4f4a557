"""The answer of a case on one page: its key figures, and what is most doubtful about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from data.model.gaps import Flag
from data.model.grades import GRADES
from data.model.schema import Case, CaveatKind, Conflict, Lang
from data.query.findings import RESULTS
from data.query.table import LIST_SEPARATOR
from data.wording.citation import write_reading
from data.wording.findings import Finding, describe_finding, explain_absence
from data.wording.key_figures import MAX_KEY_FIGURES, choose_key_figures
from data.wording.labels import CAVEAT_WORDS, FLAG_MEANINGS, FLAG_WORDS, t, upper_first
from data.wording.remarks import EXPLAINED_BY
from data.wording.rows import MetricRow

MAX_DOUBTS = 3
_FLAGS: tuple[Flag, ...] = ("prescribed", "mixed_units", "partial", "undated")
"""Flags that are doubts of their own; conflicts and an unclear meaning are told by the curator's notes."""
_CAVEATS: tuple[CaveatKind, ...] = ("unequal_periods", "scope_differs", "self_reported")
"""Caveats that are told in the curator's words, after the flags."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """One reason for care, and the names of the key figures it concerns; without names it concerns the whole case."""

    text: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Brief:
    """The key figures of a case and all doubts about them, the weightiest first; `note` stands in place of figures."""

    findings: tuple[Finding, ...]
    note: str
    doubts: tuple[Doubt, ...]


def summarize(case: Case, rows: Sequence[MetricRow], lang: Lang) -> Brief:
    """Return the brief of a case with these of its metrics: the key figures, or the results if none is a headline."""
    chosen = [figure.row for figure in choose_key_figures(rows, lang)]
    if case.headlines and not chosen:
        chosen = sorted((row for row in rows if row.role in RESULTS), key=lambda row: GRADES.index(row.grade))
    findings = tuple(describe_finding(row, lang) for row in chosen[:MAX_KEY_FIGURES])
    return Brief(findings, "" if findings else explain_absence(case, lang), tuple(_list_doubts(case, findings, lang)))


def _list_doubts(case: Case, findings: Sequence[Finding], lang: Lang) -> Iterator[Doubt]:
    """Yield the doubts about some metrics of a case.

    Contradictions within the source come first, then other documents with another number, then totals that the reform
    is only a part of, then numbers of unclear meaning, then what is named or delimited in two ways, then what concerns
    most of the metrics, then the missing ends, which the table of the metrics says as well, then contradictions about
    no metric in particular.
    """
    names = {finding.row.metric_id: finding.row.name for finding in findings}
    contradictions = [conflict for conflict in case.conflicts if conflict.kind == "contradiction"]
    yield from _concerning(contradictions, names, lang)
    for finding in findings:
        for reading in finding.row.differing:
            yield Doubt(write_reading(reading, lang), (finding.row.name,))
    yield from _caveat_doubts(findings, ("broad_aggregate",), lang)
    yield from _caveat_doubts(findings, EXPLAINED_BY["unclear"], lang, FLAG_WORDS["unclear"][lang])
    yield from _concerning((each for each in case.conflicts if each not in contradictions), names, lang)
    for doubts in (_shared_doubts(findings, lang), _missing_ends(findings)):
        yield from sorted(doubts, key=lambda doubt: -len(doubt.names))
    yield from (Doubt(conflict.note[lang]) for conflict in contradictions if not conflict.metrics)


def _concerning(conflicts: Iterable[Conflict], names: dict[str, str], lang: Lang) -> Iterator[Doubt]:
    """Yield the conflicts that are about some of the metrics."""
    for conflict in conflicts:
        if concerned := tuple(name for metric_id, name in names.items() if metric_id in conflict.metrics):
            yield Doubt(conflict.note[lang], concerned)


def _missing_ends(findings: Sequence[Finding]) -> Iterator[Doubt]:
    """Yield which ends are not stated, each with the metrics that lack it."""
    missing = [finding for finding in findings if len(finding.ends) < 2 and finding.remark]
    for remark in dict.fromkeys(finding.remark for finding in missing):
        yield Doubt(upper_first(remark), tuple(finding.row.name for finding in missing if finding.remark == remark))


def _shared_doubts(findings: Sequence[Finding], lang: Lang) -> Iterator[Doubt]:
    """Yield each kind of doubt with its metrics: a flag, one of _CAVEATS."""
    colon = t(lang, "：", ": ")
    for flag in _FLAGS:
        word, meaning = FLAG_WORDS[flag][lang], FLAG_MEANINGS[flag][lang]
        if names := tuple(finding.row.name for finding in findings if word in finding.row.flag_words):
            yield Doubt(f"{upper_first(word)}{colon}{meaning}", names)
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
