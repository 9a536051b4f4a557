"""The shape of a case file and of the reference tables: cases, metrics, places, domains, units, the source.

Instances are immutable, refuse unknown keys and convert nothing: a number written as text is an error. What is derived
from a metric (grade, index, direction, missing end) is in `data.model.evidence`, never in a file.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, FiniteFloat, model_validator
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidationInfo

from data.model.numerals import MULTIPLIERS
from data.model.problems import describe, escape_invisible, in_year_of, is_gap

Lang = Literal["zh", "en"]
Role = Literal["outcome", "output", "input", "context", "rule"]
Status = Literal["observed", "target", "planned"]
Better = Literal["higher", "lower", "neutral"]
Bound = Literal["exact", "over", "under", "nearly", "about", "at_least", "at_most"]
Basis = Literal["stated", "implied", "unstated"]
ChangeKind = Literal["relative", "points", "difference", "multiple", "places", "words"]
PeriodKind = Literal["during", "as_of", "cumulative"]
CaveatKind = Literal[
    "percent_or_points", "conflicting", "naming", "mixed_units", "undated", "scope_differs", "unequal_periods",
    "of_the_increment", "overlapping", "broad_aggregate", "unclear_denominator", "self_reported", "other",
]  # fmt: skip
ConflictKind = Literal["contradiction", "naming", "scope"]
NotMeasuredReason = Literal["document_date", "list_number", "name", "repetition", "event"]
Dimension = Literal[
    "share", "points", "rank", "ratio", "money", "time", "count", "length", "area", "volume", "mass", "rate", "grade"
]
Relation = Literal["agrees", "differs", "adds", "earlier", "later", "other_scope"]
"""What another document says of a figure: the same, something else, more, the state at another time or of another
scope."""
PlaceKind = Literal["province", "prefecture", "county", "district", "township", "zone", "outside"]

TEXT_LIMIT = 1000
"""Maximum number of characters of a text."""
TITLE_LIMITS: Mapping[Lang, int] = {"zh": 16, "en": 60}
"""Maximum number of characters of a title."""
SHORT_LIMITS: Mapping[Lang, int] = {"zh": 12, "en": 30}
"""Maximum number of characters of a short name or doubt."""
PHRASE_LIMIT = 40
"""Maximum number of characters of a citation: no sentence of the source is copied."""
TRANSLATION_LIMIT = 160
"""Maximum number of characters of the English of a citation."""

HENAN, CHINA = ("Henan", 110, 117, 31, 37), ("China", 73, 136, 3, 54)
"""Name, western, eastern, southern and northern limits in degrees; those of Henan with half a degree around it."""
PROVINCE_CODE = "41"
"""How the codes of Henan and of its units begin."""

_CJK = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
_UNSEEN = frozenset("\u034f\u115f\u1160\u2800\u3164\uffa0\ufffd")
"""Invisible characters that `str.isprintable` accepts, and the replacement character."""
_DATE = re.compile(r"(?:19|20)[0-9]{2}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?")
_NEARLY_A_DATE = re.compile(r"([0-9]{4})[-/.年 ]+([0-9]{1,2})(?:[-/.月 ]+([0-9]{1,2}))?[月日]?")
_ADDRESS = re.compile(r"https?://[\w-]+(\.[\w-]+)+(:\d+)?([/?#]\S*)?")
_MULTIPLIER = re.compile(r"(?:[十万亿]|[百千](?![米克瓦卡伏分]))*(?=.)")
"""The multiplier that the name of a unit begins with: 万亩, 十万条. 千米 and 百分点 begin with none."""


def _plain(text: str) -> str:
    if not text.strip():
        raise ValueError("expected text, got nothing. Write the text or leave the field out")
    if not text.isprintable() or not _UNSEEN.isdisjoint(text):
        hidden = next(character for character in text if not character.isprintable() or character in _UNSEEN)
        raise ValueError(
            f"holds the invisible or broken character U+{ord(hidden):04X}. "
            "Write it on one line, in visible characters and plain blanks"
        )
    if is_gap(text):
        raise ValueError(f"{describe(text)} is a gap")
    return text


def _english(text: str) -> str:
    if found := "".join(dict.fromkeys(_CJK.findall(text))):
        message = f"the English text holds Chinese characters ({found[:10]})"
        raise ValueError(f"{message}. Translate them or write them in pinyin")
    return text


def _date(value: object) -> object:
    text = str(value) if type(value) is int else value
    if not isinstance(text, str):
        raise ValueError(f"expected a date, got {describe(value)}. Write 2020, 2020-12 or 2020-12-31")
    if not is_date(text):
        parts = _NEARLY_A_DATE.fullmatch(text)
        likely = "-".join(part.zfill(2) for part in parts.groups() if part) if parts else ""
        example = likely if is_date(likely) else in_year_of(text, "2020, 2020-12 or 2020-12-31")
        raise ValueError(f"expected a date, got {describe(text)}. Write {example}")
    return text


def is_date(text: str) -> bool:
    """Whether a text is a year, a month or a day from 1900 to 2099, as YYYY, YYYY-MM or YYYY-MM-DD."""
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(f"{text}-01-01"[:10])
    except ValueError:
        return False
    return True


def precedes(one: str, other: str) -> bool:
    """Whether a date lies before another, compared to the precision of the less precise one."""
    width = min(len(one), len(other))
    return one[:width] < other[:width]


def _past(text: str) -> str:
    """Refuse a date that is still to come, wherever it is read: in Henan a day begins before it does in UTC."""
    if precedes((date.today() + timedelta(days=1)).isoformat(), text):
        raise ValueError(f"{text} lies in the future. Correct the date")
    return text


def _address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise ValueError(f"{describe(text)} is no address. Write it as in https://www.henan.gov.cn/page.html")
    return text


def _phrase(value: object) -> object:
    if not isinstance(value, (str, dict, Phrase)):
        raise ValueError(f"expected a phrase, got {describe(value)}. Put it in quotes")
    return {"text": value} if isinstance(value, str) else value


def _occurrence(value: object) -> object:
    if value is None or value == "all" or (type(value) is int and value >= 1):
        return value
    raise ValueError(f"expected 1 or more, or all, got {describe(value)}. Write 2 for the second, all for every one")


def _defined_in(table: str) -> AfterValidator:
    """Refuse a text that is no id of `table`, as far as the context of the validation knows its ids and names."""

    def check(text: str, info: ValidationInfo) -> str:
        known = (info.context or {}).get(table)
        if known is not None and known.get(text) != text:
            raise PydanticCustomError("unknown_id", "unknown id", {"table": table, "known": known})
        return text

    return AfterValidator(check)


def _named_as_file(text: str, info: ValidationInfo) -> str:
    """Refuse an id of a case that is not what the name of its file, its year and its number say."""
    stem, begin = (info.context or {}).get("stem", text), (info.context or {}).get("begin", "")
    if text != stem:
        advice = f"Write id: {escape_invisible(stem)}, or rename the file"
        raise ValueError(f"{describe(text)} is not the file's name {describe(stem)}. {advice}")
    if not text.startswith(begin):
        raise ValueError(f"{describe(text)} does not begin with {begin}. Make id, year and number agree")
    return text


def _scales_as_named(scale: float, info: ValidationInfo) -> float:
    """Refuse a scale that is not the multiplier of the unit's Chinese name."""
    if name := info.data.get("name"):
        multiplier = _MULTIPLIER.findall(name.zh)[0]
        said = math.prod(MULTIPLIERS[character] for character in multiplier)
        if scale != said:
            begins = f"begins with {multiplier}" if multiplier else "begins with no multiplier"
            found = "there is no scale" if scale == 1 else f"the scale is {scale:.15g}"
            advice = f"Write scale: {said:.0f}" if multiplier else "Remove scale, or write the name as in 万元"
            raise ValueError(f"the name {describe(name.zh)} {begins}, but {found}. {advice}")
    return scale


