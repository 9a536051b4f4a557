"""The rules that follow from a metric: direction, missing end, bounds, index, grade, formula, and contradictions."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from data import load_dataset
from data.check import report
from data.downloads.csv_json import write_case_json
from data.downloads.extract import Extract
from data.model import grades
from data.model.evidence import combine, derive, find_contradictions
from data.model.schema import Better, Bound, Metric
from data.reading.live import current
from data.wording.rows import Rows

DATASET = current().dataset
UNITS = DATASET.units
ALL = [(case.id, metric, derive(metric, DATASET.units)) for case in DATASET.cases for metric in case.metrics]
BOUNDS: tuple[Bound, ...] = get_args(Bound)
BETTER: tuple[Better, ...] = get_args(Better)
NOTE = {"zh": "说明", "en": "note"}


def end(given: Any) -> Any:
    """An end from its short form: a number, a (low, high) range, words, or a mapping as in a case file."""
    if isinstance(given, tuple):
        return {"low": given[0], "high": given[1]}
    if isinstance(given, str):
        return {"text": {"zh": "中", "en": given}}
    return given if isinstance(given, dict) or given is None else {"value": given}


def figure(
    before: Any = None,
    after: Any = None,
    change: Any = None,
    unit: str = "site",
    better: str = "higher",
    caveat: str = "",
    status: str = "observed",
) -> Metric:
    """A metric from short forms; a change is (kind, end)."""
    fields: dict[str, Any] = {
        "before": end(before),
        "after": end(after),
        "change": change and {**end(change[1]), "kind": change[0]},
    }
    caveats = ({"kind": caveat, "note": NOTE},) if caveat else ()
    known = {
        "id": "figure",
        "name": NOTE,
        "place": "henan",
        "role": "outcome",
        "phrases": ({"text": "数", "en": "number"},),
        "section": NOTE,
        "caveats": caveats,
    }
    return Metric.model_validate(
        {
            **known,
            "unit": unit,
            "better": better,
            "status": status,
            **{name: value for name, value in fields.items() if value},
        }
    )


def found(**given: Any) -> Any:
    return derive(figure(**given), UNITS)


def bounded(value: float, bound: str) -> dict[str, Any]:
    return {"value": value, "bound": bound}


# A move of the number itself: up, down, same, open (the printed words leave more than one possible), none (nothing is compared).
AFTER_LEAVES_OPEN = {"up": {"under", "at_most"}, "down": {"over", "at_least"}}
BEFORE_LEAVES_OPEN = {"up": {"over", "at_least"}, "down": {"under", "at_most"}}
MOVES: dict[str, tuple[str, dict[str, Any]]] = {
    "ends-up": ("up", {"before": 50, "after": 100}),
    "ends-down": ("down", {"before": 100, "after": 50}),
    "ends-same": ("same", {"before": 7, "after": 7}),
    "ends-from-zero": ("up", {"before": 0, "after": 5}),
    "same-but-about": ("open", {"before": 7, "after": bounded(7, "about")}),
    "ranges-apart-up": ("up", {"before": (1, 2), "after": (4, 5)}),
    "ranges-apart-down": ("down", {"before": (4, 5), "after": (1, 2)}),
    "ranges-touch": ("open", {"before": (1, 2), "after": (2, 3)}),
    "ranges-overlap": ("open", {"before": (1, 4), "after": (2, 5)}),
    "same-range": ("open", {"before": (1, 2), "after": (1, 2)}),
    "range-to-value": ("up", {"before": (1, 2), "after": 3}),
    "words": ("none", {"before": "medium", "after": "high"}),
    "derived-end": ("up", {"after": 100, "change": ("difference", 10)}),
    "two-units-of-time": (
        "down",
        {"before": {"value": 2, "unit": "month"}, "after": 3, "unit": "working-day", "caveat": "mixed_units"},
    ),
    "two-units-of-time-up": (
        "up",
        {"before": {"value": 20, "unit": "day"}, "after": 1, "unit": "month", "caveat": "mixed_units"},
    ),
    "units-of-two-kinds": (
        "open",
        {"before": {"value": 2, "unit": "site"}, "after": 3, "unit": "day", "caveat": "mixed_units"},
    ),
    "ranks-up-in-number": ("up", {"before": 5, "after": 16, "unit": "rank"}),
    "ranks-down-in-number": ("down", {"before": 16, "after": 5, "unit": "rank"}),
    "rank-kept": ("same", {"before": 1, "after": 1, "unit": "rank"}),
    "moved-up": ("down", {"change": ("places", 6), "unit": "rank"}),
    "moved-down": ("up", {"change": ("places", -6), "unit": "rank"}),
    "moved-nowhere": ("same", {"change": ("places", 0), "unit": "rank"}),
    "moved-up-with-rank": ("down", {"after": 16, "change": ("places", 6), "unit": "rank"}),
    "relative-up": ("up", {"change": ("relative", 68.3)}),
    "relative-down": ("down", {"change": ("relative", -40)}),
    "relative-none": ("same", {"change": ("relative", 0)}),
    "relative-about-none": ("open", {"change": ("relative", bounded(0, "about"))}),
    "relative-over": ("up", {"change": ("relative", bounded(20, "over"))}),
    "relative-nearly-down": ("down", {"change": ("relative", bounded(-40, "nearly"))}),
    "relative-range-up": ("up", {"change": ("relative", (5, 10))}),
    "relative-range-down": ("down", {"change": ("relative", (-10, -5))}),
    "relative-range-around-none": ("open", {"change": ("relative", (-5, 5))}),
    "relative-range-from-none": ("open", {"change": ("relative", (0, 5))}),
    "points-up": ("up", {"change": ("points", 7.5), "unit": "percent"}),
    "points-down": ("down", {"change": ("points", -7.5), "unit": "percent"}),
    "points-none": ("same", {"change": ("points", 0), "unit": "percent"}),
    "difference-up": ("up", {"change": ("difference", 881)}),
    "difference-down": ("down", {"change": ("difference", -55)}),
    "difference-none": ("same", {"change": ("difference", 0)}),
    "difference-range-down": ("down", {"change": ("difference", (-3, -2)), "unit": "month"}),
    "multiple-up": ("up", {"change": ("multiple", 3.1)}),
    "multiple-down": ("down", {"change": ("multiple", 0.5)}),
    "multiple-none": ("same", {"change": ("multiple", 1)}),
    "multiple-range-around-none": ("open", {"change": ("multiple", (0.9, 1.1))}),
    "change-in-words": ("none", {"change": ("multiple", "dozens of times")}),
    "only-after": ("none", {"after": 5}),
    "only-before": ("none", {"before": 5}),
    "only-an-earlier-time": ("none", {"before": {"period": {"end": "2018", "kind": "as_of"}}, "after": 5}),
    **{
        f"up-after-{bound}": (
            "open" if bound in AFTER_LEAVES_OPEN["up"] else "up",
            {"before": 50, "after": bounded(100, bound)},
        )
        for bound in BOUNDS
    },
    **{
        f"down-after-{bound}": (
            "open" if bound in AFTER_LEAVES_OPEN["down"] else "down",
            {"before": 100, "after": bounded(50, bound)},
        )
        for bound in BOUNDS
    },
    **{
        f"up-before-{bound}": (
            "open" if bound in BEFORE_LEAVES_OPEN["up"] else "up",
            {"before": bounded(50, bound), "after": 100},
        )
        for bound in BOUNDS
    },
    **{
        f"down-before-{bound}": (
            "open" if bound in BEFORE_LEAVES_OPEN["down"] else "down",
            {"before": bounded(100, bound), "after": 50},
        )
        for bound in BOUNDS
    },
}
DIRECTIONS = {
    "higher": {"up": "improved", "down": "worsened", "same": "unchanged", "open": "unclear", "none": None},
    "lower": {"up": "worsened", "down": "improved", "same": "unchanged", "open": "unclear", "none": None},
    "neutral": dict.fromkeys(("up", "down", "same", "open", "none")),
}


@pytest.mark.parametrize("better", BETTER)
def test_direction(better):
    derived = {name: found(**given, better=better).direction for name, (_, given) in MOVES.items()}
    assert derived == {name: DIRECTIONS[better][move] for name, (move, _) in MOVES.items()}


@pytest.mark.parametrize("better", BETTER)
@pytest.mark.parametrize("status", ["target", "planned"])
def test_a_plan_has_no_direction_whatever_it_gives(better, status):
    derived = {name: found(**given, better=better, status=status).direction for name, (_, given) in MOVES.items()}
    assert derived == dict.fromkeys(MOVES)


MISSING_ENDS = {
    "debt-limit": ({"after": 2333, "change": ("difference", 881)}, "before", 1452, "before = 2333 − 881 = 1452"),
    "difference-forwards": (
        {"before": 1452, "change": ("difference", 881)},
        "after",
        2333,
        "after = 1452 + 881 = 2333",
    ),
    "fall-backwards": ({"after": 50, "change": ("difference", -10)}, "before", 60, "before = 50 + 10 = 60"),
    "fall-forwards": ({"before": 60, "change": ("difference", -10)}, "after", 50, "after = 60 − 10 = 50"),
    "rank-moved-up": ({"after": 16, "change": ("places", 6), "unit": "rank"}, "before", 22, "before = 16 + 6 = 22"),
    "rank-moved-up-forwards": (
        {"before": 22, "change": ("places", 6), "unit": "rank"},
        "after",
        16,
        "after = 22 − 6 = 16",
    ),
    "rank-moved-down": ({"after": 8, "change": ("places", -3), "unit": "rank"}, "before", 5, "before = 8 − 3 = 5"),
    "rise-backwards": ({"after": 150, "change": ("relative", 50)}, "before", 100, "before = 150 ÷ (1 + 50 %) = 100"),
    "rise-forwards": ({"before": 100, "change": ("relative", 50)}, "after", 150, "after = 100 × (1 + 50 %) = 150"),
    "relative-fall": ({"after": 60, "change": ("relative", -40)}, "before", 100, "before = 60 ÷ (1 − 40 %) = 100"),
    "multiple-backwards": ({"after": 930, "change": ("multiple", 3)}, "before", 310, "before = 930 ÷ 3 = 310"),
    "doubled-twice": ({"before": 2, "change": ("multiple", 4)}, "after", 8, "after = 2 × 4 = 8"),
    "points-backwards": (
        {"after": 96.8, "change": ("points", 7.5), "unit": "percent"},
        "before",
        89.3,
        "before = 96.8 − 7.5 = 89.3",
    ),
    "points-forwards": (
        {"before": 89.3, "change": ("points", 7.5), "unit": "percent"},
        "after",
        96.8,
        "after = 89.3 + 7.5 = 96.8",
    ),
    "range-of-the-end": (
        {"after": (2, 3), "change": ("difference", 1)},
        "before",
        (1, 2),
        "before = 2 − 1 … 3 − 1 = 1–2",
    ),
    "range-of-the-change": (
        {"after": 10, "change": ("difference", (1, 2))},
        "before",
        (8, 9),
        "before = 10 − 1 … 10 − 2 = 8–9",
    ),
    "earlier-time-without-value": (
        {"before": {"period": {"end": "2019", "kind": "as_of"}}, "after": 5, "change": ("difference", 2)},
        "before",
        3,
        "before = 5 − 2 = 3",
    ),
}


@pytest.mark.parametrize(("given", "side", "value", "formula"), MISSING_ENDS.values(), ids=MISSING_ENDS)
def test_missing_end(given, side, value, formula):
    evidence = found(**given)
    drawn, other = getattr(evidence, side), getattr(evidence, "after" if side == "before" else "before")
    assert (drawn.span, drawn.origin, other.origin) == (
        value if isinstance(value, tuple) else (value, value),
        "derived",
        "stated",
    )
    assert evidence.formula.split("; ")[0] == formula
    assert evidence.grade == "B"


NOT_DERIVED = {
    "percent-or-points": {"after": 81, "change": ("relative", 12.4), "unit": "percent", "caveat": "percent_or_points"},
    "of-the-increment": {"after": 81, "change": ("multiple", 3.1), "caveat": "of_the_increment"},
    "mixed-units": {"after": 81, "change": ("difference", 3), "caveat": "mixed_units"},
    "other-end-in-words": {"before": "medium", "after": 16, "change": ("places", 6), "unit": "rank"},
    "change-in-words": {"after": 81, "change": ("multiple", "dozens of times")},
    "known-end-in-another-unit": {
        "after": {"value": 3, "unit": "working-day"},
        "change": ("difference", -57),
        "unit": "day",
    },
    "no-change": {"after": 81},
    "fallen-to-nothing": {"after": 0, "change": ("relative", -100)},
}


@pytest.mark.parametrize("given", NOT_DERIVED.values(), ids=NOT_DERIVED)
def test_no_end_is_invented(given):
    evidence = found(**given)
    assert "derived" not in (evidence.before.origin, evidence.after.origin)
    assert evidence.before.span is None


COMBINED = """
          exact    over     under  nearly about at_least at_most
