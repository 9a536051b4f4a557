"""The key figures of a case in HTML, large, each a link to its card, and the doubts that hold for all of them."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from data.model.schema import Lang
from data.wording.key_figures import KeyFigure, describe_doubts
from data.wording.labels import say
from data.wording.openings import HEADINGS
from pages.markup.links import Links
from pages.markup.marks import format_badge, format_flag_words, tone


def format_key_figures(figures: Sequence[KeyFigure], lang: Lang, links: Links | None, unfolded: bool = False) -> Markup:
    """Return the figures as a list and their common doubts; empty without figures. On paper there are no `links`.

    `unfolded` shows what would complete them from the start.
    """
    if not figures:
        return Markup("")
    items = Markup("").join(_format_figure(figure, lang, links) for figure in figures)
    return Markup('<ul class="key-figures" aria-label="{}">{}</ul>{}').format(
        HEADINGS["key_figures"][lang], items, _format_doubts(figures, lang, unfolded)
    )


def _format_figure(figure: KeyFigure, lang: Lang, links: Links | None) -> Markup:
    row = figure.row
    change = Markup(' <span class="by">{}</span>').format(figure.change) if figure.change else Markup("")
    number = Markup('<b class="{}">{}</b>{}').format(tone(row), _keep_together(figure.value), change)
    name = Markup('<span class="name">{}</span>').format(row.name)
    what = number + Markup(" ") + name
    if links:
        what = links.anchor(links.figure(row.case_id, row.metric_id), what)
    direction = Markup(' <span class="{}">{}</span>').format(tone(row), row.direction_word) if row.direction else ""
    remark = Markup('<span class="remark">{}</span>').format(figure.remark) if figure.remark else ""
    return Markup('<li>{}<span class="state">{}{} {}</span>{}</li>').format(
        what, format_badge(row.grade, lang), direction, format_flag_words(row), remark
    )


def _keep_together(value: str) -> Markup:
    """Return a value that breaks only at its arrow."""
    parts = (Markup('<span class="nw">{}</span>').format(part) for part in value.split(" → "))
    return Markup(' <span class="to">→</span> ').join(parts)


def _format_doubts(figures: Sequence[KeyFigure], lang: Lang, unfolded: bool) -> Markup:
    """Return the doubts in one line, under which stands what would complete each figure that is not complete."""
    doubts = say(lang, "", " ").join(describe_doubts(figures, lang))
    sign = Markup('<span aria-hidden="true">⚠</span> ')
    lacking = [figure.row for figure in figures if figure.row.needed]
    if not lacking:
        return Markup('<p class="common-doubts">{}{}</p>').format(sign, doubts)
    item = Markup("<li>{}{}{}</li>")
    items = Markup("").join(item.format(row.name, say(lang, "：", ": "), row.needed) for row in lacking)
    return Markup(
        '<details class="common-doubts"{}><summary>{}{} <span class="fold">{}</span></summary><p>{}</p>'
        "<ul>{}</ul></details>"
    ).format(
        Markup(" open" if unfolded else ""),
        sign,
        doubts,
        say(lang, "要补全这些数字还缺什么", "What would complete these figures"),
        HEADINGS["lacking"][lang],
        items,
    )
