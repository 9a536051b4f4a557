"""What a curator is told of a number that its phrases do not state, or whose words say something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.model.numerals import find_numerals
from tests.test_check import ACCEPT, NAME, STEM, edited, folder, good, marked, said

__all__ = ["folder"]
PHRASE = "{text: 时限由100天压缩至50天, en: time limit cut from 100 days to 50}"
ENDS = "    unit: day\n    better: lower\n    before:\n      value: 100\n    after:\n      value: 50\n"
ADVICE = "Correct the number or its unit, or cite the words that state it"
IMPLIED = f"{ADVICE}; where words imply it without a numeral, write value_basis: implied"
WRONG: dict[str, tuple[str, str, str]] = {
    "ten-times": (
        "unit: person, better: higher, after: {value: ¦500}",
        "培训50人",
        f"after.value: 500 人 is not stated by its phrases. They state 50人. {IMPLIED}",
    ),
    "multiplier": (
        "unit: cny-100m, better: higher, after: {value: ¦3}",
        "贷款3万元",
        f"after.value: 3 亿元 is not stated by its phrases. They state 3万元. {IMPLIED}",
    ),
    "no-numeral": (
        "unit: percent, better: higher, after: {value: ¦100}",
        "实现全覆盖",
        f"after.value: 100 % is not stated by its phrases. They hold no numeral. {IMPLIED}",
    ),
    "one-side-of-a-range": (
        "unit: month, better: lower, after: {low: ¦1, high: 3}",
        "用2—3个月",
        f"after.low: 1 个月 is not stated by its phrases. They state 2, 3个月. {IMPLIED}",
    ),
    "yardstick": (
        "unit: percent, better: higher, after: {value: 5}, compared_with: {label: {zh: 省, en: Henan}, end: {value: ¦7}}",
        "达5%,高于全省的6%",
        f"compared_with.end.value: 7 % is not stated by its phrases. They state 5%, 6%. {IMPLIED}",
    ),
    "change": (
        "unit: cny, better: lower, change: {value: ¦-12, kind: relative}",
        "费用下降21%",
        f"change.value: -12 % is not stated by its phrases. They state 21%. {ADVICE}",
    ),
    "first-that-is-no-rank": (
        "unit: person, better: higher, after: {value: ¦1}",
        "全国首个",
        f"after.value: 1 人 is not stated by its phrases. They hold no numeral. {IMPLIED}",
    ),
    "numeral-in-words": (
        "unit: grade, better: higher, after: {text: {zh: ¦三级, en: grade 3}}",
        "评为二级",
        'after.text.zh: "三" is not stated by its phrases. Write the words as they are printed',
    ),
    "bound-not-said": (
        "unit: person, better: higher, after: {value: 50, bound: ¦over}",
        "培训50人",
        f'warning after.bound: no word beside "培训50人" says over. Leave the bound out, or cite the word that says it{ACCEPT.format("bound-and-words")}',
    ),
    "bound-dropped": (
        "unit: person, better: higher, after: ¦{value: 50}",
        "培训50余人",
        'after.bound: exact, but "培训50余人" says over. Write bound: over',
    ),
    "bound-exchanged": (
        "unit: person, better: higher, after: {value: 50, bound: ¦over}",
        "培训近50人",
        'after.bound: over, but "培训近50人" says nearly. Write bound: nearly',
    ),
    "bound-behind-the-unit": (
        "unit: working-day, better: lower, after: {value: 50, bound: ¦under}",
        "在50个工作日以内",
        'after.bound: under, but "在50个工作日以内" says at_most. Write bound: at_most',
    ),
    "bound-of-either-kind": (
        "unit: day, better: lower, after: ¦{value: 50}",
        "在50天以下",
        'after.bound: exact, but "在50天以下" says at_most or under. Write bound: at_most or under',
    ),
    "sign": (
        "unit: cny, better: lower, change: {value: ¦12, kind: relative}",
        "费用下降12%",
        'change.value: 12, but "费用下降12%" is a fall. Write -12',
    ),
    "sign-behind-the-number": (
        "unit: cny, better: lower, change: {value: ¦12, kind: relative}",
        "有12%的降幅",
        'change.value: 12, but "有12%的降幅" is a fall. Write -12',
    ),
    "sign-of-a-multiple": (
        "unit: times, better: higher, change: {value: ¦0.5, kind: multiple}",
        "产量翻了0.5倍",
        'change.value: 0.5, but "产量翻了0.5倍" is a rise. A multiple is after ÷ before: above 1 for a rise, below 1 for a fall',
    ),
    "ends-exchanged": (
        "unit: day, better: lower, before: ¦{value: 50}, after: {value: 100}",
        "由100天压缩至50天",
        'before: the words say from "100天压" to "50天". Exchange before and after',
    ),
    "better-of-a-fall": (
        "unit: cny, better: ¦higher, change: {value: -12, kind: relative}",
        "费用下降12%",
        f'warning better: higher, but "费用下降12%" is a fall. Check what is better{ACCEPT.format("better-and-words")}',
    ),
    "better-of-a-fall-in-words": (
        "unit: cny, better: ¦higher, change: {text: {zh: 有效减轻, en: eased}, kind: words}",
        "有效减轻费用负担",
        f'warning better: higher, but "有效减轻" is a fall. Check what is better{ACCEPT.format("better-and-words")}',
    ),
    "unit-of-an-ordinal": (
        "unit: ¦cny, better: higher, after: {value: 7}",
        "位列全国第七",
        'unit: the unit cny does not fit "第七". Write a unit of that word, or cite other words',
    ),
    "words-not-stated": (
        "unit: grade, better: higher, after: {text: {zh: ¦优秀, en: excellent}}",
        "评为良好",
        f'warning after.text.zh: "优秀" are not words of its phrases. Write the words as they are printed{ACCEPT.format("words-not-stated")}',
    ),
}


def written(fields: str, phrase: str) -> str:
    """The good case with these fields and this phrase in its metric."""
    lines = "".join(f"    {line}\n" for line in split(fields))
    return edited(good(), {ENDS: lines, PHRASE: f'{{text: "{phrase}", en: something}}'})


def split(fields: str) -> list[str]:
    """The fields of a flow mapping, those of inner ones together."""
    found, depth = [""], 0
    for character in fields:
        depth += (character in "{") - (character in "}")
        if character == "," and not depth:
            found.append("")
        else:
            found[-1] += character
    return [field.strip() for field in found]


@pytest.mark.parametrize(("fields", "phrase", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_number_is_told(fields: str, phrase: str, message: str, folder: Path) -> None:
    text, place = marked(written(fields, phrase))
    (folder / "cases" / f"{STEM}.yaml").write_text(text, encoding="utf-8")
    severity, rest = (
        ("warning: ", message.removeprefix("warning ")) if message.startswith("warning ") else ("", message)
    )
    assert said(folder) == [f"{NAME}:{place} {severity}metrics[0].{rest}"]


RIGHT = {
    "multiplier": ("unit: mu-10k, better: higher, after: {value: 2300, bound: over}", "面积2300多万亩"),
    "chinese-multiplier": ("unit: person-10k, better: higher, after: {value: 10, bound: over}", "十多万人"),
    "hundred-million": ("unit: cny-100m, better: higher, after: {value: 3.8}", "资金3.8亿元"),
    "tenths": ("unit: percent, better: higher, after: {value: 30}", "占三成"),
    "half": ("unit: percent, better: higher, after: {value: 50, bound: at_least}", "一半以上的面积"),
    "fraction": ("unit: percent, better: higher, after: {value: 20, bound: under}", "不足全国的五分之一"),
    "growth-of-two-times": ("unit: cny, better: higher, change: {value: 200, kind: relative}", "增长2倍"),
    "growth-to-three-times": ("unit: cny, better: higher, change: {value: 3, kind: multiple}", "增长2倍"),
    "doubled-twice": ("unit: cny, better: higher, change: {value: 300, kind: relative}", "翻两番"),
    "first": ("unit: rank, better: lower, after: {value: 1}", "全国首个发行"),
    "implied": ("unit: percent, better: higher, after: {value: 100, value_basis: implied}", "实现全覆盖"),
    "words-with-parts-left-out": ("unit: grade, better: higher, after: {text: {zh: 第一条, en: first}}", "第一的一条"),
    "range-with-bounds": ("unit: person-10k, better: higher, after: {low: 500, high: 1000}", "500万以上1000万以下"),
    "firms-above-a-size": ("unit: enterprise, better: higher, after: {value: 30}", "30家规模以上企业"),
    "saving-is-not-about": ("unit: cny-100m, better: higher, after: {value: 30}", "节约30亿元"),
    "vicinity-is-not-nearly": ("unit: entity, better: higher, after: {value: 30}", "附近30家"),
    "bound-of-one-of-two-places": ("unit: person, better: higher, after: {value: 30}", "共30人,近30人"),
    "months-earlier": ("unit: month, better: lower, change: {low: -3, high: -2, kind: difference}", "提前2—3个月"),
    "last-verb": ("unit: cny, better: higher, change: {value: 5, kind: relative}", "降幅比去年扩大5%"),
    "verb-of-another-clause": ("unit: cny, better: higher, change: {value: 5, kind: relative}", "成本下降,收入增长5%"),
    "verb-in-a-name": ("unit: cny, better: higher, change: {value: -5, kind: relative}", "新增贷款变动5%"),
    "verb-of-something-else": (
        "unit: cny, better: lower, change: {value: -5, kind: relative}",
        "扩大试点的县用水变动5%",
    ),
    "order-of-ends": ("unit: cny-100m, better: higher, before: {value: 23}, after: {value: 33}", "33亿元,此前23亿元"),
}


@pytest.mark.parametrize(("fields", "phrase"), RIGHT.values(), ids=RIGHT)
def test_a_right_number_is_not_told(fields: str, phrase: str, folder: Path) -> None:
    (folder / "cases" / f"{STEM}.yaml").write_text(written(fields, phrase), encoding="utf-8")
    assert said(folder) == []


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("三成", {"3", "0.3", "30"}),
        ("3.5成", {"3.5", "0.35", "35"}),
        ("三成功", {"3"}),
        ("十多万人", {"100000"}),
        ("两千余亩", {"2000"}),
    ],
)
def test_a_numeral_is_read_with_what_follows(text: str, keys: set[str]) -> None:
    [numeral] = find_numerals(text)
    assert numeral.readings | {numeral.text} == keys | {numeral.text}
