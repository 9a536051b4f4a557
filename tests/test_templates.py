"""The texts in the templates are said in both languages, side by side."""

from __future__ import annotations

import re

import pytest
from jinja2 import nodes

from pages.markup.environment import TEMPLATES, environment
from tests.test_house import CJK, IDEOGRAPH, LANGUAGE_TAG, LATIN, NAMES_IN_ANY_LANGUAGE

NAMES = sorted(path.name for path in TEMPLATES.glob("*.html"))
ONLY_IN_ENGLISH = {"(our translation)"}
"""Texts that stand only where `lang` is "en"."""
NOT_READ = re.compile(r"<style>.*?</style>|<[^>]*>", re.DOTALL)
OUTSIDE = "\0"
"""Stands for an expression or a block between the texts of a template."""


def literals(node: nodes.Node) -> list[nodes.Const]:
    """The strings in an expression, or in all of a template."""
    found = [node] if isinstance(node, nodes.Const) else node.find_all(nodes.Const)
    return [const for const in found if isinstance(const.value, str)]


@pytest.fixture(params=NAMES)
def source(request: pytest.FixtureRequest) -> str:
    return (TEMPLATES / request.param).read_text(encoding="utf-8")


def test_what_a_template_says_it_says_in_both_languages(source):
    template = environment("en").parse(source)
    calls = [call for call in template.find_all(nodes.Call) if getattr(call.node, "name", "") == "t"]
    pairs = [(call.lineno, *map(literals, call.args)) for call in calls if len(call.args) == 2]
    said = [(line, *("".join(const.value for const in each) for each in texts)) for line, *texts in pairs]
    assert [f"line {line}: the English {en!r} holds Chinese" for line, _, en in said if CJK.search(en)] == []
    assert [
        f"line {line}: the Chinese {zh!r} of {en!r} holds no Chinese"
        for line, zh, en in said
        if not CJK.search(zh) and LATIN.search(zh + en) and not LANGUAGE_TAG.fullmatch(zh)
    ] == []
    translated = [const for _, zh, _ in pairs for const in zh]
    alone = [
        f"line {const.lineno}: {const.value!r}: write t(zh, en)"
        for const in literals(template)
        if IDEOGRAPH.search(const.value) and not any(const is other for other in translated)
    ]
    assert alone == []


def test_a_template_says_nothing_else(source):
    tokens = environment("en").lex(source)
    written = "".join(text if kind == "data" else OUTSIDE for _, kind, text in tokens)
    texts = {text.strip() for text in NOT_READ.sub(OUTSIDE, written).split(OUTSIDE)}
    alone = {text for text in texts if LATIN.search(text) or CJK.search(text)}
    assert alone <= ONLY_IN_ENGLISH | NAMES_IN_ANY_LANGUAGE, "write t(zh, en)"
