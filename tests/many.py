"""A data folder of as many made-up cases as a benchmark or a test asks for, of the shape of the real ten.

    python -m tests.many FOLDER N

The weights below, of grades, roles, bounds, caveats …, are counts in the ten cases of 2020, made when these had 289 metrics
(338 today); some are split or rounded. The mean length of the real texts, in Chinese / English characters: name 8 / 31,
subject 9 / 31, note of a caveat 22 / 77, summary 74 / 261, problem 53 / 200, result 83 / 304, action 40 / 145, event 21 / 82,
note of a conflict 63 / 214, phrase 13, section 17. The texts here are made of word lists and come close to that: a real file has
27 kB in 551 lines on average, one of these 24 kB in 533. What a text says means nothing; what a metric gives never contradicts
itself.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from data.reading.folder import FOLDER
from data.reading.load import File
from tests.folders import copy_data

METRICS_PER_CASE = 27
"""Number of metrics of each case: 27,000 in 1,000 cases."""
YEARS, NUMBERS = range(2020, 1977, -1), range(1, 100)
MAX_CASES = len(YEARS) * len(NUMBERS)
"""Number of combinations of year and number, which make up a case's id."""

Pair = tuple[str, str]
"""A text in Chinese and English."""


def _spread(counts: Mapping[Any, int]) -> tuple[Any, ...]:
    """Each key as often as it was counted, for `Random.choice`, which is several times as fast as `Random.choices`."""
    return tuple(key for key, count in counts.items() for _ in range(count))


class Dice(Random):
    """The random numbers of one case. Its dates are `shift` years later than those of a case of 2020."""

    shift = 0


class Measure(NamedTuple):
    """What a metric measures. Its values lie below `top` and have one decimal if that has one."""

    name: Pair
    unit: str
    top: float


RISING = (
    Measure(("签约项目", "projects signed"), "project", 300),
    Measure(("开工项目数", "projects under construction"), "project", 200),
    Measure(("新增企业", "enterprises registered"), "enterprise", 5000),
    Measure(("入驻企业", "enterprises settled in"), "enterprise", 600),
    Measure(("受益企业数", "enterprises that benefited"), "enterprise", 9000),
    Measure(("新增贷款额", "loans granted"), "cny-100m", 900.0),
    Measure(("工业总产值", "industrial output"), "cny-100m", 2000.0),
    Measure(("完成投资额", "investment completed"), "cny-100m", 1500.0),
    Measure(("可网办事项", "items handled online"), "item", 2000),
    Measure(("统一标准的事项", "items with one standard"), "item", 400),
    Measure(("行政村覆盖率", "share of villages covered"), "percent", 100.0),
    Measure(("按时办结率", "share settled on time"), "percent", 100.0),
    Measure(("用户满意率", "share of users satisfied"), "percent", 100.0),
    Measure(("新增就业人数", "people newly in work"), "person-10k", 90.0),
    Measure(("受益群众", "residents who benefited"), "person-10k", 400.0),
    Measure(("培训技术人员", "people trained"), "person", 20000),
    Measure(("下乡服务次数", "consultations in villages"), "advice-session", 5000),
    Measure(("参与的县", "counties taking part"), "county", 100),
    Measure(("建成道路里程", "roads built and opened"), "km", 400.0),
    Measure(("治理面积", "area under treatment"), "mu-10k", 3000.0),
    Measure(("水利用系数", "water-use coefficient"), "ratio", 9.0),
    Measure(("便民服务站点", "service points opened"), "site", 800),
    Measure(("聘请专家", "experts engaged"), "expert", 200),
    Measure(("医疗中心", "medical centres set up"), "centre", 30),
    Measure(("新产品种类", "kinds of new product"), "kind", 60),
    Measure(("年再生处理量", "yearly recycling"), "tonne-10k", 900.0),
    Measure(("基层就诊人次", "visits to township clinics"), "visit-10k", 300.0),
)
"""Measures that are to rise. The English names begin with a small letter, since they follow one of `PREFIXES`."""
FALLING = (
    Measure(("企业开办时间", "days to open a business"), "day", 30),
    Measure(("申请材料数", "papers to hand in"), "item", 40),
    Measure(("亩均用水量", "water use per mu"), "m3-per-mu", 300.0),
    Measure(("县外转诊率", "referrals out of the county"), "percent", 60.0),
    Measure(("不良贷款率", "share of bad loans"), "percent", 20.0),
)
TIME_LIMIT = Measure(("审批时限", "time limit for approval"), "working-day", 90)
RANKS = (
    Measure(("全省排名", "rank within the province"), "rank", 18),
    Measure(("全国排名", "rank within the country"), "rank", 100),
    Measure(("年度考核位次", "rank in the assessment"), "rank", 30),
    Measure(("营商环境位次", "rank as a place of business"), "rank", 60),
    Measure(("评价得分位次", "rank by the score reached"), "rank", 60),
    Measure(("群众评价位次", "rank in the view of users"), "rank", 40),
)

