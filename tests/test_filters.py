"""Filters: read from a query, written back to it, and applied."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from html import unescape
from itertools import combinations, product

import pytest

from data.model.grades import GRADES
from data.query.filters import (
    PROVINCE,
    ROLES,
    SEARCH_LIMIT,
    Filters,
    count_options,
    list_options,
    parse,
    select,
)
from data.query.search import MAX_PARTS, find_terms, list_set_words, split_parts, split_words
from data.query.sets import SET_NAMES
from data.reading.live import current
from data.wording.filters import FILTERS, POPOVERS, describe_filters, list_values, remove_value
from data.wording.ready_sets import list_ready_sets
from tests.app import bodies, open_page

DATASET = current().dataset
TABLE = DATASET.table
OPTIONS = list_options(DATASET)
EVERY_VALUE = [(name, value) for name, values in OPTIONS.items() for value in values]
WATER = "2020-01-water-pricing"
HEALTH = "2020-09-dancheng-health"


def chosen(**query: str):
    return select(DATASET, parse(query, DATASET)[0])


def ids(selection) -> list[str]:
    return [case.id for case in selection.cases]


def pairs(selection) -> list[tuple[str, str]]:
    return list(zip(selection.rows["case_id"], selection.rows["metric_id"], strict=True))


def test_the_options_are_the_18_units_and_the_province_and_what_the_data_knows():
    assert OPTIONS["city"][0] == PROVINCE
    assert len(OPTIONS["city"]) == 19
    assert OPTIONS["domain"] == tuple(DATASET.domains)
    assert OPTIONS["grade"] == GRADES
    assert OPTIONS["role"] == ("outcome", "output", "input", "context", "rule")


@pytest.mark.parametrize(("name", "value"), EVERY_VALUE)
def test_every_value_goes_to_the_query_and_back(name, value):
    filters, dropped = parse({name: value}, DATASET)
    assert filters == Filters(**{name: (value,)})
    assert filters.query() == {name: value}
    assert not dropped
    assert not remove_value(filters, name, value)


@pytest.mark.parametrize("names", [names for size in (2, 3, 4) for names in combinations(OPTIONS, size)], ids="-".join)
def test_several_filters_go_to_the_query_and_back(names):
    filters = Filters(**{name: OPTIONS[name][:3] for name in names}, search="转诊 rate, 100%")
    assert parse(filters.query(), DATASET) == (filters, ())


def test_no_filter_is_no_query():
    assert parse({}, DATASET) == (Filters(), ())
    assert not Filters()
    assert Filters().query() == {}
    assert {field.name for field in fields(Filters)} == {*OPTIONS, "search", "scope"}


QUERIES = {
    "unknown": (
        {"city": "410300,luoyang,999999"},
        Filters(city=("410300",)),
        (("city", "luoyang"), ("city", "999999")),
    ),
    "repeated": ({"grade": "Z,A,Z,A"}, Filters(grade=("A",)), (("grade", "Z"),)),
    "in-the-order-offered": ({"grade": "P,B,A"}, Filters(grade=("A", "B", "P")), ()),
    "empty-parts": ({"city": ",410300,,"}, Filters(city=("410300",)), ()),
    "wrong-case": ({"grade": "a", "role": "Outcome"}, Filters(), (("grade", "a"), ("role", "Outcome"))),
    "markup": ({"domain": "<b>"}, Filters(), (("domain", "<b>"),)),
    "scope": ({"city": "410300", "scope": "case"}, Filters(city=("410300",), scope="case"), ()),
    "scope-without-a-city": ({"scope": "case", "grade": "A"}, Filters(grade=("A",)), ()),
    "unknown-scope": (
        {"city": "410300", "scope": "city,Case"},
        Filters(city=("410300",)),
        (("scope", "city"), ("scope", "Case")),
    ),
    "other-parameters": ({"lang": "en", "case": HEALTH}, Filters(), ()),
    "search-blanks": ({"search": "  转诊率 \t\x00\n"}, Filters(search="转诊率"), ()),
    "search-full-width-blank": ({"search": "转诊\u3000rate\t\u200b县"}, Filters(search="转诊 rate 县"), ()),
    "search-only-blanks": ({"search": " \u200b\u202e "}, Filters(), ()),
    "search-too-long": ({"search": "数" * 500}, Filters(search="数" * SEARCH_LIMIT), ()),
    "search-cut-at-a-blank": (
        {"search": "a" * (SEARCH_LIMIT - 1) + " b"},
        Filters(search="a" * (SEARCH_LIMIT - 1)),
        (),
    ),
}


@pytest.mark.parametrize(("query", "filters", "dropped"), QUERIES.values(), ids=QUERIES)
def test_what_is_kept_and_what_is_dropped(query, filters, dropped):
    assert parse(query, DATASET) == (filters, dropped)
    assert parse(filters.query(), DATASET) == (filters, ())


def test_nothing_chosen_leaves_everything_as_it_is():
    selection = chosen()
    assert ids(selection) == [case.id for case in DATASET.cases]
    assert selection.rows.equals(TABLE)
    assert selection.own_count == 0


def test_a_city_keeps_the_provincial_case_that_has_a_figure_there_with_that_figure_alone():
    selection = chosen(city="419001")
    assert ids(selection) == [WATER]
    assert pairs(selection) == [(WATER, "jiyuan-water-use-per-mu")]


def test_the_scope_adds_the_other_figures_of_the_case_after_the_citys_own():
    selection = chosen(city="419001", scope="case")
    assert ids(selection) == [WATER]
    assert pairs(selection)[0] == (WATER, "jiyuan-water-use-per-mu")
    assert selection.own_count == 1
    assert len(selection.rows) == len(DATASET.by_id[WATER].metrics)


@pytest.mark.parametrize("code", OPTIONS["city"])
def test_a_city_leaves_its_own_figures_and_the_scope_adds_those_of_the_same_cases(code):
    own, both = chosen(city=code), chosen(city=code, scope="case")
    assert pairs(own) == [
        pair for pair, given in zip(pairs(chosen()), TABLE["prefecture_code"], strict=True) if given == code
    ]
    assert own.own_count == len(own.positions) == both.own_count
    assert list(both.positions[: both.own_count]) == list(own.positions)
    assert ids(both) == ids(own)
    assert sorted(pairs(both)) == sorted((case.id, metric.id) for case in own.cases for metric in case.metrics)


def test_a_case_that_happens_in_a_city_is_left_without_a_figure_there():
    """The case of Dancheng with Anyang as a place; all its metrics are the county's."""
    changed = tuple(
        case.model_copy(update={"places": (*case.places, "anyang")}) if case.id == HEALTH else case
        for case in DATASET.cases
    )
    dataset = replace(DATASET, cases=changed)
    anyang = parse({"city": "410500"}, dataset)[0]
    own, both = select(dataset, anyang), select(dataset, replace(anyang, scope="case"))
    assert ids(own) == ids(both) == ["2020-06-anyang-permits", HEALTH]
    assert set(own.rows["case_id"]) == {"2020-06-anyang-permits"}
    assert len(both.positions) - both.own_count == len(DATASET.by_id[HEALTH].metrics)
    graded = select(dataset, replace(anyang, grade=("C",)))
    assert ids(graded) == list(dict.fromkeys(graded.rows["case_id"])), "a grade keeps the cases that have it there"


