"""The first sheet of the workbook, for people: the selected metrics in one language, in the words of the screens.

A value that is one number is written as that number, to be added or charted, and its number format has the words around
it: the cell shows the label of the screens.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from math import ceil

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from data.downloads.extract import Extract
from data.model.gaps import Side
from data.model.schema import Lang
from data.query.table import LIST_SEPARATOR
from data.wording.citation import cite_cases
from data.wording.colours import LIGHT, PAPER_RULE
from data.wording.counts import count_selection
from data.wording.labels import COLUMN_WORDS, DIFFERS, MISSING_WORDS, SITE_NAME, t
from data.wording.openings import title_cities
from data.wording.remarks import find_missing_change, find_missing_end, say_remark
from data.wording.rows import MetricRow, Rows

MAX_NUMBER_FORMATS = 190
"""Maximum number of units with a number format: Excel opens 200 formats in every language. Others are text."""
_MAX_CODE_LENGTH, _MAX_DIGITS = 255, 15
"""Maximum number of characters of a number format, and of digits that Excel keeps of a number."""
_A4 = 9
_FONTS: Mapping[Lang, str] = {"zh": "Microsoft YaHei", "en": "Calibri"}
_NUMERAL = re.compile(r"(\d[\d,]*(?:\.\d+)?)")


def write_figures(book: xlsxwriter.Workbook, extract: Extract) -> None:
    """Add the sheet: what was selected and its source, then a row a metric in the order of the metrics table."""
    writer = _Writer(book, extract)
    writer.write_head()
    writer.write_table(Rows(extract.dataset, extract.lang, extract.table("metrics").index.to_numpy()))
    writer.set_page()


class _Writer:
    """Writes the parts of the sheet. Columns are as wide as their labels: a number is never wrapped.

    No cell is a link: LibreOffice cuts one instead of wrapping it.
    """

    def __init__(self, book: xlsxwriter.Workbook, extract: Extract) -> None:
        self.book, self.extract, self.lang = book, extract, extract.lang
        self.sheet: Worksheet = book.add_worksheet(t(self.lang, "指标", "Figures"))
        self.heading_row = 0
        self.font = {"valign": "top", "font_size": 10, "font_name": _FONTS[self.lang]}
        self.cell = {**self.font, "bottom": 1, "bottom_color": PAPER_RULE}
        self.text: Format = book.add_format({**self.cell, "text_wrap": True})
        self.value = {**self.cell, "align": "right", "indent": 1}
        self.words: Format = book.add_format({**self.value, "text_wrap": True})
        self.numbers: dict[str, Format] = {}

    def write_head(self) -> None:
        """Write the title and the lines below it over the whole width; Excel does not fit the height of such cells."""
        width, last = sum(width for width, _ in _COLUMNS.values()), len(_COLUMNS) - 1
        for at, line in enumerate(_list_head(self.extract)):
            size = 10 if at else 14
            font = {**self.font, "text_wrap": True, "font_size": size, "bold": not at}
            self.sheet.merge_range(at, 0, at, last, line, self.book.add_format(font))
            self.sheet.set_row(at, size * 1.6 * ceil(measure_text(line) * size / 10 / width))
            self.heading_row = at + 1

    def write_table(self, rows: Rows) -> None:
        """Write the headings, which filter and stay in view, and the rows."""
        heading = {"text_wrap": True, "bold": True, "bg_color": LIGHT["field"]}
        for at, (name, (width, _)) in enumerate(_COLUMNS.items()):
            style = self.book.add_format({**(self.value if name in _QUANTITIES else self.cell), **heading})
            self.sheet.set_column(at, at, width)
            self.sheet.write_string(self.heading_row, at, COLUMN_WORDS[name][self.lang], style)
        for line, row in enumerate(rows, self.heading_row + 1):
            self._write_row(line, row)
        self.sheet.autofilter(self.heading_row, 0, self.heading_row + len(rows), len(_COLUMNS) - 1)
        self.sheet.freeze_panes(self.heading_row + 1, 0)

    def _write_row(self, line: int, row: MetricRow) -> None:
        for at, (name, (_, word)) in enumerate(_COLUMNS.items()):
            text = word(row, self.lang)
            if name in _QUANTITIES:
                self._write_quantity(line, at, text, _QUANTITIES[name](row))
            else:
                self.sheet.write_string(line, at, text, self.text)

    def _write_quantity(self, line: int, at: int, label: str, number: float | None) -> None:
        value, code = (None, "") if number is None else parse_label(label, number)
        if value is None or (code not in self.numbers and len(self.numbers) == MAX_NUMBER_FORMATS):
            self.sheet.write_string(line, at, label, self.words)
            return
        if code not in self.numbers:
            self.numbers[code] = self.book.add_format({**self.value, "shrink": True, "num_format": code})
        self.sheet.write_number(line, at, value, self.numbers[code])

    def set_page(self) -> None:
        """Set the paper: A4 across, all columns on one sheet, the headings on every sheet, below them the site."""
        self.sheet.set_landscape()
        self.sheet.set_paper(_A4)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.repeat_rows(self.heading_row)
        self.sheet.set_footer(f"&L{SITE_NAME[self.lang]}&R{t(self.lang, '第 &P 页', 'Page &P')}")


def measure_text(text: str) -> float:
    """Return the width of a text in characters, a Chinese one counted twice."""
    return (len(text) + len(text.encode())) / 2


def parse_label(label: str, stated: float) -> tuple[float | None, str]:
    """Return the number of a label and the number format that shows the label; None where it has not just one number.

    `stated` is the number of the metrics table: words may say which way it goes, as in "down 5 places".
    """
    parts = _NUMERAL.split(label)
    if len(parts) != 3 or not label.isprintable():
        return None, ""
    before, digits, after = parts
    size, decimals = float(digits.replace(",", "")), digits.partition(".")[2]
    falls = "−" in before or stated < 0
    number = "#,##0" + ("." + "0" * len(decimals) if decimals else "")
    leads = [before.replace("−", ""), before] if falls else [before]
    code = ";".join(f"{_quote_literal(lead)}{number}{_quote_literal(after)}" for lead in leads)
    exact = f"{size:,.{len(decimals)}f}" == digits and sum(map(str.isdigit, digits)) <= _MAX_DIGITS
    return (-size if falls else size, code) if exact and len(code) <= _MAX_CODE_LENGTH else (None, "")


def _quote_literal(text: str) -> str:
    """Return a text as it stands in a number format."""
    return '"' + re.sub(r'["\\]', r'"\\\g<0>"', text) + '"' if text else ""


def _list_head(extract: Extract) -> Iterator[str]:
    """Yield the title, the filters, what is to be noted, the source and the address."""
    selection, lang = extract.selection, extract.lang
    shown, count, total = (len(each) for each in (extract.table("metrics"), selection.positions, extract.dataset.table))
    if extract.filters.city:
        scope = title_cities(selection, extract.filters, lang)
    elif extract.query:
        scope = count_selection(selection, (), "", lang)
    else:
        scope = t(lang, f"全部{total:,}项指标", f"All {total:,} figures")
    cut = "" if shown == count else t(lang, f"，这里列出其中{shown:,}项", f", {shown:,} of them here")
    yield f"{SITE_NAME[lang]} · {scope}{cut}"
    chosen = t(lang, "；", "; ").join(extract.describe_query()) or t(lang, "无", "none")
    yield t(lang, f"筛选：{chosen}", f"Filter: {chosen}")
    if extract.note:
        yield extract.note[lang]
    yield cite_cases(dict.fromkeys(extract.documents, ()), lang)
    if extract.address:
        yield t(lang, f"来自：{extract.address}", f"From: {extract.address}")


def _word_end(row: MetricRow, side: Side, lang: Lang) -> str:
    """Return an end as printed, or that it is not stated; a dash where no change is meant."""
    reason = find_missing_end(row, side)
    label = row.before_label if side == "before" else row.after_label
    return label or (MISSING_WORDS[reason][lang] if reason else "—")


def _word_change(row: MetricRow, lang: Lang) -> str:
    reason = find_missing_change(row)
    return MISSING_WORDS[reason][lang] if reason else row.change_label


def _word_state(row: MetricRow, lang: Lang) -> str:
    """Return the grade, then the doubts, then what is calculated and what is missing, a line each."""
    doubts = [word for word, _ in row.word_doubts(dated=True)] + ([DIFFERS[lang]] if row.differing else [])
    return "\n".join(filter(None, (f"{row.grade} {row.grade_word}", " · ".join(doubts), say_remark(row, lang))))


def _quote_source(row: MetricRow, lang: Lang) -> str:
    """Return the words of the source; in English each with the project's translation."""
    phrases = zip(row.phrases.split(LIST_SEPARATOR), row.phrases_en.split(LIST_SEPARATOR), strict=True)
    return "\n".join(f"“{phrase}”" + t(lang, "", f" ({english}, our translation)") for phrase, english in phrases)


_COLUMNS: Mapping[str, tuple[int, Callable[[MetricRow, Lang], str]]] = {
    "case": (24, lambda row, lang: f"{row.case_number} · {row.case_title}"),
    "figure": (26, lambda row, lang: row.name),
    "before": (16, lambda row, lang: _word_end(row, "before", lang)),
    "after": (20, lambda row, lang: _word_end(row, "after", lang)),
    "change": (15, _word_change),
    "periods": (16, lambda row, lang: row.periods),
    "place": (13, lambda row, lang: row.place),
    "state": (24, _word_state),
    "words": (42, _quote_source),
}
"""The columns by their headings in COLUMN_WORDS, with their widths in characters and their texts."""
_QUANTITIES: Mapping[str, Callable[[MetricRow], float | None]] = {
    "before": lambda row: row.before_value,
    "after": lambda row: row.after_value,
    "change": lambda row: row.index if row.change_value is None else row.change_value,
}
"""The columns of values, and what the metrics table has there; None for ranges and words."""
