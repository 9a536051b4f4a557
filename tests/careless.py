"""Edits that a careless curator could make, generated from the real files: which of them does the check see?

    python -m tests.careless        every mutant, as a table of caught and tried per class

A mutant is caught when the check says anything about it, an error or a warning. The real files have neither.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import permutations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from data.model.schema import Document, Source
from data.reading.folder import FOLDER
from data.reading.load import read_dataset
from data.reading.validate import Entries, read_case, read_tables
from data.reading.yaml_file import File
from tests.folders import copy_data

TABLES = ("places", "domains", "units")
AT_LEAST = 0.95
"""The share of the mutants of a decidable class that must be caught."""
Plain = dict[str, Any]
"""A case, a metric or an entry of a table as an editor sees it."""


class Careless(NamedTuple):
    """A class of careless edits. `caught` says whether one of its mutants is caught.

    It is not decidable where a curator may have meant what a mutant says.
    """

    mutants: Callable[[], Iterator[Any]]
    caught: Callable[[Any], bool]
    decidable: bool = True


# --- the real files


@cache
def real_cases() -> tuple[str, ...]:
    """The case files as JSON, in the order of their names."""
    paths = sorted((FOLDER / "cases").glob("*.yaml"))
    return tuple(json.dumps(File(path.name, path.read_bytes()).value, ensure_ascii=False) for path in paths)


def cases() -> list[Plain]:
    """The real cases, to be changed."""
    return [json.loads(text) for text in real_cases()]


def read_table(name: str) -> File:
    """A reference table of this project."""
    return File(f"data/reference/{name}.yaml", (FOLDER / "reference" / f"{name}.yaml").read_bytes())


@cache
def tables() -> Entries:
    return read_tables({name: read_table(name) for name in TABLES})


@cache
def table(name: str) -> Any:
    """A reference table as an editor sees it."""
    return json.loads(json.dumps(read_table(name).value))


@cache
def source() -> Document | None:
    return read_table("source").validated(Source)


# --- what the check says


def case_problems(case: Plain) -> list[str]:
    """What the check says of a case."""
    file = File(f"data/cases/{case['id']}.yaml", json.dumps(case, ensure_ascii=False).encode())
    read_case(file, tables(), source())
    return [str(problem) for problem in file.problems]


def _case_is_caught(case: Plain) -> bool:
    return bool(case_problems(case))


def _table_is_caught(mutant: tuple[str, Any]) -> bool:
    name, entries = mutant
    files = {other: read_table(other) for other in TABLES}
    files[name] = File(f"data/reference/{name}.yaml", json.dumps(entries, ensure_ascii=False).encode())
    if name == "source":
        files[name].validated(Source)
    else:
        read_tables(files)
    return bool(files[name].problems)


def _folder_is_caught(mutants: list[Plain]) -> bool:
    with TemporaryDirectory() as place:
        folder = copy_data(Path(place) / "data", ())
        for case in mutants:
            text = json.dumps(case, ensure_ascii=False)
            (folder / "cases" / f"{case['id']}.yaml").write_text(text, encoding="utf-8")
        return bool(read_dataset(folder)[1])


# --- edits of a metric

MetricEdit = Callable[[Plain, Plain], Iterator[Plain]]
"""Yields the mutants of a metric; it is given the metric and its case."""


def _of_metrics(edit: MetricEdit, decidable: bool = True) -> Careless:
    """A class of edits of each metric in turn."""

    def mutants() -> Iterator[Plain]:
        for case in cases():
            for at, metric in enumerate(case["metrics"]):
                for mutant in edit(metric, case):
                    yield {**case, "metrics": [*case["metrics"][:at], mutant, *case["metrics"][at + 1 :]]}

    return Careless(mutants, _case_is_caught, decidable)


def _parts(metric: Plain) -> Iterator[tuple[str, ...]]:
    """The paths of the stated quantities of a metric."""
    for path in (("before",), ("after",), ("change",), ("compared_with", "end")):
        part = _at(metric, path)
        if part and part.keys() & {"value", "low"} and part.get("value_basis") != "implied":
            yield path


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _with(metric: Plain, path: tuple[str, ...], **fields: Any) -> Plain:
    """The metric with these fields in one of its parts; a field that is None is left out."""
    part = {name: value for name, value in {**_at(metric, path), **fields}.items() if value is not None}
    mutant: Plain = _replaced(metric, path, part)
    return mutant


def _numbers(metric: Plain, convert: Callable[[float], float]) -> Iterator[Plain]:
    """The metric with the numbers of one part converted, for each part that this changes."""
    for path in _parts(metric):
        part = _at(metric, path)
        converted = {name: convert(part[name]) for name in ("value", "low", "high") if name in part}
        if any(part[name] != value for name, value in converted.items()):
            low, high = converted.get("low"), converted.get("high")
            if low is not None and high is not None and low > high:
                converted |= {"low": high, "high": low}
            yield _with(metric, path, **converted)


def _ten_times(metric: Plain, case: Plain) -> Iterator[Plain]:
    return _numbers(metric, lambda number: number * 10)


def _a_tenth(metric: Plain, case: Plain) -> Iterator[Plain]:
    return _numbers(metric, lambda number: round(number / 10, 6))


def _transposed(metric: Plain, case: Plain) -> Iterator[Plain]:
    return _numbers(metric, _transpose)


def _transpose(number: float) -> float:
    """The number with its first two neighbouring digits that differ exchanged: 15.79 becomes 51.79."""
    text = f"{number:.10g}"
    for first, second in re.findall(r"(?=(\d)(\d))", text):
        if first != second:
            return float(text.replace(first + second, second + first, 1))
    return number


def _other_multiplier(metric: Plain, case: Plain) -> Iterator[Plain]:
    """The metric in a unit of the same name with another multiplier: 亿元 for 万元."""
    units = {unit["id"]: unit for unit in table("units")}
    own = units[metric["unit"]]
    if _counts_in_unit(metric):
        for name, unit in units.items():
            if _bare(unit) == _bare(own) and unit.get("scale", 1) != own.get("scale", 1):
                yield {**metric, "unit": name}


def _counts_in_unit(metric: Plain) -> bool:
    """Whether a stated number is in the metric's unit, not in per cent or times, nor in a unit of its own."""
    parts = [path for path in _parts(metric) if path != ("change",) or metric["change"]["kind"] == "difference"]
    return any("unit" not in _at(metric, path) for path in parts)