Visible = Annotated[str, AfterValidator(_plain)]
"""A text whose limit is its own: a text of two limits would be told of the second only after the first is kept."""
Plain = Annotated[Visible, Field(max_length=TEXT_LIMIT)]
Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
PlaceRef = Annotated[str, _defined_in("places"), Field(json_schema_extra={"table": "places"})]
DomainRef = Annotated[str, _defined_in("domains"), Field(json_schema_extra={"table": "domains"})]
UnitRef = Annotated[str, _defined_in("units"), Field(json_schema_extra={"table": "units"})]
"""Ids of the reference tables, which the JSON Schema lists."""
MetricRef = Annotated[str, _defined_in("metrics")]
Year = Annotated[int, Field(ge=1900, le=2099)]
CaseYear = Annotated[int, Field(ge=1978, le=2099)]
"""A year of reforms, which began in 1978."""
Positive = Annotated[FiniteFloat, Field(gt=0)]
Date = Annotated[
    str, BeforeValidator(_date, json_schema_input_type=Annotated[str, Field(pattern=f"^{_DATE.pattern}$")] | Year)
]
PastDate = Annotated[Date, AfterValidator(_past)]

Occurrence = Annotated[
    int | Literal["all"],
    BeforeValidator(_occurrence, json_schema_input_type=Annotated[int, Field(ge=1)] | Literal["all"]),
]