PREFIXES = _spread(
    {("改革", "Reform"): 860, ("改革试点", "Pilot reform"): 100, ("", ""): 39, ("改革区块链", "Blockchain reform"): 1}
)
"""Beginnings of metric names, in 1,000: a search for 改革 or "reform" finds nearly all, 试点 or "pilot reform" one in ten,
区块链 or "blockchain" one in a thousand.
"""

GRADES = _spread({"A": 7, "B": 3, "C": 7, "D": 7, "E": 237, "F": 18, "P": 10})
SHAPES = {
    "A": _spread({"pair": 4, "pair and change": 2, "two units": 1}),
    "B": _spread({"places": 2, "difference": 1}),
    "C": _spread({"relative": 5, "multiple": 2}),
    "D": _spread({"points": 3, "difference": 2, "differences": 1, "places": 1}),
    "E": _spread({"level": 236, "range": 1}),
    "F": _spread({"words": 17, "manifold": 1}),
    "P": _spread({"level": 8, "pair": 2}),
}
"""Forms in which the values of each grade are given."""
OF_A_SCALE = frozenset({"pair and change", "difference", "differences", "relative", "multiple", "manifold"})
"""Forms that a rank cannot have."""
ROLES = {
    "A": _spread({"outcome": 6, "output": 1}),
    "E": _spread({"output": 120, "outcome": 66, "context": 20, "input": 17, "rule": 14}),
    "F": _spread({"outcome": 16, "context": 2}),
    "P": _spread({"output": 6, "input": 3, "outcome": 1}),
}
"""Roles by grade; all metrics of other grades are outcomes."""
BETTER = {
    "outcome": _spread({"higher": 65, "lower": 36, "neutral": 5}),
    "output": _spread({"higher": 118, "lower": 1, "neutral": 8}),
}
"""Directions by role; all metrics of other roles are neutral."""
STATUSES = _spread({"planned": 8, "target": 2})
BOUNDS = _spread({"exact": 220, "over": 34, "at_least": 6, "nearly": 5, "at_most": 4, "about": 2, "under": 1})
BOUND_WORDS = {
    "over": "超过",
    "at_least": "不低于",
    "nearly": "近",
    "at_most": "不超过",
    "about": "约",
    "under": "不到",
}
_UNITS_OF_CHANGE = {"relative": "%", "points": "个百分点", "multiple": "倍", "places": "个位次"}
PERIODS = _spread(
    {
        "{start: %(year)s, end: %(year)s, kind: during}": 37,
        "{end: %(year)s-%(month)s, kind: as_of}": 26,
        "{start: %(year)s-01, end: %(year)s-%(month)s, kind: during}": 7,
        "{end: %(year)s-12-31, kind: cumulative}": 4,
    }
)
DATES = _spread({"%(year)s": 4, "%(year)s-%(month)s": 4, "%(year)s-%(month)s-28": 1})
CAVEATS = {True: _spread({0: 19, 1: 32, 2: 14, 3: 3}), False: _spread({1: 136, 2: 74, 3: 11})}
"""Number of caveats of a metric with dates, and of one without; the first caveat of the latter is always `undated`."""
KINDS = _spread(
    {
        "other": 59,
        "overlapping": 41,
        "scope_differs": 28,
        "unclear_denominator": 23,
        "conflicting": 16,
        "self_reported": 6,
        "broad_aggregate": 4,
        "unequal_periods": 4,
    }
)
DISTRUST = _spread({"percent_or_points": 2, "of_the_increment": 1, "": 4})
"""Caveats of relative changes only: they forbid deriving an end, which would change the grade of other metrics."""
HEADLINES = _spread({3: 9, 0: 1})
CONFLICT_KINDS = ("contradiction", "naming", "scope")
REASONS = _spread({"name": 151, "list_number": 20, "event": 16, "repetition": 14, "document_date": 4})