def _bare(unit: Plain) -> str:
    return re.sub("^[十万亿个]+", "", unit["name"]["zh"])


def _other_family(metric: Plain, case: Plain) -> Iterator[Plain]:
    """The metric in the first unit of the same multiplier in each of three other families."""
    units = {unit["id"]: unit for unit in table("units")}
    own, seen = units[metric["unit"]], set[str]()
    for name, unit in units.items() if _counts_in_unit(metric) else ():
        same = unit["dimension"] == own["dimension"] or unit.get("scale", 1) != own.get("scale", 1)
        if (
            not same
            and unit["dimension"] in ("share", "money", "time", "count", "area")
            and unit["dimension"] not in seen
        ):
            seen.add(unit["dimension"])
            yield {**metric, "unit": name}


def _ends_in_two_families(metric: Plain, case: Plain) -> Iterator[Plain]:
    units = {unit["id"]: unit for unit in table("units")}
    if "value" in metric.get("before", {}) and "value" in metric.get("after", {}):
        yield _with(metric, ("before",), unit="cny" if units[metric["unit"]]["dimension"] != "money" else "day")


def _neighbours_phrase(metric: Plain, case: Plain) -> Iterator[Plain]:
    at = case["metrics"].index(metric)
    for other in (case["metrics"][at - 1], case["metrics"][(at + 1) % len(case["metrics"])]):
        if other["phrases"] != metric["phrases"] and any(_parts(metric)):
            yield {**metric, "phrases": other["phrases"]}


