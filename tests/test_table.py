"""The metrics table: its columns, types and rows, and three values by place and change."""

from __future__ import annotations

import re
from decimal import Decimal

import pandas as pd
import pytest

from data.model.schema import Period, Text, Unit
from data.query.filters import PROVINCE
from data.query.table import COLUMNS
from data.reading.live import current

DATASET = current().dataset
TABLE = DATASET.table
STABLE = """
case_id case_number year case_title_zh case_title_en domains place_id place_zh place_en prefecture_code
prefecture_zh prefecture_en metric_id metric_zh metric_en subject_zh subject_en role status better headline unit_id unit_zh unit_en
before_value before_low before_high before_text before_unit_id before_bound before_period before_period_kind before_origin
before_value_basis before_period_basis
after_value after_low after_high after_text after_unit_id after_bound after_period after_period_kind after_origin
after_value_basis after_period_basis
change_value change_low change_high change_text change_kind change_bound change_origin
index index_bound direction grade formula compared_with caveats caveat_notes_zh caveat_notes_en conflict_ids section phrases
flags missing phrases_en section_en source_title_zh source_title_en source_date elsewhere_relations
unit_factor base_unit_zh base_unit_en before_base after_base change_base
"""
"""The columns that readers of metrics.csv rely on, in order. New ones are added at the end."""

FORMS = ("value", "low", "high", "base")
NUMBERS = {f"{part}_{form}" for part in ("before", "after", "change") for form in FORMS} | {"index"}
INTEGERS = {"case_number", "year", "headline", "unit_factor"}
INTERVAL = re.compile(r"(?P<start>\.\.|\d{4}(?:-\d\d){0,2})/(?P<end>\d{4}(?:-\d\d){0,2})")
READ_AS_A_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}(?:[-/.]\d{1,4})?")
PERIODS = pd.concat([TABLE["before_period"], TABLE["after_period"]]).dropna().unique().tolist()


def test_the_columns_are_stable_and_in_order():
    assert list(TABLE.columns) == list(COLUMNS)
    stable = STABLE.split()
    assert list(COLUMNS[: len(stable)]) == stable


@pytest.mark.parametrize("column", COLUMNS)
def test_type_of_column(column):
    assert str(TABLE[column].dtype) == ("float64" if column in NUMBERS else "Int64" if column in INTEGERS else "string")


def test_one_row_a_figure_in_the_order_of_the_files():
    rows = list(zip(TABLE["case_id"], TABLE["metric_id"], strict=True))
    assert rows == [(case.id, metric.id) for case in DATASET.cases for metric in case.metrics]
    assert TABLE.index.tolist() == list(range(len(rows)))


def test_a_missing_baseline_stays_missing():
    missing = TABLE[TABLE["before_origin"] == "missing"]
    assert len(missing) > len(TABLE) / 2
    assert (
        missing[["before_value", "before_low", "before_high", "before_text", "before_unit_id", "before_bound"]]
        .isna()
        .all(axis=None)
    )
    assert (missing["before_value_basis"] == "unstated").all()


def test_an_end_is_a_value_or_a_range_or_words():
    for side in ("before", "after"):
        forms = TABLE[[f"{side}_value", f"{side}_low", f"{side}_text"]].notna().sum(axis=1)
        assert forms.tolist() == [int(origin != "missing") for origin in TABLE[f"{side}_origin"]]
        assert (TABLE[f"{side}_low"].isna() == TABLE[f"{side}_high"].isna()).all()


@pytest.mark.parametrize(
    ("period", "interval"),
    [
        ({"start": "2020-01", "end": "2020-10", "kind": "during"}, "2020-01/2020-10"),
        ({"start": "2018", "end": "2018", "kind": "during"}, "2018/2018"),
        ({"end": "2019-11-07", "kind": "as_of"}, "2019-11-07/2019-11-07"),
        ({"start": "2016", "end": "2020-12", "kind": "cumulative"}, "2016/2020-12"),
        ({"end": "2020-12", "kind": "cumulative"}, "../2020-12"),
    ],
    ids=["months", "year", "moment", "added-up-since", "added-up"],
)
def test_a_period_as_an_interval(period, interval):
    assert Period.model_validate(period).iso() == interval
    assert INTERVAL.fullmatch(interval)


