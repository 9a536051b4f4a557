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
PATIENCE = 60
"""Maximum number of seconds that a server takes to start, to answer or to end."""


@contextmanager
def running(log: Path, folder: Path = PROJECT) -> Iterator[str]:
    """The address of the `folder`'s server, once it answers at /healthz; it is ended afterwards. What it prints goes to `log`. RuntimeError with the log if it does not start."""
    with started(log, folder) as (address, _):
        yield address


@contextmanager
def started(
    log: Path, folder: Path = PROJECT, first: str = "", **environment: str
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The same with its process, with further environment variables, and with Python that it runs first. It keeps nothing on the disk unless HENAN_CACHE is given."""
    port = free_port()
    address = "/".join((f"http://localhost:{port}", *filter(None, [environment.get("STREAMLIT_SERVER_BASE_URL_PATH")])))
    with (
        log.open("wb") as out,
        process_of(
            command(port, first),
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
def process_of(command: Sequence[str], **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A process with nothing to read, which is asked to end afterwards. RuntimeError, and it is killed, if it does not."""
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, **options) as process:
        try:
            yield process
            process.terminate()
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired as late:
            raise RuntimeError(f"the process did not end within {PATIENCE} s: {' '.join(command)[:200]}") from late
        finally:
            process.kill()


def command(port: int, first: str = "") -> list[str]:
    """What starts the server."""
    program = ["-c", f"{first}\nfrom streamlit.web.cli import main\nmain()"] if first else ["-m", "streamlit"]
    return [sys.executable, *program, "run", "dashboard.py", "--server.headless", "true", "--server.port", str(port)]


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("localhost", 0))
        return int(free.getsockname()[1])


def health(address: str) -> Any:
    """What the server says of itself; nothing before it answers."""
    try:
        with urlopen(f"{address}/healthz", timeout=PATIENCE) as answer:
            return json.load(answer)
    except HTTPError as refusal:
        with refusal:
            return json.load(refusal)
    except (URLError, TimeoutError):
        return {}


def until(process: subprocess.Popen[bytes], holds: Callable[[], object]) -> bool:
    """Waits until it holds; whether it did while the server ran."""
    deadline = time.monotonic() + PATIENCE
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
    """What the server has logged. Nothing stands beside it but Streamlit's greeting."""
    written = [line for line in log.read_text(encoding="utf-8").splitlines() if line.strip()]
    greeting = [line.strip() for line in written if not line.startswith("{")]
    assert [line.partition(":")[0] for line in greeting] == [
        "You can now view your Streamlit app in your browser.",
        "URL",
    ]
    return [json.loads(line) for line in written if line.startswith("{")]
