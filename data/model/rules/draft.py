"""What a drafted case leaves open: no text of a case may still hold the mark of a gap.

A gap in a field with fixed words or ids (role, unit, place) is refused there, as any unknown word is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from data.model.problems import Finding
from data.model.rules.rule import CaseRule, CaseView

GAP = "TODO"
"""What a draft writes where only a reader of the document can decide."""

_GAP = re.compile(rf"\b{GAP}\b")


def _gaps(view: CaseView) -> Iterator[Finding]:
    for path, text in view.texts:
        if path[-1:] in (("zh",), ("en",)) and _GAP.search(text):
            language = "English" if path[-1] == "en" else "Chinese"
            yield Finding(path, f"{GAP} is a gap of the draft. Write the {language} text")


RULES = (CaseRule("draft-gap", _gaps),)