def test_several_cities_are_either_of_them():
    one, other, both = chosen(city="419001"), chosen(city="411600"), chosen(city="411600,419001")
    assert set(ids(both)) == {*ids(one), *ids(other)} == {WATER, HEALTH}
    assert both.own_count == one.own_count + other.own_count
    assert set(both.rows["prefecture_code"][: both.own_count]) == {"411600", "419001"}
    assert both.rows["case_id"][: both.own_count].is_monotonic_increasing


@pytest.mark.parametrize("code", OPTIONS["city"])
def test_a_city_keeps_exactly_the_cases_that_are_or_measure_there(code):
    wanted = [
        case.id
        for case in DATASET.cases
        if code
        in {DATASET.prefecture_code(place) for place in (*case.places, *(metric.place for metric in case.metrics))}
    ]
    selection = chosen(city=code)
    assert ids(selection) == wanted
    assert set(selection.rows["prefecture_code"][: selection.own_count]) <= {code}
    assert code not in set(selection.rows["prefecture_code"][selection.own_count :])


def test_a_place_that_is_only_mentioned_does_not_count():
    assert "qingfeng" in DATASET.by_id[WATER].mentions
    assert WATER not in ids(chosen(city="410900"))


def test_province_wide_is_a_choice_beside_the_cities():
    selection = chosen(city=PROVINCE)
    assert WATER in ids(selection)
    assert HEALTH not in ids(selection)
    assert selection.own_count == (TABLE["prefecture_code"] == PROVINCE).sum()


@pytest.mark.parametrize("domain", OPTIONS["domain"])
def test_a_domain_keeps_its_cases_with_all_their_figures(domain):
    wanted = [case for case in DATASET.cases if domain in case.domains]
    selection = chosen(domain=domain)
    assert ids(selection) == [case.id for case in wanted]
    assert len(selection.rows) == sum(len(case.metrics) for case in wanted)


