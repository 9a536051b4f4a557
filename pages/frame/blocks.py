"""Pieces of a page that carry a figure's evidence: grade mark, finding with its chart and words, levels, tables. All text is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import plotly.graph_objects as go
import streamlit as st
from markupsafe import Markup

from data.schema import Lang
from data.wording import GRADE_MEANINGS, GRADE_WORDS, say
from pages.frame.take import Export, Taken, take
from pages.frame.view import View, the_view

CHART_CONFIG: dict[str, Any] = {"displayModeBar": False, "scrollZoom": False, "responsive": True}


def grade_mark(grade: str, lang: Lang) -> Markup:
    """The grade as a letter and a word."""
    word, meaning = GRADE_WORDS[grade][lang], GRADE_MEANINGS[grade][lang]
    return Markup('<span class="grade grade-{0}" title="{2}">{0} {1}</span>').format(grade, word, meaning)


def chart(figure: go.Figure, key: str, alt: str, **options: Any) -> Any:
    """A chart that fills its container; `alt` says in a sentence what it shows. On paper it is still. The colour of its text is the style sheet's, in either theme."""
    shown = {"config": CHART_CONFIG, **options} if not the_view().printing else {"config": {"staticPlot": True}}
    return st.plotly_chart(figure, key=key, alt=alt, width="stretch", theme=None, **shown)


def evidence_lines(row: Any, lang: Lang) -> Markup:
    """Grade, place and periods; the derivation; the words of the source; the caveats."""
    parts = [Markup('<p class="prov">{} {} · {}</p>').format(grade_mark(row.grade, lang), row.place, row.periods)]
    if "derived" in (row.before_origin, row.after_origin, row.change_origin):
        parts.append(Markup('<p class="prov">{}{}</p>').format(say(lang, "推算：", "Derived: "), row.formula_label))
    if row.yardstick:
        parts.append(Markup('<p class="prov">{}{}</p>').format(say(lang, "参照 ", "For comparison: "), row.yardstick))
    phrases = Markup(" ").join(Markup('<q lang="zh">{}</q>').format(phrase) for phrase in row.phrases.split(" | "))
    parts.append(Markup('<p class="prov">{}{}</p>').format(say(lang, "原文 ", "Source words "), phrases))
    parts += [
        Markup('<p class="caveat">{}{}{}</p>').format(word, say(lang, "：", ": "), note)
        for word, note in zip(row.caveat_words, row.caveat_notes, strict=True)
    ]
    return Markup("").join(parts)


def tone(row: Any) -> str:
    """The class that colours a figure's words: its direction, grey for a target or plan."""
    return "plan" if row.grade == "P" else row.direction or ""


def finding(row: Any) -> Markup:
    """The figure as a sentence, in the colour of its direction."""
    return Markup('<p class="finding {}">{}</p>').format(tone(row), row.finding)


def figure_block(row: Any, figure: go.Figure | None, view: View, key: str, export: Export | None = None) -> None:
    """One figure of the source: its finding, its chart where there is one, its evidence; and the chart to take away where `export` draws that edition."""
    with st.container(key=key, gap="small"):
        if figure is None:
            st.html(finding(row) + evidence_lines(row, view.lang))
            return
        st.html(finding(row))
        chart(figure, f"chart-{key}", row.finding)
        st.html(evidence_lines(row, view.lang))
        if export is not None:
            take(view, Taken(row.metric_id, row.finding, f"{row.place} · {row.periods}", figure, export, [row]))


def levels(rows: Iterable[Any], lang: Lang) -> Markup:
    """Delivered amounts and present levels as numbers: no bar across units."""
    items = [
        Markup(
            '<li><span class="num">{}</span><span class="what">{}</span><span class="prov">{} {} · {}</span></li>'
        ).format(
            row.change_label or row.after_label or row.before_label,
            row.name,
            grade_mark(row.grade, lang),
            row.place,
            row.periods,
        )
        for row in rows
    ]
    return Markup('<ul class="levels">{}</ul>').format(Markup("").join(items))


def compact(rows: Iterable[Any], lang: Lang) -> Markup:
    """Levels and words in small print: a line a figure, with its grade letter."""
    item = Markup("<li><b>{}</b> {} <small>{}</small></li>")
    items = [
        item.format(
            row.change_label or row.after_label or row.before_label,
            row.name,
            row.grade if row.grade != "P" else row.grade_word,
        )
        for row in rows
    ]
    return Markup('<ul class="compact">{}</ul>').format(Markup("").join(items))


def plain_table(headings: Sequence[str], rows: Iterable[Sequence[Any]], caption: str) -> Markup:
    """A table that prints, scrolls sideways inside itself and reads aloud."""
    head = Markup('</th><th scope="col">').join(headings)
    body = Markup("").join(Markup("<tr><td>{}</td></tr>").format(Markup("</td><td>").join(row)) for row in rows)
    table = Markup(
        '<table><caption class="quiet">{}</caption><thead><tr><th scope="col">{}</th></tr></thead><tbody>{}</tbody></table>'
    ).format(caption, head, body)
    return Markup('<div class="tablewrap" tabindex="0" role="region" aria-label="{}">{}</div>').format(caption, table)


def _unbroken(text: str) -> Markup:
    """Text on one line, unless it is long."""
    return Markup('<span class="nw">{}</span>').format(text) if len(text) <= 16 else Markup("{}").format(text)


def as_table(rows: Iterable[Any], lang: Lang) -> Markup:
    """Figures with everything that makes them checkable: value, periods, grade, derivation, section and words."""
    headings = [
        *(
            say(lang, zh, en)
            for zh, en in (
                ("指标", "Figure"),
                ("地点", "Place"),
                ("前", "Before"),
                ("后", "After"),
                ("变化", "Change"),
                ("时间", "Periods"),
            )
        ),
        *(
            say(lang, zh, en)
            for zh, en in (("等级", "Grade"), ("推算", "Derivation"), ("原文（所在部分）", "Source words (section)"))
        ),
    ]
    cells = (
        (
            row.name,
            _unbroken(row.place),
            _unbroken(row.before_label),
            _unbroken(row.after_label),
            _unbroken(row.change_label),
            row.periods,
            _unbroken(f"{row.grade} {row.grade_word}"),
            row.formula_label,
            Markup('<span lang="zh">{}（{}）</span>').format(row.phrases.replace(" | ", " · "), row.section),
        )
        for row in rows
    )
    return plain_table(headings, cells, say(lang, "全部指标及其原文", "All figures with the words they stand in"))
