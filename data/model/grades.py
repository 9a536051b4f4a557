"""The grades of completeness: what each is called, what it means and what may be shown of a metric that has it.

Which grade a metric has is decided in `data.model.evidence`. A new grade takes its letter and an entry in `_RULES`, a
condition there, and a chart of its own where it is drawn in a new way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from data.model.schema import Text

Grade = Literal["A", "B", "C", "D", "E", "F", "P"]
Drawing = Literal["ends", "index", "difference", "level", "words", "plan"]
Border = Literal["solid", "dashed", "dotted", "double"]


@dataclass(frozen=True, slots=True)
class GradeRule:
    """One grade of completeness.

    `drawing` is the only form a metric of this grade may be shown in, and `drawing_text` describes it to the reader.
    `has_index` allows an index with before = 100, `is_evidence` is false for what has not happened yet, and `border`
    is the CSS border style of the grade's mark.
    """

    letter: Grade
    drawing: Drawing
    border: Border
    word: Text
    meaning: Text
    drawing_text: Text
    has_index: bool = False
    is_evidence: bool = True

    @property
    def has_change(self) -> bool:
        return self.drawing in ("ends", "index", "difference")


def _text(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


_RULES = (
    GradeRule(
        "A", "ends", "solid",
        _text("前后成对", "Paired"),
        _text("材料写明前、后两个数值", "the source states both ends"),
        _text("画作前→后，用原单位。", "Drawn as before → after in its own unit."),
        has_index=True,
    ),
    GradeRule(
        "B", "ends", "solid",
        _text("一端推算", "Calculated"),
        _text("材料写明一端和变化量，另一端由此推算", "one end and the change are stated; the other end follows"),
        _text("同 A；推算的一端画成空心。", "As A; the calculated end is drawn hollow."),
        has_index=True,
    ),
    GradeRule(
        "C", "index", "dashed",
        _text("仅有变幅", "Indexed"),
        _text("材料只写明百分比变化或倍数", "only a relative change or a multiple is stated"),
        _text("以前值为100的指数，从不画成水平。", "An index with the earlier value = 100, never levels."),
        has_index=True,
    ),
    GradeRule(
        "D", "difference", "dashed",
        _text("仅有差值", "Difference"),
        _text("材料只写明与此前相差多少", "only a difference from an earlier time is stated"),
        _text("一个带正负号的数，用原单位，从不换算为指数。", "A signed number in its own unit, never an index."),
    ),
    GradeRule(
        "E", "level", "dotted",
        _text("只有现值", "Level"),
        _text("材料只写明当前值或完成量", "only a present value or an amount delivered is stated"),
        _text("一个数字；只有单位相同的才并列。", "A number; beside others only of the same unit."),
    ),
    GradeRule(
        "F", "words", "dotted",
        _text("文字表述", "In words"),
        _text("材料只用文字表述，没有可用的数字", "described in words, no usable number"),
        _text("一句话。", "A sentence."),
    ),
    GradeRule(
        "P", "plan", "double",
        _text("目标或规划", "Plan"),
        _text("年度任务或规划，不算作成效", "a task or a plan, not counted as a result"),
        _text(
            "单独列出，不算作成效，没有方向，只说“计划”。",
            "Apart, without a direction and in the future tense; never counted as a result.",
        ),
        is_evidence=False,
    ),
)  # fmt: skip
GRADES_NOTE = _text(
    "等级只说明数字写得是否完整，不说明改革是否奏效。",
    "A grade says how completely a number is stated, not whether the reform worked.",
)
"""Stands wherever the grades are explained."""
GRADE_RULES: Mapping[str, GradeRule] = {rule.letter: rule for rule in _RULES}
"""The grades by letter, the most complete first."""
GRADES: tuple[Grade, ...] = tuple(rule.letter for rule in _RULES)
CHANGED: tuple[Grade, ...] = tuple(rule.letter for rule in _RULES if rule.has_change)
"""Grades that state or imply a change."""


def grades_drawn_as(*drawings: Drawing) -> tuple[Grade, ...]:
    """Return the grades that may be shown in one of these forms."""
    return tuple(rule.letter for rule in _RULES if rule.drawing in drawings)