def _bound_dropped(metric: Plain, case: Plain) -> Iterator[Plain]:
    for path in _parts(metric):
        if "bound" in _at(metric, path):
            yield _with(metric, path, bound=None)


def _bound_exchanged(metric: Plain, case: Plain) -> Iterator[Plain]:
    other = {"over": "under", "under": "over", "nearly": "over", "about": "over", "at_least": "at_most"}
    for path in _parts(metric):
        if bound := _at(metric, path).get("bound"):
            yield _with(metric, path, bound=other.get(bound, "at_least"))


def _bound_invented(metric: Plain, case: Plain) -> Iterator[Plain]:
    for path in _parts(metric):
        if "bound" not in _at(metric, path):
            yield _with(metric, path, bound="over")


def _sign_turned(metric: Plain, case: Plain) -> Iterator[Plain]:
    if ("change",) in _parts(metric) and metric["change"]["kind"] != "multiple":
        turned = (mutant for mutant in _numbers(metric, lambda number: -number))
        yield from (mutant for mutant in turned if mutant["change"] != metric["change"])


def _negative_level(metric: Plain, case: Plain) -> Iterator[Plain]:
    for mutant in _numbers(metric, lambda number: -number):
        if mutant.get("change") == metric.get("change"):
            yield mutant


def _ends_exchanged(metric: Plain, case: Plain) -> Iterator[Plain]:
    if "value" in metric.get("before", {}) and "value" in metric.get("after", {}):
        yield {**metric, "before": metric["after"], "after": metric["before"]}


def _better_turned(metric: Plain, case: Plain) -> Iterator[Plain]:
    turned = {"higher": "lower", "lower": "higher"}.get(metric["better"])
    if turned and (metric.get("change") or "value" in metric.get("before", {})):
        yield {**metric, "better": turned}


DATES = ("start", "end", "during")
"""The keys of a period that hold a date."""


def _periods(metric: Plain) -> Iterator[tuple[tuple[str, ...], Plain]]:
    for path in (("before", "period"), ("after", "period")):
        if period := _at(metric, path):
            yield path, period


def _shift(date: Any, years: int) -> str:
    return f"{int(str(date)[:4]) + years}{str(date)[4:]}"


def _dated_after_the_source(metric: Plain, case: Plain) -> Iterator[Plain]:
    for path, period in _periods(metric):
        yield _with(metric, path, **{"during" if "during" in period else "end": "2022-01"})


def _year_shifted(metric: Plain, case: Plain) -> Iterator[Plain]:
    for path, period in _periods(metric):
        for years in (-1, 1):
            yield _with(metric, path, **{name: _shift(period[name], years) for name in DATES if name in period})


def _century_mistyped(metric: Plain, case: Plain) -> Iterator[Plain]:
    for path, period in _periods(metric):
        yield _with(metric, path, **{name: _shift(period[name], -100) for name in DATES if name in period})


def _place_outside(metric: Plain, case: Plain) -> Iterator[Plain]:
    """None of a case of the whole province, which contains every place of it."""
    if "henan" in case["places"]:
        return
    near = {"henan", *case["places"], *case.get("mentions", ())}
    prefectures = {place.get("prefecture") for place in table("places") if place["id"] in near}
    other = next(
        place["id"]
        for place in table("places")
        if place["kind"] == "prefecture" and place["id"] not in near | prefectures
    )
    yield {**metric, "place": other}


# --- edits of a case


def _of_cases(edit: Callable[[Plain], Iterator[Plain]], decidable: bool = True) -> Careless:
    return Careless(lambda: (mutant for case in cases() for mutant in edit(case)), _case_is_caught, decidable)


def _texts(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Plain]]:
    """The bilingual texts in a case, with their paths."""
    if isinstance(value, dict) and value.keys() == {"zh", "en"}:
        yield path, value
    elif isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _texts(inner, (*path, key))


