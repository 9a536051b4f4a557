"""The values of the filters to choose from, each a button with the number of metrics it has under the other filters.

pages/browser/links.js adds the value of a pressed one to the address or removes it.
"""

from __future__ import annotations

from markupsafe import Markup

from data.model.grades import GRADES_NOTE
from data.model.schema import Lang
from data.query.dataset import Dataset
from data.query.filters import Filters, count_options, list_options
from data.query.memory import cache_by_dataset
from data.wording.filters import FILTERS, list_values

CACHE_SIZE = 256
"""Maximum number of lists kept in memory, of about 2 kB each."""


@cache_by_dataset(CACHE_SIZE)
def format_values(dataset: Dataset, names: tuple[str, ...], filters: Filters, lang: Lang) -> Markup:
    """Return the values of these filters, under their names if they are several; it is made once for all readers."""
    parts = []
    for name in names:
        if len(names) > 1:
            parts.append(Markup('<p class="filter-title" aria-hidden="true">{}</p>').format(FILTERS[name].name[lang]))
        parts.append(_format_filter(dataset, name, filters, lang))
        if name == "grade":
            parts.append(Markup('<p class="quiet">{}</p>').format(GRADES_NOTE[lang]))
    return Markup("").join(parts)


def _format_filter(dataset: Dataset, name: str, filters: Filters, lang: Lang) -> Markup:
    """Return the values of one filter. One of its buttons is reached by Tab, the others from there by the arrows."""
    counts, chosen = count_options(dataset, filters)[name], list_values(filters, name)
    button = Markup(
        '<button type="button" id="{0}-{1}" data-filter="{0}" value="{1}" aria-pressed="{2}" tabindex="{3}">'
        "{4} {5:,}</button>"
    )
    buttons = Markup("").join(
        button.format(
            name,
            value,
            "true" if value in chosen else "false",
            -1 if number else 0,
            FILTERS[name].describe(dataset, value, lang),
            counts[value],
        )
        for number, value in enumerate(list_options(dataset)[name])
    )
    return Markup('<div class="filter-values" role="toolbar" aria-label="{}">{}</div>').format(
        FILTERS[name].name[lang], buttons
    )
