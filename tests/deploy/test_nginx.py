"""The nginx example in front of two servers: what it keeps and compresses, and what readers get while no server answers.

Whether a server was asked stands in its log.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import subprocess
from collections.abc import Iterator
from io import BytesIO
from random import Random
from urllib.parse import urlsplit
from zipfile import ZipFile

import pytest

from pages.serving.page_request import prefers_chinese
from tests.bench.tab import Tab
from tests.bench.visitors import Reader, Tally
from tests.deploy.pair import UNANSWERED, UNAVAILABLE, Pair, Server, configured, fronted, get, pair
from tests.folders import copy_data
from tests.server import free_port, health, logged, started, until

LANGUAGES = {
    "zh": ("zh", "zh-CN,zh;q=0.9,en;q=0.8", "zh-Hant-TW, en", "ZH-cn,en"),
    "en": ("", "en", "en-US,en;q=0.5", "de-CH, zh;q=0.9", "en,zh", "zhx,zh;q=0.9"),
}
"""What browsers say of their language, by the language of the kept page that they get."""
LEFT_TO_THE_SERVER = ("en;q=0.5,zh", "*,zh;q=0.5", "zh;q=0.3, en;q=0.2", "en ,zh", "zh;q=1", "x" * 300)
"""The same where nginx does not decide."""
FORMS = {
    "gzip, deflate, br, zstd": "br",
    "br;q=1.0, gzip;q=0.8, *;q=0.1": "br",
    "gzip": "gzip",
    "identity": "",
    "br;q=0, gzip": "gzip",
    "gzip;q=0.0": "",
}
"""What a browser says that it accepts, and the form that it gets."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    hosts = "localhost 127.0.0.1 one.example.org two.example.org"
    with pair(tmp_path_factory.mktemp("pair"), HENAN_ALLOWED_HOSTS=hosts) as running:
        yield running


def count_asked(served: Pair, path: str) -> int:
    """Number of requests for a path that have reached the servers."""
    for server in served.servers:
        assert health(server.address)["status"] == "ok", "its log has all that it was asked before"
    return sum(line.get("path") == path for log in served.folder.glob("server-*.log") for line in logged(log))


def list_kept(served: Pair, name: str = "henan-reforms-pages") -> set[str]:
    """The keys of what nginx keeps, without scheme and host."""
    contents = [file.read_bytes() for file in (served.folder / name).rglob("*") if file.is_file()]
    keys = [found[1].decode() for content in contents if (found := re.search(rb"^KEY: (.*)$", content, re.MULTILINE))]
    return {re.sub(r"^\w+://[^/]*", "", key) for key in keys}


def test_nginx_has_nothing_against_it(tmp_path):
    command = [*configured(tmp_path, 8500, (8501, 8502)), "-t"]
    tried = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert tried.returncode == 0, tried.stderr
    assert not re.search(r"\[(?!notice)\w+\]", tried.stderr), tried.stderr


def test_everything_comes_in_the_form_that_a_reader_accepts(served):
    script = re.search(rb'src="(/static/js/[^"]+)"', get(served.address, "/").body)[1].decode()
    for path in (script, "/method?lang=zh", "/api/metrics.csv"):
        plain = get(served.address, path)
        for accepted, form in FORMS.items():
            answer = get(served.address, path, accept_encoding=accepted)
            assert answer.headers.get("content-encoding", "") == form, (path, accepted)
            assert form == "br" or (gzip.decompress(answer.body) if form else answer.body) == plain.body
            assert answer.headers["cache-control"] == plain.headers["cache-control"]
        command = ["curl", "-s", "--compressed", "-H", "Accept-Encoding: br", served.address + path]
        assert subprocess.run(command, capture_output=True, timeout=60, check=True).stdout == plain.body
    assert {key for key in list_kept(served, "henan-reforms") if script in key} == {
        script + form for form in ("", "br", "gzip")
    }
    assert count_asked(served, "/method") == 1


def test_the_second_reader_gets_the_page_of_the_first_as_the_server_wrote_it(served, dataset):
    path = f"/case?case={dataset.cases[1].id}&lang=en"
    direct = get(served.servers[0].address, path)
    answers = [get(served.address, path, f"127.0.3.{number}") for number in range(1, 7)]
    assert count_asked(served, "/case") == 2
    for answer in answers:
        assert answer.body.replace(urlsplit(served.address).netloc.encode(), b"") == direct.body.replace(
            urlsplit(served.servers[0].address).netloc.encode(), b""
        )
        assert answer.headers.keys() >= direct.headers.keys() - {"x-accel-expires"}
        assert "x-accel-expires" not in answer.headers, "that is between the server and nginx"
        for name in ("cache-control", "content-security-policy"):
            assert answer.headers[name] == direct.headers[name]
    tag = answers[0].headers["etag"]
    for known, status in ((tag, 304), (f'"other", {tag}', 304), ('"other"', 200)):
        assert get(served.address, path, if_none_match=known).status == status
    assert count_asked(served, "/case") == 2


