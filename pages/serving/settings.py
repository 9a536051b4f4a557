"""The settings of a deployment: environment variables, read once at the start. README lists them.

All problems are reported together.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import streamlit as st
from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from data.model.problems import describe
from data.reading.folder import FOLDER, data_folder
from pages.serving.log import LEVELS

RETIRED = {"HENAN_API_RATE": "the reverse proxy limits requests"}
"""Settings of earlier releases, which are named in the log and have no effect, and what has taken their place."""
LOCAL = ("localhost", "127.0.0.1", "::1")
"""Addresses at which nobody but this machine reaches the server."""
DEFAULTS: Mapping[str, str] = {
    "HENAN_DATA": "data",
    "HENAN_CACHE": ".cache",
    "HENAN_ALLOWED_HOSTS": "localhost 127.0.0.1 [::1]",
    "HENAN_FRAME_ANCESTORS": "none",
    "HENAN_LOG": "info",
    "HENAN_BROWSER_CACHE": "on",
    "FORWARDED_ALLOW_IPS": "127.0.0.1,::1",
    "STREAMLIT_SERVER_BASE_URL_PATH": "/",
}
"""The text of each variable where it is unset or empty."""
_PREFIX = "HENAN_"
_NAME = r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?"
_HOST = re.compile(rf"\*|(?:\*\.)?{_NAME}|\[[0-9a-f:.]+\]")
_ANCESTOR = re.compile(rf"\*|(?:https?://)?(?:\*\.)?{_NAME}(?::[0-9]{{1,5}})?")
_SEGMENT = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*")


def _parse_data(text: str) -> Path:
    return data_folder(FOLDER.parent / text)


def _parse_cache(text: str) -> Path | None:
    """The folder of the cache, which need not exist; None for `none`."""
    if text == "none":
        return None
    try:
        folder = (FOLDER.parent / text).resolve()
        may_be = folder.is_dir() or not folder.exists()
    except (OSError, ValueError):
        may_be = False
    if not may_be:
        raise ValueError("Write a folder, which need not be there yet, or none")
    return folder


def _parse_hosts(text: str) -> tuple[str, ...]:
    names = text.lower().split()
    if not all(map(_HOST.fullmatch, names)):
        hint = "Write names without scheme, port or path, with blanks between them, as in: reforms.example.org"
        raise ValueError(f"{hint} *.example.net [::1], or * for any")
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


class Settings(BaseModel, frozen=True):
    """The values of the settings, each by the name of its variable. `proxies` is checked here and used by uvicorn.

    A new setting is a field here, an entry of DEFAULTS and a line in README.
    """

    data: Annotated[Path, BeforeValidator(_parse_data)] = Field(alias="HENAN_DATA")
    cache: Annotated[Path | None, BeforeValidator(_parse_cache)] = Field(alias="HENAN_CACHE")
    allowed_hosts: Annotated[tuple[str, ...], BeforeValidator(_parse_hosts)] = Field(alias="HENAN_ALLOWED_HOSTS")
    frame_ancestors: Annotated[str, BeforeValidator(_parse_ancestors)] = Field(alias="HENAN_FRAME_ANCESTORS")
    log: Annotated[str, BeforeValidator(_parse_level)] = Field(alias="HENAN_LOG")
    browser_cache: Annotated[bool, BeforeValidator(_parse_switch)] = Field(alias="HENAN_BROWSER_CACHE")
    proxies: Annotated[tuple[str, ...], BeforeValidator(_parse_proxies)] = Field(alias="FORWARDED_ALLOW_IPS")
    base: Annotated[str, BeforeValidator(_parse_base)] = Field(alias="STREAMLIT_SERVER_BASE_URL_PATH")


def read(environment: Mapping[str, str]) -> tuple[Settings | None, list[str]]:
    """The settings of an environment and its problems, one sentence each. Settings are None if there is any."""
    given = {name: stripped for name, text in environment.items() if (stripped := text.strip())}
    problems, settings = [*_find_misspelt(given)], None
    try:
        settings = Settings.model_validate({**DEFAULTS, **given})
    except ValidationError as error:
        for each in error.errors():
            problems.append(f"{each['loc'][0]}: found {describe(each['input'])}. {each['ctx']['error']}")
    return None if problems else settings, problems


def _find_misspelt(environment: Mapping[str, str]) -> Iterator[str]:
    """Problems of names similar to a setting's. Other names with the prefix are those of container platforms."""
    known = {name.removeprefix(_PREFIX): name for name in DEFAULTS}
    for name in sorted(environment):
        if name.startswith(_PREFIX) and name not in (*known.values(), *RETIRED):
            for near in difflib.get_close_matches(name.removeprefix(_PREFIX), known, 1, 0.7):
                yield f"{name}: there is no such setting. Write {known[near]}"


def list_warnings(environment: Mapping[str, str], address: str) -> Iterator[str]:
    """What the log warns of at the start: settings without effect, and a server that others reach without a proxy.

    `address` is the one at which the server listens.
    """
    for name, successor in RETIRED.items():
        if name in environment:
            yield f"{name} has no effect any more: {successor}"
    if address not in LOCAL and not environment.get("HENAN_ALLOWED_HOSTS", "").strip():
        yield (
            f"The server listens at {address}, where others reach it, and no limit of times, sizes and requests stands "
            "in front of it. Put a reverse proxy there as .deploy/nginx.conf is, and name it in HENAN_ALLOWED_HOSTS"
        )


def allows_frames() -> bool:
    """Whether any site may show pages in a frame."""
    name = "HENAN_FRAME_ANCESTORS"
    return _parse_ancestors(os.environ.get(name, "").strip() or DEFAULTS[name]) != "'none'"


def from_environment() -> Settings:
    """The settings of this process; SystemExit with all problems. The base path is Streamlit's option, however set."""
    settings, problems = read({**os.environ, "STREAMLIT_SERVER_BASE_URL_PATH": st.get_option("server.baseUrlPath")})
    if settings is None:
        raise SystemExit("\n".join(problems))
    return settings