@pytest.mark.parametrize(("name", "value"), [*product(["grade"], "ABCDEFP"), *product(["role"], ROLES)])
def test_a_grade_or_role_keeps_the_figures_that_have_it(name, value):
    selection = chosen(**{name: value})
    assert pairs(selection) == [
        pair for pair, given in zip(pairs(chosen()), TABLE[name], strict=True) if given == value
    ]
    assert ids(selection) == list(dict.fromkeys(selection.rows["case_id"]))


REFERRALS = (HEALTH, "out-of-county-referral-rate")
SEARCHES = {
    "chinese": "县外转诊率",
    "english": "referral rate",
    "other-case": "REFERRAL Rate",
    "words-in-any-order": "rate county referral",
    "words-of-figure-and-case": "郸城 referral",
    "full-width": "ｒｅｆｅｒｒａｌ　ｒａｔｅ",
    "words-of-the-source": "下降15.79%",
    "full-width-number": "１５．７９％",
    "unit-and-place": "Dancheng % referral",
}


@pytest.mark.parametrize("search", SEARCHES.values(), ids=SEARCHES)
def test_search_finds_a_figure_in_both_languages(search):
    selection = chosen(search=search)
    assert REFERRALS in pairs(selection)
    assert len(selection.rows) < len(TABLE) / 2


def test_search_for_the_title_of_a_case_finds_the_case_and_none_of_its_figures():
    case = DATASET.by_id[HEALTH]
    for title in (case.title.zh, case.title.en, case.title.en.upper(), case.summary.zh[:20]):
        assert (ids(chosen(search=title)), pairs(chosen(search=title))) == ([HEALTH], [])


def own_words(metric) -> str:
    """The text of a metric: name, subject, place, unit, values in words and source words."""
    place, unit, yardstick = DATASET.places[metric.place], DATASET.units[metric.unit], metric.compared_with
    around = DATASET.places[place.prefecture] if place.prefecture else place
    said = [metric.before, metric.after, metric.change, yardstick and yardstick.end]
    texts = [
        metric.name,
        metric.short,
        metric.subject,
        place.name,
        around.name,
        unit.name,
        yardstick and yardstick.label,
    ]
    texts += [quantity.text for quantity in said if quantity]
    read = [text[lang] for text in texts if text for lang in ("zh", "en")]
    return " ".join([*read, *(f"{phrase.text} {phrase.en}" for phrase in metric.phrases)]).lower()


@pytest.mark.parametrize("search", ["审批时限", "approval time", "洛阳", "贷款 元", "green cover", "high"])
def test_a_search_leaves_the_figures_that_hold_every_word_themselves(search):
    words = search.split()
    found = [
        (case.id, metric.id)
        for case in DATASET.cases
        for metric in case.metrics
        if all(word in own_words(metric) for word in words)
    ]
    titled = [case.id for case in DATASET.cases if all(word in f"{case.title}".lower() for word in words)]
    selection = chosen(search=search)
    assert pairs(selection) == found
    assert {*titled, *(case for case, _ in found)} <= set(ids(selection))


WORDS = {
    "plurals": ("Construction approvals", ("construction", "approval")),
    "function-words": ("approval of the construction", ("approval", "construction")),
    "nothing-else": ("of the", ("of", "the")),
    "endings": ("businesses countries glass bus boxes", ("business", "countr", "glass", "bus", "box")),
    "punctuation": ("“转诊率”， +15.79%?", ("转诊率", "15.79")),
    "symbol-alone": ("%", ("%",)),
}


@pytest.mark.parametrize(("search", "words"), WORDS.values(), ids=WORDS)
def test_what_is_sought_is_in_what_the_reader_wrote(search, words):
    assert split_words(search) == words
    assert all(word in search.lower() for word in words)


READY = {
    each.id: {(row.case_id, row.metric_id) for row in each.rows} for each in list_ready_sets(DATASET, Filters(), "en")
}


@pytest.mark.parametrize("name", [name for name in READY if name in SET_NAMES])
def test_each_word_for_a_set_of_compare_finds_what_is_in_it(name):
    for word in (SET_NAMES[name].zh, SET_NAMES[name].en, *list_set_words(name)):
        assert set(pairs(chosen(search=word))) >= READY[name] != set(), word


