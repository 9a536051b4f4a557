"""Readers while versions are rolled out, and while a server has no data: nobody is told that there is none.

systemd is replaced by a program that starts and stops the servers as the unit says; everything else is as on a server.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.bench.tab import UNREACHABLE, Tab
from tests.deploy.pair import EXAMPLE, fronted
from tests.deploy.test_nginx import UNAVAILABLE, get
from tests.folders import copy_data
from tests.server import PROJECT, free_port, health, started, until

CASE = "data/cases/2020-01-water-pricing.yaml"
PAUSE = 0.2
"""Seconds between two visits of a reader: less than any restart takes, and the servers have time for other things."""
SYSTEMCTL = f"""#!{sys.executable}
import os, signal, subprocess, sys, time
from pathlib import Path
from urllib.request import urlopen

def has_data(port):
    try:
        return urlopen(f"http://localhost:{{port}}/healthz").status == 200
    except OSError:
        return False

verb, unit = sys.argv[1:]
assert verb == "restart", verb
root, port = Path(os.environ["ROOT"]), unit.partition("@")[2]
noted = root / f"pid-{{port}}"
if noted.exists():
    pid = int(noted.read_text())
    try:
        os.kill(pid, signal.SIGTERM)
        while True:
            os.kill(pid, 0)
            time.sleep(0.05)
    except ProcessLookupError:
        pass
with (root / f"log-{{port}}").open("ab") as log:
    server = subprocess.Popen(
        [root / "current/.venv/bin/python", "-m", "streamlit", "run", "dashboard.py"],
        cwd=(root / "current").resolve(),
        env={{**os.environ, "STREAMLIT_SERVER_PORT": port, "STREAMLIT_SERVER_HEADLESS": "true", "HENAN_CACHE": "none"}},
        stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
    )
noted.write_text(str(server.pid))
while "WAITS" in os.environ and server.poll() is None and not has_data(port):
    time.sleep(0.05)
