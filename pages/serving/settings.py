"""The settings of a deployment: environment variables, read once at the start. README lists them.

All problems are reported together.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import streamlit as st

from data.model.problems import describe
from data.reading.folder import FOLDER, data_folder
from data.reading.folder import VARIABLE as DATA_VARIABLE
from pages.serving.log import LEVELS

MAX_API_RATE = 1_000_000
_PREFIX = "HENAN_"
_NAME = r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?"
_HOST = re.compile(rf"\*|(?:\*\.)?{_NAME}|\[[0-9a-f:.]+\]")
_ANCESTOR = re.compile(rf"\*|(?:https?://)?(?:\*\.)?{_NAME}(?::[0-9]{{1,5}})?")
_BASE = "STREAMLIT_SERVER_BASE_URL_PATH"
_SEGMENT = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*")


def _parse_data(text: str) -> Path:
    return data_folder(FOLDER.parent / text)


def _parse_cache(text: str) -> Path | None:
    """The folder of the cache, which need not exist; None for `none`."""
    if text == "none":
        return None
    try:
        folder = (FOLDER.parent / text).resolve()
        is_folder = stat.S_ISDIR(os.stat(folder).st_mode)
    except FileNotFoundError:
        is_folder = True
    except (OSError, ValueError):
        is_folder = False
    if not is_folder:
        raise ValueError("Write a folder, which need not be there yet, or none")
    return folder


def _parse_hosts(text: str) -> tuple[str, ...]:
    names = text.lower().split()
    if not all(map(_HOST.fullmatch, names)):
        raise ValueError(
            "Write names without scheme, port or path, with blanks between them, "
            "as in: reforms.example.org *.example.net [::1], or * for any"
        )
    return tuple(names)


def _parse_ancestors(text: str) -> str:
    """A source list of Content-Security-Policy, whose keywords may be written without their quotes."""
    if text.strip("'") == "none":
        return "'none'"
    sites = ["'self'" if word.strip("'") == "self" else word for word in text.lower().split()]
    if "none" in sites or not all(site == "'self'" or _ANCESTOR.fullmatch(site) for site in sites):
        hint = "Write none, or the sites with blanks between them, as in: self example.org *.example.net:8443"
        raise ValueError(f"{hint}, or * for any")
    return " ".join(sites)


def _parse_level(text: str) -> str:
    if (level := text.lower()) not in LEVELS:
        raise ValueError(f"Write one of: {', '.join(LEVELS)}")
    return level


def _parse_rate(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) > MAX_API_RATE:
        raise ValueError(f"Write a whole number from 0 to {MAX_API_RATE}")
    return int(text)


def _parse_switch(text: str) -> bool:
    if (word := text.lower()) not in ("on", "off"):
        raise ValueError("Write on or off")
    return word == "on"


def _parse_proxies(text: str) -> tuple[str, ...]:
    addresses = tuple(part.strip() for part in text.split(","))
    try:
        _ = addresses == ("*",) or [ipaddress.ip_network(address) for address in addresses]
    except ValueError as error:
        hint = "Write addresses or networks with commas between them, as in: 127.0.0.1,10.0.0.0/8, or * for any"
        raise ValueError(hint) from error
    return addresses


def _parse_base(text: str) -> str:
    """The path before that of every address of the server, as in `/city/reform`; empty at the top."""
    segments = text.strip("/").split("/") if text.strip("/") else []
    if not all(map(_SEGMENT.fullmatch, segments)):
        raise ValueError("Write a path of letters, digits and - _ . ~ as in: reform or city/reform")
    return "".join(f"/{segment}" for segment in segments)


@dataclass(frozen=True)
class Settings:
    """The values of the settings. A new one is a field here, an entry of VARIABLES and a line in README."""

    data: Path
    cache: Path | None
    allowed_hosts: tuple[str, ...]
    frame_ancestors: str
    log: str
    api_rate: int
    browser_cache: bool
    base: str


class Variable(NamedTuple):
    """An environment variable. `default` is the text where it is unset or empty.

    `parse` converts the text, or raises ValueError with what to write instead.
    """

    name: str
    default: str
    parse: Callable[[str], object]

    def read(self, environment: Mapping[str, str]) -> object:
        """The value in an environment. ValueError is one sentence with the text that was found."""
        text = environment.get(self.name, "").strip() or self.default
        try:
            return self.parse(text)
        except ValueError as error:
            raise ValueError(f"{self.name}: found {describe(text)}. {error}") from error


VARIABLES: Mapping[str, Variable] = {
    "data": Variable(DATA_VARIABLE, "data", _parse_data),
    "cache": Variable("HENAN_CACHE", ".cache", _parse_cache),
    "allowed_hosts": Variable("HENAN_ALLOWED_HOSTS", "localhost 127.0.0.1 [::1]", _parse_hosts),
    "frame_ancestors": Variable("HENAN_FRAME_ANCESTORS", "none", _parse_ancestors),
    "log": Variable("HENAN_LOG", "info", _parse_level),
    "api_rate": Variable("HENAN_API_RATE", "600", _parse_rate),
    "browser_cache": Variable("HENAN_BROWSER_CACHE", "on", _parse_switch),
    "proxies": Variable("FORWARDED_ALLOW_IPS", "127.0.0.1,::1", _parse_proxies),
    "base": Variable(_BASE, "/", _parse_base),
}
"""The variables by the fields of Settings. `proxies` is only checked here, and used by uvicorn itself."""


def read(environment: Mapping[str, str]) -> tuple[Settings | None, list[str]]:
    """The settings of an environment and its problems, one sentence each. Settings are None if there is any."""
    values: dict[str, Any] = {}
    problems = list(_find_misspelt(environment))
    for name, variable in VARIABLES.items():
        try:
            values[name] = variable.read(environment)
        except ValueError as error:
            problems.append(str(error))
    values.pop("proxies", None)
    return None if problems else Settings(**values), problems


def _find_misspelt(environment: Mapping[str, str]) -> Iterator[str]:
    """Problems of names similar to a setting's. Other names with the prefix are those of container platforms."""
    known = {variable.name.removeprefix(_PREFIX): variable.name for variable in VARIABLES.values()}
    for name in sorted(environment):
        if name.startswith(_PREFIX) and name not in known.values():
            for near in difflib.get_close_matches(name.removeprefix(_PREFIX), known, 1, 0.7):
                yield f"{name}: there is no such setting. Write {known[near]}"


def allows_frames() -> bool:
    """Whether any site may show pages in a frame."""
    return VARIABLES["frame_ancestors"].read(os.environ) != "'none'"


def from_environment() -> Settings:
    """The settings of this process; SystemExit with all problems. The base path is Streamlit's option, however set."""
    settings, problems = read({**os.environ, _BASE: st.get_option("server.baseUrlPath")})
    if settings is None:
        raise SystemExit("\n".join(problems))
    return settings
