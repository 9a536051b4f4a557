"""Programs that keep references read what the dialog of a figure gives them."""

from __future__ import annotations

import rispy
from pybtex.database import Entry, parse_string
from pybtex.richtext import Text

from data.model.schema import Document, Lang
from data.reading.live import current
from data.wording.citation import Access, write_bibtex, write_ris
from data.wording.rows import Rows

DATASET = current().dataset
SOURCE = DATASET.source
HERE = "http://localhost:8501/case?case=x&figure=y_z&lang=en"
RATE = Access("“Out-of-county referral rate” (case 9)", "2020-09.rate", HERE, "2026-12-02")


def read_bibtex(source: Document, access: Access, lang: Lang) -> Entry:
    """The only entry, as a program for references reads it."""
    (entry,) = parse_string(write_bibtex(source, lang, access), "bibtex").entries.values()
    return entry


def test_a_program_reads_the_bibtex_of_every_figure(lang):
    keys = set()
    for row in Rows(DATASET, lang):
        entry = read_bibtex(SOURCE, Access(row.name, f"{row.case_id}.{row.metric_id}", HERE, "2026-12-02"), lang)
        keys.add(entry.key)
        assert str(Text.from_latex(entry.fields["note"])).startswith(row.name)
        assert entry.fields["url"] == HERE
        assert (entry.fields["year"], entry.fields["date"], entry.fields["urldate"]) == (
            "2021",
            "2021-07-09",
            "2026-12-02",
        )
        assert entry.fields["title"] == SOURCE.title[lang]
        assert [str(person) for person in entry.persons["author"]] == [f"{{{SOURCE.issuer[lang]}}}"]
    assert len(keys) == len(DATASET.metrics)


def test_no_character_of_a_name_is_read_as_a_command():
    entry = read_bibtex(SOURCE, RATE._replace(name="50% of {A}} & B_1 #2 $3 ~4 ^5 \\6"), "en")
    said = r"50\% of \textbraceleft{}A\textbraceright{}\textbraceright{} \& B\_1 \#2 \$3 \textasciitilde{}4 \textasciicircum{}5 \textbackslash{}6"
    assert entry.fields["note"] == f"{said}. Henan Reform Outcomes"
    assert entry.fields["urldate"] == "2026-12-02"


def test_a_program_reads_the_ris_of_every_figure(lang):
    for row in Rows(DATASET, lang):
        (record,) = rispy.loads(write_ris(SOURCE, lang, RATE._replace(name=row.name)))
        assert record["type_of_reference"] == "GOVDOC"
        assert (record["title"], record["authors"]) == (SOURCE.title[lang], [SOURCE.issuer[lang]])
        assert (record["year"], record["date"], record["access_date"]) == ("2021", "2021/07/09", "2026/12/02")
        assert record["urls"] == [HERE]
        assert record["notes"][0].startswith(row.name)