class Model(BaseModel):
    """Base of everything read from a file: immutable, strict, without unknown keys."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, use_attribute_docstrings=True)


class Text(Model):
    """A text in both languages."""

    zh: Plain
    """In Chinese, with Chinese characters."""
    en: Annotated[Plain, AfterValidator(_english)]
    """In English: the same facts and the same numbers, 万 and 亿 written as thousands, millions and billions."""

    def __getitem__(self, lang: Lang) -> str:
        return self.zh if lang == "zh" else self.en


class Title(Text):
    """A title in both languages, short enough for the headings of lists and charts."""

    zh: Annotated[Visible, Field(max_length=TITLE_LIMITS["zh"])]
    """In Chinese, for headings and lists."""
    en: Annotated[Visible, AfterValidator(_english), Field(max_length=TITLE_LIMITS["en"])]
    """In English, for headings and lists."""


class Short(Text):
    """A few words in both languages, for where there is no room."""

    zh: Annotated[Visible, Field(max_length=SHORT_LIMITS["zh"])]
    """In Chinese, in a few words."""
    en: Annotated[Visible, AfterValidator(_english), Field(max_length=SHORT_LIMITS["en"])]
    """In English, in a few words."""


UNDATED = Text(zh="材料没有写明时间。", en="The source states no date for it.")
"""The note of a caveat undated that is written without one."""


class During(Model):
    """A period of one year, month or day: `{during: 2019}` is `{start: 2019, end: 2019, kind: during}`."""

    during: Date
    """The year, month or day in which it happened."""
    words: Text | None = None
    """The period as printed, where the date alone does not say it."""


class Period(Model):
    """When a value holds: during a span, as of a moment (only `end`), or cumulative to `end` (`start` where known)."""

    start: Date | None = None
    """First day, month or year; left out for a moment, and where the source does not say since when."""
    end: Date
    """Last day, month or year; the moment itself for as_of."""
    kind: PeriodKind
    """during: what happened from start to end. as_of: a state at end. cumulative: added up until end."""
    words: Text | None = None
    """The period as printed, where the dates alone do not say it: 2020年底, end of 2020."""

    @model_validator(mode="after")
    def _ordered(self) -> Period:
        if self.kind == "during" and self.start is None:
            raise ValueError(f"a period of kind during needs its start. For one year write {{during: {self.end[:4]}}}")
        if self.kind == "as_of" and self.start is not None:
            raise ValueError("a period of kind as_of has no start. Write only end, or kind: during")
        if self.start is not None and precedes(self.end, self.start):
            raise ValueError(f"the end {self.end} lies before the start {self.start}. Exchange them")
        return self

    def iso(self) -> str:
        """Return the period as an ISO 8601 interval: `2020-01/2020-10`.

        A moment is written twice and an unknown start as `..`, so that no spreadsheet reads it as a date.
        """
        start = self.end if self.kind == "as_of" else self.start or ".."
        return f"{start}/{self.end}"

    @classmethod
    def from_iso(cls, interval: str, kind: PeriodKind) -> Period:
        """Return the period of an interval that `iso` wrote, without its words."""
        start, _, end = interval.partition("/")
        return cls(start=None if kind == "as_of" or start == ".." else start, end=end, kind=kind)


def _period(value: object) -> object:
    if not isinstance(value, dict) or "during" not in value:
        return value
    if value.keys() & {"start", "end", "kind"}:
        raise ValueError("during stands alone. Write {during: …}, or {start: …, end: …, kind: during}")
    short = During.model_validate(value)
    return Period(start=short.during, end=short.during, kind="during", words=short.words)


PeriodLike = Annotated[Period, BeforeValidator(_period, json_schema_input_type=During | Period)]


class Quantity(Model):
    """A value, a range (`low`, `high`) or number-like words; at most one of them."""

    value: FiniteFloat | None = None
    """The number as printed, without its unit: 约30 is 30, with bound: about."""
    low: FiniteFloat | None = None
    """Lower end of a printed range."""
    high: FiniteFloat | None = None
    """Upper end of a printed range."""
    text: Text | None = None
    """Number-like words that are no number, such as a grade."""
    bound: Bound = "exact"
    """The word beside the number: over 超/余/多, under 不到/不足, nearly 近, about 约, at_least 以上/不低于,
    at_most 以内/最长. Left out where there is none."""

    @model_validator(mode="after")
    def _one_form(self) -> Quantity:
        if (self.low is None) != (self.high is None):
            raise ValueError("a range needs both low and high. Write both, or value with bound: at_least or at_most")
        if sum(form is not None for form in (self.value, self.low, self.text)) > 1:
            raise ValueError("value, low/high and text exclude one another. Keep one of them")
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise ValueError(f"low {self.low:g} is not below high {self.high:g}. Exchange them, or write value")
        if self.bound != "exact" and not self.numeric:
            raise ValueError(f"bound: {self.bound} qualifies a number, and there is none. Write value, or remove bound")
        return self

    @property
    def numeric(self) -> bool:
        return self.value is not None or self.low is not None

    @property
    def span(self) -> tuple[float, float] | None:
        """The lowest and the highest printed number; equal for a single value."""
        if self.value is not None:
            return self.value, self.value
        return None if self.low is None or self.high is None else (self.low, self.high)


class End(Quantity):
    """One end of a metric, before or after. It may have a period without a value ("compared with 2018")."""

    unit: UnitRef | None = None
    """Where it differs from the unit of the metric, which then needs the caveat mixed_units."""
    period: PeriodLike | None = None
    """When the value held."""
    value_basis: Basis | None = None
    """implied where words say the number without printing it: 全覆盖 is 100 %. Left out where it is printed."""
    period_basis: Basis | None = None
    """implied where only the sentence around the number tells the period. Left out where it is printed."""

    @model_validator(mode="after")
    def _bases(self) -> End:
        has_value = self.numeric or self.text is not None
        if not has_value and self.period is None:
            raise ValueError("an end needs a value, a text or a period. Write one of them, or leave the end out")
        for name, given, present in (
            ("value", self.value_basis, has_value),
            ("period", self.period_basis, self.period is not None),
        ):
            if given is not None and (given == "unstated") == present:
                there, advice = ("a", "stated or implied") if present else ("no", "unstated, or leave it out")
                raise ValueError(f"{name}_basis: {given}, but there is {there} {name}. Write {advice}")
        return self

    @property
    def basis_of_value(self) -> Basis:
        return self.value_basis or ("stated" if self.numeric or self.text else "unstated")

    @property
    def basis_of_period(self) -> Basis:
        return self.period_basis or ("stated" if self.period else "unstated")


class Change(Quantity):
    """A stated change: after minus before. `multiple` is after ÷ before; `places` above 0 are places up, towards 1.

    The bound refers to the printed size: "down by nearly 40 %" is value -40, bound nearly.
    """

    kind: ChangeKind
    """relative: in %. points: percentage points of a share. difference: in the unit. multiple: after ÷ before, 3.1 for
    3.1倍 and 4 for 翻两番. places: of a rank. words: told without any number, in text."""

    @model_validator(mode="after")
    def _sensible(self) -> Change:
        if not self.numeric and self.text is None:
            raise ValueError("a change needs a value, low and high, or a text. Write what the source says")
        if self.kind == "words" and self.numeric:
            raise ValueError("kind: words, but there is a number. Write the kind of change that the number is")
        if self.kind == "multiple" and self.span and self.span[0] <= 0:
            raise ValueError(
                f"a multiple is after ÷ before and above 0, got {self.span[0]:g}. "
                "Write 0.5 for halved, 4 for twice doubled"
            )
        if self.kind == "relative" and self.span and self.span[0] < -100:
            raise ValueError(f"a relative change of {self.span[0]:g} % is below -100 %. Check the sign and the kind")
        return self


class Yardstick(Model):
    """A value outside the case that the source compares with; never an end of the metric."""

    label: Text
    """What it is the value of, such as advanced regions."""
    end: End
    """The value."""


class Phrase(Model):
    """A verbatim run of the source.

    Where it stands more than once in the section, `occurrence` says which one, counted from 1, or `all` if it means the
    same each time. `excludes` lists the numerals in it that belong to other metrics.
    """

    text: Annotated[Visible, Field(max_length=PHRASE_LIMIT)]
    """The shortest run of the source that carries the figure, verbatim."""
    occurrence: Occurrence | None = None
    """Which one it is, where it stands more than once in the section; all if each means the same."""
    excludes: tuple[Plain, ...] = ()
    """Numerals in it that belong to other metrics, as printed."""


PhraseLike = Annotated[
    Phrase, BeforeValidator(_phrase, json_schema_input_type=Annotated[str, Field(max_length=PHRASE_LIMIT)] | Phrase)
]


class Citation(Phrase):
    """A phrase that readers see, with the project's own translation."""

    en: Annotated[Visible, AfterValidator(_english), Field(max_length=TRANSLATION_LIMIT)]
    """Your translation of the run."""


