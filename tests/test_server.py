"""A running server and its responses: under a base path, while files change, without data, on a full disk, when
stopped, and when it cannot start.
"""

from __future__ import annotations

import ast
import gzip
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from time import perf_counter
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
import streamlit

from data import __version__
from data.downloads.csv_json import write_csv
from tests.answers import fetch
from tests.folders import copy_data
from tests.server import PROJECT, command, free_port, health, logged, process_of, started, until
from tests.warm import NO_THREADS

BASE = "city/reform"
HEALTH = "2020-09-dancheng-health"
SECRET = "zhang-san"
TIMEOUT = 20
"""Maximum number of seconds for what takes half of one."""


# --- under a base path, while files change


class Server(NamedTuple):
    address: str
    process: subprocess.Popen[bytes]
    folder: Path
    log: Path


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder, log = copy_data(tmp_path_factory.mktemp("served")), tmp_path_factory.mktemp("server") / "log"
    first = (
        "from pages.serving import api; respond = api._respond; "
        "api._respond = lambda request, name, body: 1 / ('places' not in name) and respond(request, name, body)"
    )
    with started(log, first=first, HENAN_DATA=str(folder), STREAMLIT_SERVER_BASE_URL_PATH=BASE) as (address, process):
        yield Server(address, process, folder, log)


def probe(address: str) -> tuple[int, str]:
    """The exit code of the probe of containers and of the rollout, and what it says."""
    parts = urlsplit(address)
    variables = {"STREAMLIT_SERVER_PORT": str(parts.port), "STREAMLIT_SERVER_BASE_URL_PATH": parts.path}
    done = subprocess.run(
        [sys.executable, "-m", "pages.serving.probe"],
        cwd=PROJECT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stderr.strip()


FAILING = {
    "the frame fails": ("layout.show_masthead = None", "This page could not be shown; the log says why."),
    "the last part fails": ("layout.show_footer = None", "This page could not be shown; the log says why."),
    "nothing is shown": ("layout.insert_styles = lambda *_, **__: streamlit.stop()", "The page is empty."),
}


@pytest.mark.parametrize(("release", "said"), FAILING.values(), ids=FAILING)
def test_a_release_whose_pages_fail_is_not_found_well(tmp_path, release, said):
    with started(tmp_path / "log", first=f"import streamlit; from pages.frame import layout; {release}") as (
        address,
        _,
    ):
        assert health(address)["status"] == "ok"
        assert probe(address) == (1, said)


def test_health_is_answered_under_the_base_path_alone(served, dataset):
    assert probe(served.address) == (0, "")
    assert probe(served.address.removesuffix(f"/{BASE}"))[0] == 1
    answer = health(served.address)
    assert answer.pop("loaded")
    assert answer.pop("age") >= 0
    assert answer == {
        "status": "ok",
        "release": __version__,
        "version": dataset.version,
        "cases": len(dataset.cases),
        "metrics": len(dataset.table),
        "problems": 0,
    }
    assert b'"status"' not in fetch(f"{served.address.removesuffix(f'/{BASE}')}/healthz").body


def test_the_data_links_follow_the_base_path(served, dataset):
    assert fetch(f"{served.address}/api/metrics.csv").body == write_csv(dataset.table)
    assert fetch(f"{served.address}/api/openapi.json").json["servers"] == [{"url": f"/{BASE}/api"}]
    assert f"{served.address}/case" in json.dumps(
        fetch(f"{served.address}/api/metrics.json?city=411600").json["source"]
        | fetch(f"{served.address}/api/cases/{HEALTH}.json").json
    )
    assert fetch(f"{served.address}/api/nothing").json["near"] is not None
    assert b"case_id" not in fetch(f"{served.address.removesuffix(f'/{BASE}')}/api/metrics.csv").body


def test_the_map_finds_its_empty_world_under_the_base_path(served):
    assert fetch(f"{served.address}/topojson/world_110m.json").json == {"type": "Topology", "objects": {}, "arcs": []}


@pytest.mark.parametrize("page", ["", "case", "map"])
def test_pages_and_their_files_follow_the_base_path(served, page):
    body = fetch(f"{served.address}/{page}").body.decode()
    (script,) = re.findall(r'<script[^>]* src="[^"]*?(static/js/index\.[^"]+\.js)"', body)
    plain, packed = fetch(f"{served.address}/{script}"), fetch(f"{served.address}/{script}", accept_encoding="gzip")
    assert "javascript" in plain.headers["content-type"]
    assert "content-encoding" not in plain.headers
    assert (packed.headers["content-encoding"], packed.headers["vary"]) == ("gzip", "Accept-Encoding")
    assert gzip.decompress(packed.body) == plain.body


def test_no_answer_waits_for_the_reader_to_acknowledge_its_beginning(served):
    """A delayed acknowledgement takes 40 ms; the fastest of some responses over one connection is far below."""
    parts, took = urlsplit(served.address), []
    with closing(HTTPConnection(parts.hostname, parts.port)) as connection:
        for _ in range(10):
            start = perf_counter()
            connection.request("GET", f"/{BASE}/healthz")
            connection.getresponse().read()
            took.append(perf_counter() - start)
    assert min(took[2:]) < 0.02


def test_an_edit_is_served_and_a_broken_one_is_not(served):
    file, before = served.folder / "cases" / f"{HEALTH}.yaml", health(served.address)
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("15.79", "15.78"), encoding="utf-8")
    assert until(served.process, lambda: health(served.address)["version"] != before["version"])
    edited = health(served.address)
    assert "-15.78" in fetch(f"{served.address}/api/metrics.csv").body.decode()
    file.write_text(text.replace("value: -15.79", "value: minus"), encoding="utf-8")
    assert until(served.process, lambda: health(served.address)["problems"] == 1)
    assert {**health(served.address), "age": edited["age"]} == {**edited, "problems": 1}
    assert "-15.78" in fetch(f"{served.address}/api/metrics.csv").body.decode()
    file.write_text(text, encoding="utf-8")
    assert until(served.process, lambda: health(served.address)["version"] == before["version"])
    told = [line["message"] for line in logged(served.log) if line["level"] == "error"]
    assert told == [
        next(
            message
            for message in told
            if re.match(rf"[\w-]+/cases/{HEALTH}\.yaml:\d+:\d+ metrics\[\d+\]\.change\.value: ", message)
        ),
        "update refused",
    ]


