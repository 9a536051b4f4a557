"""One metric as a card in HTML: its finding as a sentence, its chart, how completely it is stated, and its evidence.

The evidence is folded under the flags: the words of the source, the doubts, the formula, what would complete it, and
what other documents say.
"""

from __future__ import annotations

from markupsafe import Markup

from data.model.schema import Lang
from data.query.table import LIST_SEPARATOR
from data.wording.doubts import list_doubts
from data.wording.index_axis import IndexAxis
from data.wording.labels import DERIVED_WORDS, DIFFERS, say
from data.wording.missing import has_derived_end
from data.wording.rows import MetricRow
from pages.markup.links import Links
from pages.markup.marks import format_badge, format_flag_words, tone
from pages.markup.metric_chart import FORMULA_SEPARATOR, format_chart
from pages.markup.source_words import format_phrases, format_readings, format_section


def figure_id(row: MetricRow, links: Links | None) -> str:
    """The id of a metric's element, to which links lead."""
    return (links or Links()).figure_id(row.metric_id)


def format_card(
    row: MetricRow,
    lang: Lang,
    links: Links | None = None,
    *,
    axis: IndexAxis | None = None,
    unfolded: bool = False,
    anchored: bool = True,
) -> Markup:
    """Return the card of a metric.

    `axis` is the index axis that it shares with the cards beside it. `unfolded` shows its evidence from the start.
    `anchored` gives it the id that a link to the metric scrolls to, which a page may have only once.
    """
    opening = '<article class="figure-card" id="{}">' if anchored else '<article class="figure-card">'
    return Markup(opening).format(figure_id(row, links)) + Markup(
        '<h3 class="{}">{}</h3>{}<div class="foot">{}{}</div></article>'
    ).format(
        tone(row),
        row.finding,
        format_chart(row, lang, axis),
        format_evidence(row, lang, links, unfolded=unfolded),
        _format_share(row, lang, links),
    )


def format_evidence(
    row: MetricRow, lang: Lang, links: Links | None = None, *, unfolded: bool = False, located: bool = True
) -> Markup:
    """Return a metric's badge and flags, under which its words and notes are folded.

    With `located` its place and periods stand there, without it, as in a table that has them, the link to its exports.
    """
    notes = list_notes(row, lang, links)
    count = len(row.phrases.split(LIST_SEPARATOR)) + len(notes) + len(row.elsewhere)
    opening = '<details class="evidence" open>' if unfolded else '<details class="evidence">'
    return Markup(opening) + Markup(
        '<summary><span class="state">{}{}{}{}</span><span class="fold">{}</span></summary>{}{}{}{}{}</details>'
    ).format(
        format_badge(row.grade, lang, worded=True),
        Markup(' <span class="direction {}">{}</span>').format(tone(row), row.direction_word) if row.direction else "",
        Markup(" {}").format(flags) if (flags := format_flag_words(row)) else "",
        Markup(' <span class="doubts">≠ {}</span>').format(DIFFERS[lang]) if row.differing else "",
        say(lang, f"原文与说明（{count}）", f"Words and notes ({count})"),
        Markup('<p class="context">{} · {}</p>').format(row.place, row.periods) if located else "",
        format_phrases(row, lang),
        format_section(row, lang),
        Markup("").join(Markup('<p class="note">{}</p>').format(note) for note in notes),
        format_readings(row, lang),
        Markup("") if located else _format_share(row, lang, links),
    )


def list_notes(row: MetricRow, lang: Lang, links: Links | None = None) -> list[Markup]:
    """Return what a reader should know about a metric: doubts, formula, comparison, what would complete it."""
    sign = Markup('<span aria-hidden="true">⚠</span> {}')
    notes = [sign.format(doubt) for doubt in list_doubts(row, lang)]
    if links and row.conflict_ids:
        reading = Markup('<a href="{}">{}</a>')
        notes += [
            reading.format(links.conflict(row.case_id, conflict), say(lang, "两种写法对照 ›", "Both readings ›"))
            for conflict in row.conflict_ids.split(LIST_SEPARATOR)
        ]
    labelled = (
        (DERIVED_WORDS["title"][lang], _name_formula(row, lang)),
        (say(lang, "参照", "For comparison"), row.yardstick),
        (say(lang, "要成为A级", "For an A"), row.needed),
    )
    colon = say(lang, "：", ": ")
    return [*notes, *(Markup("{}{}{}").format(label, colon, text) for label, text in labelled if text)]


def _name_formula(row: MetricRow, lang: Lang) -> str:
    """Return the formulas of what is derived, without that of an end, which stands below the chart."""
    parts = row.formula_label.split(FORMULA_SEPARATOR[lang])
    return FORMULA_SEPARATOR[lang].join(parts[1:] if has_derived_end(row) else parts)


def _format_share(row: MetricRow, lang: Lang, links: Links | None) -> Markup:
    """Return the link to the exports of a metric's chart, named for screen readers by the metric."""
    if links is None or not links.share(row.case_id, row.metric_id):
        return Markup("")
    words = say(lang, "下载与分享", "Download or share")
    return Markup('<a class="share" href="{}" aria-label="{}{}{}">{}</a>').format(
        links.share(row.case_id, row.metric_id), words, say(lang, "：", ": "), row.name, words
    )