def _replaced(value: Any, path: tuple[str | int, ...], part: Any) -> Any:
    """The value with another part at a path; what lies beside the path is shared."""
    if not path:
        return part
    inner = _replaced(value[path[0]], path[1:], part)
    if isinstance(value, dict):
        return {**value, path[0]: inner}
    return [*value[: path[0]], inner, *value[path[0] + 1 :]]


def _each_text(convert: Callable[[Plain], Plain | None]) -> Callable[[Plain], Iterator[Plain]]:
    def edit(case: Plain) -> Iterator[Plain]:
        for path, text in _texts(case):
            converted = convert(text)
            if converted and converted != text:
                yield _replaced(case, path, converted)

    return edit


def _languages_exchanged(text: Plain) -> Plain:
    return {"zh": text["en"], "en": text["zh"]}


def _left_in_chinese(text: Plain) -> Plain:
    return {"zh": text["zh"], "en": text["zh"]}


def _left_in_english(text: Plain) -> Plain:
    return {"zh": text["en"], "en": text["en"]}


def _other_number_in_english(text: Plain) -> Plain | None:
    """The text with the first digit of its first number in English one higher; none where it is part of a name."""
    found = re.search(r"(?<![-\w.,])\d(?=[\d.,]*(?:\s|$|[;:%)]))", text["en"])
    if not found:
        return None
    return {**text, "en": f"{text['en'][: found.start()]}{(int(found[0]) + 1) % 10}{text['en'][found.end() :]}"}


def _all_quoted(text: Plain) -> Plain:
    return {"zh": f"“{text['zh']}”", "en": f'"{text["en"]}"'}


def _blanks_around(text: Plain) -> Plain:
    return {**text, "zh": f"{text['zh']} "}


def _invisible(text: Plain) -> Plain:
    return {**text, "zh": f"{text['zh'][:1]}\u200b{text['zh'][1:]}"}


def _other_number_in_phrase(case: Plain) -> Iterator[Plain]:
    """The translation of a phrase with another number than the phrase."""
    for at, metric in enumerate(case["metrics"]):
        for position, phrase in enumerate(metric["phrases"]):
            found = re.search(r"(?<![-\w.,])\d(?=[\d.,]*(?:\s|$|[;:%)]))", phrase["en"])
            if found:
                changed = f"{phrase['en'][: found.start()]}{(int(found[0]) + 1) % 10}{phrase['en'][found.end() :]}"
                yield _replaced(case, ("metrics", at, "phrases", position), {**phrase, "en": changed})


def _phrase_left_in_chinese(case: Plain) -> Iterator[Plain]:
    for at, metric in enumerate(case["metrics"]):
        yield _replaced(
            case, ("metrics", at, "phrases", 0), {**metric["phrases"][0], "en": metric["phrases"][0]["text"]}
        )


def _metric_copied(case: Plain) -> Iterator[Plain]:
    for at, metric in enumerate(case["metrics"]):
        copied = {**metric, "id": f"{metric['id'][:50]}-2"}
        yield {**case, "metrics": [*case["metrics"][: at + 1], copied, *case["metrics"][at + 1 :]]}


def _headline_unfit(case: Plain) -> Iterator[Plain]:
    """A headline that is context, a rule or a plan."""
    for metric in case["metrics"]:
        if metric["role"] in ("context", "rule") or metric.get("status", "observed") != "observed":
            yield {**case, "headlines": [metric["id"]]}


def _no_headline(case: Plain) -> Iterator[Plain]:
    if case.get("headlines"):
        yield {**case, "headlines": []}


def _template_left(case: Plain) -> Iterator[Plain]:
    """A text of the template where the case has its own."""
    template = json.loads(json.dumps(File("template.yaml", (FOLDER / "template.yaml").read_bytes()).value))
    for name in ("title", "submitted_by", "summary", "problem", "result"):
        yield {**case, name: template[name]}
    yield {**case, "actions": [*case["actions"][1:], template["actions"][0]]}
    for at in range(len(case["metrics"])):
        yield _replaced(case, ("metrics", at, "name"), template["metrics"][0]["name"])


