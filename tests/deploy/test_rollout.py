"""Readers while versions are rolled out, and while a server has no data: nobody is told that there is none.

systemd is replaced by a program that starts and stops the servers as the unit says; everything else is as on a server.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.bench.tab import UNREACHABLE, Tab
from tests.deploy.pair import EXAMPLE, UNAVAILABLE, fronted, get
from tests.folders import copy_data
from tests.server import PROJECT, free_port, health, started, until

CASE = "data/cases/2020-01-water-pricing.yaml"
LOCK = ".requirements.production.lock"
INSTALLED = {
    "nginx.conf": "etc/nginx/conf.d/henan-reforms.conf",
    "tls.conf": "etc/nginx/henan-reforms-tls.conf",
    "henan-reforms@.service": "etc/systemd/system/henan-reforms@.service",
    "rollout": "henan-reforms-rollout",
}
"""What is installed by hand, and where."""
PAUSE = 0.2
"""Seconds between two visits of a reader: less than any restart takes, and the servers have time for other things."""
SYSTEMCTL = """#!/bin/bash
port=${2#*@} noted=$ROOT/pid-${2#*@}
if [ -e "$noted" ]; then
    kill "$(cat "$noted")"
    while kill -0 "$(cat "$noted")"; do sleep 0.05; done
fi
cd -P "$ROOT/current"
export STREAMLIT_SERVER_PORT=$port STREAMLIT_SERVER_HEADLESS=true HENAN_CACHE=none
.venv/bin/python -m streamlit run dashboard.py </dev/null >>"$ROOT/log-$port" 2>&1 &
echo $! >"$noted"
while [ -n "$WAITS" ] && kill -0 $! && ! .venv/bin/python -m pages.serving.probe; do sleep 0.05; done
exit 0
"""
"""With WAITS it returns when the server has data or has ended: how long the script waits then says nothing about the
speed of this machine.
"""
PYTHON = f"""#!/bin/sh
case "$2" in
    venv) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
    pip) echo "$@" >>"$ROOT/installed" ;;
    *) exec {sys.executable} "$@" ;;
esac
"""
"""An interpreter whose environments have the packages of this one; it notes what it was to install."""


class Rollout(NamedTuple):
    """The folder of a server with the project's versions, and the ports of its two servers."""

    root: Path
    ports: tuple[int, int]

    def git(self, *arguments: str, folder: str = "source") -> str:
        who = ["-c", "user.name=curator", "-c", "user.email=curator@example.org", "-c", "commit.gpgsign=false"]
        command = ["git", "-C", str(self.root / folder), *who, *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout.strip()

    def commit(self, changes: Mapping[str, tuple[str, str]]) -> str:
        """Commit changes of files where the repository was cloned from."""
        for path, change in changes.items():
            text = (self.root / "source" / path).read_text(encoding="utf-8")
            assert change[0] in text, path
            (self.root / "source" / path).write_text(text.replace(*change, 1), encoding="utf-8")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "A change.")
        return self.git("rev-parse", "HEAD")

    def run(self, **environment: str) -> tuple[int, list[str]]:
        """Exit code of the script, and the last lines that it says."""
        own = {"ROOT": self.root, "ETC": self.root / "etc", "PORTS": " ".join(map(str, self.ports))}
        own |= {"SYSTEMCTL": self.root / "systemctl", "PYTHON": self.root / "python"}
        done = subprocess.run(
            [self.root / "henan-reforms-rollout"],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
            env={**os.environ, **{name: str(value) for name, value in own.items()}, **environment},
        )
        return done.returncode, [line for line in done.stderr.splitlines() if line.startswith("rollout: ")]

    def processes(self) -> list[int]:
        return [int((self.root / f"pid-{port}").read_text()) for port in self.ports]

    def current(self) -> str:
        return (self.root / "current").resolve().name

    def installations(self) -> int:
        return len((self.root / "installed").read_text().splitlines())


