"""A brief as a Word document: the template brief.docx, which a person restyles in Word, WPS or LibreOffice, filled in.

What stands in double braces in the template are names of `_name_parts` and `_list_functions`; its other braces, such as
`{%p for … %}`, are lines that vanish. The annex with all figures follows on request.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from docxtpl import DocxTemplate, RichText
from jinja2 import Environment, StrictUndefined

from data.downloads.archive import reset_times
from data.downloads.extract import LICENCE, parse_date
from data.model.schema import Case, Conflict, Document, Lang
from data.query.dataset import Dataset
from data.query.filters import Filters, Selection, select_in_case
from data.query.findings import RESULTS
from data.query.table import LIST_SEPARATOR
from data.wording.brief import Brief, brief_case, brief_selection, explain_marks
from data.wording.citation import cite_document, list_caveats, write_reading
from data.wording.conflicts import find_conflicts, group_conflicts
from data.wording.formatting import format_date
from data.wording.kinds import group_kinds
from data.wording.labels import (
    AUTHORS,
    COLUMN_WORDS,
    DERIVED_WORDS,
    GRADES_NOTE,
    HEADINGS,
    NO_GUESSES,
    RIGHTS,
    SITE_NAME,
    t,
)
from data.wording.remarks import group_needed
from data.wording.rows import MetricRow, Rows

TEMPLATE = Path(__file__).with_name("brief.docx")
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_LIBREOFFICE_PROPERTIES = "http://schemas.openxmlformats.org/officedocument/2006/relationships/metadata/core-properties"
"""What LibreOffice calls the properties, which leads to a second file of the same name."""
_MAX_PROPERTY_LENGTH = 255
"""Maximum number of characters that Word keeps of a document property."""


@dataclass(frozen=True)
class Annex:
    """All figures of a case in tables by kind, what does not agree about them, what is not stated, and the key."""

    kinds: Sequence[tuple[str, Sequence[MetricRow]]]
    conflicts: Sequence[tuple[str, Sequence[Conflict]]]
    missing: Sequence[tuple[str, str]]
    key: Sequence[str]
    closing: Sequence[str]


def write_case(
    dataset: Dataset,
    case: Case,
    lang: Lang,
    city: tuple[str, ...] = (),
    annex: bool = False,
    *,
    date: str = "",
    address: str = "",
) -> bytes:
    """Return the .docx file of the brief of a case, with the metrics that a filter by `city` leaves of it.

    With `annex` all of these follow. `date` (ISO) stands at the head of every page, `address` is that of the web page;
    either may be empty. The same arguments give the same bytes.
    """
    filters = Filters(city=city)
    kept = Rows(dataset, lang, select_in_case(dataset, filters, case))
    rows = sorted(kept, key=lambda row: row.rank)
    brief, source = brief_case(dataset, filters, case, lang), dataset.source_of(case)
    return _fill(brief, source, date, address, _build_annex(source, case, rows, lang) if annex else None)


def write_selection(selection: Selection, filters: Filters, lang: Lang, *, date: str = "", address: str = "") -> bytes:
    """Return the .docx file of the brief of what `filters` keep; the other arguments are as above."""
    source = next(iter(selection.dataset.documents_of(selection.cases)))
    return _fill(brief_selection(selection, filters, lang), source, date, address)


def _build_annex(source: Document, case: Case, rows: Sequence[MetricRow], lang: Lang) -> Annex:
    found = group_conflicts(find_conflicts(case, {row.metric_id for row in rows}))
    return Annex(
        kinds=list(group_kinds(rows).titled(lang)),
        conflicts=[(title[lang], own) for title, own in found],
        missing=[(needed, t(lang, "；", "; ").join(names)) for needed, names in group_needed(rows).items()],
        key=explain_marks(rows, lang),
        closing=[
            f"{cite_document(source)} 案例{case.number}：{case.title.zh}.",
            t(lang, "", f"{cite_document(source, 'en')} Case {case.number}: {case.title.en}."),
            t(lang, "", " ").join(text[lang] for text in (NO_GUESSES, RIGHTS)),
            LICENCE["path"],
        ],
    )


def _fill(brief: Brief, source: Document, date: str, address: str, annex: Annex | None = None) -> bytes:
    """Return the template filled with a brief."""
    document = DocxTemplate(TEMPLATE)
    link = RichText()
    link.add(address.partition("://")[2] or address, url_id=document.build_url_id(address) if address else None)
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    environment.globals |= _list_functions(brief.lang)
    context = {
        **_name_parts(brief.lang),
        "brief": brief,
        "annex": annex,
        "date": date and format_date(date, brief.lang),
        "address": link if address else "",
    }
    document.render(context, environment, autoescape=True)
    _set_properties(document.docx, brief, source)
    if brief.lang == "zh":
        _prefer_chinese(document.docx)
    out = io.BytesIO()
    document.save(out)
    return reset_times(out.getvalue())


def _name_parts(lang: Lang) -> dict[str, Any]:
    """Return the names of the site, the headings and the columns, as the template uses them."""
    return {
        "lang": lang,
        "site": SITE_NAME[lang],
        "heading": {name: text[lang] for name, text in HEADINGS.items()},
        "column": {name: text[lang] for name, text in COLUMN_WORDS.items()},
        "grades_note": GRADES_NOTE[lang],
        "authors": AUTHORS[lang],
    }


def _list_functions(lang: Lang) -> Mapping[str, Callable[..., str]]:
    """Return what writes the cells of the template's tables."""
    colon = t(lang, "：", ": ")

    def mark(label: str, origin: str) -> str:
        return f"{label} ({DERIVED_WORDS['word'][lang]})" if label and origin == "derived" else label

    def both(row: MetricRow) -> str:
        stated = ((row.before_label, row.before_origin), (row.after_label, row.after_origin))
        values = " → ".join(mark(*end) for end in stated if end[0])
        changed = mark(row.change_label, row.change_origin)
        return "\n".join(filter(None, (values, changed, row.direction_word, row.place, row.periods)))

    def state(row: MetricRow) -> str:
        doubts = " · ".join(word for word, _ in row.word_doubts(dated=True))
        role = "" if row.role in RESULTS else row.role_word
        return "\n".join(filter(None, (role, f"{row.grade} {row.grade_word}", doubts)))

    def words(row: MetricRow) -> str:
        phrases = zip(row.phrases.split(LIST_SEPARATOR), row.phrases_en.split(LIST_SEPARATOR), strict=True)
        yardstick = row.yardstick and t(lang, "参照 ", "For comparison: ") + row.yardstick
        formula = row.formula_label and f"{DERIVED_WORDS['title'][lang]}{colon}{row.formula_label}"
        others = [write_reading(each, lang) for each in row.elsewhere if each not in row.differing]
        notes = [formula, yardstick, *list_caveats(row, lang), *others]
        return "\n".join([*(quote(*pair) for pair in phrases), *filter(None, notes)])

    def quote(original: str, translation: str) -> str:
        return f"“{original}”" + t(lang, "", f" ({translation}, our translation)")

    return {
        "t": lambda zh, en: t(lang, zh, en),
        "below": lambda text: f"\n{text}" if text else "",
        "both": both,
        "state": state,
        "words": words,
        "quotes": lambda conflict: "\n".join(quote(phrase.text, phrase.en) for phrase in conflict.phrases),
    }


def _set_properties(document: WordDocument, brief: Brief, source: Document) -> None:
    """Set the properties of the file, in place of those that LibreOffice has saved under a name of its own."""
    links = document.part.package.rels
    for name in [name for name, link in links.items() if link.reltype == _LIBREOFFICE_PROPERTIES]:
        del links[name]
    properties = document.core_properties
    properties.title = brief.title[:_MAX_PROPERTY_LENGTH]
    properties.author = source.issuer[brief.lang][:_MAX_PROPERTY_LENGTH]
    properties.language = t(brief.lang, "zh-CN", "en-GB")
    properties.created = properties.modified = parse_date(source)


def _prefer_chinese(document: WordDocument) -> None:
    """Indent paragraphs by two characters, and show quotation marks and dashes as wide as Chinese ones.

    Latin and Chinese text share these marks; without the hint Word takes them from the Latin font.
    """
    indent = document.styles["Body Text"].element.get_or_add_pPr().get_or_add_ind()
    indent.set(qn("w:firstLineChars"), "200")
    for run in document.element.body.iter(qn("w:r")):
        run.get_or_add_rPr().get_or_add_rFonts().set(qn("w:hint"), "eastAsia")