def test_languages_never_mix(served):
    everything = [(header, lang) for lang, headers in LANGUAGES.items() for header in headers]
    everything += [(header, "zh" if prefers_chinese(header) else "en") for header in LEFT_TO_THE_SERVER]
    Random(7).shuffle(everything)
    for header, lang in everything * 2:
        answer = get(served.address, "/compare", accept_language=header)
        assert lang == ("zh" if prefers_chinese(header) else "en")
        assert answer.headers["content-language"][:2] == lang, header
        assert f'<html lang="{answer.headers["content-language"]}"'.encode() in answer.body
    assert count_asked(served, "/compare") == len(LANGUAGES) + 2 * len(LEFT_TO_THE_SERVER)
    assert {key for key in list_kept(served) if key.startswith("/compare")} == {"/compare zh", "/compare en"}


def test_hosts_never_mix_and_errors_are_not_kept(served):
    for _ in range(2):
        for host in ("one.example.org", "two.example.org"):
            body = get(served.address, "/data", host=host).body.decode()
            assert set(re.findall(r"\w+\.example\.org", body)) == {host}
        assert get(served.address, "/data", host="three.example.org").status == 421
    assert count_asked(served, "/data") == 4


@pytest.mark.parametrize(
    "target",
    [
        "/?utm={}",
        "/?lang=en&x{}=",
        "/?city=410300,410{}",
        "/?search=a{}",
        "/case?case=2020-{}",
        "/unknown{}/",
        "/%6dap?{}",
        "/map?city=%34103{}",
        "/{}".ljust(300, "/"),
        "/api/cases.json",
        "/sitemap.xml",
        "/_stcore/health",
    ],
)
def test_what_somebody_makes_up_and_what_is_no_page_is_not_kept(served, target):
    before = list_kept(served)
    for number in (100, 100, 101):
        assert get(served.address, target.format(number), accept_language="en").status in (200, 301, 404, 422)
    assert list_kept(served) == before


def test_the_servers_know_under_which_address_they_are_read(served):
    package = ZipFile(BytesIO(get(served.address, "/api/dataset.zip").body))
    assert json.loads(package.read("datapackage.json"))["homepage"] == served.address


def test_readers_work_with_kept_pages_and_find_their_server_again(served, dataset):
    """The page may be of the other server: a reader's socket is with the server of the reader's address."""

    async def visit(source: str, locale: str) -> None:
        tab = Tab(served.address, locale, source)
        reader = Reader(tab, dataset, Random(source))
        await reader.arrive(Tally())
        for _ in range(3):
            await reader.act(Tally())
        session = tab.session
        await tab.reconnect()
        await tab.rerun()
        assert tab.session == session
        await tab.close()

    for number in range(1, 7):
        asyncio.run(visit(f"127.0.2.{number}", ("en-US", "zh-CN")[number % 2]))


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/case?city=410300", "text/html"), ("/api/metrics.csv", "application/json"), ("/healthz", "application/json")],
)
def test_while_no_server_answers_pages_try_again_and_programs_are_told_why(tmp_path, path, kind):
    with fronted(tmp_path, [free_port(), free_port()]) as address:
        answer = get(address, path)
    assert (answer.status, answer.headers["content-type"]) == (502, kind)
    assert (answer.headers["retry-after"], answer.headers["cache-control"]) == ("5", "no-store")
    if kind == "text/html":
        assert answer.body == UNAVAILABLE
        both = r'<html lang="zh-CN">.*refresh" content="5">.*暂时无法访问.*<section lang="en">.*Not available at the moment'
        assert re.search(both, answer.body.decode(), re.DOTALL)
    else:
        assert answer.json == {"detail": UNANSWERED}
        assert answer.headers["access-control-allow-origin"] == "*"


def test_an_edit_is_shown_once_the_kept_page_is_outdated_and_without_a_server_the_last_one_is_given(tmp_path):
    folder = copy_data(tmp_path / "data")
    case = folder / "cases" / "2020-01-water-pricing.yaml"
    soon = "from pages.serving import index_page; index_page.SHARED_SECONDS = 2"
    with (
        started(tmp_path / "server-a.log", first=soon, HENAN_DATA=str(folder)) as server,
        fronted(tmp_path, [urlsplit(server[0]).port, free_port()]) as address,
    ):
        running = Pair(address, (Server(*server),), tmp_path)
        kept = get(address, "/method?lang=zh").body
        assert b"Another agricultural" not in get(address, "/?lang=en").body
        text = case.read_text(encoding="utf-8")
        case.write_text(text.replace("en: Comprehensive agricultural", "en: Another agricultural", 1), encoding="utf-8")
        process = running.servers[0].process
        assert until(process, lambda: b"Another agricultural" in get(address, "/?lang=en").body)
        assert count_asked(running, "/method") == 1, "it is older than the page that has been replaced"
        process.kill()
        process.wait()
        for _ in range(3):
            assert get(address, "/method?lang=zh").body == kept
        missing = get(address, "/method?lang=en")
        assert (missing.status, missing.body) == (502, UNAVAILABLE)
        assert {key for key in list_kept(running) if key.startswith("/method")} == {"/method?lang=zh en"}
