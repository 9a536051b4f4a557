"""The words that figures are taken from, in HTML: phrases of the source, its headings, and what other documents say.

Phrases stay Chinese. An English page has the project's own translation below each, and says so.
"""

from __future__ import annotations

from markupsafe import Markup

from data.model.schema import Lang
from data.query.table import LIST_SEPARATOR
from data.wording.labels import ELSEWHERE, say
from data.wording.rows import MetricRow, ReadingElsewhere


def format_phrase(original: str, translation: str, lang: Lang) -> Markup:
    """Return words of a document; in English with our translation below."""
    ours = Markup('<span lang="en">{} <small>({})</small></span>').format(translation, "our translation")
    return Markup('<p class="phrase"><q lang="zh">{}</q>{}</p>').format(original, ours if lang == "en" else "")


def format_phrases(row: MetricRow, lang: Lang) -> Markup:
    """Return the words of the source that a metric is taken from, a paragraph each."""
    pairs = zip(row.phrases.split(LIST_SEPARATOR), row.phrases_en.split(LIST_SEPARATOR), strict=True)
    return Markup("").join(format_phrase(*pair, lang) for pair in pairs)


def format_section(row: MetricRow, lang: Lang) -> Markup:
    """Return the heading of the source under which the words stand; in English with our translation."""
    translation = Markup(' <span lang="en">{}</span>').format(row.section_en) if lang == "en" else ""
    return Markup('<p class="section">{}<span lang="zh">{}</span>{}</p>').format(
        say(lang, "所在部分：", "Section: "), row.section, translation
    )


def format_quote(original: str, translation: str, lang: Lang) -> Markup:
    """Return words of a document within a line; in English with their translation."""
    quote = Markup('<q lang="zh">{}</q>').format(original)
    return quote if lang == "zh" else quote + Markup(" “{}”").format(translation)


def format_readings(row: MetricRow, lang: Lang) -> Markup:
    """Return what other documents say of a metric, apart from its own words; a paragraph each."""
    return Markup("").join(_format_reading(reading, lang) for reading in row.elsewhere)


def _format_reading(reading: ReadingElsewhere, lang: Lang) -> Markup:
    quote = format_quote(reading.phrase, reading.phrase_en, lang)
    about = Markup(say(lang, "，", ", ")).join(
        part for part in (reading.publisher, reading.date, _format_address(reading.address)) if part
    )
    colon, space = say(lang, "：", ": "), say(lang, "", " ")
    words = Markup("{}{}<b>{}</b>{}{}").format(ELSEWHERE[lang], colon, reading.relation_word, space or colon, quote)
    source = Markup(say(lang, "<small>（{}）</small>", " <small>({})</small> ")).format(about)
    return Markup('<p class="elsewhere">{}{}{}</p>').format(words, source, reading.note)


def _format_address(address: str) -> Markup:
    """Return a web address as a link, shown without its scheme; another address as text."""
    scheme, _, rest = address.partition("://")
    if scheme not in ("http", "https"):
        return Markup.escape(address)
    return Markup('<a href="{}" target="_blank" rel="noopener">{}</a>').format(address, rest)
