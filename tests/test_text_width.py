"""Text that is broken into lines for Plotly, which never does it."""

from __future__ import annotations

import re

import pytest

from data.reading.live import current
from data.wording.rows import Rows
from pages.markup.text_width import text_width, wrap

WRAPPED = {
    "words": ("one two three four", 6, ["one two", "three four"]),
    "full-width": ("一二三四五六", 3, ["一二三", "四五六"]),
    "no-line-begins-with-a-stop": ("一二三。四五六", 3, ["一二三。", "四五六"]),
    "a-number-is-kept-whole": ("由1,452亿元增至2,333亿元", 6, ["由1,452亿元", "增至2,333亿", "元"]),
    "short": ("one", 6, ["one"]),
    "empty": ("", 6, []),
}


@pytest.mark.parametrize(("text", "ems", "lines"), WRAPPED.values(), ids=WRAPPED)
def test_text_is_wrapped_because_plotly_never_does(text, ems, lines):
    assert wrap(text, ems) == lines


def test_wrapping_loses_nothing(lang):
    for row in Rows(current().dataset, lang):
        lines = wrap(row.finding, 25)
        assert re.sub(r"\s", "", "".join(lines)) == re.sub(r"\s", "", row.finding)
        assert all(text_width(line) <= 27 or " " not in line for line in lines), row.finding