def test_the_log_says_what_happened_and_of_nobody_who(served):
    fetch(
        f"{served.address}/api/metrics.csv?search={SECRET}",
        user_agent=SECRET,
        referer=f"http://localhost/{SECRET}",
        cookie=f"a={SECRET}",
        x_forwarded_for="203.0.113.7",
    )
    fetch(f"{served.address}/?search={SECRET}")
    found = logged(served.log)
    assert {("info", "data loaded"), ("info", "started"), ("info", "request")} <= {
        (line["level"], line["message"]) for line in found
    }
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", line["time"]) for line in found)
    requests = [line for line in found if line["message"] == "request"]
    assert {"time", "level", "from", "message", "method", "path", "status", "bytes", "ms"} == set().union(*requests)
    assert ("GET", f"/{BASE}/api/metrics.csv", 200) in {
        (line["method"], line["path"], line["status"]) for line in requests
    }
    assert not re.search(rf"{SECRET}|203\.0\.113\.7|127\.0\.0\.1", served.log.read_text(encoding="utf-8"))


def test_a_failure_is_answered_in_one_sentence_and_described_in_the_log(served):
    answer = fetch(f"{served.address}/api/places.geojson")
    assert (answer.status, answer.json) == (500, {"detail": "The server failed to answer this."})
    assert until(
        served.process, lambda: any("ZeroDivisionError" in line.get("traceback", "") for line in logged(served.log))
    )


# --- without data, on a full disk, at the stop