def _events_out_of_order(case: Plain) -> Iterator[Plain]:
    for at, (one, other) in enumerate(zip(case["events"], case["events"][1:], strict=False)):
        if str(one["date"])[:4] != str(other["date"])[:4]:
            yield {**case, "events": [*case["events"][:at], other, one, *case["events"][at + 2 :]]}


def _event_after_the_source(case: Plain) -> Iterator[Plain]:
    for at, event in enumerate(case["events"]):
        events = [*case["events"][:at], {**event, "date": "2022-03"}, *case["events"][at + 1 :]]
        yield {**case, "events": events}


def _other_year(case: Plain) -> Iterator[Plain]:
    yield {**case, "year": 2021, "id": case["id"].replace("2020", "2021", 1)}


def _conflict_with_itself(case: Plain) -> Iterator[Plain]:
    for at, conflict in enumerate(case["conflicts"]):
        phrases = [conflict["phrases"][0], conflict["phrases"][0], *conflict["phrases"][2:]]
        yield _replaced(case, ("conflicts", at), {**conflict, "phrases": phrases})


def _long_title(case: Plain) -> Iterator[Plain]:
    yield {
        **case,
        "title": {**case["title"], "en": f"{case['title']['en']}, as told by {'one office and ' * 3}another"},
    }


def _number_word_in_english(text: Plain) -> Plain | None:
    """The text with a number in words that the Chinese has not in any form."""
    words = {"three": "3三", "seven": "7七", "eleven": "11十一", "forty-two": "42四十二"}
    word = next((word for word, forms in words.items() if not set(forms) & set(text["zh"])), None)
    return {**text, "en": f"{text['en'].rstrip('.')} in {word} places"} if word else None


def _listed_twice(case: Plain) -> Iterator[Plain]:
    """A caveat, a phrase or an entry of what is not measured that stands twice."""
    for at, metric in enumerate(case["metrics"]):
        for name in ("caveats", "phrases"):
            listed = metric.get(name, [])
            for entry in listed:
                yield _replaced(case, ("metrics", at), {**metric, name: [*listed, entry]})
    for entry in case["not_measured"]:
        yield {**case, "not_measured": [*case["not_measured"], entry]}


def _own_place_mentioned(case: Plain) -> Iterator[Plain]:
    for place in case["places"]:
        yield {**case, "mentions": [*case.get("mentions", ()), place]}
    for at, metric in enumerate(case["metrics"]):
        yield _replaced(case, ("metrics", at), {**metric, "mentions": [metric["place"]]})


def _event_of_another_month(case: Plain) -> Iterator[Plain]:
    for at, event in enumerate(case["events"]):
        year, *rest = str(event["date"]).split("-")
        if rest:
            other = "-".join([year, f"{int(rest[0]) % 12 + 1:02}", *rest[1:]])
            yield _replaced(case, ("events", at), {**event, "date": other})
        if any(year in str(phrase) for phrase in event["phrases"]):
            yield _replaced(case, ("events", at), {**event, "date": _shift(event["date"], -1)})


def _not_measured_unfit(case: Plain) -> Iterator[Plain]:
    """A phrase without a numeral, and one that a metric cites."""
    for at, entry in enumerate(case["not_measured"]):
        if entry["reason"] != "repetition" and "why" not in entry:
            yield _replaced(case, ("not_measured", at), {**entry, "phrase": "改革的名称"})
            yield _replaced(case, ("not_measured", at), {**entry, "phrase": case["metrics"][0]["phrases"][0]["text"]})


def _periods_equal(metric: Plain, case: Plain) -> Iterator[Plain]:
    for path, period in _periods(metric):
        other = "after" if path[0] == "before" else "before"
        yield {**metric, other: {**metric.get(other, {}), "period": period}}


