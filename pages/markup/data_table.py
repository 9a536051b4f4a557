"""The metrics as one HTML table: values as printed with their units, sorted by links in its headings.

What a reader chooses of it (columns, order, kinds) is a `TableChoice`, which stands in the address. An empty cell says
why it is empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from markupsafe import Markup

from data.model.schema import Lang, Text
from data.query.dataset import Dataset
from data.query.memory import cache_by_dataset
from data.query.table import LIST_SEPARATOR, parse_sort
from data.wording.labels import PLAN_WORDS, say
from data.wording.rows import MetricRow, Rows
from pages.markup.environment import tone
from pages.markup.links import Links
from pages.markup.marks import anchor, format_badge, format_flag_words, spoken

ALL_KINDS = "all"
"""Value of the query parameter `kinds` that adds inputs, background and rules to outcomes and outputs."""
CACHE_SIZE = 64
"""Maximum number of tables kept in memory, of about 30 kB each."""
_ABSENT = Markup('<span class="absent">{}</span>')


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column on screen: its heading, the columns of the metrics table that it is sorted by, and its cells.

    `{lang}` in a sort key is the language of the page. Only the last key is reversed. A range, words and an end in
    another unit have no `after_base` and come last among their unit. `shown` says whether it is there
    when the address names no columns.
    """

    heading: Text
    sort: tuple[str, ...]
    write: Callable[[MetricRow, Lang], Markup | str]
    shown: bool = True

    def keys(self, lang: Lang, descending: bool = False) -> tuple[str, ...]:
        *first, last = (key.format(lang=lang) for key in self.sort)
        return (*first, f"-{last}" if descending else last)


def _absent(reason: str) -> Markup:
    """Return the reason why there is nothing in a cell."""
    return _ABSENT.format(reason)


def _not_stated(lang: Lang) -> Markup:
    return _absent(say(lang, "未写明", "not stated"))


def _write_end(row: MetricRow, side: str, lang: Lang) -> Markup | str:
    """Return an end as printed, marked if it is derived; the reason where a result lacks it, nothing elsewhere."""
    label, origin = getattr(row, f"{side}_label"), getattr(row, f"{side}_origin")
    if label and origin == "derived":
        return Markup("{} <small>{}</small>").format(label, say(lang, "推算", "derived"))
    if label:
        return str(label)
    lacking = [end.partition(" ")[0] for end in (row.missing or "").split(LIST_SEPARATOR)]
    return _not_stated(lang) if side in lacking else ""


def _write_ends(row: MetricRow, lang: Lang) -> Markup:
    ends = [end for end in (_write_end(row, side, lang) for side in ("before", "after")) if end]
    if not row.before_label and not row.after_label:
        return _absent(say(lang, "前后数值均未写明", "neither value stated"))
    arrow = Markup('<span class="to">→</span> ')
    written = (Markup('<span class="end">{}{}</span>').format(arrow if at else "", end) for at, end in enumerate(ends))
    return Markup(" ").join(written)


def _write_change(row: MetricRow, lang: Lang) -> Markup:
    if row.change_label:
        word = row.direction_word
        direction = Markup(" <small>{}</small>").format(word) if word and row.direction != "improved" else spoken(word)
        derived = say(lang, "算出", "calculated") if row.change_origin == "derived" else ""
        remark = Markup(" <small>{}</small>").format(derived) if derived else Markup("")
        return Markup('<span class="{}">{}</span>{}{}').format(tone(row), row.change_label, direction, remark)
    if row.before_label and row.after_label:
        if row.before_unit_id != row.after_unit_id:
            return _absent(say(lang, "单位不同，未换算", "two units, not converted"))
        return _absent(say(lang, "不能算出", "cannot be calculated"))
    return _not_stated(lang)


def _write_state(row: MetricRow, lang: Lang) -> Markup:
    return Markup("{} {}").format(format_badge(row.grade, lang), format_flag_words(row))


def _write_kind(row: MetricRow, lang: Lang) -> Markup | str:
    if row.status == "observed":
        return row.role_word
    return Markup("{} <small>{}</small>").format(row.role_word, PLAN_WORDS[row.status][lang])


def _write_index(row: MetricRow, lang: Lang) -> Markup | str:
    if row.index is None:
        return _absent(say(lang, "不可换算", "none"))
    return f"{row.index:,.1f}".removesuffix(".0")


