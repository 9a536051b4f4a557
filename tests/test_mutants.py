"""Case files broken by machine: each mutant gives a valid case or located messages, never a traceback, a hang or a
silently changed metric.

The mutants are made from the real files with fixed seeds, and read one file at a time as `read_dataset` does.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest

from data.model import evidence
from data.model.schema import Case
from data.reading.folder import FOLDER, SIZE_LIMIT
from data.reading.validate import Entries, read_case, read_tables
from data.reading.yaml_file import File
from tests.careless import AT_LEAST, CLASSES, case_problems, cases, try_out

FILES = sorted((FOLDER / "cases").glob("*.yaml"))
MUTANTS_PER_FILE = 42
"""Three of each entry of MUTATIONS, which are thirty in the ten files."""
TRIED = 20
"""How many mutants of a class of careless edits are tried, of which one may be missed; `python -m tests.careless` tries
all.
"""

SCALARS = (
    "TODO", "约30", "30%", "3,000", "01", "08", "0x1f", "1_000", "1e5", "1.5e300", "-0", "+5", ".5", "5.", ".nan", "-.inf",
    "0", "-1", "-100", "100", "1e-400", "99999999999999999", "0.1234567890123456789", "1" * 400,
    "0." + "0" * 400 + "1", "no", "yes", "true", "null", "~", "", "''", "2020-1-5", "2020-02-30", "[]", "{}", "[[]]",
    "{zh: 一}", "{zh: 一, en: 二}", "[a, a]", "- a", "? a", "!!int 3", "!!python/name:os.system x", "! 3", "&a 3", "*a",
    "<<", "|", ">-", "'", '"', '"\\u0000"', '"\\x07"', '"\\ud800"', '"\\u200b"', '"\\U0010ffff"', "#", "# 3", "a: b",
    "a # b", "%", "@", "`", "\t3", "rank", "percent", "relative", "multiple", "places", "over", "neutral", "outcome",
    "target", "as_of", "2030", "henan", "𠀀", "x" * 5000,
)  # fmt: skip
LINES = (
    *(
        "---",
        "...",
        "%YAML 1.2",
        "<<: {role: rule}",
        "<<: *a",
        "? a",
        ": a",
        "- ",
        "-",
        "\tvalue: 3",
        "  value: 3",
        "      value: 3",
        "}",
        "]",
        "{",
        "[",
        "'",
        '"',
        "#",
        "\ufeff",
    ),
    *(
        "metrics:",
        "metrics: []",
        "conflicts:",
        "  - id: new",
        "    before: {value: 3}",
        "    change: {value: -100, kind: relative}",
        "    bound: over",
        "x" * 5000,
        "a\nb: c",
        "\x85",
        "\u2028",
    ),
)
CHARACTERS = "\x00\t\n\r\x1b\x85\u200b\u2028\ufeff\ufffe'\"[]{}:,#&*!|>%@`-?~01.9，：中𠀀"


class Mutant(NamedTuple):
    """The bytes of a broken file, and the lines (from 0) of the original in or beside which something was changed."""

    raw: bytes
    touched: set[int]


class Sound(NamedTuple):
    """A real file: its lines, its case, and the lines of each metric."""

    lines: list[str]
    case: Case
    spans: dict[str, range]


@pytest.fixture(scope="module")
def tables() -> Entries:
    return read_tables(
        {
            name: File(name, (FOLDER / "reference" / f"{name}.yaml").read_bytes())
            for name in ("places", "domains", "units")
        }
    )


def check(raw: bytes, name: str, tables: Entries) -> Case | None:
    """The case in the bytes, or None; fails if the problems are not located, readable lines."""
    file = File(name, raw)
    case = read_case(file, tables, None)
    last = len(raw.splitlines()) + 1
    for problem in file.problems:
        assert 1 <= problem.line <= last, str(problem)
        assert problem.column >= 1, str(problem)
        assert str(problem).startswith(f"{name}:{problem.line}:{problem.column} "), str(problem)
        assert str(problem).isprintable(), repr(str(problem))
        assert 10 < len(problem.message) < 400, str(problem)
    assert (case is None) == any(problem.severity == "error" for problem in file.problems)
    return case


def sound(path: Path, tables: Entries) -> Sound:
    """A real file, unchanged."""
    raw = path.read_bytes()
    case = check(raw, f"data/cases/{path.name}", tables)
    assert case is not None
    lines = raw.decode().splitlines()
    first, last = (
        lines.index("metrics:"),
        next(index for index, line in enumerate(lines) if re.match("conflicts:|not_measured:", line)),
    )
    starts = [index for index in range(first, last) if lines[index].startswith("  - ")]
    ends = [*starts[1:], last]
    return Sound(
        lines,
        case,
        {metric.id: range(start, end) for metric, start, end in zip(case.metrics, starts, ends, strict=True)},
    )


def joined(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def delete(lines: list[str], random: Random) -> Mutant:
    at, size = random.randrange(len(lines)), random.choice((1, 1, 1, 2, 5, 40))
    return Mutant(joined(lines[:at] + lines[at + size :]), set(range(at - 1, at + size + 1)))


def duplicate(lines: list[str], random: Random) -> Mutant:
    at, size = random.randrange(len(lines)), random.choice((1, 1, 3, 20))
    return Mutant(joined(lines[: at + size] + lines[at:]), set(range(at, at + size + 1)))


def move(lines: list[str], random: Random) -> Mutant:
    at, to = random.randrange(len(lines)), random.randrange(len(lines))
    rest = lines[:at] + lines[at + 1 :]
    to_line = to if to < at else to + 1
    return Mutant(joined(rest[:to] + [lines[at]] + rest[to:]), {at - 1, at, at + 1, to_line - 1, to_line})


def indent(lines: list[str], random: Random) -> Mutant:
    at = random.randrange(len(lines))
    changed = random.choice(
        (
            " " + lines[at],
            "  " + lines[at],
            lines[at].removeprefix(" "),
            lines[at].removeprefix("  "),
            "\t" + lines[at].lstrip(),
        )
    )
    return Mutant(joined([*lines[:at], changed, *lines[at + 1 :]]), {at - 1, at, at + 1})


def insert(lines: list[str], random: Random) -> Mutant:
    at = random.randrange(len(lines))
    return Mutant(joined([*lines[:at], random.choice(LINES), *lines[at:]]), {at - 1, at})


def retype(lines: list[str], random: Random) -> Mutant:
    """Another scalar after a colon: a tricky one, or one from another line."""
    at, other = (
        random.choice([index for index, line in enumerate(lines) if re.search(r"\w: ", line)]) for _ in range(2)
    )
    colons = [found.end() for found in re.finditer(r"\w: ", lines[at])]
    start = random.choice(colons)
    end = start + len(re.match(r"[^,}\]]*", lines[at][start:])[0])  # type: ignore[index]
    scalar = random.choice((random.choice(SCALARS), re.split(r"\w: ", lines[other])[-1].rstrip("}")))
    return Mutant(
        joined([*lines[:at], lines[at][:start] + scalar + lines[at][end:], *lines[at + 1 :]]), {at - 1, at, at + 1}
    )


def mistype(lines: list[str], random: Random) -> Mutant:
    """One character removed, added or replaced."""
    at = random.choice([index for index, line in enumerate(lines) if line])
    column = random.randrange(len(lines[at]))
    left, right = lines[at][:column], lines[at][column + random.choice((0, 1)) :]
    return Mutant(
        joined([*lines[:at], left + random.choice(("", *CHARACTERS)) + right, *lines[at + 1 :]]), {at - 1, at, at + 1}
    )


def truncate(lines: list[str], random: Random) -> Mutant:
    raw = joined(lines)
    cut = random.randrange(len(raw))
    return Mutant(raw[:cut], set(range(raw.count(b"\n", 0, cut) - 1, len(lines))))


def corrupt(lines: list[str], random: Random) -> Mutant:
    raw = bytearray(joined(lines))
    at = random.randrange(len(raw))
    raw[at] = random.randrange(256)
    line = raw.count(b"\n", 0, at)
    return Mutant(bytes(raw), set(range(line - 1, line + 3)))


def encode(lines: list[str], random: Random) -> Mutant:
    text = "\n".join(lines)
    coding, ending = (
        random.choice(("utf-8-sig", "utf-16", "utf-16-le", "utf-32", "gb18030", "big5hkscs", "utf-7")),
        random.choice(("\n", "\r\n", "\r")),
    )
    return Mutant(text.replace("\n", ending).encode(coding, errors="replace"), set())


MUTATIONS: tuple[Callable[[list[str], Random], Mutant], ...] = (
    delete,
    duplicate,
    move,
    indent,
    insert,
    retype,
    retype,
    retype,
    retype,
    mistype,
    mistype,
    truncate,
    corrupt,
    encode,
)


def test_there_are_files() -> None:
    assert len(FILES) >= 10


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_a_mutant_is_sound_or_located(path: Path, tables: Entries) -> None:
    real = sound(path, tables)
    before = {metric.id: metric for metric in real.case.metrics}
    accepted = refused = 0
    for number in range(MUTANTS_PER_FILE):
        random = Random(f"{path.stem} {number}")
        mutation = MUTATIONS[number % len(MUTATIONS)]
        mutant = mutation(real.lines, random)
        told = f"mutant {number} of {path.name} by {mutation.__name__}, near line {min(mutant.touched, default=0) + 1}"
        case = check(mutant.raw, f"data/cases/{path.name}", tables)
        accepted, refused = accepted + (case is not None), refused + (case is None)
        if case is None:
            continue
        after = {metric.id: metric for metric in case.metrics}
        untouched = {name for name, span in real.spans.items() if not mutant.touched & set(span)}
        assert {name: after.get(name) for name in untouched} == {name: before[name] for name in untouched}, told
        for metric in case.metrics:
            if metric.id not in untouched:
                evidence.derive(metric, tables["units"])
    assert accepted > MUTANTS_PER_FILE / 50
    assert refused > MUTANTS_PER_FILE / 4


def test_no_real_case_is_taken_for_careless() -> None:
    assert {case["id"]: found for case in cases() if (found := case_problems(case))} == {}


@pytest.mark.parametrize("name", [name for name, careless in CLASSES.items() if careless.decidable])
def test_careless_edits_are_caught(name: str) -> None:
    tally = try_out(CLASSES[name], TRIED)
    assert tally.tried >= 4
    assert tally.share >= AT_LEAST, tally.missed[0]


BOMB = "".join(f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]\n" for level in range(1, 30))
MAX_CALLS_EARLY = 100_000
"""Maximum number of calls for a file that is refused at its first mistake, whatever follows."""
WHOLE = SIZE_LIMIT // 4
"""The size of a file that is read to its end. Its calls are counted, which takes three times as long as to read it."""
MAX_CALLS = 12 * WHOLE
"""Maximum number of calls for a file that is read to its end."""
LARGE = {
    "alias-bomb": ("a0: &a0 [x]\n" + BOMB, MAX_CALLS_EARLY),
    "merge-bomb": ("a0: &a0 {x: 1}\n" + BOMB.replace("[", "{<<: [").replace("]", "]}"), MAX_CALLS_EARLY),
    "brackets": ("[" * SIZE_LIMIT, MAX_CALLS_EARLY),
    "braces": ("{" * SIZE_LIMIT, MAX_CALLS_EARLY),
    "mixed-brackets": ("[{" * (SIZE_LIMIT // 2), MAX_CALLS_EARLY),
    "dashes": ("- " * (SIZE_LIMIT // 2), MAX_CALLS_EARLY),
    "question-marks": ("? " * (SIZE_LIMIT // 2), MAX_CALLS_EARLY),
    "quote": ('"' + "x" * SIZE_LIMIT, MAX_CALLS_EARLY),
    "newlines": ("\n" * SIZE_LIMIT, MAX_CALLS_EARLY),
    "comment": ("#" * SIZE_LIMIT, MAX_CALLS_EARLY),
    "one-word": ("x" * SIZE_LIMIT, MAX_CALLS_EARLY),
    "one-number": ("id: " + "1" * SIZE_LIMIT, MAX_CALLS_EARLY),
    "one-key": ("x" * SIZE_LIMIT + ": 1", MAX_CALLS_EARLY),
    "documents": ("---\n" * (SIZE_LIMIT // 4), MAX_CALLS_EARLY),
    "unknown-keys": ("".join(f"key{index}: 1\n" for index in range(WHOLE // 14)), MAX_CALLS),
    "same-key": ("metrics: 1\n" * (WHOLE // 11), MAX_CALLS),
    "unknown-places": (
        "places: [" + ", ".join(f"place{index}" for index in range(WHOLE // 14)) + "]",
        MAX_CALLS,
    ),
    "empty-places": ("places: [" + "~, " * (WHOLE // 3) + "]", MAX_CALLS),
    "empty-metrics": ("metrics: [" + "{}, " * (WHOLE // 4) + "]", MAX_CALLS),
    "anchors": ("".join(f"k{index}: &a{index} 1\n" for index in range(WHOLE // 18)), MAX_CALLS),
}


class TooMuchWork(BaseException):
    """A BaseException, so that the code under test does not catch it."""


@contextmanager
def limited(calls: int) -> Iterator[None]:
    """Raise TooMuchWork after more calls of functions than this, those of the YAML parser included."""
    done = 0

    def count(_frame: object, event: str, _function: object) -> None:
        nonlocal done
        done += event in ("call", "c_call")
        if done > calls:
            raise TooMuchWork(f"more than {calls} calls")

    sys.setprofile(count)
    try:
        yield
    finally:
        sys.setprofile(None)


@pytest.mark.parametrize(("text", "calls"), LARGE.values(), ids=LARGE)
def test_a_large_file_is_refused_with_little_work(text: str, calls: int, tables: Entries) -> None:
    raw = text[:SIZE_LIMIT].encode()
    with limited(calls):
        assert check(raw, "data/cases/2020-01-large.yaml", tables) is None
