"""The curator's commands and the server read the same folder and report the same.

Control characters are printed in escaped form by the commands and the log, never raw.
"""

from __future__ import annotations

import importlib
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from data import DatasetError, load_dataset
from data.reading.load import FOLDER
from pages.markup.report import FORMATS
from tests.folders import copy_data
from tests.server import health, logged, started, until

CASES = ("2020-03-returns-warehouse", "2020-09-dancheng-health")
"""The shortest two."""
OUTLINES = "reference/henan.geojson"
DOCUMENT = "案例1\n没有数\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The data of two cases."""
    copy_data(tmp_path / "served", CASES)
    (tmp_path / "document.txt").write_text(DOCUMENT, encoding="utf-8")
    return tmp_path / "served"


class Said(NamedTuple):
    """Output and exit code of a command."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Said]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command with these arguments, by default without HENAN_DATA."""

    def run(name: str, *arguments: object, variable: str = "") -> Said:
        monkeypatch.setenv("HENAN_DATA", variable)
        capsys.readouterr()
        try:
            code = importlib.import_module(name).main(list(map(str, arguments)))
        except SystemExit as stopped:
            code = stopped.code
        return Said(code, *capsys.readouterr())

    return run


def commands(folder: Path) -> dict[str, list[Path | str]]:
    """The commands, each with the arguments it needs besides the folder."""
    beside = folder.parent
    return {
        "check": ["data.check"],
        "export": ["data.export", beside / "metrics.csv"],
        "audit": ["data.audit", beside / "document.txt"],
        "draft": ["data.draft", beside / "document.txt", "--case", "1"],
    }


def cases_told(name: str, done: Said, beside: Path) -> int:
    """Number of cases that a command reports."""
    if name == "check":
        return int(re.search(r"(\d+) cases, ", done.stdout)[1])
    if name == "audit":
        return len(re.findall(r"^2020-\d\d-", done.stdout, re.MULTILINE))
    table = (beside / "metrics.csv").read_text(encoding="utf-8-sig")
    return len(set(re.findall(r"^2020-\d\d-[a-z-]+", table, re.MULTILINE)))


@pytest.mark.parametrize("name", ["check", "export", "audit"])
def test_a_command_reads_the_folder_of_the_variable_and_rather_the_one_that_is_named(name, folder, run):
    command = commands(folder)[name]
    assert cases_told(name, run(*command), folder.parent) == 10
    assert cases_told(name, run(*command, variable=str(folder)), folder.parent) == len(CASES)
    assert cases_told(name, run(*command, FOLDER, variable=str(folder)), folder.parent) == 10
    assert cases_told(name, run(*command, folder, variable="nowhere"), folder.parent) == len(CASES)


def test_the_library_reads_the_folder_of_the_variable(folder, monkeypatch):
    monkeypatch.setenv("HENAN_DATA", str(folder))
    assert len(load_dataset().cases) == len(CASES)
    assert len(load_dataset(FOLDER).cases) == 10
    monkeypatch.setenv("HENAN_DATA", " ")
    assert len(load_dataset().cases) == 10


EXPECTED = "Write a folder that holds cases/ and reference/ as this project's data does"


@pytest.mark.parametrize("name", ["check", "export", "audit", "draft"])
def test_what_is_no_data_folder_is_refused_in_one_sentence(name, folder, run):
    command = commands(folder)[name]
    for wrong in (folder / "cases" / "2020-01-water-pricing.yaml", folder.parent, folder.parent / "nowhere"):
        done = run(*command, wrong)
        assert (done.returncode, done.stdout, done.stderr) == (2, "", f'folder: found "{wrong}". {EXPECTED}\n')
    done = run(*command, variable="nowhere")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f'HENAN_DATA: found "nowhere". {EXPECTED}\n')


def test_the_library_refuses_what_is_no_data_folder(monkeypatch):
    with pytest.raises(ValueError, match=r'folder: found "nowhere"\. Write a folder that holds cases/'):
        load_dataset("nowhere")
    monkeypatch.setenv("HENAN_DATA", "nowhere")
    with pytest.raises(ValueError, match=r'HENAN_DATA: found "nowhere"\. Write a folder that holds cases/'):
        load_dataset()


# --- the boundaries


def first(change: Callable[[Any], None]) -> Callable[[str], str]:
    """The boundaries with a change to their first feature."""

    def changed(text: str) -> str:
        found = json.loads(text)
        change(found["features"][0])
        return json.dumps(found)

    return changed


def geometry(**members: Any) -> Callable[[str], str]:
    return first(lambda feature: feature["geometry"].update(members))