@pytest.mark.parametrize("period", PERIODS)
def test_a_period_is_an_iso_interval_that_no_spreadsheet_turns_into_a_date(period):
    interval = INTERVAL.fullmatch(period)
    assert interval
    assert interval["start"] == ".." or interval["start"][:4] <= interval["end"][:4]
    assert not READ_AS_A_DATE.fullmatch(period)


def test_a_period_and_its_kind_stand_together():
    for side in ("before", "after"):
        assert (TABLE[f"{side}_period"].isna() == TABLE[f"{side}_period_kind"].isna()).all()


def test_every_prefecture_code_is_a_unit_or_the_province():
    units = {place.code for place in DATASET.places.values() if place.kind == "prefecture"} | {PROVINCE}
    outside = {place.id for place in DATASET.places.values() if place.kind == "outside"}
    assert set(TABLE["prefecture_code"].dropna()) <= units
    assert set(TABLE["place_id"][TABLE["prefecture_code"].isna()]) <= outside


def test_headlines_are_numbered_as_the_curator_chose():
    chosen = TABLE[TABLE["headline"].notna()]
    found = {(row.case_id, row.metric_id): row.headline for row in chosen.itertuples()}
    assert found == {
        (case.id, metric): number for case in DATASET.cases for number, metric in enumerate(case.headlines, 1)
    }


NAMED_BY_THE_OWNER = {
    "dancheng-referral": (
        "2020-09-dancheng-health",
        "out-of-county-referral-rate",
        "郸城县",
        "411600",
        -15.79,
        "relative",
        84.21,
    ),
    "sanmenxia-loans": (
        "2020-08-sanmenxia-finance",
        "loan-balance-increment",
        "三门峡市",
        "411200",
        3.1,
        "multiple",
        310.0,
    ),
    "jiyuan-water": ("2020-01-water-pricing", "jiyuan-water-use-per-mu", "济源市", "419001", -40.0, "relative", 60.0),
}


@pytest.mark.parametrize(
    ("case_id", "metric_id", "place", "code", "change", "kind", "index"),
    NAMED_BY_THE_OWNER.values(),
    ids=NAMED_BY_THE_OWNER,
)
def test_figure_named_by_the_owner(case_id, metric_id, place, code, change, kind, index):
    (row,) = TABLE[(TABLE["case_id"] == case_id) & (TABLE["metric_id"] == metric_id)].itertuples()
    assert (row.place_zh, row.prefecture_code, row.change_value, row.change_kind, row.index) == (
        place,
        code,
        change,
        kind,
        index,
    )
    assert (row.grade, row.direction, row.before_origin, row.change_origin) == ("C", "improved", "missing", "stated")


# --- what a number is worth


