"""The text of each screen is that which was looked at: tests/snapshots has it."""

from __future__ import annotations

from difflib import unified_diff

import pytest

from tests.snapshots.__main__ import FOLDER, NAMES, file_of, read_screen

ANEW = "If the change is meant, `python -m tests.snapshots` writes the files anew; look at their difference."


@pytest.mark.parametrize(("screen", "lang"), NAMES)
def test_a_screen_says_what_it_said(screen, lang):
    file = file_of(screen, lang)
    before, now = file.read_text(encoding="utf-8").splitlines(), read_screen(screen, lang).splitlines()
    assert before == now, "\n".join([*unified_diff(before, now, file.name, "now", n=1, lineterm=""), ANEW])


def test_no_text_of_a_former_screen_is_kept():
    assert {file.name for file in FOLDER.glob("*.txt")} == {file_of(*name).name for name in NAMES}, ANEW
