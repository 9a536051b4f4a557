"""A copied metric always has its place, grade, source words, caveats and document."""

from __future__ import annotations

import pytest

from data.reading.live import current
from data.wording.citation import Access, cite_access, cite_cases, cite_document, quote_metric
from data.wording.rows import Rows

DATASET = current().dataset
SOURCE = DATASET.source
HERE = "http://localhost:8501/case?case=x"
ROWS = {lang: {(row.case_id, row.metric_id): row for row in Rows(DATASET, lang)} for lang in ("zh", "en")}


def test_the_document_is_cited_with_what_is_known_of_it_and_no_more():
    assert (
        cite_document(SOURCE)
        == "河南省经济体制改革专项小组办公室. 关于公布2020年度河南省经济体制改革十大案例的通知[Z]. 2021-07-09. "
        "发布栏目：专题专栏 › 河南省经济体制改革十大案例 › 2020年."
    )
    assert cite_document(SOURCE, "en") == (
        "Office of the Henan Provincial Task Force on Economic Structural Reform. Notice announcing Henan's ten model "
        "cases of economic structural reform of 2020. 9 Jul 2021. Published under: Special columns › Ten model cases of "
        "Henan's economic structural reform › 2020."
    )
    unknown = SOURCE.model_copy(update={"published_in": None})
    assert cite_document(unknown).endswith("[Z]. 2021-07-09.")
    assert cite_document(unknown, "en").endswith("2020. 9 Jul 2021.")


@pytest.mark.parametrize(
    ("numbers", "zh", "en"),
    [
        ([9], "，案例9。", ", case 9."),
        ([9, 1, 9], "，案例9、1。", ", cases 9, 1."),
        ([], "2021年7月9日。", "9 Jul 2021."),
    ],
)
def test_the_source_names_each_case_once(numbers, zh, en):
    assert cite_cases({SOURCE: numbers}, "zh").endswith(zh)
    assert cite_cases({SOURCE: numbers}, "en").endswith(en)


def test_a_quotation_of_the_referral_rate():
    assert quote_metric(
        ROWS["en"]["2020-09-dancheng-health", "out-of-county-referral-rate"], SOURCE, "en", HERE
    ).splitlines()[:3] == [
        "Dancheng County: Out-of-county referral rate fell by 15.79% (or points) from 2018 (2018 → Jan–Oct 2020; completeness C, Indexed).",
        "Source words: “县外转诊率较2018年下降15.79%”",
        "Calculated: index = 100 − 15.79 = 84.21.",
    ]


def test_every_figure_takes_its_evidence_along(lang):
    assert ROWS[lang]
    for row in ROWS[lang].values():
        said = quote_metric(row, SOURCE, lang, HERE)
        needed = [
            row.place,
            row.finding,
            row.periods,
            f"{row.grade}",
            row.grade_word,
            *row.phrases.split(" | "),
            *row.caveat_notes,
            row.formula_label,
            SOURCE.title[lang],
        ]
        assert [part for part in needed if part not in said] == [], row.metric_id
        assert said.splitlines()[-1] == HERE


RATE = Access("“Out-of-county referral rate” (case 9)", "2020-09.rate", HERE, "2026-12-02")


def test_a_figure_is_cited_in_the_reader_s_language_with_the_day_it_was_read():
    assert cite_access([SOURCE], RATE, "en").endswith(
        "› 2020. “Out-of-county referral rate” (case 9). Henan Reform Outcomes, accessed 2 Dec 2026, " + HERE
    )
    page = Access("", "", HERE, "2026-12-02")
    assert cite_access([SOURCE], page, "zh").endswith("› 2020年. 河南改革成效[DB/OL]. [引用日期 2026-12-02]. " + HERE)
    other = SOURCE.model_copy(update={"title": SOURCE.title.model_copy(update={"en": "Another notice"})})
    assert ". Another notice. 9 Jul 2021." in cite_access([SOURCE, other], page, "en")
