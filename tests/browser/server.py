"""The dashboard as its README starts it, on a free port of this machine."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

PROJECT = Path(__file__).parents[2]
PATIENCE = 60
"""Seconds within which it has to answer."""


@contextmanager
def running(log: Path) -> Iterator[str]:
    """The address of a server that has loaded its dataset; it is ended afterwards. What it prints goes to `log`. RuntimeError, with the log, when it does not start."""
    port = _free_port()
    address = f"http://localhost:{port}"
    command = [sys.executable, "-m", "streamlit", "run", "dashboard.py", "--server.headless", "true", "--server.port", str(port)]
    with log.open("wb") as out, subprocess.Popen(command, cwd=PROJECT, stdout=out, stderr=subprocess.STDOUT) as process:
        try:
            _await_health(process, address, log)
            yield address
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("localhost", 0))
        return free.getsockname()[1]


def _await_health(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            with urlopen(f"{address}/healthz") as answer:
                if b'"status":"ok"' in answer.read():
                    return
        except URLError:
            pass
        try:
            process.wait(timeout=0.1)
            break
        except subprocess.TimeoutExpired:
            continue
    raise RuntimeError(f"the server did not start\n{log.read_text()}")
