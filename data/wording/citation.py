"""Citations of a metric and of the document, the same on screens, in images, files and copied text."""

from __future__ import annotations

from collections.abc import Iterable

from data.model.schema import Lang, Source
from data.wording.formatting import format_date
from data.wording.labels import say
from data.wording.rows import MetricRow


def cite_document(source: Source) -> str:
    """Cite the document by GB/T 7714, without what is not known about it (an address, a retrieval date)."""
    return f"{source.issuer.zh}. {source.title.zh}[Z]. {source.date}."


def cite_cases(source: Source, numbers: Iterable[int], lang: Lang) -> str:
    """Cite the document and the numbers of the cases in a sentence."""
    cases = say(lang, "、", ", ").join(map(str, dict.fromkeys(numbers)))
    which = say(lang, f"，案例{cases}", f", case {cases}") if cases else ""
    return say(
        lang,
        f"来源：{source.issuer.zh}《{source.title.zh}》，{format_date(source.date, 'zh')}{which}。",
        f"Source: {source.issuer.en}, “{source.title.en}”, {format_date(source.date, 'en')}{which}.",
    )


def list_caveats(row: MetricRow, lang: Lang) -> list[str]:
    """Return the caveats of a metric, a line each."""
    return [
        f"{word}{say(lang, '：', ': ')}{note}" for word, note in zip(row.caveat_words, row.caveat_notes, strict=True)
    ]


def quote_metric(row: MetricRow, source: Source, lang: Lang, address: str) -> str:
    """Return a metric as text to paste elsewhere.

    Its lines: finding with place, periods and grade; the source's words; the formula of derived numbers; the caveats;
    the document; `address`.
    """
    phrases = " ".join(f"“{phrase}”" for phrase in row.phrases.split(" | "))
    stop = say(lang, "。", ".")
    lines = [
        say(
            lang,
            f"{row.place}：{row.finding}（{row.periods}；完整度 {row.grade} {row.grade_word}）。",
            f"{row.place}: {row.finding} ({row.periods}; completeness {row.grade}, {row.grade_word}).",
        ),
        say(lang, f"原文：{phrases}", f"Source words: {phrases}"),
        row.formula_label and say(lang, f"推算：{row.formula_label}{stop}", f"Derived: {row.formula_label}{stop}"),
        *list_caveats(row, lang),
        cite_cases(source, [row.case_number], lang),
        address,
    ]
    return "\n".join(line for line in lines if line)
