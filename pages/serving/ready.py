"""Whether the server can start here: the right Python, every package that it needs, an address and a port to listen at.

Older Pythons read this file too.
"""

from __future__ import annotations

import errno
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

OLDEST = (3, 11)
REQUIREMENTS = Path(__file__).parents[2] / "requirements.txt"
NOT_OF_THIS_MACHINE = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


@contextmanager
def explained() -> Iterator[None]:
    """Imports that end with one sentence (SystemExit) where the Python is too old or a package is missing."""
    if sys.version_info < OLDEST:
        raise SystemExit(
            "This is Python {}.{}; the dashboard needs {}.{} or newer.".format(*sys.version_info[:2], *OLDEST)
        )
    needed = [line.split("==")[0] for line in REQUIREMENTS.read_text(encoding="utf-8").splitlines() if "==" in line]
    absent = [name for name in needed if not _installed(name)]
    if absent:
        raise SystemExit(_missing(absent))
    try:
        yield
    except ModuleNotFoundError as error:
        raise SystemExit(_missing([str(error.name)])) from error


def run(script: str) -> None:
    """Does what `streamlit run` does, and exits with one sentence where the server cannot listen at what is set.

    `streamlit run` itself ends with a traceback there: it listens before it runs any code of this project.
    """
    with explained():
        from streamlit.web import cli
    try:
        cli.main(["run", script, *sys.argv[1:]], prog_name="streamlit")
    except OverflowError as error:
        raise SystemExit(_refused("port", "Write a whole number from 1 to 65535")) from error
    except (OSError, UnicodeError) as error:
        unknown = isinstance(error, (socket.gaierror, UnicodeError))
        if not unknown and error.errno not in NOT_OF_THIS_MACHINE:
            raise
        hint = "Write an address of this machine, as in: localhost 10.0.0.5 ::1, or 0.0.0.0 for any"
        raise SystemExit(_refused("address", hint)) from error


def _refused(option: str, hint: str) -> str:
    from streamlit import get_option

    from data.problems import shown

    return "STREAMLIT_SERVER_{}: found {}. {}".format(option.upper(), shown(get_option(f"server.{option}")), hint)


def _installed(package: str) -> bool:
    try:
        return bool(version(package))
    except PackageNotFoundError:
        return False


def _missing(names: list[str]) -> str:
    return f"Not installed here: {', '.join(names)}. Install what the dashboard needs: {sys.executable} -m pip install -r {REQUIREMENTS.name}"
