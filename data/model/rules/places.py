"""The places of the metrics lie in those of their case."""

from __future__ import annotations

from collections.abc import Iterator

from data.model.problems import Fault, describe
from data.model.rules.rule import CaseRule, CaseView


def _outside(view: CaseView) -> Iterator[Fault]:
    """Find metrics of places that the case neither names nor contains. The province contains all but those outside.

    Nothing is found where a place of the case is missing or unknown: that has a message of its own.
    """
    named = {text for path, text in view.texts if path[:1] in (("places",), ("mentions",))}
    if not view.value(("places", 0)) or any(not view.places.get(name) for name in named):
        return
    province = any(place and place.kind == "province" and place.id in named for place in view.places.values())
    for each in view.metrics:
        place = view.places.get(each.metric.place)
        if place and not {place.id, place.prefecture} & named and not (province and place.kind != "outside"):
            advice = "Add it to its places where the reform happened there, otherwise to its mentions"
            yield Fault((*each.path, "place"), f"{describe(place.id)} lies in no place of the case. {advice}")


RULES = (CaseRule("place-outside", _outside),)