def test_a_server_without_data_says_so_and_recovers(tmp_path, dataset):
    folder = copy_data(tmp_path / "served")
    (folder / "cases").rename(tmp_path / "cases")
    (folder / "cases").mkdir()
    with started(tmp_path / "log", HENAN_DATA=str(folder)) as (address, process):
        answer = fetch(f"{address}/healthz")
        assert (answer.status, answer.json) == (
            503,
            {
                "status": "no data",
                "release": __version__,
                "version": None,
                "cases": 0,
                "metrics": 0,
                "loaded": None,
                "problems": 1,
            },
        )
        for path in (
            "metrics.csv",
            "metrics.csv?city=410300",
            "cases.json",
            f"cases/{HEALTH}.json",
            "dataset.zip",
            "places.geojson",
            "openapi.json",
        ):
            refused = fetch(f"{address}/api/{path}")
            assert (refused.status, refused.json) == (503, {"detail": "No data could be loaded. Try again later."}), (
                path
            )
            assert int(refused.headers["retry-after"])
        assert fetch(f"{address}/").status == 200
        for path in ("/", "/static/x.js", "/api/metrics.csv"):
            standing_by = fetch(f"{address}{path}", x_another_server="yes")
            assert (standing_by.status, standing_by.headers["retry-after"]) == (503, "5"), path
        assert fetch(f"{address}/healthz", x_another_server="yes").json["status"] == "no data"
        assert probe(address)[0] == 1
        (folder / "cases").rmdir()
        (tmp_path / "cases").rename(folder / "cases")
        assert until(process, lambda: health(address)["status"] == "ok")
        assert fetch(f"{address}/api/metrics.csv").body == write_csv(dataset.table)
        assert fetch(f"{address}/", x_another_server="yes").status == 200
        assert probe(address) == (0, "")
    said = [
        (line["level"], line["message"]) for line in logged(tmp_path / "log") if line["from"] == "data.reading.live"
    ]
    assert said == [
        ("error", "served/cases:1:1 holds no case file. Copy template.yaml there and fill it in"),
        ("error", "no data"),
        ("info", "data loaded"),
    ]


def slowly(address: str) -> socket.socket:
    """A client that has requested the largest file and read its first line. The file exceeds the buffers of both sides."""
    largest = max((Path(streamlit.__file__).parent / "static").rglob("*.js"), key=lambda file: file.stat().st_size)
    host, port = address.removeprefix("http://").split(":")
    reader = socket.socket()
    reader.settimeout(TIMEOUT)
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    reader.connect(("127.0.0.1", int(port)))
    reader.sendall(f"GET /static/js/{largest.name} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    assert reader.recv(12) == b"HTTP/1.1 200"
    return reader


def closed(address: str) -> bool:
    """Whether the server accepts no more connections."""
    with socket.socket() as late:
        return bool(late.connect_ex(("127.0.0.1", int(address.rpartition(":")[2]))))


def rest(reader: socket.socket) -> bytes:
    received = bytearray()
    while part := reader.recv(1 << 20):
        received += part
    return bytes(received)


STOPS = {"the supervisor": (signal.SIGTERM, -signal.SIGTERM), "the keyboard": (signal.SIGINT, 1)}
"""The signal of a stop, and the status of the process afterwards: a supervisor counts its own signal as clean."""


@pytest.mark.parametrize(("number", "status"), STOPS.values(), ids=STOPS)
def test_a_stop_lets_a_download_end(tmp_path, number, status):
    log = tmp_path / "log"
    with started(log) as (address, process), slowly(address) as reader:
        process.send_signal(number)
        assert until(process, lambda: closed(address))
        head, _, body = rest(reader).partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        assert length and len(body) == int(length[1]) > 4_000_000
        assert process.wait(timeout=TIMEOUT) == status
    said = log.read_text(encoding="utf-8")
    assert said.count('"message": "stopped"') == 1
    assert "Traceback" not in said


def direct(*options: str) -> list[str]:
    """The command that starts the server without `streamlit run`."""
    return [sys.executable, "dashboard.py", "--server.headless", "true", *options]


READING = """
import data.reading.live
from pathlib import Path
read = data.reading.live.read_files
def read_late(*arguments):
    print("reading", flush=True)
    Path({late!r}).read_bytes()
    return read(*arguments)
data.reading.live.read_files = read_late
"""
"""Python with which the first reading of the data waits until something is written to the pipe at `late`."""


def test_a_stop_during_the_start_ends_the_server_once_the_data_is_read(tmp_path):
    log, late = tmp_path / "log", tmp_path / "late"
    os.mkfifo(late)
    asked = command(free_port(), READING.format(late=str(late)))
    with (
        log.open("wb") as out,
        process_of(asked, cwd=PROJECT, stdout=out, stderr=subprocess.STDOUT) as process,
    ):
        assert until(process, lambda: "reading" in log.read_text())
        process.send_signal(signal.SIGTERM)
        late.write_bytes(b"now")
        assert process.wait(timeout=TIMEOUT) == -signal.SIGTERM
    assert "Traceback" not in log.read_text()


def test_a_full_disk_takes_the_log_and_nothing_else(tmp_path, dataset):
    folder = copy_data(tmp_path / "served")
    first = "import os; os.dup2(os.open('/dev/full', os.O_WRONLY), 2)"
    with started(tmp_path / "log", first=first, HENAN_DATA=str(folder)) as (address, process):
        cut = (folder / "cases" / f"{HEALTH}.yaml").read_bytes()[:4096]
        (folder / "cases" / f"{HEALTH}.yaml").write_bytes(cut)
        assert until(process, lambda: health(address)["problems"])
        assert fetch(f"{address}/api/metrics.csv").body == write_csv(dataset.table)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=TIMEOUT) == -signal.SIGTERM


