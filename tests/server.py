"""The dashboard as its README starts it, on a free port of this machine."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

PROJECT = Path(__file__).parents[1]
TIMEOUT = 60
"""Maximum number of seconds that a server takes to start, to answer or to end."""
START: type[subprocess.Popen[bytes]] = subprocess.Popen
"""What `started` starts a server with. In tests it is tests.warm.Forked, which takes less time."""


@contextmanager
def running(log: Path, folder: Path = PROJECT) -> Iterator[str]:
    """Address of a server of `folder` once it answers at /healthz; it is stopped afterwards. Its output goes to `log`.
    RuntimeError with the log if it does not start.
    """
    with started(log, folder) as (address, _):
        yield address


@contextmanager
def started(
    log: Path, folder: Path = PROJECT, first: str = "", port: int = 0, **environment: str
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """As `running`, with its process, more environment variables, and Python that it runs first. It caches nothing on
    disk unless HENAN_CACHE is given.
    """
    port = port or free_port()
    address = "/".join((f"http://localhost:{port}", *filter(None, [environment.get("STREAMLIT_SERVER_BASE_URL_PATH")])))
    with (
        log.open("wb") as out,
        process_of(
            command(port, first),
            START,
            cwd=folder,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, "HENAN_CACHE": "none", **environment},
        ) as process,
    ):
        if not until(process, lambda: health(address)):
            raise RuntimeError(f"the server did not start\n{log.read_text()}")
        yield address, process


@contextmanager
def process_of(
    command: Sequence[str], start: type[subprocess.Popen[bytes]] = subprocess.Popen, **options: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """A process without standard input, which is asked to end afterwards. If it does not, it is killed: RuntimeError."""
    with start(command, stdin=subprocess.DEVNULL, **options) as process:
        try:
            yield process
            process.terminate()
            process.wait(TIMEOUT)
        except subprocess.TimeoutExpired as late:
            raise RuntimeError(f"the process did not end within {TIMEOUT} s: {' '.join(command)[:200]}") from late
        finally:
            process.kill()


def command(port: int, first: str = "") -> list[str]:
    """The command that starts the server."""
    program = ["-c", f"{first}\nfrom streamlit.web.cli import main\nmain()"] if first else ["-m", "streamlit"]
    return [sys.executable, *program, "run", "dashboard.py", "--server.headless", "true", "--server.port", str(port)]


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("localhost", 0))
        return int(free.getsockname()[1])


def health(address: str) -> Any:
    """What /healthz says, the first address that answers."""
    try:
        with urlopen(f"{address}/healthz", timeout=TIMEOUT) as answer:
            return json.load(answer)
    except HTTPError as refusal:
        with refusal:
            return json.load(refusal)
    except (URLError, TimeoutError):
        return {}


def until(process: subprocess.Popen[bytes], holds: Callable[[], object]) -> bool:
    """Wait until the condition holds; return False if the server ends first."""
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline:
        if holds():
            return True
        try:
            process.wait(timeout=0.05)
            return False
        except subprocess.TimeoutExpired:
            continue
    return False


def logged(log: Path) -> list[dict[str, Any]]:
    """The records in a server's log, which has nothing else but Streamlit's greeting."""
    written = [line for line in log.read_text(encoding="utf-8").splitlines() if line.strip()]
    greeting = [line.strip() for line in written if not line.startswith("{")]
    assert [line.partition(":")[0] for line in greeting] == [
        "You can now view your Streamlit app in your browser.",
        "URL",
    ]
    return [json.loads(line) for line in written if line.startswith("{")]
