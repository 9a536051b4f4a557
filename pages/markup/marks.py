"""Small marks in HTML that several tables share: badges of completeness, flags, and an arrow drawn with CSS.

The drawing is the style sheets' (`templates/tables.css`); here are only classes and positions in per cent. A mark
is never alone: what it means stands beside it, or in words for screen readers.
"""

from __future__ import annotations

from markupsafe import Markup

from data.model.evidence import APPROXIMATE_BOUNDS, OPEN_BOUNDS
from data.model.grades import GRADE_RULES
from data.model.schema import Lang
from data.wording.index_axis import BASELINE, IndexAxis
from data.wording.labels import say
from data.wording.rows import MetricRow


def spoken(text: str) -> Markup:
    """Return text for screen readers only."""
    return Markup('<span class="spoken">{}</span>').format(text) if text else Markup("")


def format_badge(grade: str, lang: Lang, worded: bool = False) -> Markup:
    """Return the letter of a grade in its frame, with its meaning as a tooltip and its word, seen only if `worded`."""
    rule = GRADE_RULES[grade]
    word = f" {rule.word[lang]}"
    return Markup('<span class="grade grade-{0}" title="{1}{2}{3}">{4}{0}{5}</span>').format(
        grade,
        rule.word[lang],
        say(lang, "：", ": "),
        rule.meaning[lang],
        spoken(say(lang, "完整度", "Completeness ")),
        word if worded else spoken(word),
    )


def format_flag_words(row: MetricRow, decisive: bool = False) -> Markup:
    """Return the doubts about a metric in words behind one sign, each with its meaning as a tooltip; empty without any.

    `decisive` as in `MetricRow.word_doubts`.
    """
    doubts = row.word_doubts(decisive)
    if not doubts:
        return Markup("")
    item = Markup('<span title="{1}">{0}</span>')
    words = Markup(" · ").join(item.format(*pair) if pair[1] else Markup.escape(pair[0]) for pair in doubts)
    return Markup('<span class="doubts"><span aria-hidden="true">⚠</span> {}</span>').format(words)


def tone(row: MetricRow) -> str:
    """The class that colors the words of a metric: its direction, or grey for a target or plan."""
    return (row.direction or "") if row.rule.is_evidence else "plan"


def format_arrow(row: MetricRow, axis: IndexAxis, label: Markup) -> Markup:
    """Return a metric with an index as an arrow from its earlier level, with `label` at its head.

    A derived earlier level is hollow, an open bound has an open head, an approximate one a dotted shaft, and a change
    that may mean percentage points a striped head.
    """
    assert row.index is not None
    start, end = axis.share(BASELINE), axis.share(row.index)
    way = "level" if end == start else "right" if end > start else "left"
    style = [
        "arrow",
        way,
        "open" if row.index_bound in OPEN_BOUNDS or row.after_origin == "derived" else "",
        "dotted" if row.index_bound in APPROXIMATE_BOUNDS else "",
        "hollow" if row.before_origin == "derived" else "",
        "striped" if row.doubtful else "",
    ]
    ticks = Markup("").join(
        Markup('<i class="tick" style="left:{}"></i>').format(_percent(axis.share(tick))) for tick in axis.ticks
    )
    return Markup(
        '<span class="{0}">{1}<i class="shaft" style="left:{2};width:{3}"></i><i class="dot" style="left:{4}"></i>'
        '<i class="head" style="left:{5}"></i><b class="size" style="{6}">{7}</b></span>'
    ).format(
        " ".join(filter(None, style)),
        ticks,
        _percent(min(start, end)),
        _percent(abs(end - start)),
        _percent(start),
        _percent(end),
        f"right:{_percent(1 - end)}" if way == "left" else f"left:{_percent(end)}",
        label,
    )


def _percent(share: float) -> str:
    return f"{100 * share:.2f}%"
