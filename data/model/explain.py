"""What a failed validation tells a curator: what was found in which field, and what to write instead."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from data.model.bounds import AFTER, BEFORE
from data.model.fields import describe_field, known_keys
from data.model.problems import MAX_LISTED, Fault, FieldPath, Rejected, describe, in_year_of, is_gap, suggest
from data.model.schema import Bound

_APPROXIMATE: Mapping[str, Bound] = {
    **BEFORE, **{word: min(bounds) for word, bounds in AFTER.items()}, "余": "over", "多": "over", "over": "over",
    "about": "about", "nearly": "nearly", "under": "under", ">": "over", "<": "under", "~": "about", "≥": "at_least",
    "≤": "at_most",
}  # fmt: skip
"""The bound that a word or sign beside a number means."""
_COLON = re.compile("[:：]")
_NUMBER = re.compile(r"-?[0-9][0-9,]*(?:\.[0-9]+)?")
_RANGE = re.compile(r"[0-9] *[-–~至到] *[0-9]")
_LANGUAGES = {"zh": "the Chinese text", "en": "the English text"}


def explain(details: Sequence[ErrorDetails], model: type[BaseModel], guide: str) -> Iterator[Fault]:
    """Yield each failure of a validation as `model`, gaps last, without those that only follow from another.

    A key is missing because it is misspelt; a list is short because its entries are faulty. `guide` is where more is
    said of the fields.
    """
    keys_of = known_keys(model)
    lists = {
        detail["loc"][:depth] for detail in details for depth, key in enumerate(detail["loc"]) if isinstance(key, int)
    }
    unknown: defaultdict[FieldPath, list[str]] = defaultdict(list)
    for detail in details:
        if detail["type"] == "extra_forbidden" and len(unknown[detail["loc"][:-1]]) < MAX_LISTED:
            unknown[detail["loc"][:-1]].append(_COLON.split(str(detail["loc"][-1]))[0])
    split = {
        detail["loc"][:-1]
        for detail in details
        if detail["loc"][:-1] in unknown and detail["type"] == "missing" and _is_split(detail, keys_of)
    }
    gaps = find_gaps(details)
    for detail in chain((each for each in details if each["loc"] not in gaps), gaps.values()):
        kind, path = detail["type"], detail["loc"]
        group = path[:-1]
        misspelt = kind == "missing" and (group in split or difflib.get_close_matches(str(path[-1]), unknown[group], 1))
        miscounted = kind in ("too_short", "too_long") and path in lists
        if not misspelt and not miscounted:
            message = _ask(detail, model) if path in gaps else _message(detail, keys_of, guide)
            if kind == "extra_forbidden" and group in split:
                message = f'a ": " in a text, behind {describe(path[-1])}. Put the text in quotes'
            yield Fault(path, message, at_key=kind == "extra_forbidden")


def _is_split(detail: ErrorDetails, keys_of: Mapping[FieldPath, list[str]]) -> bool:
    """Whether a group in which a key is missing is a text or phrase that a colon has made a group.

    It has one key, of Chinese words or several.
    """
    named = tuple(key for key in detail["loc"][:-1] if not isinstance(key, int))
    written, text = list(detail["input"]), {"zh", "en", "text"} & set(keys_of.get(named, []))
    return (
        bool(text)
        and len(written) == 1
        and bool(re.search(r"[^a-z_：:]", written[0]))
        and not _COLON.search(written[0])
    )


def find_gaps(details: Iterable[ErrorDetails]) -> dict[FieldPath, ErrorDetails]:
    """Return the failures that are no mistakes, but fields in which something is still to be written, by their path."""
    fields = (detail for detail in details if detail["type"] != "missing" and detail["loc"])
    return {detail["loc"]: detail for detail in fields if is_gap(detail["input"])}


def _ask(detail: ErrorDetails, model: type[BaseModel]) -> str:
    """Say what is to be written where there is a gap yet."""
    described = describe_field(detail["loc"], model).removesuffix(".")
    described = described[:1].lower() + described[1:]
    match detail["type"], detail["loc"][-1]:
        case "literal_error", _:
            asked = detail["ctx"]["expected"].replace("'", "")
        case "bool_type", _:
            asked = f"true or false: {described}"
        case _, "zh" | "en" as lang:
            asked = f"{_LANGUAGES[lang]}: {described}" if described else _LANGUAGES[lang]
        case _:
            asked = in_year_of(detail["input"], described) or "what belongs here"
    return f"{describe(detail['input'])} is a gap. Write {asked}"


def _message(detail: ErrorDetails, keys_of: Mapping[FieldPath, list[str]], guide: str) -> str:
    path, found, context = detail["loc"], detail["input"], detail.get("ctx", {})
    named = tuple(key for key in path if not isinstance(key, int))
    last = str(named[-1]) if named else ""
    match detail["type"]:
        case "extra_forbidden":
            if re.fullmatch("[0-9]+", last):
                return f"unknown key {describe(last)}. Write a number without commas, as in 3000"
            if colon := _COLON.search(last):
                wrong = "a full-width colon" if colon[0] == "：" else "a colon without a blank"
                key = describe(last[: colon.start()])
                return f"{wrong} behind {key}. Write a plain : and a blank"
            known = {key: key for key in keys_of.get(named[:-1], [])}
            return f"unknown key {describe(last)}.{suggest(last, known, f'the keys of {guide}')}"
        case _ if isinstance(found, Rejected):
            return found.message
        case "missing":
            return f"is missing. Write {_CHOICES.get(named[-2:]) or _LANGUAGES.get(last, f'{last}: …')}"
        case "value_error":
            return str(context["error"])
        case "unknown_id":
            table = context["table"]
            advice = suggest(str(found), context["known"], _ELSEWHERE.get(table, f"the ids of reference/{table}.yaml"))
            if table in _EXAMPLES:
                joined = " If not," if advice.endswith("?") else ", or"
                advice += f"{joined} add a line to reference/{table}.yaml, as in - {_EXAMPLES[table]}"
            return f"unknown {table.removesuffix('s')} {describe(found)}.{advice}"
        case "literal_error":
            known = {word: word for word in re.findall(r"'([^']*)'", context["expected"])}
            return f"unknown {last} {describe(found)}.{suggest(str(found), known, f'the words of {guide}')}"
        case "float_type":
            return f"expected a number, got {describe(found)}. {_number_hint(found, last)}"
        case "bool_type":
            return f"expected true or false, got {describe(found)}. Write one of them"
        case "int_type":
            return f"expected a whole number, got {describe(found)}. {_number_hint(found, last)}"
        case "finite_number":
            return f"expected a number, got {describe(found)}. Write the printed number"
        case "string_type":
            hint = "Put it in quotes" if isinstance(found, (int, float)) else "Write one text"
            hint = 'Put a text with ": " in quotes' if isinstance(found, dict) else hint
            return f"expected text, got {describe(found)}. {hint}"
        case "tuple_type":
            hint = f"[{found}]" if isinstance(found, str) and len(found) <= 40 else "a list: [ … ]"
            return f"expected a list, got {describe(found)}. Write {hint}"
        case "model_type":
            keys = keys_of.get(named, [])
            group = ", ".join(f"{key}: …" for key in keys[:3]) + (", …" if len(keys) > 3 else "")
            group = "during: …} or {start: …, end: …, kind: …" if last == "period" else group
            return f"expected a group of keys, got {describe(found)}. Write {{{group}}}"
        case "string_too_long" | "too_long" if isinstance(found, str):
            cited = {"phrase", "phrases"} & set(named)
            hint = "Cite the shortest run that carries the figure" if cited else "Shorten it"
            return f"{len(found)} characters, at most {context['max_length']} are allowed. {hint}"
        case "too_short":
            least, more = context["min_length"], "one" if context["min_length"] == 1 else "the others"
            return f"expected at least {least}, got {context['actual_length']}. Add {more}"
        case "too_long":
            return f"expected at most {context['max_length']}, got {context['actual_length']}. Keep the most telling"
        case "string_pattern_mismatch":
            kind = "case" if context["pattern"].startswith(r"^\d{4}-") else last
            return f"got {describe(found)}. Write {in_year_of(found, _PATTERNS.get(kind, _ID))}"
        case "greater_than_equal" | "less_than_equal":
            limit = f"at least {context['ge']}" if "ge" in context else f"at most {context['le']}"
            return f"expected {limit}, got {describe(found)}. Write it as printed"
        case "greater_than":
            return f"expected a number above {context['gt']:g}, got {describe(found)}. Check the sign"
        case _:
            return f"{detail['msg']}, got {describe(found)}. See {guide}"


_ELSEWHERE = {"metrics": "the ids of this case's metrics", "prefectures": "the places of kind prefecture"}
"""Where ids stand that are none of a reference table."""
_EXAMPLES = {
    "units": "{id: tonne, name: {zh: 吨, en: tonnes}, one: tonne, dimension: mass, factor: 1000}",
    "places": "{id: linzhou, code: '410581', name: {zh: 林州市, en: Linzhou}, kind: county, prefecture: anyang, "
    "lon: 113.8, lat: 36.1}",
}
"""An entry of each table that a curator may extend."""
_CHOICES: Mapping[FieldPath, str] = {
    ("conflicts", "kind"): "kind: contradiction if the passages cannot both hold, naming or scope if they name or "
    "delimit one thing in two ways"
}
"""What may be written where it is no text, by group and key."""
_ID = "lower-case letters, digits and single hyphens, as in water-use-per-mu"
_PATTERNS = {
    "case": "year, number and a short name, as in 2020-01-water-pricing",
    "code": "the six digits of the division code in quotes",
}


def _number_hint(found: object, field: str) -> str:
    """Say how to write it as a number: 约30 is a value with a bound, 0.7-0.8 a range, 3,000 and 30% are numbers."""
    if not isinstance(found, str):
        return "Write the printed number"
    text = unicodedata.normalize("NFKC", found).replace("−", "-")
    numbers = [re.sub(r"^(-?)0+(?=[0-9])", r"\1", number.replace(",", "")) for number in _NUMBER.findall(text)]
    if not numbers:
        words = ", or text: {zh: …, en: …} for number-like words" if field in ("value", "low", "high") else ""
        return f"Write the printed number{words}"
    if re.fullmatch(r"[-+]?[0-9.]+[eE][-+]?[0-9]+", text):
        return "Write it without an exponent"
    low, high = numbers[0], numbers[-1].lstrip("-")
    if len(numbers) == 2 and field == "value" and float(low) < float(high) and _RANGE.search(text):
        return f"Write low: {low} and high: {high}"
    if len(numbers) > 1:
        return "Write one number; dates belong to a period"
    bounded = field in ("value", "low", "high")
    bound = next((name for word, name in _APPROXIMATE.items() if bounded and word in text), None)
    wanted = f"{field}: {low} and bound: {bound}" if bound else f"{low} without quotes, words or unit"
    multiplier = re.search("[万亿]", text)
    return f"Write {wanted}; {multiplier[0]} belongs to the unit" if multiplier else f"Write {wanted}"
