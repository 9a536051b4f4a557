"""What a deployer sets: environment variables, read once when the server starts. README lists them; everything that is wrong with them is said at once."""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, NamedTuple

import streamlit as st

from data.model.problems import describe
from data.reading.folder import FOLDER, variable_folder
from data.reading.folder import VARIABLE as DATA_VARIABLE
from pages.serving.log import LEVELS

_PREFIX = "HENAN_"
_NAME = r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?"
_HOST = re.compile(rf"\*|(?:\*\.)?{_NAME}|\[[0-9a-f:.]+\]")
_ANCESTOR = re.compile(rf"\*|(?:https?://)?(?:\*\.)?{_NAME}(?::[0-9]{{1,5}})?")
_BASE = "STREAMLIT_SERVER_BASE_URL_PATH"
_SEGMENT = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*")


class Variable(NamedTuple):
    """One environment variable. `read` makes the value of its text, or raises ValueError with what to write instead; `default` is read where it is unset or empty."""

    name: str
    default: str
    read: Callable[[str], Any]
    meaning: str


def variable(name: str, default: str, read: Callable[[str], Any], meaning: str) -> Any:
    return field(metadata={"variable": Variable(name, default, read, meaning)})


def _cache(text: str) -> Path | None:
    if text == "none":
        return None
    try:
        folder = (FOLDER.parent / text).resolve()
        fit = stat.S_ISDIR(os.stat(folder).st_mode)
    except FileNotFoundError:
        fit = True
    except (OSError, ValueError):
        fit = False
    if not fit:
        raise ValueError("Write a folder, which need not be there yet, or none")
    return folder


def _hosts(text: str) -> tuple[str, ...]:
    names = text.lower().split()
    if not all(map(_HOST.fullmatch, names)):
        raise ValueError(
            "Write names without scheme, port or path, with blanks between them, as in: reforms.example.org *.example.net [::1], or * for any"
        )
    return tuple(names)


def _ancestors(text: str) -> str:
    """A source list of Content-Security-Policy; its keywords may be written without their quotes."""
    if text.strip("'") == "none":
        return "'none'"
    sites = ["'self'" if word.strip("'") == "self" else word for word in text.lower().split()]
    if "none" in sites or not all(site == "'self'" or _ANCESTOR.fullmatch(site) for site in sites):
        raise ValueError(
            "Write none, or the sites with blanks between them, as in: self example.org *.example.net:8443, or * for any"
        )
    return " ".join(sites)


def _level(text: str) -> str:
    if text.lower() not in LEVELS:
        raise ValueError(f"Write one of: {', '.join(LEVELS)}")
    return text.lower()


def _whole(lowest: int, highest: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not lowest <= int(text) <= highest:
            raise ValueError(f"Write a whole number from {lowest} to {highest}")
        return int(text)

    return read


def _proxies(text: str) -> tuple[str, ...]:
    addresses = tuple(part.strip() for part in text.split(","))
    try:
        _ = addresses == ("*",) or [ipaddress.ip_network(address) for address in addresses]
    except ValueError as error:
        raise ValueError(
            "Write addresses or networks with commas between them, as in: 127.0.0.1,10.0.0.0/8, or * for any"
        ) from error
    return addresses


def _base(text: str) -> str:
    """What every address of the server begins with, as in `/city/reform`; nothing where it serves at the top."""
    segments = text.strip("/").split("/") if text.strip("/") else []
    if not all(map(_SEGMENT.fullmatch, segments)):
        raise ValueError("Write a path of letters, digits and - _ . ~ as in: reform or city/reform")
    return "".join(f"/{segment}" for segment in segments)


@dataclass(frozen=True)
class Settings:
    """The settings by their meaning. One more is one more line here and one in README."""

    data: Path = variable(
        DATA_VARIABLE,
        "data",
        variable_folder,
        "the folder that holds `cases/` and `reference/`; a relative one is sought beside `dashboard.py`; "
        "the commands read it too",
    )
    cache: Path | None = variable(
        "HENAN_CACHE",
        ".cache",
        _cache,
        "the folder that gets a subfolder with the last good files, for a start with a bad one, and what was read of a hundred or more cases; `none` keeps nothing",
    )
    allowed_hosts: tuple[str, ...] = variable(
        "HENAN_ALLOWED_HOSTS",
        "localhost 127.0.0.1 [::1]",
        _hosts,
        "the names under which readers and probes reach the server; `*.example.org` means all below it, `*` any",
    )
    frame_ancestors: str = variable(
        "HENAN_FRAME_ANCESTORS",
        "none",
        _ancestors,
        "the sites that may show pages in a frame: `none`, `self`, `example.org *.example.net`, `*`; "
        "with `none` no embed code is offered",
    )
    log: str = variable("HENAN_LOG", "info", _level, "the least that is logged: `debug`, `info`, `warning`, `error`")
    api_rate: int = variable(
        "HENAN_API_RATE",
        "600",
        _whole(0, 1_000_000),
        "requests a minute that one client may send to `/api`, an Excel file counting as ten and a ZIP as three; `0` means any number",
    )
    proxies: tuple[str, ...] = variable(
        "FORWARDED_ALLOW_IPS",
        "127.0.0.1,::1",
        _proxies,
        "the reverse proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed; networks and `*` are possible",
    )
    base: str = variable(
        _BASE,
        "/",
        _base,
        "the path under which a reverse proxy offers the dashboard, as in `reform` or `city/reform`; everything stays below it",
    )


VARIABLES: Mapping[str, Variable] = {entry.name: entry.metadata["variable"] for entry in fields(Settings)}


def read(environment: Mapping[str, str]) -> tuple[Settings | None, list[str]]:
    """The settings of an environment and what is wrong with it, a line each; no settings where anything is."""
    values: dict[str, Any] = {}
    problems = list(_misspelt(environment))
    for name, known in VARIABLES.items():
        text = environment.get(known.name, "").strip() or known.default
        try:
            values[name] = known.read(text)
        except ValueError as error:
            problems.append(f"{known.name}: found {describe(text)}. {error}")
    return (None if problems else Settings(**values)), problems


def _misspelt(environment: Mapping[str, str]) -> list[str]:
    """Names like those of a setting. Others with the prefix are left alone: container platforms make some of their own."""
    known = {entry.name.removeprefix(_PREFIX): entry.name for entry in VARIABLES.values()}
    unknown = sorted(name for name in environment if name.startswith(_PREFIX) and name not in known.values())
    near = {name: difflib.get_close_matches(name.removeprefix(_PREFIX), known, 1, 0.7) for name in unknown}
    return [f"{name}: there is no such setting. Write {known[found[0]]}" for name, found in near.items() if found]


def allows_frames() -> bool:
    """Whether any site may show pages in a frame."""
    known = VARIABLES["frame_ancestors"]
    return known.read(os.environ.get(known.name, "").strip() or known.default) != known.read("none")


def from_environment() -> Settings:
    """The settings of this process, Streamlit's own in whichever way it was given. SystemExit with everything that is wrong where anything is."""
    settings, problems = read({**os.environ, _BASE: st.get_option("server.baseUrlPath")})
    if settings is None:
        raise SystemExit("\n".join(problems))
    return settings