CitationLike = Annotated[Citation, BeforeValidator(_phrase, json_schema_input_type=Citation)]


class Elsewhere(Model):
    """What another public document says of a metric. It never touches an end, a grade, an index or a headline."""

    publisher: Text
    """Who published the other document."""
    date: PastDate
    """When it was published."""
    address: Annotated[Plain, AfterValidator(_address)] | None = None
    """Where it can be read: a URL."""
    phrase: CitationLike
    """The shortest run of the other document that carries the figure."""
    relation: Relation
    """What it says of the figure: the same (agrees), something else (differs), more (adds), the state at another time
    (earlier, later) or of another scope (other_scope)."""
    note: Text | None = None
    """What a reader must know to compare the two."""


class Accepted(Model):
    """A warning of the check that the curator has looked at, and why it stays. An error cannot be accepted."""

    rule: Id
    """The name of the rule, as the warning gives it."""
    why: Plain
    """Why the figure is right as it is."""


class Caveat(Model):
    """A doubt about a metric, and what it means for its reader.

    Only `undated` may stand without a note, where no end has a period: its note is then that the source states no date.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "required": ["kind"],
            "anyOf": [{"required": ["note"]}, {"properties": {"kind": {"const": "undated"}}}],
        }
    )

    kind: CaveatKind
    """The kind of doubt."""
    note: Text
    """What the doubt is, in one sentence."""

    @model_validator(mode="before")
    @classmethod
    def _noted(cls, value: object) -> object:
        return {"note": UNDATED, **value} if isinstance(value, dict) and value.get("kind") == "undated" else value


class Metric(Model):
    """One measured thing of a case: its name and place, its ends and change as stated, and the words of the source."""

    id: Id
    """A short name, unique in the case: lower case, with hyphens."""
    name: Text
    """What is measured, without its value."""
    short: Short | None = None
    """The name in a few words, for the overview; only where the name is long."""
    subject: Text | None = None
    """Whose figure it is where that is narrower than the place: one company, one project."""
    place: PlaceRef
    """Whose figure it is; may be narrower than the places of the case."""
    mentions: tuple[PlaceRef, ...] = ()
    """Places that the figure only names."""
    role: Role
    """outcome: what happened. output: what was delivered. input: what was put in. context: background. rule: a
    parameter of the scheme."""
    status: Status = "observed"
    """observed; target for an annual task; planned for what is not yet built."""
    unit: UnitRef
    """The printed unit; add it to reference/units.yaml where none fits."""
    better: Better
    """Which way is improvement. A rank improves towards 1: lower. Processes (meetings, documents, visits, items
    or departments merged), public money put in and debt are neutral; loans that firms or households received, and
    honours, are higher."""
    prescribed: bool = False
    """Whether the number is a limit that was set, not a time or count that was measured."""
    before: End | None = None
    """The earlier state."""
    after: End | None = None
    """The later state, or the only one that is stated."""
    change: Change | None = None
    """The change that the source states: after minus before, so a fall is negative. It is left out where only the ends
    are printed."""
    compared_with: Yardstick | None = None
    """A value outside the case that the source compares with."""
    phrases: Annotated[tuple[CitationLike, ...], Field(min_length=1)]
    """The runs of the source that carry the figure, each at most 40 characters."""
    section: Text
    """The nearest printed heading above the phrases, verbatim, and your translation."""
    doubt: Short | None = None
    """The decisive doubt about a headline in a few words, where no flag says it already."""
    caveats: tuple[Caveat, ...] = ()
    """What a careful reader must know."""
    elsewhere: tuple[Elsewhere, ...] = ()
    """What other public documents say of the figure."""
    accepted: tuple[Accepted, ...] = ()
    """Warnings of the check that you have looked at and that stay."""

    @model_validator(mode="after")
    def _says_something(self) -> Metric:
        ends = [end for end in (self.before, self.after) if end and (end.numeric or end.text)]
        if not ends and self.change is None:
            raise ValueError(
                "a figure needs a value in before or after, or a change. "
                "Write what the source says, or list the phrase under not_measured"
            )
        before, after = (end.period if end else None for end in (self.before, self.after))
        if before and after and precedes(after.end, before.end):
            raise ValueError(f"after ({after.iso()}) lies before before ({before.iso()}). Exchange the ends")
        if (before or after) and Caveat(kind="undated", note=UNDATED) in self.caveats:
            raise ValueError("an end has a period, so undated needs a note. Write which date is not stated")
        return self

    def unit_of(self, end: End | None) -> str:
        """Return the id of the unit that an end is printed in."""
        return (end.unit if end else None) or self.unit

    def has_caveat(self, *kinds: CaveatKind) -> bool:
        """Whether one of the caveats is of one of these kinds."""
        return any(caveat.kind in kinds for caveat in self.caveats)


class Event(Model):
    """A dated step or recognition."""

    date: Date
    """When it happened or began."""
    end: Date | None = None
    """The last day, month or year of what lasted."""
    what: Text
    """What happened, in one sentence."""
    phrases: tuple[CitationLike, ...] = ()
    """The runs of the source that tell of it."""

    @model_validator(mode="after")
    def _ordered(self) -> Event:
        if self.end is not None and precedes(self.end, self.date):
            raise ValueError(f"the end {self.end} lies before the date {self.date}. Exchange them")
        return self


class Conflict(Model):
    """Passages of the document that do not agree; `note` tells the reader what to do about it."""

    id: Id
    """A short name, unique in the case."""
    kind: ConflictKind
    """contradiction: they give values or facts that cannot both hold. naming: they name one thing in two ways. scope:
    they delimit one thing in two ways."""
    metrics: tuple[MetricRef, ...] = ()
    """Ids of the metrics that the passages are about."""
    phrases: Annotated[tuple[CitationLike, ...], Field(min_length=2)]
    """The runs that do not agree."""
    note: Text
    """What does not agree with what, and what a reader should do about it."""


class NotMeasured(Model):
    """A numeral of the source that is no metric, and the reason."""

    phrase: PhraseLike
    """The shortest run with the numeral, verbatim."""
    reason: NotMeasuredReason
    """document_date; list_number; name of a document, programme or slogan; repetition of a metric, which metric names;
    event without a measure."""
    metric: MetricRef | None = None
    """Id of the metric that is repeated."""
    why: Text | None = None
    """Why it is no metric, where the numeral stands before a measuring unit."""

    @model_validator(mode="after")
    def _names_the_metric(self) -> NotMeasured:
        if (self.reason == "repetition") != (self.metric is not None):
            raise ValueError(
                "reason: repetition and metric belong together. Name the repeated metric, or choose another reason"
            )
        return self


class Document(Model):
    """A public document that cases come from. What is not known about it is left out."""

    title: Text
    """The title as printed."""
    issuer: Text
    """Who issued it."""
    date: PastDate
    """When it was issued."""
    selected_by: Text | None = None
    """Who chose the cases, in a word or two, where the issuer's name is long."""
    published_in: Text | None = None
    """The section of the website where it was published, as its first line names it; not an address."""


