"""How completely results are stated, by domain, as one HTML table: a dot for each grade, as large as its count.

Empty cells stay, because they are the message. Each count is a link that selects exactly the metrics it counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt

from markupsafe import Markup

from data.model.grades import GRADE_RULES, GRADES, GRADES_NOTE, Grade
from data.model.schema import Lang
from data.query.dataset import Dataset
from data.query.filters import Filters
from data.query.findings import GapCounts, count_gaps
from data.query.memory import cache_by_dataset
from data.wording.labels import say
from pages.markup.links import Links
from pages.markup.marks import format_badge, spoken

CACHE_SIZE = 64
"""Maximum number of matrices kept in memory, of about 20 kB each."""
LARGEST, SMALLEST = 30, 7
"""Diameter of the dot of the largest count, and of one, in px."""
_HOLDS = 20
"""Diameter in px of a dot that holds a number of two digits."""


@dataclass(frozen=True, slots=True)
class GapMatrix:
    """The counts of figures by domain and grade, and the table of them."""

    counts: GapCounts
    html: Markup


@cache_by_dataset(CACHE_SIZE)
def gap_matrix(dataset: Dataset, lang: Lang, links: Links) -> GapMatrix:
    """Return the matrix under these filters; it is made once for all readers."""
    counts = count_gaps(dataset, links.filters)
    return GapMatrix(counts, format_matrix(dataset, counts, lang, links))


def format_matrix(dataset: Dataset, counts: GapCounts, lang: Lang, links: Links) -> Markup:
    """Return the fixed line on grades, the matrix with its totals first, and how to read it."""
    names = {name: dataset.domains[name].name[lang] for name in counts.domains}
    rows = Markup("").join(_format_domain(counts, domain, name, lang, links) for domain, name in names.items())
    reading = Markup.escape(
        say(
            lang,
            "空格（–）：没有一项写到这个程度。跨两三个领域的案例在每个领域都计入，所以各行之和大于合计。",
            "An empty cell (–): nothing is stated that completely. A case in two or three domains counts in each, so "
            "the rows add up to more than the total.",
        )
    )
    if links.under(counts.filters).screen(""):
        hint = say(lang, "点击数字即可筛选。", " A click on a number filters.")
        reading += Markup('<span class="no-paper">{}</span>').format(hint)
    return Markup(
        '<div class="gaps"><p class="kicker">{}</p><table><caption class="spoken">{}</caption><thead><tr>'
        '<th scope="col">{}</th>{}</tr></thead><tbody>{}{}</tbody></table>{}<p class="quiet">{}</p></div>'
    ).format(
        GRADES_NOTE[lang],
        say(lang, "各领域、各完整度等级的指标数", "Number of figures by domain and completeness"),
        say(lang, "领域", "Domain"),
        _format_grades(lang),
        _format_totals(counts, lang, links),
        rows,
        _format_key(lang),
        reading,
    )


def _format_grades(lang: Lang) -> Markup:
    cell = Markup('<th scope="col">{}<span class="word" aria-hidden="true">{}</span></th>')
    return Markup("").join(cell.format(format_badge(grade, lang), GRADE_RULES[grade].word[lang]) for grade in GRADES)


def _format_key(lang: Lang) -> Markup:
    """Return the words of the grades for a screen too narrow for them above the columns."""
    words = say(lang, " · ", " · ").join(f"{grade} {GRADE_RULES[grade].word[lang]}" for grade in GRADES)
    return Markup('<p class="key" aria-hidden="true">{}</p>').format(words)


def _format_totals(counts: GapCounts, lang: Lang, links: Links) -> Markup:
    name = say(lang, "合计", "All domains")
    heading = links.anchor(
        links.under(counts.filters).screen(""), Markup("{} <small>{:,}</small>").format(name, counts.total)
    )
    cells = Markup("").join(_format_total(counts, grade, name, lang, links) for grade in GRADES)
    return Markup('<tr class="total"><th scope="row">{}</th>{}</tr>').format(heading, cells)


def _format_total(counts: GapCounts, grade: Grade, name: str, lang: Lang, links: Links) -> Markup:
    count = counts.grades[grade]
    if not count:
        return _format_nothing()
    href = links.under(replace(counts.filters, grade=(grade,))).screen("")
    chosen = not counts.chosen.domain and grade in counts.chosen.grade
    return Markup("<td>{}</td>").format(
        links.anchor(href, f"{count:,}", _describe_cell(name, grade, count, lang), chosen)
    )


def _format_domain(counts: GapCounts, domain: str, name: str, lang: Lang, links: Links) -> Markup:
    heading = links.anchor(links.under(replace(counts.filters, domain=(domain,))).screen(""), name)
    cells = Markup("").join(_format_cell(counts, domain, grade, name, lang, links) for grade in GRADES)
    return Markup('<tr><th scope="row">{}</th>{}</tr>').format(heading, cells)


def _format_cell(counts: GapCounts, domain: str, grade: Grade, name: str, lang: Lang, links: Links) -> Markup:
    count = counts.domains[domain][grade]
    if not count:
        return _format_nothing()
    href = links.under(replace(counts.filters, domain=(domain,), grade=(grade,))).screen("")
    dot = _format_dot(count, scale_dot(count, largest_cell(counts)), GRADE_RULES[grade].is_evidence)
    label = _describe_cell(name, grade, count, lang)
    return Markup("<td>{}</td>").format(links.anchor(href, dot, label, _is_chosen(counts.chosen, domain, grade)))


def _format_nothing() -> Markup:
    return Markup('<td class="none"><span aria-hidden="true">–</span>{}</td>').format(spoken("0"))


def _format_dot(count: int, size: int, evidence: bool) -> Markup:
    number = str(count) if size >= _HOLDS and count < 100 else Markup('<span class="count">{:,}</span>').format(count)
    return Markup('<span class="bubble{0}" style="width:{1}px;height:{1}px;line-height:{1}px">{2}</span>').format(
        "" if evidence else " planned", size, number
    )


def _describe_cell(name: str, grade: Grade, count: int, lang: Lang) -> str:
    word = GRADE_RULES[grade].word[lang]
    return say(
        lang, f"{name}，{grade} {word}：{count:,}项", f"{name}, {grade} {word}: {count:,} figure{'s' * (count != 1)}"
    )


def _is_chosen(chosen: Filters, domain: str, grade: Grade) -> bool:
    """Whether the reader's filters single out this cell's row, column or both."""
    named = bool(chosen.domain or chosen.grade)
    return named and (not chosen.domain or domain in chosen.domain) and (not chosen.grade or grade in chosen.grade)


def largest_cell(counts: GapCounts) -> int:
    """Return the largest count of a domain and grade, at least 1."""
    return max([1, *(count for row in counts.domains.values() for count in row.values())])


def scale_dot(count: int, largest: int) -> int:
    """Return the diameter of a dot in px: its area grows with the count."""
    return max(SMALLEST, round(LARGEST * sqrt(count / largest)))
