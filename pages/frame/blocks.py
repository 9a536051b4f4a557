"""How metrics are shown: the mark of a grade, a metric with its chart and evidence, lists and tables of metrics."""

from __future__ import annotations

from collections.abc import Iterable

import plotly.graph_objects as go
import streamlit as st
from markupsafe import Markup

from data.model.grades import GRADE_RULES
from data.model.schema import Lang
from data.query.table import LIST_SEPARATOR
from data.wording.labels import DIFFERS, ELSEWHERE, say
from data.wording.rows import MetricRow, ReadingElsewhere
from pages.frame.chart_export import ChartExport, ExportRenderer, show_export
from pages.frame.elements import format_list, format_table, show_chart
from pages.frame.view import View

_HEADINGS = {
    "zh": ("指标", "地点", "前", "后", "变化", "时间", "等级", "推算", "原文及所在部分"),
    "en": (
        "Figure",
        "Place",
        "Before",
        "After",
        "Change",
        "Periods",
        "Grade",
        "Derivation",
        "Source words, our translation, section",
    ),
}
_UNBROKEN_LENGTH = 16
"""Maximum number of characters of a table cell that stays on one line."""


def format_grade(grade: str, lang: Lang) -> Markup:
    """Return the mark of a grade: its letter and word, its meaning as a tooltip."""
    rule = GRADE_RULES[grade]
    return Markup('<span class="grade grade-{0}" title="{2}">{0} {1}</span>').format(
        grade, rule.word[lang], rule.meaning[lang]
    )


def format_evidence(row: MetricRow, lang: Lang) -> Markup:
    """Return a metric's grade, place and periods, its derivation, its words in the source, and its caveats."""
    mark = Markup(" ").join([format_grade(row.grade, lang), *format_flags(row), *format_differing(row, lang)])
    parts = [Markup('<p class="prov">{} {} · {}</p>').format(mark, row.place, row.periods)]
    if "derived" in (row.before_origin, row.after_origin, row.change_origin):
        parts.append(Markup('<p class="prov">{}{}</p>').format(say(lang, "推算：", "Derived: "), row.formula_label))
    if row.yardstick:
        parts.append(Markup('<p class="prov">{}{}</p>').format(say(lang, "参照 ", "For comparison: "), row.yardstick))
    parts.append(
        Markup('<p class="prov">{}{}</p>').format(say(lang, "原文 ", "Source words "), format_phrases(row, lang))
    )
    if row.needed:
        needed = say(lang, "要成为A级：", "For an A: ")
        parts.append(Markup('<p class="prov">{}{}</p>').format(needed, row.needed))
    parts += [
        Markup('<p class="caveat">{}{}{}</p>').format(word, say(lang, "：", ": "), note)
        for word, note in zip(row.caveat_words, row.caveat_notes, strict=True)
    ]
    return Markup("").join([*parts, format_readings(row, lang)])


def format_flags(row: MetricRow) -> list[Markup]:
    """Return the marks of a metric's flags, each with its meaning as a tooltip."""
    mark = Markup('<span class="flag" title="{1}">⚠ {0}</span>')
    return [mark.format(*pair) for pair in zip(row.flag_words, row.flag_meanings, strict=True)]


def format_differing(row: MetricRow, lang: Lang) -> list[Markup]:
    """Return a mark, with its explanation as a tooltip, if another document prints another number."""
    meaning = say(
        lang, "另一份公开材料写的数字与此不同，见下", "Another public document prints another number, given below"
    )
    mark = Markup('<span class="flag" title="{}">≠ {}</span>').format(meaning, DIFFERS[lang])
    return [mark] if row.differing else []


def format_quote(original: str, translation: str, lang: Lang) -> Markup:
    """Return words of a document; in English with their translation, which is the project's own."""
    quote = Markup('<q lang="zh">{}</q>').format(original)
    return quote if lang == "zh" else quote + Markup(" “{}”").format(translation)


