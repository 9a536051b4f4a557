"""The reference tables of a dataset: places, domains, units, the source of the figures and the population."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from data.model.schema import Case, Document, Domain, Place, Population, Source, Unit


@dataclass(frozen=True, eq=False)
class Tables:
    """The entries of each table by id, in the order of its file, without a mistake. Immutable."""

    places: Mapping[str, Place]
    domains: Mapping[str, Domain]
    units: Mapping[str, Unit]
    source: Source
    population: Population

    def __post_init__(self) -> None:
        for name in ("places", "domains", "units"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    @cached_property
    def map_units(self) -> Mapping[str, Place]:
        """The province and its 18 units by six-digit code."""
        kinds = ("province", "prefecture")
        return {place.code: place for place in self.places.values() if place.code and place.kind in kinds}

    @cached_property
    def residents(self) -> Mapping[str, int]:
        """The residents of the province and its 18 units by six-digit code; those of the province are the sum."""
        units = self.population.residents
        province = next((code for code, place in self.map_units.items() if place.kind == "province"), None)
        return MappingProxyType({**({province: sum(units.values())} if province else {}), **units})

    def source_of(self, case: Case) -> Document:
        """The document that a case comes from: its own if it names one, otherwise that of the dataset."""
        return case.source or self.source

    def prefecture_code(self, place_id: str) -> str | None:
        """The six-digit code of the unit that a place lies in; `410000` for the province, None outside."""
        place = self.places[place_id]
        if place.kind == "province":
            return place.code
        return self.places[place.prefecture].code if place.prefecture else None