class Case(Model):
    """One model reform.

    `headlines` are the ids of its one to four most telling metrics; a case without any says why in `no_headline`.
    `source` is the document the case comes from where that is not the dataset's own.
    """

    id: Annotated[str, Field(pattern=r"^\d{4}-\d\d(-[a-z0-9]+)+$", max_length=60), AfterValidator(_named_as_file)]
    """The name of the file without .yaml: year, number and a short name, as in 2020-01-water-pricing."""
    year: CaseYear
    """The year of the list of cases."""
    number: Annotated[int, Field(ge=1, le=99)]
    """The number of the case as printed in the document."""
    source: Document | None = None
    """The document the case comes from, where it is not the one of reference/source.yaml."""
    title: Title
    """A short name of the reform."""
    short: Short | None = None
    """The title in a few words, for the overview; only where the title is long."""
    submitted_by: Text
    """The government or department that submitted the case, as printed."""
    places: Annotated[tuple[PlaceRef, ...], Field(min_length=1)]
    """Where it happened."""
    mentions: tuple[PlaceRef, ...] = ()
    """Places that the case only names."""
    domains: Annotated[tuple[DomainRef, ...], Field(min_length=1, max_length=3)]
    """One to three policy fields."""
    period: PeriodLike
    """The span that the case tells of."""
    summary: Text
    """What was done and what came of it, in one or two sentences in your own words."""
    problem: Text
    """What was wrong at first, in a sentence or two."""
    actions: Annotated[tuple[Text, ...], Field(min_length=1, max_length=6)]
    """What was done, step by step: one to six steps, a sentence each."""
    result: Text
    """What is reported of it, and what was not measured."""
    events: tuple[Event, ...] = ()
    """Dated steps and recognitions, in order of time."""
    headlines: Annotated[tuple[MetricRef, ...], Field(max_length=4)] = ()
    """Ids of the one to four most telling metrics, the most telling first. Readers see those that state a change before
    the others; where an outcome or output states one, a headline does."""
    no_headline: Text | None = None
    """Why no metric of the case is telling; only without headlines."""
    metrics: tuple[Metric, ...] = ()
    """What the source measures, in its order."""
    conflicts: tuple[Conflict, ...] = ()
    """Where passages of the document do not agree."""
    not_measured: tuple[NotMeasured, ...] = ()
    """Every numeral that is no figure, and why."""


