"""The report in one file: it has everything, asks no other computer for anything, and says what it leaves out."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from markupsafe import Markup

from data.downloads.excel import write_workbook
from data.downloads.extract import Extract
from data.downloads.file_names import name_extract
from data.export import main
from data.model.schema import Lang
from data.query.dataset import Dataset
from data.query.filters import Filters
from data.reading.live import current
from data.reading.load import read_dataset
from data.wording.citation import cite_document
from data.wording.openings import open_overview
from data.wording.rows import Rows
from pages.markup import report
from pages.markup.environment import demote
from pages.markup.report import MAX_CASES, write_report
from tests import hostile
from tests.elements import Page
from tests.test_links import ask

DATASET = current().dataset
IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")
EVERYTHING = Filters()


def read(dataset: Dataset = DATASET, lang: Lang = "zh", filters: Filters = EVERYTHING, address: str = "") -> Page:
    return Page(write_report(Extract(dataset, filters, address, lang=lang)).decode())


@cache
def whole(lang: Lang) -> Page:
    """The report on everything."""
    return read(lang=lang)


def body_of(shown: Page) -> str:
    return shown.find("body")[0].text


def flat(text: str) -> str:
    return " ".join(text.split())


def test_every_case_is_a_chapter_with_its_title_and_summary(lang):
    shown = whole(lang)
    chapters = {element.attributes.get("id"): element.text for element in shown.find("section")}
    for case in DATASET.cases:
        text = chapters[f"case-{case.id}"]
        for own in (case.title, case.summary, case.problem, case.result, *case.actions):
            assert own[lang] in text
        assert all(event.what[lang] in text for event in case.events)


def test_every_figure_has_its_place_and_its_words(lang):
    shown = whole(lang)
    parts = {element.attributes["id"]: element.text for element in shown.elements if "id" in element.attributes}
    for row in Rows(DATASET, lang):
        text = parts[f"{row.case_id}.{row.metric_id}"]
        assert all(phrase in text for phrase in row.phrases.split(" | "))
        assert lang == "zh" or all(phrase in text for phrase in row.phrases_en.split(" | "))
        assert all(note in text for note in row.caveat_notes)
        assert row.needed in text and row.section in text
        assert all(reading.phrase in text and reading.publisher in text for reading in row.elsewhere)


def test_every_contradiction_is_there_with_all_its_readings(lang):
    parts = {element.attributes.get("id"): element.text for element in whole(lang).elements}
    conflicts = [(case, conflict) for case in DATASET.cases for conflict in case.conflicts]
    assert conflicts
    for case, conflict in conflicts:
        text = parts[f"{case.id}.conflict.{conflict.id}"]
        assert conflict.note[lang] in text
        assert all(phrase.text in text and (lang == "zh" or phrase.en in text) for phrase in conflict.phrases)


def test_what_is_not_stated_stands_at_each_figure(lang):
    rows = [row for row in Rows(DATASET, lang) if row.needed]
    assert rows and {row.needed for row in rows} == {row.needed for row in rows if row.needed in body_of(whole(lang))}
    assert body_of(whole(lang)).count({"zh": "缺：", "en": "Missing: "}[lang]) == len(rows)


def test_every_document_is_cited(lang):
    (sources,) = [element for element in whole(lang).elements if element.attributes.get("id") == "sources"]
    assert cite_document(DATASET.source) in sources.text
    readings = [reading for row in Rows(DATASET, lang) for reading in row.elsewhere]
    assert readings and all(reading.address.rpartition("://")[2] in sources.text for reading in readings)


def test_the_cover_has_the_finding_and_the_table_alone(lang):
    (cover,) = whole(lang).find("header")
    counts = {"zh": "项以数字写明变化：", "en": "state a change in numbers: "}
    assert counts[lang] in cover.text
    assert all((case.short or case.title)[lang] in cover.text for case in DATASET.cases)


def test_nothing_in_it_needs_another_computer_or_runs(lang):
    shown = whole(lang)
    assert shown.tags & {"script", "link", "iframe", "object", "base", "form"} == set()
    assert not any(name.startswith("on") for name in shown.attributes)
    assert all(source.startswith("data:image/svg+xml,") for source in shown.values("src"))
    assert "@import" not in shown.html and not re.search(r"url\((?!data:)", shown.html)
    ids, links = shown.values("id"), shown.values("href")
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    known = {reading.address for row in Rows(DATASET, lang) for reading in row.elsewhere}
    outside = {link for link in links if not link.startswith("#")}
    assert outside <= known | {"https://creativecommons.org/licenses/by/4.0/"}


def test_headings_are_in_order(lang):
    levels = [int(element.tag[1]) for element in whole(lang).elements if re.fullmatch(r"h[1-6]", element.tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))


def test_headings_move_down_one_level_and_texts_stay():
    html = Markup("<h2>{}</h2><h3 id='x'>y</h3><header>").format("<h2>")
    assert demote(html) == "<h3>&lt;h2&gt;</h3><h4 id='x'>y</h4><header>"


def test_chinese_words_say_so_in_english():
    assert {text for lang, text in whole("en").texts if IDEOGRAPH.search(text) and not lang.startswith("zh")} == set()
    quotes = whole("zh").find("q")
    assert quotes and {element.lang for element in quotes} == {"zh"}
    assert [element["lang"] for element in whole("zh").find("html")] == ["zh-CN"]


def test_it_is_small_enough_to_send(lang):
    assert len(whole(lang).html.encode()) <= 800_000


def test_the_same_extract_gives_the_same_bytes(lang):
    extract = Extract(DATASET, lang=lang)
    assert write_report.__wrapped__(extract) == write_report.__wrapped__(extract)


def test_known_addresses_are_written_out():
    shown = read(lang="en", address="https://reforms.example")
    for address in ("case?case=2020-01-water-pricing&lang=en", "api/report.html?lang=en"):
        assert f"https://reforms.example/{address}" in shown.values("href")
        assert f"reforms.example/{address}" in body_of(shown) and "https://" not in body_of(shown)
    assert "https://reforms.example" not in whole("en").html


# --- a part of the dataset


def test_a_city_has_its_own_figures_alone_and_says_so(lang):
    filters = Filters(city=("410300",))
    extract = Extract(DATASET, filters, lang=lang)
    shown = read(lang=lang, filters=filters)
    rows = Rows(DATASET, lang, extract.selection.positions)
    ids = {name for name in shown.values("id") if re.fullmatch(r"[\w-]+\.[\w-]+", name)}
    assert ids == {f"{row.case_id}.{row.metric_id}" for row in rows}
    (cover,) = shown.find("header")
    scope = {
        "zh": "本报告只含所选部分（地市：洛阳市）",
        "en": "This report holds only what was selected (City: Luoyang)",
    }
    assert scope[lang] in cover.text and str(len(rows)) in cover.text
    assert open_overview(extract.selection, lang, filters).title in cover.text
    assert {"zh": "未列出", "en": "are left out"}[lang] in body_of(shown)


def test_a_case_without_figures_says_why(lang):
    case = DATASET.by_id["2020-01-water-pricing"]
    shown = read(lang=lang, filters=Filters(search=case.title.zh))
    (chapter,) = [element for element in shown.elements if element.attributes.get("class") == "case"]
    assert case.title[lang] in chapter.text
    assert {"zh": "没有符合条件的指标", "en": "none of its figures does"}[lang] in chapter.text


def test_nothing_found_is_a_report_too(lang):
    shown = read(lang=lang, filters=Filters(search="zzzz"))
    assert {"zh": "没有符合筛选条件的指标。", "en": "No figure meets the filters."}[lang] in body_of(shown)
    assert not any(name.startswith("case-") for name in shown.values("id"))


def test_figures_chosen_by_id_are_counted(lang):
    only = ("2020-09-dancheng-health.out-of-county-referral-rate",)
    shown = Page(write_report(Extract(DATASET, only=only, lang=lang)).decode())
    assert only[0] in shown.values("id")
    assert {"zh": "选定的1个案例或指标", "en": "1 chosen case or figure"}[lang] in body_of(shown)


def test_of_many_cases_the_first_are_shown_with_a_sentence(lang, monkeypatch):
    assert MAX_CASES >= 10
    monkeypatch.setattr(report, "MAX_CASES", 3)
    shown = Page(write_report.__wrapped__(Extract(DATASET, lang=lang)).decode())
    chapters = [element for element in shown.elements if element.attributes.get("class") == "case"]
    assert len(chapters) == 3
    assert {"zh": "所选10个案例中，这里列出前3个", "en": "These are the first 3 of 10 cases"}[lang] in body_of(shown)


def test_the_name_has_the_filters_and_the_language():
    extract = Extract(DATASET, Filters(city=("410300",)), lang="en")
    assert name_extract(extract, "html", "report", extract.lang) == "henan-reforms_2020_luoyang_report_en.html"


# --- hostile texts


@pytest.fixture(scope="module")
def hostile_dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    folder = hostile.hostile_folder(tmp_path_factory.mktemp("hostile") / "data", hostile.admitted(), 12)
    dataset, problems = read_dataset(folder)
    assert dataset is not None, problems
    return dataset


def test_hostile_texts_are_texts(hostile_dataset, lang):
    shown = read(hostile_dataset, lang)
    assert shown.tags <= whole("zh").tags | whole("en").tags
    assert not any(name.startswith("on") for name in shown.attributes)
    assert all(source.startswith("data:image/svg+xml,") for source in shown.values("src"))
    ids = shown.values("id")
    assert len(ids) == len(set(ids))
    outside = {link for link in shown.values("href") if not link.startswith("#")}
    assert outside <= {"https://creativecommons.org/licenses/by/4.0/"}
    (style,) = shown.find("style")
    assert "evil" not in style.text and "pwned" not in style.text
    for case in hostile_dataset.cases:
        assert flat(case.title[lang]) in flat(body_of(shown))


# --- the command and the data link


def test_the_command_writes_the_language_that_the_name_says(lang, tmp_path, capsys):
    target = tmp_path / f"report_{lang}.html"
    assert main([str(target)]) == 0
    assert target.read_bytes() == write_report(Extract(DATASET, lang=lang))
    assert f"{len(DATASET.metrics)} rows, 10 cases" in capsys.readouterr().out


def test_the_command_takes_the_language_as_an_option(tmp_path):
    target = tmp_path / "report.html"
    assert main([str(target), "--lang", "en"]) == 0
    assert target.read_bytes() == write_report(Extract(DATASET, lang="en"))


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        ("metrics.xlsx", [], "zh"),
        ("metrics_zh.xlsx", [], "zh"),
        ("metrics_EN.xlsx", [], "en"),
        ("metrics.xlsx", ["--lang", "en"], "en"),
        ("metrics_en.xlsx", ["--lang", "en"], "en"),
    ],
)
def test_the_command_writes_a_workbook_with_or_without_a_language(name, options, expected, tmp_path):
    assert main([str(tmp_path / name), *options]) == 0
    assert (tmp_path / name).read_bytes() == write_workbook(Extract(DATASET, lang=expected))


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("report.html", [], "A report has one language. Write a name that ends in _zh or _en"),
        ("report_zh.html", ["--lang", "en"], "--lang: found en, but the name of"),
        ("metrics_zh.xlsx", ["--lang", "en"], "--lang: found en, but the name of"),
        ("metrics.csv", ["--lang", "en"], "A file of the form .csv has both languages"),
        ("report.html", ["--lang", "fr"], "invalid choice: 'fr'"),
    ],
)
def test_the_command_says_what_is_wrong_with_a_language(name, options, message, tmp_path, capsys):
    with pytest.raises(SystemExit) as stopped:
        main([str(tmp_path / name), *options])
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err
    assert list(Path(tmp_path).iterdir()) == []


def test_the_link_gives_the_report_in_its_language(lang):
    found = ask("/api/report.html", {"lang": lang, "city": "410300"})
    extract = Extract(DATASET, Filters(city=("410300",)), "http://localhost:8501", lang=lang)
    assert (found.status, found.body) == (200, write_report(extract))
    assert (
        found.headers["content-disposition"] == f'attachment; filename="henan-reforms_2020_luoyang_report_{lang}.html"'
    )
    again = ask("/api/report.html", {"lang": lang, "city": "410300"}, if_none_match=found.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    other = replace(extract, lang="en" if lang == "zh" else "zh")
    assert write_report(other) != found.body