WHO = (
    ("市县部门", "City and county offices"),
    ("牵头单位", "The body in charge"),
    ("乡镇服务站", "Township offices"),
    ("参与的企业", "The firms that joined"),
    ("主管部门", "The departments"),
    ("各地", "The places taking part"),
    ("联合工作组", "A joint group"),
    ("银行和担保机构", "Banks and funds"),
)
DID = (
    ("把分散的审批合并办理", "merged approvals handled apart"),
    ("按月公布办理进度", "published every month's progress"),
    ("统一了受理标准", "agreed on one standard"),
    ("让数据代替群众跑路", "let data travel, not people"),
    ("降低了小微企业费用", "lowered what small firms pay"),
    ("把服务延伸到村一级", "brought the service to the villages"),
    ("共建信息平台", "built a platform for all"),
    ("明确了各环节责任", "laid down who answers for what"),
    ("分批下放了权限", "handed powers down in rounds"),
    ("把奖补与成效挂钩", "tied subsidies to results"),
)
SO = (
    ("流程比以前更短", "so that the procedure is shorter"),
    ("成效没有给出数值", "though no number shows the effect"),
    ("具体时间没有说明", "though the dates are left open"),
    ("范围逐年扩大", "and the scope grew every year"),
    ("改革前的水平不详", "while the level before is unknown"),
    ("负担是否减轻未测量", "yet the burden is not measured"),
    ("做法已向外推广", "and others have taken it over"),
)
UNDATED = (
    ("未注明起止时间", "Neither the start nor the end is stated"),
    ("没有写明年份", "The year is not stated"),
    ("统计截止时间未说明", "The closing date is not given"),
    ("“近年来”所指不明", "Which years are meant is not said"),
)
DOUBT = (
    ("统计范围未说明", "The area covered is not stated"),
    ("与前文数字可能重复", "This may count some of the above twice"),
    ("分母没有给出", "The denominator is not given"),
    ("为提交单位自述", "This is a statement of the submitter"),
    ("指标的定义没有说明", "The measure is not defined"),
    ("原文两处说法不同", "Two passages say different things"),
)
ADVICE = (
    ("不宜与同类其他数字直接相加", "it should not be added to the others"),
    ("此前的水平没有给出", "the level before is not given"),
    ("其中多少由改革带来并不清楚", "how much the reform brought about is unclear"),
    ("只能作为现状看待，不是变化", "read it as a state and not as a change"),
    ("不能由此推算全市的水平", "nothing follows for the city as a whole"),
    ("目前是否仍然有效没有说明", "whether it still holds is not said"),
)
OWNERS = (
    ("宏远", "Hongyuan"),
    ("金阳", "Jinyang"),
    ("中豫", "Zhongyu"),
    ("嵩岳", "Songyue"),
    ("瑞丰", "Ruifeng"),
    ("华盛", "Huasheng"),
    ("天成", "Tiancheng"),
    ("安泰", "Antai"),
)
TRADES = (
    ("再生金属", "Recycled Metals"),
    ("智慧物流", "Smart Logistics"),
    ("农业", "Farming"),
    ("电子商务", "Online Trade"),
    ("医疗服务", "Medical Services"),
    ("水务", "Water"),
)
FORMS = (
    ("有限公司", "Company"),
    ("合作社", "Cooperative"),
    ("产业园", "Industrial Park"),
    ("示范项目", "Model Project"),
)
THEMES = (
    ("农业灌溉用水", "irrigation water in villages"),
    ("工程建设审批", "construction approvals"),
    ("小微企业融资", "credit for small firms"),
    ("县域医疗服务", "medical care in counties"),
    ("返乡创业", "businesses of returnees"),
    ("再生金属产业", "the recycled metals industry"),
    ("跨境电商退货", "returns in online trade"),
    ("政府隐性债务", "hidden government debt"),
    ("沟域生态经济", "the economy of valleys"),
    ("城市数据治理", "city data"),
)
WAYS = (
    ("综合改革", "Comprehensive reform of"),
    ("一网通办", "Online services for"),
    ("长效机制", "A lasting mechanism for"),
    ("流程再造", "A new procedure for"),
)
SECTIONS = (
    "推荐词",
    "一、改革背景和主要问题",
    "(二)坚持问题导向,打通改革堵点难点",
    "三、聚焦群众需求,推动便民服务向基层延伸",
    "二、创新体制机制,激发市场主体发展活力",
    "(三)强化统筹协调,有序推进各项改革任务落实落地",
    "四、改革取得的成效",
)
LEADS = ("", "", "", "累计", "全年实现", "目前全市")
WORDS = (
    ("大幅提高", "much higher"),
    ("明显改善", "clearly better"),
    ("一流", "top class"),
    ("数十倍", "tens of times as much"),
    ("基本实现全覆盖", "nearly everywhere"),
)
ASIDES = (
    "一项战略部署",
    "最后一公里",
    "一站式服务",
    "三证一书",
    "一窗受理、一次办成",
    "两个毫不动摇",
    "第二批名单",
    "五位一体",
    "十三五规划",
    "四水同治",
    "双随机一公开",
)
WHYS = (
    ("固定说法，其中的数字不计数。", "A set phrase, whose number counts nothing."),
    ("名称中的数字，没有计量。", "A number within a name, without any measure."),
    ("叙述中的时间跨度，起止不明。", "A span in the narrative, without its years."),
)