class Source(Document):
    """The document that the cases of `year` come from, unless they name their own."""

    year: CaseYear

    @model_validator(mode="after")
    def _reports_the_past(self) -> Source:
        if self.year > int(self.date[:4]):
            raise ValueError(
                f"the cases are of {self.year}, but the document is dated {self.date}. Correct one of them"
            )
        return self


class Population(Document):
    """The residents of the units of the map by six-digit code, and the document that states them.

    They were counted on the day `counted`. Those of the province are the sum.
    """

    counted: PastDate
    residents: Mapping[str, Annotated[int, Field(gt=0)]]

    @model_validator(mode="after")
    def _counted_before(self) -> Population:
        if precedes(self.date, self.counted):
            raise ValueError(f"counted on {self.counted}, but the document is dated {self.date}. Correct one of them")
        return self


class Place(Model):
    """A place. `prefecture` is the id of the unit it lies in; the province and places outside it have none."""

    id: Id
    code: Annotated[str, Field(pattern=r"^\d{6}$")] | None = None
    name: Text
    kind: PlaceKind
    prefecture: Annotated[str, _defined_in("prefectures")] | None = None
    lon: FiniteFloat | None = None
    lat: FiniteFloat | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _stands_somewhere(self) -> Place:
        if self.prefecture is None and self.kind not in ("province", "outside"):
            raise ValueError(f"a {self.kind} lies in a unit of the map. Write prefecture: and its id")
        if self.code is None and self.kind in ("province", "prefecture"):
            raise ValueError(f"a {self.kind} is known by its code. Write code: and the six digits in quotes")
        if self.kind == "outside" and (self.prefecture or (self.code or "").startswith(PROVINCE_CODE)):
            raise ValueError("a place outside Henan has neither a prefecture nor a code of Henan. Correct its kind")
        if self.kind != "outside" and self.code and not self.code.startswith(PROVINCE_CODE):
            raise ValueError(f"the codes of Henan begin with {PROVINCE_CODE}, this one is {self.code}. Correct it")
        if (self.lon is None) != (self.lat is None):
            raise ValueError("a point needs both lon and lat. Write both, or neither")
        if self.lon is None and self.kind in ("prefecture", "county", "district"):
            raise ValueError(f"a {self.kind} has a point on the map. Write lon: and lat: in degrees")
        if self.lon is not None and self.lat is not None:
            where, west, east, south, north = CHINA if self.kind == "outside" else HENAN
            if not (west <= self.lon <= east and south <= self.lat <= north):
                exchanged = west <= self.lat <= east and south <= self.lon <= north
                advice = f"Write lon: {self.lat:g}, lat: {self.lon:g}" if exchanged else "Correct the coordinates"
                limits = f"{where} lies between lon {west} and {east}, lat {south} and {north}"
                raise ValueError(f"lon {self.lon:g}, lat {self.lat:g}, but {limits}. {advice}")
        return self

    @property
    def point(self) -> tuple[float, float]:
        """Longitude and latitude of a place that has them; ValueError for another."""
        if self.lon is None or self.lat is None:
            raise ValueError(f"{self.id} has no point")
        return self.lon, self.lat


