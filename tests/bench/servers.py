"""The servers that are compared, each started as in production: ours, Dash, plotly.js alone, Datasette."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import psutil

PROJECT = Path(__file__).parents[2]
STARTUP_TIMEOUT = 60
"""Maximum number of seconds until a server answers."""
STREAMLIT = {
    "STREAMLIT_SERVER_ADDRESS": "localhost",
    "STREAMLIT_SERVER_HEADLESS": "true",
    "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
}
EMPTY = {
    "dashboard.py": "import streamlit as st\napp = st.App('page.py')\n",
    "page.py": "import streamlit as st\nst.write('empty')\n",
}


@dataclass(frozen=True)
class Server:
    """A running server: its address, the ms from the command to its first response, and its log."""

    name: str
    address: str
    started_in: float
    process: psutil.Process
    log: Path

    def memory(self) -> float:
        """MB of all its processes; shared memory is counted once."""
        return (
            sum(process.memory_full_info().pss for process in (self.process, *self.process.children(recursive=True)))
            / 1e6
        )

    def processor(self) -> float:
        """Processor time of all its processes in ms, those that have ended included."""
        return processor(self.process)


def processor(process: psutil.Process) -> float:
    """Processor time of a process and its children in ms, those that have ended included."""
    used = [each.cpu_times() for each in (process, *process.children(recursive=True))]
    return sum(each.user + each.system + each.children_user + each.children_system for each in used) * 1000


def ours(scratch: Path) -> tuple[Sequence[str], str, Path, Mapping[str, str]]:
    """Command, path of the first response, folder and environment, as for the others. `timed` records the time of each
    script run.
    """
    return (
        (sys.executable, "-m", "tests.bench.timed", "run", "dashboard.py", "--server.port", "{port}"),
        "/healthz",
        PROJECT,
        {**STREAMLIT, "TIMED": str(scratch / "runs")},
    )


def peer(scratch: Path) -> tuple[Sequence[str], str, Path, Mapping[str, str]]:
    """Dash as its documentation deploys it: gunicorn, one worker per core."""
    gunicorn = (
        "gunicorn",
        "--no-control-socket",
        "--bind",
        "127.0.0.1:{port}",
        "--workers",
        str(os.cpu_count()),
        "--threads",
        "4",
        "--preload",
        "tests.bench.peer.app:server",
    )
    return (sys.executable, "-m", *gunicorn), "/", PROJECT, {}


def floor(scratch: Path) -> tuple[Sequence[str], str, Path, Mapping[str, str]]:
    """Files that are written once and served unchanged."""
    return (sys.executable, "-m", "tests.bench.floor", "{port}"), "/plotly.js", PROJECT, {}


def empty(scratch: Path) -> tuple[Sequence[str], str, Path, Mapping[str, str]]:
    """A Streamlit server with a minimal page."""
    return _streamlit(scratch / "empty", EMPTY)


def _streamlit(folder: Path, files: Mapping[str, str]) -> tuple[Sequence[str], str, Path, Mapping[str, str]]:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text)
    return (
        (sys.executable, "-m", "streamlit", "run", "dashboard.py", "--server.port", "{port}"),
        "/_stcore/health",
        folder,
        STREAMLIT,
    )


def datasette(scratch: Path) -> tuple[Sequence[str], str, Path, Mapping[str, str]]:
    """Datasette with the table in `metrics.db`, which may hand out as many rows as there are."""
    options = ("--setting", "max_returned_rows", "100000", "--setting", "default_cache_ttl", "0")
    command = (sys.executable, "-m", "datasette", str(scratch / "metrics.db"), "--port", "{port}", *options)
    return command, "/metrics/metrics.json?_size=1", PROJECT, {}


KINDS = {"ours": ours, "peer": peer, "floor": floor, "empty": empty, "datasette": datasette}


@contextmanager
def running(kind: str, scratch: Path, timeout: float = STARTUP_TIMEOUT, **more: str) -> Iterator[Server]:
    """One of KINDS once it answers, with `more` in its environment; it is stopped afterwards. RuntimeError with its log
    if it does not start.
    """
    command, path, folder, environment = KINDS[kind](scratch)
    port, log = free_port(), scratch / f"{kind}.log"
    address = f"http://localhost:{port}"
    start = time.perf_counter()
    with (
        log.open("wb") as out,
        subprocess.Popen(
            [part.format(port=port) for part in command],
            cwd=folder,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, **environment, **more},
        ) as process,
    ):
        try:
            _await(process, address + path, log, timeout)
            yield Server(kind, address, (time.perf_counter() - start) * 1000, psutil.Process(process.pid), log)
        finally:
            process.terminate()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("localhost", 0))
        return free.getsockname()[1]


def _await(process: subprocess.Popen[bytes], address: str, log: Path, timeout: float) -> None:
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urlopen(address).read()
            return
        except OSError:
            time.sleep(0.01)
    raise RuntimeError(f"{process.args} did not start\n{log.read_text()}")