"""
"""With WAITS it returns when the server has data or has ended: how long the script waits then says nothing about the
speed of this machine.
"""


class Rollout(NamedTuple):
    """The folder of a server with the project's versions, and the ports of its two servers."""

    root: Path
    ports: tuple[int, int]

    @property
    def repository(self) -> Path:
        return self.root / "repository"

    def git(self, *arguments: str, folder: Path | None = None) -> str:
        who = ["-c", "user.name=curator", "-c", "user.email=curator@example.org", "-c", "commit.gpgsign=false"]
        command = ["git", "-C", str(folder or self.repository), *who, *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout.strip()

    def commit(self, path: str, change: tuple[str, str]) -> str:
        """Commit a change of a file where the repository was cloned from. Its packages are those of this environment."""
        source = self.root / "source"
        text = (source / path).read_text(encoding="utf-8")
        assert text.count(change[0]), path
        (source / path).write_text(text.replace(*change, 1), encoding="utf-8")
        self.git("commit", "--quiet", "--all", "--message", "A change.", folder=source)
        return self.installed(self.git("rev-parse", "HEAD", folder=source))

    def installed(self, commit: str) -> str:
        release = self.root / "releases" / commit
        release.mkdir(parents=True)
        (release / ".venv").symlink_to(sys.prefix)
        (release / ".installed").touch()
        return commit

    def run(self, **environment: str) -> tuple[int, list[str]]:
        """Exit code of the script, and the last lines that it says."""
        done = subprocess.run(
            ["bash", str(EXAMPLE.parent / "rollout")],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
            env={
                **os.environ,
                "ROOT": str(self.root),
                "PORTS": " ".join(map(str, self.ports)),
                "SYSTEMCTL": str(self.root / "systemctl"),
                "PYTHON": sys.executable,
                **environment,
            },
        )
        return done.returncode, [line for line in done.stderr.splitlines() if line.startswith("rollout: ")]

    def processes(self) -> list[int]:
        return [int((self.root / f"pid-{port}").read_text()) for port in self.ports]

    def current(self) -> str:
        return (self.root / "current").resolve().name


@pytest.fixture
def rollout(tmp_path: Path) -> Iterator[Rollout]:
    made = Rollout(tmp_path, (free_port(), free_port()))
    made.git("clone", "--quiet", str(PROJECT), str(tmp_path / "source"), folder=tmp_path)
    made.git("checkout", "--quiet", "-B", "main", folder=tmp_path / "source")
    made.git("clone", "--quiet", str(tmp_path / "source"), str(made.repository), folder=tmp_path)
    (tmp_path / "systemctl").write_text(SYSTEMCTL)
    (tmp_path / "systemctl").chmod(0o755)
    made.installed(made.git("rev-parse", "HEAD"))
    yield made
    for pid in made.processes():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


async def visit(address: str, source: str) -> None:
    """One reader who opens the overview from this address of the machine; a broken connection is made anew."""
    while True:
        tab = Tab(address, source=source)
        try:
            await tab.open("/", {"lang": "en"})
        except UNREACHABLE:
            continue
        finally:
            await tab.close()
        assert list(tab.elements("alert")) == []
        assert any("case=" in link.href for link in tab.links())
        return


@contextmanager
def readers(address: str) -> Iterator[list[str]]:
    """Readers who open pages and data links one after another meanwhile. Yields what they saw that they should not,
    and how many visits there were as the last entry afterwards.
    """
    wrong: list[str] = []
    ended = threading.Event()

    def read() -> None:
        visits = 0
        while not ended.wait(PAUSE):
            source = f"127.0.5.{visits % 16 + 1}"
            try:
                asyncio.run(asyncio.wait_for(visit(address, source), 60))
                assert get(address, "/api/cases.json?limit=1", source).status == 200
            except Exception as error:  # noqa: BLE001 - whatever it is, a reader met it
                wrong.append(repr(error))
            visits += 1
        wrong.append(f"{visits} visits")

    reading = threading.Thread(target=read)
    reading.start()
    try:
        yield wrong
    finally:
        ended.set()
        reading.join()


def test_a_version_is_rolled_out_or_the_one_before_stays_and_no_reader_notices(rollout):
    first = rollout.git("rev-parse", "HEAD")
    up = [f"rollout: the server at {port} is up" for port in rollout.ports]
    assert rollout.run(REST="0") == (0, [*up, f"rollout: {first} is in use"]), "no reader is there yet"
    with fronted(rollout.root, rollout.ports) as address, readers(address) as wrong:
        running = rollout.processes()

        broken = rollout.commit(CASE, ("year: 2020", "year: never"))
        refusal = f"rollout: {broken} is not used: its data or its installation has a problem"
        assert rollout.run() == (1, [refusal])
        assert (rollout.current(), rollout.processes()) == (first, running)
        assert [release.name for release in (rollout.root / "releases").iterdir()] == [first]

        rollout.commit(CASE, ("year: never", "year: 2020"))
        rollout.commit("dashboard.py", ("SETTINGS = ", "raise SystemExit(1)\nSETTINGS = "))
        log = f"journalctl -u henan-reforms@{rollout.ports[0]}"
        late = f"rollout: the server at {rollout.ports[0]} has no data after 2 seconds; its log: {log}"
        assert rollout.run(PATIENCE="2", WAITS="yes") == (1, [late, f"rollout: back to {first}", up[0]])
        assert (rollout.current(), rollout.processes()[1]) == (first, running[1])

        rollout.commit("dashboard.py", ("raise SystemExit(1)\nSETTINGS = ", "SETTINGS = "))
        last = rollout.commit(CASE, ("en: Comprehensive agricultural", "en: Another agricultural"))
        assert rollout.run() == (0, [*up, f"rollout: {last} is in use"])
        for port in rollout.ports:
            (case,) = get(f"http://127.0.0.1:{port}", "/api/cases.json?limit=1").json["cases"]
            assert case["case_title_en"] == "Another agricultural water-pricing reform"
        assert len(list((rollout.root / "releases").iterdir())) == 3
    assert len(wrong) == 1, wrong


def test_readers_of_a_server_without_data_are_with_the_other_one(tmp_path):
    """Also when it has been asked already, is asked again later, and the sockets of open pages break."""
    folder = copy_data(tmp_path / "served")
    (folder / "cases" / Path(CASE).name).write_text("year: never\n", encoding="utf-8")
    with (
        started(tmp_path / "log-good") as (good, process),
        started(tmp_path / "log-bad", HENAN_DATA=str(folder)) as (bad, without),
        fronted(tmp_path, [int(address.rpartition(":")[2]) for address in (good, bad)]) as address,
    ):
        assert until(without, lambda: health(bad)["status"] == "no data")
        with readers(address) as wrong:
            for number in range(1, 17):
                answer = get(address, "/", f"127.0.4.{number}")
                assert (answer.status, b'<div id="root">' in answer.body) == (200, True)
        assert len(wrong) == 1, wrong
        process.kill()
        process.wait()
        answer = get(address, "/case", "127.0.4.1")
        assert (answer.status, answer.body) in ((502, UNAVAILABLE.read_bytes()), (503, UNAVAILABLE.read_bytes()))
        (folder / "cases" / Path(CASE).name).write_bytes((PROJECT / CASE).read_bytes())
        assert until(without, lambda: health(bad)["status"] == "ok")
        assert until(without, lambda: get(address, "/", "127.0.4.1").status == 200)
