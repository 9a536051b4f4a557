"""Checks before the start: the version of Python, the required packages, the address and the port to listen on.

Each failure ends the process with one sentence. Older Pythons must be able to parse this file.
"""

from __future__ import annotations

import errno
import runpy
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

OLDEST = (3, 11)
REQUIREMENTS = Path(__file__).parents[2] / "requirements.txt"
FOR_TESTS = "# the tests"
"""What the reason of a requirement begins with that a server does without: `.requirements.production.lock` omits it."""
FOREIGN_ADDRESS = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
"""Error numbers for an address that this machine does not have."""


@contextmanager
def explain_missing_packages() -> Iterator[None]:
    """Context for imports: SystemExit with one sentence where Python is too old or a package is missing."""
    if sys.version_info < OLDEST:
        raise SystemExit(
            "This is Python {}.{}; the dashboard needs {}.{} or newer.".format(*sys.version_info[:2], *OLDEST)
        )
    missing = [name for name in _required() if not _is_installed(name)]
    if missing:
        raise SystemExit(_describe_missing(missing))
    try:
        yield
    except ModuleNotFoundError as error:
        raise SystemExit(_describe_missing([str(error.name)])) from error


def run(script: str) -> None:
    """Starts the server as `streamlit run` does; SystemExit with one sentence where it cannot listen.

    `streamlit run` itself ends with a traceback there, because it listens before it runs any code of this project.
    """
    with explain_missing_packages():
        import streamlit  # noqa: F401
    sys.argv = ["streamlit", "run", script, *sys.argv[1:]]
    try:
        runpy.run_module("streamlit", run_name="__main__")
    except OverflowError as error:
        raise SystemExit(_describe_option("port", "Write a whole number from 1 to 65535")) from error
    except (OSError, UnicodeError) as error:
        is_unknown_name = isinstance(error, (socket.gaierror, UnicodeError))
        if not is_unknown_name and getattr(error, "errno", None) not in FOREIGN_ADDRESS:
            raise
        hint = "Write an address of this machine, as in: localhost 10.0.0.5 ::1, or 0.0.0.0 for any"
        raise SystemExit(_describe_option("address", hint)) from error


def describe_other_versions() -> str:
    """A sentence that names the packages of other versions than the required ones; empty if there are none."""
    other = [
        f"{name} {version(name)} for {required}"
        for name, required in _required().items()
        if _is_installed(name) and version(name) != required
    ]
    return f"Other versions are installed than the dashboard was checked with: {', '.join(other)}" if other else ""


def _describe_option(option: str, hint: str) -> str:
    from streamlit import get_option

    from data.model.problems import describe

    return "STREAMLIT_SERVER_{}: found {}. {}".format(option.upper(), describe(get_option(f"server.{option}")), hint)


def _required() -> dict[str, str]:
    """The packages that a server needs, with their versions."""
    lines = REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    pins = [line.partition("#")[0].strip() for line in lines if FOR_TESTS not in line]
    return dict(pin.split("==") for pin in pins if pin)


def _is_installed(package: str) -> bool:
    try:
        return bool(version(package))
    except PackageNotFoundError:
        return False


def _describe_missing(names: list[str]) -> str:
    command = f"{sys.executable} -m pip install -r {REQUIREMENTS.name}"
    return f"Not installed here: {', '.join(names)}. Install what the dashboard needs: {command}"
