"""What a template or a draft leaves open: no text of a case may still hold the mark of a gap, or no word at all.

A gap in a field with fixed words, ids, dates or numbers is refused there, as anything else unknown is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from data.model.fields import describe_field
from data.model.problems import Fault, describe
from data.model.rules.rule import CaseRule, CaseView

GAP = "TODO"
"""What stands in the template and in drafts where a person must write."""
FORMER_TEXTS = frozenset({
    "短标题（不超过16字）", "Short title of at most 60 characters", "某某市", "Some City", "某公司", "Some company",
    "一到两句话，自己的话。", "One or two sentences in your own words.", "改革前的问题。", "What was wrong before.",
    "做了什么。", "What was done.", "改变了什么，以及没有测量什么。", "What changed, and what was not measured.",
    "事件。", "The event.",
})  # fmt: skip
"""Texts of the former template, of which unfilled copies are about."""

_WORDS = {"zh": "the Chinese text", "en": "the English text"}
_WRITTEN = (*_WORDS, "text", "phrase", "phrases", "excludes", "address", "why")
"""Keys of the texts that a person writes and no other check looks at."""
_GAP = re.compile(rf"(?<![A-Za-z])(?:{GAP}|TBD)(?![A-Za-z])|^\W+$", re.IGNORECASE)


def _gaps(view: CaseView) -> Iterator[Fault]:
    for path, text in view.texts:
        key = next((key for key in reversed(path) if isinstance(key, str)), "")
        if key in _WRITTEN and (_GAP.search(text) or text in FORMER_TEXTS):
            described = describe_field(path).removesuffix(".")
            asked = f"{_WORDS.get(key, 'the text')}: {described[:1].lower()}{described[1:]}"
            yield Fault(path, f"{describe(text)} is a gap. Write {asked}")


RULES = (CaseRule("gap", _gaps),)