def test_waiting_finds_what_compare_calls_waiting_times_in_both_languages():
    assert ("2020-06-anyang-permits", "approval-time") in READY["time"]
    for search in ("waiting", "wait", "等待", "等待时间", "办理时限"):
        assert set(pairs(chosen(search=search))) == READY["time"], search
    assert {pair for pair in pairs(chosen(search="时限")) if pair not in READY["time"]} == {
        (case.id, metric.id)
        for case in DATASET.cases
        for metric in case.metrics
        if "时限" in own_words(metric) and (case.id, metric.id) not in READY["time"]
    }


def test_a_part_of_a_word_for_a_set_is_none_of_its_words():
    """As “one” in money, and “eight” in weights."""
    for search in ("one", "eight", "额"):
        found = {
            (case.id, metric.id) for case in DATASET.cases for metric in case.metrics if search in own_words(metric)
        }
        assert set(pairs(chosen(search=search))) == found, search


def test_a_word_for_a_set_beside_other_words_narrows_them():
    found = pairs(chosen(search="waiting Zhengzhou"))
    assert found and set(found) < READY["time"]
    metrics = {(case.id, metric.id): metric for case in DATASET.cases for metric in case.metrics}
    assert all("zhengzhou" in own_words(metrics[pair]) for pair in found)


PARTS = {
    "chinese": ("每亩用水", ("每亩", "亩用", "用水")),
    "one-character": ("水 rate", ("水", "rate")),
    "mixed": ("GDP增长率", ("gdp", "增长", "长率")),
    "long": ("一二三四五六七八九十" * 9, 10),
}


@pytest.mark.parametrize(("search", "parts"), PARTS.values(), ids=PARTS)
def test_parts_of_words(search, parts):
    found = split_parts(split_words(search))
    assert len(found) == parts if isinstance(parts, int) else found == parts
    assert len(split_parts(split_words("".join(map(chr, range(0x4E00, 0x4E00 + 99)))))) == MAX_PARTS


PARTLY = {
    "chinese-without-blanks": ("审批时限建设", "2020-06-anyang-permits", "approval-time"),
    "words-of-two-figures": ("转诊率 贷款", HEALTH, "out-of-county-referral-rate"),
    "other-order": ("每亩用水", WATER, "jiyuan-water-use-per-mu"),
    "a-sentence": ("how much time does it take to approve a project", "2020-06-anyang-permits", "approval-time"),
}


@pytest.mark.parametrize(("search", "case", "metric"), PARTLY.values(), ids=PARTLY)
def test_a_search_that_nothing_meets_finds_what_has_the_most_of_it(search, case, metric):
    terms, has_all = find_terms(DATASET, search)
    assert not has_all and len(terms) > 1
    assert (case, metric) in pairs(chosen(search=search))


def test_what_has_little_of_a_search_is_not_found():
    assert find_terms(DATASET, "量子计算机的增长")[1] is False
    assert pairs(chosen(search="quantum computing photon rate")) == []


def test_a_figure_has_the_words_of_its_case_if_it_adds_one():
    """No text has both words: the place is the figures', the approval their case's."""
    found = chosen(search="审批 企业")
    assert found.positions.size
    for case, metric in pairs(found):
        own = own_words(next(each for each in DATASET.by_id[case].metrics if each.id == metric))
        assert "企业" in own or "审批" in own


def test_a_search_for_a_word_of_a_title_leaves_few_of_its_figures():
    anyang = DATASET.by_id["2020-06-anyang-permits"]
    assert "审批时限" in anyang.title.zh
    found = chosen(search="审批时限")
    assert ids(found) == [anyang.id]
    assert 0 < len(found.positions) < len(anyang.metrics) / 2
    assert (anyang.id, "approval-time") in pairs(found)


def test_a_search_finds_values_in_words_in_both_languages():
    grade = next(
        (case, metric) for case in DATASET.cases for metric in case.metrics if metric.after and metric.after.text
    )
    case, metric = grade
    for word in (metric.after.text.zh, metric.after.text.en):
        assert (case.id, metric.id) in pairs(chosen(search=word))


def test_a_search_in_a_city_leaves_what_both_leave():
    """The title of Ruzhou's case matches, so the case is found; metrics must match and be in the city."""
    ruzhou = DATASET.by_id["2020-10-ruzhou-returnees"]
    found = chosen(city="410400", search=ruzhou.title.zh)
    assert (ids(found), len(found.positions)) == ([ruzhou.id], 0)
    assert ids(chosen(city="410300", search=ruzhou.title.zh)) == []
    assert ids(chosen(city="410400", search=ruzhou.title.zh, grade="A")) == []