def _write_direction(row: MetricRow, lang: Lang) -> Markup | str:
    if not row.direction_word:
        return _absent(say(lang, "不适用", "not applicable"))
    return Markup('<span class="{}">{}</span>').format(tone(row), row.direction_word)


def _write_needed(row: MetricRow, lang: Lang) -> Markup | str:
    if row.needed:
        return row.needed
    return (
        _absent(say(lang, "不缺", "nothing"))
        if row.rule.letter == "A"
        else _absent(say(lang, "不适用", "not applicable"))
    )


def _write_words(row: MetricRow, lang: Lang) -> Markup:
    pairs = zip(row.phrases.split(LIST_SEPARATOR), row.phrases_en.split(LIST_SEPARATOR), strict=True)
    quote = Markup('<q lang="zh">{}</q>' if lang == "zh" else '<q lang="zh">{}</q> “{}”')
    ours = Markup(" <small>({})</small>").format("our translation") if lang == "en" else Markup("")
    return Markup(" ").join(quote.format(*pair) for pair in pairs) + ours


def _write_formula(row: MetricRow, lang: Lang) -> Markup | str:
    return row.formula_label or _absent(say(lang, "没有推算", "nothing derived"))


def _write_caveats(row: MetricRow, lang: Lang) -> Markup | str:
    notes = (
        f"{word}{say(lang, '：', ': ')}{note}" for word, note in zip(row.caveat_words, row.caveat_notes, strict=True)
    )
    return Markup("<br>").join(notes) or _absent(say(lang, "无", "none"))


FIGURE = "figure"
"""The column that is always there: the name of the metric, which links to its figure."""
COLUMNS: Mapping[str, TableColumn] = {
    FIGURE: TableColumn(Text(zh="指标", en="Figure"), ("metric_{lang}",), lambda row, lang: row.name),
    "values": TableColumn(Text(zh="前 → 后", en="Before → after"), ("base_unit_{lang}", "after_base"), _write_ends),
    "change": TableColumn(Text(zh="变化", en="Change"), ("index",), _write_change),
    "state": TableColumn(Text(zh="完整度与疑点", en="Completeness, doubts"), ("grade",), _write_state),
    "place": TableColumn(Text(zh="地点", en="Place"), ("prefecture_code",), lambda row, lang: row.place),
    "periods": TableColumn(Text(zh="时间", en="Periods"), ("after_period",), lambda row, lang: row.periods),
    "case": TableColumn(Text(zh="案例", en="Case"), ("case_id",), lambda row, lang: ""),
    "kind": TableColumn(Text(zh="类别", en="Kind"), ("role",), _write_kind),
    "direction": TableColumn(Text(zh="方向", en="Direction"), ("direction",), _write_direction, shown=False),
    "index": TableColumn(Text(zh="指数（前 = 100）", en="Index (before = 100)"), ("index",), _write_index, shown=False),
    "needed": TableColumn(Text(zh="要成为A级还缺", en="For an A it lacks"), ("missing",), _write_needed, shown=False),
    "caveats": TableColumn(Text(zh="说明", en="Caveats"), ("caveats",), _write_caveats, shown=False),
    "formula": TableColumn(Text(zh="推算", en="Derivation"), ("formula",), _write_formula, shown=False),
    "words": TableColumn(Text(zh="原文", en="Source words"), ("phrases",), _write_words, shown=False),
}
"""The columns by the names that the address has, in the order of the table."""
SHOWN = tuple(name for name, column in COLUMNS.items() if column.shown)


@dataclass(frozen=True, slots=True)
class TableChoice:
    """What a reader chooses of the table: columns in the order of COLUMNS, keys of `sort_rows`, all kinds or results.

    `dropped` are the parts of the address that name nothing.
    """

    columns: tuple[str, ...] = SHOWN
    sort: tuple[str, ...] = ()
    every_kind: bool = False
    dropped: tuple[str, ...] = ()

    def query(self) -> dict[str, str]:
        """Return the choice as query parameters; nothing for what is so anyway."""
        values = {
            "sort": ",".join(self.sort),
            "columns": "" if self.columns == SHOWN else ",".join(self.columns),
            "kinds": ALL_KINDS if self.every_kind else "",
        }
        return {name: value for name, value in values.items() if value}