class Domain(Model):
    """A policy field that cases belong to."""

    id: Id
    name: Text


class Unit(Model):
    """A unit as printed.

    A unit of the dimension grade has words instead of numbers, from the worst to the best in `order` where that is
    known.

    `scale` is the printed multiplier (万 = 10,000) that English writes out; `factor` converts to the base unit of the
    dimension. `one` is the English name after the number 1, and `form` how number and name are joined; of a `moment`
    only the time by which it moved is known, earlier or later.
    """

    id: Id
    name: Text
    one: Plain | None = None
    dimension: Dimension
    scale: Annotated[Positive, AfterValidator(_scales_as_named)] = Field(default=1, validate_default=True)
    factor: Positive
    form: Literal["suffix", "money", "rank", "bare", "moment"] = "suffix"
    order: tuple[Text, ...] = ()
    per_resident: bool = False
    """Whether a number of these in a place grows with its population, so that it would colour a map by residents."""

    @model_validator(mode="after")
    def _ranks_are_ranks(self) -> Unit:
        if self.form == "rank" and self.dimension != "rank":
            raise ValueError(f"form: rank, but it is a unit of {self.dimension}. Leave the form out")
        return self

    @property
    def multiplier(self) -> str:
        """The characters of the Chinese name that multiply, such as 万 or 十万; empty where there are none."""
        return str(_MULTIPLIER.findall(self.name.zh)[0])

    @property
    def base_name(self) -> Text:
        """The name without the multiplier: of 亿元 it is 元 / CNY."""
        return Text(zh=self.name.zh.removeprefix(self.multiplier), en=self.name.en)

    @property
    def printed_name(self) -> Text:
        """The name with the multiplier, which English writes out: 亿元 / CNY 100 million, 万人 / 10,000 people."""
        if self.scale == 1:
            return self.name
        size = f"{self.scale / 1e6:,.0f} million" if self.scale >= 1e6 else f"{self.scale:,.0f}"
        money = self.form == "money"
        en = f"CNY {size}{self.name.en.removeprefix('CNY')}" if money else f"{size} {self.name.en}"
        return Text(zh=self.name.zh, en=en)