SCALED = {
    "cny-10k": ("CNY 10,000", "元", "CNY", 10_000),
    "cny-100m": ("CNY 100 million", "元", "CNY", 100_000_000),
    "transaction-10k": ("10,000 transactions", "笔", "transactions", 10_000),
    "application-10k": ("10,000 applications", "笔", "applications", 10_000),
    "entity-10k": ("10,000 entities", "家", "entities", 10_000),
    "household-10k": ("10,000 households", "户", "households", 10_000),
    "person-10k": ("10,000 people", "人", "people", 10_000),
    "visit-10k": ("10,000 visits", "人次", "visits", 10_000),
    "certificate-10k": ("10,000 certificates", "份", "certificates", 10_000),
    "copy-10k": ("10,000 copies", "册", "copies", 10_000),
    "order-10k": ("10,000 orders", "笔", "orders", 10_000),
    "tree-10k": ("10,000 trees", "株", "trees", 10_000),
    "gully-100k": ("100,000 gullies", "条", "gullies", 100_000),
    "job-10k": ("10,000 jobs", "个岗位", "jobs", 10_000),
    "km2-10k": ("10,000 km²", "平方公里", "km²", 10_000),
    "m2-10k": ("10,000 m²", "平方米", "m²", 10_000),
    "mu-10k": ("10,000 mu", "亩", "mu", 10_000),
    "m3-10k": ("10,000 m³", "m³", "m³", 10_000),
    "m3-100m": ("100 million m³", "m³", "m³", 100_000_000),
    "tonne-10k": ("10,000 tonnes", "吨", "tonnes", 10_000),
    "cny-10k-per-line": ("CNY 10,000 per line", "元/条", "CNY per line", 10_000),
    "cny-10k-per-year": ("CNY 10,000 a year", "元/年", "CNY a year", 10_000),
    "debt-10k": ("10,000 debts", "笔", "debts", 10_000),
}


def test_every_scaled_unit_says_its_multiplier_in_english():
    assert {
        unit.id: (unit.printed_name.en, unit.base_name.zh, unit.base_name.en, unit.scale)
        for unit in DATASET.units.values()
        if unit.scale != 1
    } == SCALED


@pytest.mark.parametrize(
    ("zh", "multiplier"),
    [("万元", "万"), ("十万条", "十万"), ("百万千瓦", "百万"), ("万亿元", "万亿"), ("万m³", "万"), ("千人", "千")]
    + [(name, "") for name in ("千米", "千克", "百分点", "千瓦时", "个百分点", "个工作日", "人", "万")],
)
def test_the_multiplier_of_a_name(zh, multiplier):
    unit = Unit.model_construct(id="a", name=Text(zh=zh, en="units"), dimension="count", factor=1)
    assert unit.multiplier == multiplier


@pytest.mark.parametrize("case_id", DATASET.by_id)
def test_the_base_of_a_number_is_its_value_times_its_scale(case_id):
    rows = TABLE[TABLE["case_id"] == case_id].astype(object)
    assert len(rows) > 0
    for row in rows.where(rows.notna(), None).itertuples():
        unit = DATASET.units[row.unit_id]
        assert (row.unit_zh, row.unit_en) == (unit.name.zh, unit.printed_name.en)
        assert (row.base_unit_zh, row.base_unit_en, row.unit_factor) == (
            unit.base_name.zh,
            unit.base_name.en,
            unit.scale,
        )
        worth = {
            "before": row.before_value if row.before_unit_id == unit.id else None,
            "after": row.after_value if row.after_unit_id == unit.id else None,
            "change": row.change_value if row.change_kind == "difference" else None,
        }
        for part, value in worth.items():
            base = getattr(row, f"{part}_base")
            assert base == (None if value is None else float(Decimal(repr(value)) * row.unit_factor))


def test_numbers_of_one_kind_compare_whatever_multiplier_they_are_printed_with():
    money = TABLE[TABLE["base_unit_en"] == "CNY"].dropna(subset="after_value")
    assert set(money["unit_en"]) == {"CNY 10,000", "CNY 100 million"}
    assert float(money["after_base"][money["after_value"] == 9814.3].iloc[0]) == 981_430_000_000.0


@pytest.mark.parametrize(("side", "other"), [("before", "after"), ("after", "before")])
def test_an_end_in_another_unit_than_the_figure_s_has_no_base(side, other):
    mixed = TABLE[(TABLE["before_unit_id"] != TABLE["after_unit_id"]).fillna(False)]
    assert {"licence-time", "items-merged"} <= set(mixed["metric_id"])
    own = mixed[(mixed[f"{side}_unit_id"] == mixed["unit_id"]).fillna(False)]
    assert own[f"{other}_base"].isna().all()
    assert own[f"{side}_base"].notna().all()