_PLAIN = re.compile(r"(?!(?:true|false|null)$)[^\W\d_](?:[^\"'`:#,\[\]{}&*!|>%@\\\n]*[^\s\"'`:#,\[\]{}&*!|>%@\\])?")
"""Text that YAML reads as itself without quotes: it begins with a letter and contains no sign of the syntax."""
_STORY = re.compile(r"^(?:summary|problem|actions|result|events):", re.MULTILINE)
"""Where the texts of the story begin, and the last one ends."""


def write(folder: Path, cases: int, seed: int = 2020) -> None:
    """Write `folder`/cases and `folder`/reference, replacing what is there under these names.

    The same arguments give the same bytes, and more cases only add files. ValueError for more cases than `MAX_CASES`,
    and for the real data folder.
    """
    if not 0 <= cases <= MAX_CASES:
        raise ValueError(f"{cases} cases asked for; from 0 to {MAX_CASES} can be told apart by year and number")
    if folder.resolve() == FOLDER.resolve():
        raise ValueError("the real cases are not replaced by made-up ones. Choose another folder")
    for part in ("cases", "reference"):
        shutil.rmtree(folder / part, ignore_errors=True)
    copy_data(folder, ())
    taken: set[int] = set()
    for index in range(cases):
        made = next(case for attempt in count() if (case := _case(index, seed, attempt)).parts.isdisjoint(taken))
        taken |= made.parts
        (folder / "cases" / f"{made.name}.yaml").write_bytes(made.text.encode())


# --- one case


class Made(NamedTuple):
    """Id and text of a case, and hashes of its story's texts and of its metrics, which no two cases have in common."""

    name: str
    text: str
    parts: set[int]


