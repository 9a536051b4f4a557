"""words.yaml: what is wrong in it is said with the file, the entry and what to write; and its words are taken by all."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

from data.reading.live import current
from data.wording.findings import describe_finding
from data.wording.key_figures import describe_key_figure
from data.wording.labels import DERIVED_WORDS, MARK_WORDS, MISSING_WORDS
from data.wording.marks import explain_mark, find_marks
from data.wording.remarks import find_missing, find_missing_change, find_missing_end, say_calculated
from data.wording.rows import Rows
from data.wording.words import FILE, WordsError, read_words
from pages.markup.environment import render

DATASET = current().dataset
ROWS = {lang: {row.metric_id: row for row in Rows(DATASET, lang)} for lang in ("zh", "en")}
ENGLISH = ROWS["en"]
TEXT = FILE.read_text(encoding="utf-8")

FAULTS = {
    "no English": (
        "output: {zh: 产出, en: Output}",
        "output: {zh: 产出}",
        "roles.output.en: is missing. Write the English text",
    ),
    "no Chinese": (
        "{zh: 产出, en: Output}",
        "{zh: '', en: Output}",
        "roles.output.zh: expected text, got nothing. Write the text or leave the field out",
    ),
    "an id is missing": ("  input: {zh: 投入, en: Input}\n", "", "roles.input: is missing. Write input: …"),
    "a meaning is missing": (
        "    meaning: {zh: 材料的两处用了不同的名称, en: two passages of the source name it in two ways}\n",
        "",
        "flags.naming.meaning: is missing. Write meaning: …",
    ),
    "an id is unknown": (
        "  input: {zh: 投入",
        "  effort: {zh: 投入, en: Effort}\n  input: {zh: 投入",
        'roles.effort: unknown key "effort". Write one of: outcome, output, input, context, rule',
    ),
    "a section is unknown": (
        "\nroles:",
        "\ncolours:\n  blue: {zh: 蓝, en: blue}\n\nroles:",
        'colours: unknown key "colours". Did you mean "columns"?',
    ),
    "a word alone": (
        "{zh: 产出, en: Output}",
        "Output",
        'roles.output: expected a group of keys, got "Output". Write {zh: …, en: …}',
    ),
    "a third language": (
        "{zh: 产出, en: Output}",
        "{zh: 产出, en: Output, fr: Produit}",
        'roles.output.fr: unknown key "fr". Write one of: zh, en',
    ),
    "a number": (
        "{zh: 产出, en: Output}",
        "{zh: 产出, en: 3}",
        "roles.output.en: expected text, got 3. Put it in quotes",
    ),
    "Chinese in English": (
        "{zh: 产出, en: Output}",
        "{zh: 产出, en: 产出}",
        "roles.output.en: the English text holds Chinese characters (产出). Translate them or write them in pinyin",
    ),
    "not YAML": (
        "{zh: 产出, en: Output}",
        "{zh: 产出, en: Output",
        "while parsing a flow mapping",
    ),
}


@pytest.mark.parametrize(("old", "new", "message"), FAULTS.values(), ids=FAULTS)
def test_a_fault_in_the_words_is_said_with_its_entry_and_what_to_write(old, new, message, tmp_path):
    assert TEXT.count(old) == 1
    path = tmp_path / "words.yaml"
    path.write_text(TEXT.replace(old, new), encoding="utf-8")
    with pytest.raises(WordsError) as raised:
        read_words(path)
    (line,) = str(raised.value).splitlines()
    assert line.startswith(f"words.yaml: {message}")


def test_all_faults_of_the_words_are_said_at_once(tmp_path):
    path = tmp_path / "words.yaml"
    path.write_text(yaml.safe_dump({"roles": {"outcome": {"zh": "成效"}}}, allow_unicode=True), encoding="utf-8")
    with pytest.raises(WordsError) as raised:
        read_words(path)
    lines = str(raised.value).splitlines()
    assert "words.yaml: roles.outcome.en: is missing. Write the English text" in lines
    assert {
        "words.yaml: roles.output: is missing. Write output: …",
        "words.yaml: flags: is missing. Write flags: …",
    } <= {*lines}


REASONS = {
    "both ends": ("jiaxian-water-efficiency", None),
    "two units": ("licence-time", "units"),
    "a level": ("counties-charging", "earlier"),
    "a change": ("jiyuan-water-use-per-mu", "neither"),
    "a rank that moved": ("loan-growth-rank", "neither_rank"),
    "a multiple of what is not said": ("rolling-efficiency", "compared"),
    "a plan": ("phase-two-platforms", "plan"),
    "two words": ("portal-group", None),
}


@pytest.mark.parametrize(("metric_id", "reason"), REASONS.values(), ids=REASONS)
def test_one_reason_says_what_is_missing(metric_id, reason):
    assert find_missing(ENGLISH[metric_id]) == reason


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_findings_key_figures_and_charts_give_the_same_reason(lang):
    for row in ROWS[lang].values():
        reason = find_missing(row)
        if reason is None:
            continue
        words = MISSING_WORDS[reason][lang]
        assert describe_finding(row, lang).remark == words
        assert describe_key_figure(row, lang).remark.endswith(words) or (row.before_label and row.after_label)
        words = MARK_WORDS["unnamed_baseline"][lang] if reason == "compared" else words
        assert words.casefold() in render("chart", "chart", lang, row).casefold()


def test_an_end_and_a_change_have_reasons_of_their_own():
    level, words, units = ENGLISH["counties-charging"], ENGLISH["portal-group"], ENGLISH["licence-time"]
    meant = {
        level: [None, None],
        replace(level, change_label="+2"): ["value", None],
        replace(level, before_label="26", after_label=""): [None, "value"],
        ENGLISH["phase-two-platforms"]: [None, None],
    }
    for row, reasons in meant.items():
        assert [find_missing_end(row, side) for side in ("before", "after")] == reasons
    found = [find_missing_change(row) for row in (level, words, units, ENGLISH["jiyuan-water-use-per-mu"])]
    assert found == ["value", "change", "units", None]


def test_a_calculated_end_is_named_and_its_mark_has_the_same_word():
    row = next(row for row in ENGLISH.values() if row.before_origin == "derived")
    assert say_calculated(row, "en") == "earlier value calculated"
    assert "hollow" in find_marks([row])
    assert explain_mark("hollow", "en") == f"{MARK_WORDS['hollow']['en']}: {DERIVED_WORDS['word']['en']}"
    assert say_calculated(ENGLISH["counties-charging"], "en") == ""


def test_a_mark_names_the_bounds_by_their_words():
    assert [explain_mark("open_head", lang) for lang in ("zh", "en")] == [
        "› 开口箭头：超过、不足、以上、不超过",
        "› open head: over, under, at least, at most",
    ]
    assert explain_mark("baseline", "en") == "before = 100, on a logarithmic scale"