NOT_GEOJSON = "is not GeoJSON with an id and an outline for each feature"
BROKEN: dict[str, tuple[Callable[[str], str] | None, str]] = {
    "missing": (None, "cannot be read (No such file or directory). Restore the file or its permissions"),
    "empty": (lambda text: "", f"{NOT_GEOJSON}. Restore the file"),
    "cut": (lambda text: text[:-9], f"{NOT_GEOJSON}. Restore the file"),
    "too large": (
        lambda text: text + " " * 1_000_000,
        "has more than 1000000 bytes. Simplify the outlines",
    ),
    "a list": (lambda text: "[1]", f"{NOT_GEOJSON}. Restore the file"),
    "nested without end": (lambda text: "[" * 50_000, f"{NOT_GEOJSON}. Restore the file"),
    "no features": (lambda text: '{"features": {}}', f"{NOT_GEOJSON} (see features). Restore the file"),
    "no id": (first(lambda feature: feature.pop("id")), f"{NOT_GEOJSON} (see features[0].id). Restore the file"),
    "a number as id": (
        first(lambda feature: feature.update(id=410100)),
        f"{NOT_GEOJSON} (see features[0].id). Restore the file",
    ),
    "no geometry": (
        first(lambda feature: feature.update(geometry=None)),
        f"{NOT_GEOJSON} (see features[0].geometry). Restore the file",
    ),
    "a point": (
        geometry(type="Point", coordinates=[113.6, 34.7]),
        f"{NOT_GEOJSON} (see features[0].geometry). Restore the file",
    ),
    "the coordinates of a point": (
        geometry(coordinates=[113.6, 34.7]),
        f"{NOT_GEOJSON} (see features[0].geometry.coordinates[0]). Restore the file",
    ),
    "the coordinates of a line": (
        geometry(coordinates=[[113.6, 34.7], [113.7, 34.8]]),
        f"{NOT_GEOJSON} (see features[0].geometry.coordinates[0][0]). Restore the file",
    ),
    "words as coordinates": (
        geometry(coordinates=[[["113.6", "34.7"]] * 4]),
        f"{NOT_GEOJSON} (see features[0].geometry.coordinates[0][0][0]). Restore the file",
    ),
    "off the globe": (
        geometry(coordinates=[[[34.7, 113.6]] * 4]),
        f"{NOT_GEOJSON} (see features[0].geometry.coordinates[0][0][1]). Restore the file",
    ),
    "a ring that is open": (
        geometry(coordinates=[[[113, 34], [114, 34], [114, 35], [113, 35]]]),
        f"{NOT_GEOJSON} (see features[0].geometry.coordinates[0]). Restore the file",
    ),
    "no outline": (geometry(coordinates=[]), "has no outline of 410100. Add it"),
    "another id": (first(lambda feature: feature.update(id="999999")), "has no outline of 410100. Add it"),
}


@pytest.mark.parametrize(("edit", "message"), BROKEN.values(), ids=BROKEN)
def test_broken_boundaries_are_a_problem_of_the_data(edit, message, folder):
    path = folder / OUTLINES
    text = path.read_text(encoding="utf-8")
    path.unlink()
    if edit:
        path.write_text(edit(text), encoding="utf-8")
    with pytest.raises(DatasetError) as raised:
        load_dataset(folder)
    assert list(map(str, raised.value.problems)) == [f"served/{OUTLINES}:1:1 {message}"]


# --- a mistake in an id of a reference table


@pytest.mark.parametrize(
    "wrong", ["{zh: x}", "[a, {b: c}]", "[]", "1", "true"], ids=["group", "list", "empty list", "number", "truth"]
)
@pytest.mark.parametrize("table", ["places", "domains", "units"])
def test_an_id_that_is_no_text_is_told_where_it_stands(table, wrong, folder, run):
    path = folder / "reference" / f"{table}.yaml"
    text = path.read_text(encoding="utf-8")
    found = re.search(r"(?<=- \{id: )[\w-]+", text)
    path.write_text(text[: found.start()] + wrong + text[found.end() :], encoding="utf-8")
    done = run("data.check", folder)
    line = text[: found.start()].count("\n") + 1
    assert (done.returncode, done.stderr) == (1, "")
    assert re.search(
        rf"^served/reference/{table}\.yaml:{line}:8 \[\d\]\.id: expected text, got ", done.stdout, re.MULTILINE
    )


# --- what a terminal would act on

CONTROL = "\x1b]0;owned\x07\x1b[31m\x9b2J\u202e\U000e0041"
ESCAPED = r"\u001b]0;owned\u0007\u001b[31m\u009b2J\u202e\ue0041"