FORBIDDEN = """
import os, sys
from pathlib import Path
from data.reading.live import Live
from pages.serving.settings import read
folder = Path(sys.argv[1])
live = Live(folder)
good = live.current()
os.chmod(folder, 0)
if os.geteuid() == 0:
    os.seteuid(65534)
live.refresh(), live.refresh()
assert live.current().dataset is good.dataset
print(*live.current().problems, *read({"HENAN_DATA": str(folder)})[1], sep="\\n")
"""


def test_a_folder_without_permission_keeps_the_last_good_data(tmp_path):
    """In a process without root's rights, since root may read any folder."""
    folder = copy_data(tmp_path / "served")
    done = subprocess.run(
        [sys.executable, "-c", FORBIDDEN, str(folder)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=True,
    )
    folder.chmod(0o700)
    said = done.stdout.splitlines()
    assert said[0] == "served/cases:1:1 cannot be read (Permission denied). Restore the folder or its permissions"
    assert (
        "served/reference/units.yaml:1:1 cannot be read (Permission denied). Restore the file or its permissions"
        in said
    )
    assert re.fullmatch(
        r'HENAN_DATA: found ".+"\. It cannot be read \(Permission denied\)\. Restore its permissions', said[-1]
    )


# --- when it cannot start

OLD = "import sys; sys.version_info = (3, 10, 4, 'final', 0)"
BLOCKED = "import sys; sys.modules['fastapi'] = None"
ABSENT = """
import importlib.metadata
known = importlib.metadata.version
def version(name):
    if name in ("plotly", "xlsxwriter", "pytest"):
        raise importlib.metadata.PackageNotFoundError(name)
    return known(name)
importlib.metadata.version = version
"""
INSTALL = rf"Install what the dashboard needs: {re.escape(sys.executable)} -m pip install -r requirements\.txt"
REFUSALS = {
    "an old Python": (OLD, r"This is Python 3\.10; the dashboard needs 3\.11 or newer\."),
    "missing packages": (ABSENT, rf"Not installed here: xlsxwriter, plotly\. {INSTALL}"),
    "a damaged package": (BLOCKED, rf"Not installed here: fastapi\. {INSTALL}"),
}
"""What Python does before `streamlit run`, and what is said. tests/test_settings.py has the wrong settings."""
PORT = r"STREAMLIT_SERVER_PORT: found {}\. Write a whole number from 1 to 65535"
ADDRESS = r'STREAMLIT_SERVER_ADDRESS: found "{}"\. Write an address of this machine, as in: .*'
NOWHERE = {
    "a port beyond the last": (["--server.port", "65536"], PORT.format("65536")),
    "a port below the first": (["--server.port", "-1"], PORT.format("-1")),
    "another machine": (["--server.address", "192.0.2.7"], ADDRESS.format(r"192\.0\.2\.7")),
    "another machine, IPv6": (["--server.address", "2001:db8::7"], ADDRESS.format("2001:db8::7")),
    "no address": (["--server.address", "300.0.0.1"], ADDRESS.format(r"300\.0\.0\.1")),
    "no name": (["--server.address", "a..b\x1b"], ADDRESS.format(r"a\.\.b\\u001b")),
}
"""The options of `python dashboard.py`, and what is said."""
TAKEN = "a taken port"
IN_TURN = """
import gc, importlib, json, os, runpy, sys
from tests.warm import PACKAGES
for name in PACKAGES:
    importlib.import_module(name)
gc.freeze()
for output, first, arguments in json.load(sys.stdin):
    if not os.fork():
        for number in (1, 2):
            os.dup2(os.open(f"{output}.{number}", os.O_CREAT | os.O_WRONLY, 0o600), number)
        sys.argv = arguments
        exec(first)
        runpy.run_path(arguments[0], run_name="__main__")
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.wait()[1]), flush=True)
"""
"""Python that starts servers one after the other, each in a copy of a process that has imported the packages."""


class Refusal(NamedTuple):
    status: int
    stdout: str
    stderr: str


@pytest.fixture(scope="module")
def refusals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Refusal]:
    """What each server says that cannot start."""
    folder = tmp_path_factory.mktemp("refusals")
    program = str(Path(streamlit.__file__).with_name("__main__.py"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        free, port = str(free_port()), str(taken.getsockname()[1])
        starts = {name: (first, [program, *command(int(free))[3:]]) for name, (first, _) in REFUSALS.items()}
        starts |= {name: ("", direct(*options)[1:]) for name, (options, _) in NOWHERE.items()}
        starts |= {TAKEN: ("", [program, *command(int(port))[3:]])}
        done = subprocess.run(
            [sys.executable, "-c", IN_TURN],
            cwd=PROJECT,
            env=os.environ | NO_THREADS,
            input=json.dumps([(str(folder / name), *start) for name, start in starts.items()]),
            capture_output=True,
            text=True,
            timeout=TIMEOUT * len(starts),
            check=True,
        )
    return {
        name: Refusal(int(status), *((folder / f"{name}.{number}").read_text().strip() for number in (1, 2)))
        for name, status in zip(starts, done.stdout.split(), strict=True)
    }


STREAMLIT_RUN = {
    **{name: sentence for name, (_, sentence) in REFUSALS.items()},
    TAKEN: r"[-\d :.]*Port \d+ is not available",
}


@pytest.mark.parametrize(("name", "sentence"), STREAMLIT_RUN.items(), ids=STREAMLIT_RUN)
def test_what_keeps_a_server_from_starting_is_said_in_one_sentence(refusals, name, sentence):
    assert refusals[name].status == 1
    assert re.fullmatch(sentence, refusals[name].stderr), refusals[name].stderr


@pytest.mark.parametrize("name", NOWHERE)
def test_where_a_server_cannot_listen_is_said_in_one_sentence(refusals, name):
    status, stdout, stderr = refusals[name]
    assert (status, stdout) == (1, "")
    assert re.fullmatch(NOWHERE[name][1], stderr), stderr


@pytest.mark.parametrize(
    "name", ["dashboard.py", "pages/__init__.py", "pages/serving/__init__.py", "pages/serving/preflight.py"]
)
def test_an_old_python_can_read_what_refuses_it(name):
    ast.parse((PROJECT / name).read_text(encoding="utf-8"), feature_version=(3, 8))