@pytest.fixture
def rollout(tmp_path: Path) -> Iterator[Rollout]:
    made = Rollout(tmp_path, (free_port(), free_port()))
    made.git("clone", "--quiet", str(PROJECT), "source", folder=".")
    made.git("checkout", "--quiet", "-B", "main")
    shutil.copytree(EXAMPLE.parent, tmp_path / "source" / ".deploy", dirs_exist_ok=True)
    made.commit({})
    made.git("clone", "--quiet", "source", "repository", folder=".")
    for name, text in (("systemctl", SYSTEMCTL), ("python", PYTHON)):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    for name, installed in INSTALLED.items():
        (tmp_path / installed).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(EXAMPLE.with_name(name), tmp_path / installed)
    (tmp_path / "etc" / "henan-reforms").write_text('HENAN_ALLOWED_HOSTS="localhost 127.0.0.1"\n')
    yield made
    for noted in tmp_path.glob("pid-*"):
        with suppress(ProcessLookupError):
            os.kill(int(noted.read_text()), signal.SIGKILL)


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

        broken = rollout.commit({CASE: ("year: 2020", "year: never"), LOCK: ("#", "# Another.\n#")})
        refusal = f"rollout: {broken} is not used: its data or its installation has a problem"
        assert rollout.run() == (1, [refusal])
        assert (rollout.current(), rollout.processes()) == (first, running)
        assert [release.name for release in (rollout.root / "releases").iterdir()] == [first]
        assert rollout.installations() == 1, "its data was checked before"

        fails = ("SETTINGS = ", "raise SystemExit(1)\nSETTINGS = ")
        rollout.commit({CASE: ("year: never", "year: 2020"), LOCK: ("# Another.\n", ""), "dashboard.py": fails})
        log = f"journalctl -u henan-reforms@{rollout.ports[0]}"
        late = f"rollout: the server at {rollout.ports[0]} gives no pages after 2 seconds; its log: {log}"
        assert rollout.run(PATIENCE="2", WAITS="yes") == (1, [late, f"rollout: back to {first}", up[0]])
        assert (rollout.current(), rollout.processes()[1]) == (first, running[1])

        words = ("en: Comprehensive agricultural", "en: Another agricultural")
        others = {f".deploy/{name}": ("#", "# Another.\n#") for name in INSTALLED}
        last = rollout.commit({CASE: words, "dashboard.py": fails[::-1], **others})
        code, said = rollout.run()
        root = rollout.root
        assert (code, said[:3]) == (0, [*up, f"rollout: {last} is in use"])
        assert said[3:] == [
            f"rollout: this version has another {root / installed}: {root}/current/.deploy/{name}"
            for name, installed in INSTALLED.items()
        ]
        for port in rollout.ports:
            (case,) = get(f"http://127.0.0.1:{port}", "/api/cases.json?limit=1").json["cases"]
            assert case["case_title_en"] == "Another agricultural water-pricing reform"
        assert rollout.installations() == 1
        assert len(list((root / "releases").iterdir())) == 3
    assert len(wrong) == 1, wrong


def test_packages_are_installed_with_another_lock_and_removed_with_the_last_version_that_has_it(rollout):
    for number in range(4):
        rollout.commit({LOCK: ("#", f"# {min(number, 1)}\n#")} if number < 2 else {})
        assert rollout.run(PORTS=" ")[0] == 0, "without servers"
    assert rollout.installations() == 2
    environments = list((rollout.root / "environments").iterdir())
    assert len(environments) == 1, "that of the newest three versions"
    assert (rollout.root / "current" / ".venv").resolve() == environments[0]


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
        assert (answer.status, answer.body) in ((502, UNAVAILABLE), (503, UNAVAILABLE))
        (folder / "cases" / Path(CASE).name).write_bytes((PROJECT / CASE).read_bytes())
        assert until(without, lambda: health(bad)["status"] == "ok")
        assert until(without, lambda: get(address, "/", "127.0.4.1").status == 200)