exact     exact    over     under  nearly about at_least at_most
over      over     over     about  about  about over     about
under     under    about    under  under  about about    under
nearly    nearly   about    under  nearly about about    under
about     about    about    about  about  about about    about
at_least  at_least over     about  about  about at_least about
at_most   at_most  about    under  under  about about    at_most
"""
HEAD, *LINES = (line.split() for line in COMBINED.strip().splitlines())


@pytest.mark.parametrize(
    ("first", "second", "result"),
    [(row[0], column, cell) for row in LINES for column, cell in zip(HEAD, row[1:], strict=True)],
)
def test_two_bounds_combine(first, second, result):
    assert combine(first, second) == result


TRAVELLING = {
    "after-over": ({"after": bounded(2333, "over"), "change": ("difference", 881)}, "before", "over"),
    "rise-over": ({"after": 2333, "change": ("difference", bounded(881, "over"))}, "before", "under"),
    "rise-at-least": ({"after": 2333, "change": ("difference", bounded(881, "at_least"))}, "before", "at_most"),
    "rise-about": ({"after": 2333, "change": ("difference", bounded(881, "about"))}, "before", "about"),
    "rise-over-forwards": ({"before": 2333, "change": ("difference", bounded(881, "over"))}, "after", "over"),
    "fall-over": ({"after": 50, "change": ("difference", bounded(-10, "over"))}, "before", "over"),
    "fall-over-forwards": ({"before": 50, "change": ("difference", bounded(-10, "over"))}, "after", "under"),
    "fall-nearly-forwards": ({"before": 100, "change": ("relative", bounded(-40, "nearly"))}, "after", "over"),
    "multiple-over": ({"after": 9, "change": ("multiple", bounded(3, "over"))}, "before", "under"),
    "multiple-below-one-over": ({"before": 9, "change": ("multiple", bounded(0.5, "over"))}, "after", "over"),
    "up-over-6-places": ({"after": 16, "change": ("places", bounded(6, "over")), "unit": "rank"}, "before", "over"),
    "up-over-6-places-forwards": (
        {"before": 22, "change": ("places", bounded(6, "over")), "unit": "rank"},
        "after",
        "under",
    ),
    "down-over-3-places-forwards": (
        {"before": 5, "change": ("places", bounded(-3, "over")), "unit": "rank"},
        "after",
        "over",
    ),
    "both-agree": ({"after": bounded(9, "over"), "change": ("difference", bounded(3, "under"))}, "before", "over"),
    "both-opposed": ({"after": bounded(9, "over"), "change": ("difference", bounded(3, "over"))}, "before", "about"),
}


@pytest.mark.parametrize(("given", "side", "bound"), TRAVELLING.values(), ids=TRAVELLING)
def test_bounds_travel_to_the_derived_end(given, side, bound):
    assert getattr(found(**given), side).bound == bound


INDICES = {
    "halved": ({"before": 100, "after": 50}, 50, "exact", "index = 50 ÷ 100 × 100 = 50"),
    "after-over": ({"before": 100, "after": bounded(50, "over")}, 50, "over", "index = 50 ÷ 100 × 100 = 50"),
    "before-over": ({"before": bounded(100, "over"), "after": 50}, 50, "under", "index = 50 ÷ 100 × 100 = 50"),
    "before-at-most": ({"before": bounded(100, "at_most"), "after": 50}, 50, "at_least", "index = 50 ÷ 100 × 100 = 50"),
    "both-over": (
        {"before": bounded(100, "over"), "after": bounded(50, "over")},
        50,
        "about",
        "index = 50 ÷ 100 × 100 = 50",
    ),
    "to-nothing": ({"before": 100, "after": 0}, 0, "exact", "index = 0 ÷ 100 × 100 = 0"),
    "derived-end": (
        {"after": 2333, "change": ("difference", 881)},
        160.674931129,
        "exact",
        "before = 2333 − 881 = 1452; index = 2333 ÷ 1452 × 100 = 160.7",
    ),
    "relative-fall": ({"change": ("relative", -40)}, 60, "exact", "index = 100 − 40 = 60"),
    "relative-rise": ({"change": ("relative", 68.3)}, 168.3, "exact", "index = 100 + 68.3 = 168.3"),
    "fall-of-nearly": ({"change": ("relative", bounded(-40, "nearly"))}, 60, "over", "index = 100 − 40 = 60"),
    "rise-of-over": ({"change": ("relative", bounded(20, "over"))}, 120, "over", "index = 100 + 20 = 120"),
    "multiple": ({"change": ("multiple", 3.1)}, 310, "exact", "index = 3.1 × 100 = 310"),
    "multiple-over": ({"change": ("multiple", bounded(3, "over"))}, 300, "over", "index = 3 × 100 = 300"),
    "multiple-below-one": ({"change": ("multiple", bounded(0.5, "over"))}, 50, "over", "index = 0.5 × 100 = 50"),
    "percent-or-points": (
        {"change": ("relative", -15.79), "unit": "percent", "caveat": "percent_or_points"},
        84.21,
        "exact",
        "index = 100 − 15.79 = 84.21",
    ),
    "share-with-a-stated-relative-change": (
        {"before": 50, "after": 60.2, "change": ("relative", bounded(20, "over")), "unit": "percent"},
        120,
        "over",
        "index = 100 + 20 = 120",
    ),
    "share-with-a-stated-multiple": (
        {"after": 60, "change": ("multiple", 2), "unit": "percent"},
        200,
        "exact",
        "before = 60 ÷ 2 = 30; index = 2 × 100 = 200",
    ),
    "a-plan": (
        {"before": 26, "after": 138, "status": "target"},
        530.769230769,
        "exact",
        "index = 138 ÷ 26 × 100 = 530.8",
    ),
}


@pytest.mark.parametrize(("given", "index", "bound", "formula"), INDICES.values(), ids=INDICES)
def test_index(given, index, bound, formula):
    evidence = found(**given)
    assert (evidence.index, evidence.index_bound, evidence.formula) == (pytest.approx(index), bound, formula)


NO_INDEX = {
    "ranks": {"before": 16, "after": 5, "unit": "rank"},
    "places": {"after": 16, "change": ("places", 6), "unit": "rank"},
    "points": {"change": ("points", 7.5), "unit": "percent"},
    "difference": {"change": ("difference", -55)},
    "two-units": {"before": {"value": 2, "unit": "month"}, "after": 3, "unit": "working-day", "caveat": "mixed_units"},
    "two-units-undeclared": {"before": {"value": 2, "unit": "month"}, "after": 3, "unit": "working-day"},
    "mixed-units": {"before": 2, "after": 3, "caveat": "mixed_units"},
    "from-nothing": {"before": 0, "after": 5},
    "below-zero": {"before": -4, "after": 5},
    "to-below-zero": {"before": 4, "after": -5},
    "range": {"before": (1, 2), "after": 4},
    "relative-range": {"change": ("relative", (5, 10))},
    "multiple-in-words": {"change": ("multiple", "dozens of times")},
    "level": {"after": 1860},
    "words": {"before": "medium", "after": "high"},
    "shares": {"before": 78.82, "after": 81.22, "unit": "percent"},
    "shares-and-their-points": {"before": 89.3, "after": 96.8, "change": ("points", 7.5), "unit": "percent"},
    "share-and-points": {"after": 96.8, "change": ("points", 7.5), "unit": "percent"},
    "share-and-difference": {"after": 96.8, "change": ("difference", 7.5), "unit": "percent"},
    "planned-shares": {"before": 50, "after": 80, "unit": "percent", "status": "target"},
    "ends-that-are-shares": {
        "before": {"value": 50, "unit": "percent"},
        "after": {"value": 80, "unit": "percent"},
        "unit": "county",
    },
}


@pytest.mark.parametrize("given", NO_INDEX.values(), ids=NO_INDEX)
def test_no_index_where_the_scale_or_the_source_allows_none(given):
    evidence = found(**given)
    assert (evidence.index, evidence.index_bound, "index" in evidence.formula) == (None, None, False)


SHARE = {"unit": "percent"}
POINTS = {
    "rise": ({"before": 78.82, "after": 81.22}, 2.4, "exact", "change = 81.22 − 78.82 = 2.4"),
    "fall": ({"before": 40, "after": 24.21}, -15.79, "exact", "change = 24.21 − 40 = −15.79"),
    "from-nothing": ({"before": 0, "after": 5}, 5, "exact", "change = 5 − 0 = 5"),
    "none": ({"before": 7, "after": 7}, 0, "exact", "change = 7 − 7 = 0"),
    "after-over": ({"before": 50, "after": bounded(80, "over")}, 30, "over", "change = 80 − 50 = 30"),
    "before-over": ({"before": bounded(50, "over"), "after": 80}, 30, "under", "change = 80 − 50 = 30"),
    "fall-to-under": ({"before": 50, "after": bounded(20, "under")}, -30, "over", "change = 20 − 50 = −30"),
    "about": ({"before": bounded(50, "about"), "after": 80}, 30, "about", "change = 80 − 50 = 30"),
    "range": ({"before": (70, 80), "after": 85}, (5, 15), "exact", "change = 85 − 80 … 85 − 70 = 5–15"),
    "target": ({"before": 50, "after": 80, "status": "target"}, 30, "exact", "change = 80 − 50 = 30"),
}


@pytest.mark.parametrize(("given", "size", "bound", "formula"), POINTS.values(), ids=POINTS)
def test_the_points_between_two_shares_are_calculated(given, size, bound, formula):
    evidence = found(**given, **SHARE)
    change = evidence.derived_change
    assert (change.kind, change.span, change.bound) == (
        "points",
        size if isinstance(size, tuple) else (size, size),
        bound,
    )
    assert evidence.formula == formula


NO_POINTS = {
    "no-share": {"before": 50, "after": 80},
    "points-stated": {"before": 50, "after": 80, "change": ("points", 30), **SHARE},
    "relative-stated": {"before": 50, "after": 60, "change": ("relative", 20), **SHARE},
    "change-in-words": {"before": 50, "after": 60, "change": ("points", "by far"), **SHARE},
    "one-end": {"after": 80, **SHARE},
    "ranges-that-leave-the-sign-open": {"before": (70, 80), "after": (75, 85), **SHARE},
    "two-units": {"before": {"value": 2, "unit": "item"}, "after": 50, **SHARE},
    "mixed-units": {"before": 50, "after": 80, "caveat": "mixed_units", **SHARE},
}


@pytest.mark.parametrize("given", NO_POINTS.values(), ids=NO_POINTS)
def test_no_points_are_calculated_elsewhere(given):
    assert found(**given).derived_change is None


GRADES = {
    "both-ends": ("A", {"before": 100, "after": 50}),
    "both-ranges": ("A", {"before": (1, 2), "after": (4, 5)}),
    "both-ends-and-change": ("A", {"before": 100, "after": 50, "change": ("relative", -50)}),
    "two-units": (
        "A",
        {"before": {"value": 2, "unit": "month"}, "after": 3, "unit": "working-day", "caveat": "mixed_units"},
    ),
    "end-and-change": ("B", {"after": 2333, "change": ("difference", 881)}),
    "rank-and-places": ("B", {"after": 16, "change": ("places", 6), "unit": "rank"}),
    "relative": ("C", {"change": ("relative", -40)}),
    "relative-range": ("C", {"change": ("relative", (5, 10))}),
    "multiple": ("C", {"change": ("multiple", 3.1)}),
    "percent-or-points": (
        "C",
        {"after": 81, "change": ("relative", 12.4), "unit": "percent", "caveat": "percent_or_points"},
    ),
    "of-the-increment": ("C", {"after": 81, "change": ("multiple", 3.1), "caveat": "of_the_increment"}),
    "difference": ("D", {"change": ("difference", -55)}),
    "points": ("D", {"change": ("points", 7.5), "unit": "percent"}),
    "places": ("D", {"change": ("places", 3), "unit": "rank"}),
    "after": ("E", {"after": 1860}),
    "before": ("E", {"before": 1860}),
    "number-after-words": ("E", {"before": "medium", "after": 1860}),
    "words": ("F", {"after": "high"}),
    "words-twice": ("F", {"before": "medium", "after": "high"}),
    "change-in-words": ("F", {"change": ("multiple", "dozens of times")}),
    "target": ("P", {"before": 26, "after": 138, "status": "target"}),
    "plan": ("P", {"after": 7, "status": "planned"}),
    "plan-in-words": ("P", {"after": "high", "status": "planned"}),
}


@pytest.mark.parametrize(("grade", "given"), GRADES.values(), ids=GRADES)
def test_grade(grade, given):
    assert found(**given).grade == grade


IMPOSSIBLE = {
    "agrees": ("", {"before": 100, "after": 50, "change": ("relative", -50)}),
    "disagrees": ("change", {"before": 100, "after": 50, "change": ("relative", -40)}),
    "wrong-sign": ("change", {"before": 100, "after": 50, "change": ("relative", 50)}),
    "difference-agrees": ("", {"before": 1452, "after": 2333, "change": ("difference", 881)}),
    "difference-within-rounding": ("", {"before": 1452, "after": 2333, "change": ("difference", 880)}),
    "difference-beyond-rounding": ("change", {"before": 1452, "after": 2333, "change": ("difference", 878)}),
    "rounding-of-the-later-end": ("", {"before": 1.4, "after": 3, "change": ("difference", 2.1)}),
    "rounding-of-the-earlier-end": ("", {"before": 1, "after": 3.4, "change": ("difference", 1.9)}),
    "relative-within-rounding": ("", {"before": 398, "after": 476, "change": ("relative", 19.6)}),
    "relative-beyond-rounding": ("change", {"before": 398, "after": 476, "change": ("relative", 20.1)}),
    "multiple-within-rounding": ("", {"before": 26, "after": 138, "change": ("multiple", 5.3)}),
    "multiple-beyond-rounding": ("change", {"before": 26, "after": 138, "change": ("multiple", 4.3)}),
    "points-agree": ("", {"before": 89.3, "after": 96.8, "change": ("points", 7.5), "unit": "percent"}),
    "points-disagree": ("change", {"before": 89.3, "after": 96.8, "change": ("points", 6.8), "unit": "percent"}),
    "places-agree": ("", {"before": 22, "after": 16, "change": ("places", 6), "unit": "rank"}),
    "places-are-never-rounded": ("change", {"before": 22, "after": 16, "change": ("places", 5), "unit": "rank"}),
    "bounded-ends-are-not-judged": ("", {"before": bounded(100, "over"), "after": 50, "change": ("relative", -40)}),
    "two-units-are-not-judged": (
        "",
        {"before": {"value": 2, "unit": "month"}, "after": 3, "unit": "working-day", "change": ("difference", -57)},
    ),
    "rank-improving-upwards": ("better", {"after": 3, "unit": "rank", "better": "higher"}),
    "places-of-no-rank": ("change.kind", {"change": ("places", 3)}),
    "points-of-no-share": ("change.kind", {"change": ("points", 3)}),
    "relative-rank": ("change.kind", {"change": ("relative", 3), "unit": "rank"}),
    "multiple-of-a-rank": ("change.kind", {"change": ("multiple", 3), "unit": "rank"}),
}


@pytest.mark.parametrize(("field", "given"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_what_cannot_be_true_together(field, given):
    given = {"better": "lower", **given} if given.get("unit") == "rank" else given
    found = find_contradictions(figure(**given), UNITS, disputed=False)
    assert [".".join(path) for path, _ in found] == ([field] if field else [])


def test_a_declared_conflict_answers_a_disagreement():
    metric = figure(before=100, after=50, change=("relative", -40))
    ((path, message),) = find_contradictions(metric, UNITS)
    assert (path, message.split(". ")[0]) == (("change",), "the ends give -50, the change says -40")
    assert list(find_contradictions(metric, UNITS, disputed=True)) == []


def stated(metric: Metric, side: str) -> bool:
    printed = getattr(metric, side)
    return printed is not None and printed.numeric


def test_paired_exactly_where_the_source_states_both_ends():
    wrong = [
        metric.id
        for _, metric, evidence in ALL
        if metric.status == "observed"
        and (evidence.grade == "A") != (stated(metric, "before") and stated(metric, "after"))
    ]
    assert not wrong


def test_plan_exactly_where_nothing_has_happened_yet():
    assert not [metric.id for _, metric, evidence in ALL if (evidence.grade == "P") != (metric.status != "observed")]


def test_no_share_has_an_index_that_the_source_does_not_state():
    shares = [(metric, evidence) for _, metric, evidence in ALL if UNITS[metric.unit].dimension == "share"]
    assert shares
    assert not [
        metric.id
        for metric, evidence in shares
        if evidence.index is not None
        and not (metric.change is not None and metric.change.kind in ("relative", "multiple"))
    ]


def test_never_an_index_for_ranks_points_or_two_units():
    def forbidden(metric: Metric) -> bool:
        units = {metric.unit_of(printed) for printed in (metric.before, metric.after)}
        only_points = (
            not (stated(metric, "before") or stated(metric, "after"))
            and metric.change is not None
            and metric.change.kind in ("points", "difference", "places")
        )
        return UNITS[metric.unit].dimension == "rank" or len(units) > 1 or only_points

    assert any(forbidden(metric) for _, metric, _ in ALL)
    assert not [metric.id for _, metric, evidence in ALL if forbidden(metric) and evidence.index is not None]


def test_an_index_stands_only_in_comparable_grades_and_names_its_formula():
    assert not [
        metric.id
        for _, metric, evidence in ALL
        if evidence.index is not None and (evidence.grade not in "ABCP" or "index = " not in evidence.formula)
    ]


def test_a_derived_end_satisfies_its_change():
    derived = [
        (metric, evidence)
        for _, metric, evidence in ALL
        if "derived" in (evidence.before.origin, evidence.after.origin)
    ]
    assert derived
    for metric, evidence in derived:
        (low, high), change = (evidence.before.span[0], evidence.after.span[0]), metric.change
        result = {
            "difference": high - low,
            "points": high - low,
            "places": low - high,
            "multiple": high / low,
            "relative": (high / low - 1) * 100,
        }[change.kind]
        assert result == pytest.approx(change.span[0]), metric.id
        assert evidence.grade in "BP", metric.id
        assert stated(metric, "before") != stated(metric, "after"), metric.id


def test_a_stated_end_is_drawn_as_printed():
    for case_id, metric, evidence in ALL:
        for side in ("before", "after"):
            printed, drawn = getattr(metric, side), getattr(evidence, side)
            if drawn.origin != "derived":
                assert (drawn.span, drawn.span and drawn.bound) == (
                    (printed.span, printed.span and printed.bound) if printed else (None, None)
                ), (case_id, metric.id)


def test_every_grade_has_a_rule_and_a_metric_of_the_source():
    assert get_args(grades.Grade) == grades.GRADES
    assert {evidence.grade for _, _, evidence in ALL} == set(grades.GRADES)


def test_the_evidence_of_a_metric_is_derived_once_for_rows_downloads_and_the_report(monkeypatch):
    dataset, metrics = load_dataset(), []
    monkeypatch.setattr("data.query.dataset.derive", lambda *given: metrics.append(given[0]) or derive(*given))
    for lang in ("zh", "en"):
        assert len(list(Rows(dataset, lang))) == len(dataset.metrics)
    for case in dataset.cases:
        assert write_case_json(Extract(dataset), case)
    assert report(dataset)
    assert metrics == [metric for case in dataset.cases for metric in case.metrics]
