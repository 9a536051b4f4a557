"""A case that names its own document is cited as that: on its page, in its charts, in texts to copy and in every file."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import docx
import pytest

from data.downloads.csv_json import write_case_json, write_json
from data.downloads.excel import write_workbook
from data.downloads.extract import Extract
from data.downloads.file_names import name_extract
from data.downloads.package import describe_package, write_package
from data.downloads.word import write_case
from data.model.schema import Lang
from data.query.dataset import Dataset
from data.query.filters import Filters
from data.reading.live import Live
from data.reading.load import load_dataset
from data.wording.citation import MAX_DOCUMENTS, cite_cases, credit_documents
from tests.app import open_page, showing, words
from tests.folders import copy_data, move_case

OURS, OTHER = "2020-09-dancheng-health", "2021-03-returns-warehouse"
TITLES = {"zh": "2021年的通知", "en": "Notice of 2021"}
NOTICE = {"zh": "2020年度河南省经济体制改革十大案例的通知", "en": "ten model cases"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One case of the dataset's document, and one of another year with a document of its own."""
    made = copy_data(tmp_path_factory.mktemp("sources") / "data", (OURS, OTHER.replace("2021", "2020")))
    path = made / "cases" / f"{OTHER.replace('2021', '2020')}.yaml"
    path.rename(made / "cases" / f"{OTHER}.yaml")
    text = (made / "cases" / f"{OTHER}.yaml").read_text(encoding="utf-8")
    (made / "cases" / f"{OTHER}.yaml").write_text(move_case(text, 2021), encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def dataset(folder: Path) -> Dataset:
    return load_dataset(folder)


def test_each_case_has_its_document(dataset: Dataset) -> None:
    assert dataset.source_of(dataset.by_id[OURS]) == dataset.source
    assert dataset.source_of(dataset.by_id[OTHER]).title.zh == TITLES["zh"]
    assert [document.date for document in dataset.documents_of(dataset.cases)] == ["2021-07-09", "2021-07-09"]
    assert dataset.documents_of(()) == {dataset.source: []}


def test_every_row_names_its_document(dataset: Dataset) -> None:
    for table in (dataset.table, Extract(dataset).table("cases")):
        named = dict(zip(table["case_id"], table["source_title_zh"], strict=True))
        assert named == {OURS: dataset.source.title.zh, OTHER: TITLES["zh"]}


def test_cases_are_cited_by_document(lang: Lang, dataset: Dataset) -> None:
    said = cite_cases(dataset.documents_of(dataset.cases), lang)
    ours, _, other = said.partition("；" if lang == "zh" else "; ")
    assert NOTICE[lang] in ours
    assert TITLES[lang] in other
    assert ("9" in ours, "3" in other) == (True, True)
    assert NOTICE[lang] not in cite_cases(dataset.documents_of([dataset.by_id[OTHER]]), lang)


def test_of_many_documents_the_first_are_named(tmp_path: Path) -> None:
    made = copy_data(tmp_path / "data")
    others = sorted((made / "cases").glob("*.yaml"))[1:]
    for year, path in enumerate(others, 2021):
        text = move_case(path.read_text(encoding="utf-8"), year)
        path.unlink()
        if year < 2022 + MAX_DOCUMENTS:
            path.with_stem(path.stem.replace("2020", str(year))).write_text(text, encoding="utf-8")
    dataset = load_dataset(made)
    documents = tuple(dataset.documents_of(dataset.cases))
    assert len(documents) == MAX_DOCUMENTS + 2
    for said in (credit_documents(documents, "en"), cite_cases(dataset.documents_of(dataset.cases), "en")):
        assert "; 2 more documents" in said
        assert str(2020 + MAX_DOCUMENTS + 1) not in said


@pytest.mark.parametrize("case_id", [OURS, OTHER])
def test_the_brief_names_the_document_of_its_case(case_id: str, lang: Lang, dataset: Dataset) -> None:
    document = docx.Document(io.BytesIO(write_case(dataset, dataset.by_id[case_id], lang)))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert (NOTICE[lang] in text, TITLES[lang] in text) == (case_id == OURS, case_id == OTHER)
    assert document.core_properties.author == dataset.source_of(dataset.by_id[case_id]).issuer[lang]


def test_files_name_every_document(dataset: Dataset) -> None:
    extract = Extract(dataset)
    with zipfile.ZipFile(io.BytesIO(write_workbook(extract))) as workbook:
        strings = workbook.read("xl/sharedStrings.xml").decode()
    assert all(f">{title}<" in strings for title in (dataset.source.title.zh, *TITLES.values()))
    assert len(describe_package(extract)["sources"]) == 3, "both documents and the census"  # type: ignore[arg-type]
    with zipfile.ZipFile(io.BytesIO(write_package(extract))) as package:
        assert all(title in package.read("README.md").decode() for title in (NOTICE["zh"], *TITLES.values()))
    assert [source["title"]["zh"] for source in json.loads(write_json(extract))["sources"]][1:] == [TITLES["zh"]]
    assert json.loads(write_case_json(extract, dataset.by_id[OTHER]))["source"]["title"] == TITLES
    assert "_2020-2021" in name_extract(extract, "csv")


def test_files_of_one_document_name_no_other(dataset: Dataset) -> None:
    extract = Extract(dataset, Filters(search="退货"))
    assert [case.id for case in extract.selection.cases] == [OTHER]
    assert "sources" not in json.loads(write_json(extract))
    assert json.loads(write_json(extract))["source"]["title"] == TITLES
    assert NOTICE["zh"] not in json.dumps(describe_package(extract), ensure_ascii=False)


def test_pages_name_the_documents_of_what_they_show(folder: Path) -> None:
    with showing(Live(folder)):
        for page, case_id, named in (
            ("case", OURS, (True, False)),
            ("case", OTHER, (False, True)),
            ("overview", "", (True, True)),
        ):
            footer = words(open_page(page, lang="en", **({"case": case_id} if case_id else {}))).rpartition("Source:")[
                2
            ]
            assert ("ten model cases" in footer, "Notice of 2021" in footer) == named, (page, case_id)
