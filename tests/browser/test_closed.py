"""Without a network every page is complete, and neither the browser nor the server tries to reach another host."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.closed import WITNESS
from tests.browser.reader import PAGES
from tests.server import PROJECT

ENCLOSED = ("unshare", "--map-root-user", "--net")


def may_be_enclosed() -> bool:
    """Whether this machine permits network namespaces; containers often do not."""
    return (
        shutil.which("unshare") is not None
        and subprocess.run([*ENCLOSED, "true"], capture_output=True, check=False).returncode == 0
    )


def test_every_page_is_whole_without_a_net(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    enclosed = may_be_enclosed()
    command = [sys.executable, "-m", "tests.browser.closed", str(tmp_path / "report")]
    done = subprocess.run(
        [*(ENCLOSED if enclosed else ()), *command],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "report").read_text(encoding="utf-8"))
    if not enclosed:
        with capsys.disabled():
            print(
                "\nno network namespace is permitted here: the net was shut by name resolution and watched, not cut off"
            )
    assert found["enclosed"] >= enclosed
    assert (found["browser"], found["server"], found["missing"]) == ([], [], [])
    assert {tuple(page.split()) for page in found["pages"]} == {(lang, path) for lang in ("zh", "en") for path in PAGES}
    assert "Traceback" not in found["log"]


REACHING_OUT = {
    "a name": 'import socket, contextlib\nwith contextlib.suppress(OSError): socket.getaddrinfo("example.invalid", 80)',
    "an address": 'import socket, contextlib\nwith contextlib.suppress(OSError): socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(("192.0.2.1", 1))',
    "another program": "import subprocess\nsubprocess.run(['true'])",
}


@pytest.mark.parametrize("code", REACHING_OUT.values(), ids=REACHING_OUT)
def test_the_witness_sees_a_server_that_reaches_out(tmp_path: Path, code: str):
    at_home = 'import socket\nsocket.getaddrinfo("localhost", 80)\nsocket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(("127.0.0.1", 1))\n'
    seen = tmp_path / "seen"
    seen.touch()
    for part, lines in ((at_home, 0), (code, 1)):
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", f"{WITNESS}\n{part}"],
            env={**os.environ, "WITNESS": str(seen)},
            check=True,
            timeout=60,
        )
        assert len(seen.read_text().splitlines()) == lines
