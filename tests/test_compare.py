"""Which metrics may be compared, and the reasons given where they may not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from data.model.grades import GRADE_RULES
from data.wording.compare import compare, find_scales
from data.wording.rows import Rows

PLAIN: dict[str, Any] = {
    "case_id": "2020-01-a",
    "role": "outcome",
    "grade": "E",
    "dimension": "count",
    "unit_id": "item",
    "after_unit_id": "item",
    "after_value": 5.0,
    "change_kind": None,
    "change_value": None,
    "index": None,
}


def row(metric_id: str, **given: Any) -> SimpleNamespace:
    fields = {**PLAIN, "metric_id": metric_id, **given}
    return SimpleNamespace(**fields, rule=GRADE_RULES[fields["grade"]])


SCALES = {
    "a level": (row("a"), (("level", "item"),)),
    "a paired figure has its index as well": (row("a", grade="A", index=50.0), (("index", "100"), ("level", "item"))),
    "money of any unit": (row("a", dimension="money", after_unit_id="cny-10k"), (("level", "money"),)),
    "an indexed figure": (row("a", grade="C", index=310.0, after_value=None), (("index", "100"),)),
    "points": (
        row("a", grade="D", after_value=None, dimension="share", change_kind="points", change_value=7.5),
        (("difference", "points"),),
    ),
    "shares with the points between them": (
        row(
            "a",
            grade="A",
            dimension="share",
            unit_id="percent",
            after_unit_id="percent",
            change_kind="points",
            change_value=2.4,
        ),
        (("level", "percent"), ("difference", "points")),
    ),
    "a difference of shares": (
        row(
            "a",
            grade="D",
            dimension="share",
            unit_id="percent",
            after_value=None,
            change_kind="difference",
            change_value=2.4,
        ),
        (("difference", "points"),),
    ),
    "a difference": (
        row("a", grade="D", after_value=None, unit_id="m3", change_kind="difference", change_value=-5.0),
        (("difference", "m3"),),
    ),
    "a rank": (row("a", grade="B", dimension="rank"), ()),
    "places": (row("a", grade="D", dimension="rank", after_value=None, change_kind="places", change_value=3.0), ()),
    "words": (row("a", grade="F", after_value=None), ()),
    "a plan": (row("a", grade="P", index=1000.0), ()),
    "a range": (row("a", grade="D", after_value=None, change_kind="difference"), ()),
}


@pytest.mark.parametrize(("figure", "expected"), SCALES.values(), ids=SCALES)
def test_scales(figure, expected):
    assert find_scales(figure) == expected


REFUSED = {
    "plan": (row("a", grade="P"), row("b"), "plan"),
    "words": (row("a", grade="F"), row("b"), "words"),
    "rank against share": (
        row("a", grade="E", dimension="rank"),
        row("b", dimension="share", after_unit_id="percent"),
        "rank",
    ),
    "working days against days": (
        row("a", dimension="time", after_unit_id="working-day"),
        row("b", dimension="time", after_unit_id="day"),
        "time",
    ),
    "a share against an index": (
        row("a", grade="A", dimension="share", after_unit_id="percent", change_kind="points", change_value=2.4),
        row("b", grade="C", index=50.0, after_value=None),
        "share",
    ),
    "counts against money": (row("a"), row("b", dimension="money", after_unit_id="cny"), "alone"),
    "a range": (row("a", grade="D", after_value=None, change_kind="difference"), row("b"), "range"),
}


@pytest.mark.parametrize(("figure", "other", "reason"), REFUSED.values(), ids=REFUSED)
def test_refused_with_a_reason(figure, other, reason):
    found = compare([figure, other], [])
    assert not found.groups
    assert (found.refusals[0].row, found.refusals[0].reason) == (figure, reason)
    assert len(found.refusals) == 2


def test_figures_on_one_scale_share_a_group_and_the_rest_are_offered_others():
    first, second, alone = (
        row("a", grade="A", index=50.0),
        row("b", grade="C", index=120.0, after_value=None),
        row("c", after_unit_id="project"),
    )
    fitting = row("d", case_id="2020-02-b", after_unit_id="project")
    found = compare([first, second, alone], [first, second, alone, fitting])
    assert [(group.kind, group.rows) for group in found.groups] == [("index", (first, second))]
    assert [(refusal.row, refusal.instead) for refusal in found.refusals] == [(alone, (fitting,))]


def test_every_real_figure_is_placed_or_refused(dataset):
    rows = Rows(dataset, "en")
    for start in range(0, len(rows), 8):
        chosen = rows[start : start + 8]
        found = compare(chosen, rows)
        placed = {one.metric_id for group in found.groups for one in group.rows}
        assert placed.isdisjoint(
            refusal.row.metric_id for refusal in found.refusals if refusal.row.metric_id not in placed
        )
        assert len({(one.case_id, one.metric_id) for group in found.groups for one in group.rows}) + len(
            found.refusals
        ) == len(chosen)