def _elsewhere(metric: Plain, **wrong: str) -> Plain:
    told = {"publisher": {"zh": "统计局", "en": "Bureau"}, "date": "2021", "relation": "adds"}
    phrase = {"text": "另一处", "en": "elsewhere"}
    return {**metric, "elsewhere": [{**told, "phrase": phrase, **wrong}]}


def _address_of_no_page(metric: Plain, case: Plain) -> Iterator[Plain]:
    for address in ("www.henan.gov.cn/1.html", "河南省人民政府网站", "ftp://henan.gov.cn/1", "https:/henan.gov.cn/1"):
        yield _elsewhere(metric, address=address)


def _dated_to_come(metric: Plain, case: Plain) -> Iterator[Plain]:
    yield _elsewhere(metric, date="2098-01")


def _sources_to_come() -> Iterator[tuple[str, Any]]:
    for day in ("2090", "2098", "2098-01", "2098-12-31"):
        yield "source", {**table("source"), "date": day}


def _titles_copied() -> Iterator[list[Plain]]:
    for case, other in permutations(cases(), 2):
        for lang in ("zh", "en"):
            yield [case, {**other, "title": {**other["title"], lang: case["title"][lang]}}]


def _cases_copied() -> Iterator[list[Plain]]:
    for case in cases():
        yield [case, {**case, "number": 99, "id": re.sub(r"^2020-\d\d", "2020-99", case["id"])}]


# --- edits of a reference table


def _entries(name: str, edit: Callable[[Plain], Plain | None]) -> Careless:
    """A class of edits of each entry of a table."""

    def mutants() -> Iterator[tuple[str, Any]]:
        for at, entry in enumerate(table(name)):
            if mutant := edit(entry):
                yield name, [*table(name)[:at], mutant, *table(name)[at + 1 :]]

    return Careless(mutants, _table_is_caught)


def _coordinates_exchanged(place: Plain) -> Plain | None:
    return {**place, "lon": place["lat"], "lat": place["lon"]} if "lon" in place else None


def _degree_mistyped(place: Plain) -> Plain | None:
    return {**place, "lon": round(place["lon"] / 10, 4)} if "lon" in place else None


def _of_another_place(field: str) -> Callable[[Plain], Plain | None]:
    """Give a place a field of the place above it."""

    def edit(place: Plain) -> Plain | None:
        at = table("places").index(place)
        other = table("places")[at - 1].get(field) if at else None
        return {**place, field: other} if other and place.get(field) else None

    return edit


def _made_outside(place: Plain) -> Plain | None:
    return {**place, "kind": "outside"} if place["kind"] != "outside" else None


def _without_point(place: Plain) -> Plain | None:
    return (
        {key: value for key, value in place.items() if key not in ("lon", "lat")} if place["kind"] == "county" else None
    )


def _rank_form(unit: Plain) -> Plain | None:
    return {**unit, "form": "rank"} if unit["dimension"] != "rank" else None


def _source_years() -> Iterator[tuple[str, Any]]:
    for year in (1900, 1920, 1948, 2022, 2050, 2099):
        yield "source", {**table("source"), "year": year}