def safe(text: str) -> bool:
    return all(line.isprintable() for line in text.split("\n"))


def test_no_command_sends_a_terminal_what_stands_in_the_name_of_a_file(folder, run):
    for name in (f"2020-09-{CONTROL}.yaml", f"2020-09-{CONTROL}.yml", f"2020-10-{CONTROL}.yaml"):
        (folder / "cases" / name).write_text("year: 2020\nnumber: 9\n", encoding="utf-8")
    (folder / "cases" / os.fsdecode(b"2020-11-\xff.yaml")).write_text("year: 2020\n", encoding="utf-8")
    for name, command in commands(folder).items():
        done = run(*command, folder)
        said = done.stderr if name == "export" else done.stdout
        assert (done.returncode, safe(done.stdout), safe(done.stderr)) == (1, True, True)
        assert said.count(ESCAPED) >= 3
        assert r"2020-11-\udcff.yaml" in said


def test_no_command_sends_a_terminal_what_stands_in_an_argument(folder, run):
    hostile = folder.parent / CONTROL
    hostile.mkdir()
    for arguments in (
        ("data.check", hostile),
        ("data.check", folder, hostile),
        ("data.check", f"--{CONTROL}"),
        ("data.export", hostile),
        ("data.export", hostile / "metrics.csv", hostile),
        ("data.export", hostile / CONTROL / "metrics.csv"),
        ("data.export", hostile / "metrics.csv", FOLDER),
        ("data.audit", hostile),
        ("data.audit", folder.parent / "document.txt", hostile),
        ("data.audit", folder.parent / "document.txt", "--case", CONTROL),
        ("data.draft", hostile, "--case", "1"),
        ("data.draft", folder.parent / "document.txt", "--case", "1", "--to", hostile),
    ):
        done = run(*arguments)
        assert (arguments, safe(done.stdout), safe(done.stderr)) == (arguments, True, True)
        assert ESCAPED in done.stdout + done.stderr
        assert "Traceback" not in done.stderr


def test_the_commands_and_the_server_refuse_the_same_data_in_the_same_words(folder, tmp_path, run):
    """A terminal acts on none of them, though the folder and a file are named for that."""
    path = folder / OUTLINES
    path.write_text(BROKEN["a point"][0](path.read_text(encoding="utf-8")), encoding="utf-8")
    (folder / "reference" / "units.yaml").write_text("- {id: {zh: 天}, name: {zh: 天, en: day}}\n", encoding="utf-8")
    (folder / "cases" / f"{CONTROL}.yaml").write_text("", encoding="utf-8")
    hostile = folder.rename(folder.parent / f"served{CONTROL}")
    with started(tmp_path / "log", HENAN_DATA=str(hostile)) as (address, process):
        assert until(process, lambda: health(address).get("status") == "no data")
    assert safe((tmp_path / "log").read_text(encoding="utf-8"))
    assert {line["data"] for line in logged(tmp_path / "log") if "data" in line} == {str(hostile)}
    told = [line["message"] for line in logged(tmp_path / "log") if line["level"] == "error"]
    assert told.pop() == "no data"
    assert f"served{ESCAPED}/{OUTLINES}:1:1 {BROKEN['a point'][1]}" in told
    assert any(line.startswith(f"served{ESCAPED}/cases/{ESCAPED}.yaml:") for line in told)
    for name, command in commands(hostile).items():
        done = run(*command, hostile)
        said = (done.stderr if name == "export" else done.stdout).splitlines()
        assert (name, done.returncode, said[: len(told)]) == (name, 1, told)


# --- the file of an export


@pytest.mark.parametrize("name", ["metrics", "metrics.txt", ".csv", "metrics.", "metrics.csv.gz"])
def test_an_export_without_a_form_names_the_forms(name, tmp_path, run):
    done = run("data.export", tmp_path / name)
    assert (done.returncode, done.stdout, done.stderr) == (
        2,
        "",
        f'file: found "{tmp_path / name}". Write a file whose name ends in one of: .{", .".join(FORMATS)}\n',
    )
    assert list(tmp_path.iterdir()) == []


def test_an_export_that_cannot_be_written_says_why(tmp_path, run):
    (tmp_path / "metrics.csv").mkdir()
    done = run("data.export", tmp_path / "metrics.csv")
    assert (done.returncode, done.stderr) == (
        2,
        f'file: found "{tmp_path / "metrics.csv"}". It cannot be written (Is a directory). Write another file\n',
    )
