"""The places that a text names, and who submitted a case."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from data.model.numerals import proper_names
from data.model.schema import Place

OTHER_WORDS = "河南|创新|经济|诚信|平安|新安全|新安排|新安置|新安装|新乡村|新乡镇|新乡贤|安阳县|新乡县|濮阳县"
"""Words that hold the name of a place without its kind, alone or with the next word, and counties named as a city."""

_SUBMITTED = re.compile(
    r"[(（]?(?:申报|报送)单位[:：]?([^()（）:：\n]+)[)）]?|(?<=\n)([^:：\n]*[省市县区镇委厅局办府院])\Z"
)


def find_submitter(lines: list[str]) -> tuple[str, str]:
    """Return the title of the lines under 案例1, and who submitted it: labelled, or alone in the last line."""
    title = "\n".join(lines)
    found = _SUBMITTED.search(title)
    return (title.replace(found[0], ""), found[1] or found[2]) if found else (title, "")


class PlaceNames:
    """Finds places by their names in the table, with or without what they lie in and their kind; not the province."""

    def __init__(self, places: Mapping[str, Place]) -> None:
        self._ids: dict[str, str] = {}
        self._province = [place.id for place in places.values() if place.kind == "province"]
        for place in places.values():
            if place.kind != "province":
                full = {place.name.zh, re.split("(?<=[市县区])(?=..)", place.name.zh)[-1]}
                if place.prefecture:
                    full |= {places[place.prefecture].name.zh + name for name in full}
                self._ids |= dict.fromkeys(full | proper_names(frozenset(full)), place.id)
        names = sorted({*self._ids, *OTHER_WORDS.split("|")}, key=len, reverse=True)
        self._name = re.compile("|".join(map(re.escape, names)))

    def find(self, text: str) -> list[str]:
        """Return the ids of the places that a text names, in order, each as often as it is named."""
        return [self._ids[name] for name in self._name.findall(text) if name in self._ids]

    def choose(self, title: str, submitter: str, body: str) -> tuple[list[str], list[str]]:
        """Return the places of a case and those that it only names.

        They are those of its title, otherwise that of who submitted it, otherwise the one that it names most.
        """
        named = [place for place, _ in Counter(self.find(body)).most_common()]
        province = self._province if submitter.startswith(("省", "河南")) else []
        own = list(dict.fromkeys(self.find(title) or self.find(submitter) or province)) or named[:1]
        return own, [place for place in named if place not in own]
