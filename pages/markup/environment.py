"""The environment of the templates beside this file: one for each language, in which text is escaped and names are
checked. A template has every tag of what it shows; Python gives it what is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any, get_args

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import Markup

from data.model.evidence import APPROXIMATE_BOUNDS, OPEN_BOUNDS
from data.model.grades import CHANGED, GRADE_RULES, GRADES, STATES
from data.model.schema import Lang
from data.query.findings import RESULTS
from data.query.table import LIST_SEPARATOR
from data.wording import labels, marks, remarks
from data.wording.brief import explain_marks
from data.wording.citation import cite_document
from data.wording.findings import describe_finding, find_shown_marks, say_undated
from data.wording.formatting import format_date
from data.wording.index_axis import BASELINE, span_axis
from data.wording.labels import t
from data.wording.rows import MetricRow
from pages.markup import geometry
from pages.markup.links import Links

_HEADING = re.compile(r"<(/?)h([1-5])\b")
TEMPLATES = Path(__file__).parent / "templates"
DOCUMENTS = ("page.html",)
"""The templates whose line breaks are part of what they write."""


class Layout(Extension):
    """A line break, with the blanks around it, lays out the template alone and is not part of the page."""

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        """Yield the tokens without such breaks."""
        for token in stream:
            lays_out = token.type == "data" and stream.name not in DOCUMENTS
            text = re.sub(r"\s*\n\s*", "", token.value) if lays_out else token.value
            yield Token(token.lineno, token.type, text)


class CompiledOnce(BytecodeCache):
    """Keeps the code of each template in memory: it is the same in both languages, and half of the start's time."""

    def __init__(self) -> None:
        self.codes: dict[str, CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take the code that the environment of the other language made."""
        bucket.code = self.codes.get(bucket.key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code for it."""
        self.codes[bucket.key] = bucket.code


_COMPILED = CompiledOnce()


def tone(row: MetricRow) -> str:
    """The class that colors the words of a metric: its direction, or grey for a target or plan."""
    return (row.direction or "") if row.rule.is_evidence else "plan"


def demote(html: Markup) -> Markup:
    """Return HTML of a page with its headings one level further down; in a text no `<` stands that is not escaped."""
    return Markup(_HEADING.sub(lambda found: f"<{found[1]}h{int(found[2]) + 1}", html))


@cache
def environment(lang: Lang) -> Environment:
    """Return the templates in one language: `t(zh, en)` is the text of this language, `lang` picks from a Text."""
    found = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=[Layout],
        auto_reload=False,
        bytecode_cache=_COMPILED,
    )
    found.globals.update(
        lang=lang,
        t=lambda zh, en: t(lang, zh, en),
        colon=t(lang, "：", ": "),
        comma=t(lang, "、", ", "),
        semicolon=t(lang, "；", "; "),
        date=lambda text: format_date(text, lang),
        cite=cite_document,
        find_shown_marks=find_shown_marks,
        say_undated=lambda cases: say_undated(cases, lang),
        describe_finding=lambda row: describe_finding(row, lang),
        explain_marks=lambda rows: explain_marks(rows, lang),
        scale_findings=lambda cases: geometry.scale_findings(cases, lang),
        scale_metric=lambda row, axis: geometry.scale_metric(row, axis, lang),
        BASELINE=BASELINE,
        remarks=remarks,
        marks=marks,
        tone=tone,
        geometry=geometry,
        labels=labels,
        span_axis=span_axis,
        OPEN_BOUNDS=OPEN_BOUNDS,
        APPROXIMATE_BOUNDS=APPROXIMATE_BOUNDS,
        GRADES=GRADES,
        CHANGED=CHANGED,
        STATES=STATES,
        RESULTS=RESULTS,
        GRADE_RULES=GRADE_RULES,
        HEADINGS=labels.HEADINGS,
        COLUMNS=labels.COLUMN_WORDS,
        Links=Links,
        zip=zip,
    )
    found.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    found.filters |= {
        "pct": "{:.2f}%".format,
        "thousands": "{:,}".format,
        "classes": lambda names: " ".join(filter(None, names)),
        "demote": demote,
        "parts": lambda text: text.split(LIST_SEPARATOR),
    }
    return found


def compile_templates() -> None:
    """Compile all templates in both languages, so that no reader waits for it, nor finds one that has a fault."""
    for lang in get_args(Lang):
        for name in environment(lang).list_templates(extensions=["html"]):
            environment(lang).get_template(name)


def render(template: str, macro: str, lang: Lang, *args: Any, **more: Any) -> Markup:
    """Return what a macro of a template writes in a language; an error names the line of the template.

    Arguments behind the language are the macro's.
    """
    found = environment(lang)
    try:
        written: Markup = getattr(found.get_template(f"{template}.html").module, macro)(*args, **more)
    except Exception:  # noqa: BLE001 raised again, with the lines of the template
        found.handle_exception()
    return written