def read_choice(query: Mapping[str, str]) -> TableChoice:
    """Return what the address chooses of the table."""
    sort, dropped = parse_sort(query.get("sort", ""))
    asked = {part for part in query.get("columns", "").split(",") if part}
    columns = tuple(name for name in COLUMNS if name in asked or name == FIGURE) if asked & {*COLUMNS} else SHOWN
    kinds = query.get("kinds", "")
    unknown = (*dropped, *sorted(asked - {*COLUMNS}), *([kinds] if kinds not in ("", ALL_KINDS) else []))
    return TableChoice(columns, sort, kinds == ALL_KINDS, unknown)


def data_table(dataset: Dataset, positions: Iterable[int], choice: TableChoice, lang: Lang, links: Links) -> Markup:
    """Return the table of the metrics at these positions; it is made once for all readers."""
    return _build(dataset, tuple(map(int, positions)), choice, lang, links)


@cache_by_dataset(CACHE_SIZE)
def _build(dataset: Dataset, positions: tuple[int, ...], choice: TableChoice, lang: Lang, links: Links) -> Markup:
    return format_data_table(Rows(dataset, lang, positions), choice, lang, links)


def format_data_table(rows: Iterable[MetricRow], choice: TableChoice, lang: Lang, links: Links) -> Markup:
    """Return the table of these rows. Its headings sort, which begins with the first page; a row opens its figure."""
    heads = Markup("").join(_format_heading(name, choice, lang, links) for name in choice.columns)
    body = Markup("").join(_format_row(row, choice.columns, lang, links) for row in rows)
    caption = say(lang, "筛选后的指标表", "The figures as filtered")
    return Markup(
        '<div class="datatable" tabindex="0" role="region" aria-label="{0}"><table role="table">'
        '<caption class="spoken">{0}</caption><thead role="rowgroup" data-label="{3}"><tr role="row">{1}</tr></thead>'
        '<tbody role="rowgroup">{2}</tbody></table></div>'
    ).format(caption, heads, body, say(lang, "排序：", "Sort by"))


def _format_heading(name: str, choice: TableChoice, lang: Lang, links: Links) -> Markup:
    """Return the heading of a column: a link that sorts by it, or in the other direction if it is sorted by already."""
    column = COLUMNS[name]
    rising, falling = column.keys(lang), column.keys(lang, descending=True)
    state = "ascending" if choice.sort == rising else "descending" if choice.sort == falling else ""
    other = replace(choice, sort=falling if state == "ascending" else rising)
    heading = column.heading[lang]
    sign = {"ascending": "▲", "descending": "▼"}.get(state, "")
    mark = Markup(' <span class="way" aria-hidden="true">{}</span>').format(sign) if sign else Markup("")
    way = say(lang, "降序", "descending") if state == "ascending" else say(lang, "升序", "ascending")
    label = say(lang, f"{heading}：{way}排列", f"{heading}: sort {way}")
    href, content = links.screen("data", **other.query()), Markup("{}{}").format(heading, mark)
    link = anchor(links, href, content, label, stay=f"sort-{name}")
    return Markup('<th scope="col" role="columnheader" class="{}" aria-sort="{}">{}</th>').format(
        name, state or "none", link
    )


def _format_row(row: MetricRow, columns: Iterable[str], lang: Lang, links: Links) -> Markup:
    cells = Markup("").join(_format_cell(row, name, lang, links) for name in columns)
    return Markup('<tr role="row">{}</tr>').format(cells)


def _format_cell(row: MetricRow, name: str, lang: Lang, links: Links) -> Markup:
    if name == FIGURE:
        link = anchor(links, links.figure(row.case_id, row.metric_id), row.name)
        return Markup('<th scope="row" role="rowheader" class="figure">{}</th>').format(link)
    if name == "case":
        title = Markup('<span class="nr">{}</span> {}').format(row.case_number, row.case_title)
        content: Markup | str = anchor(links, links.screen("case", case=row.case_id), title)
    else:
        content = COLUMNS[name].write(row, lang)
    label = COLUMNS[name].heading[lang]
    return Markup('<td role="cell" class="{}" data-label="{}">{}</td>').format(name, label, content)
