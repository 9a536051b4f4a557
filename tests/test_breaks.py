"""The breaks of `tests.breaks` can be applied: each text still stands where it is sought, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.breaks.breaks import BREAKS, Break

ROOT = Path(__file__).parent.parent
COUNT = 50
ROOMS = {
    *("model", "rules", "reading", "query", "wording", "downloads", "drafting", "commands"),
    *("markup", "screens", "frame", "serving"),
}


@pytest.mark.parametrize("broken", BREAKS, ids=[broken.name for broken in BREAKS])
def test_the_text_of_a_break_stands_once_in_its_file(broken: Break) -> None:
    file = ROOT / broken.file
    found = file.read_text(encoding="utf-8").count(broken.text) if file.exists() else 0
    assert found == 1, (
        f"{broken.name}: the text {broken.text!r} stands {found} times in {broken.file}. Move the break in "
        "tests/breaks/breaks.py to where the code went: the file, and the line as it is written now"
    )


@pytest.mark.parametrize("broken", BREAKS, ids=[broken.name for broken in BREAKS])
def test_a_break_changes_one_line_and_names_the_tests_that_should_notice(broken: Break) -> None:
    assert broken.replacement != broken.text
    assert "\n" not in broken.text + broken.replacement
    missing = [target for target in broken.tests if not (ROOT / target.partition("::")[0]).exists()]
    assert broken.tests and not missing, (
        f"{broken.name}: there is no {', '.join(missing) or 'test'}. Name in tests/breaks/breaks.py the tests that should "
        "notice the break"
    )


def test_the_breaks_are_as_many_as_the_count_says_in_all_rooms() -> None:
    assert len({broken.name for broken in BREAKS}) == COUNT, "A break that nothing catches stays in the count"
    assert {broken.room for broken in BREAKS} == ROOMS