EMPTY = {
    "nowhere": {"search": "zzz"},
    "not-in-this-city": {"city": "419001", "search": "转诊率"},
    "not-of-this-grade": {"city": "411600", "grade": "A"},
    "not-of-this-domain": {"city": "411600", "domain": "trade"},
    "not-of-this-role": {"grade": "A", "role": "rule"},
    "markup": {"search": "<script>alert(1)</script>"},
    "pattern": {"search": ".*"},
}


@pytest.mark.parametrize("query", EMPTY.values(), ids=EMPTY)
def test_nothing_left(query):
    selection = chosen(**query)
    assert (selection.cases, len(selection.rows), selection.own_count) == ((), 0, 0)
    assert list(selection.rows.columns) == list(TABLE.columns)


def test_filters_together_leave_what_each_of_them_leaves():
    together = chosen(domain="public-services", grade="C", role="outcome", search="rate")
    apart = [
        set(pairs(chosen(**{name: value})))
        for name, value in (("domain", "public-services"), ("grade", "C"), ("role", "outcome"), ("search", "rate"))
    ]
    assert set(pairs(together)) == set.intersection(*apart)
    assert REFERRALS in pairs(together)


@pytest.mark.parametrize("city", [{"city": "410100"}, {"city": "410100", "scope": "case"}], ids=["own", "case"])
@pytest.mark.parametrize("other", [{"grade": "B,F"}, {"role": "outcome"}, {"search": "债"}], ids=str)
def test_a_city_and_another_filter_leave_what_each_of_them_leaves(city, other):
    together = pairs(chosen(**city, **other))
    assert set(together) == set(pairs(chosen(**city))) & set(pairs(chosen(**other)))


@pytest.mark.parametrize(
    "others",
    [{}, {"search": "率"}, {"city": "410300", "grade": "E"}, {"city": "410100", "scope": "case", "flag": "partial"}],
    ids=str,
)
def test_the_count_of_a_value_is_what_choosing_it_alone_leaves(others):
    filters = parse(others, DATASET)[0]
    counts = count_options(DATASET, filters)
    assert set(counts) == set(OPTIONS)
    for name, values in counts.items():
        for value, count in values.items():
            found = select(DATASET, replace(filters, **{name: (value,)}))
            assert count == (found.own_count if name == "city" else len(found.positions)), (name, value)


# --- the registry of the filters


def test_every_filter_has_its_words_and_its_control():
    assert list(FILTERS) == [field.name for field in fields(Filters)]
    assert {name for name, entry in FILTERS.items() if entry.control == "pills"} == set(OPTIONS)
    assert sorted(name for group in POPOVERS for name in group) == sorted(OPTIONS), (
        "a filter is in no popover, or in two"
    )


VALUE = re.compile(r'<button [^>]*data-filter="(\w+)" value="([\w-]+)" aria-pressed="(\w+)"[^>]*>(.*?)</button>')


def test_the_bar_offers_every_value_with_its_count(lang):
    at = open_page("overview", lang=lang, city="410300")
    counts = count_options(DATASET, Filters(city=("410300",)))
    buttons = VALUE.findall(bodies(at))
    for name, values in OPTIONS.items():
        words = [FILTERS[name].describe(DATASET, value, lang) for value in values]
        offered = [button for button in buttons if button[0] == name]
        assert [(value, pressed == "true") for _, value, pressed, _ in offered] == [
            (value, (name, value) == ("city", "410300")) for value in values
        ]
        said = [unescape(said) for _, _, _, said in offered]
        assert said == [f"{word} {counts[name][value]}" for word, value in zip(words, values, strict=True)]


@pytest.mark.parametrize(("name", "value"), EVERY_VALUE)
def test_every_value_has_words_in_both_languages(name, value):
    zh, en = (FILTERS[name].describe(DATASET, value, lang) for lang in ("zh", "en"))
    assert zh and en and zh != en


def test_filters_are_described_in_the_order_of_a_query():
    filters = parse({"city": "410300,410000", "grade": "A", "search": "water", "scope": "case"}, DATASET)[0]
    assert describe_filters(DATASET, filters, "en") == (
        "City: Province-wide, Luoyang · Completeness: A · Paired · Search: “water” · with the other figures of the same cases"
    )


def test_a_value_is_removed_alone():
    filters = Filters(city=("410000", "410300"), search="water", scope="case")
    assert list_values(filters, "city") == ("410000", "410300") and list_values(filters, "role") == ()
    assert remove_value(filters, "city", "410300") == replace(filters, city=("410000",))
    assert remove_value(filters, "search", "water") == replace(filters, search="")