CLASSES: dict[str, Careless] = {
    "number ten times too large": _of_metrics(_ten_times),
    "number ten times too small": _of_metrics(_a_tenth),
    "digits transposed": _of_metrics(_transposed),
    "another multiplier": _of_metrics(_other_multiplier),
    "unit of another family": _of_metrics(_other_family),
    "ends in two families": _of_metrics(_ends_in_two_families),
    "phrase of a neighbour": _of_metrics(_neighbours_phrase),
    "bound dropped": _of_metrics(_bound_dropped),
    "bound exchanged": _of_metrics(_bound_exchanged),
    "bound invented": _of_metrics(_bound_invented),
    "sign of a change turned": _of_metrics(_sign_turned),
    "negative level": _of_metrics(_negative_level),
    "ends exchanged": _of_metrics(_ends_exchanged),
    "better turned": _of_metrics(_better_turned, decidable=False),
    "period after the source": _of_metrics(_dated_after_the_source),
    "century mistyped": _of_metrics(_century_mistyped),
    "year shifted by one": _of_metrics(_year_shifted, decidable=False),
    "place outside the case's": _of_metrics(_place_outside),
    "event after the source": _of_cases(_event_after_the_source),
    "events out of order": _of_cases(_events_out_of_order),
    "case of another year": _of_cases(_other_year),
    "zh and en exchanged": _of_cases(_each_text(_languages_exchanged)),
    "en left in Chinese": _of_cases(_each_text(_left_in_chinese)),
    "zh left in English": _of_cases(_each_text(_left_in_english)),
    "another number in en": _of_cases(_each_text(_other_number_in_english)),
    "another number in a phrase's en": _of_cases(_other_number_in_phrase),
    "phrase left in Chinese": _of_cases(_phrase_left_in_chinese),
    "text all in quotation marks": _of_cases(_each_text(_all_quoted)),
    "blanks around a text": _of_cases(_each_text(_blanks_around)),
    "invisible character": _of_cases(_each_text(_invisible)),
    "title too long": _of_cases(_long_title),
    "text of the template left": _of_cases(_template_left),
    "metric copied": _of_cases(_metric_copied),
    "case copied": Careless(_cases_copied, _folder_is_caught),
    "conflict of a phrase with itself": _of_cases(_conflict_with_itself),
    "headline that is context, rule or plan": _of_cases(_headline_unfit),
    "no headline, and no reason": _of_cases(_no_headline),
    "longitude and latitude exchanged": _entries("places", _coordinates_exchanged),
    "degree mistyped": _entries("places", _degree_mistyped),
    "factor of a unit negative": _entries("units", lambda unit: {**unit, "factor": -unit["factor"]}),
    "scale of a unit zero": _entries("units", lambda unit: {**unit, "scale": 0}),
    "year of the source": Careless(_source_years, _table_is_caught),
    "source dated to come": Careless(_sources_to_come, _table_is_caught),
    "reading dated to come": _of_metrics(_dated_to_come),
    "address of no page": _of_metrics(_address_of_no_page),
    "number in English words": _of_cases(_each_text(_number_word_in_english)),
    "caveat, phrase or numeral twice": _of_cases(_listed_twice),
    "title of another case": Careless(_titles_copied, _folder_is_caught),
    "own place mentioned": _of_cases(_own_place_mentioned),
    "event of another month or year": _of_cases(_event_of_another_month),
    "not measured, and no numeral or a figure": _of_cases(_not_measured_unfit),
    "both ends of one period": _of_metrics(_periods_equal),
    "place of Henan made outside": _entries("places", _made_outside),
    "code of another place": _entries("places", _of_another_place("code")),
    "name of another place": _entries("places", _of_another_place("name")),
    "county without its point": _entries("places", _without_point),
    "rank form of another unit": _entries("units", _rank_form),
}


class Tally(NamedTuple):
    """How many mutants of a class were tried, and those that were missed."""

    tried: int
    missed: list[Any]

    @property
    def share(self) -> float:
        return 1 - len(self.missed) / self.tried


def try_out(careless: Careless, at_most: int | None = None) -> Tally:
    """Try the mutants of a class, or `at_most` of them, taken evenly."""
    mutants = list(careless.mutants())
    number = min(at_most or len(mutants), len(mutants))
    tried = [mutants[index * len(mutants) // number] for index in range(number)]
    return Tally(len(tried), [mutant for mutant in tried if not careless.caught(mutant)])


def main() -> None:
    caught = total = 0
    for name, careless in CLASSES.items():
        tally = try_out(careless)
        caught, total = caught + tally.tried - len(tally.missed), total + tally.tried
        note = "" if careless.decidable else "  (not decidable)"
        print(f"{name:40} {tally.tried - len(tally.missed):5} / {tally.tried:5} {tally.share:7.1%}{note}", flush=True)
    print(f"{'all':40} {caught:5} / {total:5} {caught / total:7.1%}")


if __name__ == "__main__":
    main()
