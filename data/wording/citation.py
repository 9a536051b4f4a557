"""Citations of a metric and of the document, the same on screens, in images, files and copied text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from data.model.schema import Document, Lang
from data.wording.formatting import format_date
from data.wording.labels import AUTHORS, DERIVED_WORDS, DIFFERS, ELSEWHERE, t
from data.wording.remarks import write_caveats
from data.wording.rows import MetricRow, ReadingElsewhere

MAX_DOCUMENTS = 3
"""Maximum number of documents named in a sentence; the others are counted."""


def cite_document(source: Document, lang: Lang = "zh") -> str:
    """Cite the document, in Chinese by GB/T 7714, without what is not known about it (an address, a retrieval date)."""
    issuer, title, section = source.issuer[lang], source.title[lang], source.published_in
    cited = t(lang, f"{issuer}. {title}[Z]. {source.date}.", f"{issuer}. {title}. {format_date(source.date, 'en')}.")
    return cited + (t(lang, f" 发布栏目：{section.zh}.", f" Published under: {section.en}.") if section else "")


def cite_cases(numbers: Mapping[Document, Iterable[int]], lang: Lang) -> str:
    """Cite documents, each with the numbers of its cases, in a sentence; of many only the first."""
    cited = [_cite_some(source, some, lang) for source, some in list(numbers.items())[:MAX_DOCUMENTS]]
    named = t(lang, "；", "; ").join([*cited, *_count_more(len(numbers), lang)])
    return t(lang, f"来源：{named}。", f"Source: {named}.")


def _cite_some(source: Document, numbers: Iterable[int], lang: Lang) -> str:
    named = list(dict.fromkeys(numbers))
    cases = t(lang, "、", ", ").join(map(str, named))
    which = t(lang, f"，案例{cases}", f", case{'s' if len(named) > 1 else ''} {cases}") if named else ""
    return t(
        lang,
        f"{source.issuer.zh}《{source.title.zh}》，{format_date(source.date, 'zh')}{which}",
        f"{source.issuer.en}, “{source.title.en}”, {format_date(source.date, 'en')}{which}",
    )


def name_documents(sources: Sequence[Document], lang: Lang) -> str:
    """Name documents with issuer and date for a line of text; of many only the first."""
    named = [
        t(lang, f"{issuer}《{title}》（{date}）", f"{issuer}, “{title}” ({date})")
        for source in sources[:MAX_DOCUMENTS]
        for issuer, title, date in [(source.issuer[lang], source.title[lang], format_date(source.date, lang))]
    ]
    return t(lang, "；", "; ").join([*named, *_count_more(len(sources), lang)])


def credit_documents(sources: Sequence[Document], lang: Lang) -> str:
    """Return the line below every page: where the figures come from, and whose the summaries are."""
    named = name_documents(sources, lang)
    return t(
        lang,
        f"资料来源：{named}。{AUTHORS.zh}",
        f"Source: {named}. {AUTHORS.en}",
    )


def _count_more(count: int, lang: Lang) -> list[str]:
    more = count - MAX_DOCUMENTS
    return [t(lang, f"另有{more}份文件", f"{more} more document{'s' if more > 1 else ''}")] if more > 0 else []


def list_caveats(row: MetricRow, lang: Lang) -> list[str]:
    """Return the caveats of a metric, a line each, and the readings in other documents that differ from it."""
    return [*write_caveats(row, lang), *(write_reading(reading, lang) for reading in row.differing)]


def write_reading(reading: ReadingElsewhere, lang: Lang) -> str:
    """Return what another document says of a metric in a line; in English with our translation of its words."""
    relation = t(lang, f"（{reading.relation_word}）", f" ({reading.relation_word})")
    label = DIFFERS[lang] if reading.relation == "differs" else f"{ELSEWHERE[lang]}{relation}"
    quote = f"“{reading.phrase}”" + t(lang, "", f" ({reading.phrase_en}, our translation)")
    about = t(lang, "，", ", ").join(filter(None, (reading.publisher, reading.date, reading.address)))
    return t(lang, f"{label}：{about}，{quote}。{reading.note}", f"{label}: {about}, {quote}. {reading.note}").rstrip()


def quote_metric(row: MetricRow, source: Document, lang: Lang, address: str) -> str:
    """Return a metric as text to paste elsewhere.

    Its lines: finding with place, periods and grade; the source's words; the formula of derived numbers; the caveats;
    the document; `address`.
    """
    phrases = " ".join(f"“{phrase}”" for phrase in row.phrases.split(" | "))
    stop = t(lang, "。", ".")
    lines = [
        t(
            lang,
            f"{row.place}：{row.finding}（{row.periods}；完整度 {row.grade} {row.grade_word}）。",
            f"{row.place}: {row.finding} ({row.periods}; completeness {row.grade}, {row.grade_word}).",
        ),
        t(lang, f"原文：{phrases}", f"Source words: {phrases}"),
        row.formula_label and f"{DERIVED_WORDS['title'][lang]}{t(lang, '：', ': ')}{row.formula_label}{stop}",
        *list_caveats(row, lang),
        cite_cases({source: [row.case_number]}, lang),
        address,
    ]
    return "\n".join(line for line in lines if line)
