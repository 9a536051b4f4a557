"""What is wrong with a file, said so that a curator can mend it: where, what was found, what to write."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Literal

from pydantic import ValidationError
from pydantic_core import ErrorDetails

Path = tuple[str | int, ...]

_APPROXIMATE = {
    "超": "over", "余": "over", "多": "over", "不到": "under", "不足": "under", "近": "nearly", "约": "about", "以上": "at_least", "以内": "at_most",
    "over": "over", "about": "about", "nearly": "nearly", "under": "under", ">": "over", "<": "under", "~": "about",
}  # fmt: skip
_PLURAL = {"int": "a whole number", "float": "a number", "string": "text", "tuple": "a list", "bool": "true or false"}


@dataclass(frozen=True, order=True)
class Problem:
    """One finding. `line` and `column` count from 1; `field` is the path to the key, empty for the file itself."""

    file: str
    line: int
    column: int
    field: str
    message: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        field = f"{self.field}: " if self.field else ""
        warning = "warning: " if self.severity == "warning" else ""
        return f"{self.file}:{self.line}:{self.column} {warning}{field}{self.message}"


def field_name(path: Path) -> str:
    """`("metrics", 3, "after")` as `metrics[3].after`."""
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path).lstrip(".")


def did_you_mean(word: str, known: list[str]) -> str:
    """` Did you mean "…"?` for the nearest known word, otherwise the known words where they are few."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if near:
        return f' Did you mean "{near[0]}"?'
    return f" Write one of: {', '.join(known)}" if len(known) <= 14 else ""


def shown(value: object) -> str:
    """What was found, short enough for one line and without control characters."""
    if isinstance(value, dict):
        return "a group of keys"
    if isinstance(value, (list, tuple)):
        return "a list"
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        text = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in value)
        return f'"{text[:57]}…"' if len(text) > 58 else f'"{text}"'
    return str(value)[:40]


def explain(error: ValidationError, known_keys: dict[Path, list[str]]) -> list[tuple[Path, str]]:
    """Each failure of a validation as (path, message). `known_keys` holds the keys a model takes, by the path of its parent with indices removed."""
    return [(tuple(detail["loc"]), _message(detail, known_keys)) for detail in error.errors()]


def _message(detail: ErrorDetails, known_keys: dict[Path, list[str]]) -> str:
    kind, found, context = detail["type"], detail["input"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        path = detail["loc"]
        parent = tuple(key for key in path[:-1] if not isinstance(key, int))
        return f'unknown key "{path[-1]}".{did_you_mean(str(path[-1]), known_keys.get(parent, []))}'
    if kind == "missing":
        return "is missing. Write it"
    if kind == "value_error":
        return str(context["error"])
    if kind == "literal_error":
        known = re.findall(r"'([^']*)'", context["expected"])
        return f"expected one of {', '.join(known)}, got {shown(found)}.{did_you_mean(str(found), known)}"
    if kind in ("float_type", "int_type"):
        return f"expected {_PLURAL[kind.removesuffix('_type')]}, got {shown(found)}.{_number_hint(found)}"
    if kind in ("string_type", "tuple_type", "bool_type"):
        hint = " Put it in quotes" if kind == "string_type" and isinstance(found, (int, float)) else ""
        hint = " Write it as [ … ]" if kind == "tuple_type" else hint
        return f"expected {_PLURAL[kind.removesuffix('_type')]}, got {shown(found)}.{hint}"
    if kind in ("model_type", "model_attributes_type"):
        return f"expected a group of keys, got {shown(found)}. Write {{key: value, …}}"
    if kind == "string_too_long":
        return f"{len(str(found))} characters, at most {context['max_length']} are allowed. Cite the shortest run that carries the figure"
    if kind == "too_short":
        return f"expected at least {context['min_length']}, got {context['actual_length']}. Add one"
    if kind == "too_long":
        return f"expected at most {context['max_length']}, got {context['actual_length']}. Keep the most telling"
    if kind == "string_pattern_mismatch":
        return f"got {shown(found)}. Write lower-case letters, digits and single hyphens, as in water-use-per-mu"
    if kind == "finite_number":
        return f"expected a finite number, got {shown(found)}. Write the printed number"
    if kind in ("greater_than_equal", "less_than_equal"):
        limit = context.get("ge", context.get("le"))
        return f"got {shown(found)}, expected {'at least' if 'ge' in context else 'at most'} {limit}. Write it as printed"
    return f"{detail['msg']}, got {shown(found)}"


def _number_hint(found: object) -> str:
    if not isinstance(found, str):
        return " Write the printed number"
    number = re.search(r"-?\d[\d,]*\.?\d*", found)
    if not number:
        return " Write the printed number, or text: {zh: …, en: …} for number-like words"
    digits = re.sub(r"^(-?)0+(?=\d)", r"\1", number[0].replace(",", ""))
    bound = next((name for word, name in _APPROXIMATE.items() if word in found), None)
    return f" Write value: {digits} and bound: {bound}." if bound else f" Write {digits} without quotes, words or unit"