def _case(index: int, seed: int, attempt: int) -> Made:
    """A case. The first is number 1 of 2020; after number 99 comes the year before."""
    dice = Dice(f"{seed}-{index}" + f"-{attempt}" * bool(attempt))
    year, number = YEARS[index // len(NUMBERS)], NUMBERS[index % len(NUMBERS)]
    dice.shift = year - 2020
    theme, way = dice.choice(THEMES), dice.choice(WAYS)
    name = f"{year}-{number:02}-{theme[1].replace(' ', '-')}"
    places = _places_of(dice)
    named: set[tuple[Any, ...]] = set()
    figures = [_figure(dice, order, places, named) for order in range(METRICS_PER_CASE)]
    mentions = [place["id"] for place in dice.sample(_table("places"), dice.choice((0, 0, 0, 1, 2, 4)))]
    mentions += [figure.place for figure in figures]
    own = [place["id"] for place in places]
    conflicts = dice.choice((1, 2, 2, 3))
    telling = sorted(figure for figure in figures if figure.role in ("outcome", "output") and figure.grade != "P")[
        : dice.choice(HEADLINES)
    ]
    lines = [
        f"id: {name}",
        f"year: {year}",
        f"number: {number}",
        *([] if year == 2020 else _source(year)),
        f"title: {_flow((f'{theme[0]}{way[0]}{index + 1}', f'{way[1]} {theme[1]} {index + 1}'))}",
        f"submitted_by: {_flow((places[0]['name']['zh'], 'Government of ' + places[0]['name']['en']))}",
        f"places: {_list(place['id'] for place in places)}",
        f"mentions: {_list(name for name in dict.fromkeys(mentions) if name not in own)}",
        f"domains: {_list(domain['id'] for domain in dice.sample(_table('domains'), dice.choice((1, 2, 2, 2, 3, 3))))}",
        f"period: {{start: {_year(dice, 2010, 2017)}, end: {_year(dice, 2018, 2020)}, kind: during}}",
        *_story("summary", dice, 3),
        *_story("problem", dice, dice.choice((2, 2, 2, 3))),
        "actions:",
        *dict.fromkeys(
            "\n".join(_item(_text(*_sentences(dice, dice.choice((1, 2, 2))))))
            for _ in range(dice.choice((4, 5, 5, 5, 5)))
        ),
        *_story("result", dice, dice.choice((3, 3, 4))),
        "events:",
        *(line for date in _dates(dice) for line in _event(dice, date)),
        f"headlines: {_list(figure.id for figure in telling)}",
        *([] if telling else ["no_headline: {zh: 材料没有写明任何可计量的成效。, en: No measured outcome is stated.}"]),
        "metrics:",
        *(line for figure in figures for line in figure.lines),
        "conflicts:",
        *(line for order in range(conflicts) for line in _conflict(dice, order, figures[order::conflicts])),
        "not_measured:",
        *(_not_measured(dice, phrase, figures) for phrase in dice.sample(_asides(), dice.randint(12, 29))),
    ]
    text = "\n".join(lines) + "\n"
    story = _STORY.split(text)[1:-1]
    return Made(name, text, set(map(hash, (*story, *("\n".join(figure.lines[1:]) for figure in figures)))))


def _source(year: int) -> list[str]:
    """The document of the cases of one year."""
    return [
        "source:",
        f"  title: {_flow((f'关于公布{year}年度改革案例的通知', f'Notice announcing the model reforms of {year}'))}",
        f"  issuer: {_flow((f'第{year % 7 + 1}届改革办公室', f'Reform Office, session {year % 7 + 1}'))}",
        f"  date: {year}-12-31",
    ]


@cache
def _table(name: str) -> Sequence[dict[str, Any]]:
    """The entries of a reference table."""
    return File(name, (FOLDER / "reference" / f"{name}.yaml").read_bytes()).value


@cache
def _inside() -> Sequence[dict[str, Any]]:
    """The places that have a point on the map."""
    return tuple(place for place in _table("places") if place["kind"] not in ("province", "outside"))


@cache
def _unit_name(unit: str) -> str:
    return next(entry["name"]["zh"] for entry in _table("units") if entry["id"] == unit)


@cache
def _scale(unit: str) -> float:
    return next(entry.get("scale", 1) for entry in _table("units") if entry["id"] == unit)


def _places_of(dice: Dice) -> list[dict[str, Any]]:
    """The whole province for two cases in thirteen, otherwise one to three places on the map."""
    return (
        [_table("places")[0]]
        if dice.random() < 2 / 13
        else dice.sample(_inside(), dice.choice((1, 1, 1, 1, 1, 1, 2, 3)))
    )


def _dates(dice: Dice) -> list[str]:
    return sorted(dice.choice(DATES) % _moment(dice, 2010, 2020) for _ in range(dice.choice((1, 2, 2, 2, 3, 4, 5))))


def _event(dice: Dice, date: str) -> list[str]:
    text = _sentences(dice, 1)
    return [
        f"  - date: {date}",
        f"    what: {_flow((text[0], text[1][0]))}",
        *_cited([_on(date, dice.choice(DID))]),
    ]


def _conflict(dice: Dice, order: int, figures: Sequence[Figure]) -> list[str]:
    phrases = [(dice.choice(WHO), did) for did in dice.sample(DID, dice.choice((2, 2, 3)))]
    return [
        f"  - id: reading-{order + 1}",
        f"    kind: {'contradiction' if any(figure.disputed for figure in figures) else dice.choice(CONFLICT_KINDS)}",
        f"    metrics: {_list(figure.id for figure in figures if figure.disputed)}",
        *_cited([(f"{who[0]}已{did[0]},成效", f"{who[1]} {did[1]}, results") for who, did in phrases]),
        "    note:",
        *(f"      {line}" for line in _text(*_sentences(dice, dice.choice((2, 3, 3))))),
    ]


@cache
def _asides() -> Sequence[str]:
    """The numerals that are no metric, each with what may follow it."""
    return [f"{aside}{behind}" for aside in ASIDES for behind in ("", "的做法", "的改革要求", "等要求", "的工作格局")]


def _not_measured(dice: Dice, phrase: str, figures: Sequence[Figure]) -> str:
    reason, phrase = dice.choice(REASONS), _quoted(phrase)
    if reason == "repetition":
        return f"  - {{phrase: {phrase}, reason: repetition, metric: {dice.choice(figures).id}}}"
    if dice.random() < 0.73:
        return f"  - {{phrase: {phrase}, reason: {reason}}}"
    return f"  - phrase: {phrase}\n    reason: {reason}\n    why: {_flow(dice.choice(WHYS))}"


# --- one figure


class Figure(NamedTuple):
    """A metric before it is written. They sort by how telling their grade is."""

    grade: str
    id: str
    role: str
    place: str
    lines: list[str]

    @property
    def disputed(self) -> bool:
        return any("kind: conflicting" in line for line in self.lines)


def _figure(dice: Dice, order: int, places: Sequence[dict[str, Any]], named: set[tuple[Any, ...]]) -> Figure:
    """A figure whose name, place and subject are not in `named`, and are added to it."""
    grade = dice.choice(GRADES)
    shape, role = dice.choice(SHAPES[grade]), dice.choice(ROLES.get(grade, ("outcome",)))
    better = dice.choice(BETTER.get(role, ("neutral",)))
    measure = _measure(dice, shape, better)
    rises = (measure in RISING) == (dice.random() < 0.9)
    first, last = _values(dice, measure, rises)
    dated = dice.random() < 0.235
    place = dice.choice(places if dice.random() < 0.98 else _table("places"))
    name, mentioned = f"{measure.name[1].replace(' ', '-')}-{order + 1}", dice.choice(_table("places"))["id"]
    title, subject = _named(dice, measure), _subject(dice) if dice.random() < 0.384 else None
    while (title, subject, place["id"]) in named:
        subject = _subject(dice)
    named.add((title, subject, place["id"]))
    evidence = [
        *_evidence(dice, grade, shape, first, last, dated),
        *(_yardstick(last) if dice.random() < 0.01 else ()),
    ]
    lines = [
        f"  - id: {name}",
        f"    name: {_flow(title)}",
        *([f"    subject: {_flow(subject)}"] if subject else ()),
        f"    place: {place['id']}",
        *([f"    mentions: [{mentioned}]"] if dice.random() < 0.017 and mentioned != place["id"] else ()),
        f"    role: {role}",
        *([f"    status: {dice.choice(STATUSES)}"] if grade == "P" else ()),
        f"    unit: {measure.unit}",
        f"    better: {'lower' if better == 'higher' and measure not in RISING else better}",
        *(f"    {line}" for line in evidence),
        *_phrases(dice, measure, evidence),
        f"    section: {_flow((dice.choice(SECTIONS), 'Measures and results'))}",
        *_caveats(dice, shape, dated),
    ]
    return Figure(grade, name, role, place["id"], lines)


def _measure(dice: Dice, shape: str, better: str) -> Measure:
    """A measure that can have this form: places belong to a rank, percentage points to a share."""
    if shape == "places":
        return dice.choice(RANKS)
    if shape == "two units":
        return TIME_LIMIT
    pool = (*FALLING, TIME_LIMIT) if better == "lower" else RISING
    if shape == "points":
        return dice.choice([measure for measure in pool if measure.unit == "percent"])
    return dice.choice((*pool, *RANKS) if better == "lower" and shape not in OF_A_SCALE else pool)


def _named(dice: Dice, measure: Measure) -> Pair:
    prefix, (zh, en) = dice.choice(PREFIXES), measure.name
    return prefix[0] + zh, f"{prefix[1]} {en}" if prefix[1] else en.capitalize()


def _subject(dice: Dice) -> Pair:
    owner, trade, form = dice.choice(OWNERS), dice.choice(TRADES), dice.choice(FORMS)
    return owner[0] + trade[0] + form[0], f"{owner[1]} {trade[1]} {form[1]}"


def _values(dice: Dice, measure: Measure, rises: bool) -> tuple[float, float]:
    """Values before and after; the smaller is at least a third of the other."""
    if isinstance(measure.top, float):
        large = round(dice.uniform(0.2, measure.top), 1)
        small = max(0.1, round(large * dice.uniform(0.34, 1), 1))
    else:
        large = dice.randint(1, measure.top)
        small = max(1, round(large * dice.uniform(0.34, 1)))
    return (small, large) if rises else (large, small)


def _evidence(dice: Dice, grade: str, shape: str, first: float, last: float, dated: bool) -> list[str]:
    """The lines `before`, `after` and `change`, from which `data.model.evidence` derives this grade."""
    earlier = _dated(dice, 2008, 2013) if dated else []
    later = _dated(dice, 2014, 2020) if dated else []
    if shape in ("pair", "pair and change", "two units"):
        other = ["unit: month"] if shape == "two units" else []
        change = (
            [f"change: {{value: {round(last - first, 1)}, kind: difference}}"] if shape == "pair and change" else []
        )
        return [
            f"before: {_map(f'value: {first}', *other, *earlier)}",
            f"after: {_map(f'value: {last}', *later)}",
            *change,
        ]
    if shape == "words":
        return [f"after: {_map(f'text: {_flow(dice.choice(WORDS))}', *later)}"]
    if shape == "level":
        return [f"after: {_map(f'value: {last}', *_bound(dice), *later)}"]
    if shape == "range":
        return [f"after: {_map(f'low: {min(first, last)}', f'high: {round(max(first, last) + 1, 1)}', *later)}"]
    known = (
        [f"after: {_map(f'value: {last}', *later)}"] if grade == "B" else [f"before: {_map(*earlier)}"] if dated else []
    )
    return [*known, _change(dice, shape, min(first, last), first < last)]


def _change(dice: Dice, shape: str, size: float, rises: bool) -> str:
    """The line `change`. With a `size` not above the end beside it, no derived end is below 0."""
    if shape == "manifold":
        return "change: {text: {zh: 数十倍, en: tens of times}, kind: multiple}"
    if shape == "differences":
        return f"change: {{low: {size}, high: {round(size + 1, 1)}, kind: difference}}"
    sign = 1 if rises else -1
    value = {
        "places": dice.randint(1, 20),
        "difference": sign * size,
        "points": sign * round(dice.uniform(0.1, 30), 1),
        "relative": sign * round(dice.uniform(1, 95), 1),
        "multiple": round(dice.uniform(1.1, 9) if rises else dice.uniform(0.1, 0.9), 1),
    }[shape]
    return f"change: {{value: {value}, kind: {shape}}}"


def _bound(dice: Dice) -> list[str]:
    """The bound of a value, and whether the value is only implied; usually neither is written."""
    bound = dice.choice(BOUNDS)
    return [
        *([f"bound: {bound}"] if bound != "exact" else []),
        *(["value_basis: implied"] if dice.random() < 0.035 else []),
    ]


def _dated(dice: Dice, first: int, last: int) -> list[str]:
    """A period within these years, and whether it is only implied."""
    return [
        f"period: {dice.choice(PERIODS) % _moment(dice, first, last)}",
        *(["period_basis: implied"] if dice.random() < 0.46 else []),
    ]


def _year(dice: Dice, first: int, last: int) -> int:
    """A year within these of a case of 2020, or as long before a case of another year."""
    return dice.randint(first, last) + dice.shift


def _moment(dice: Dice, first: int, last: int) -> dict[str, str]:
    return {"year": str(_year(dice, first, last)), "month": f"{dice.randint(1, 12):02}"}


def _yardstick(value: float) -> list[str]:
    return [
        "compared_with:",
        "  label: {zh: 全国平均水平, en: Average of the whole country}",
        f"  end: {{value: {value}, bound: about}}",
    ]


def _phrases(dice: Dice, measure: Measure, evidence: Sequence[str]) -> list[str]:
    """A phrase for every line that states a number; now and then one more that dates it, or another number before it."""
    stated = [phrase for line in evidence if (phrase := _stated(line, measure))]
    phrases = [
        (f"{dice.choice(LEADS)}{measure.name[0]}{stated[0][0]}", f"{measure.name[1]} {stated[0][1]}"),
        *stated[1:],
    ]
    year, chance = _year(dice, 2014, 2020), dice.random()
    if chance < 0.03:
        text, en = map(_quoted, _in_year(str(year), phrases[0]))
        return ["    phrases:", f"      - {{text: {text}, excludes: ['{year}'], en: {en}}}", *_cited(phrases[1:])[1:]]
    return _cited([(f"截至{year}年底", f"by the end of {year}"), *phrases] if chance < 0.09 else phrases)


def _stated(line: str, measure: Measure) -> Pair | None:
    """How a document says what a line of the evidence gives, a change for the worse without a verb that tells of it.

    None for a line without a number or words.
    """
    if words := re.search('zh: "?([^",]+)"?, en: "?([^"}]+)', line):
        return None if "label" in line else (words[1], words[2])
    signed = re.findall(r"(?:value|low|high): (-?[\d.]+)", line)
    if not signed:
        return None
    numbers = [number.lstrip("-") for number in signed]
    kind, bound, unit = (re.search(rf"{key}: (\w+)", line) for key in ("kind", "bound", "unit"))
    said = "至".join(numbers) + _UNITS_OF_CHANGE.get(kind[1] if kind and "change" in line else "", "")
    scale = 1
    if "change" not in line or (kind and kind[1] == "difference"):
        said += "个月" if unit else _unit_name(measure.unit)
        scale = 1 if unit else _scale(measure.unit)
    verb = ""
    if "change" in line:
        falls = signed[0].startswith("-") or ("multiple" in line and float(signed[0]) < 1)
        verb = "变化" if falls == (measure in RISING) else "下降" if falls else "上升"
    return f"{verb}{BOUND_WORDS[bound[1]] if bound else ''}{said}", " to ".join(
        f"{float(number) * scale:,.15g}" for number in numbers
    )


def _caveats(dice: Dice, shape: str, dated: bool) -> list[str]:
    kinds = [dice.choice(KINDS) for _ in range(dice.choice(CAVEATS[dated]))]
    if not dated:
        kinds[0] = "undated"
    if shape == "two units":
        kinds.append("mixed_units")
    if shape == "relative" and (distrust := dice.choice(DISTRUST)):
        kinds.append(distrust)
    said = [dice.choice(UNDATED if kind == "undated" else DOUBT) for kind in kinds]
    caveats = {doubt: kind for kind, doubt in zip(kinds, said, strict=True)}
    return (
        ["    caveats:", *(line for doubt in caveats for line in _caveat(dice, caveats[doubt], doubt))] if kinds else []
    )


def _caveat(dice: Dice, kind: str, doubt: Pair) -> list[str]:
    advice = dice.choice(ADVICE)
    note = _text(f"{doubt[0]}，{advice[0]}。", [f"{doubt[1]}; {advice[1]}."])
    return [f"      - kind: {kind}", "        note:", *(f"          {line}" for line in note)]


# --- texts, and how they are written


def _sentences(dice: Dice, count: int) -> tuple[str, list[str]]:
    """`count` sentences: joined in Chinese, a list in English."""
    made = [(dice.choice(WHO), dice.choice(DID), dice.choice(SO)) for _ in range(count)]
    return "".join(f"{who[0]}{did[0]}，{so[0]}。" for who, did, so in made), [
        f"{who[1]} {did[1]}, {so[1]}." for who, did, so in made
    ]


def _story(key: str, dice: Dice, count: int) -> list[str]:
    return [f"{key}:", *(f"  {line}" for line in _text(*_sentences(dice, count)))]


def _item(lines: Sequence[str]) -> list[str]:
    """The lines of a group as an item of a list."""
    return [f"  - {lines[0]}", *(f"    {line}" for line in lines[1:])]


def _text(zh: str, en: Sequence[str]) -> list[str]:
    """A text as curators write it: a line per language, the Chinese one in quotes, a long English one folded."""
    return [
        f"zh: {json.dumps(zh, ensure_ascii=False)}",
        *(["en: >-", *(f"  {sentence}" for sentence in en)] if len(en) > 1 else [f"en: {_quoted(en[0])}"]),
    ]


def _in_year(year: str, text: Pair) -> Pair:
    return f"{year}年,{text[0]}", f"in {year}, {text[1]}"


def _on(date: str, text: Pair) -> Pair:
    printed = "".join(f"{int(part)}{unit}" for part, unit in zip(date.split("-"), "年月日", strict=False))
    return f"{printed},{text[0]}", f"on {date}, {text[1]}"


def _cited(phrases: Sequence[Pair]) -> list[str]:
    return ["    phrases:", *(f"      - {{text: {_quoted(text)}, en: {_quoted(en)}}}" for text, en in phrases)]


def _flow(text: Pair) -> str:
    return f"{{zh: {_quoted(text[0])}, en: {_quoted(text[1])}}}"


def _map(*entries: str) -> str:
    return f"{{{', '.join(entries)}}}"


def _list(texts: Any) -> str:
    return f"[{', '.join(map(_quoted, texts))}]"


def _quoted(text: str) -> str:
    """The text as a YAML scalar, in quotes if needed."""
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)


if __name__ == "__main__":
    if len(sys.argv) != 3 or not sys.argv[2].isdecimal():
        sys.exit("usage: python -m tests.many FOLDER N")
    write(Path(sys.argv[1]), int(sys.argv[2]))
    print(f"{sys.argv[2]} cases, {int(sys.argv[2]) * METRICS_PER_CASE} figures")