def format_phrases(row: MetricRow, lang: Lang) -> Markup:
    """Return the words of the source; in English each with its translation, which is marked as ours."""
    ours = Markup(" <small>({})</small>").format(say(lang, "本项目所译", "our translation"))
    return _quote(row, lang) + (ours if lang == "en" else "")


def _quote(row: MetricRow, lang: Lang) -> Markup:
    pairs = zip(row.phrases.split(LIST_SEPARATOR), row.phrases_en.split(LIST_SEPARATOR), strict=True)
    return Markup(" ").join(format_quote(*pair, lang) for pair in pairs)


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


def tone_class(row: MetricRow) -> str:
    """The CSS class that colors a metric's words: its direction, or grey for a target or plan."""
    return (row.direction or "") if row.rule.is_evidence else "plan"


def format_finding(row: MetricRow) -> Markup:
    """Return the metric as a sentence in the color of its direction."""
    return Markup('<p class="finding {}">{}</p>').format(tone_class(row), row.finding)


def show_metric(
    row: MetricRow, figure: go.Figure | None, view: View, key: str, render: ExportRenderer | None = None
) -> None:
    """Show a metric: its finding, its chart if there is one, its evidence, and with `render` the chart's export."""
    with st.container(key=key, gap="small"):
        if figure is None:
            st.html(format_finding(row) + format_evidence(row, view.lang))
            return
        st.html(format_finding(row))
        show_chart(figure, f"chart-{key}", row.finding)
        st.html(format_evidence(row, view.lang))
        if render is not None:
            subtitle = f"{row.place} · {row.periods}"
            show_export(view, ChartExport(row.metric_id, row.finding, subtitle, figure, render, [row]))


def format_levels(rows: Iterable[MetricRow], lang: Lang) -> Markup:
    """Return delivered amounts and present levels as large numbers, which need no common unit."""
    item = Markup(
        '<div id="figure-{}"><span class="num">{}</span><span class="what">{}</span>'
        '<span class="prov">{} {} · {}</span>{}</div>'
    )
    return format_list(
        (
            item.format(
                row.metric_id,
                _main_value(row),
                row.name,
                Markup(" ").join([format_grade(row.grade, lang), *format_differing(row, lang)]),
                row.place,
                row.periods,
                format_readings(row, lang),
            )
            for row in rows
        ),
        "levels",
    )


def format_compact(rows: Iterable[MetricRow], lang: Lang) -> Markup:
    """Return metrics in small print, each in a line with its grade."""
    item = Markup("<b>{}</b> {} <small>{}{}</small>")
    return format_list(
        (
            item.format(
                _main_value(row),
                row.name,
                row.grade if row.rule.is_evidence else row.grade_word,
                f" ≠ {DIFFERS[lang]}" if row.differing else "",
            )
            for row in rows
        ),
        "compact",
    )


def _main_value(row: MetricRow) -> str:
    return row.change_label or row.after_label or row.before_label


def format_metrics_table(rows: Iterable[MetricRow], lang: Lang) -> Markup:
    """Return metrics with all that makes them checkable: values, periods, grade, derivation, source words."""
    cells = (
        (
            row.name,
            *map(_keep_on_line, (row.place, row.before_label, row.after_label, row.change_label)),
            row.periods,
            _keep_on_line(f"{row.grade} {row.grade_word}"),
            row.formula_label,
            _format_source(row, lang),
        )
        for row in rows
    )
    return format_table(_HEADINGS[lang], cells, say(lang, "全部指标与原文", "All figures with source text"))


def _format_source(row: MetricRow, lang: Lang) -> Markup:
    """Return the words of the source, the heading they stand under, and what other documents say."""
    section = row.section if lang == "zh" else row.section_en
    return _quote(row, lang) + Markup('<small class="under">{}</small>').format(section) + format_readings(row, lang)


def _keep_on_line(text: str) -> Markup:
    template = Markup('<span class="nw">{}</span>' if len(text) <= _UNBROKEN_LENGTH else "{}")
    return template.format(text)
