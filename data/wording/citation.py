"""Citations of a metric and of the document, the same on screens, in images, files and copied text, and in the formats
that programs for references read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from data.model.schema import Document, Lang, Source
from data.wording.formatting import format_date
from data.wording.labels import AUTHORS, DERIVED_WORDS, DIFFERS, ELSEWHERE, SITE_NAME, t
from data.wording.remarks import write_caveats
from data.wording.rows import MetricRow, ReadingElsewhere

MAX_DOCUMENTS = 3
"""Maximum number of documents named in a sentence; the others are counted."""
_LATEX = str.maketrans(
    {
        **{sign: f"\\{sign}" for sign in "&%$#_"},
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)
"""What stands for characters that mean something in LaTeX. BibTeX counts every brace, also one behind a backslash."""


class Access(NamedTuple):
    """What this site shows of a document, by name and key, at which address, and on which day (ISO) it was read."""

    name: str
    key: str
    address: str
    day: str

    def describe(self, lang: Lang) -> str:
        """Return the name of what is shown, if it has one, and of this site."""
        return ". ".join(filter(None, (self.name, SITE_NAME[lang])))


def cite_document(source: Document, lang: Lang = "zh") -> str:
    """Cite the document, in Chinese by GB/T 7714, without what is not known about it (an address, a retrieval date)."""
    issuer, title, section = source.issuer[lang], source.title[lang], source.published_in
    cited = t(lang, f"{issuer}. {title}[Z]. {source.date}.", f"{issuer}. {title}. {format_date(source.date, 'en')}.")
    return cited + (t(lang, f" 发布栏目：{section.zh}.", f" Published under: {section.en}.") if section else "")


def cite_access(sources: Iterable[Document], access: Access, lang: Lang) -> str:
    """Cite documents, and where and when this site showed what they say; without a name, its page."""
    when = t(lang, f"[DB/OL]. [引用日期 {access.day}]. ", f", accessed {format_date(access.day, 'en')}, ")
    shown = access.describe(lang) + when + access.address
    return " ".join([*(cite_document(source, lang) for source in sources), shown])


def write_bibtex(source: Document, lang: Lang, access: Access | None = None) -> str:
    """Return a document as an entry of BibTeX, with where and when this site showed what it says."""
    fields = {
        "author": f"{{{source.issuer[lang].translate(_LATEX)}}}",
        "title": source.title[lang].translate(_LATEX),
        "titleaddon": source.title["zh" if lang == "en" else "en"].translate(_LATEX),
        "year": source.date[:4],
        "date": source.date,
        "howpublished": source.published_in[lang].translate(_LATEX) if source.published_in else "",
    }
    if access:
        fields |= {"note": access.describe(lang).translate(_LATEX), "url": access.address, "urldate": access.day}
    lines = ",\n".join(f"  {name:12} = {{{value}}}" for name, value in fields.items() if value)
    year = source.year if isinstance(source, Source) else source.date
    key = "-".join(filter(None, ("henan-reform-cases", str(year), access.key if access else "")))
    return f"@misc{{{key},\n{lines}\n}}\n"


def write_ris(source: Document, lang: Lang, access: Access) -> str:
    """Return a document as a record of RIS, with where and when this site showed what it says."""
    fields = [
        ("TY", "GOVDOC"),
        ("AU", source.issuer[lang]),
        ("TI", source.title[lang]),
        ("PY", source.date[:4]),
        ("DA", source.date.replace("-", "/")),
        ("N1", access.describe(lang)),
        ("LA", lang),
        ("UR", access.address),
        ("Y2", access.day.replace("-", "/")),
        ("ER", ""),
    ]
    return "".join(f"{tag}  - {text}\r\n" for tag, text in fields)


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


def credit_documents(sources: Sequence[Document], lang: Lang) -> str:
    """Return the line below every page: where the figures come from, and whose the summaries are."""
    return cite_cases(dict.fromkeys(sources, ()), lang) + t(lang, "", " ") + AUTHORS[lang]


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
